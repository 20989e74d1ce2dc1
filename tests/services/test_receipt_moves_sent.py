"""Another's money has paid for what left already: the fund steps in, and each donor has his own."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.ledger import Receipt
from models.notices import Notice
from models.pledges import Match
from models.stipends import Batch, Fact, Stipend
from privacy import viewers
from services.batches import batches
from services.books import ledger, receipt_moves
from services.fund import running_dry
from services.giving import late
from tests.factories import a_child, a_match, a_pledge, a_school, viewer
from tests.services.gap_fund import OCTOBER, SEPTEMBER, broken, feed, left, pay, run
from tests.services.test_receipt_moves import FIRST, SAID, SECOND, came
from vocabulary.dates import at
from vocabulary.enums import FactKind, GiftOccasion, NoticeKind, Role
from vocabulary.errors import WrongState

ENGINE = viewers.engine("reminders")
LATE = OCTOBER + timedelta(days=24)
FED = 50_000


@pytest.fixture
def world(session):
    """Two pledges, a child each; the second one's September was paid under the first one's name."""
    school = a_school(session)
    (wrong, ref), (right, other) = a_pledge(session), a_pledge(session, "13800000002")
    for pledge in (wrong, right):
        a_match(session, pledge, a_child(session, school))
    feed(session, FED)
    return (wrong, ref), (right, other)


def leaves(session, on) -> None:
    """The run of a day, and all of it goes out."""
    run(session, on)
    refs = session.scalars(select(Batch.ref).where(Batch.sent_on.is_(None))).all()
    batches.send_all(session, viewer(Role.PAYING_DESK), refs, now=at(on, 9))
    session.commit()


def moved(session, ref: str, to: str, on=LATE) -> None:
    asked = receipt_moves.ask(session, FIRST, ref, to, words=SAID, now=at(on, 10))
    receipt_moves.agree(session, SECOND, asked, again=to, now=at(on, 11))
    session.commit()


def of(session, pledge) -> list[Stipend]:
    query = select(Stipend).join(Match, Match.id == Stipend.match_id)
    return list(session.scalars(query.where(Match.pledge_id == pledge.id).order_by(Stipend.due_on)))


def test_the_fund_has_paid_it_and_the_giver_has_his_money(session, world) -> None:
    (wrong, ref), (right, other) = world
    astray = came(session, ref)
    leaves(session, SEPTEMBER)
    before = left(session)
    (stipend,) = of(session, wrong)
    sent = (stipend.batch_id, stipend.sent_on)

    moved(session, astray, other)

    session.refresh(stipend)
    assert (stipend.received_on, stipend.bridged_on) == (None, LATE)
    assert (stipend.batch_id, stipend.sent_on, stipend.is_funded) == (*sent, True)
    assert [ledger.prepaid_of(session, one.id) for one in (wrong, right)] == [0, 10_000]
    assert left(session) == before - 10_000
    taken = select(Fact.by).where(Fact.kind == FactKind.RECEIVED, Fact.cancels_id.is_not(None))
    assert session.scalars(taken).all() == ["engine:correction"]
    assert not broken(session, LATE).keys() - {"due_against_done"}


def test_once_his_own_month_is_paid_by_it_the_fund_has_what_it_had(session, world) -> None:
    (_, ref), (right, other) = world
    astray = came(session, ref)
    leaves(session, SEPTEMBER)
    assert left(session) == FED - 10_000  # it had to pay for the giver's own child

    moved(session, astray, other, on=SEPTEMBER + timedelta(days=3))
    run(session, SEPTEMBER + timedelta(days=4))

    assert left(session) == FED - 10_000  # and now pays for the other one's alone
    (his,) = of(session, right)
    assert his.received_on == SEPTEMBER
    assert broken(session, SEPTEMBER + timedelta(days=4)) == {}


def test_what_the_other_pays_later_goes_back_to_the_fund_once(session, world) -> None:
    (wrong, ref), (_, other) = world
    astray = came(session, ref)
    leaves(session, SEPTEMBER)
    moved(session, astray, other, on=SEPTEMBER + timedelta(days=3))
    pay(session, ref, 10_000, SEPTEMBER + timedelta(days=5))

    for day in (6, 7):
        run(session, SEPTEMBER + timedelta(days=day))

    (stipend,) = of(session, wrong)
    assert (stipend.received_on, left(session)) == (SEPTEMBER + timedelta(days=5), FED)
    assert broken(session, SEPTEMBER + timedelta(days=7)) == {}


def test_he_is_asked_from_that_day_and_not_dry_at_once(session, world) -> None:
    (wrong, ref), (_, other) = world
    astray = came(session, ref)
    pay(session, other, 10_000, SEPTEMBER)
    leaves(session, SEPTEMBER)
    on = SEPTEMBER + timedelta(days=25)

    moved(session, astray, other, on=on)

    told = select(Notice).where(Notice.kind == NoticeKind.MONEY_WAS_ANOTHERS)
    assert len(session.scalars(told).all()) == 1
    match = session.scalars(select(Match).where(Match.pledge_id == wrong.id)).one()
    rungs = select(Notice.rung % 10).where(Notice.kind == NoticeKind.PAYMENT_LATE)
    for days, is_dry, steps in ((0, False, []), (3, False, [1]), (20, True, [1, 3])):
        day = on + timedelta(days=days)
        running_dry.mark(session, ENGINE, on=day, now=at(day, 6))
        late.remind(session, ENGINE, on=day, now=at(day, 8))
        session.refresh(match)
        assert (match.dry_on is not None) is is_dry
        assert (
            sorted(session.scalars(rungs.where(Notice.subject == f"overdue:{wrong.donor_ref}")))
            == steps
        )


def test_what_the_fund_had_got_back_is_taken_out_again(session, world) -> None:
    (wrong, ref), (right, other) = world
    leaves(session, SEPTEMBER)  # the fund pays both
    astray = came(session, ref)
    run(session, SEPTEMBER + timedelta(days=1))
    assert left(session) == FED - 10_000

    moved(session, astray, other)

    assert left(session) == FED - 20_000
    (stipend,) = of(session, wrong)
    assert (stipend.received_on, stipend.bridged_on) == (None, SEPTEMBER)
    assert ledger.prepaid_of(session, right.id) == 10_000
    assert not broken(session, LATE).keys() - {"due_against_done"}


def test_where_the_fund_cannot_nothing_is_moved(session, world) -> None:
    (wrong, ref), (right, other) = world
    astray = came(session, ref)
    pay(session, other, 10_000, SEPTEMBER)
    leaves(session, SEPTEMBER)
    _, spender = a_pledge(session, "13800000003")
    session.execute(select(Receipt))
    for one in session.scalars(select(Receipt).where(Receipt.amount_fen == FED)).all():
        moved(session, one.ref, spender, on=SEPTEMBER + timedelta(days=2))

    with pytest.raises(WrongState) as refusal:
        moved(session, astray, other)

    session.rollback()
    assert refusal.value.params["from_state"] == "fund_short"
    assert [ledger.prepaid_of(session, one.id) for one in (wrong, right)] == [0, 0]


def test_a_sum_beside_the_instalments_is_nothing_that_the_fund_pays(session, world) -> None:
    (wrong, ref), (_, other) = world
    astray = came(session, ref)
    leaves(session, SEPTEMBER)
    match = session.scalars(select(Match).where(Match.pledge_id == wrong.id)).one()
    match.occasion = next(iter(GiftOccasion))

    with pytest.raises(WrongState) as refusal:
        moved(session, astray, other)

    assert refusal.value.params["from_state"] == "spent"


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_moved_each_pledge_has_what_was_paid_under_it(session, world, seed) -> None:
    dice, pledges = random.Random(seed), world
    feed(session, 500_000)
    found: list[str] = []
    for n in range(12):
        day = SEPTEMBER + timedelta(days=4 * n)
        _, ref = dice.choice(pledges)
        if dice.random() < 0.6:
            found.append(came(session, ref, f"M{n}"))
        if dice.random() < 0.5:
            leaves(session, day)
        if found and dice.random() < 0.6:
            one = session.scalars(select(Receipt).where(Receipt.ref == found.pop())).one()
            to = next(r for _, r in pledges if r != one.payment_reference)
            moved(session, one.ref, to, on=day)
    for pledge, ref in pledges:
        booked = session.scalars(
            select(Receipt.amount_fen).where(Receipt.payment_reference == ref)
        ).all()
        used = sum(one.amount_fen for one in of(session, pledge) if one.received_on is not None)
        assert sum(booked) == ledger.prepaid_of(session, pledge.id) + used
    assert not broken(session, SEPTEMBER + timedelta(days=48)).keys() - {"due_against_done"}
