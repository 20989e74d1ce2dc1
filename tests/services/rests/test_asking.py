"""The rest of a stopped pledge waits, set apart in the books, for its donor's word and nobody else's."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from models.ledger import Posting, Transaction
from models.notices import Notice
from models.pledges import Exclusion, Match
from models.rests import RestAnswer
from models.vault import Donor
from privacy import viewers
from services.books import receipts
from services.giving import resting, rests
from services.notices import drawing
from services.pairing import market
from services.vault import vault
from tests.factories import viewer
from tests.services.gap_fund import NOVEMBER, OCTOBER, SEPTEMBER, broken, left, run
from tests.services.rests.world import comes, donor_of, in_books, rest_of, stopped
from vocabulary.dates import at
from vocabulary.enums import NoticeKind, PledgeEnd, PledgeStatus, RestStatus, RestWay, Role
from vocabulary.errors import AlreadyDecided, BadInput, NotFound, NotPermitted
from vocabulary.resting import CURRENT

ENGINE = viewers.engine("reminders")
NOW = at(OCTOBER, 10)
NEXT, FUND = RestWay.NEXT_CHILD.value, RestWay.TO_FUND.value


def asked(session) -> list[Notice]:
    kind = Notice.kind == NoticeKind.REST_ASKED
    return list(session.scalars(select(Notice).where(kind).order_by(Notice.id)))


def test_what_is_left_is_set_apart_once_and_its_donor_asked_once(session) -> None:
    pledge, _ = stopped(session, paid=SEPTEMBER, until=OCTOBER)

    assert in_books(session, pledge) == (0, 24_000)
    assert len(asked(session)) == 1
    him = donor_of(session, pledge)
    card = resting.one(session, him, pledge.donor_ref)
    assert (card["fen"], card["times"], card["ways"]) == (24_000, 2, list(RestWay))
    facts = drawing.facts_of(session, him, asked(session)[0].subject, now=NOW)
    assert facts == {"rest": "¥240"}
    run(session, OCTOBER)
    run(session, OCTOBER + timedelta(days=1))
    assert (in_books(session, pledge), len(asked(session))) == ((0, 24_000), 1)
    assert broken(session, OCTOBER) == {}


@pytest.mark.sqlite_only
def test_his_word_is_not_replaced_by_whoever_opens_the_file_by_hand(session) -> None:
    pledge, _ = stopped(session, paid=SEPTEMBER, until=OCTOBER)
    him = donor_of(session, pledge)
    resting.answer(session, him, pledge.donor_ref, FUND, now=NOW)
    session.execute(text("PRAGMA recursive_triggers = OFF"))
    columns = "rest_id, way, fen, wording, said_at"
    try:
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(text(
                f"REPLACE INTO rest_answers (id, {columns}) SELECT 99, rest_id, 'pay_back', fen,"
                " wording, said_at FROM rest_answers"))  # fmt: skip
    finally:
        session.execute(text("PRAGMA recursive_triggers = ON"))
    assert session.scalars(select(RestAnswer.way)).all() == [RestWay.TO_FUND]


def test_three_kind_reminders_and_then_silence(session) -> None:
    stopped(session, paid=SEPTEMBER, until=OCTOBER)

    for n in range(200):
        day = OCTOBER + timedelta(days=n)
        rests.remind(session, ENGINE, on=day, now=at(day))

    assert [one.rung for one in asked(session)] == [0, 1, 2, 3]


@pytest.mark.parametrize("what", ["died_on", "forgotten_on"])
def test_who_has_died_or_is_forgotten_is_not_asked_and_his_money_stays(session, what) -> None:
    pledge, _ = stopped(session, paid=SEPTEMBER, until=OCTOBER)
    other, _ = stopped(session, paid=OCTOBER, until=NOVEMBER, contact="13800000002")
    session.query(Notice).delete()
    rest_of(session, other).asked_on = None
    donor = session.get_one(Donor, vault.donor_of_pledge(session, other.id))
    setattr(donor, what, OCTOBER)
    run(session, NOVEMBER + timedelta(days=1))
    for n in range(40):
        day = NOVEMBER + timedelta(days=n)
        rests.remind(session, ENGINE, on=day, now=at(day))

    own = vault.donor_of_pledge(session, pledge.id)
    assert {one.recipient_id for one in asked(session)} == {own}
    assert in_books(session, other)[1] > 0
    assert not broken(session, NOVEMBER).keys() - {"forgotten_donors"}


def test_to_the_fund_by_his_own_word_kept_with_its_wording(session) -> None:
    pledge, _ = stopped(session, paid=SEPTEMBER, until=OCTOBER)
    him = donor_of(session, pledge)
    before = left(session)

    assert resting.answer(session, him, pledge.donor_ref, FUND, now=NOW) == 24_000

    assert (in_books(session, pledge), left(session) - before) == ((0, 0), 24_000)
    said = session.scalars(select(RestAnswer)).one()
    assert (said.way, said.fen, said.wording) == (RestWay.TO_FUND, 24_000, CURRENT)
    by = select(Transaction.by).where(Transaction.kind == "rest_to_fund")
    assert session.scalars(by).all() == ["donor"]
    with pytest.raises(AlreadyDecided):
        resting.answer(session, him, pledge.donor_ref, FUND, now=NOW)
    assert broken(session, OCTOBER) == {}


def test_for_the_next_child_it_is_looked_for_with_so_many_instalments(session) -> None:
    pledge, match = stopped(session, paid=SEPTEMBER, until=OCTOBER)

    resting.answer(session, donor_of(session, pledge), pledge.donor_ref, NEXT, now=NOW)

    assert in_books(session, pledge) == (24_000, 0)
    assert pledge.status is PledgeStatus.CONFIRMED
    assert (pledge.until, pledge.until_count, pledge.ends_on) == (PledgeEnd.COUNT, 2, None)
    assert [one.id for one in market.open_pledges(session)] == [pledge.id]
    assert session.scalars(select(Exclusion.child_id)).all() == [match.child_id]
    assert broken(session, OCTOBER) == {}


def test_less_than_an_instalment_is_not_offered_to_a_child(session) -> None:
    pledge, _ = stopped(session, 14_000, paid=SEPTEMBER, until=OCTOBER)
    him = donor_of(session, pledge)

    assert RestWay.NEXT_CHILD not in resting.one(session, him, pledge.donor_ref)["ways"]
    for wrong in (NEXT, "", "nothing"):
        with pytest.raises(BadInput):
            resting.answer(session, him, pledge.donor_ref, wrong, now=NOW)
    assert in_books(session, pledge) == (0, 4_000)


def test_nobody_else_reads_or_answers(session) -> None:
    pledge, _ = stopped(session, paid=SEPTEMBER, until=OCTOBER)
    other, _ = stopped(session, paid=OCTOBER, until=NOVEMBER, contact="13800000002")

    for role in set(Role) - {Role.DONOR}:
        with pytest.raises(NotPermitted):
            resting.answer(session, viewer(role), pledge.donor_ref, FUND, now=NOW)
    with pytest.raises(NotFound):
        resting.answer(session, donor_of(session, other), pledge.donor_ref, FUND, now=NOW)


def test_money_that_comes_later_joins_what_waits(session) -> None:
    pledge, _ = stopped(session, paid=SEPTEMBER, until=OCTOBER)
    reference = vault.reference_of(session, pledge.id)

    comes(session, reference, 10_000, OCTOBER)
    run(session, OCTOBER + timedelta(days=1))

    assert in_books(session, pledge) == (0, 34_000)
    assert (rest_of(session, pledge).status, len(asked(session))) == (RestStatus.WAITING, 1)
    assert broken(session, OCTOBER + timedelta(days=1)) == {}


def test_a_wrong_booking_can_still_be_corrected_while_it_waits(session) -> None:
    pledge, _ = stopped(session, paid=SEPTEMBER, until=OCTOBER)
    wrong = comes(session, vault.reference_of(session, pledge.id), 10_000, OCTOBER)
    run(session, OCTOBER + timedelta(days=1))
    desk = viewer(Role.COLLECTING_DESK)

    receipts.undo(
        session, desk, receipts.gate.row(session, desk, receipts.Receipt, receipts.Receipt.ref == wrong),
        reason="记错了", now=at(OCTOBER, 12),
    )  # fmt: skip

    assert in_books(session, pledge) == (24_000, 0)
    assert rest_of(session, pledge).status is RestStatus.WITHDRAWN
    run(session, OCTOBER + timedelta(days=2))
    assert in_books(session, pledge) == (0, 24_000)
    assert broken(session, OCTOBER + timedelta(days=2)) == {}


@pytest.mark.parametrize("kind", ["rest_to_fund", "rest_paid", "unrested", "funded", "received"])
def test_the_database_itself_refuses_it_for_anything_he_did_not_say(session, kind) -> None:
    pledge, _ = stopped(session, paid=SEPTEMBER, until=OCTOBER)
    rest = rest_of(session, pledge)
    session.execute(
        insert(RestAnswer).values(
            rest_id=rest.id, way="to_fund" if kind != "rest_to_fund" else "pay_back",
            fen=24_000, wording=CURRENT, said_at=NOW,
        )
    )  # fmt: skip
    own = {"kind": kind, "on": OCTOBER, "by": "x", "rest_id": rest.id}
    key = session.execute(insert(Transaction).values(own).returning(Transaction.id)).scalar_one()

    values = {"transaction_id": key, "account": "rest", "pledge_id": pledge.id, "amount": 1}
    with pytest.raises(DBAPIError, match="rest_holds"), session.begin_nested():
        session.execute(insert(Posting).values(values))


def test_a_match_that_still_runs_keeps_its_money(session) -> None:
    pledge, match = stopped(session, paid=SEPTEMBER, until=OCTOBER)
    resting.answer(session, donor_of(session, pledge), pledge.donor_ref, NEXT, now=NOW)

    run(session, NOVEMBER)

    live = select(func.count(Match.id)).where(Match.id == match.id, Match.status == "active")
    assert session.scalar(live) == 0
    assert in_books(session, pledge) == (24_000, 0)
