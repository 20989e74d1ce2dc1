"""What screening finds: marks to hide, worries to read first, identities known beforehand."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a marked piece of a letter would tell."""

    NAME = "name"
    SCHOOL = "school"
    PLACE = "place"
    EMPLOYER = "employer"
    PHONE = "phone"
    IDENTITY = "identity"
    CARD = "card"
    NUMBER = "number"
    QQ = "qq"
    WECHAT = "wechat"
    ACCOUNT = "account"
    MAIL = "mail"
    LINK = "link"
    PLATE = "plate"


class Concern(StrEnum):
    """Why a person must read a sentence before anything is delivered."""

    HARM = "harm"
    SELF_HARM = "self_harm"
    MONEY = "money"
    MEETING = "meeting"
    SECRECY = "secrecy"
    SEXUAL = "sexual"


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A piece of the text as written, [start, end), and why it should not be passed on."""

    start: int
    end: int
    kind: Kind
    why: str


@dataclass(frozen=True, slots=True, order=True)
class Worry:
    """The sentence, [start, end) of the text as written, that a case worker reads first."""

    start: int
    end: int
    kind: Concern


@dataclass(frozen=True, slots=True)
class Known:
    """An identity this very letter must not tell.

    `sounds` are the syllables of its pinyin without tones, family name first: ("wu", "lan"). The
    caller spells them, for this room has no dictionary.
    """

    kind: Kind
    text: str
    sounds: tuple[str, ...] = ()


class Found(NamedTuple):
    """What a detector finds, in positions of the folded page."""

    start: int
    end: int
    kind: Kind
    why: str
