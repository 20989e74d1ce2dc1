"""A school, children behind it, and a morning's run: what the tests of ways share."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.pledges import take_effect
from jobs.run import Run
from jobs.stipends import open_and_fund
from models.children import Child, Kin, Need
from models.pledges import Match
from models.routes import BankCard
from models.stipends import Batch, Stipend
from privacy import viewers
from services.books import ledger
from services.children import amendments
from services.routes import asking, holding
from tests.factories import a_child, a_match, a_pledge, viewer
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import AccountKind, KinRole, Role, TransactionKind
from vocabulary.money import Fen

FIRST = viewer(Role.CASE_WORKER, actor="account:first")
SECOND = viewer(Role.APPROVER, actor="account:second")
DESK = viewer(Role.PAYING_DESK, actor="account:desk")
ENGINE = viewers.engine("stipends")
CARD, OTHER_CARD = "6222020000000000018", "6217000010001234569"
VILLAGE = "150723101001"


def pay_ahead(session: Session, match: Match, fen: int, *, now: datetime) -> None:
    """Book money under a match's pledge, as a receipt would."""
    event = ledger.Event(TransactionKind.RECEIVED, now.date())
    legs = [
        ledger.Leg(AccountKind.BANK, Fen(fen)),
        ledger.Leg(AccountKind.PREPAID, Fen(-fen), pledge_id=match.pledge_id),
    ]
    ledger.post(session, event, legs, by=ENGINE)


def a_pupil(
    session: Session, school, n: int = 1, *, is_paid: bool = True, **more
) -> tuple[Child, Match]:
    """A child at a school with a sponsor of its own, paid for years."""
    child = a_child(session, school, name=f"孩子{n}", **more)
    need_id = session.scalar(select(Need.id).where(Need.child_id == child.id))
    match = a_match(session, a_pledge(session, f"138001{n:05}")[0], child, need_id=need_id)
    if is_paid:
        pay_ahead(session, match, 100 * 10_000, now=at(date(2026, 9, 1)))
    return child, match


def guardian(session: Session, child: Child) -> Kin:
    its = (Kin.child_id == child.id, Kin.kin_role == KinRole.GUARDIAN)
    return session.scalars(select(Kin).where(*its).order_by(Kin.id)).first()


def a_card(session: Session, child: Child, number: str = CARD, *, on: date) -> BankCard:
    """A guardian's card, asked by one, agreed by another, and in force three days later."""
    kin, now = guardian(session, child), at(on)
    said = {"holder": kin.ref, "name": kin.name, "bank": "某农村信用社", "number": number}
    ref = asking.ask_card(session, FIRST, child.ref, **said, reason="办了一卡通", now=now)
    holds = amendments.agree(session, SECOND, ref, again=number, now=now)
    assert holds is not None
    with clock.moved_to(at(holds)):
        assert holding.take_effect(session, ENGINE, on=holds, now=at(holds)) == 1
    return session.scalars(
        select(BankCard).where(BankCard.child_id == child.id, BankCard.ended_on.is_(None))
    ).one()


def morning(session: Session, day: date) -> None:
    """The two jobs of a morning: what was decided takes effect, then the stipend run."""
    session.commit()
    with clock.moved_to(at(day, 6)):
        Run(session, "pledges", period=day).execute(take_effect)
        Run(session, "stipends", period=day).execute(open_and_fund)


def lines(session: Session, child: Child) -> list[tuple[date, str, int | None]]:
    """Month, way and batch of every instalment of a child that stands in a batch."""
    session.expire_all()
    rows = session.execute(
        select(Stipend.due_on, Batch.route, Batch.id)
        .join(Match, Match.id == Stipend.match_id)
        .join(Batch, Batch.id == Stipend.batch_id)
        .where(Match.child_id == child.id, Stipend.cancelled_on.is_(None))
        .order_by(Stipend.due_on)
    )
    return [(due, route.value, batch) for due, route, batch in rows]
