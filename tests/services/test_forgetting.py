"""What was read out of a list is gone after 30 days; what was taken stays."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.children import Child
from models.imports import Import, ImportRow
from privacy import viewers
from services.importing import imports, taking
from services.retention import retention
from tests.factories import viewer
from tests.services.rosters.lists import HEADER, a_row, xlsx
from vocabulary.dates import today
from vocabulary.enums import ImportKind, ImportStatus, Role
from vocabulary.errors import NotPermitted

WULAN = viewer(Role.CASE_WORKER, actor="account:wulan")
ENGINE = viewers.engine("forgetting")


def uploaded(session: Session, now: datetime) -> str:
    rows = [HEADER, a_row(1), a_row(2, 姓名=""), ["填表人：张三，13900000009"]]
    return imports.preview(session, WULAN, ImportKind.CHILDREN, "名单.xlsx", xlsx(rows), now=now)


def state_of(session: Session, ref: str) -> tuple[ImportStatus, int, date | None]:
    record = session.scalars(select(Import).where(Import.ref == ref)).one()
    rows = session.scalar(select(func.count()).where(ImportRow.import_id == record.id)) or 0
    return record.status, rows, record.forgotten_on


def test_rows_are_kept_thirty_days_and_then_deleted(session: Session, now: datetime) -> None:
    ref = uploaded(session, now)
    taking.take(session, WULAN, ref, now=now)
    later = now + timedelta(days=30, minutes=1)

    early = retention.carry_out(session, ENGINE, "import_rows", now=now + timedelta(days=30))
    kept = state_of(session, ref)
    late = retention.carry_out(session, ENGINE, "import_rows", now=later)

    assert (early, kept) == (0, (ImportStatus.TAKEN, 2, None))
    assert (late, state_of(session, ref)) == (1, (ImportStatus.TAKEN, 0, today(later)))
    assert retention.carry_out(session, ENGINE, "import_rows", now=later) == 0
    assert session.scalar(select(func.count(Child.id))) == 1


def test_a_list_never_confirmed_is_put_away_and_one_that_stalled_is_closed(
    session: Session, now: datetime
) -> None:
    left, stalled = uploaded(session, now), uploaded(session, now)
    taking.begin(session, WULAN, stalled, now=now)

    retention.carry_out(session, ENGINE, "import_rows", now=now + timedelta(days=31))

    assert state_of(session, left)[:2] == (ImportStatus.DISCARDED, 0)
    assert state_of(session, stalled)[:2] == (ImportStatus.TAKEN, 0)


@pytest.mark.parametrize("is_put_away", [True, False])
def test_footers_with_telephones_go_with_the_rows(
    session: Session, now: datetime, is_put_away: bool
) -> None:
    ref = uploaded(session, now)
    assert "13900000009" in str(imports.detail(session, WULAN, ref, now=now)["skipped"])

    if is_put_away:
        imports.discard(session, WULAN, ref, now=now)
    else:
        retention.carry_out(session, ENGINE, "import_rows", now=now + timedelta(days=31))

    card = imports.detail(session, WULAN, ref, now=now)
    assert (card["skipped"], card["file"]) == ([], "名单.xlsx")
    assert "13900000009" not in card["header"]


def test_only_the_clock_and_the_console_forget(session: Session, now: datetime) -> None:
    with pytest.raises(NotPermitted):
        retention.carry_out(session, WULAN, "import_rows", now=now)
