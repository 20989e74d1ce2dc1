"""Han names: a family name and what follows, weighed against what everyday words make of it.

A name costs its family name, its given characters and how seldom names are at all. It is believed
when that reading is clearly cheaper than everyday words, or when the words around it say so.
"""

# A pattern is read in one piece, its look-alikes are meant, its sizes are those of the number.
# ruff: noqa: E501, PLR2004, SIM905

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from privacy.screening.folding import WALL
from privacy.screening.lexicon import HAN_RUN, Reading, costs, reading
from privacy.screening.lists import lines, words
from privacy.screening.nameforms import KIN, THINGS, TITLES

_PRIOR = 9.0
_LONGEST_GIVEN = 2
_ENOUGH = 0.25
_SURE, _GIVEN, _WORDY, _OTHER, _NEVER = 4.0, 5.5, 7.0, 8.0, 15.0
_NOTHING_ELSE, _SURELY = 17.0, 5.0
_SAID_DAILY, _SAID_OFTEN, _UNSAID, _NEAR = 10.6, 11.4, 99.0, 7
# Of two characters and nothing else but a family name, but for the famous ones.
_COMPOUND_COST = dict.fromkeys(
    "欧阳 司马 诸葛 上官 司徒 尉迟 皇甫 夏侯 慕容 令狐 宇文 公孙 端木 轩辕 独孤 呼延 澹台 申屠 闻人 赫连 长孙 完颜".split(),
    0.0,
)
_ADVERBS = frozenset("管那于向成曾常何冷安任关齐")
_GOES_ON = frozenset("才就又还都也再")
_EVEN = re.compile(r"^连(?:.{1,5}[都也]|[最那这一我他她它你自])")
_A_PIECE = re.compile(r"[一两二三四五六七八九十几半每]?[片朵棵株束捧粒颗根瓣]$")
_HERD = re.compile(r"^[牛马]刚[拉吃下生跑喝出回睡]")
_FUNCTION = frozenset(
    "的了是在不我你他她它们这那有和就也都很还要说去来到个给把被让跟对从向于与及吗呢吧啊呀哦嘛着过得地没会能想看听吃喝买打做写问叫请谢什么怎为因所以但又才再只几每各某哪谁啥您俺咱自己时候今昨点分元块斤岁年月日号第名次些种样只条件张位本支把"
    "上下里外前后左右边面头家爸妈爷奶叔姨姑舅哥姐弟妹老师校班级课书信钱车饭菜肉蛋奶羊牛马猪狗鸡鱼三四五六七八九十百千零两"
)
_TOLD, _BESIDE, _EDGE, _TITLE, _SPEAKS, _NEXT, _SIGNED = (9.0, 5.0, 2.0, 6.0, 3.0, 1.5, 7.0)
_NAMED = re.compile(
    r"(?:叫做?|名叫|姓名|名字(?:是|写)?|[大本真小学全汉蒙乳]名|起名|取名|署名|落款|签[名字]|(?:收件|收款|收信|开户|联系|监护|代笔|写信|报告|经办|证明|捐[款助赠]|资助|介绍|主持|负责|申请|户主|家长)(?:人|(?=[: \n]))|户主|家长|代笔|监护|签[字名]\)?|户名|收货人|志愿者|本人|鄙人|[我俺]是|这里是|(?<![可但还只于总就要不])是我|[来他她]是|班主任|儿童主任|老党员)(?:[:是为叫写 ,()]|\n){0,2}$"
)
_RELATED = re.compile(
    rf"(?:{KIN}|[我俺他她你咱][大二三四五小老]?(?:哥|姐|弟|妹|姨|舅|姑|叔|婶|嫂|爷|奶|姥|妗|伯)|姑|姨|舅|叔|婶|爹|娘|娃|丫头|小子|[工包]头|店[长主]|厂长|矿长|[校队村厂]医|厨师|护工|保安|门卫|教官|阿訇|喇嘛|兽医|司机|会计|快递员|邮递员|网格员|社工|售货员|服务员|管理员|宿管)(?:[:是 (]|就是|名叫)?$"
)
_CALLED = ("叫", "做", "名", "是", "为")  # so animals and things are named as well
_AFTER_A_NAME = re.compile(rf"{WALL}[和跟与及、,]$")
_OPENS = re.compile(
    r"(?:^|[^\w]|[和跟与给找问对向被让教听像是由请喊同加及班]|[昨今明后前那]天|后来|知道|听说|记得|认识|遇见|只有|因为|就是|还有|时候)$"
)
_TITLED = re.compile(rf" ?(?:{TITLES}|婶子?|二?大爷|[老小]?[师]傅)")
_IS_OURS = re.compile(
    r"(?:就)?是(?:我|俺|咱|他|她|孩子)们?(?:的|家|班|学|老|同|姐|哥|弟|妹|爸|妈|爷|奶|音乐|体育|语文|数学|英语|蒙语|班主任)"
)
_SAYS = re.compile(
    r"(?:就|也|又|都|总是?|老是?|还|正|偷偷|悄悄|昨天|今天|前天|上午|下午|刚才){0,2}(?:说|告诉|问我|教我|帮我|送我|考了|得了|唱歌|今年|这[回次]|踢球|跑步|转学|过生日|没来|请假|发烧|睡着|在课上|迟到|摔[了倒断]|感冒|生病|住院|回过头|举手|借我|借给|递给|塞给|分给|送给|背我|扶我|拉着我|陪我|劝我|夸我|喊我|收作业|转来|[跟对]我|答应|考上|当上|哭[了得]|笑了|坐在|站起|的(?:爸|妈|爷爷|奶奶|姐|哥|弟|妹|姥|手套|作业|书包|作文|成绩|座位|腿|脚))"
)
_CLOSES = re.compile(
    r"$|[^\w]|[说的家和跟与是在写收老也还都就把给考得走来去他她让告帮教送带今]|同学|一起|小朋友"
)
_SIGN_BEFORE = re.compile(r"(?:^|\n)[ ]*$")
_SIGN_AFTER = re.compile(r"[ ]*(?:$|\n|[0-9]{4}|\(|敬上|上$|于)")


_AHEAD = ((_NAMED, _TOLD), (_RELATED, _BESIDE), (_AFTER_A_NAME, _BESIDE), (_OPENS, _EDGE))
_BEHIND = ((_TITLED, _TITLE), (_IS_OURS, _BESIDE), (_SAYS, _SPEAKS), (_CLOSES, _NEXT))


@cache
def families() -> dict[str, float]:
    """Return what each family name costs: seldom ones more, those that are nothing else less."""
    ranked = dict.fromkeys(word for line in lines("surnames") for word in line.split())
    singles = [one for one in ranked if len(one) == 1]
    found = {one: 3.0 + min(2.0, at / 100) for at, one in enumerate(singles)}
    for one in singles:
        if _is_nothing_else(one):
            found[one] -= _SURELY
    return found | {one: _COMPOUND_COST.get(one, 5.0) for one in ranked if len(one) > 1}


def _is_nothing_else(family: str) -> bool:
    """Say whether the character is hardly ever anything but a family name."""
    return costs().get(family, 0.0) > _NOTHING_ELSE


@cache
def _character(one: str) -> float:
    if one in words("strong_given"):
        return _SURE
    if one in words("given"):
        return _WORDY if one in _FUNCTION else _GIVEN
    return _NEVER if one in _FUNCTION else _OTHER


def find(text: str) -> Iterator[tuple[int, int, float]]:
    """Yield where names stand, and how far each is beyond doubt."""
    for run in HAN_RUN.finditer(text):
        yield from _in_run(text, run.start(), run[0])


def _in_run(text: str, offset: int, run: str) -> Iterator[tuple[int, int, float]]:
    read, taken = reading(run), 0
    for start in range(len(run)):
        if start < taken:
            continue
        best = max(_from(text, offset, run, start, read), default=None)
        if best and best[0] > 0:
            taken = best[1]
            yield offset + start, offset + best[1], best[0]


def _from(
    text: str, offset: int, run: str, start: int, read: Reading
) -> Iterator[tuple[float, int]]:
    """Yield how sure a name from here is, and where it ends."""
    for size in (6, 4, 3, 2, 1):
        family = families().get(run[start : start + size])
        if family is None:
            continue
        longest = start + size + (_LONGEST_GIVEN if size < 3 else _LONGEST_GIVEN + 1)
        for end in range(start + size + 1, min(longest, len(run)) + 1):
            gain = around(text, offset + start, offset + end)
            if _is_doubtful(run, start, size, end, gain) or (
                gain < _TOLD and _is_measured(run, start)
            ):
                continue
            cost = _PRIOR + family + sum(map(_character, run[start + size : end]))
            yield read.dearth(start, end) - cost + gain - _ENOUGH, end


def _is_measured(run: str, start: int) -> bool:
    """Say whether it is told by the piece: 一片白桦叶, 两朵金莲花."""
    return bool(_A_PIECE.search(run[max(0, start - 2) : start]))


def _is_doubtful(run: str, start: int, size: int, end: int, gain: float) -> bool:
    """Say whether the words around would have to say more before this is a name."""
    if gain < _TOLD and _is_famous(run, start, end):
        return True
    if (gain < _SIGNED or _goes_on(run, start, end)) and _begins_as_a_word(run, start, end):
        return True
    if gain >= _BESIDE or _is_nothing_else(run[start]):
        return False
    if _is_two_words(run[start], run[start + size : end]):
        return True
    return not _is_telling(run[start + size : end], size)


def _goes_on(run: str, start: int, end: int) -> bool:
    """Say whether the sentence goes on behind a word: 我是高兴才哭的."""
    word = run[start:end] in words("ordinary") and run[max(0, start - 2) : start] == "我是"
    return run[end - 1] in _GOES_ON or (word and end < len(run))


def _begins_as_a_word(run: str, start: int, end: int) -> bool:
    """Say whether it reads as 安静 or 白天累, as 管微信叫, 连话都说 or 牛刚吃完: what is told, not who."""
    ahead = run[start:][:_NEAR]
    if (run[start] == "管" and "叫" in ahead) or _EVEN.match(ahead) or _HERD.match(ahead):
        return True
    said = costs().get(run[start : start + 2], _UNSAID)
    if end - start == len("安静"):
        return said < _SAID_OFTEN
    usual = said < _SAID_DAILY or run[start : start + 2] in words("ordinary")
    return usual and (run[end - 1] in _GOES_ON or not _is_telling(run[end - 1], 2))


def _is_two_words(family: str, given: str) -> bool:
    """Say whether it reads as 常欢笑 or 杨树叶: a word that is a family name as well, and another."""
    return given[0] == "树" or (family in _ADVERBS and len(given) > 1 and given in costs())


def _is_famous(run: str, start: int, end: int) -> bool:
    """Say whether it is somebody every schoolchild writes about, whatever verb follows."""
    famous, last = words("famous"), run[end - 1]
    if run[start:end] in famous or run[start : end + 1] in famous:
        return True
    return run[start : end - 1] in famous and not _is_telling(last, 2)


def _is_telling(given: str, family: int) -> bool:
    """Say whether such characters are a given name even where nothing else says so."""
    sure, usual = words("strong_given"), words("given")
    if len(given) == 1 and family == 1:
        return given in sure
    return all(one in sure or one in usual for one in given)


@lru_cache(maxsize=4096)
def _ahead(before: str) -> float:
    """Return how much what stands before speaks for a name: asked for every length of it."""
    gain = next((gain for form, gain in _AHEAD if form.search(before)), 0.0)
    told_of_a_thing = gain == _TOLD and before.endswith(_CALLED) and THINGS.search(before[:-1])
    return 0.0 if told_of_a_thing else gain


def around(text: str, start: int, end: int) -> float:
    """Return how much the words around speak for a name."""
    before = text[max(0, start - 10) : start]
    gain = _ahead(before) + next((gain for form, gain in _BEHIND if form.match(text, end)), 0.0)
    is_word = text[start:end] in words("ordinary")
    if not is_word and _SIGN_BEFORE.search(before) and _SIGN_AFTER.match(text, end):
        gain += _SIGNED
    return gain
