"""A hand silent for two batches in a row: its children go another way, by the banner's decision.

Silent is whose latest two batches, both past their day, have no line stated: what families said is no
part of it (law 15). What still lies with the hand may be called back, and comes back like any money.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models.children import Child
from models.organisations import Organisation
from models.regions import Region
from models.stipends import Batch, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card, Part
from services.handover import handing
from services.handover.handing import Said
from services.routes import deciding
from services.routes.deciding import SHORTEST_NOTE, Way
from services.routes.ways import IN_FORCE, OF_ORGANISATION
from vocabulary.dates import add_months, first_of_month, today
from vocabulary.enums import BatchStatus, ChildStatus, Evidence, Route, RouteReason, Snag
from vocabulary.errors import BadInput, NotFound, WrongState

IN_A_ROW = 2
LOOKS_BACK_MONTHS = 12
OTHER_WAYS = (Route.VILLAGE, Route.OFFICE)
_HANDS = (Route.SCHOOL, Route.VILLAGE, *OF_ORGANISATION)
_STATED = or_(
    Stipend.handed_over_on.is_not(None),
    Stipend.not_handed_over_on.is_not(None),
    Stipend.returned_on.is_not(None),
    Stipend.written_off_on.is_not(None),
)


def hands(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List the silent hands of the viewer's part: name, batches with months, how many children.

    Each carries the ref of its latest batch, by which it is named to `move`.
    """
    require(viewer, Act.CHANGE_ROUTE)
    since = add_months(first_of_month(today(now)), -LOOKS_BACK_MONTHS)
    where = (Batch.sent_on.is_not(None), Batch.month >= since, Batch.route.in_(_HANDS))
    order = (Batch.organisation_id, Batch.region_code, Batch.sent_on.desc(), Batch.id.desc())
    found = gate.rows(session, viewer, Batch, *where, order_by=order)
    silent = []
    for _, of_one in groupby(found, key=lambda batch: (batch.organisation_id, batch.region_code)):
        latest = list(of_one)[:IN_A_ROW]
        if len(latest) == IN_A_ROW and all(map(_is_overdue, latest)):
            silent.append(latest)
    spoken = _spoken(session, [batch for latest in silent for batch in latest])
    return [
        _card(session, viewer, latest)
        for latest in silent
        if not any(batch.id in spoken for batch in latest)
    ]


def _is_overdue(batch: Batch) -> bool:
    return batch.status is BatchStatus.SENT and batch.escalated_on is not None


def _spoken(session: Session, batches: Sequence[Batch]) -> set[int | None]:
    keys = [batch.id for batch in batches]
    return set(session.scalars(select(Stipend.batch_id).where(Stipend.batch_id.in_(keys), _STATED)))


def _card(session: Session, viewer: Viewer, latest: Sequence[Batch]) -> Card:
    parts = {
        "hand": Part(Organisation, Organisation.id == Batch.organisation_id, ("name",)),
        "place": Part(Region, Region.code == Batch.region_code, ("name",)),
    }
    card = gate.card(session, viewer, Batch, Batch.id == latest[0].id, parts=parts)
    children = _children(session, viewer, latest[0])
    more: Mapping[str, Any] = {
        "months": [batch.month for batch in reversed(latest)],
        "sent": [batch.sent_on for batch in reversed(latest)],
        "children": len(children),
        "open_fen": _open_fen(session, latest),
    }
    return card.and_also(**more)


def _children(session: Session, viewer: Viewer, batch: Batch) -> Sequence[Child]:
    """Return the children whose money comes by a hand now."""
    its = {
        Route.SCHOOL: Child.school_id == batch.organisation_id,
        **dict.fromkeys(OF_ORGANISATION, Child.hand_id == batch.organisation_id),
    }.get(batch.route, Child.region_code == batch.region_code)
    live = (IN_FORCE.in_((batch.route,)), Child.status != ChildStatus.ENDED)
    return gate.rows(session, viewer, Child, its, *live)


def _open_fen(session: Session, latest: Sequence[Batch]) -> int:
    its = Stipend.batch_id.in_([batch.id for batch in latest])
    total = select(func.sum(Stipend.amount_fen)).where(its, Stipend.cancelled_on.is_(None))
    return session.scalar(total) or 0


def one(session: Session, viewer: Viewer, batch_ref: str, *, now: datetime) -> Card:
    """Return one silent hand, by its latest batch. Raises NotFound for one that spoke."""
    found = [card for card in hands(session, viewer, now=now) if card["ref"] == batch_ref]
    if not found:
        raise NotFound()
    return found[0]


def move(
    session: Session, by: Viewer, batch_ref: str, route: Route, note: str, *, now: datetime
) -> int:
    """Let a silent hand's children go another way from the next batch on; return how many.

    What lies with it is called back. Raises BadInput(note) without a reason, WrongState for a way
    that is its own, NotFound for a hand that spoke meanwhile.
    """
    require(by, Act.CHANGE_ROUTE)
    one(session, by, batch_ref, now=now)
    if len(note.strip()) < SHORTEST_NOTE:
        raise BadInput(field="note", reason="say_why")
    latest = gate.row(session, by, Batch, Batch.ref == batch_ref)
    if route not in OTHER_WAYS or route is latest.route:
        raise WrongState(from_state=latest.route.value, to_state=route.value)
    children = _children(session, by, latest)
    way = Way(route, RouteReason.HAND_SILENT, today(now), note=note)
    for child in children:
        deciding.decide(session, by, child.ref, way, now=now)
    _call_back(session, by, latest, now=now)
    return len(children)


def _call_back(session: Session, by: Viewer, latest: Batch, *, now: datetime) -> None:
    """State of all that lies with the hand that it is to come back: the paying desk expects it."""
    same = (
        Batch.organisation_id.is_not_distinct_from(latest.organisation_id),
        Batch.region_code == latest.region_code,
        Batch.route == latest.route,
        Batch.status == BatchStatus.SENT,
    )
    for batch in session.scalars(select(Batch).where(*same).order_by(Batch.id)).all():
        its = (Stipend.batch_id == batch.id, Stipend.cancelled_on.is_(None), ~_STATED)
        lines = session.scalars(select(Stipend).where(*its).order_by(Stipend.id)).all()
        said = [(stipend, Said(Snag.UNDELIVERABLE)) for stipend in lines]
        handing.state_all(session, said, [], by=by, now=now, evidence=Evidence.WORD)
        trace.record(session, by, "batch.call_back", f"batch:{batch.ref}", now=now)
        handing.close_or_reopen(session, batch, by=by, now=now)
