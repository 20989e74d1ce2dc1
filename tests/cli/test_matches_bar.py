"""The command line's bar, on a terminal as a person has it; piped, it leaves its answer alone."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
from cli.matches import _Bar
from matching import PLEDGES, propose
from tests.matching.worlds import a_world

needs, offers = a_world(2_500, 2_450, seed=3)
with _Bar() as bar:
    plan = propose(needs, offers, kind=PLEDGES, progress=bar.show)
print("MADE", len(plan.made))
"""


def on_a_terminal() -> tuple[str, int]:
    """Run it with a real pseudo terminal for all three streams; return what a person saw."""
    parent, child = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=child, stdout=child, stderr=child, cwd=ROOT, close_fds=True,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
    ) as running:  # fmt: skip
        os.close(child)
        seen = b"".join(iter(lambda: _read(parent), b""))
        code = running.wait(timeout=120)
    os.close(parent)
    return seen.decode(), code


def _read(parent: int) -> bytes:
    try:
        return os.read(parent, 65536)
    except OSError:  # the other end is closed: that is how a terminal ends
        return b""


@pytest.mark.slow
def test_on_a_terminal_both_bars_grow_to_their_end_and_the_answer_stands_alone() -> None:
    seen, code = on_a_terminal()

    assert code == 0
    for words in ("找合适的", "配"):
        shares = [int(one) for one in re.findall(rf"{words} .*?(\d+)%", seen)]
        assert shares == sorted(shares) and shares[-1] == 100 and len(set(shares)) > 1, words
    assert seen.index("找合适的") < seen.index("MADE")
    assert re.search(r"^MADE \d+\r?$", seen, re.MULTILINE)


@pytest.mark.slow
def test_piped_the_answer_is_all_that_stands_on_stdout() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, cwd=ROOT, check=True
    )

    assert re.fullmatch(r"MADE \d+\n", done.stdout)
    assert "\r" not in done.stderr
