"""B1: a bank's statement of 200,000 lines, read and booked: by the console, and through the page.

Each step is a process of its own, so that its memory is its own. The bare peer cuts the same file
into rows with the csv module and puts them into one table of SQLite with executemany.
"""

import csv
import io
import json
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from flask_migrate import upgrade
from sqlalchemy import insert
from sqlalchemy.orm import Session

from benchmarks.world import START, bare, opened
from extensions import db
from models.pledges import Pledge
from models.vault import Donor, VaultPledge
from tests.factories import PASSWORD, an_account
from tests.plugins import databases
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import PledgeStatus, Rhythm, Role
from vocabulary.refs import has_valid_check
from web.staff.statements import ROWS_AT_MOST

LINES_A_PLEDGE = 20
TODAY = date(2026, 11, 21)
HEADER = "交易日期,借方发生额,贷方发生额,余额,对方户名,摘要,流水号"
STEPS = ("bare", "dry", "take", "again", "page")


class Took(NamedTuple):
    """What one step took of the processor and of memory."""

    seconds: float
    mebibytes: float


def measure(*, count: int, rounds: int) -> list[str]:
    """Return the lines of B1: a statement of twice `count` lines; one round, whatever is asked."""
    del rounds
    lines = 2 * count
    took: dict[str, Took] = {}
    with TemporaryDirectory(prefix="weiguang-bench-") as name:
        folder = Path(name) / "template"
        _in_own_process("build", folder, lines)
        fresh = Path(shutil.copytree(folder, Path(name) / "fresh"))
        for step in STEPS:
            took[step] = _in_own_process(step, fresh if step == "page" else folder, lines)
        size = (folder / "statement.csv").stat().st_size / 2**20
    told = "; ".join(
        f"{step} {one.seconds:.1f} s, {one.mebibytes:.0f} MiB" for step, one in took.items()
    )
    return [
        f"B1 a statement of {lines:,} lines ({size:.1f} MB): "
        f"{took['take'].seconds / took['bare'].seconds:.1f}x a bare reading; {told}"
    ]


def _in_own_process(step: str, folder: Path, lines: int) -> Took:
    asked = [sys.executable, "-m", "benchmarks.long_statement", step, str(folder), str(lines)]
    said = subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 ours
    return Took(*json.loads(said.stdout.splitlines()[-1]))


def _build(folder: Path, lines: int) -> None:
    databases.create(folder)
    with opened(folder):
        upgrade()
        references = _fill(db.session(), lines // LINES_A_PLEDGE)
        an_account(db.session(), Role.COLLECTING_DESK, login="desk", region_code="150000000000")
        db.session.commit()
    (folder / "statement.csv").write_bytes(_statement(references, lines).encode("gb18030"))


def _fill(session: Session, count: int) -> list[str]:
    """Put in as many donors, each with a pledge and its payment reference."""
    keys = range(1, count + 1)
    terms = {"instalment_fen": 10_000, "rhythm": Rhythm.MONTH, "offered_on": START}
    confirmed = {"status": PledgeStatus.CONFIRMED, "confirmed_on": START}
    session.execute(insert(Pledge), [{"id": key, **terms, **confirmed} for key in keys])
    session.execute(insert(Donor), [{"id": key, "since_on": START} for key in keys])
    digits = [f"{key:05d}" for key in keys]
    references = [
        next(ref for n in range(10) if has_valid_check(ref := f"AX{five}{n}")) for five in digits
    ]
    owned = [
        {"pledge_id": key, "donor_id": key, "payment_reference": reference}
        for key, reference in zip(keys, references, strict=True)
    ]
    session.execute(insert(VaultPledge), owned)
    return references


def _statement(references: list[str], lines: int) -> str:
    """Write it as a bank does: a title, a running balance, totals; a few hundred lines a day."""
    dice = random.Random(lines)  # noqa: S311 the same file every time
    balance = came = left = 0
    text = io.StringIO()
    text.write(f"某某银行账户交易明细\n{HEADER}\n")
    for number in range(lines):
        on = TODAY - timedelta(days=(lines - number) * 300 // lines)
        words, fen = _line(dice, references)
        balance, came, left = balance + fen, came + max(fen, 0), left + max(-fen, 0)
        sums = f",{fen / 100:.2f}" if fen > 0 else f"{-fen / 100:.2f},"
        text.write(f"{on:%Y%m%d},{sums},{balance / 100:.2f},{words},{number:09d}\n")
    text.write(f"合计,{left / 100:.2f},{came / 100:.2f},,,,共{lines}笔\n")
    return text.getvalue()


def _line(dice: random.Random, references: list[str]) -> tuple[str, int]:
    """Draw who, why and how much: of a hundred lines eighty have a reference that was given out."""
    tenth = dice.randrange(100)
    reference = dice.choice(references)
    if tenth < 80:
        return f"某人{tenth},助学 {reference}", 10_000
    if tenth < 85:
        return f"某人{tenth},{reference[:-1]}{(int(reference[-1]) + 1) % 10}", 10_000
    if tenth < 95:
        return f"某人{tenth},爱心", 100 * dice.randrange(1, 900)
    if tenth < 98:
        return "某学校,助学款", -100 * dice.randrange(1, 90)
    return ",结息", 321


def _bare(folder: Path, _lines: int) -> None:
    text = (folder / "statement.csv").read_bytes().decode("gb18030")
    rows = [row for row in csv.reader(io.StringIO(text)) if len(row) == 7]
    with bare(folder / "bare.db") as connection:
        connection.execute(f"CREATE TABLE bare ({', '.join(f'c{n}' for n in range(7))})")
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO bare VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        connection.execute("COMMIT")


def _console(*words: str):
    def step(folder: Path, lines: int) -> None:
        with opened(folder) as app, clock.moved_to(at(TODAY)):
            file = str(folder / "statement.csv")
            done = app.test_cli_runner().invoke(args=["import", "bank", file, "--json", *words])
            assert done.exit_code == 0, done.stderr
            assert json.loads(done.stdout)["lines"] == lines

    return step


def _page(folder: Path, lines: int) -> None:
    """Upload it in as many parts as it takes, look at each and book it, where nothing is known yet."""
    with opened(folder) as app, clock.moved_to(at(TODAY)):
        app.config.update(WTF_CSRF_ENABLED=False)
        client = app.test_client()
        client.post("/login", data={"login": "desk", "password": PASSWORD})
        for part in _parts(folder, lines):
            answer = client.post("/staff/statements/", data={"file": (part, "流水.csv")})
            assert answer.status_code == 303, answer.status_code
            assert client.get(answer.location).status_code == 200
            assert client.post(f"{answer.location}/book").status_code == 303


def _parts(folder: Path, lines: int) -> Iterator[io.BytesIO]:
    """Cut the file as a desk exports it by days: the header above each part, no totals below."""
    rows = (folder / "statement.csv").read_bytes().split(b"\n")[2:-2]
    assert len(rows) == lines
    for first in range(0, lines, ROWS_AT_MOST):
        part = [HEADER.encode("gb18030"), *rows[first : first + ROWS_AT_MOST]]
        yield io.BytesIO(b"\n".join(part))


_DO = {
    "build": _build, "bare": _bare, "dry": _console("--dry-run"), "take": _console(),
    "again": _console(), "page": _page,
}  # fmt: skip

if __name__ == "__main__":
    step, name, number = sys.argv[1:]
    began = time.process_time()
    _DO[step](Path(name), int(number))
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps((seconds, peak / 1024)))
