"""凭证: every account has its 科目, every voucher balances, and none names a person or a day."""

import re
from collections import defaultdict
from datetime import date

import pytest
from sqlalchemy.orm import Session

from models.exports import Export
from privacy.viewers import Viewer
from services.accountancy import vouchers
from services.accountancy.subjects import subject_of
from services.gate import Card
from services.oversight import exports
from tests.factories import viewer
from tests.services.earmarks.world import restricted
from tests.services.gap_fund import NOVEMBER, OCTOBER, SEPTEMBER, feed, pay, run, sponsored
from vocabulary.enums import AccountKind, EarmarkKind, ExportKind, Role, Sex, TransactionKind
from vocabulary.errors import NotPermitted

AUDITOR = viewer(Role.AUDITOR)


def _by_voucher(lines: list[Card]) -> dict[int, list[Card]]:
    found: dict[int, list[Card]] = defaultdict(list)
    for line in lines:
        found[line["number"]].append(line)
    return found


def _line(lines: list[Card], words: str, code: str) -> tuple[int, int]:
    (found,) = [one for one in lines if (one["words"], one["code"]) == (words, code)]
    return found["debit"], found["credit"]


@pytest.mark.parametrize("kind", TransactionKind)
def test_every_account_has_a_subject_in_every_kind_of_entry(kind: TransactionKind) -> None:
    for account in AccountKind:
        subject = subject_of(account, kind)
        assert re.fullmatch(r"\d{4}(\.\d\d)*", subject.code)
        assert subject.name


def test_a_months_vouchers_balance_each_and_say_what_was_whose(session: Session) -> None:
    girl, reference = sponsored(session, sex=Sex.FEMALE)
    restricted(session, EarmarkKind.GIRLS, 50_000)
    feed(session, 88_800)
    run(session, SEPTEMBER)
    pay(session, reference, 30_000, SEPTEMBER)
    run(session, SEPTEMBER)

    lines = vouchers.of_month(session, AUDITOR, SEPTEMBER)

    assert girl.id
    for voucher in _by_voucher(lines).values():
        assert sum(one["debit"] for one in voucher) == sum(one["credit"] for one in voucher) > 0
    # One-to-one money is held for others; what the fund was given is income, by its restriction.
    assert _line(lines, "到账", "2601.01") == (0, 30_000)
    assert _line(lines, "到账", "4101.01") == (0, 50_000)
    assert _line(lines, "到账", "4101.02") == (0, 88_800)
    assert _line(lines, "备用金垫付", "5101.01") == (10_000, 0)
    assert _line(lines, "补回备用金", "5101.01") == (0, 10_000)


def test_a_month_is_its_own_and_dated_by_its_last_day_alone(session: Session) -> None:
    feed(session, 88_800, date(2026, 9, 13))
    feed(session, 11_100, OCTOBER)

    september = vouchers.of_month(session, AUDITOR, SEPTEMBER)

    assert {line["on"] for line in september} == {date(2026, 9, 30)}
    assert sum(line["debit"] for line in september) == 88_800
    assert vouchers.of_month(session, AUDITOR, NOVEMBER) == []


def test_what_is_undone_stands_on_its_own_voucher_under_the_same_subjects(
    session: Session,
) -> None:
    from models.stipends import Stipend
    from services.stipends import facts
    from services.stipends.facts import Basis
    from tests.factories import viewer as a_viewer
    from vocabulary.dates import at
    from vocabulary.enums import Evidence, FactKind

    sponsored(session)
    feed(session, 88_800)
    run(session, SEPTEMBER)
    stipend = session.query(Stipend).one()
    facts.record(
        session,
        FactKind.CANCELLED,
        [stipend],
        on=SEPTEMBER,
        by=a_viewer(Role.ENGINE),
        now=at(SEPTEMBER),
        basis=Basis(Evidence.LEDGER),
    )

    lines = vouchers.of_month(session, AUDITOR, SEPTEMBER)

    assert _line(lines, "备用金垫付", "5101.02") == (10_000, 0)
    assert _line(lines, "冲回：备用金垫付", "5101.02") == (0, 10_000)


def test_the_sheet_leaves_by_the_exports_gate_and_names_nobody(session: Session, now) -> None:
    from services.accounts import accounts
    from tests.factories import BANNER, an_account
    from web.core.labels import label

    feed(session, 88_800, date(2026, 9, 13))
    account = an_account(session, Role.AUDITOR, login="shenji", region_code=BANNER)
    by: Viewer = accounts.viewer_of(session, account, now=now)
    ask = {"region_code": BANNER, "month": SEPTEMBER, "now": now}
    code = exports.ask(session, by, ExportKind.VOUCHERS, reason="做九月的凭证", **ask)

    sheet = exports.draw(session, by, code, label=label, now=now)

    assert code in sheet.mark
    assert sheet.rows == [
        ["记-001", "2026-09-30", "到账", "1002", "银行存款", "888.00", ""],
        ["记-001", "2026-09-30", "到账", "4101.02", "捐赠收入-非限定性收入", "", "888.00"],
    ]
    assert session.query(Export).one().kind is ExportKind.VOUCHERS


@pytest.mark.parametrize("role", [Role.PAYING_DESK, Role.CASE_WORKER, Role.COLLECTING_DESK])
def test_the_desks_do_not_read_the_vouchers(session: Session, role: Role) -> None:
    with pytest.raises(NotPermitted):
        vouchers.of_month(session, viewer(role), SEPTEMBER)
