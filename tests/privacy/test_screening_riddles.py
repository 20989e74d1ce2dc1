"""Riddles: what somebody tells by taking it apart, by its sound or in pieces, for a reader to put together.

Harder than what a moderator's program can promise: nine of ten here, and no harmless sentence touched.
"""

import pytest

from privacy import screening

# (what is written, what nobody may read in the answer)
RIDDLES = [
    ("我姓弓长张，名字里有个雨字。", "弓长张"),
    ("我叫木子李，单名一个娜。", "木子李"),
    ("老师都喊我耳东陈的那个小陈。", "耳东陈"),
    ("我姓双木林，叫林晓燕。", "林晓燕"),
    ("言午许，许愿的许，名叫许多多。", "许多多"),
    ("我姓古月胡。", "古月胡"),
    ("我姓口天吴，后面是吉祥的祥。", "口天吴"),
    ("姓立早章的就是我爸。", "立早章"),
    ("我的姓是走肖，名是一个勇敢的勇。", "走肖"),
    ("把木和子放一起就是我的姓，名字是海洋的洋。", "木和子"),
    ("猜猜我姓什么：三横一竖，名叫小虎。", "三横一竖"),
    ("我姓草头黄，叫黄小米。", "黄小米"),
    ("我是言字旁加射，谢，谢天宝。", "谢天宝"),
    ("我姓禾火，秋天的秋。", "禾火"),
    ("女字旁一个马一个丽，妈妈叫我马丽。", "马丽"),
    ("号码是幺三九、洞洞四拐、勾八两三。", "洞洞四拐"),
    ("要三八，零零一二，三四五六，这是我的手机。", "零零一二，三四五六"),
    ("依叁玖零零壹贰叁肆伍陆", "依叁玖零零壹贰叁肆伍陆"),
    ("腰三八 溜溜 二二 妻妻 把把 就是号码", "溜溜 二二 妻妻 把把"),
    ("13后面是9，再后面0012，最后3456。", "0012"),
    ("电话前三位一百三十九，中间四位零零一二，后四位三千四百五十六。", "三千四百五十六"),
    ("先按一个1，再按3个3，再按4567890。", "4567890"),
    ("号码：1三9零0一2三4五6", "1三9零0一2三4五6"),
    ("我爸的号139，隔一下，0047，隔一下，6123。", "0047"),
    ("倒过来念是65432100931，那是我的电话。", "65432100931"),
    ("手机①③⑨〇〇①②③④⑤⑥", "①③⑨〇〇①②③④⑤⑥"),
    ("yi san jiu ling ling yi er san si wu liu", "yi san jiu ling ling yi er san si wu liu"),
    ("一.三.九.零.零.一.二.三.四.五.六", "一.三.九.零.零.一.二.三.四.五.六"),
    ("l39OOl23456 打这个", "l39OOl23456"),
    ("壹叁玖，零零壹贰，叁肆伍陆", "零零壹贰"),
    ("加我薇❤️：caoyuan88", "caoyuan88"),
    ("卫星号 xilin_2010 记得加", "xilin_2010"),
    ("绿泡泡搜 baiyun_66", "baiyun_66"),
    ("徽信：muren1999", "muren1999"),
    ("V我，naran_07", "naran_07"),
    ("企鹅号三一四一五九二六", "三一四一五九二六"),
    ("球球 2718 2818 28", "2718 2818 28"),
    ("扣扣是 叁壹肆壹伍玖", "叁壹肆壹伍玖"),
    ("抖🎵号 dy_caoyuan123", "dy_caoyuan123"),
    ("快手搜 草原小马驹2011", "草原小马驹2011"),
    ("邮箱 baiyun 圈a 126 点 com", "baiyun 圈a 126 点 com"),
    ("lan艾特qq点com", "lan艾特qq点com"),
    ("我的邮箱是naran花a一六三点com", "naran花a一六三点com"),
    ("网址是 三达不溜 点 caoyuan 点 com", "caoyuan 点 com"),
    ("WeiXin号码跟手机一样，幺五零，四七零零，八八九九", "四七零零，八八九九"),
    ("学校是大杨树的 三 中，你来找我。", "大杨树的 三 中"),
    ("我在吉-文-中-心-小-学读书。", "吉-文-中-心-小-学"),
    ("学校名字第一个字吉祥的吉，第二个字文化的文，中心小学。", "中心小学"),
    ("我在ABC县二小（阿荣旗二小）上学。", "阿荣旗二小"),
    ("我们学校叫阿里河 中 学", "阿里河 中 学"),
    ("我家在阿 里 河 镇 中 央 街 八 号。", "中 央 街 八 号"),
    ("住在向阳街，门牌九号，三单元。", "九号"),
    ("我家住诺敏河边第二家，就是诺敏镇东头。", "诺敏镇"),
    ("从汽车站往北走五百米红房子，克一河镇。", "克一河镇"),
    ("我妈在林-业-局食堂上班，甘河的。", "林-业-局"),
    ("爸爸在大兴安岭 农 垦 集 团开拖拉机。", "大兴安岭 农 垦 集 团"),
    ("我爸是中 石 油加油站的，在大杨树。", "中 石 油"),
    ("我名字拼音是zhang xiao yan，班里叫我小燕子。", "zhang xiao yan"),
    ("我的名字：陈*雨*桐。", "陈*雨*桐"),
    ("我叫陈（雨）桐。", "陈（雨）桐"),
]
HARMLESS = [
    "老师教我们拆字：木子是李，弓长是张，可好玩了。",
    "猜谜语：三横一竖是王字。",
    "今天语文课学了“立早章”这样的拆字游戏。",
    "卫星发射成功了，我们全班都在看。",
    "企鹅住在南极，我想去看企鹅。",
    "球球是我家的小狗，它三岁了。",
    "一二三四五，上山打老虎。",
    "一百三十九页我都读完了，还剩三千四百五十六个字。",
    "倒过来念，12321还是12321。",
    "爸爸往北走五百米就到羊圈了。",
    "这次跑步一二三名都是我们班的。",
    "绿泡泡水真好玩，吹出好多泡泡。",
    "我把木和子放一起，老师说是李字。",
    "徽章上写着优秀少先队员。",
    "我和古月姐姐一起放羊。",
    "加一勺盐，再加两勺糖，奶奶说够了。",
    "快手做了一盘菜，奶奶夸我。",
    "先按一下开关，再按三下，灯就亮了。",
    "数学98、语文97、英语100，总分295。",
    "羊135只，牛20头，马6匹。",
]
LEAST = 0.9


def is_hidden(text: str, secret: str) -> bool:
    """Whether no character of the secret is left to read but its separators."""
    marks, at = screening.marks(text), text.index(secret)
    shown = [i for i in range(at, at + len(secret)) if text[i].strip()]
    return all(any(mark.start <= i < mark.end for mark in marks) for i in shown)


def test_nine_of_ten_riddles_are_hidden() -> None:
    open_ones = [text for text, secret in RIDDLES if not is_hidden(text, secret)]

    assert len(open_ones) <= (1 - LEAST) * len(RIDDLES), open_ones


@pytest.mark.parametrize("text", HARMLESS)
def test_lessons_games_and_sums_stay(text: str) -> None:
    assert screening.redacted(text, screening.marks(text)) == text


def test_a_row_of_words_that_sound_like_digits_takes_no_longer_than_its_length() -> None:
    assert screening.marks("就是一起" * 5_000) == ()
