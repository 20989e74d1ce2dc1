"""Money of a batch that comes back after the books had heard otherwise."""

from datetime import date

import pytest

from models.stipends import Stipend
from services.batches import payouts, returns
from services.batches.returns import Sum
from services.books import ledger, write_offs
from services.handover import handovers
from tests.factories import a_child, a_match, a_pledge, a_school, a_sent_batch, viewer
from tests.services.gap_fund import feed
from tests.services.statements.bank import a_csv, book
from vocabulary.enums import AccountKind, Role, Snag, WriteOffReason
from vocabulary.money import Fen
from vocabulary.refs import stipend_ref

SENT = date(2026, 11, 5)
DESK = viewer(Role.PAYING_DESK, actor="account:desk")


class World:
    """A school whose batch of two pupils, 200 yuan, has left."""

    def __init__(self, session) -> None:
        self.session, self.school = session, a_school(session)
        children = [a_child(session, self.school, name=name) for name in ("娜仁", "斯琴")]
        self.matches = [
            a_match(session, a_pledge(session, f"1380000000{n}")[0], child)
            for n, child in enumerate(children)
        ]
        self.batch = a_sent_batch(session, self.school, *self.matches, on=SENT)
        self.batch.memo, self.batch.sent_fen, self.batch.sent_count = "FKABC234", Fen(20_000), 2
        session.flush()

    def lose(self, now) -> None:
        one = viewer(Role.CASE_WORKER, actor="account:one")
        two = viewer(Role.APPROVER, actor="account:two")
        for match in self.matches:
            ref = stipend_ref(match.child_ref, SENT)
            asked = write_offs.ask(self.session, one, ref, reason=WriteOffReason.LOST, now=now)
            write_offs.agree(self.session, two, asked, now=now)

    def bank(self) -> int:
        return ledger.balance(self.session, AccountKind.BANK)


@pytest.mark.parametrize("fund", [0, 100_000])
def test_a_loss_that_a_school_brings_back_ends_and_its_money_is_here(session, now, fund) -> None:
    if fund:
        feed(session, fund)
    world, free = World(session), ledger.balance(session, AccountKind.GAP_FUND)
    world.lose(now)
    before = world.bank()

    for _ in range(2):
        book(session, a_csv("20261121,,200.00,,吉文中学,退回 FKABC234,A7"), now)

    assert world.bank() == before + 20_000
    assert ledger.balance(session, AccountKind.GAP_FUND) == free
    assert payouts.unsettled(session, DESK) == []
    rows = session.query(Stipend).all()
    assert {(one.written_off_on, one.sent_on) for one in rows} == {(None, None)}


def test_a_return_that_a_person_recorded_is_settled_by_its_line_and_booked_once(
    session, now
) -> None:
    world = World(session)
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=world.school.id, actor="account:officer")
    ref = stipend_ref(world.matches[0].child_ref, SENT)
    handovers.note_snag(session, officer, ref, Snag.UNDELIVERABLE, now=now)
    returns.record(
        session, DESK, world.batch.ref, Sum(1, Fen(10_000)), on=date(2026, 11, 20), now=now
    )
    before = world.bank()

    book(session, a_csv("20261120,,100.00,,吉文中学,退回 FKABC234,A7"), now)
    assert payouts.unsettled(session, DESK) == []
    book(session, a_csv("20261121,,100.00,,吉文中学,退回 FKABC234,A8"), now)

    assert world.bank() == before
    assert [one["reason"].value for one in payouts.unsettled(session, DESK)] == ["wrong_sum"]
