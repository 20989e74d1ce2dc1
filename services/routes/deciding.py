"""By whom a child's money comes: decided by its case staff with a reason, in force from a day on.

What has not left by then goes the new way, each instalment once: it is taken out of batches that were
not sent, and the next filling gives it to the hand of now. What has left stays with the hand that has
it, and comes back like any other money. No hand is told why a child is not on its list.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.children import Child
from models.organisations import Organisation
from models.routes import ChildRoute
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace, workplaces
from services.batches import unsent
from services.children import child_file
from services.children.readiness import settle
from services.gate import Card, Part
from services.routes import cards
from services.routes.ways import OF_ORGANISATION
from services.work_units import one_side
from vocabulary.dates import today
from vocabulary.enums import ChildStatus, OrganisationKind, Route, RouteReason
from vocabulary.errors import BadInput, WrongState
from vocabulary.school_year import term_ends_on

AHEAD = timedelta(days=366)
SHORTEST_NOTE = 2
KIND_OF = {
    Route.INSTITUTION: OrganisationKind.INSTITUTION,
    Route.WORK_UNIT: OrganisationKind.WORK_UNIT,
}


@dataclass(frozen=True, slots=True)
class Way:
    """What was decided: by whom from which day, why; `hand_ref` names the institution or unit.

    `is_recused` says of a unit that the family was asked, and no guardian works there (回避).
    """

    route: Route
    reason: RouteReason
    from_on: date
    hand_ref: str | None = None
    note: str = ""
    is_recused: bool = False


def decide(session: Session, by: Viewer, ref: str, way: Way, *, now: datetime) -> None:
    """Let a child's money come another way from a day on; a decision that still waits is replaced.

    Raises BadInput(field): a way that leads nowhere, the way of now, a day past or too far off, no
    words where the list has none.
    """
    require(by, Act.CHANGE_ROUTE)
    child = gate.row(session, by, Child, Child.ref == ref)
    if child.status is ChildStatus.ENDED:
        raise WrongState(from_state=child.status.value, to_state=way.route.value)
    hand = check(session, by, child, way, on=today(now))
    _write(session, by, child, way, hand, now=now)
    said = {"route": way.route.value, "from": way.from_on.isoformat()}
    if way.route is Route.WORK_UNIT:
        said["recused"] = "asked"
    why = way.reason.value
    trace.record(session, by, "child.route", f"child:{ref}", now=now, why=why, detail=said)


def check(session: Session, by: Viewer, child: Child, way: Way, *, on: date) -> int | None:
    """Return the key of the organisation that is to hand over. Raises BadInput(field)."""
    if not on <= way.from_on <= on + AHEAD:
        raise BadInput(field="from_on", reason="not_between")
    if way.reason is RouteReason.OTHER and len(way.note.strip()) < SHORTEST_NOTE:
        raise BadInput(field="note", reason="say_why")
    lacks = _lacks(session, child, way.route)
    if lacks:
        raise BadInput(field="route", reason=lacks)
    hand = _hand(session, by, child, way)
    waiting = session.scalar(select(ChildRoute.id).where(*_waiting(child.id)))
    if waiting is None and (way.route, hand) == (child.route, child.hand_id):
        raise BadInput(field="route", reason="as_before")
    return hand


def _lacks(session: Session, child: Child, route: Route) -> str:
    """Say what is missing for a way to lead anywhere."""
    if route is Route.SCHOOL and child.school_id is None:
        return "no_school"
    if route is Route.CARD and cards.usable(session, child.id) is None:
        return "no_card"
    return ""


def _hand(session: Session, by: Viewer, child: Child, way: Way) -> int | None:
    if way.route not in OF_ORGANISATION:
        return None
    its_kind = Organisation.kind == KIND_OF[way.route]
    found = gate.rows(session, by, Organisation, Organisation.ref == (way.hand_ref or ""), its_kind)
    if not found:
        raise BadInput(field="hand", reason="no_hand")
    if way.route is Route.WORK_UNIT:
        _check_unit(session, child, found[0].id, way)
    return found[0].id


def _check_unit(session: Session, child: Child, unit: int, way: Way) -> None:
    """Refuse a unit where a guardian works, as the family or the record says, and one that collects."""
    if not way.is_recused:
        raise BadInput(field="is_recused", reason="ask_guardians")
    if one_side.collects(session, unit):
        raise BadInput(field="hand", reason="unit_collects")
    if workplaces.works_at(session, child.id, unit):
        raise BadInput(field="hand", reason="guardian_works_there")


def _waiting(child_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        ChildRoute.child_id == child_id,
        ChildRoute.began_on.is_(None),
        ChildRoute.replaced_on.is_(None),
    )


def _write(
    session: Session, by: Viewer, child: Child, way: Way, hand: int | None, *, now: datetime
) -> None:
    day = today(now)
    for old in session.scalars(select(ChildRoute).where(*_waiting(child.id))):
        old.replaced_on = day
    row = ChildRoute(
        child_id=child.id,
        route=way.route,
        hand_id=hand,
        from_on=way.from_on,
        until_on=term_ends_on(way.from_on) if way.route is Route.PERSONAL else None,
        reason=way.reason,
        note=way.note.strip() or None,
        decided_by=by.actor,
        decided_on=day,
    )
    session.add(row)
    session.flush()
    if way.from_on <= day:
        _begin(session, by, child, row, now=now)


def _begin(session: Session, by: Viewer, child: Child, row: ChildRoute, *, now: datetime) -> None:
    """Let a decision hold: the one before it ends, and what has not left follows the child."""
    before = (ChildRoute.child_id == child.id, ChildRoute.began_on.is_not(None))
    for old in session.scalars(select(ChildRoute).where(*before, ChildRoute.replaced_on.is_(None))):
        old.replaced_on = today(now)
    row.began_on = today(now)
    child.route, child.hand_id = row.route, row.hand_id
    session.flush()
    unsent.take_out(session, child.id)
    settle(session, by, child, now=now)


def after_transfer(
    session: Session, by: Viewer, child: Child, route: Route, *, now: datetime
) -> None:
    """Decide the way of a child that another banner took over; what has not left follows.

    It is written even where it is called the same: the hand of that name is another one now. A
    decision of the old banner's that waits is replaced. Raises BadInput(route).
    """
    lacks = _lacks(session, child, route)
    if lacks:
        raise BadInput(field="route", reason=lacks)
    _write(session, by, child, Way(route, RouteReason.MOVED, today(now)), None, now=now)


def step_aside(session: Session, by: Viewer, child: Child, *, now: datetime) -> None:
    """Let the banner's own office bring a child its money: a guardian works in its unit (回避)."""
    way = Way(Route.OFFICE, RouteReason.OWN_STAFF, today(now))
    _write(session, by, child, way, None, now=now)
    said = {"route": way.route.value, "from": way.from_on.isoformat()}
    why = way.reason.value
    trace.record(session, by, "child.route", f"child:{child.ref}", now=now, why=why, detail=said)


def follow_school(
    session: Session,
    by: Viewer,
    child: Child,
    route: Route,
    *,
    has_moved: bool,
    now: datetime,
) -> None:
    """Let the way follow a change of school, made on the same page; unsent money follows too."""
    if route is child.route:
        if has_moved:
            unsent.take_out(session, child.id)
        return
    reason = RouteReason.MOVED if route is Route.SCHOOL else RouteReason.LEFT_SCHOOL
    way = Way(route, reason, today(now))
    hand = check(session, by, child, way, on=today(now))
    _write(session, by, child, way, hand, now=now)


def take_effect(session: Session, by: Viewer, *, on: date, now: datetime) -> dict[str, int]:
    """Let every decision hold whose day is `on` or earlier; safe to repeat.

    One that leads nowhere any more waits and is counted as failed: staff see it on their list.
    """
    require(by, Act.RUN_STIPENDS)
    counts = {"done": 0, "failed": 0}
    due = select(ChildRoute).where(
        ChildRoute.began_on.is_(None), ChildRoute.replaced_on.is_(None), ChildRoute.from_on <= on
    )
    for row in session.scalars(due.order_by(ChildRoute.id)).all():
        child = session.get_one(Child, row.child_id)
        if child.status is ChildStatus.ENDED:
            row.replaced_on = today(now)
        elif _lacks(session, child, row.route) or _is_own_staff(session, row):
            counts["failed"] += 1
        else:
            _begin(session, by, child, row, now=now)
            trace.record(session, by, "child.route_begins", f"child:{child.ref}", now=now)
            counts["done"] += 1
    return counts


def _is_own_staff(session: Session, row: ChildRoute) -> bool:
    """Say whether a guardian came to work in the unit since it was decided."""
    is_unit = row.route is Route.WORK_UNIT and row.hand_id is not None
    return is_unit and workplaces.works_at(session, row.child_id, row.hand_id or 0)


def history(session: Session, viewer: Viewer, ref: str) -> list[Card]:
    """List what was decided for a child, newest first, with who decided."""
    child = gate.row(session, viewer, Child, Child.ref == ref)
    found = gate.cards(
        session,
        viewer,
        ChildRoute,
        parts={"hand": Part(Organisation, Organisation.id == ChildRoute.hand_id, ("name",))},
        where=(ChildRoute.child_id == child.id,),
        order_by=(ChildRoute.id.desc(),),
    )
    return [
        one.and_also(decided_by_name=child_file.name_of(session, viewer, one["decided_by"]))
        for one in found
    ]


def hands(session: Session, viewer: Viewer) -> list[Card]:
    """List the institutions and work units of the viewer's part that may hand over, by name."""
    where = (Organisation.kind.in_(KIND_OF.values()), ~one_side.does_collect())
    fields = ("ref", "name", "kind")
    order = (Organisation.name, Organisation.id)
    return gate.cards(
        session, viewer, Organisation, fields=fields, where=where, order_by=order, limit=200
    )
