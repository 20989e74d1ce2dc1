"""Lists taken out: allow-listed columns, a reason, a code per asker, dead after seven days."""

from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text

from gateways import spreadsheets
from models.exports import Export
from models.trace import OrdinaryEntry
from services.accounts import accounts
from services.oversight import exports, incidents, looks
from services.oversight.incidents import NewIncident, Span
from services.oversight.looks import Look
from tests.factories import (
    BANNER,
    OTHER_BANNER,
    START,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
    viewer,
)
from vocabulary.dates import today
from vocabulary.enums import ExportKind, FoundBy, Harmed, LookKind, Role
from vocabulary.errors import BadInput, NotFound, NotPermitted
from web.core.labels import label

REASON = "旗里检查要台账"


def person(session, now, login="wulan", *roles, region_code=BANNER):
    account = an_account(
        session, *(roles or (Role.CASE_WORKER,)), login=login, region_code=region_code
    )
    return accounts.viewer_of(session, account, now=now)


def ask(session, by, kind=ExportKind.CHILDREN, *, now, region_code=BANNER, reason=REASON):
    return exports.ask(
        session, by, kind, region_code=region_code, month=START, reason=reason, now=now
    )


def drawn(session, by, code, now):
    return exports.draw(session, by, code, label=label, now=now)


@pytest.fixture
def world(session, now):
    school = a_school(session)
    names = ("陈雨桐", "=1+1", "@白音")
    children = [
        a_child(session, school, name=n, remark="病史：哮喘", address="沿江路 3 号") for n in names
    ]
    pledge, _ = a_pledge(session, children_wanted=3)
    matches = [a_match(session, pledge, child) for child in children]
    a_sent_batch(session, school, *matches)
    session.flush()
    return children


def test_a_sheet_holds_its_own_columns_and_nothing_else_of_a_child(session, now, world) -> None:
    by = person(session, now)
    sheet = drawn(session, by, ask(session, by, now=now), now)

    assert sheet.header == ("编号", "姓名", "性别", "学校", "年级", "班", "住在", "状态")
    said = str(sheet.rows)
    assert all(child.name in said for child in world)
    assert not any(word in said for word in ("哮喘", "沿江路", "13900000001", "陈奶奶"))


@pytest.mark.parametrize("kind", [ExportKind.CHILDREN, ExportKind.STIPENDS])
def test_rows_are_sorted_by_random_refs(session, now, world, kind) -> None:
    by = person(session, now)
    sheet = drawn(session, by, ask(session, by, kind, now=now), now)

    refs = [row[0] for row in sheet.rows]
    assert len(refs) == 3
    assert refs == sorted(refs)


def test_the_ledger_of_a_month_says_what_became_of_each_instalment(session, now, world) -> None:
    by = person(session, now)
    sheet = drawn(session, by, ask(session, by, ExportKind.STIPENDS, now=now), now)

    assert {tuple(row[5:8]) for row in sheet.rows} == {("2026-09", "100.00", "2026-09-01")}
    assert {row[-1] for row in sheet.rows} == {"已拨付"}


def test_the_paying_desk_takes_out_batches_and_no_child(session, now, world) -> None:
    by = person(session, now, "payer", Role.PAYING_DESK)
    sheet = drawn(session, by, ask(session, by, ExportKind.BATCHES, now=now), now)

    assert [row[1:6] for row in sheet.rows] == [
        ["吉文中学", "吉文中学", "某农村信用社", "3", "300.00"]
    ]
    assert not any(child.name in str(sheet.rows) for child in world)
    with pytest.raises(NotPermitted):
        ask(session, by, ExportKind.CHILDREN, now=now)


def test_two_askers_get_two_codes_and_the_sheet_says_whose_it_is(session, now, world) -> None:
    one, two = person(session, now, "one"), person(session, now, "two")
    codes = [ask(session, by, now=now) for by in (one, two)]

    sheets = [drawn(session, by, code, now) for by, code in zip((one, two), codes, strict=True)]

    assert len(set(codes)) == 2
    assert [code in sheet.mark for code, sheet in zip(codes, sheets, strict=True)] == [True, True]
    assert "2026-11-28" in sheets[0].mark


def test_anothers_an_unknown_and_an_old_export_are_absent_alike(session, now, world) -> None:
    mine, other = person(session, now), person(session, now, "other")
    code = ask(session, mine, now=now)

    assert drawn(session, mine, code, now + timedelta(days=7) - timedelta(seconds=1)).rows
    for by, asked, at in (
        (other, code, now),
        (mine, "MISSING", now),
        (mine, code, now + timedelta(days=7)),
    ):
        with pytest.raises(NotFound):
            drawn(session, by, asked, at)


def test_a_reason_is_needed_and_another_banner_is_out_of_reach(session, now, world) -> None:
    by = person(session, now)

    with pytest.raises(BadInput):
        ask(session, by, now=now, reason="  用 ")
    with pytest.raises(NotFound):
        ask(session, by, now=now, region_code=OTHER_BANNER)
    assert session.scalars(select(Export)).all() == []


def test_asking_and_every_download_are_traced_and_the_auditor_lists_them(
    session, now, world
) -> None:
    by, auditor = person(session, now), person(session, now, "auditor", Role.AUDITOR)
    code = ask(session, by, now=now)
    exports.note_taken(session, by, drawn(session, by, code, now), now=now)

    entries = session.scalars(
        select(OrdinaryEntry).where(OrdinaryEntry.subject == f"export:{code}")
    )
    assert [(e.act, e.why) for e in entries] == [("export.make", ""), ("export.take", "")]
    kept = session.execute(text("SELECT reason FROM exports")).scalar_one()
    assert REASON.encode() not in kept
    (card,) = exports.listing(session, auditor, now=now)
    assert (card["ref"], card["made_by"], card["reason"], card["taken"]) == (
        code, by.actor, REASON, 1,
    )  # fmt: skip
    assert exports.listing(session, person(session, now, "other"), now=now) == []
    with pytest.raises(NotFound):
        drawn(session, auditor, code, now)


def test_the_workbook_has_no_formula_no_person_and_no_time_of_its_own(session, now, world) -> None:
    by = person(session, now, "wulan")
    sheet = drawn(session, by, ask(session, by, now=now), now)

    data = spreadsheets.write("名单", sheet.header, sheet.rows, mark=sheet.mark, code=sheet.code)

    book = load_workbook(BytesIO(data))
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {"=1+1", "@白音"} <= {cell.value for cell in cells}
    assert book.active["A1"].value == sheet.mark
    properties = book.properties
    assert (properties.description, properties.creator or "") == (sheet.code, "")
    assert properties.created.date() == date(2000, 1, 1)
    with ZipFile(BytesIO(data)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        parts = b"".join(archive.read(info) for info in archive.infolist())
    assert b"wulan" not in parts
    assert b"<f>" not in parts
    assert data == spreadsheets.write(
        "名单", sheet.header, sheet.rows, mark=sheet.mark, code=sheet.code
    )


@pytest.mark.parametrize("kind", [ExportKind.CHILDREN, ExportKind.STIPENDS])
def test_a_list_that_was_taken_out_names_whom_it_names(session, now, world, kind) -> None:
    """The guardian reads of it, and who looks for those affected counts the children, not a file."""
    by = person(session, now)
    code = ask(session, by, kind, now=now)
    exports.note_taken(session, by, drawn(session, by, code, now), now=now)
    new = NewIncident("名单发错了人", today(now), today(now), FoundBy.STAFF, (Harmed.NOT_KNOWN,))
    custodian = viewer(Role.CUSTODIAN)
    incident = incidents.enter(session, custodian, new, now=now)
    span = Span(today(now), today(now))

    found = incidents.read_by(session, custodian, incident, login="wulan", span=span, now=now)
    family = viewer(Role.FAMILY, actor="family:x", child_id=world[0].id)

    assert found["refs"]["child"] == sorted(child.ref for child in world)
    assert found["refs"]["export"] == [code]
    assert looks.looks_of(session, family, now=now) == [
        Look(today(now), Role.CASE_WORKER, LookKind.EXPORT)
    ]
