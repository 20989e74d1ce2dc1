"""What a hand kept goes to the child alone, and comes back from the hand.

It is paid from the fund's free money, never from restricted money, and never by the same hand: until
the child has another way it waits. Once its family has it, the instalment it was missing from is
whole: its donor reads 已补足, and nothing of who erred.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from models.children import Child
from models.kept import KeptSum
from models.pledges import Match
from models.stipends import Batch, Fact, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.books import ledger
from services.books.kept_lists import IS_OWED
from services.books.ledger import Event, Leg
from services.fund import bridging
from services.handover import answering
from services.pairing.market import MATCHABLE
from services.routes import ways
from services.stipends import facts, news
from services.stipends.facts import Basis
from services.stipends.sides import sides_of
from vocabulary.dates import first_of_month, today
from vocabulary.enums import (
    AccountKind,
    AmendmentStatus,
    Evidence,
    FactKind,
    Outcome,
    TransactionKind,
)
from vocabulary.errors import BadInput
from vocabulary.money import Fen
from vocabulary.refs import stipend_ref

_DONE = KeptSum.status == AmendmentStatus.DONE
_REST = aliased(Stipend)


def pay_waiting(session: Session, by: Viewer, *, on: date, now: datetime) -> int:
    """Pay from the fund what was kept and is opened, the oldest first; return how many."""
    require(by, Act.RUN_STIPENDS)
    free, paid = bridging.balance(session), []
    for stipend in _waiting(session, on=on):
        if stipend.amount_fen <= free:
            free = Fen(free - stipend.amount_fen)
            paid.append(stipend)
    basis = Basis(Evidence.LEDGER)
    facts.record(session, FactKind.BRIDGED, paid, on=today(now), by=by, now=now, basis=basis)
    if paid:
        detail = {"count": len(paid)}
        trace.record(session, by, "kept.pay", "stipends", now=now, detail=detail)
    return len(paid)


def _waiting(session: Session, *, on: date) -> Sequence[Stipend]:
    """Return what waits for its money, of a child that is there, agreed to, and has another hand."""
    query = (
        select(Stipend)
        .join(KeptSum, KeptSum.match_id == Stipend.match_id)
        .join(Batch, Batch.id == KeptSum.batch_id)
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .where(
            _DONE,
            Stipend.bridged_on.is_(None),
            Stipend.cancelled_on.is_(None),
            Child.status.in_(MATCHABLE),
            bridging.is_agreed(on),
            _has_another_hand(),
        )
        .order_by(KeptSum.id)
    )
    return session.scalars(query, {"of_month": first_of_month(on)}).all()


def _has_another_hand() -> ColumnElement[bool]:
    return or_(
        and_(Batch.organisation_id.is_not(None), Batch.organisation_id.is_distinct_from(ways.HAND)),
        and_(
            Batch.organisation_id.is_(None),
            or_(Batch.route != ways.IN_BATCH, Batch.region_code != ways.PLACE),
        ),
    )


def tell_made_good(session: Session, by: Viewer, *, now: datetime) -> int:
    """Let instalments be whole whose missing part their family says it has; return how many."""
    require(by, Act.RUN_STIPENDS)
    rows = session.execute(
        select(Stipend, _REST, Match.child_ref)
        .join(KeptSum, KeptSum.stipend_id == Stipend.id)
        .join(_REST, _REST.match_id == KeptSum.match_id)
        .join(Match, Match.id == Stipend.match_id)
        .where(
            _DONE,
            _REST.confirmed_on.is_not(None),
            _REST.handed_over_on.is_not(None),
            Stipend.made_good_on.is_(None),
        )
        .order_by(KeptSum.id)
    ).all()
    for stipend, rest, child_ref in rows:
        _make_whole(session, by, stipend, rest, now=now)
        subject = f"stipend:{stipend_ref(child_ref, stipend.due_on)}"
        trace.record(session, by, "kept.made_good", subject, now=now)
    return len(rows)


def _make_whole(
    session: Session, by: Viewer, stipend: Stipend, rest: Stipend, *, now: datetime
) -> None:
    """The family's word about the part ends its word that a part was missing, on the same evidence."""
    evidence = session.scalar(
        select(Fact.evidence)
        .where(Fact.stipend_id == rest.id, Fact.kind == FactKind.CONFIRMED)
        .order_by(Fact.id.desc())
        .limit(1)
    )
    basis = Basis(evidence or Evidence.ASSISTED, detail=Outcome.MADE_GOOD.value)
    on = today(now)
    if stipend.confirmed_on is None:
        answering.withdraw(session, stipend, by=by, now=now)
        kind = FactKind.CONFIRMED
        facts.record(session, kind, [stipend], on=on, by=by, now=now, basis=basis)
    facts.record(session, FactKind.MADE_GOOD, [stipend], on=on, by=by, now=now, basis=basis)
    news.confirmed(session, [stipend], now=now, sides=sides_of(session, [stipend]))


def take_in(
    session: Session, by: Viewer, kept: KeptSum, fen: Fen, *, on: date, now: datetime
) -> None:
    """Book what a hand paid back: of this sum, then of its other ones, the oldest first.

    It goes to the gap fund, which has borne it. Raises BadInput(target) for more than that hand owes.
    """
    require(by, Act.SEND_BATCH)
    for one, part in _shares(session, kept, fen):
        one.paid_fen = Fen(one.paid_fen + part)
        if one.paid_fen == one.fen:
            one.paid_on = on
        _post(session, by, one, part, on=on)
    session.flush()
    trace.record(session, by, "kept.take_in", f"kept_sum:{kept.ref}", now=now)


def owed_by_hand(session: Session, kept: KeptSum) -> list[KeptSum]:
    """Return what the hand of a sum owes: that sum, then its other ones, the oldest first."""
    batch = session.get_one(Batch, kept.batch_id)
    same = Batch.organisation_id == batch.organisation_id
    if batch.organisation_id is None:
        same = and_(
            Batch.organisation_id.is_(None),
            Batch.route == batch.route,
            Batch.region_code == batch.region_code,
        )
    found = session.scalars(
        select(KeptSum)
        .join(Batch, Batch.id == KeptSum.batch_id)
        .where(*IS_OWED, same)
        .order_by(KeptSum.id != kept.id, KeptSum.id)
    )
    return list(found)


def _shares(session: Session, kept: KeptSum, fen: Fen) -> list[tuple[KeptSum, Fen]]:
    left, shares = fen, []
    for one in owed_by_hand(session, kept):
        part = Fen(min(left, one.fen - one.paid_fen))
        if part > 0:
            shares.append((one, part))
            left = Fen(left - part)
    if left > 0:
        raise BadInput(field="target", reason="unfit")
    return shares


def _post(session: Session, by: Viewer, one: KeptSum, fen: Fen, *, on: date) -> None:
    hand, pledge_id = session.execute(
        select(Batch.organisation_id, Match.pledge_id)
        .select_from(Stipend)
        .join(Match, Match.id == Stipend.match_id)
        .join(Batch, Batch.id == one.batch_id)
        .where(Stipend.id == one.stipend_id)
    ).one()
    legs = [
        Leg(AccountKind.BANK, fen),
        Leg(AccountKind.KEPT, Fen(-fen), organisation_id=hand),
        Leg(AccountKind.KEPT_BORNE, fen),
        Leg(AccountKind.GAP_FUND, Fen(-fen), pledge_id=pledge_id),
    ]
    event = Event(TransactionKind.KEPT_PAID, on, stipend_id=one.stipend_id)
    ledger.post(session, event, legs, by=by)
