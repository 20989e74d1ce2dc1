"""What a row of a list becomes: a whole record, a draft that says why, or nothing."""

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child, Consent, Kin, Need
from models.organisations import Organisation
from models.volunteers import Volunteer
from privacy.viewers import Viewer
from services import workplaces
from services.importing import imports, taking
from services.importing.taking import Counts
from tests.factories import BANNER, OTHER_BANNER, TOWNSHIP, a_school
from tests.services.importing import CONSOLE, WULAN, back, child_of, fates, uploaded
from tests.services.rosters.lists import HEADER, a_row, an_id
from vocabulary.enums import (
    ChildStatus,
    ImportKind,
    KinRole,
    NeedKind,
    ReturnReason,
    Stage,
    VolunteerStatus,
)


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


def test_times_go_to_care_alone_and_a_guardians_work_is_sealed_beside_its_handle(
    session: Session, now: datetime
) -> None:
    row = [*a_row(1, 帮扶需求="助学金200元/月，学习辅导，陪伴"), "周末", "旗人民医院"]
    header = [*HEADER, "可以去的时间", "监护人工作单位"]
    taking.take(session, WULAN, uploaded(session, now, row, header=header), now=now)

    needs = session.execute(select(Need.kind, Need.times).order_by(Need.id)).all()
    kin = session.scalars(select(Kin)).one()
    assert {kind: times for kind, times in needs} == {
        NeedKind.FINANCIAL: "",
        NeedKind.TUTORING: "weekend",
        NeedKind.COMPANIONSHIP: "weekend",
    }
    assert (kin.workplace, kin.workplace_index) == ("旗人民医院", workplaces.index("旗人民医院"))


def test_a_held_row_becomes_a_draft_that_says_why(session: Session, now: datetime) -> None:
    row = a_row(1, 监护人同意书="待补", 就读学校="无", 监护人联系电话="无")
    taking.take(session, WULAN, uploaded(session, now, row), now=now)

    assert child_of(session).held_because == "no_consent,no_school,no_phone"


def test_a_consent_dated_tomorrow_is_no_consent_yet(session: Session, now: datetime) -> None:
    row = a_row(1, 监护人同意书="有（2026.11.22）")
    taking.take(session, WULAN, uploaded(session, now, row), now=now)

    assert child_of(session).held_because == "no_consent"


def test_emoji_and_rare_characters_survive(session: Session, now: datetime) -> None:
    row = a_row(1, 姓名="𠮷田·𬘘🌸", 监护人="ᠮᠣᠩᠭᠣᠯ", 备注="㛃🐎")
    taking.take(session, WULAN, uploaded(session, now, row), now=now)

    child = child_of(session)
    assert (child.name, child.remark) == ("𠮷田·𬘘🌸", "㛃🐎")


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
