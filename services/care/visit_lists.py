"""Who reads of visits: she her own, the staff what they may act on, the home only day and kind.

To a home without a telephone its village director reads these aloud.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.care import CareMatch
from models.children import Child
from models.visits import Visit
from models.volunteers import Volunteer
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.care.visits import STANDS, WAITS
from services.gate import Card, Part
from services.guardians import families
from services.guardians.guardian_wishes import as_guardian
from vocabulary.dates import today
from vocabulary.enums import Role

SHOWN = 60
_LATEST = (Visit.met_on.desc(), Visit.id.desc())
_WAITS_FIRST = ((Visit.is_worry & Visit.taken_up_at.is_(None)).desc(), *_LATEST)
_PARTS = {
    "child": Part(Child, Child.id == Visit.child_id, ("ref", "name")),
    "care": Part(CareMatch, CareMatch.id == Visit.care_id, ("ref",)),
    "volunteer": Part(Volunteer, Volunteer.id == CareMatch.volunteer_id, ("name", "phone")),
}


def hers(session: Session, viewer: Viewer, her_ref: str, *, now: datetime) -> list[Card]:
    """List what stands of one pair of hers, the latest first, with whether she may take it back."""
    require(viewer, Act.ANSWER_CARE)
    own = Visit.care_id.in_(select(CareMatch.id).where(CareMatch.her_ref == her_ref))
    where = (own, STANDS)
    found = gate.cards(session, viewer, Visit, where=where, order_by=_LATEST, limit=SHOWN)
    by_her = (Visit.entered_by == viewer.actor, Visit.is_worry.is_(False))
    may = (own, *by_her, Visit.entered_on == today(now))
    fresh = set(session.scalars(select(Visit.her_ref).where(*may)))
    return [one.and_also(may_take_back=one["her_ref"] in fresh) for one in found]


def last_days(session: Session, viewer: Viewer) -> dict[str, date]:
    """Return the last day on which she met each of her children, by her own ref of the pair."""
    require(viewer, Act.ANSWER_CARE)
    pair = {"care": Part(CareMatch, CareMatch.id == Visit.care_id, ("her_ref",))}
    order = (Visit.met_on,)
    found = gate.cards(
        session, viewer, Visit, fields=("met_on",), parts=pair, where=(STANDS,), order_by=order
    )
    return {one["care"]["her_ref"]: one["met_on"] for one in found if one.has("care")}


def at_home(session: Session, viewer: Viewer) -> list[Card]:
    """List for the guardian when a volunteer met the child, and how. Raises NotFound behind a slip."""
    fields, own = ("met_on", "kind"), (Visit.child_id == as_guardian(viewer),)
    return gate.cards(
        session, viewer, Visit, fields=fields, where=own, order_by=_LATEST, limit=SHOWN
    )


def read_aloud(session: Session, viewer: Viewer, line_ref: str) -> list[Card]:
    """List the same for the director of its village, who asks the family whether it was so.

    `line_ref` names the family by one of its instalments. Raises NotFound.
    """
    require(viewer, Act.HELP_GUARDIAN)
    child = families.village_line(session, viewer, line_ref)["child"]["ref"]
    director = replace(viewer, roles=frozenset({Role.VILLAGE_DIRECTOR}))
    own = (Visit.child_id.in_(select(Child.id).where(Child.ref == child)),)
    fields = ("met_on", "kind")
    return gate.cards(
        session, director, Visit, fields=fields, where=own, order_by=_LATEST, limit=SHOWN
    )


def desk(session: Session, viewer: Viewer) -> list[Card]:
    """List what the viewer's volunteers wrote down: worries nobody took up first, then the latest."""
    require(viewer, Act.ANSWER_HARM)
    found = gate.cards(
        session, viewer, Visit, parts=_PARTS, where=(STANDS,), order_by=_WAITS_FIRST, limit=SHOWN
    )
    return _told(session, viewer, [one for one in found if one.has("child")])


def of_pair(session: Session, viewer: Viewer, ref: str) -> list[Card]:
    """List what was written down about one pair, for its page at the staff's desk."""
    require(viewer, Act.AGREE_CARE)
    own = Visit.care_id.in_(select(CareMatch.id).where(CareMatch.ref == ref))
    where = (own, STANDS)
    found = gate.cards(session, viewer, Visit, where=where, order_by=_LATEST, limit=SHOWN)
    return _told(session, viewer, found)


def waiting(viewer: Viewer) -> ColumnElement[int]:
    """Count in SQL the worries of the viewer's volunteers that nobody has taken up."""
    require(viewer, Act.ANSWER_HARM)
    return gate.tally(viewer, Visit, *WAITS)


def _told(session: Session, viewer: Viewer, found: Sequence[Card]) -> list[Card]:
    """Add whether one of the staff wrote it down for her, and who took the worry up: two questions."""
    refs = {actor: actor.removeprefix("account:") for one in found for actor in _actors(one)}
    hers_too = select(Account.ref).join(Volunteer, Volunteer.account_id == Account.id)
    own = set(session.scalars(hers_too.where(Account.ref.in_(refs.values()))))
    here = (Account.ref.in_(refs.values()),)
    people = gate.cards(session, viewer, Account, fields=("ref", "name"), where=here)
    names = {one["ref"]: one["name"] for one in people}
    return [
        one.and_also(
            is_noted=refs[one["entered_by"]] not in own,
            taker=names.get(refs.get(one["taken_up_by"], ""), "一位同事"),
        )
        for one in found
    ]


def _actors(card: Card) -> list[str]:
    return [one for one in (card["entered_by"], card["taken_up_by"]) if one]
