from hypothesis import given
from hypothesis import strategies as st

from gateways.spreadsheets import Row, Sheet, read
from services.rosters import open_children, open_schools, open_volunteers
from tests.services.rosters.lists import HEADER, an_id, xlsx

VOLUNTEER = ["姓名", "性别", "身份证号", "手机号", "可结对人数", "无犯罪记录查询", "培训证书"]


def test_volunteers_are_judged_like_children_where_they_are_alike():
    number = an_id("19900101", 22)
    rows = [
        VOLUNTEER,
        ["王芳", "女", number, 13812345678, 9, "2026年3月已查", "√"],
        ["王芳", "女", number, 13812345678, 1, "", ""],
        ["李兰", "男", an_id("19900101", 24), "138", "两个", "未查", "无"],
    ]

    report = open_volunteers(read("x", xlsx(rows))).report()

    assert [r.problems for r in report.rows] == [(), ("duplicate",), ("sex_mismatch", "bad_phone")]
    assert [r.record.capacity for r in report.rows] == [5, 1, 2]
    assert [(r.record.checked, r.record.trained) for r in report.rows] == [
        (True, True),
        (False, False),
        (False, False),
    ]
    assert report.rows[0].notes == ("capacity_assumed",)


def test_schools_of_one_name_in_two_banners_are_two():
    rows = [
        ["学校名称", "旗县", "联系电话"],
        ["金河学校", "根河市", "13812345678"],
        ["金河学校", "鄂伦春自治旗", ""],
        ["金河学校", "根河市", "1"],
        ["", "根河市", "13812345678"],
        ["乙校", "根河市", "1"],
    ]

    report = open_schools(read("x", xlsx(rows)), known_schools={"乙校"}).report()

    assert [r.problems for r in report.rows] == [
        (),
        (),
        ("duplicate",),
        ("no_name",),
        ("bad_phone",),
    ]
    assert [r.notes for r in report.rows] == [(), ("phone_missing",), (), (), ("already_known",)]


cells = st.one_of(
    st.text(max_size=30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@given(st.lists(st.lists(cells, max_size=len(HEADER) + 2), max_size=6))
def test_no_cell_breaks_the_judge_and_no_row_is_lost(rows):
    numbered = [Row(n, tuple(r)) for n, r in enumerate(rows, 2) if any(str(c).strip() for c in r)]
    sheet = Sheet("x", "", (Row(1, tuple(HEADER)), *numbered))

    report = open_children(sheet).report()

    accounted = {r.row for r in report.rows} | {s.row for s in report.skipped}
    assert accounted == {r.number for r in numbered}
