"""A child's file for case staff: the record with kin, needs, consents, and what may be done now."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.children import Child, Kin, Need
from models.organisations import Organisation
from models.regions import Region
from privacy.viewers import Viewer
from services import gate
from services.children import consents
from services.children.readiness import AGREES_FROM, ASKED_FROM, from_codes
from services.gate import Card, Part
from services.kin import as_it_stood
from vocabulary.dates import age_on, today
from vocabulary.enums import ChildStatus

_ACCOUNT = "account:"
_PARTS = {
    "school": Part(Organisation, Organisation.id == Child.school_id, ("name", "ref")),
    "place": Part(Region, Region.code == Child.region_code, ("name", "code")),
}


def detail(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return the whole file of one child. Raises NotFound."""
    card = gate.card(session, viewer, Child, Child.ref == ref, parts=_PARTS)
    mine = (select(Child.id).where(Child.ref == ref),)
    return card.and_also(
        **_asking(card, today(now)),
        missing=from_codes(card["held_because"]),
        entered_by_me=card["entered_by"] == viewer.actor,
        entered_by_name=name_of(session, viewer, card["entered_by"]),
        verified_by_name=name_of(session, viewer, card["verified_by"]),
        banner=_banner(session, viewer, card["banner_code"]),
        kin=as_it_stood.with_phones(
            session,
            viewer,
            gate.cards(session, viewer, Kin, where=(Kin.child_id.in_(*mine),), order_by=(Kin.id,)),
        ),
        needs=gate.cards(
            session, viewer, Need, where=(Need.child_id.in_(*mine),), order_by=(Need.id,)
        ),
        consents=consents.of_child(session, viewer, ref),
    )


def _asking(card: Card, on: date) -> dict[str, object]:
    """Say how old the child is, whether it is asked itself, and whether its word decides."""
    born = card["birth_on"]
    age = age_on(born, on) if born else None
    visited = card["status"] not in (ChildStatus.DRAFT, ChildStatus.ENDED)
    is_asked = age is None or age >= ASKED_FROM
    return {
        "age": age,
        "is_asked": is_asked,
        "decides": age is None or age >= AGREES_FROM,
        "said_no": visited and is_asked and card["agreed_on"] is None,
    }


def name_of(session: Session, viewer: Viewer, actor: str | None) -> str:
    """Return how an actor is called among colleagues; empty for nobody."""
    return _names(session, viewer, [actor])[actor]


def with_names(session: Session, viewer: Viewer, cards: Sequence[Card]) -> list[Card]:
    """Add to requests how colleagues call who asked and who decided; one statement for all."""
    names = _names(
        session, viewer, [card[by] for card in cards for by in ("asked_by", "decided_by")]
    )
    return [
        card.and_also(asker=names[card["asked_by"]], decider=names[card["decided_by"]])
        for card in cards
    ]


def _names(session: Session, viewer: Viewer, actors: Iterable[str | None]) -> dict[str | None, str]:
    known = set(actors)
    refs = {one.removeprefix(_ACCOUNT) for one in known if one and one.startswith(_ACCOUNT)}
    where = (Account.ref.in_(refs),)
    found = (
        gate.cards(session, viewer, Account, fields=("ref", "name"), where=where) if refs else []
    )
    names = {card["ref"]: card["name"] for card in found}
    return {one: _called(one, names) for one in known}


def _called(actor: str | None, names: Mapping[str, str]) -> str:
    if not actor:
        return ""
    if not actor.startswith(_ACCOUNT):
        return "名册导入（控制台）" if actor == "console" else "系统"
    return names.get(actor.removeprefix(_ACCOUNT), "另一位同事")


def _banner(session: Session, viewer: Viewer, code: str) -> str:
    name: str = gate.card(session, viewer, Region, Region.code == code)["name"]
    return name
