"""Lists become records: nothing twice, nothing silently dropped, nothing outside the actor's part."""

import json
import zipfile
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateways.spreadsheets import read
from models.children import Child, Consent, Kin, Need
from models.imports import Import, ImportRow
from models.organisations import Organisation
from models.trace import OrdinaryEntry
from models.volunteers import Volunteer
from privacy import viewers
from privacy.viewers import Viewer
from services import imports, taking
from services.taking import Counts
from tests.factories import BANNER, OTHER_BANNER, TOWNSHIP, a_school, viewer
from tests.services.rosters.lists import HEADER, a_row, an_id, xlsx
from vocabulary.enums import (
    ChildStatus,
    ImportKind,
    ImportStatus,
    KinRole,
    NeedKind,
    ReturnReason,
    Role,
    Stage,
    VolunteerStatus,
)
from vocabulary.errors import NotFound, NotPermitted, WrongState

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


def test_a_taken_row_becomes_a_whole_record(session: Session, now: datetime) -> None:
    row = a_row(
        1,
        年级="三年级2班",
        帮扶需求="助学金200元/月，学习辅导",
        监护人联系电话="13900000001（奶奶）",
        备注="爱画画",
        困境类型="其他",
    )
    counts = taking.take(session, WULAN, uploaded(session, now, row), now=now)

    child = child_of(session)
    kin = session.scalars(select(Kin)).one()
    needs = session.execute(select(Need.kind, Need.monthly_fen).order_by(Need.id)).all()
    assert counts == Counts(total=1, done=1, taken=1)
    assert (child.status, child.held_because, child.entered_by) == (
        ChildStatus.DRAFT,
        None,
        "account:wulan",
    )
    assert (child.stage, child.grade, child.class_name) == (Stage.PRIMARY, 3, "2班")
    assert (child.region_code, child.banner_code) == ("150723103000", BANNER)
    assert (child.address, child.remark) == (
        "鄂伦春自治旗吉文镇",
        "爱画画；电话备注：奶奶；困境类型：其他",
    )
    assert (kin.name, kin.relation, kin.phone) == ("塔娜", "奶奶", "13900000001")
    assert [tuple(need) for need in needs] == [
        (NeedKind.FINANCIAL, 20_000),
        (NeedKind.TUTORING, None),
    ]
    assert session.scalars(select(Consent.given_on)).all() == [date(2026, 9, 1)] * 2


def test_a_held_row_becomes_a_draft_that_says_why(session: Session, now: datetime) -> None:
    row = a_row(1, 监护人同意书="待补", 就读学校="无", 监护人联系电话="无")
    taking.take(session, WULAN, uploaded(session, now, row), now=now)

    assert child_of(session).held_because == "no_consent,no_school,no_phone"


def test_a_consent_dated_tomorrow_is_no_consent_yet(session: Session, now: datetime) -> None:
    row = a_row(1, 监护人同意书="有（2026.11.22）")
    taking.take(session, WULAN, uploaded(session, now, row), now=now)

    assert child_of(session).held_because == "no_consent"


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


def test_a_formula_in_a_cell_comes_back_as_text(session: Session, now: datetime) -> None:
    ref = uploaded(session, now, a_row(1, 姓名="", 备注="=1+1"))

    data = imports.returned_file(session, WULAN, ref)

    with zipfile.ZipFile(BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "=1+1" in [cell for cells in back(session, ref) for cell in cells]


def test_emoji_and_rare_characters_survive(session: Session, now: datetime) -> None:
    row = a_row(1, 姓名="𠮷田·𬘘🌸", 监护人="ᠮᠣᠩᠭᠣᠯ", 备注="㛃🐎")
    taking.take(session, WULAN, uploaded(session, now, row), now=now)

    child = child_of(session)
    assert (child.name, child.remark) == ("𠮷田·𬘘🌸", "㛃🐎")


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


def test_a_row_of_another_banner_comes_back_to_a_banners_worker(
    session: Session, now: datetime
) -> None:
    far = a_row(2, 户籍地="根河市得耳布尔镇")
    ref = uploaded(session, now, a_row(1), far)
    before = imports.detail(session, WULAN, ref, now=now)["counts"]
    taking.take(session, WULAN, ref, now=now)

    assert before == {"ready": 1, "held": 0, "taken": 0, "returned": 1}
    assert fates(session) == [(2, True, None), (3, False, ReturnReason.OTHER_BANNER)]
    assert back(session, ref)[1][0] == "在别的旗县，不归你负责，不会导入，请转给那里的妇联。"


def test_the_console_takes_every_banner(session: Session, now: datetime) -> None:
    ref = uploaded(session, now, a_row(1), a_row(2, 户籍地="根河市得耳布尔镇"), by=CONSOLE)
    taking.take(session, CONSOLE, ref, now=now)

    banners = session.scalars(select(Child.banner_code).order_by(Child.id)).all()
    assert banners == [BANNER, OTHER_BANNER]


@pytest.mark.parametrize(
    ("by", "number", "code"),
    [
        (WULAN, an_id(area="150785"), BANNER),  # her own banner, since she sent it
        (CONSOLE, an_id(area="150785"), OTHER_BANNER),  # where the number was issued
        (CONSOLE, "", "150000000000"),
    ],
)
def test_a_place_in_doubt_is_assumed_and_said(
    session: Session, now: datetime, by: Viewer, number: str, code: str
) -> None:
    row = a_row(1, 户籍地="老地方", 身份证号码=number, 出生日期="2018-05-25")
    ref = uploaded(session, now, row, by=by)
    said = imports.rows(session, by, ref)[0]["said"]
    taking.take(session, by, ref, now=now)

    child = child_of(session)
    assert child.region_code == code
    assert "没有认出是哪个旗县，先放在你负责的地方，请核对。" in said
    assert (child.held_because == "no_place") is (code == "150000000000")


def test_schools_are_found_by_name_in_the_childs_banner_or_entered(
    session: Session, now: datetime
) -> None:
    known = a_school(session, "吉文中学", TOWNSHIP)
    a_school(session, "吉文中学", OTHER_BANNER)
    ref = uploaded(session, now, a_row(1), a_row(2, 就读学校="新学校"), a_row(3, 就读学校="新学校"))
    taking.take(session, WULAN, ref, now=now)

    schools = session.scalars(
        select(Organisation.name).join(Child, Child.school_id == Organisation.id).order_by(Child.id)
    ).all()
    first = session.scalars(select(Child.school_id).order_by(Child.id).limit(1)).one()
    assert (schools, first) == (["吉文中学", "新学校", "新学校"], known.id)


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


def test_a_lists_word_on_papers_clears_no_volunteer(session: Session, now: datetime) -> None:
    header = ["姓名", "手机号", "居住地", "特长", "无犯罪记录", "培训证书", "可结对人数"]
    row = ["阿拉坦", "13900000001", "鄂伦春自治旗吉文镇", "做饭、绘画", "已查询", "有", "2"]
    ref = uploaded(session, now, row, kind=ImportKind.VOLUNTEERS, header=header)
    taking.take(session, WULAN, ref, now=now)

    one = session.scalars(select(Volunteer)).one()
    assert (one.name, one.capacity, one.skills) == ("阿拉坦", 2, ["做饭", "绘画"])
    assert (one.status, one.checked_on, one.trained_on) == (VolunteerStatus.APPLIED, None, None)
    assert "名单上写着查过违法犯罪记录，要看到证明才算" in (one.remark or "")


def test_a_school_known_in_its_banner_comes_back(session: Session, now: datetime) -> None:
    a_school(session, "吉文中学", TOWNSHIP)
    header = ["学校名称", "所在旗县", "乡镇", "联系人", "联系电话", "账户名", "开户行"]
    rows = [
        ["吉文中学", "鄂伦春自治旗", "吉文镇", "秦晓燕", "13898340931", "吉文中学", "信用社"],
        ["新学校", "鄂伦春自治旗", "吉文镇", "秦晓燕", "13898340931", "新学校", "信用社"],
    ]
    ref = uploaded(session, now, *rows, kind=ImportKind.SCHOOLS, header=header)
    counts = taking.take(session, WULAN, ref, now=now)

    assert counts.taken == 1
    assert fates(session) == [(2, False, ReturnReason.ALREADY_KNOWN), (3, True, None)]


def test_a_carer_receives_and_only_a_guardian_consents(session: Session, now: datetime) -> None:
    header = [
        "姓名",
        "身份证号",
        "学校",
        "监护人",
        "监护人电话",
        "照料人",
        "与儿童关系",
        "照料人电话",
        "监护人同意书",
    ]
    rows = [
        ["王芳", an_id(), "吉文中学", "王刚", "13900000001", "塔娜", "", "13900000002", "有"],
        ["李兰", an_id(serial=920), "吉文中学", "", "", "张梅", "邻居", "13900000003", "否"],
    ]
    taking.take(session, WULAN, uploaded(session, now, *rows, header=header), now=now)

    kin = session.execute(select(Kin.kin_role, Kin.name, Kin.relation, Kin.phone).order_by(Kin.id))
    assert [tuple(one) for one in kin] == [
        (KinRole.GUARDIAN, "王刚", "监护人", "13900000001"),
        (KinRole.CARER, "塔娜", "照料人", "13900000002"),
        (KinRole.CARER, "张梅", "邻居", "13900000003"),
    ]
    consenting = session.scalars(select(Kin.name).join(Consent, Consent.kin_id == Kin.id)).all()
    assert set(consenting) == {"王刚"}
    held = session.scalars(select(Child.held_because).order_by(Child.id)).all()
    assert held == [None, "no_guardian,no_consent"]


def test_a_carers_telephone_tells_a_child_without_number_the_second_time(
    session: Session, now: datetime
) -> None:
    header = ["姓名", "出生日期", "学校", "照料人", "照料人电话", "监护人同意书"]
    row = ["王芳", "2016-5-25", "吉文中学", "塔娜", "13900000002", "有"]

    took = [
        taking.take(session, WULAN, uploaded(session, now, row, header=header), now=now).taken
        for _ in range(2)
    ]

    assert took == [1, 0]


def test_a_namesake_of_another_family_is_another_child(session: Session, now: datetime) -> None:
    header = ["姓名", "出生日期", "学校", "照料人", "照料人电话", "监护人同意书"]
    known = ["王芳", "2016-5-25", "吉文中学", "塔娜", "13900000002", "有"]
    sibling = ["王雪", "2015-1-1", "吉文中学", "塔娜", "13900000002", "有"]
    namesake = ["王芳", "2016-5-25", "吉文中学", "萨仁", "13900000003", "有"]
    taking.take(session, WULAN, uploaded(session, now, known, header=header), now=now)

    second = uploaded(session, now, sibling, namesake, header=header)

    assert taking.take(session, WULAN, second, now=now).taken == 2


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
