"""Sums in 大写: the rules of 支付结算办法 annex 1, and the places where a nought is written."""

import pytest

from services.handover.slips import amount_words

# Yuan as typed, and what a bank accepts for it.
KNOWN = {
    "0.05": "伍分",
    "0.50": "伍角",
    "1.00": "壹元整",
    "1.01": "壹元零壹分",
    "10.00": "壹拾元整",
    "100.00": "壹佰元整",
    "101.00": "壹佰零壹元整",
    "110.00": "壹佰壹拾元整",
    "325.04": "叁佰贰拾伍元零肆分",
    "1001.00": "壹仟零壹元整",
    "1010.00": "壹仟零壹拾元整",
    "1100.10": "壹仟壹佰元壹角",
    "1409.50": "壹仟肆佰零玖元伍角",
    "1680.32": "壹仟陆佰捌拾元叁角贰分",
    "6007.14": "陆仟零柒元壹角肆分",
    "10000.00": "壹万元整",
    "10001.00": "壹万零壹元整",
    "10101.00": "壹万零壹佰零壹元整",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "100001.00": "壹拾万零壹元整",
    "107000.53": "壹拾万柒仟元伍角叁分",
    "300400.00": "叁拾万零肆佰元整",
    "1000001.00": "壹佰万零壹元整",
    "1010000.00": "壹佰零壹万元整",
    "10010010.00": "壹仟零壹万零壹拾元整",
    "100000000.00": "壹亿元整",
    "100000001.00": "壹亿零壹元整",
    "100010000.00": "壹亿零壹万元整",
    "123456789.01": "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元零壹分",
    "1000000000.00": "壹拾亿元整",
}
_DIGITS = {c: n for n, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
_UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def read(words: str) -> int:
    """Read 大写 back as fen, by other rules than those that wrote it."""
    yuan, rest = words.split("元") if "元" in words else ("", words)
    found = {name: _DIGITS[rest[rest.index(name) - 1]] for name in "角分" if name in rest}
    hundred_millions, _, below = yuan.rpartition("亿")
    return (
        (whole(hundred_millions) * 100_000_000 + whole(below)) * 100
        + found.get("角", 0) * 10
        + found.get("分", 0)
    )


def whole(words: str) -> int:
    """Read up to 9999万9999."""
    ten_thousands, _, below = words.rpartition("万")
    return four(ten_thousands) * 10_000 + four(below)


def four(words: str) -> int:
    total = digit = 0
    for c in words:
        total, digit = (total + digit * _UNITS[c], 0) if c in _UNITS else (total, _DIGITS[c])
    return total + digit


@pytest.mark.parametrize(("yuan", "words"), KNOWN.items())
def test_a_sum_is_written_as_the_banks_table_says(yuan: str, words: str) -> None:
    fen = int(yuan.replace(".", ""))

    assert amount_words(fen) == f"人民币{words}"


def test_every_sum_reads_back_as_itself_and_never_doubles_a_nought() -> None:
    # Powers of ten with noughts in every place, up to a hundred million yuan.
    sums = {
        a * 10**m + b * 10**n
        for a in (1, 9)
        for b in (0, 1, 7)
        for m in range(11)
        for n in range(m)
    }
    for fen in sums | set(range(1, 2_000)):
        words = amount_words(fen).removeprefix("人民币")
        assert read(words) == fen, (fen, words)
        assert "零零" not in words
        assert "零元" not in words
        assert words.endswith("整") == (fen % 10 == 0 and fen % 100 == 0), words
