"""A provider's bill is held against orders and payouts: what differs is said, and nothing is booked."""

import io
from datetime import date

import pytest

from services.online_payments import bills
from services.online_payments.bills import Differs
from tests.factories import PASSWORD, an_account, viewer
from tests.payments.test_payouts import DESK, TENPAY, book, paid
from tests.payments.worlds import ALIPAY, balances, order
from vocabulary.dates import at
from vocabulary.enums import Role
from vocabulary.errors import BadInput, NotPermitted

DAY = date(2026, 11, 18)
NOW = at(date(2026, 11, 21))
WECHAT_HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,"
    "退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
ALIPAY_HEAD = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
    "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,"
    "券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)


def wechat_row(number: str, yuan: str, fee: str, *, state="SUCCESS", back="0.00") -> str:
    cells = [
        "2026-11-18 10:00:00", "wx1", "1900000001", "0", "", f"42000{number}", number, "o1", "JSAPI",
        state, "OTHERS", "CNY", yuan, "0.00", "0", "0", back, "0.00", "", "", "助学", "", fee, "0.60%",
        yuan, "0.00", "",
    ]  # fmt: skip
    return ",".join(f"`{cell}" for cell in cells)


def wechat(*rows: str, count: int | None = None, total: str) -> bytes:
    number = len(rows) if count is None else count
    tail = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
    sums = f"`{number},`{total},`0.00,`0.00,`0.60000,`{total},`0.00"
    return "\ufeff".encode() + "\r\n".join((WECHAT_HEAD, *rows, tail, sums, "")).encode()


def alipay(*rows: tuple[str, str, str, str], count: int | None = None) -> bytes:
    lines = [
        "#支付宝业务明细查询", "#账号：[20880011223344550156]",
        "#起始日期：[2026年11月18日 00:00:00]   终止日期：[2026年11月19日 00:00:00]",
        "#-----------------------------------------业务明细列表----------------------------------------",
        ALIPAY_HEAD,
    ]  # fmt: skip
    for number, kind, yuan, fee in rows:
        cells = [f"2026{number}\t", f"{number}\t", f"{kind}     ", "助学", "2026-11-18 10:00:00"]
        cells += ["2026-11-18 10:00:01", "", "", "", "", "*三(138***0000)", yuan, yuan]
        cells += ["0.00"] * 5 + ["", "0.00", "0.00", "", fee, "0.00", ""]
        lines.append(",".join(cells))
    number = sum(1 for row in rows if row[1] == "交易") if count is None else count
    lines.append(
        "#-----------------------------------------业务明细列表结束------------------------------------"
    )
    lines += [f"#交易合计：{number}笔，商家实收共100.00元", "#退款合计：0笔，商家实收退款共0.00元"]
    return "\r\n".join(lines).encode("gb18030")


def test_a_bill_that_fits_says_so_with_its_payout_and_books_nothing(session, now) -> None:
    first = paid(session, DAY, fee=60, contact="13800000011")
    second = paid(session, DAY, fee=60, fen=60_000, contact="13800000012")
    book(session, now, f"2026-11-19,,695.80,695.80,{TENPAY},微信支付结算款,N1")
    before = balances(session)
    content = wechat(
        wechat_row(first, "100.00", "0.60000"),
        wechat_row(second, "600.00", "3.60000"),
        total="700.00",
    )

    found = bills.compare(session, DESK, content, now=NOW)

    assert (found.count, found.paid_fen, found.fee_fen, found.fitting) == (2, 70_000, 420, 2)
    assert list(found.differences) == []
    (payout,) = found.payouts
    assert (payout.bill_fen, payout.came_fen, payout.is_whole) == (69_580, 69_580, True)
    assert balances(session) == before


def test_each_difference_is_said_with_its_row(session, now) -> None:
    fits, other_sum, other_fee, missing, given_back = (
        paid(session, DAY, fee=60, contact=f"1380000002{n}") for n in range(5)
    )
    content = wechat(
        wechat_row(fits, "100.00", "0.60000"),
        wechat_row(other_sum, "99.00", "0.60000"),
        wechat_row(other_fee, "100.00", "1.00000"),
        wechat_row("NOBODYSNUMBER", "100.00", "0.60000"),
        wechat_row(fits, "100.00", "0.60000"),
        wechat_row(given_back, "100.00", "0.60000"),
        wechat_row(given_back, "0.00", "-0.60000", state="REFUND", back="100.00"),
        total="599.00",
    )

    found = bills.compare(session, DESK, content, now=NOW)

    said = [(one.why, one.number, one.row, one.bill_fen, one.our_fen) for one in found.differences]
    assert said == [
        (Differs.OTHER_SUM, other_sum, 3, 9_900, 10_000),
        (Differs.OTHER_FEE, other_fee, 4, 100, 60),
        (Differs.NOT_OURS, "NOBODYSNUMBER", 5, 10_000, None),
        (Differs.TWICE, fits, 6, 10_000, 10_000),
        (Differs.GIVEN_BACK, given_back, 8, 10_000, 10_000),
        (Differs.NOT_ON_BILL, missing, None, None, 10_000),
    ]


def test_what_was_paid_there_and_never_heard_of_here_is_said(session, now) -> None:
    number = paid(session, DAY, kind=ALIPAY, contact="13800000031")
    silent, _ = _unpaid(session)
    content = alipay((number, "交易", "100.00", "0.00"), (silent, "交易", "100.00", "0.00"))

    found = bills.compare(session, DESK, content, now=NOW)

    assert [(one.why, one.number) for one in found.differences] == [(Differs.NOT_BOOKED, silent)]
    assert (found.provider, found.unsettled, found.unsettled_fen) == (ALIPAY, 2, 20_000)
    assert order(session, silent).paid_fen is None


def _unpaid(session):
    from tests.payments.worlds import an_order

    return an_order(session, at(DAY), provider=ALIPAY, contact="13800000032")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xff\xfe\x00\x81\xff", "not_text"),
        ("日期,金额\n2026-11-18,100".encode(), "no_header"),
        (wechat(total="0.00"), "no_lines"),
        (wechat(wechat_row("A", "100.00", "0.6"), total="90.00"), "does_not_add_up"),
        (wechat(wechat_row("A", "100.00", "0.6"), total="100.00", count=2), "does_not_add_up"),
        (alipay(("A", "交易", "100.00", "0.00"), count=2), "does_not_add_up"),
        (wechat(wechat_row("A", "一百", "0.6"), total="100.00"), "line"),
        (wechat(wechat_row("A", "100.00", "x"), total="100.00"), "line"),
        (wechat(wechat_row("A", "100.00", "0.6", state="别的"), total="100.00"), "line"),
        ("\r\n".join((WECHAT_HEAD, wechat_row("A", "1.00", "0"))).encode(), "no_totals"),
        ("\r\n".join((WECHAT_HEAD, "`2026-11-18,`1")).encode(), "line"),
    ],
)
def test_what_is_no_whole_bill_is_refused_whole(session, content, reason) -> None:
    with pytest.raises(BadInput) as refusal:
        bills.compare(session, DESK, content, now=NOW)

    assert refusal.value.params["reason"] == reason


def test_only_the_collecting_desk_reads_one(session) -> None:
    for role in (Role.PAYING_DESK, Role.CASE_WORKER, Role.AUDITOR):
        with pytest.raises(NotPermitted):
            bills.compare(session, viewer(role), wechat(total="0.00"), now=NOW)


def test_the_desks_page_shows_it(client, session, now) -> None:
    number = paid(session, DAY, fee=60, contact="13800000011")
    an_account(session, Role.COLLECTING_DESK, login="desk")
    session.commit()
    client.post("/login", data={"login": "desk", "password": PASSWORD})

    def sent(content: bytes) -> str:
        data = {"file": (io.BytesIO(content), "账单.csv")}
        answer = client.post("/staff/online-payments/bill", data=data)
        return answer.get_data(as_text=True)

    assert "每一笔都对得上" in sent(wechat(wechat_row(number, "100.00", "0.6"), total="100.00"))
    other = sent(wechat(wechat_row(number, "90.00", "0.6"), total="90.00"))
    assert "金额不一样" in other
    assert number in other
    assert "没找到表头" in sent("日期,金额".encode())
