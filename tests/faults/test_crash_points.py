"""An import, an export, a backup, a migration and the trace itself are killed in their middle: what was
done stands whole, the rest is done by who comes next, and no half file or half entry is seen.
"""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from config import load_key
from extensions import db
from jobs.upkeep import places
from models import triggers
from models.children import Child
from models.exports import Export
from models.imports import Import, ImportRow
from models.trace import OrdinaryEntry
from privacy import viewers
from services import trace
from services.importing import taking
from services.oversight import exports
from services.upkeep import backup
from services.upkeep.backup import Wish
from services.writing import begin_writing
from tests.factories import a_child, a_match, a_pledge, a_school, an_account
from tests.faults.processes import alone, let_go
from tests.faults.ticks import ticks
from tests.plugins import databases
from tests.plugins.examples import PROFILE
from tests.services.importing import WULAN, uploaded
from tests.services.rosters.lists import a_row
from vocabulary.enums import Chain, ExportKind, ImportStatus, Role
from vocabulary.refs import new_ref
from web.core.labels import label

pytestmark = [pytest.mark.faults, pytest.mark.slow]
ROOT = str(Path(__file__).parents[2])
IS_FULL = PROFILE == "full"
ROWS = 9


def killed_at(number: int | None, act: Callable[[Session], object]) -> str:
    """Kill it before its n-th statement, or let it end and say how many there were."""

    def work(session: Session) -> str:
        ticks.listen(number)
        act(session)
        return str(ticks.count)

    return alone(work)


def some(total: int, count: int, *, most: int = 10_000) -> list[int]:
    """Spread so many points over all; all of them, or the most that a night bears, when it is full."""
    return list(range(1, total + 1, max(1, total // (most if IS_FULL else count))))


@pytest.fixture
def again(app: Flask, tmp_path: Path) -> Callable[[], None]:
    """Keep the database as it is at the first call, and bring it back at every further one."""
    home = Path(app.instance_path)

    def keep_or_restore() -> None:
        db.session.remove()
        let_go()
        if not (tmp_path / "kept").exists():
            (tmp_path / "kept").mkdir()
            databases.put(home, tmp_path / "kept")
        else:
            databases.put(tmp_path / "kept", home)

    return keep_or_restore


def test_a_list_killed_at_any_point_is_taken_whole_by_who_goes_on(
    session: Session, now: datetime, again, monkeypatch
) -> None:
    monkeypatch.setattr(taking, "ROWS_A_SLICE", 4)
    ref = uploaded(session, now, *(a_row(n) for n in range(1, ROWS + 1)))
    session.commit()

    def take(s: Session) -> None:
        """As page and command do: confirm, then slice by slice, each committed."""
        begin_writing(s)
        if s.scalar(select(Import.status)) is ImportStatus.PREVIEWED:
            taking.begin(s, WULAN, ref, now=now)
        s.commit()
        while True:
            s.rollback()
            begin_writing(s)
            if s.scalar(select(Import.status)) is not ImportStatus.TAKING:
                break
            taking.take_slice(s, WULAN, ref, now=now)
            s.commit()

    again()
    total = int(killed_at(None, take))
    for number in some(total, 10):
        again()
        assert killed_at(number, take) == "signal 9"
        assert killed_at(None, take).isdecimal(), number
        with Session(db.engine) as seen:
            assert seen.scalar(select(func.count(Child.id))) == ROWS, number
            taken = seen.scalars(select(ImportRow.taken_ref)).all()
            assert len(set(taken)) == ROWS and None not in taken
            assert seen.scalar(select(Import.status)) is ImportStatus.TAKEN
            assert trace.broken_entries(seen, Chain.ORDINARY) == []


def test_an_export_killed_at_any_point_is_traced_or_was_not_handed_out(
    session: Session, now: datetime, again
) -> None:
    a_match(session, a_pledge(session)[0], a_child(session, a_school(session)))
    account = an_account(session, Role.CASE_WORKER, login="wulan")
    by = viewers.Viewer(
        frozenset({Role.CASE_WORKER}), actor=f"account:{account.ref}", account_id=account.id,
        regions=(account.region_code,),
    )  # fmt: skip
    kind, place = ExportKind(next(iter(exports.kinds_for(by)))), account.region_code
    session.commit()

    def take(s: Session) -> None:
        begin_writing(s)
        code = exports.ask(
            s, by, kind, region_code=place, month=now.date(), reason="旗里检查要台账", now=now
        )
        s.commit()
        begin_writing(s)
        sheet = exports.draw(s, by, code, label=label, now=now)
        exports.note_taken(s, by, sheet, now=now)
        s.commit()

    again()
    for number in some(int(killed_at(None, take)), 8):
        again()
        assert killed_at(number, take) == "signal 9"
        with Session(db.engine) as seen:
            taken = seen.scalar(select(func.coalesce(func.sum(Export.taken), 0)))
            noted = select(func.count()).where(OrdinaryEntry.act == "export.take")
            assert seen.scalar(noted) == taken
            assert trace.broken_entries(seen, Chain.ORDINARY) == []


def test_the_trace_killed_between_entry_and_head_has_neither(
    session: Session, now: datetime, again
) -> None:
    def append(s: Session) -> None:
        for n in range(4):
            begin_writing(s)
            trace.record(s, viewers.console(), "test.act", f"test:{new_ref('x')}{n}", now=now)
            s.commit()

    session.commit()
    again()
    total = int(killed_at(None, append))
    for number in range(1, total + 1):
        again()
        assert killed_at(number, append) == "signal 9"
        with Session(db.engine) as seen:
            assert trace.lost_end(seen, Chain.ORDINARY) is None, number
            assert trace.broken_entries(seen, Chain.ORDINARY) == []
        assert killed_at(None, append) == str(total)


def stepping(act: Callable[[Session], object], number: int | None) -> Callable[[Session], str]:
    """Die at the n-th step of our own code: what copies files says no statement to our engine."""

    def step(frame, event, _arg) -> None:
        if event in {"call", "c_call"} and frame.f_code.co_filename.startswith(OURS):
            ticks.tick()

    def work(session: Session) -> str:
        ticks.count, ticks.ends_at = 0, number
        sys.setprofile(step)
        act(session)
        sys.setprofile(None)
        return str(ticks.count)

    return work


OURS = (f"{ROOT}/services/upkeep/backup", f"{ROOT}/gateways")


@pytest.mark.sqlite_only
def test_a_backup_killed_at_any_point_leaves_no_copy_behind_and_the_next_one_opens(
    app: Flask, session: Session, now: datetime
) -> None:
    a_match(session, a_pledge(session)[0], a_child(session, a_school(session)))
    session.commit()
    settings = app.config["SETTINGS"]
    where, key = places(settings), load_key(settings, "backup")

    def make_at(instant: datetime) -> Callable[[Session], object]:
        return lambda _session: backup.make(where, viewers.console(), key=key, now=instant)

    total = int(alone(stepping(make_at(now), None)))
    for n, number in enumerate(some(total, 12), 1):
        instant = now + timedelta(seconds=n)
        assert alone(stepping(make_at(instant), number)) == "signal 9"
    last = alone(lambda s: make_at(now + timedelta(hours=1))(s)["file"])

    left = {path.name for path in where.folder.iterdir()}
    assert {name for name in left if not name.endswith((".backup", ".keystore"))} == set()
    for whole in where.folder.glob("*.backup"):  # what bears a name is whole
        assert whole.stat().st_size > 0
    wish = Wish(Path(last), is_forced=True)
    restored = alone(lambda _s: backup.restore(where, viewers.console(), wish, key=key, now=now))
    assert "made_at" in restored


def test_a_migration_killed_at_any_point_can_be_run_again(app: Flask, again) -> None:
    """On SQLite its tables come one by one, so it must not stumble over those that are there."""
    with db.engine.begin() as connection:
        triggers_before = len(triggers.missing(connection))
    assert triggers_before == 0

    def remake(_session: Session) -> None:
        upgrade()

    again()
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA foreign_keys = OFF"))
        for name in reversed([t.name for t in db.metadata.sorted_tables]):
            connection.execute(text(f'DROP TABLE "{name}"' + (
                "" if connection.dialect.name == "sqlite" else " CASCADE")))  # fmt: skip
    let_go()
    home = Path(app.instance_path)
    empty = home.parent / "empty"
    empty.mkdir(exist_ok=True)
    databases.put(home, empty)
    total = int(killed_at(None, remake))
    for number in some(total, 4, most=60):
        let_go()
        databases.put(empty, home)
        assert killed_at(number, remake) == "signal 9"
        assert killed_at(None, remake).isdecimal(), number
        with db.engine.connect() as connection:
            assert set(db.metadata.tables) <= set(inspect(connection).get_table_names())
            assert triggers.missing(connection) == []
            regions = connection.execute(text("SELECT count(*) FROM regions")).scalar()
        assert regions > 10_000
        let_go()
