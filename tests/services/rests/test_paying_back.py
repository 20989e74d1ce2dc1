"""Back to the account it came from: two who may know the payer, the paying desk, then the bank."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from models.rests import PayBack
from models.trace import OrdinaryEntry
from services.books import pay_backs
from services.books.pay_backs import Account
from services.giving import resting
from services.papers import certificates, fiscal
from services.vault import vault
from tests.factories import viewer
from tests.services.gap_fund import NOVEMBER, OCTOBER, SEPTEMBER, broken, run
from tests.services.rests.world import (
    FIRST,
    PAYER,
    SECOND,
    comes,
    donor_of,
    in_books,
    rest_of,
    stopped,
)
from tests.services.statements.bank import a_csv, book
from vocabulary.dates import at
from vocabulary.enums import Naming, PayBackDesk, PayBackStatus, RestStatus, RestWay, Role
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NotFound, NotPermitted
from vocabulary.money import Fen

NOW = at(OCTOBER, 10)
PAYING = viewer(Role.PAYING_DESK)
GUARD = viewer(Role.CUSTODIAN)
NUMBER = "6222 0200 0000 0000 018"
TO = Account(PAYER, "工行呼和浩特分行", NUMBER)
BACK = RestWay.PAY_BACK.value


def asked_back(session, **more):
    pledge, _ = stopped(session, paid=SEPTEMBER, until=OCTOBER, **more)
    resting.answer(session, donor_of(session, pledge), pledge.donor_ref, BACK, now=NOW)
    return pledge


def of_desk(session, desk=FIRST) -> list:
    return pay_backs.listing(session, desk)


def released(session, ref: str, by=FIRST, second=SECOND) -> None:
    pay_backs.make(session, by, ref, TO, now=NOW)
    pay_backs.agree(session, second, ref, again=NUMBER.replace(" ", "-"), now=NOW)
    pay_backs.release(session, PAYING, ref, now=NOW)


def test_by_two_then_the_paying_desk_then_the_bank_and_the_books_agree(session) -> None:
    pledge = asked_back(session)
    (one,) = of_desk(session)
    assert (one["fen"], one["payer"], one["may_make"]) == (24_000, PAYER, True)
    assert in_books(session, pledge) == (0, 24_000)

    with pytest.raises(AlreadyDecided):
        pay_backs.agree(session, SECOND, one["ref"], again=NUMBER, now=NOW)
    for wrong in (Account("别人", TO.bank, NUMBER), Account("", TO.bank, NUMBER),
                  Account(PAYER, "", NUMBER), Account(PAYER, TO.bank, "123")):  # fmt: skip
        with pytest.raises(BadInput):
            pay_backs.make(session, FIRST, one["ref"], wrong, now=NOW)
    pay_backs.make(session, FIRST, one["ref"], TO, now=NOW)
    with pytest.raises(ActedBefore):
        pay_backs.agree(session, FIRST, one["ref"], again=NUMBER, now=NOW)
    with pytest.raises(BadInput):
        pay_backs.agree(session, SECOND, one["ref"], again=NUMBER + "1", now=NOW)
    assert pay_backs.to_release(session, PAYING) == []
    pay_backs.agree(session, SECOND, one["ref"], again=NUMBER, now=NOW)
    with pytest.raises(AlreadyDecided):
        pay_backs.pay(session, FIRST, one["ref"], on=OCTOBER, now=NOW)
    pay_backs.release(session, PAYING, one["ref"], now=NOW)
    assert broken(session, OCTOBER) == {}
    assert pay_backs.order(session, FIRST, one["ref"], now=NOW)[1] == "6222020000000000018"

    pay_backs.pay(session, SECOND, one["ref"], on=OCTOBER, now=NOW)
    with pytest.raises(AlreadyDecided):
        pay_backs.pay(session, FIRST, one["ref"], on=OCTOBER, now=NOW)
    assert in_books(session, pledge) == (0, 0)
    assert rest_of(session, pledge).status is RestStatus.DONE
    assert broken(session, OCTOBER) == {}


def test_the_paying_desk_reads_sum_and_memo_and_no_name(session) -> None:
    asked_back(session)
    (one,) = of_desk(session)
    with pytest.raises(NotFound):
        pay_backs.release(session, PAYING, one["ref"], now=NOW)
    pay_backs.make(session, FIRST, one["ref"], TO, now=NOW)
    pay_backs.agree(session, SECOND, one["ref"], again=NUMBER, now=NOW)

    (card,) = pay_backs.to_release(session, PAYING)

    assert not {"payer", "holder", "bank", "account", "payment_reference"} & card.keys()
    assert card["fen"] == 24_000
    told = session.scalars(select(OrdinaryEntry.act)).all()
    assert not [act for act in told if act.startswith("pay_back.") and act != "pay_back.release"]


def test_nobody_of_the_childrens_side_and_no_donor_comes_near(session) -> None:
    asked_back(session)
    (one,) = of_desk(session)

    for role in set(Role) - {Role.COLLECTING_DESK, Role.CUSTODIAN}:
        with pytest.raises(NotPermitted):
            pay_backs.detail(session, viewer(role), one["ref"])
    for role in set(Role) - {Role.PAYING_DESK}:
        with pytest.raises(NotPermitted):
            pay_backs.to_release(session, viewer(role))
    with pytest.raises(NotFound):
        pay_backs.detail(session, GUARD, one["ref"])


def test_what_names_no_payer_is_the_custodians_by_two_of_them(session) -> None:
    pledge, _ = stopped(session, paid=SEPTEMBER, until=OCTOBER)
    comes(session, vault.reference_of(session, pledge.id), 10_000, OCTOBER, payer=None)
    run(session, OCTOBER + timedelta(days=1))
    resting.answer(session, donor_of(session, pledge), pledge.donor_ref, BACK, now=NOW)

    (theirs,), (named,) = of_desk(session, GUARD), of_desk(session)
    assert (theirs["desk"], theirs["fen"], theirs["payer"]) == (PayBackDesk.CUSTODY, 10_000, None)
    assert (named["desk"], named["fen"]) == (PayBackDesk.COLLECTING, 24_000)
    other = viewer(Role.CUSTODIAN, actor="account:other")
    released(session, theirs["ref"], GUARD, other)
    pay_backs.pay(session, GUARD, theirs["ref"], on=OCTOBER, now=NOW)
    assert rest_of(session, pledge).status is RestStatus.PAYING
    released(session, named["ref"])
    pay_backs.pay(session, FIRST, named["ref"], on=OCTOBER, now=NOW)
    assert (rest_of(session, pledge).status, in_books(session, pledge)) == (RestStatus.DONE, (0, 0))
    assert broken(session, OCTOBER + timedelta(days=1)) == {}


def test_several_payers_get_their_own_the_latest_payment_first(session) -> None:
    pledge, _ = stopped(session, 20_000, paid=SEPTEMBER, until=OCTOBER)
    comes(session, vault.reference_of(session, pledge.id), 5_000, OCTOBER, payer="同福客栈")
    run(session, OCTOBER + timedelta(days=1))

    resting.answer(session, donor_of(session, pledge), pledge.donor_ref, BACK, now=NOW)

    assert {(one["payer"], one["fen"]) for one in of_desk(session)} == {
        ("同福客栈", 5_000),
        (PAYER, 10_000),
    }


def test_the_statement_settles_it_and_brings_it_back_to_be_made_out_anew(session, now) -> None:
    pledge = asked_back(session)
    (one,) = of_desk(session)
    released(session, one["ref"])
    memo = one["memo"]

    book(session, a_csv(f"20261002,240.00,,0.00,{PAYER},余款退回 {memo},D1"), now)
    assert in_books(session, pledge) == (0, 0)
    assert rest_of(session, pledge).status is RestStatus.DONE
    book(session, a_csv(f"20261009,,240.00,240.00,{PAYER},退汇 {memo},D2"), now)

    assert in_books(session, pledge) == (0, 24_000)
    assert rest_of(session, pledge).status is RestStatus.PAYING
    again, old = of_desk(session)
    assert (again["status"], old["status"]) == (PayBackStatus.WAITS, PayBackStatus.BOUNCED)
    assert again["memo"] != memo
    found = broken(session, NOVEMBER)
    assert not {name for name in found if name in {"rests", "bank_balance", "certificates"}}


def test_what_was_typed_wrongly_is_cleared_until_it_is_released(session) -> None:
    asked_back(session)
    (one,) = of_desk(session)
    pay_backs.make(session, FIRST, one["ref"], TO, now=NOW)

    pay_backs.turn_down(session, SECOND, one["ref"], now=NOW)

    row = session.scalars(select(PayBack)).one()
    assert (row.status, row.account, row.made_by) == (PayBackStatus.WAITS, None, None)
    released(session, one["ref"])
    with pytest.raises(AlreadyDecided):
        pay_backs.turn_down(session, SECOND, one["ref"], now=NOW)


def test_no_fiscal_receipt_is_owed_for_money_that_went_back(session) -> None:
    pledge = asked_back(session)
    pledge.naming = Naming.NAMED
    before = fiscal.of_year(session, FIRST, 2026)
    assert [one.left_fen for one in before.owed] == [34_000]

    (one,) = of_desk(session)
    released(session, one["ref"])
    pay_backs.pay(session, FIRST, one["ref"], on=OCTOBER, now=NOW)

    (left,) = fiscal.of_year(session, FIRST, 2026).owed
    assert left.left_fen == 10_000
    assert fiscal.one(session, FIRST, left.reference, 2026)["owed"].left_fen == 10_000


def test_a_certificate_counts_no_money_that_went_back(session) -> None:
    pledge, _ = stopped(session, paid=SEPTEMBER, until=OCTOBER)
    him = donor_of(session, pledge)
    certificates.issue(session, him, pledge.donor_ref, 2026, now=NOW)
    resting.answer(session, him, pledge.donor_ref, BACK, now=NOW)
    (one,) = of_desk(session)
    released(session, one["ref"])

    pay_backs.pay(session, FIRST, one["ref"], on=OCTOBER, now=NOW)

    new, old = certificates.of_donor(session, him)
    assert (new["amount_fen"], new["void_on"], old["void_on"]) == (10_000, None, OCTOBER)
    again = certificates.issue(session, him, pledge.donor_ref, 2026, now=NOW)
    assert again == new["ref"]
    assert broken(session, OCTOBER) == {}


def test_the_database_itself_wants_two_people(session) -> None:
    alone = {"made_by": "account:one", "agreed_by": "account:one"}
    one = {
        "ref": "PB", "desk": PayBackDesk.COLLECTING, "payment_reference": "AX", "fen": Fen(1),
        "memo": "TKX", "status": PayBackStatus.AGREED, "since_on": OCTOBER, **alone,
    }  # fmt: skip
    with pytest.raises(DBAPIError, match="two_people"), session.begin_nested():
        session.execute(insert(PayBack).values(one))
