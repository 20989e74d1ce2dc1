"""The banner's own hand: where no school or village may, its case staff hand the money over.

So a child in danger misses no month (law 4), nor one that no other hand serves. Never by whoever a
report about the child names, and by whoever approved its match, or decided on this way, only where
nobody else is. To the paying desk it is one batch more.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from models.children import Child
from models.harm import cases_about
from models.pledges import Match
from models.routes import ChildRoute
from models.stipends import Batch, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card, Part
from services.handover import handing, office_left
from services.handover.hand_lists import is_line
from services.handover.handing import Said
from services.handover.office_left import STATED
from services.handover.office_staff import Colleague, colleagues, is_another
from services.routes.ways import is_offices
from services.stipends import facts
from services.stipends.facts import Basis
from vocabulary.dates import today
from vocabulary.enums import Evidence, FactKind, Snag
from vocabulary.errors import ActedBefore, AlreadyDecided, TooLate, WrongState
from vocabulary.refs import stipend_ref
from vocabulary.stipends import school_status_of

SHOWN = 200
_FIELDS = ("due_on", "amount_fen", "sent_on", "handed_over_on", "not_handed_over_on", "returned_on",
           "written_off_on", "snag")  # fmt: skip


def _batches() -> Select[int]:
    return select(Batch.id).where(is_offices(), Batch.sent_on.is_not(None))


def _not_about(viewer: Viewer) -> ColumnElement[bool]:
    about = select(Match.id).where(Match.child_id.in_(cases_about(viewer)))
    return Stipend.match_id.not_in(about)


def lines(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List what the viewer's office has to hand over, then what it handed over, newest first."""
    require(viewer, Act.HAND_OVER_AS_OFFICE)
    found = gate.cards(
        session,
        viewer,
        Stipend,
        fields=_FIELDS,
        parts={
            "match": Part(Match, Match.id == Stipend.match_id, ("child_ref", "decided_by")),
            "child": Part(Child, Child.id == Match.child_id, ("ref", "name", "region_code")),
        },
        where=(
            Stipend.batch_id.in_(_batches()),
            Stipend.cancelled_on.is_(None),
            office_left.is_here(),
            _not_about(viewer),
        ),
        order_by=(Stipend.handed_over_on.is_not(None), Stipend.sent_on.desc(), Stipend.id),
        limit=SHOWN,
    )
    staff = colleagues(session, on=today(now)) if found else []
    return [_line(session, viewer, card, staff, day=today(now)) for card in found]


def _line(
    session: Session, viewer: Viewer, card: Card, staff: Sequence[Colleague], *, day: date
) -> Card:
    states = {kind: card.get(f"{kind.value}_on") for kind in FactKind}
    child = _child_of(session, card)
    mine = viewer.actor in {card["match"]["decided_by"], _decided_way(session, child.id)}
    return card.and_also(
        ref=stipend_ref(card["match"]["child_ref"], card["due_on"]),
        state=school_status_of(states),
        is_open=not any(card[f"{name}_on"] for name in STATED),
        may_take_back=card["handed_over_on"] == day,
        for_another=mine and is_another(session, viewer, child.id, child.region_code, staff),
    )


def _child_of(session: Session, card: Card) -> Child:
    return session.scalars(select(Child).where(Child.ref == card["child"]["ref"])).one()


def hand_over(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """State that the office gave the sum into the family's hands.

    Raises NotFound for what is not this office's, ActedBefore for whoever approved the match while
    a colleague could do it, AlreadyDecided when it was stated already.
    """
    stipend = _open_line(session, by, ref, now=now)
    handing.hand_over(session, [(stipend, Basis(Evidence.WORD))], by=by, now=now)
    _after(session, by, stipend, "stipend.hand_over", ref, now=now)


def could_not(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """State that it could not be given; the sum goes back to the account, and out again from there."""
    stipend = _open_line(session, by, ref, now=now)
    said = [(stipend, Said(Snag.UNDELIVERABLE))]
    handing.state_all(session, said, [], by=by, now=now, evidence=Evidence.WORD)
    _after(session, by, stipend, "stipend.snag", ref, now=now)


def take_back(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Take a wrong word of today back. Raises TooLate after midnight, WrongState for none."""
    stipend = _row(session, by, ref)
    if stipend.handed_over_on is None:
        raise WrongState(from_state="open", to_state="open")
    if stipend.handed_over_on != today(now):
        raise TooLate()
    kind, on, basis = FactKind.HANDED_OVER, today(now), Basis(Evidence.WORD)
    facts.take_back(session, kind, stipend, on=on, by=by, now=now, basis=basis)
    _after(session, by, stipend, "stipend.take_back", ref, now=now)


def _row(session: Session, by: Viewer, ref: str) -> Stipend:
    require(by, Act.HAND_OVER_AS_OFFICE)
    left = office_left.find(session, by, ref)
    if left is not None:
        return left
    mine = (*is_line(ref), Stipend.batch_id.in_(_batches()), office_left.is_here(), _not_about(by))
    return gate.row(session, by, Stipend, *mine)


def _open_line(session: Session, by: Viewer, ref: str, *, now: datetime) -> Stipend:
    stipend = _row(session, by, ref)
    match = session.get_one(Match, stipend.match_id)
    child = session.get_one(Child, match.child_id)
    batch = session.get_one(Batch, stipend.batch_id)
    # Of a child that moved away, whoever covers the old banner is near enough.
    where = child.region_code if child.banner_code == batch.region_code else batch.region_code
    is_mine = by.actor in {match.decided_by, _decided_way(session, child.id)}
    staff = colleagues(session, on=today(now))
    if is_mine and is_another(session, by, child.id, where, staff):
        raise ActedBefore()
    if any(getattr(stipend, f"{name}_on") for name in STATED):
        raise AlreadyDecided()
    return stipend


def _decided_way(session: Session, child_id: int) -> str | None:
    """Return who decided that the office hands over: he does not take the money as well."""
    mine = (ChildRoute.child_id == child_id, ChildRoute.began_on.is_not(None))
    latest = select(ChildRoute.decided_by).where(*mine, ChildRoute.replaced_on.is_(None))
    return session.scalar(latest.order_by(ChildRoute.id.desc()).limit(1))


def _after(
    session: Session, by: Viewer, stipend: Stipend, act: str, ref: str, *, now: datetime
) -> None:
    trace.record(session, by, act, f"stipend:{ref}", now=now)
    handing.close_or_reopen(session, session.get_one(Batch, stipend.batch_id), by=by, now=now)
