"""Names that are everyday words as well, where the sentence points at a person.

有个叫马上飞的孩子; 左边是田甜; 就是我，宋玉成，; 我姥姥马兰花，今年七十六.
"""

# A pattern is read in one piece, its look-alikes are meant, its sizes are those of the number.
# ruff: noqa: E501, SIM905

import re
from collections.abc import Iterator
from functools import cache

from privacy.screening.folding import ONE, WALL
from privacy.screening.lexicon import is_word
from privacy.screening.lists import words
from privacy.screening.nameforms import surname
from privacy.screening.nicknames import FAMILIES

_PEOPLE = r"(?:孩子|男孩|女孩|男生|女生|同学|学生|学长|学姐|姑娘|小伙|丫头|小子|老人|老汉|牧民|大哥|大姐|大爷|大娘|叔叔|阿姨|老师|人(?![间类生民工口物])|队员|战士|司机|医生|大夫|娃|小男|小女|弟弟|妹妹|小[妹弟]|哥哥|姐姐|志愿者)"
_OFFICES = r"(?:[\u4e00-\u9fff]委员|委员|组长|队长|班长|排长|课代表|前桌|后桌|同桌|前排的?|后排的?|对门的?|隔壁的?|护士|会计|出纳|书记|校医|门卫|保安|司机|电工|焊工|护林员|饲养员|快递员|邮递员|网格员|村医|兽医|表[姐妹哥弟]|堂[姐妹哥弟]|姥姥|姥爷|奶奶|爷爷|大伯|舅舅|姑姑|[我他她][哥姐弟妹姨舅姑叔]|老[大二三])"
_HAPPENS = r"(?:没来|发烧|请假|睡着|迟到|摔(?:了|倒|跤|断)|受伤|感冒|生病|住院|回过头|举(?:起|着)?手|站[了起]|坐在|跑[过得来第]|借[给我了]|送[给我了]|递给|塞给|分给|教[我会]|背着?我|扶着?|拉着|陪[我着]|帮[我着他她]|喊|劝|夸|骂|打[了针]|得了|考[了上]|拿了|当[上选]|收作业|领[着读操]|擦黑板|扫地|值日|转学|转来|跟[我他她你]|对[我他她你]|和[我他她你]|说|问|告诉|答应|笑|哭|在[县旗镇村学城外家班课台]|给[我他她奶爷妈爸大全]|把|来[我过看找]|今年|昨天|今天|前天|也想|想[当去要]|真的|特别|一直|从来|喜欢|可会|最会)"
_END = rf"(?=[,。!?;:、~\n)”\"（(]|$|{WALL})"
_CALLED_SO = r"(?:有一?个|一个|那个|这个|个|名|位|有位|有名|来了个|新来的)"


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    name = rf"(?P<name>(?:{surname()}){ONE}{{1,2}})"
    brief = rf"(?P<name>(?:{surname()}){ONE}{{1,2}}?)"
    return (
        re.compile(rf"{_CALLED_SO}?(?:名字)?叫做?“?{name}”?的{ONE}{{0,3}}?{_PEOPLE}"),
        re.compile(rf"{_CALLED_SO}{ONE}{{0,4}}?{_PEOPLE}(?:名字)?叫“?{name}”?{_END}"),
        re.compile(rf"(?:发|颁|交|送|还|递|让|选|表扬|夸)(?:给|了|给了)?{name}(?=同学[,。!她他])"),
        re.compile(rf"(?:转|走|跑|搬|调)来了?(?:一[个位]|[个位]){name}{_END}"),
        re.compile(rf"就是[我俺][,、]{name}{_END}"),
        re.compile(
            rf"(?:[那这]个|就是|还是|记得)(?P<name>[{''.join(sorted(FAMILIES))}]{ONE}{{2}})(?=[呀啊吧哦哟嘛呢][,。!?~]|[,。!?~])"
        ),
        re.compile(
            rf"(?:是|有|叫){name}[,(](?:是)?[我他她](?:们班)?的?[^\W都也就还又给读和跟把让教去来在说]{{0,3}}?(?:{_PEOPLE}|同桌|表|堂|发小|朋友|班长|邻居|姐|哥|弟|妹|姨|舅|姑|叔)"
        ),
        re.compile(
            rf"{_OFFICES}{brief}[,(](?:男|女|今年|属|[一二三四五六七八九十0-9]+岁|[他她]|汉族|蒙古族|生于|初|小学|住|在)"
        ),
        re.compile(
            rf"(?:班|组|村|屯|宿舍|队|学校)[里上]?(?:就|还|最)?(?:属|数|要数|轮到){brief}(?=最|跑|跳|唱|写|学|长得|个子|力气|嗓门|调皮|的)"
        ),
        re.compile(
            rf"(?:班里的?|班上的?|新转?来的?|[坐站]在{ONE}{{1,6}}的|{_OFFICES}){brief}(?=(?:就|也|又|都|总|老是?|还|正|偷偷|悄悄|昨天|今天|前天|上午|下午){{0,2}}(?:{_HAPPENS}|个子|嗓门))"
        ),
    )


@cache
def _photo() -> re.Pattern[str]:
    name = rf"(?P<name>(?:{surname()}){ONE}{{1,2}})"
    side = r"(?:[左右][边起面手]?|中间|旁边|前[排面]|后[排面]|第[一二三四五六0-9]个|站着?|坐着?|蹲着?|抱[^,。]{1,4}|举[^,。]{1,4}|穿[^,。]{1,6}|戴[^,。]{1,6})(?:的|那个|第[一二三四五六0-9]个){0,2}(?:是|叫)"
    return re.compile(rf"{side}{name}{_END}")


_IN_A_PICTURE = re.compile(r"照片|合影|合照|相片|拍的|画的是我们")
_LISTED = re.compile(
    rf"(?:名单|同学有|队员有|值日生?|组员|成员|获奖(?:的|者)?|三好学生|优秀少先队员)(?:有|是|:| )+(?P<row>{ONE}{{2,4}}(?:[、, ]{ONE}{{2,4}}){{1,12}})"
)
# 后面是白山, 左手是红的: what a picture shows, and its colour.
_NO_END = frozenset("山河江海湖林草树石花云雪天地水田路桥房屋墙门井圈包棚沟坡的了着")


def find(text: str) -> Iterator[tuple[int, int]]:
    """Yield people whose names alone would be words."""
    for form in _forms():
        for one in form.finditer(text):
            if not _is_common(text, one):
                yield one.span("name")
    yield from _in_a_picture(text)
    for row in _LISTED.finditer(text):
        yield from _in_row(row)


def _in_a_picture(text: str) -> Iterator[tuple[int, int]]:
    pictured = bool(_IN_A_PICTURE.search(text))
    for one in _photo().finditer(text):
        if one["name"][-1] not in _NO_END and (pictured or not is_word(one["name"])):
            yield one.span("name")


def _in_row(row: re.Match[str]) -> Iterator[tuple[int, int]]:
    for one in re.finditer(rf"{ONE}{{2,4}}", row["row"]):
        if one[0][0] in words("surnames") or one[0] in words("mongol"):
            yield row.start("row") + one.start(), row.start("row") + one.end()


_ADVERBS = frozenset(
    "高高兴兴 高兴 马上 常常 平时 安静 成天 马不停蹄 方才 于是 向来 曾经 时常 左右 多半 白白 何时 那么 那天 那年 那时 和蔼 和气 温和 温柔 严肃 严厉 高声 高高 成功 包饺子 向前 向我 向他 向她 从来 从小 和我 路过 任何 全部 全都 连忙 连夜 有时 平安 亲自 强烈 强忍 满脸 满头 明明 明天 万分 那里 那儿 都是 张开 张嘴 关门 关心 代表 代替 管我 管着 盖房 查房 牵着 容易 简单 冷不丁 冷静 经常 元旦 单独 相信 相当 终于 应该 能够".split()
)


_OF_OLD = re.compile(
    r"朝|代(?!表)|古时候?|古人|从前|历史|诗人|词人|作家|画家|书法家|皇帝|将军|科学家|英雄|烈士|歌手|演员|明星|书里|课本|电影|故事|主角|角色"
)


def _is_common(text: str, one: re.Match[str]) -> bool:
    """Say whether the sentence only goes on there: 老师高兴地, 奶奶常常说."""
    name = one["name"]
    start, end = one.span("name")
    if name in words("famous") or _OF_OLD.search(text, max(0, start - 16), start):
        return True
    if one.re in _forms()[:2] or one.re is _forms()[8]:
        return False
    if any(name.startswith(word) for word in _ADVERBS) or text[end : end + 1] in "地得":
        return True
    if name[0] in "和跟与从向那时都还能会要把被给让就于连" and text[start - 1 : start] != "叫":
        return True
    return is_word(name) and one.re is _forms()[4]
