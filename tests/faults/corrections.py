"""A day on which people set right what went wrong before, beside the payments of every day.

Of one instalment its hand kept a part: two say so, the fund pays it by another hand, its family says
that it is whole, and the hand pays back. One pledge was stopped with money left, which its donor wants
back. Two payments were booked to the wrong pledge, and one of them has paid for what left. Each step
is taken up again by who comes next.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.children import Child
from models.kept import KeptSum
from models.ledger import Receipt
from models.line_ties import LineTie, ReceiptMove
from models.organisations import Organisation
from models.pledges import Match, Pledge
from models.rests import PayBack, Rest
from models.stipends import Batch, Stipend
from models.vault import VaultPledge
from privacy import viewers
from services.batches import line_ties
from services.books import kept, pay_backs, receipt_moves, receipts
from services.books.pay_backs import Account
from services.books.receipts import BankLine
from services.giving import resting
from services.handover import answers, handovers
from services.handover.answers import Reply
from services.handover.handing import Said
from services.pairing import matches
from services.vault import vault
from tests.factories import a_child, a_match, a_pledge, viewer
from tests.faults.bank import NoAnswer, paid_today
from tests.faults.office import (
    COLLECTING,
    PAYING,
    STARTS,
    Office,
    a_house,
    in_a_request,
    in_its_time,
)
from tests.services.gap_fund import feed
from vocabulary import clock
from vocabulary.dates import at, today
from vocabulary.enums import (
    AmendmentStatus,
    Answer,
    BatchStatus,
    GiftOccasion,
    PayBackStatus,
    PledgeStatus,
    RestStatus,
    RestWay,
    Role,
    Snag,
    TieKind,
)
from vocabulary.money import Fen
from vocabulary.refs import stipend_ref

BEFORE = at(date(2026, 10, 8), 10)
WORKER = viewer(Role.CASE_WORKER, actor="account:worker")
APPROVER = viewer(Role.APPROVER, actor="account:approver")
ONE = viewer(Role.COLLECTING_DESK, actor="account:one", regions=COLLECTING.regions)
TWO = replace(ONE, actor="account:two")
PAYER, NUMBER = "佟掌柜", "6222020000000000018"
GAVE, KEPT = Fen(6_000), Fen(4_000)
SAYS = "电话里都问过了"
Step = Callable[[Session, datetime], object]


@dataclass(frozen=True, slots=True)
class Corrections(Office):
    """The same house, its desks setting things right before and after the payments."""

    def day(self, session: Session) -> str:
        """Do all that is to be done today."""
        self.agree(session)
        self.run(session)
        self.give_back(session)
        self.order(session)
        self.pay(session)
        self.return_money(session)
        self.bring_back(session)
        self.read_statement(session)
        self.tie(session)
        self.hand_over(session)
        self.tell(session)
        return "a day"

    def agree(self, session: Session) -> None:
        """The second person says yes to what a first one asked."""
        for ref in self._all(session, _waiting(KeptSum)):
            in_a_request(session, lambda s, now, r=ref: kept.agree(s, APPROVER, r, now=now))
        for ref in self._all(session, _waiting(ReceiptMove)):
            to = select(ReceiptMove.to_reference).where(ReceiptMove.ref == ref)
            in_a_request(session, _moving(ref, session.scalars(to).one() or ""))

    def give_back(self, session: Session) -> None:
        """The donor says "back to me"; two make it out, the paying desk lets it go."""
        waits = select(Rest.id).where(Rest.status == RestStatus.WAITING)
        for rest_id in self._all(session, waits):
            in_a_request(session, _asking_back(rest_id))
        for state, act in (
            (PayBackStatus.WAITS, _make),
            (PayBackStatus.MADE, _second),
            (PayBackStatus.AGREED, _release),
        ):
            for ref in self._all(session, select(PayBack.ref).where(PayBack.status == state)):
                in_a_request(session, act(ref))

    def return_money(self, session: Session) -> None:
        """Give the bank what goes back, asking first whether it has it; a silent one says it later."""
        let_go = select(PayBack.ref, PayBack.memo, PayBack.fen)
        for ref, memo, fen in session.execute(
            let_go.where(PayBack.status == PayBackStatus.RELEASED)
        ).all():
            session.rollback()
            on = today(clock.now())
            try:
                known = self.bank.ask(memo)
                if known is None:
                    self.bank.pay(paid_today(memo, fen, on), self.behaves(), lambda: None)
            except (NoAnswer, ValueError):
                continue  # the statement will say
            left = on if known is None else date.fromisoformat(known.on)
            in_its_time(session, _left(ref, left))

    def bring_back(self, session: Session) -> None:
        """The hand brings to the bank what it owes, once."""
        for ref, fen in session.execute(
            select(KeptSum.ref, KeptSum.fen).where(KeptSum.status == AmendmentStatus.DONE)
        ).all():
            paid = paid_today(f"还款 {ref}", fen, today(clock.now()))
            self.bank.take_in(replace(paid, purpose="退还学生款"))
        session.rollback()

    def tie(self, session: Session) -> None:
        """A credit without a word of ours is what the hand brought, as two desks say."""
        unmatched = select(Receipt.ref).where(
            Receipt.is_matched.is_(False),
            Receipt.is_taken_back.is_(False),
            Receipt.corrects_id.is_(None),
        )
        asked = select(LineTie.receipt_id).where(LineTie.status == AmendmentStatus.ASKED)
        for ref in self._all(session, unmatched.where(Receipt.id.not_in(asked))):
            in_a_request(session, _no_gift(ref))
        owed = select(KeptSum.ref).where(KeptSum.paid_on.is_(None))
        for ref in self._all(session, _waiting(LineTie)):
            target = session.scalars(owed).one()
            in_a_request(session, _its_own(ref, target))

    def hand_over(self, session: Session) -> None:
        """The other hand gives the part to the child, and the family says that it came."""
        parts = (
            select(Stipend, Match.child_ref, Match.child_id, Batch.organisation_id)
            .join(Match, Match.id == Stipend.match_id)
            .join(Batch, Batch.id == Stipend.batch_id)
            .where(Match.occasion == GiftOccasion.SHORTFALL, Batch.status != BatchStatus.OPEN)
            .where(Stipend.sent_on <= today(clock.now()), Stipend.confirmed_on.is_(None))
        )
        for part, child_ref, child_id, school_id in session.execute(parts).all():
            ref, is_handed = stipend_ref(child_ref, part.due_on), part.handed_over_on is not None
            family = viewer(Role.FAMILY, child_id=child_id, stipend_id=part.id)
            if not is_handed:
                in_a_request(session, _handing(school_id, ref))
            in_a_request(session, _yes(family))

    def unfinished(self, session: Session) -> list[str]:
        """Name what somebody set right and what has not come to its end."""
        found = [
            f"{table.__tablename__} {ref} waits"
            for table in (KeptSum, ReceiptMove, LineTie)
            for ref in session.scalars(_waiting(table))
        ]
        back = select(PayBack.memo, PayBack.status).where(PayBack.paid_on.is_(None))
        found += [f"pay-back {memo}: {status}" for memo, status in session.execute(back)]
        rests = select(Rest.ref, Rest.status).where(Rest.status != RestStatus.DONE)
        found += [f"rest {ref}: {status}" for ref, status in session.execute(rests)]
        owed = session.execute(
            select(KeptSum.ref, KeptSum.paid_on, Stipend.made_good_on).join(
                Stipend, Stipend.id == KeptSum.stipend_id
            )
        )
        return found + [
            f"kept {ref}: paid {paid}, whole {whole}" for ref, paid, whole in owed
            if paid is None or whole is None
        ]  # fmt: skip

    @staticmethod
    def _all(session: Session, query) -> list:
        """Ask, and let go of what was asked."""
        found = list(session.scalars(query))
        session.rollback()
        return found


def _waiting(table):
    return select(table.ref).where(table.status == AmendmentStatus.ASKED)


def _moving(ref: str, typed: str) -> Step:
    return lambda s, now: receipt_moves.agree(s, TWO, ref, again=typed, now=now)


def _asking_back(rest_id: int) -> Step:
    def answer(session: Session, now: datetime) -> None:
        pledge = session.get_one(Pledge, session.get_one(Rest, rest_id).pledge_id)
        donor_id = vault.donor_of_pledge(session, pledge.id)
        him = viewer(Role.DONOR, donor_id=donor_id, actor="donor:X")
        resting.answer(session, him, pledge.donor_ref, RestWay.PAY_BACK.value, now=now)

    return answer


def _make(ref: str) -> Step:
    to = Account(PAYER, "工行呼和浩特分行", NUMBER)
    return lambda s, now: pay_backs.make(s, ONE, ref, to, now=now)


def _second(ref: str) -> Step:
    return lambda s, now: pay_backs.agree(s, TWO, ref, again=NUMBER, now=now)


def _release(ref: str) -> Step:
    return lambda s, now: pay_backs.release(s, PAYING, ref, now=now)


def _left(ref: str, on: date) -> Step:
    return lambda s, now: pay_backs.pay(s, ONE, ref, on=on, now=now)


def _no_gift(ref: str) -> Step:
    return lambda s, now: line_ties.ask(s, ONE, ref, TieKind.KEPT, words=SAYS, now=now)


def _its_own(ref: str, target: str) -> Step:
    return lambda s, now: line_ties.agree(s, PAYING, ref, target, now=now)


def _handing(school_id: int, ref: str) -> Step:
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=school_id, actor="account:school")
    return lambda s, now: handovers.hand_over_one(s, officer, ref, now=now)


def _yes(family) -> Step:
    return lambda s, now: answers.answer(s, family, Reply(Answer.RECEIVED), now=now)


def a_house_to_set_right(session: Session, office: Corrections) -> None:
    """October was paid and one hand kept a part of it; a pledge was stopped; a payment went astray."""
    with clock.moved_to(BEFORE):
        a_house(session, BEFORE)
        stopped = _a_pledge_with_a_rest(session)
        session.commit()
        Office.day(office, session)
        _a_part_kept(session)
        _stop(session, stopped)
        feed(session, 64_000, on=today(BEFORE))
        session.commit()
    _payments_astray(session, at(date(2026, 11, 20), 10))
    session.commit()


def _a_pledge_with_a_rest(session: Session) -> int:
    school = session.scalars(select(Organisation).order_by(Organisation.id)).first()
    pledge, reference = a_pledge(session, "13800000101")
    a_match(session, pledge, a_child(session, school, name="乌日娜"), starts_on=STARTS)
    line = BankLine(reference, Fen(25_000), date(2026, 9, 3), PAYER)
    receipts.record(session, ONE, line, now=BEFORE)
    return pledge.id


def _a_part_kept(session: Session) -> None:
    """A school handed over 60 of 100; its pupil goes to the other school now."""
    part, child_ref, match_id = session.execute(
        select(Stipend, Match.child_ref, Match.id)
        .join(Match, Match.id == Stipend.match_id)
        .order_by(Stipend.id)
        .limit(1)
    ).one()
    batch = session.get_one(Batch, part.batch_id)
    ref = stipend_ref(child_ref, part.due_on)
    officer = viewer(
        Role.SCHOOL_OFFICER, organisation_id=batch.organisation_id, actor="account:school"
    )
    handovers.note_snag(session, officer, ref, Said(Snag.PARTLY, handed=GAVE), now=BEFORE)
    kept.ask(session, WORKER, ref, fen=KEPT, words=SAYS, now=BEFORE)
    child = session.get_one(Match, match_id).child_id
    other = select(Organisation.id).where(Organisation.id != batch.organisation_id)
    session.execute(
        update(Child).where(Child.id == child)
        .values(school_id=session.scalars(other).first())
    )  # fmt: skip


def _stop(session: Session, pledge_id: int) -> None:
    ended = update(Pledge).where(Pledge.id == pledge_id).values(status=PledgeStatus.ENDED)
    session.execute(ended)
    matches.end_of_pledge(
        session, viewers.console(), pledge_id, on=date(2026, 11, 1), now=BEFORE, reason="x"
    )


def _payments_astray(session: Session, when: datetime) -> None:
    """It stands under the second pledge, and one of the desk asks for it to go to the third."""
    refs = list(
        session.scalars(
            select(VaultPledge.payment_reference).order_by(VaultPledge.pledge_id).limit(4)
        )
    )
    line = BankLine(refs[1], Fen(10_000), today(when), PAYER)
    astray = receipts.record(session, ONE, line, now=when)["ref"]
    receipt_moves.ask(session, ONE, astray, refs[2], words=SAYS, now=when)
    # Of the same pledge: what it had paid in October has left, and was the fourth one's.
    old = select(Receipt.ref).where(Receipt.payment_reference == refs[1]).order_by(Receipt.id)
    receipt_moves.ask(
        session, ONE, session.scalars(old).first() or "", refs[3], words=SAYS, now=when
    )
