"""A list as somebody sends it, and what became of its rows."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateways.spreadsheets import read
from models.children import Child
from models.imports import ImportRow
from privacy import viewers
from privacy.viewers import Viewer
from services.importing import imports
from tests.factories import viewer
from tests.services.rosters.lists import HEADER, xlsx
from vocabulary.enums import ImportKind, ReturnReason, Role

WULAN = viewer(Role.CASE_WORKER, actor="account:wulan")
CONSOLE = viewers.console()


def uploaded(
    session: Session,
    now: datetime,
    *rows: list[object],
    by: Viewer = WULAN,
    kind: ImportKind = ImportKind.CHILDREN,
    header: list[str] = HEADER,
) -> str:
    return imports.preview(session, by, kind, "名单.xlsx", xlsx([header, *rows]), now=now)


def child_of(session: Session) -> Child:
    return session.scalars(select(Child)).one()


def fates(session: Session) -> list[tuple[int, bool, ReturnReason | None]]:
    rows = session.execute(
        select(ImportRow.row, ImportRow.was_taken, ImportRow.returned_because).order_by(
            ImportRow.row
        )
    )
    return [tuple(row) for row in rows]


def back(session: Session, ref: str, by: Viewer = WULAN) -> list[tuple[object, ...]]:
    sheet = read("back.xlsx", imports.returned_file(session, by, ref))
    return [row.cells for row in sheet.rows]
