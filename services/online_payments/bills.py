"""A provider's bill (微信支付 交易账单, 支付宝 业务明细) read and held against our orders and payouts.

Read and shown, never booked: money counts by the provider's signed word and by the bank's statement.
What differs is said line by line; a bill whose totals do not add up is refused whole.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.online_payments import OnlineOrder, ProviderPayout
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.online_payments.payouts import BASIS
from services.statements.values import read_day, read_sum
from vocabulary.enums import Chain, PaymentProvider
from vocabulary.errors import BadInput
from vocabulary.money import Fen

LARGEST = 20 * 1024 * 1024
MOST = 200_000
_COLUMNS = {
    PaymentProvider.WECHAT: {
        "number": ("商户订单号",),
        "theirs": ("微信订单号",),
        "on": ("交易时间",),
        "state": ("交易状态",),
        "paid": ("应结订单金额", "总金额"),
        "back": ("退款金额",),
        "fee": ("手续费",),
    },
    PaymentProvider.ALIPAY: {
        "number": ("商户订单号",),
        "theirs": ("支付宝交易号",),
        "on": ("完成时间",),
        "state": ("业务类型",),
        "paid": ("订单金额（元）", "订单金额(元)"),
        "fee": ("服务费（元）", "服务费(元)"),
    },
}
_PAID_WORDS = frozenset({"SUCCESS", "交易"})
_BACK_WORDS = frozenset({"REFUND", "REVOKED", "退款"})
_ALIPAY_TOTAL = re.compile(r"交易合计[:：]\s*(\d+)\s*笔")


_NOTHING = Fen(0)


class Differs(StrEnum):
    """How a line of a bill and our books differ."""

    NOT_OURS = "not_ours"
    NOT_BOOKED = "not_booked"
    OTHER_SUM = "other_sum"
    OTHER_FEE = "other_fee"
    GIVEN_BACK = "given_back"
    NOT_ON_BILL = "not_on_bill"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill: a payment, or one given back (`back`)."""

    row: int
    number: str
    theirs: str
    on: date
    fen: Fen
    fee: Fen
    is_back: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing to look at: on which row, what the bill says, what we have."""

    why: Differs
    number: str
    row: int | None = None
    bill_fen: Fen | None = None
    our_fen: Fen | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """One payout that holds orders of the bill: what the bill makes of them, and what came."""

    on: date
    count: int
    bill_fen: Fen
    came_fen: Fen
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """What a bill says beside our books."""

    provider: PaymentProvider
    first_on: date
    last_on: date
    count: int
    paid_fen: Fen
    fee_fen: Fen
    fitting: int
    differences: Sequence[Difference] = field(default_factory=tuple)
    payouts: Sequence[Settled] = field(default_factory=tuple)
    unsettled: int = 0
    unsettled_fen: Fen = _NOTHING


def read(content: bytes) -> tuple[PaymentProvider, list[Line]]:
    """Read a bill. Raises BadInput(file, reason[, line]) for what is none, or does not add up."""
    if not content or len(content) > LARGEST:
        raise BadInput(field="file", reason="empty" if not content else "too_large")
    rows = [[_plain(cell) for cell in row] for row in csv.reader(io.StringIO(_text(content)))]
    if len(rows) > MOST:
        raise BadInput(field="file", reason="too_large")
    provider, at, places = _header(rows)
    found = list(_lines(rows, at, places))
    if not found:
        raise BadInput(field="file", reason="no_lines")
    _must_add_up(rows, at, found)
    return provider, found


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(field="file", reason="not_text")


def _plain(cell: str) -> str:
    """Take off the backtick or tab that keeps a spreadsheet from reading a number."""
    return cell.strip().lstrip("`").strip()


def _header(rows: Sequence[Sequence[str]]) -> tuple[PaymentProvider, int, dict[str, int]]:
    for at, row in enumerate(rows[:60]):
        for provider, wanted in _COLUMNS.items():
            places = {
                name: next((row.index(word) for word in words if word in row), -1)
                for name, words in wanted.items()
            }
            if all(place >= 0 for place in places.values()):
                return provider, at, places
    raise BadInput(field="file", reason="no_header")


def _lines(rows: Sequence[Sequence[str]], at: int, places: dict[str, int]) -> Iterator[Line]:
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        if not any(row):
            continue
        if row[0].startswith("#") or row[0].startswith("总"):
            return
        yield _line(number, row, places)


def _line(number: int, row: Sequence[str], places: dict[str, int]) -> Line:
    if len(row) <= max(places.values()):
        raise BadInput(field="file", reason="line", line=number)
    said = {name: row[place] for name, place in places.items()}
    is_back = said["state"].upper() in _BACK_WORDS
    day = read_day(said["on"])
    if day is None or not (is_back or said["state"].upper() in _PAID_WORDS):
        raise BadInput(field="file", reason="line", line=number)
    try:
        fen = read_sum(said.get("back") or said["paid"] if is_back else said["paid"])
        fee = _fee_of(said["fee"])
    except (ValueError, InvalidOperation) as error:
        raise BadInput(field="file", reason="line", line=number) from error
    return Line(
        number,
        said["number"],
        said["theirs"],
        day,
        Fen(abs(fen or 0)),
        fee,
        is_back,
    )


def _fee_of(text: str) -> Fen:
    """Read a fee, which one provider writes to a thousandth of a fen (0.60000)."""
    yuan = abs(Decimal(text.replace(",", "") or "0"))
    return Fen(int((yuan * 100).quantize(Decimal(1), ROUND_HALF_UP)))


def _must_add_up(rows: Sequence[Sequence[str]], at: int, found: Sequence[Line]) -> None:
    """Hold the lines against the bill's own totals; one that names none is refused too."""
    paid = [line for line in found if not line.is_back]
    rest = rows[at + 1 + len(found) :]
    for n, row in enumerate(rest):
        said = _ALIPAY_TOTAL.search(",".join(row))
        if said:
            _must(int(said[1]) == len(paid))
            return
        if row and row[0] == "总交易单数" and len(rest) > n + 1:
            count, fen = rest[n + 1][0], read_sum(rest[n + 1][1])
            _must(count == str(len(found)) and fen == sum(one.fen for one in paid))
            return
    raise BadInput(field="file", reason="no_totals")


def _must(adds_up: bool) -> None:  # noqa: FBT001 one question, one answer
    if not adds_up:
        raise BadInput(field="file", reason="does_not_add_up")


def compare(session: Session, by: Viewer, content: bytes, *, now: datetime) -> Compared:
    """Hold a bill against what we booked and what the bank got. Raises BadInput(file)."""
    require(by, Act.RECORD_MONEY)
    provider, lines = read(content)
    paid = [line for line in lines if not line.is_back]
    first, last = min(one.on for one in lines), max(one.on for one in lines)
    orders = _orders(session, provider, [one.number for one in lines], first, last)
    differences = [*_of_lines(lines, orders), *_not_on_bill(paid, orders, first, last)]
    odd = {one.number for one in differences}
    settled, left = _payouts(session, paid, orders)
    trace.record(
        session,
        by,
        "payment.bill",
        f"provider:{provider.value}",
        now=now,
        detail={"lines": len(lines), "differences": len(differences)},
        chain=Chain.CUSTODIAN,
    )
    return Compared(
        provider,
        first,
        last,
        len(paid),
        Fen(sum(one.fen for one in paid)),
        Fen(sum(one.fee for one in paid)),
        sum(1 for one in paid if one.number not in odd),
        differences,
        settled,
        len(left),
        Fen(sum(one.fen - one.fee for one in left)),
    )


def _orders(
    session: Session, provider: PaymentProvider, numbers: Sequence[str], first: date, last: date
) -> dict[str, OnlineOrder]:
    """Return our orders of a provider that a bill names, or that its days hold."""
    mine = OnlineOrder.provider == provider
    here = select(OnlineOrder).where(mine, OnlineOrder.paid_on.between(first, last))
    found = {order.number: order for order in session.scalars(here)}
    missing = sorted(set(numbers) - found.keys())
    for n in range(0, len(missing), 500):
        named = select(OnlineOrder).where(mine, OnlineOrder.number.in_(missing[n : n + 500]))
        found |= {order.number: order for order in session.scalars(named)}
    return found


def _of_lines(lines: Sequence[Line], orders: dict[str, OnlineOrder]) -> Iterator[Difference]:
    seen: set[str] = set()
    for line in lines:
        order = orders.get(line.number)
        why = _why(line, order, seen)
        if why is not None:
            ours = None if order is None else order.paid_fen
            if why is Differs.OTHER_FEE and order is not None:
                yield Difference(why, line.number, line.row, line.fee, _fee(order))
            else:
                yield Difference(why, line.number, line.row, line.fen, ours)
        if not line.is_back:
            seen.add(line.number)


def _why(line: Line, order: OnlineOrder | None, seen: set[str]) -> Differs | None:
    if order is None:
        return Differs.NOT_OURS
    if line.is_back:
        return Differs.GIVEN_BACK
    if line.number in seen:
        return Differs.TWICE
    if order.paid_fen is None:
        return Differs.NOT_BOOKED
    if order.paid_fen != line.fen:
        return Differs.OTHER_SUM
    return None if _fee(order) == line.fee else Differs.OTHER_FEE


def _fee(order: OnlineOrder) -> Fen:
    fen = order.paid_fen or 0
    return Fen((fen * order.fee_per_10000 * 2 + BASIS) // (2 * BASIS))


def _not_on_bill(
    paid: Sequence[Line], orders: dict[str, OnlineOrder], first: date, last: date
) -> Iterator[Difference]:
    named = {line.number for line in paid}
    for number, order in sorted(orders.items()):
        in_days = order.paid_on is not None and first <= order.paid_on <= last
        if in_days and number not in named:
            yield Difference(Differs.NOT_ON_BILL, number, our_fen=order.paid_fen)


def _payouts(
    session: Session, paid: Sequence[Line], orders: dict[str, OnlineOrder]
) -> tuple[list[Settled], list[Line]]:
    """Return each payout that holds lines of the bill, and the lines that none holds yet."""
    by_payout: dict[int, list[Line]] = {}
    left: list[Line] = []
    for line in paid:
        order = orders.get(line.number)
        if order is None or order.payout_id is None:
            left.append(line)
        else:
            by_payout.setdefault(order.payout_id, []).append(line)
    found = []
    for key, lines in sorted(by_payout.items()):
        payout = session.get_one(ProviderPayout, key)
        held = select(OnlineOrder.number).where(OnlineOrder.payout_id == key)
        is_whole = set(session.scalars(held)) == {line.number for line in lines}
        net = Fen(sum(line.fen - line.fee for line in lines))
        found.append(Settled(payout.on, len(lines), net, payout.amount_fen, is_whole))
    return found, left
