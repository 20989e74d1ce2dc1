"""Finds children for case staff: by state, by name or pinyin inside one banner, by exact number."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlalchemy import false, select
from sqlalchemy.orm import Session

from models.base import in_regions
from models.children import Child, Kin
from models.organisations import Organisation
from models.regions import Region
from privacy.disclosure import Audience
from privacy.viewers import Viewer
from services import gate
from services.children.newcomers import id_index, phone_index
from services.children.readiness import from_codes, is_above_banner
from services.gate import Card, Part
from vocabulary.enums import ChildStatus

PAGE = 50
_FIELDS = (
    "ref", "name", "sex", "stage", "grade", "class_name", "class_label", "status",
    "held_because", "entered_on", "entered_by", "verified_on",
)  # fmt: skip
_PARTS = {
    "school": Part(Organisation, Organisation.id == Child.school_id, ("name", "ref")),
    "place": Part(Region, Region.code == Child.region_code, ("name",)),
}
_LIVE = Child.status != ChildStatus.ENDED
_FILTERS = {
    "live": _LIVE,
    "draft": Child.status == ChildStatus.DRAFT,
    "held": _LIVE & Child.held_because.is_not(None),
    "open": Child.status == ChildStatus.OPEN,
    "supported": Child.status == ChildStatus.SUPPORTED,
    "ended": Child.status == ChildStatus.ENDED,
}
FILTERS = tuple(_FILTERS)
_NUMBER = re.compile(r"^\d{17}[\dXx]$")
_PHONE = re.compile(r"^1\d{10}$")


def listing(session: Session, viewer: Viewer, *, code: str, show: str, page: int = 1) -> list[Card]:
    """List children of a division in one state, the latest entered first."""
    found = gate.cards(
        session,
        viewer,
        Child,
        parts=_PARTS,
        fields=_FIELDS,
        where=(_inside(viewer, code), _FILTERS[show]),
        order_by=(Child.id.desc(),),
        limit=PAGE,
        offset=PAGE * (page - 1),
    )
    return [_told(card) for card in found]


def counts(session: Session, viewer: Viewer, *, code: str) -> dict[str, int]:
    """Count the children of a division in each state that a list can show."""
    here = _inside(viewer, code)
    return {name: gate.count(session, viewer, Child, here, f) for name, f in _FILTERS.items()}


def needs_banner(text: str, code: str) -> bool:
    """Say whether a search must first be narrowed to one banner: names are opened nowhere wider."""
    plain = _plain(text)
    return is_above_banner(code) and not (_NUMBER.match(plain) or _PHONE.match(plain))


def search(session: Session, viewer: Viewer, text: str, *, code: str) -> list[Card]:
    """Find children by whole number anywhere in the viewer's part, by name inside one banner.

    A name fits by its characters, its pinyin or its initials; at most one page comes back.
    """
    plain = _plain(text)
    if _NUMBER.match(plain):
        return _cards(session, viewer, (Child.id_index == id_index(plain.upper()),))
    if _PHONE.match(plain):
        known = Kin.standings(viewer).get(Audience.CASE_CONTACT, false())
        called = select(Kin.child_id).where(Kin.phone_index == phone_index(plain), known)
        return _cards(session, viewer, (Child.id.in_(called),))
    if not plain or is_above_banner(code):
        return []
    names = gate.cards(
        session, viewer, Child, fields=("ref", "name"), where=(_inside(viewer, code),), offset=0
    )
    fitting = [card for card in names if fits(card["name"], plain)][:PAGE]
    # Whoever types a whole name looks for this very child; a part of one is a filter like any other.
    is_list = all(_plain(card["name"]) != plain for card in fitting)
    where = (Child.ref.in_([card["ref"] for card in fitting]),)
    return _cards(session, viewer, where, offset=0 if is_list else None)


def fits(name: str, typed: str) -> bool:
    """Say whether what was typed is part of a name, of its pinyin or of its initials."""
    wanted = typed.lower()
    if wanted in name.lower():
        return True
    if not wanted.isascii():
        return False
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 its tables take long, few need them

    sounds = [one.lower() for one in lazy_pinyin(name, style=Style.NORMAL)]
    initials = "".join(sound[:1] for sound in sounds)
    return "".join(sounds).startswith(wanted) or wanted in sounds or initials.startswith(wanted)


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def _inside(viewer: Viewer, code: str) -> Any:
    return in_regions(Child.region_code, Viewer(viewer.roles, viewer.actor, regions=(code,)))


def _cards(
    session: Session, viewer: Viewer, where: Sequence[Any], *, offset: int | None = None
) -> list[Card]:
    found = gate.cards(
        session,
        viewer,
        Child,
        parts=_PARTS,
        fields=_FIELDS,
        where=where,
        order_by=(Child.id.desc(),),
        limit=PAGE,
        offset=offset,
    )
    return [_told(card) for card in found]


def _told(card: Card) -> Card:
    return card.and_also(missing=from_codes(card["held_because"]))
