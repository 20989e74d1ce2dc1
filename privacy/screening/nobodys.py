"""Names that are nobody's here: of a story, an animal, a banner on the news, a word in another language.

Only for what looks like a name: whoever is told of as one's own (我同桌, 我叫) stays a person.
"""

# A pattern is read in one piece, its look-alikes are meant.
# ruff: noqa: E501

import re
from functools import cache

from privacy.screening.folding import HAN, ONE, WALL
from privacy.screening.lexicon import is_word
from privacy.screening.lists import any_of, banners, words
from privacy.screening.nameforms import KIN

_TOLD = r"(?:传说|故事|童话|神话|寓言|电影|动画片?|动漫|漫画|小说|课文|电视剧|连续剧|绘本|名著|古文|古诗|戏里|歌里|书里|书中|游戏里|剧里|片子?里)"
_TITLE = rf"(?:》|{WALL}{{3}})"  # names hides titles before it looks
_STORY = re.compile(rf"(?:{_TITLE}|{_TOLD})[^\n]{{0,40}}$")
_IN_A_STORY = re.compile(rf"(?:{_TITLE}|{_TOLD})(?:里|中|讲|说|写)[^。!?\n]{{0,8}}$")
_OWN = re.compile(
    rf"(?:{KIN}|[我俺咱他她][哥姐弟妹叔姨舅姑爷奶姥爸妈]?|同学|叫|名|姓|和|跟|给|[师生友长员])(?:就?是|的)?$"
)
_WITH_ME = re.compile(
    r"(?:就|也|都|又|还|总|说|要|把|他|她){0,2}(?:借|送|教|陪|帮|带|扶|背|[跟和给对]我(?!一样|差不多)|同学|老师|叔|姨|爷|奶|哥|姐|家的?(?!人)|[今明后昨]天|得了|考|转|住)"
)
_NAMED = re.compile(r"(?:叫做?|名叫|名字?就?是|[取起]名叫?)[“\"‘]?$")
# 鲁日格勒舞, 乌尼杆, 穿着卓德格: what is danced, worn and built has names of its own.
_MADE = re.compile(r"[杆舞袍节曲琴调茶饭帽靴鞍棋鼓酒糕饼肠](?![一-鿿]{0,3}(?:说|告诉))")
_WORN = re.compile(r"(?:穿|戴|披|跳|吃|喝|弹|叫它|管它叫)(?:着|了|过|上|起|一[件顶条段个])?[“\"]?$")
_PET = re.compile(
    r"(?:[狗猫羊牛马驹犊羔鸡鸭鹅兔鱼鸟驴骡]|骆驼|娃娃|玩偶|布偶|雪人|玩具|小熊|盆栽|机器人|宠物|乌龟|仓鼠|鹦鹉|它)[^,。!?;\n]{0,4}$"
)
_MEANS = re.compile(
    rf"[”\"’]?[,，!。]?(?:这|那)?(?:在?蒙古?语里?|汉语|翻译[过成]来|用汉语说)?(?:就?是|意思是|的意思是|就?是说|表示|指)[“\"‘]?(?:谢|再见|您?你?好|早|欢迎|大家好|妈妈|爸爸|爷爷|奶奶|朋友|吉祥|平安|幸福|草原|太阳|月亮|[{HAN}]{{1,5}}的意思)"
    r"|[”\"’]?的意思是"
)
_FOREIGN = re.compile(
    r"(?:蒙古?语|蒙古话|达斡尔语|鄂温克语|鄂伦春语|英语|日语|韩语|俄语|藏语)(?:里|中|的|叫|说|管[^,。]{1,4}叫|喊)[^,。!?\n]{0,6}$"
)
_ASKED_TO = re.compile(r"叫我$")
_TASK = re.compile(
    r"少|多(?!多)|早点|快[点去来]|先|别|不[要许准]|[去来](?!福|喜|弟)|好好|再|赶[紧快]|把|帮|替|一起|认真|注意|慢慢?[点来]"
)
_OF_A_TALE = re.compile(rf"{ONE}{{0,2}}是(?:{_TOLD})里?的")  # 薇薇安是童话里的仙女
_RUN = re.compile(rf"{ONE}+")
_SHORT = 4
_AHEAD = 60


def is_nobodys(text: str, start: int, end: int) -> bool:
    """Say whether what looks like a name is of a story, an animal's, or a word explained."""
    before = text[max(0, start - _AHEAD) : start]
    if is_of_a_story(text, start) or text[end - 1] == "府":  # 贾府 is a house
        return True
    if _OF_A_TALE.match(text, end) or _MEANS.match(text, end) or _FOREIGN.search(before):
        return True
    if _is_a_thing(text, start, before):
        return True
    if _MADE.match(text, end) or _WORN.search(before):
        return True
    named = _NAMED.search(before)
    if named and _PET.search(before[: named.start()]):
        return True
    return bool(_STORY.search(before)) and not (_OWN.search(before) or _WITH_ME.match(text, end))


@cache
def _things() -> re.Pattern[str]:
    return re.compile(any_of(words("steppe_things")))


def _is_a_thing(text: str, start: int, before: str) -> bool:
    """Say whether it is a part of a 蒙古包, a food or a game, and no word says that it is a person."""
    thing = _things().match(text, start)
    return thing is not None and not (_OWN.search(before) or _WITH_ME.match(text, thing.end()))


def is_of_a_story(text: str, start: int) -> bool:
    """Say whether it stands right behind the story: 传说里有个叫苏和的孩子."""
    return bool(_IN_A_STORY.search(text, max(0, start - _AHEAD), start))


def is_asked_to(text: str, lead: int, start: int) -> bool:
    """Say whether 叫我 only tells what to do: 老师叫我背书, 医生叫我少看手机."""
    if not _ASKED_TO.search(text[lead:start]):
        return False
    run = _RUN.match(text, start)
    return (
        not run
        or len(run[0]) > _SHORT
        or (bool(_TASK.match(run[0])) and run[0][-1] not in words("strong_given"))
        or (is_word(run[0]) and run[0][-1] not in words("strong_given"))
    )


# 杨利伟落在四子王旗: told on the news of a whole banner, not of a home.
_OF_THE_NEWS = re.compile(
    r"神舟|飞船|航天|卫星|返回舱|着陆|发射|火箭|新闻|电视|纪录片|地图|旅游|景区|地理|历史|课本|课文|《"
)
_OWN_HOME = re.compile(r"[我俺咱]们?(?:的|家|这|在|是|住|旗|县|那)|老家|家在|家住|住在|来自|搬")


def is_news(text: str, start: int, end: int) -> bool:
    """Say whether a banner alone is only told of: far from any word for one's own."""
    if text[start:end] not in banners():
        return False
    near = text[max(0, start - 40) : end + 12]
    own = _OWN_HOME.search(text, max(0, start - 10), min(len(text), end + 8))
    return bool(_OF_THE_NEWS.search(near)) and not own
