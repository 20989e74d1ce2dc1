"""A statement of another account is refused whole, and says which account it is."""

import pytest

from privacy import viewers
from services.statements import statement_reading
from services.statements.whose import ForeignAccount, fits
from tests.services.statements.bank import HEADER, SAMPLES

OURS = "6217 0012 3400 0723"
LINE = "20261103,,100.00,100.00,佟掌柜,助学,R1"


def read(*above: str, header: str = HEADER, line: str = LINE, own: str = OURS, code="gb18030"):
    data = "\n".join((*above, header, line)).encode(code)
    return statement_reading.judged(None, viewers.console(), "流水.csv", data, own=own)


@pytest.mark.parametrize(
    "said",
    [
        "账号：6217001234000723,币种：人民币",
        "账号：****0723,币种：人民币,起止日期：2026-09-01至2026-09-30",
        "帐号:6217********0723",
        "卡号：６２１７００１２３４０００７２３",
        "账号,6217 0012 3400 0723",
        "账户名称：旗妇女儿童发展基金专户",
        "账户：旗妇女儿童发展基金专户",
        "账号尾号：0723",
        "对方账号：622202********9999",
        "账号：****",
    ],
)
def test_ours_however_it_is_written_is_read(said) -> None:
    assert len(read(said).lines) == 1


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("账号：6217001234000724", "0724"),
        ("账号：****9999,币种：人民币", "9999"),
        ("帐号:6222********0723", "0723"),
        ("卡号：６２１７００１２３４０００７２４", "0724"),
        ("账号,6217 0012 3400 0724", "0724"),
        ("查询账号: 6217-0012-3400-0724", "0724"),
        ("单位名称：别家基金,账户号码：15001234567890", "7890"),
    ],
)
def test_anothers_is_refused_whole_with_its_end(said, shown) -> None:
    with pytest.raises(ForeignAccount) as refusal:
        read(said)

    assert f"尾号是 {shown}" in refusal.value.message
    assert "尾号 0723" in refusal.value.message
    assert "6217001234" not in refusal.value.message


def test_one_line_of_anothers_in_a_column_of_its_own_is_enough() -> None:
    header, ours = f"本方账号,{HEADER}", "6217001234000723"
    assert len(read(header=header, line=f"{ours},{LINE}").lines) == 1
    mixed = f"{ours},{LINE}\n6217001234000724,20261104,,50.00,150.00,佟掌柜,助学,R2"

    with pytest.raises(ForeignAccount):
        read(header=header, line=mixed)


def test_a_remark_that_looks_like_an_account_decides_nothing() -> None:
    line = "20261103,,100.00,100.00,佟掌柜,账号：6222020000009999 助学,R1"

    assert len(read("账号：****0723", line=line).lines) == 1


def test_the_demos_zeros_know_nothing_and_the_sample_is_read() -> None:
    assert len(read("账号：****9999", own="0000 0000 0000 0000").lines) == 1
    data = (SAMPLES / "银行流水202609.csv").read_bytes()
    found = statement_reading.judged(None, viewers.console(), "x.csv", data, own=OURS)
    assert found.lines
    with pytest.raises(ForeignAccount):
        statement_reading.judged(None, viewers.console(), "x.csv", data, own="6217001234000001")


@pytest.mark.parametrize(
    ("shown", "is_ours"),
    [
        ("0723", True), ("00723", True), ("0724", False), ("12", True), ("", True), ("****", True),
        ("6217****", True), ("6218****", False), ("*" * 16, True), ("0" * 40, False),
        ("6217001234000723" * 3, True), ("9" * 10_000, False),
    ],
)  # fmt: skip
def test_what_fits(shown, is_ours) -> None:
    assert fits(shown, "6217001234000723") is is_ours
