"""An account that no key opens pays nobody, is said to be so, and stops no other payment."""

import pytest
from sqlalchemy import select, text

from models import keys
from models.organisations import Organisation
from models.payment_orders import PaymentOrderLine
from models.stipends import Batch
from services.accountancy import comparing, stop
from services.batches import orders
from services.checking import checks
from tests.factories import a_child, a_match, a_pledge, a_school, an_open_batch, viewer
from vocabulary.enums import Role
from vocabulary.errors import BadInput, BooksDisagree, OrderDamaged

DESK = viewer(Role.PAYING_DESK, actor="account:paying")
AUDITOR = viewer(Role.AUDITOR)


@pytest.fixture
def two(session) -> list[Batch]:
    found = []
    for n, name in enumerate(("吉文中学", "阿里河小学")):
        school = a_school(session, name)
        school.account_number = f"62170000000000{n:02d}"
        match = a_match(session, a_pledge(session, f"138{n:08d}")[0], a_child(session, school))
        found.append(an_open_batch(session, school, match))
    session.commit()
    return found


def damage(session, table: str, column: str, key: int) -> None:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    blob = "X'00ff'" if is_sqlite else "'\\x00ff'::bytea"
    session.execute(text(f"UPDATE {table} SET {column} = {blob} WHERE id = {key}"))
    session.commit()


def test_one_unreadable_account_is_named_and_the_other_school_is_paid(session, two, now) -> None:
    bad, good = two
    damage(session, "organisations", "account_number", bad.organisation_id)

    listed = {card["ref"]: card["may_order"] for card in orders.with_accounts(session, DESK)}
    assert listed == {bad.ref: False, good.ref: True}
    with pytest.raises(BadInput) as refusal:
        orders.prepare(session, DESK, [bad.ref, good.ref], now=now)
    assert (refusal.value.params["reason"], refusal.value.params["memos"]) == (
        "no_account", bad.memo,
    )  # fmt: skip
    session.rollback()
    assert orders.prepare(session, DESK, [good.ref], now=now)


def test_what_cannot_be_read_is_kept_as_it_lies_until_it_is_typed_anew(session, two, now) -> None:
    bad, good = two
    damage(session, "organisations", "account_number", bad.organisation_id)
    school = session.get_one(Organisation, bad.organisation_id)
    assert isinstance(school.account_number, keys.Unreadable)

    school.name = "吉文镇中学"
    session.commit()
    raw = text(f"SELECT account_number FROM organisations WHERE id = {school.id}")
    assert bytes(session.execute(raw).scalar_one()) == b"\x00\xff"
    school.account_number = "6217000000000099"
    session.commit()
    assert orders.prepare(session, DESK, [bad.ref, good.ref], now=now)


def test_an_order_that_cannot_be_read_is_not_handed_out_and_stops_no_other(
    session, two, now
) -> None:
    first, second = two
    ref = orders.prepare(session, DESK, [first.ref], now=now)
    line = session.scalars(select(PaymentOrderLine)).one()
    damage(session, "payment_order_lines", "number", line.id)

    report = checks.report(session, AUDITOR, now=now)
    said = next(one for one in report["checks"] if one["name"] == "payment_orders")
    assert (said["count"], said["contained"], report["apart"]) == (1, 1, [])
    only = report | {"checks": [said]}
    comparing.keep(session, AUDITOR, only, now=now)
    stop.refuse_to_send(session)
    with pytest.raises(OrderDamaged):
        orders.take(session, DESK, ref, "xlsx", now=now)
    assert orders.prepare(session, DESK, [second.ref], now=now)


def test_an_order_that_says_another_account_stops_all(session, two, now) -> None:
    orders.prepare(session, DESK, [two[0].ref], now=now)
    session.scalars(select(PaymentOrderLine)).one().number = "6217000000000055"
    session.commit()

    report = checks.report(session, AUDITOR, now=now)
    said = next(one for one in report["checks"] if one["name"] == "payment_orders")
    comparing.keep(session, AUDITOR, report | {"checks": [said]}, now=now)

    assert (said["count"], said["contained"]) == (1, 0)
    with pytest.raises(BooksDisagree):
        orders.prepare(session, DESK, [two[1].ref], now=now)
