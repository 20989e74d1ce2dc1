"""Law 9 in a roster: only words that plainly say so make a consent; all others hold the child."""

import datetime as dt

import pytest

from services.rosters.values import read_consent
from tests.services.rosters.lists import HEADER, a_row, judged, judged_one

REFUSED = [
    *("监护人不签字", "家长不愿签字", "监护人不会签名", "2026.9.1不签", "同意书已附，家长不签"),
    *("有异议", "有意见", "有疑问", "已拒签", "是不同意", "已签后反悔", "有（2026.9.1撤回）"),
    *(
        "☑是□否（2026.9.1撤回）",
        "已签字，2026.10.1撤回",
        "非监护人签字",
        "没√",
        "已签，但家长不同意",
    ),
]
CROSSED = [
    *("同意（×）", "同意（x）", "同意（X）", "同意×", "同意x", "√/×", "√×", "×", "✗", "☒同意"),
    *("（x）是（ ）否", "有（×）", "是× 否√", "签字×", "已签❌", "同意√×", "□同意☑"),
]
STILL_TO_COME = [
    *("需按手印", "要按手印", "明天签好交来", "下周签好", "2026年12月1日来签字", "2026-12-01来签"),
    *("预计2026.12.1签", "2026年底前签", "本周五签", "签证办理", "已发放", "已通知家长签字"),
    *("签字后交来", "准备签字", "可签", "应签", "应于2026.9.1签字", "√（2025.3.1 前）", "请签字"),
]
EMPTY_OR_LOST = [
    *(
        "签名处空白",
        "监护人签字：",
        "监护人签字",
        "签字",
        "签名",
        "签",
        "同意书",
        "监护人同意书",
        "同意：",
    ),
    *(
        "签字：____",
        "手印模糊",
        "同意书原件丢",
        "原件收不到",
        "同意书收不回来",
        "同意书交不上",
        "同意？",
    ),
    *(
        "2026.9.1 家长签字被撕",
        "签字日期：",
        "同意 监护人签字",
        "家长已签收",
        "家长已收到",
        "已收到",
    ),
]
BY_SOMEBODY_ELSE = [
    *(
        "奶奶签了",
        "签名不是本人",
        "由班主任签字",
        "学校签的",
        "签字人不详",
        "已签（奶奶）",
        "妈妈签了",
    ),
    *(
        "爱心妈妈已签",
        "本人同意",
        "村委会已签",
        "同意书已交家长",
        "同意书交给家长了",
        "纸质版交家长带回",
    ),
]
BESIDE_THE_POINT = [
    *("齐齐哈尔", "全家外出", "对方已外出", "已去世", "13800000001", "12", "塔娜", "2026.2.30"),
    *(
        "有（2026.2.30）",
        "2026.9.1-2027.8.31",
        "2026.9.151",
        "1/9/2026",
        "是否同意",
        "有/无",
        "同意/不同意",
    ),
]
SAYS_YES = [
    *(
        "有",
        "是",
        "√",
        "☑是",
        "同意",
        "已同意",
        "已签",
        "已签字",
        "已签署",
        "签了",
        "已按手印",
        "按了手印",
    ),
    *("纸质版已交", "原件已收", "已收原件", "已收到原件", "同意书已交", "同意书已签", "已签同意书"),
    *(
        "监护人已签字",
        "家长已签",
        "父母均已签字",
        "母亲已签",
        "监护人签了",
        "法定监护人已签署",
        "家长已同意",
    ),
    *(
        "已签（监护人）",
        "☑同意（母亲）",
        "有（原件）",
        "有（已签字）",
        "有，已签",
        "已签字、已按手印",
    ),
    *(
        "已签字并按手印",
        "是√ 否×",
        "已经签好了。",
        "纸质版已交旗妇联",
        "签过字了",
    ),
]
SAYS_YES_AND_WHEN = [
    *("2026.9.1", "有（2026.9.1）", "2026年9月1日签", "已于2026.9.1签署", "监护人2026-9-1签字"),
    *("签字日期：2026/9/1", "√2026.9.1", "☑同意 □不同意（2026年9月1日）", "2026-09-01 00:00:00"),
    *(
        "有【2026.9.1】",
        "有[2026.9.1]",
        "已签 20260901",
        "同意，监护人已签字（2026.9.1）",
        "家长签（2026.9.1）",
        "2026.9.1已按手印",
    ),
]


@pytest.mark.parametrize(
    "cells",
    [REFUSED, CROSSED, STILL_TO_COME, EMPTY_OR_LOST, BY_SOMEBODY_ELSE, BESIDE_THE_POINT],
    ids=["refused", "crossed", "still to come", "empty or lost", "somebody else", "other"],
)
def test_whoever_did_not_plainly_consent_is_held(cells: list[str]) -> None:
    report = judged([HEADER, *(a_row(n, 监护人同意书=c) for n, c in enumerate(cells, 1))])

    told = {c: (r.problems, r.record.is_consented) for c, r in zip(cells, report.rows, strict=True)}
    assert told == dict.fromkeys(cells, (("no_consent",), False))


def test_plain_words_are_a_consent() -> None:
    read = {cell: read_consent(cell) for cell in SAYS_YES}

    assert [c for c, found in read.items() if not (found.is_given and found.is_clear)] == []
    assert {found.on for found in read.values()} == {None}


@pytest.mark.parametrize("cell", ["有（9.1）", "9月1日已签", "9月1日签", "√ 9月1日"])
def test_a_day_without_its_year_may_be_of_any_year_and_is_held(cell: str) -> None:
    found = read_consent(cell)

    assert (found.is_given, found.is_clear, found.on) == (False, False, None)


def test_the_day_beside_the_words_is_the_day_of_signing() -> None:
    told = {cell: str(read_consent(cell).on) for cell in SAYS_YES_AND_WHEN}

    assert told == dict.fromkeys(SAYS_YES_AND_WHEN, "2026-09-01")
    assert all(read_consent(cell).is_given for cell in SAYS_YES_AND_WHEN)


def test_a_month_alone_counts_from_its_end_so_that_one_to_come_is_not_yet_a_consent() -> None:
    assert str(read_consent("有（2027.2）").on) == "2027-02-28"
    assert str(read_consent("2026-9").on) == "2026-09-30"


def test_a_refusal_is_understood_and_doubt_is_told() -> None:
    for cell in ("监护人不签字", "签名处空白", "需按手印", "×", "无"):
        assert "consent_unread" not in judged_one(监护人同意书=cell).notes
    for cell in ("奶奶签了", "同意书已交家长", "监护人签字：", "√/×", "同意（x）"):
        assert "consent_unread" in judged_one(监护人同意书=cell).notes


def test_a_number_shown_as_a_day_is_no_day_of_signing() -> None:
    assert not read_consent("20269").is_given
    assert not read_consent(dt.datetime(1900, 1, 1)).is_given  # noqa: DTZ001 a cell knows no zone
    assert read_consent(dt.datetime(2026, 9, 1)).on == dt.date(2026, 9, 1)  # noqa: DTZ001


def test_what_stands_behind_a_very_long_blank_is_not_overlooked() -> None:
    assert not read_consent("有" + " " * 1_000 + "，已撤回").is_given


def test_no_foreign_word_beside_a_yes_leaves_it_a_yes() -> None:
    yes = [
        "有",
        "√",
        "同意",
        "已签",
        "已签字",
        "签了",
        "已按手印",
        "纸质版已交",
        "原件已收",
        "2026.9.1",
    ]
    foreign = [
        "不",
        "未",
        "没",
        "需",
        "要",
        "待",
        "将",
        "明天",
        "奶奶",
        "老师",
        "孩子",
        "×",
        "x",
        "？",
        "：",
        "空白",
        "模糊",
        "给家长",
        "撤回",
        "前",
        "后",
        "吗",
        "否",
    ]
    shapes = ("{1}{0}", "{0}{1}", "{0}（{1}）", "{0}，{1}", "{1} {0}", "{0}（2026.9.1{1}）")
    cells = [shape.format(y, word) for y in yes for word in foreign for shape in shapes]

    assert [cell for cell in cells if read_consent(cell).is_given] == []
