"""Numbers dressed up: letters in a telephone's groups, a word between every digit, thousands spelled out.

Each form is believed only where a whole mobile number comes of it, or a card is spoken of beside it.
"""

# A pattern is read in one piece, its look-alikes are meant.
# ruff: noqa: E501, RUF001

import re
from collections.abc import Iterator

from privacy.screening.folding import Page, latin
from privacy.screening.kinds import Found, Kind

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LETTERS = str.maketrans("oilbszqg|!", "0118529911")
_D = "[0-9oilbszqg|!]"
# l38 oo13 8ooo: the groups of a telephone, some digits drawn as letters.
_GROUPS = re.compile(
    rf"(?<![a-z0-9])({_D}{{3}})([ .·_*/-]{{1,3}})({_D}{{4}})\2({_D}{{4}})(?![a-z0-9])"
)
_FEWEST = 2
# 1喜5欢8吃4苹…: one character between every two digits.
_STRUNG = re.compile(r"[0-9](?:[^\s,.、:;/-][0-9]){10}(?![0-9])")
# 一百五十八，四千七百二十三，一千一百零九
_HUNDREDS = r"[一1]百[三四五六七八九3-9]十[一二三四五六七八九1-9]?"
_THOUSANDS = r"(?:[一二两三四五六七八九1-9]千[零〇一二两三四五六七八九十百0-9]{0,6}|零[零〇一二三四五六七八九十百]{1,5})"
_SPELLED_OUT = re.compile(
    rf"{_HUNDREDS}[ ,、和加再]{{1,3}}{_THOUSANDS}[ ,、和加再]{{1,3}}{_THOUSANDS}"
)
_OF_A_CALL = re.compile(r"电话|手机|号|连起来|拼起来|打给")
# 62 28 48 00 31 23 45 67 890, beside the word for a card or a bank.
_IN_PAIRS = re.compile(r"(?<![0-9])[3-6][0-9]{1,3}(?:[ -][0-9]{2,4}){3,9}(?![0-9])")
_OF_A_CARD = re.compile(r"卡|账|帐|存折|[工农中建交]行|邮储|信用社|银行|汇")
_CARD_DIGITS = range(16, 20)
_NEAR = 14


def find(page: Page) -> Iterator[Found]:
    """Yield numbers that are only a number once they are undressed."""
    text = latin(page.text).lower()
    for form, why in _FORMS:
        for one in form.finditer(text):
            if _TESTS[form](text, one):
                yield Found(*one.span(), Kind.CARD if form is _IN_PAIRS else Kind.PHONE, why)


def _is_lettered(_text: str, one: re.Match[str]) -> bool:
    said = one[1] + one[3] + one[4]
    strong = sum(letter.isdigit() for letter in said)
    return strong >= _FEWEST and bool(_MOBILE.fullmatch(said.translate(_LETTERS)))


def _is_strung(_text: str, one: re.Match[str]) -> bool:
    between = sum(not letter.isdigit() for letter in one[0][1::2])
    return between > len("12345") and bool(_MOBILE.fullmatch(one[0][::2]))


def _is_a_card(text: str, one: re.Match[str]) -> bool:
    digits = sum(letter.isdigit() for letter in one[0])
    return digits in _CARD_DIGITS and _near(_OF_A_CARD, text, one)


def _is_spelled_out(text: str, one: re.Match[str]) -> bool:
    return _near(_OF_A_CALL, text, one)


def _near(words: re.Pattern[str], text: str, one: re.Match[str]) -> bool:
    before, after = max(0, one.start() - _NEAR), one.end() + _NEAR
    return bool(words.search(text, before, one.start()) or words.search(text, one.end(), after))


_TESTS = {
    _GROUPS: _is_lettered,
    _STRUNG: _is_strung,
    _SPELLED_OUT: _is_spelled_out,
    _IN_PAIRS: _is_a_card,
}
_FORMS = (
    (_GROUPS, "用字母顶数字的号码"),
    (_STRUNG, "一个字隔一个数的号码"),
    (_SPELLED_OUT, "念成百千的号码"),
    (_IN_PAIRS, "信里说是账号"),
)
