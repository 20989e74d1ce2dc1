"""What stands in a payment's remark: our memo, and the school's name where the account is not its own.

And how the memo is found again in the bank's statement. No SQL.
"""

import re
import unicodedata
from collections.abc import Container

from vocabulary.refs import ALPHABET

LENGTH = len("FK") + 6
_GIVEN_BACK = re.compile(rf"TK[{ALPHABET}]{{6}}")
LONGEST = 30  # what every bank's batch upload takes as a remark
_OURS = re.compile(rf"(?=FK[{ALPHABET}]{{6}})")
_BETWEEN = re.compile(r"[\s\-—_.·:：]")


def words_for(memo: str, *, school: str, payee: str) -> str:
    """Write a payment's remark. A shared 会计核算中心 learns from it whose money it holds."""
    own = _plain(school) == _plain(payee)
    return memo if own else f"{memo} {school}"[:LONGEST]


def _plain(name: str) -> str:
    return re.sub(r"[\s()（）]", "", unicodedata.normalize("NFKC", name))


def give_backs_in(text: str) -> tuple[str, ...]:
    """Return the memos under which money that nobody claimed goes back to its payer."""
    return tuple(dict.fromkeys(_GIVEN_BACK.findall(_bare(text))))


def _bare(text: str) -> str:
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text).upper())


def memos_in(text: str, known: Container[str] = ()) -> tuple[str, ...]:
    """Return the memos of ours in a remark, however they were typed: full-width, with gaps.

    What only looks like one, because it lies across one that was given out, is none.
    """
    plain = _bare(text)
    starts = [found.start() for found in _OURS.finditer(plain)]
    memos = {at: plain[at : at + LENGTH] for at in starts}
    sure = [at for at, memo in memos.items() if memo in known]
    kept = [
        memo
        for at, memo in memos.items()
        if at in sure or all(abs(at - other) >= LENGTH for other in sure)
    ]
    return tuple(dict.fromkeys(kept))
