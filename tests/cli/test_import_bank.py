"""`flask import bank`: what was read as JSON, never who paid; a second time books nothing."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from extensions import db
from models.ledger import Receipt
from models.statements import Statement

SAMPLE = Path(__file__).parents[1] / "samples" / "银行流水202609.csv"


def run(app: Flask, *words: object) -> Result:
    db.session.remove()
    return app.test_cli_runner().invoke(args=["import", "bank", *map(str, words)])


def test_a_dry_run_prints_the_contract_and_writes_nothing(app: Flask, session: Session) -> None:
    done = run(app, SAMPLE, "--dry-run", "--json")

    answer = json.loads(done.stdout)
    assert done.exit_code == 0
    assert {k: v for k, v in answer.items() if k != "rows"} == {
        "lines": 40,
        "matched": 0,
        "suggested": 0,
        "unmatched": 33,
        "outgoing": 7,
    }
    assert all(row.keys() == {"row", "kind", "fen", "reference"} for row in answer["rows"])
    assert answer["rows"][1] == {
        "row": 5,
        "kind": "donation",
        "fen": 120_000,
        "reference": "AX340812",
    }
    assert "尤琪琪" not in done.stdout
    assert session.scalar(select(func.count(Statement.id))) == 0


def test_a_statement_taken_twice_is_booked_once(app: Flask, session: Session, now) -> None:
    first, second = (run(app, SAMPLE, "--json") for _ in range(2))

    assert "已入账 33 笔" in first.stderr
    assert "已入账 0 笔" in second.stderr
    assert session.scalar(select(func.count(Receipt.id))) == 33
    assert set(session.scalars(select(Receipt.recorded_by))) == {"console"}


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", "姓名,年龄\n小明,8".encode()])
def test_what_is_no_statement_is_refused_on_stderr(app: Flask, tmp_path: Path, content) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(content)

    done = run(app, file, "--dry-run", "--json")

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr
