"""The bank's table of what goes back: each sum in one table, ended by the statement's debit."""

from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from gateways import order_sheets
from models.rests import PayBack
from models.trace import CustodianEntry, OrdinaryEntry
from models.unclaimed import Unclaimed
from privacy.viewers import Viewer
from services.books import back_orders, pay_backs, receipts, unclaimed
from services.books.receipts import BankLine
from services.books.unclaimed import Asked
from tests.factories import viewer
from tests.services.gap_fund import OCTOBER, SEPTEMBER, broken
from tests.services.rests.test_paying_back import NOW, PAYING, TO, asked_back, of_desk, released
from tests.services.rests.world import FIRST, PAYER, SECOND, in_books
from tests.services.statements.bank import a_csv, book
from vocabulary.dates import add_months, at
from vocabulary.enums import PayBackStatus, Role, UnclaimedWay
from vocabulary.errors import BadInput, NotFound, NotPermitted, OrderDamaged, OrderOver
from vocabulary.money import Fen

LONG_AGO = add_months(SEPTEMBER, -14)
GUARD = viewer(Role.CUSTODIAN)
OLD_NUMBER = "6222 0200 0000 0000 026"


def unclaimed_one(session, *, bank: str = "建行呼伦贝尔分行", payer: str | None = "白展堂") -> str:
    """A sum that waited its whole time and goes back, as two agreed."""
    line = BankLine("没写", Fen(5_000), LONG_AGO, payer, f"U{bank}{payer}", "", LONG_AGO)
    old = receipts.record(session, FIRST, line, now=at(LONG_AGO))["ref"]
    asked = Asked(UnclaimedWay.GIVE_BACK, "问过开户行两次", OLD_NUMBER, bank)
    ref = unclaimed.ask(session, FIRST, old, asked, now=NOW)
    unclaimed.agree(session, SECOND, ref, again=OLD_NUMBER, now=NOW)
    return ref


def a_table(session, by: Viewer = FIRST) -> str:
    return back_orders.make(session, by, now=NOW)


@pytest.fixture
def both(session):
    """The rest of a pledge and a sum nobody claimed, both ready to go back."""
    pledge = asked_back(session)
    (one,) = of_desk(session)
    released(session, one["ref"])
    unclaimed_one(session)
    return pledge


def test_both_kinds_stand_in_it_as_the_bank_takes_them(session, both) -> None:
    ref = a_table(session)

    card, lines = back_orders.take(session, SECOND, ref, now=NOW)

    said = [
        order_sheets.Line(one.holder, one.number, one.bank, one.fen, one.words) for one in lines
    ]
    order = order_sheets.Order(ref, card["made_on"], "", "", "", card["fen"], "", "", said)
    sheet = load_workbook(BytesIO(order_sheets.table(order))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == order_sheets.HEADER
    assert sorted(row[:4] for row in rows[1:]) == [
        (PAYER, "6222020000000000018", TO.bank, "240.00"),
        ("白展堂", "6222020000000000026", "建行呼伦贝尔分行", "50.00"),
    ]
    memos = {*session.scalars(select(PayBack.memo)), *session.scalars(select(Unclaimed.memo))}
    assert {row[4].split()[0] for row in rows[1:]} == memos
    assert all(len(row[4]) <= 30 for row in rows[1:])


def test_the_statements_debits_end_it_and_the_books_agree(session, both) -> None:
    ref = a_table(session)
    _, lines = back_orders.take(session, FIRST, ref, now=NOW)
    shown = [
        f"20261002,{one.fen / 100:.2f},,-{sum(x.fen for x in lines[: n + 1]) / 100:.2f},"
        f"{one.holder},{one.words},R{n}"
        for n, one in enumerate(lines)
    ]
    book(session, a_csv(*shown), at(OCTOBER, 18).replace(day=3))

    assert in_books(session, both) == (0, 0)
    assert session.scalars(select(PayBack.status)).all() == [PayBackStatus.PAID]
    assert session.scalars(select(Unclaimed.paid_on)).one() is not None
    card = back_orders.detail(session, FIRST, ref)
    assert (card["waiting"], card["is_over"]) == (0, True)
    assert not broken(session, OCTOBER).keys() - {"due_against_done"}
    with pytest.raises(OrderOver):
        back_orders.take(session, FIRST, ref, now=NOW)


def test_no_second_table_pays_it_again(session, both) -> None:
    first = a_table(session)
    with pytest.raises(BadInput):
        a_table(session, SECOND)
    unclaimed_one(session, payer="李秀莲")

    second = a_table(session)

    lines = [back_orders.detail(session, FIRST, ref)["lines"] for ref in (first, second)]
    assert [len(one) for one in lines] == [2, 1]
    assert not {one.memo for one in lines[0]} & {one.memo for one in lines[1]}
    once = [back_orders.take(session, FIRST, first, now=NOW)[1] for _ in range(2)]
    assert once[0] == once[1] == lines[0]


def test_what_has_no_name_or_no_bank_goes_by_the_counter(session) -> None:
    unclaimed_one(session, bank="")
    unclaimed_one(session, payer=None)

    assert back_orders.ready(session, FIRST) == []
    with pytest.raises(BadInput):
        a_table(session)


def test_only_what_everybody_let_go_stands_in_it(session) -> None:
    asked_back(session)
    (one,) = of_desk(session)
    assert back_orders.ready(session, FIRST) == []
    pay_backs.make(session, FIRST, one["ref"], TO, now=NOW)
    pay_backs.agree(session, SECOND, one["ref"], again=TO.number, now=NOW)
    assert back_orders.ready(session, FIRST) == []

    pay_backs.release(session, PAYING, one["ref"], now=NOW)

    assert [line.fen for line in back_orders.ready(session, FIRST)] == [24_000]


def test_each_desk_has_its_own_and_the_paying_desk_reads_none(session, both) -> None:
    ref = a_table(session)

    assert back_orders.ready(session, GUARD) == back_orders.listing(session, GUARD) == []
    with pytest.raises(NotFound):
        back_orders.detail(session, GUARD, ref)
    for role in set(Role) - {Role.COLLECTING_DESK, Role.CUSTODIAN}:
        with pytest.raises(NotPermitted):
            back_orders.take(session, viewer(role), ref, now=NOW)
    acts = set(session.scalars(select(CustodianEntry.act)))
    assert "back_order.make" in acts
    assert not {a for a in session.scalars(select(OrdinaryEntry.act)) if a.startswith("back_order")}


def test_a_table_that_was_changed_since_is_not_handed_out(session, both) -> None:
    ref = a_table(session)
    one = session.scalars(select(PayBack)).one()
    one.account = "6222020000000000099"
    session.flush()

    with pytest.raises(OrderDamaged):
        back_orders.take(session, replace(FIRST), ref, now=NOW)
