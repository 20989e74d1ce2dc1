"""Restricted money is refused for anything else by the database itself, however it is posted."""

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.ledger import Posting, Receipt, Transaction
from models.stipends import Gift, Stipend
from services.books import ledger, receipts
from services.books.ledger import Event, Leg
from tests.factories import viewer
from tests.services.earmarks.world import held, restricted
from tests.services.gap_fund import SEPTEMBER, broken, feed, run, sponsored
from vocabulary.dates import at
from vocabulary.enums import (
    AccountKind,
    EarmarkKind,
    GiftPurpose,
    PledgeKind,
    Role,
    Sex,
    TransactionKind,
)
from vocabulary.money import Fen

_BY = viewer(Role.ENGINE)


def _instalment(session: Session, **more) -> tuple[Stipend, int]:
    """An instalment nobody has paid, and the pledge (key) of its match."""
    match, _ = sponsored(session, **more)
    run(session, SEPTEMBER)
    query = select(Stipend).where(Stipend.match_id == match.id)
    return session.scalars(query).one(), match.pledge_id


def _post(session: Session, pledge_id: int, subject: dict[str, int], *, account: str) -> None:
    """Post as somebody with a hand on the database would: no service in between."""
    said = {"kind": "bridged", "on": SEPTEMBER, "by": "engine", **subject}
    key = session.execute(insert(Transaction).values(**said).returning(Transaction.id)).scalar_one()
    for name, whose, fen in ((account, pledge_id, 10_000), ("promised", pledge_id, -10_000)):
        leg = {"transaction_id": key, "account": name, "pledge_id": whose, "amount": fen}
        session.execute(insert(Posting).values(**leg))


def _is_refused(session: Session, pledge_id: int, subject: dict[str, int], account: str) -> bool:
    trial = session.begin_nested()
    try:
        _post(session, pledge_id, subject, account=account)
    except DBAPIError as refused:
        trial.rollback()
        return "earmark_" in str(refused.orig)
    trial.rollback()
    return False


@pytest.mark.parametrize(
    ("sex", "is_refused"), [(Sex.MALE, True), (Sex.FEMALE, False), (None, True)]
)
def test_money_for_girls_pays_for_girls_alone(
    session: Session, sex: Sex | None, is_refused: bool
) -> None:
    stipend, _ = _instalment(session, sex=sex)
    pledge, _ = restricted(session, EarmarkKind.GIRLS, 50_000)

    assert _is_refused(session, pledge.id, {"stipend_id": stipend.id}, "earmarked") == is_refused


def test_money_for_one_child_pays_for_no_other(session: Session) -> None:
    own, _ = sponsored(session)
    other, _ = sponsored(session, "13800000002")
    run(session, SEPTEMBER)
    keys = dict(session.execute(select(Stipend.match_id, Stipend.id)).all())
    pledge, _ = restricted(session, EarmarkKind.ONE_CHILD, 50_000, for_child_of=own)

    assert _is_refused(session, pledge.id, {"stipend_id": keys[other.id]}, "earmarked")
    assert not _is_refused(session, pledge.id, {"stipend_id": keys[own.id]}, "earmarked")


def test_money_for_surgery_pays_no_instalment_and_no_other_gift(session: Session) -> None:
    stipend, _ = _instalment(session)
    pledge, _ = restricted(session, EarmarkKind.SURGERY, 50_000)
    gifts = {
        purpose: Gift(
            match_id=stipend.match_id,
            due_on=SEPTEMBER,
            amount_fen=Fen(10_000),
            occasion="",
            purpose=purpose,
        )
        for purpose in GiftPurpose
    }
    session.add_all(gifts.values())
    session.flush()

    assert _is_refused(session, pledge.id, {"stipend_id": stipend.id}, "earmarked")
    assert _is_refused(session, pledge.id, {"gift_id": gifts[GiftPurpose.ANY].id}, "earmarked")
    fits = {"gift_id": gifts[GiftPurpose.SURGERY].id}
    assert not _is_refused(session, pledge.id, fits, "earmarked")


def test_a_restricted_pledge_of_a_child_pays_ahead_for_nobody_else(session: Session) -> None:
    boys, _ = _instalment(session, sex=Sex.MALE)
    pledge, reference = restricted(
        session, EarmarkKind.GIRLS, 0, given=PledgeKind.CHILD, instalment_fen=Fen(10_000)
    )
    ledger.post(
        session,
        Event(TransactionKind.RECEIVED, SEPTEMBER),
        [
            Leg(AccountKind.BANK, Fen(10_000)),
            Leg(AccountKind.PREPAID, Fen(-10_000), pledge_id=pledge.id),
        ],
        by=_BY,
    )

    assert reference
    assert _is_refused(session, pledge.id, {"stipend_id": boys.id}, "prepaid")


def test_no_more_is_taken_than_was_given(session: Session) -> None:
    stipend, _ = _instalment(session)
    pledge, _ = restricted(session, EarmarkKind.GIRLS, 9_999)

    assert _is_refused(session, pledge.id, {"stipend_id": stipend.id}, "earmarked")


def test_only_a_booking_undone_goes_back_the_way_it_came(session: Session) -> None:
    stipend, _ = _instalment(session, sex=Sex.MALE)
    pledge, _ = restricted(session, EarmarkKind.GIRLS, 50_000)
    received = session.scalars(
        select(Posting.transaction_id).where(Posting.account == AccountKind.EARMARKED)
    ).one()

    # A reversal that gives back another sum than was booked is none.
    assert _is_refused(
        session, pledge.id, {"stipend_id": stipend.id, "reverses_id": received}, "earmarked"
    )


@pytest.mark.parametrize("how", ["received", "reversed"])
@pytest.mark.parametrize("first", ["bank", "gap_fund"])
def test_a_booking_is_not_undone_to_move_restricted_money(
    session: Session, how: str, first: str
) -> None:
    pledge, _ = restricted(session, EarmarkKind.GIRLS, 50_000)
    received = session.scalars(
        select(Posting.transaction_id).where(Posting.account == AccountKind.EARMARKED)
    ).one()
    undoes = {"reverses_id": received} if how == "reversed" else {}
    said = {"kind": how, "on": SEPTEMBER, "by": "engine", **undoes}
    key = session.execute(insert(Transaction).values(**said).returning(Transaction.id)).scalar_one()
    other = {"transaction_id": key, "account": first, "amount": -50_000}
    session.execute(insert(Posting).values(**other))

    leg = {"transaction_id": key, "account": "earmarked", "pledge_id": pledge.id, "amount": 50_000}
    with pytest.raises(DBAPIError, match="earmark_holds"):
        session.execute(insert(Posting).values(**leg))


def test_a_wrong_booking_of_restricted_money_is_undone_by_two(session: Session) -> None:
    pledge, _ = restricted(session, EarmarkKind.GIRLS, 50_000)
    ref = session.scalars(select(Receipt.ref)).one()
    desk, day = viewer(Role.COLLECTING_DESK), at(SEPTEMBER)

    receipts.take_back(session, desk, ref, first="account:first", reason="记错了", now=day)

    assert held(session, pledge) == 0
    assert broken(session, SEPTEMBER) == {}


def test_the_restriction_itself_is_not_changed_or_deleted(session: Session) -> None:
    restricted(session, EarmarkKind.GIRLS, 50_000)

    for statement in ("UPDATE earmarks SET kind = 'surgery'", "DELETE FROM earmarks"):
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(text(statement))


@pytest.mark.parametrize("account", [AccountKind.GAP_FUND, AccountKind.PREPAID, AccountKind.OWED])
def test_what_was_given_pays_no_fee(session: Session, account: AccountKind) -> None:
    feed(session, 50_000)
    legs = [Leg(AccountKind.BANK_FEES, Fen(50)), Leg(account, Fen(-50))]

    with pytest.raises(ValueError, match="fee"):
        ledger.post(session, Event(TransactionKind.BANK_FEE, SEPTEMBER), legs, by=_BY)


def test_a_fee_posted_past_the_service_is_refused_by_the_database(session: Session) -> None:
    said = {"kind": "bank_fee", "on": SEPTEMBER, "by": "engine"}
    key = session.execute(insert(Transaction).values(**said).returning(Transaction.id)).scalar_one()
    gift = {"transaction_id": key, "account": "gap_fund", "amount": 50}
    session.execute(insert(Posting).values(**gift))

    fee = {"transaction_id": key, "account": "bank_fees", "amount": -50}
    with pytest.raises(DBAPIError, match="gifts_pay_no_fee"):
        session.execute(insert(Posting).values(**fee))


def test_restricted_money_given_and_unused_breaks_nothing(session: Session) -> None:
    pledge, _ = restricted(session, EarmarkKind.SURGERY, 50_000)

    assert held(session, pledge) == 50_000
    assert broken(session, SEPTEMBER) == {}
