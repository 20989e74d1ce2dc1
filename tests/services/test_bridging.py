"""The gap fund pays on the due day what its donor has not, and gets it back (law 4)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.children import Child, Consent
from models.ledger import Posting, Transaction
from models.stipends import Fact, Stipend
from models.trace import CustodianEntry
from privacy import viewers
from services.books import ledger
from services.fund import bridging
from services.stipends import facts
from services.stipends.facts import Basis
from tests.services.gap_fund import (
    DECEMBER,
    HUNDRED,
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    broken,
    feed,
    instalments,
    left,
    pay,
    run,
    sponsored,
)
from tests.services.spoiling import mend, spoil
from vocabulary.dates import at
from vocabulary.enums import (
    AccountKind,
    ChildStatus,
    EndReason,
    Evidence,
    FactKind,
    Purpose,
    TransactionKind,
)
from vocabulary.errors import WrongState
from vocabulary.money import Fen


def moves(session: Session) -> list[tuple[TransactionKind, AccountKind, int]]:
    rows = session.execute(
        select(Transaction.kind, Posting.account, Posting.amount)
        .join(Posting, Posting.transaction_id == Transaction.id)
        .where(Transaction.kind.in_((TransactionKind.BRIDGED, TransactionKind.REPAID)))
        .order_by(Transaction.id, Posting.amount.desc())
    )
    return [tuple(row) for row in rows]


def test_an_instalment_without_money_goes_out_on_its_day_from_the_fund(session: Session) -> None:
    feed(session, 88_800)
    match, _ = sponsored(session)

    work = run(session, SEPTEMBER)

    assert instalments(session, match) == [(SEPTEMBER, "fund")]
    one = session.scalars(select(Stipend)).one()
    assert (one.bridged_on, one.received_on, one.is_funded) == (SEPTEMBER, None, True)
    assert one.batch_id is not None
    assert (work.bridged, left(session)) == (1, 78_800)
    assert moves(session) == [
        (TransactionKind.BRIDGED, AccountKind.GAP_FUND, 10_000),
        (TransactionKind.BRIDGED, AccountKind.PROMISED, -10_000),
    ]
    assert broken(session, SEPTEMBER) == {}


def test_whose_money_is_there_needs_no_fund(session: Session) -> None:
    feed(session, 88_800)
    match, reference = sponsored(session)
    pay(session, reference, 10_000, SEPTEMBER)

    assert run(session, SEPTEMBER).bridged == 0

    assert (instalments(session, match), left(session)) == ([(SEPTEMBER, "donor")], 88_800)


def test_an_empty_fund_leaves_it_waiting(session: Session) -> None:
    match, _ = sponsored(session)

    assert run(session, SEPTEMBER).bridged == 0

    assert instalments(session, match) == [(SEPTEMBER, "nobody")]


def test_money_that_comes_later_goes_back_to_the_fund_once(session: Session) -> None:
    feed(session, 88_800)
    match, reference = sponsored(session)
    run(session, SEPTEMBER)
    pay(session, reference, 15_000, date(2026, 9, 9))

    run(session, date(2026, 9, 10))
    run(session, date(2026, 9, 11))

    assert instalments(session, match) == [(SEPTEMBER, "repaid")]
    assert left(session) == 88_800
    assert ledger.prepaid_of(session, match.pledge_id) == 5_000
    assert moves(session)[2:] == [
        (TransactionKind.REPAID, AccountKind.PREPAID, 10_000),
        (TransactionKind.REPAID, AccountKind.GAP_FUND, -10_000),
    ]
    assert broken(session, date(2026, 9, 11)) == {}


def test_a_run_twice_pays_nothing_twice(session: Session) -> None:
    feed(session, 88_800)
    sponsored(session)
    run(session, SEPTEMBER)

    assert run(session, SEPTEMBER).bridged == 0

    kinds = session.scalars(select(Fact.kind)).all()
    assert (kinds.count(FactKind.BRIDGED), left(session)) == (1, 78_800)


def test_it_reaches_the_earliest_due_day_first_and_never_further_than_its_money(
    session: Session,
) -> None:
    first, _ = sponsored(session)
    run(session, SEPTEMBER)
    second, _ = sponsored(session, "13800000002", name="包晓军")
    second.starts_on = OCTOBER
    feed(session, 25_000, on=OCTOBER)

    run(session, OCTOBER)

    assert instalments(session, first) == [(SEPTEMBER, "fund"), (OCTOBER, "fund")]
    assert instalments(session, second) == [(OCTOBER, "nobody")]
    assert left(session) == 5_000


def test_a_sum_out_of_its_reach_lets_smaller_ones_pass(session: Session) -> None:
    big, _ = sponsored(session)
    big.instalment_fen = Fen(30_000)
    small, _ = sponsored(session, "13800000002", name="包晓军")
    feed(session, 20_000)

    run(session, SEPTEMBER)

    assert instalments(session, big) == [(SEPTEMBER, "nobody")]
    assert instalments(session, small) == [(SEPTEMBER, "fund")]


def test_nothing_is_paid_for_a_child_who_left_or_whose_consent_is_withdrawn(
    session: Session,
) -> None:
    gone, _ = sponsored(session)
    held, _ = sponsored(session, "13800000002", name="包晓军")
    run(session, SEPTEMBER)
    child = session.get_one(Child, gone.child_id)
    child.status, child.end_reason, child.ended_on = (
        ChildStatus.ENDED,
        EndReason.ADOPTED,
        date(2026, 9, 2),
    )
    session.execute(
        update(Consent)
        .where(Consent.child_id == held.child_id, Consent.purpose == Purpose.SPONSORSHIP)
        .values(withdrawn_on=date(2026, 9, 2))
    )
    feed(session, 88_800)

    run(session, date(2026, 9, 3))

    assert (instalments(session, gone), instalments(session, held)) == (
        [(SEPTEMBER, "nobody")],
        [(SEPTEMBER, "nobody")],
    )


def test_nothing_is_paid_before_it_is_due(session: Session) -> None:
    feed(session, 88_800)
    match, _ = sponsored(session)
    run(session, SEPTEMBER)

    keys = bridging.to_bridge(
        session, viewers.engine(), on=SEPTEMBER - timedelta(days=1), now=at(SEPTEMBER)
    ).keys

    assert (keys, len(instalments(session, match))) == ([], 1)


def test_who_needed_it_stands_in_the_custodians_chain_alone(session: Session) -> None:
    feed(session, 88_800)
    sponsored(session)

    work = run(session, SEPTEMBER)

    detail = session.scalars(
        select(CustodianEntry.detail).where(CustodianEntry.act == "stipends.bridge")
    ).all()
    assert detail == [{"run": work.id, "count": 1}]


def test_one_bad_record_leaves_the_others_paid(session: Session) -> None:
    feed(session, 88_800)
    bad, _ = sponsored(session)
    good, _ = sponsored(session, "13800000002", name="包晓军")
    spoil(session, "UPDATE OF bridged_on ON stipends", f"NEW.match_id = {bad.id}")

    work = run(session, SEPTEMBER)

    mend(session)
    assert instalments(session, bad) == [(SEPTEMBER, "nobody")]
    assert instalments(session, good) == [(SEPTEMBER, "fund")]
    assert (work.bridged, work.counts["failed"], left(session)) == (1, 1, 78_800)
    assert broken(session, SEPTEMBER) == {}


def test_bad_records_at_the_head_of_a_slice_keep_no_day_from_its_end(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many waiting as a slice holds: the refused must not be found again and again."""
    monkeypatch.setattr(bridging, "ROWS_A_SLICE", 1)
    feed(session, 88_800)
    bad, _ = sponsored(session)
    good, _ = sponsored(session, "13800000002", name="包晓军")
    spoil(session, "UPDATE OF bridged_on ON stipends", f"NEW.match_id = {bad.id}")

    work = run(session, SEPTEMBER)

    mend(session)
    assert instalments(session, good) == [(SEPTEMBER, "fund")]
    assert (work.bridged, work.counts["failed"]) == (1, 1)


@pytest.mark.parametrize("is_repaid", [False, True])
def test_what_is_cancelled_goes_back_to_whom_it_came_from(
    session: Session, *, is_repaid: bool
) -> None:
    feed(session, 88_800)
    match, reference = sponsored(session)
    run(session, SEPTEMBER)
    if is_repaid:
        pay(session, reference, 10_000, SEPTEMBER)
        run(session, SEPTEMBER)
    one = session.scalars(select(Stipend)).one()

    by, day = viewers.console(), date(2026, 9, 3)
    basis = Basis(Evidence.LEDGER)
    facts.record(session, FactKind.CANCELLED, [one], on=day, by=by, now=at(day), basis=basis)

    assert left(session) == 88_800
    assert ledger.prepaid_of(session, match.pledge_id) == (10_000 if is_repaid else 0)
    accounts = ("promised", "owed")
    assert {ledger.balance(session, AccountKind(name)) for name in accounts} == {0}
    found = broken(session, day)
    found.pop("facts_traced", None)  # written without a service here
    assert found == {}


def test_what_the_fund_paid_cannot_be_taken_back_under_what_rests_on_it(session: Session) -> None:
    feed(session, 88_800)
    _, reference = sponsored(session)
    run(session, SEPTEMBER)
    pay(session, reference, HUNDRED, SEPTEMBER)
    run(session, SEPTEMBER)
    one = session.scalars(select(Stipend)).one()
    said = {"on": OCTOBER, "by": viewers.console(), "now": at(OCTOBER)}

    with pytest.raises(WrongState):
        facts.take_back(session, FactKind.BRIDGED, one, **said, basis=Basis(Evidence.LEDGER))
    facts.take_back(session, FactKind.RECEIVED, one, **said, basis=Basis(Evidence.LEDGER))

    assert (one.is_funded, one.received_on, left(session)) == (True, None, 78_800)
    assert ledger.prepaid_of(session, session.get_one(Stipend, one.id).match_id) >= 0


def test_a_donor_silent_for_months_costs_the_child_no_month(session: Session) -> None:
    feed(session, 88_800)
    match, reference = sponsored(session)
    for month in (SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER):
        run(session, month)
    pay(session, reference, 20_000, DECEMBER)

    run(session, date(2026, 12, 2))

    assert instalments(session, match) == [
        (SEPTEMBER, "repaid"),
        (OCTOBER, "repaid"),
        (NOVEMBER, "fund"),
        (DECEMBER, "fund"),
    ]
    assert left(session) == 88_800 - 20_000
    assert broken(session, date(2026, 12, 2)) == {}
