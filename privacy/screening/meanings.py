"""Names told by what they mean: 我的名字是爷爷起的，娜仁托娅就是太阳的光的意思."""

# A pattern is read in one piece.

import re
from collections.abc import Iterator
from itertools import pairwise

from privacy.screening.folding import ONE, Page
from privacy.screening.kinds import Found, Kind
from privacy.screening.lexicon import is_word, split
from privacy.screening.lists import words

_NAMED = re.compile(
    rf"(?P<whose>[^,。!?;:\n]{{0,12}}?)名字?(?![单胜列次额叫])[^。!?\n]{{0,20}}?(?:[,:“\"「(]|说|叫)(?P<name>(?!意思|就是|这个?|那个?|因为|所以|大概|其实|可能|听说|翻译|蒙古?语|汉语|[我他她它您你]){ONE}{{2,6}}?)[”\"」]?,?(?:这(?:个名字|[两三四]个字))?,?(?:翻译[过成]来|用?汉语|在?蒙古?[语文话]里?面?(?:的意思)?)?(?:就?是|的?意思就?是|代表|表示|就?是指)(?P<means>[^,。!?\n]{{1,14}})"
)
_OURS = re.compile(r"[起取]|意思|蒙古?[语文话]")
# What else is given a name: an animal, a place, a team.
_OTHERS = re.compile(
    r"[狗猫羊牛马驹犊羔鸡鸭鹅兔鱼鸟驴骡它]|骆驼|[山河湖村镇旗歌书队店诗词]子?的?$|嘎查|学校|地方|敖包|游戏|课文|菜|花的|草的|药的"
)


def find(page: Page) -> Iterator[Found]:
    """Yield the name of whoever says what it means."""
    for one in _NAMED.finditer(page.text):
        said = one[0]
        if "意思" not in said or not _OURS.search(said) or _OTHERS.search(one["whose"]):
            continue
        if one["name"] not in words("mongol") and _is_said(one["name"]):
            continue
        yield Found(*one.span("name"), Kind.NAME, "名字和它的意思")


def _is_said(name: str) -> bool:
    """Say whether a word of every day is in it: 笔画多 is nobody."""
    ends = split(name)
    return is_word(name) or any(b - a > 1 and is_word(name[a:b]) for a, b in pairwise(ends))
