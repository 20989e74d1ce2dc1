"""The nightly comparison of the books stops all sending until it has ended: it must end in a region too."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from extensions import db
from jobs.run import Run
from jobs.stipends import open_and_fund
from privacy import viewers
from services.batches import batches
from services.checking import checks
from tests.faults import test_one_of_ten_thousand as world
from tests.faults.processes import let_go
from tests.plugins import databases

pytestmark = [pytest.mark.faults, pytest.mark.sqlite_only]


def instructions(session: Session, now: datetime) -> int:
    """Count what SQLite's machine does for one comparison, in thousands: no clock is asked."""
    count = [0]

    def step() -> None:
        count[0] += 1

    raw = session.connection().connection.dbapi_connection
    raw.set_progress_handler(step, 1000)
    checks.report(session, viewers.console(), now=now)
    raw.set_progress_handler(None, 0)
    return count[0]


def test_three_times_the_instalments_take_about_three_times_the_work(
    app: Flask, template: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    took = []
    for children in (200, 600):
        db.session.remove()
        let_go()
        databases.put(template, Path(app.instance_path))
        session = db.session()
        monkeypatch.setattr(world, "CHILDREN", children)
        world.ten_thousand(session)
        Run(session, "stipends", period=world.DUE).execute(open_and_fund)
        for card in batches.to_send(session, world.PAYING):
            batches.send(session, world.PAYING, card["ref"], now=now)
        session.commit()
        took.append(instructions(session, now))

    assert took[0] > 100
    assert took[1] < 4 * took[0], took
