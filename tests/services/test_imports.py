"""An upload from its preview to the rows that come back; nothing is dropped, nothing is taken twice."""

import json
import zipfile
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.children import Child
from models.imports import Import, ImportRow
from models.trace import OrdinaryEntry
from services.importing import imports, taking
from tests.factories import viewer
from tests.services.importing import WULAN, back, child_of, uploaded
from tests.services.rosters.lists import a_row, an_id, xlsx
from vocabulary.enums import ImportKind, ImportStatus, ReturnReason, Role
from vocabulary.errors import NotFound, NotPermitted, WrongState


def test_a_preview_writes_no_child(session: Session, now: datetime) -> None:
    ref = uploaded(session, now, a_row(1), a_row(2, 监护人同意书=""), a_row(3, 姓名=""))

    card = imports.detail(session, WULAN, ref, now=now)
    assert card["counts"] == {"ready": 1, "held": 1, "taken": 0, "returned": 1}
    assert (card["status"], card["file"], card["to_take"]) == (
        ImportStatus.PREVIEWED,
        "名单.xlsx",
        2,
    )
    assert session.scalar(select(func.count(Child.id))) == 0


def test_refused_rows_are_not_taken_and_come_back_with_the_reason(
    session: Session, now: datetime
) -> None:
    bad = a_row(2, 身份证号码=an_id()[:17] + "1")
    ref = uploaded(session, now, a_row(1), bad, a_row(3, 监护人同意书=""))
    taking.take(session, WULAN, ref, now=now)

    header, refused, held = back(session, ref)
    assert header[:4] == ("未导入原因（改好后再上传，这一列不读）", "原表行号", "序号", "姓名")
    assert (refused[0][:6], refused[1]) == ("身份证号有误", "3")
    assert (held[0][:17], held[1]) == ("已经导入，还要补：监护人同意书还没", "4")
    assert session.scalar(select(func.count(Child.id))) == 2


def test_a_returned_file_can_be_corrected_and_uploaded_again(
    session: Session, now: datetime
) -> None:
    ref = uploaded(session, now, a_row(1, 姓名=""))
    taking.take(session, WULAN, ref, now=now)
    header, row = (list(cells) for cells in back(session, ref))
    row[header.index("姓名")] = "乌兰"

    again = imports.preview(
        session, WULAN, ImportKind.CHILDREN, "改好.xlsx", xlsx([header, row]), now=now
    )
    counts = taking.take(session, WULAN, again, now=now)

    assert (counts.taken, child_of(session).name) == (1, "乌兰")


def test_rows_that_go_back_say_whose_copy_they_are(session: Session, now: datetime) -> None:
    ref = uploaded(session, now, a_row(1, 姓名=""))

    with zipfile.ZipFile(BytesIO(imports.returned_file(session, WULAN, ref))) as archive:
        foot = archive.read("xl/worksheets/sheet1.xml").decode()
        kept = archive.read("docProps/core.xml").decode()

    code = f"{ref} {WULAN.actor.removeprefix('account:')}"
    assert f"&amp;L{code}</oddFooter>" in foot
    assert code in kept


def test_a_formula_in_a_cell_comes_back_as_text(session: Session, now: datetime) -> None:
    ref = uploaded(session, now, a_row(1, 姓名="", 备注="=1+1"))

    data = imports.returned_file(session, WULAN, ref)

    with zipfile.ZipFile(BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "=1+1" in [cell for cells in back(session, ref) for cell in cells]


def test_confirming_twice_takes_once(session: Session, now: datetime) -> None:
    ref = uploaded(session, now, a_row(1))
    taking.take(session, WULAN, ref, now=now)

    with pytest.raises(WrongState):
        taking.take(session, WULAN, ref, now=now)
    with pytest.raises(WrongState):
        taking.take_slice(session, WULAN, ref, now=now)
    assert session.scalar(select(func.count(Child.id))) == 1


def test_a_list_imported_twice_comes_back_the_second_time(session: Session, now: datetime) -> None:
    rows = [a_row(1), a_row(2, 身份证号码="", 监护人联系电话="13900000009")]
    taking.take(session, WULAN, uploaded(session, now, *rows), now=now)

    counts = taking.take(session, WULAN, uploaded(session, now, *rows), now=now)

    assert counts.taken == 0
    known = session.scalars(
        select(ImportRow.returned_because).order_by(ImportRow.id.desc()).limit(2)
    ).all()
    assert known == [ReturnReason.ALREADY_KNOWN] * 2
    assert session.scalar(select(func.count(Child.id))) == 2


def test_two_uploads_of_one_list_before_either_is_confirmed_take_each_child_once(
    session: Session, now: datetime
) -> None:
    first, second = (uploaded(session, now, a_row(1)) for _ in range(2))

    took = [taking.take(session, WULAN, ref, now=now).taken for ref in (first, second)]

    assert took == [1, 0]


def test_slices_go_on_where_an_interrupted_one_stopped(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "ROWS_A_SLICE", 2)
    ref = uploaded(session, now, *(a_row(n) for n in range(1, 6)))
    counts = taking.begin(session, WULAN, ref, now=now)
    seen = [counts]
    while not counts.is_finished:
        counts = taking.take_slice(session, WULAN, ref, now=now)
        seen.append(counts)

    assert [(c.done, c.taken, c.total) for c in seen] == [
        (0, 0, 5),
        (2, 2, 5),
        (4, 4, 5),
        (5, 5, 5),
    ]
    assert imports.detail(session, WULAN, ref, now=now)["status"] is ImportStatus.TAKEN


def test_an_upload_is_seen_by_its_uploader_alone(session: Session, now: datetime) -> None:
    ref = uploaded(session, now, a_row(1))
    other = viewer(Role.CASE_WORKER, actor="account:gaomin")

    with pytest.raises(NotFound):
        imports.detail(session, other, ref, now=now)
    with pytest.raises(NotFound):
        taking.take(session, other, ref, now=now)
    assert imports.rows(session, other, ref) == []


def test_only_case_staff_and_the_console_import(session: Session, now: datetime) -> None:
    desk = viewer(Role.COLLECTING_DESK)

    with pytest.raises(NotPermitted):
        uploaded(session, now, a_row(1), by=desk)


def test_a_discarded_upload_leaves_no_rows(session: Session, now: datetime) -> None:
    ref = uploaded(session, now, a_row(1))
    imports.discard(session, WULAN, ref, now=now)

    assert session.scalar(select(func.count(ImportRow.id))) == 0
    assert imports.listing(session, WULAN) == []
    with pytest.raises(WrongState):
        taking.take(session, WULAN, ref, now=now)


def test_a_slice_is_one_act_with_count_and_digest_and_no_name(
    session: Session, now: datetime
) -> None:
    ref = uploaded(session, now, a_row(1), a_row(2))
    taking.take(session, WULAN, ref, now=now)

    kept = session.execute(
        select(OrdinaryEntry.act, OrdinaryEntry.subject, OrdinaryEntry.detail)
    ).all()
    told = [(act, subject) for act, subject, _ in kept]
    assert told == [
        ("import.preview", f"import:{ref}"),
        ("import.confirm", f"import:{ref}"),
        ("school.enter", f"import:{ref}"),
        ("child.enter", f"import:{ref}"),
        ("import.take", f"import:{ref}"),
    ]
    assert kept[3].detail["count"] == 2
    assert "乌兰" not in json.dumps([detail for _, _, detail in kept], ensure_ascii=False)


def test_what_is_kept_of_an_upload_is_sealed(session: Session, now: datetime) -> None:
    uploaded(session, now, a_row(1, 姓名="独一无二的名字"))

    raw = session.connection().exec_driver_sql("SELECT * FROM import_rows").all()
    heads = session.connection().exec_driver_sql("SELECT * FROM imports").all()
    stored = repr([*raw, *heads])
    assert "独一无二的名字".encode().hex() not in stored.encode().hex()
    assert "名单.xlsx".encode().hex() not in stored.encode().hex()


def test_an_upload_that_moves_no_more_is_said_to_have_stalled(
    session: Session, now: datetime
) -> None:
    ref = uploaded(session, now, a_row(1))
    taking.begin(session, WULAN, ref, now=now)

    cards = [
        imports.detail(session, WULAN, ref, now=now + timedelta(seconds=wait)) for wait in (1, 60)
    ]
    assert [card["is_stalled"] for card in cards] == [False, True]
    assert session.scalars(select(Import.status)).one() is ImportStatus.TAKING
