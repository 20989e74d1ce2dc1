"""What a letter about this very child must not tell: names, telephones, school, village.

Only the child's side stands here, and a volunteer's; both are known to the staff who read the
marks. A donor's identity is never looked up for a page that anybody but he reads: if a family's
letter that happens to hold his name were marked otherwise than one that holds a stranger's, the
marks would tell who he is. What he himself writes is hidden in services/vault/letter_vault.py before a
moderator sees it.
"""

import re
from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child, Kin
from models.letters import LetterFriend
from models.organisations import Organisation
from models.regions import Region
from models.volunteers import Volunteer
from privacy.screening import Kind, Known
from privacy.screening import known as written
from privacy.screening.folding import fold

_LONGEST_NAME = 8
_NEAR = (9, 12)  # digits of a township, of a village
_WIDTHS = (6, *_NEAR)  # and of a banner


def known(kind: Kind, text: str | None) -> Iterator[Known]:
    """Spell one identity for the screening; nothing for an empty one."""
    plain = (text or "").strip()
    if not plain:
        return
    is_spelled = kind in (Kind.NAME, Kind.PLACE, Kind.SCHOOL) and len(plain) <= _LONGEST_NAME
    sounds = _sounds(plain) if is_spelled else ()
    yield Known(kind, plain, sounds if len(sounds) == len(plain) else ())


def _sounds(plain: str) -> tuple[str, ...]:
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 its tables take long, few need them

    return tuple(lazy_pinyin(plain, style=Style.NORMAL))


def of_child(
    session: Session, child_id: int, *, widths: tuple[int, ...] = _WIDTHS
) -> tuple[Known, ...]:
    """Return the identities of a child, its kin, its school and where it lives."""
    child = session.get_one(Child, child_id)
    found = [*known(Kind.NAME, child.name), *known(Kind.IDENTITY, child.id_number)]
    found += known(Kind.PLACE, child.address)
    for kin in session.scalars(select(Kin).where(Kin.child_id == child_id).order_by(Kin.id)):
        found += [*known(Kind.NAME, kin.name), *known(Kind.PHONE, kin.phone)]
    codes = [child.region_code[:width].ljust(12, "0") for width in widths]
    places = session.scalars(select(Region.name).where(Region.code.in_(codes)))
    found += _each(Kind.PLACE, places)
    school = session.get(Organisation, child.school_id) if child.school_id else None
    if school is not None:
        found += known(Kind.SCHOOL, school.name)
        found += known(Kind.NAME, school.contact_name)
        found += known(Kind.PHONE, school.contact_phone)
    return tuple(dict.fromkeys(found))


def of_friend(session: Session, friend_id: int | None) -> tuple[Known, ...]:
    """Return the identities of a volunteer who writes to a child; none for a donor's letter."""
    if friend_id is None:
        return ()
    found = session.scalars(
        select(Volunteer)
        .join(LetterFriend, LetterFriend.volunteer_id == Volunteer.id)
        .where(LetterFriend.id == friend_id)
    ).one()
    named = [*known(Kind.NAME, found.name), *known(Kind.PHONE, found.phone)]
    return (*named, *known(Kind.IDENTITY, found.id_number))


def tells_of_child(session: Session, child_id: int, text: str) -> bool:
    """Say whether a letter from outside holds what its writer ought not to know of the child.

    A telephone counts whole: neighbours share the first seven digits.
    """
    page = fold(text)
    digits = re.sub(r"\D", "", page.numerals().text)
    own = of_child(session, child_id, widths=_NEAR)
    words = [one for one in own if one.kind is not Kind.PHONE]
    rung = any(one.text in digits for one in own if one.kind is Kind.PHONE)
    return rung or any(True for _ in written.find(page, words))


def _each(kind: Kind, texts: Iterable[str]) -> list[Known]:
    return [one for text in texts for one in known(kind, text)]
