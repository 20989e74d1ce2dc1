"""How friends and neighbours are called: 阿强, 小芳, 老金, 二柱, 强子.

Such a name is a little word before a character of names. It is believed where everyday words fall
apart between the two, or where only a person could do what is told of it.
"""

# A pattern is read in one piece, its look-alikes are meant, its sizes are those of the number.
# ruff: noqa: E501

import re
from collections.abc import Iterator
from functools import cache

from privacy.screening.folding import HAN, WALL
from privacy.screening.lexicon import HAN_RUN, is_word, split
from privacy.screening.lists import any_of, words

# After these it is a thing that is little or old: 一条小江, 这匹老马, 画小船.
_A_THING = re.compile(
    r"(?:[一两几这那每整半多][\u4e00-\u9fff]?|[0-9一二三四五六七八九十两几][条只个朵头匹块片座件把支张本颗根棵口间辆场阵群对双种幅首株滴粒面堆]|[画种养买喝吃捡采摘挖做穿戴骑放牧喂]|[又真很最太更还好])$"
)
# A sum in a book is about them: 小明有5个苹果, 小红比他多3个.
_EXERCISE = re.compile(
    r"多少|几[个只分天小岁本元块支米]|应用题|[^题]题(?:目|里|中|是|:)|相遇|同时(?:从|出发)|[比][^,。]{0,6}[多少][0-9几]|平均每|课文|造句|例句|故事里|漫画|动画|童话|小品"
)
_STRONG_BEFORE = re.compile(
    rf"(?:同学|朋友|同桌|前桌|后桌|邻居|隔壁的?|室友|舍友|队友|战友|工友|同事|[司]机|驾驶员|护林员|饲养员|管理员|瓦匠|木匠|锅炉的|师傅|主任|老师|书记|村长|队长|站长|班长|委员|大夫|医生|会计|代表|志愿者|[头场站厂矿店里屯]的|叫|名叫|喊|{WALL}[和跟与、,]|{WALL}的|我是|是我|丫头|孩子|闺女|儿子|孙子|孙女|妹妹|弟弟|姐姐|哥哥|我[哥姐弟妹叔舅姨姑伯婶嫂])$"
)
_OPENS = re.compile(
    rf"(?:^|[^{HAN}]|[和跟与给找问对向让被把是由替比像请喊帮等陪教劝谢]|[昨今前后那当]天|上午|下午|晚上|只有|还有|就是|多亏|听说|上次|上回|周末|班里|[^晚早楼村头]上|里|的|时候)$"
)
_DOES = r"说|问|告诉|答应|笑|哭|喊|教|帮|陪|劝|骂|夸|背着?我|扶|拉着|拽|借|送|递|塞|分给|把|抢|请|约|带|让|给[我他她你俺大]|跟[我他她你]|和[我他她你]|对[我他她你]|也?想|要去|会[做唱跳写骑弹说修]|考|得了|拿了|当[了上选]|学|念|读|写|唱|画|睡|摔|病|发烧|感冒|受伤|请假|没来|迟到|转学|转来|搬|回来|走了|来了|来找|来[信我]|住|今年|[0-9一二三四五六七八九十]+岁|昨天|今天|明天|前天|刚才|[又也都总还]|从不?|最|才|不[在会想肯敢来说爱]|敲|打电话|打了|开车|干|值班|师傅|哥|姐|叔|婶|嫂|爸|妈|爷|奶|他|她|人[好很真]|家[的里养]?|的(?:手|脚|脸|腿|妈|爸|姐|哥|弟|妹|奶|爷|车|作业|信|字|病|话|歌|画|成绩|老|新|孩|媳|电话|名字|书包)|你好|您好|同学|老师|,你|:|在信里|在山|跑得|跑过|站起|坐在|举手"
_DOING = re.compile(rf" ?(?:{_DOES}|是(?:我|你|他|她|班|全|村|新|个|从|谁)|$|[,。!?;~、\n(\")])")
_SURE_DOING = re.compile(
    r" ?(?:说|问我|告诉|答应|教我|帮我|陪我|借给|送给|递给|考了|得了|请假|没来|你好|您好|同学|[爸妈](?!爸的|妈的)|他?[爸妈]|家的|哥|姐|叔|师傅|在信里|,你(?!好像)|今年[0-9一二三四五六七八九十]+岁?|是我(?:同|的?好|们班|朋|姐|妹|哥|弟|邻|表|堂|室))"
)
_NO_NAME = frozenset("爸妈姨爷奶姥公婆拉布訇姑朋时学伙孩组声心板师人家天子头儿")
# Family names that are hardly words: 老周 is a man, 老路 is a road.
FAMILIES = frozenset(
    "王李张刘陈杨赵周吴徐孙胡朱郭罗梁宋郑谢韩唐冯董萧曹袁邓许傅沈彭吕苏卢蒋蔡贾丁魏薛阎潘杜戴钟姜范姚谭廖邹熊陆郝孔崔康邱秦侯邵孟"
)
_WORDY = frozenset(
    "雨雪花草鸟狗猫羊马牛鸡鱼山河江海湖溪石林木树叶米麦豆金银铜铁星月云风雷电冰春夏秋冬书本年季节气"
)
_PET = re.compile(
    r"它[^。!?\n]{0,12}(?:名|叫)|(?:娃娃|玩偶|玩具|布偶|小熊|雪人|机器人|小树|石头|风筝|盆栽)[^,。!?\n]{0,4}(?:的?名字?|叫做?|起名)|[狗猫羊牛马驹犊羔鸡鸭兔鹅骆驼]{1,2}[^,。!?\n]{0,4}(?:的?名字?|叫做?|起名)"
)
_BIRD = re.compile(r"燕(?:子|[都又也]?(?:回|飞|来[了的]|走了|南|筑|衔|归|低))")


@cache
def _little() -> re.Pattern[str]:
    usual = "".join(sorted(one for one in words("given") | words("strong_given") if len(one) == 1))
    family = "".join(sorted(one for one in words("surnames") if len(one) == 1))
    return re.compile(rf"[小阿][{usual}{family}]|老[{family}]")


@cache
def _homely() -> re.Pattern[str]:
    """Return 二柱, 三妮, 强子, 小五子: by the order of birth, or with a 子 behind."""
    telling = any_of(
        {one for one in words("strong_given") if one not in "燕兰桂"} | set("强军勇亮东波")
    )
    return re.compile(
        rf"(?P<name>(?:[大二三四五六小](?:柱|蛋|妮|丫|虎|嘎|栓|锁|宝|强|军|牛|娃|胖|毛)|(?:{telling}|柱|栓|锁|满|虎|牛)子)(?:子)?)(?={_DOES})"
    )


def find(text: str) -> Iterator[tuple[int, int]]:
    """Yield people by what they are called among friends."""
    if _EXERCISE.search(text) or _PET.search(text):
        return
    for run in HAN_RUN.finditer(text):
        yield from _in_run(text, run)
    for one in _homely().finditer(text):
        if _opens(text, one.start()) and not _is_beast(text, one):
            yield one.span("name")


def _is_beast(text: str, one: re.Match[str]) -> bool:
    """Say whether it is somebody's animal: 我家的小牛病了."""
    return one["name"][-1] in "牛虎毛" and text[max(0, one.start() - 1) : one.start()] == "的"


def _in_run(text: str, run: re.Match[str]) -> Iterator[tuple[int, int]]:
    for one in _little().finditer(run[0]):
        start, end = run.start() + one.start(), run.start() + one.end()
        if one[0][1] not in _NO_NAME and _is_person(text, run, start, end):
            yield start, end


def _is_person(text: str, run: re.Match[str], start: int, end: int) -> bool:
    if not _opens(text, start) or _BIRD.match(text, end - 1):
        return False
    apart, sure = _falls_apart(run, start, end), bool(_SURE_DOING.match(text, end))
    told = bool(_STRONG_BEFORE.search(text, max(0, start - 8), start))
    if text[end - 1] in _WORDY and text[start] in "小老":
        told = told and text[start - 2 : start] != "里的"
        return told or (sure and start == run.start())
    telling = FAMILIES if text[start] == "老" else words("strong_given")
    if apart and text[end - 1] in telling:
        return True
    described = text[max(0, start - 1) : start + 1] == "的小"  # 嫩绿的小芽
    return bool(_DOING.match(text, end)) and (told or sure or (apart and not described))


def _opens(text: str, start: int) -> bool:
    before = text[max(0, start - 8) : start]
    if _A_THING.search(before):
        return False
    return bool(_OPENS.search(before) or _STRONG_BEFORE.search(before))


def _falls_apart(run: re.Match[str], start: int, end: int) -> bool:
    """Say whether the likeliest reading ends a word where the name ends, and has none like it."""
    begins = split(run[0])
    low, high = start - run.start(), end - run.start()
    telling = FAMILIES if run[0][low] == "老" else words("strong_given")
    known = is_word(run[0][low:high]) and run[0][low + 1] not in telling
    return low in begins and high in begins and not known
