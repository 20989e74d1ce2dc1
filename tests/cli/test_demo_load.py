"""`flask demo load`: DATABASE_URL is enough, and a database that holds something is left alone."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT

# The two years themselves are played for the browser's tests; here one account stands for them.
LOAD = """
import sys
import cli.demo
from app import create_app
from tests.factories import an_account
from vocabulary.enums import Role

def play(story, **_):
    story.scene(story.today, lambda: an_account(story.session, Role.CASE_WORKER, login="a"))

cli.demo.play = play
done = create_app().test_cli_runner().invoke(args=["demo", "load"])
sys.stdout.write(done.output)
sys.exit(done.exit_code)
"""


def load(folder: Path) -> subprocess.CompletedProcess[str]:
    """Load with nothing but DATABASE_URL and a folder of its own."""
    env = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"sqlite:///{folder / 'weiguang.db'}",
        "INSTANCE_DIR": str(folder),
    }
    return subprocess.run(
        [sys.executable, "-c", LOAD], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_it_makes_the_tables_and_leaves_a_database_alone_that_holds_something(
    tmp_path: Path,
) -> None:
    first, second = load(tmp_path), load(tmp_path)

    assert first.returncode == 0, first.stdout + first.stderr
    assert "jingban" in first.stdout
    with sqlite3.connect(tmp_path / "weiguang.db") as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    assert {"postings", "matches"} <= tables
    assert second.returncode == 1
    assert "not_empty" in second.stdout
