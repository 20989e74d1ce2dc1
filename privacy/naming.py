"""What each way of being called shows to whom: the one table that pages and services read."""

import re
from collections.abc import Mapping
from enum import StrEnum

from vocabulary.enums import Naming

ALIAS_LENGTH, NAME_LENGTH = 12, 20


class Eyes(StrEnum):
    FAMILY = "family"
    SCHOOL = "school"
    STAFF = "staff"
    PUBLIC = "public"


class Shown(StrEnum):
    """NOTHING: not even that one is called somehow; KIND_PERSON: 爱心人士."""

    NOTHING = "nothing"
    KIND_PERSON = "kind_person"
    ALIAS = "alias"
    NAME = "name"


def _to_family(shown: Shown) -> Mapping[Eyes, Shown]:
    """Nobody but the child's family ever reads more than nothing, and it behind its guardian's own link.

    A school prints the slips and may hold them: behind one everybody is 爱心人士.
    """
    return {eyes: shown if eyes is Eyes.FAMILY else Shown.NOTHING for eyes in Eyes}


SHOWN: Mapping[Naming, Mapping[Eyes, Shown]] = {
    Naming.SEALED: _to_family(Shown.KIND_PERSON),
    Naming.ALIAS: _to_family(Shown.ALIAS),
    Naming.NAMED: _to_family(Shown.NAME),
}
_ORDER = tuple(Naming)
# Han with its extensions, Mongolian, and the dot between the parts of a name.
_LETTERS = re.compile(
    r"[\u3400-\u9fff\U00020000-\U0003ffff\u1820-\u18aa\u3007·]+(?: [\u1820-\u18aa]+)*"
)
_NUMBERS = "〇零一二三四五六七八九十幺两壹贰叁肆伍陆柒捌玖拾"
_MOST_NUMBERS = 3
_WAYS = (
    "微信",
    "威信",
    "薇信",
    "微我",
    "扣扣",
    "加我",
    "电话",
    "手机",
    "抖音",
    "快手",
    "邮箱",
    "号码",
)


def reveals_more(to: Naming, than: Naming) -> bool:
    """Say whether one way of being called lets others know more than another."""
    return _ORDER.index(to) > _ORDER.index(than)


def lesser(one: Naming, other: Naming) -> Naming:
    """Return the more hidden of two."""
    return one if reveals_more(other, one) else other


def is_fit(text: str | None, most: int) -> bool:
    """Say whether a child may read this as a person's name.

    Written in Han or Mongolian, short, and with nothing by which a stranger could be reached.
    """
    plain = (text or "").strip()
    numbers = sum(letter in _NUMBERS for letter in plain)
    return (
        0 < len(plain) <= most
        and bool(_LETTERS.fullmatch(plain))
        and numbers <= _MOST_NUMBERS
        and not any(way in plain for way in _WAYS)
    )
