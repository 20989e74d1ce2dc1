"""The custodian reads words: each act that is kept in that chain is said in Chinese."""

import re
from pathlib import Path

from vocabulary.enums import CustodyReason
from web.staff.custody import ACTS, WHYS

ACT = re.compile(r'"([a-z_]+\.[a-z_]+)"')
READ = re.compile(r'note_read\(\s*"([a-z_]+\.[a-z_]+)"')
# In the same modules, but kept in the ordinary chain.
ORDINARY = {
    "match.approve",
    "gift.promise",
    "gift.send",
    "gift.hand_over",
    "gift.confirm",
    "earmark.ask",
    "pay_back.release",
    "line.tie",
}
DOORS = ("donor/**/*.py", "staff/custody*.py", "staff/receipts.py", "staff/statements.py")


def kept_apart() -> set[str]:
    """The acts of every module that writes to the custodian's chain, and what its readers read."""
    files = [*Path("services").rglob("*.py"), *Path("jobs").rglob("*.py")]
    writers = [file.read_text() for file in files if "Chain.CUSTODIAN" in file.read_text()]
    pages = [page for door in DOORS for page in Path("web").glob(door)]
    reads = [act for page in pages for act in READ.findall(page.read_text())]
    return {act for text in writers for act in ACT.findall(text)} | set(reads)


def test_every_act_of_the_custodians_chain_has_words() -> None:
    acts = kept_apart()

    assert len(acts) > 30
    assert acts - ORDINARY - ACTS.keys() == set()


def test_every_reason_of_a_request_has_words() -> None:
    assert {one.value for one in CustodyReason} <= WHYS.keys()
