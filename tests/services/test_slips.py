"""Slips: name, sum and 大写, a link of the family's own, no donor; boxes for rare characters."""

import io
import re
import subprocess
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from gateways import pdfs
from models.notices import AccessLink
from services import links
from services.accounts import accounts
from services.handover import slips
from services.handover.slips import Printing
from services.oversight import incidents
from services.oversight.incidents import NewIncident, Span
from tests.factories import a_child, a_match, a_pledge, a_school, a_sent_batch, an_account, viewer
from vocabulary.dates import at, today
from vocabulary.enums import FoundBy, Harmed, Role
from vocabulary.errors import NotFound
from vocabulary.refs import token_hash

SENT = date(2026, 11, 3)
PRINTING = Printing("https://weiguang.example.org/", "0470-1234567")


def a_batch(session, *names, **pledge):
    school = a_school(session)
    matches = [
        a_match(
            session,
            a_pledge(session, f"1380000000{i}", alias="北方的风", **pledge)[0],
            a_child(session, school, name=name),
        )
        for i, name in enumerate(names)
    ]
    batch = a_sent_batch(session, school, *matches, on=SENT)
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=school.id)
    return batch, officer, matches


def text_of(pdf: bytes) -> str:
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, stdout=-1, check=True)
    return found.stdout.decode()


def test_a_slip_says_name_class_sum_and_words_and_no_donor(session, now) -> None:
    batch, officer, (match,) = a_batch(session, "陈雨桐")

    text = text_of(slips.print_slips(session, officer, batch.ref, PRINTING, now=now)())

    for words in (
        "陈雨桐",
        "四年级2班",
        "¥100.00",
        "人民币壹佰元整",
        "存根联",
        "家庭联",
        "0470-1234567",
    ):
        assert words in text
    assert "2026年11月 · 第 1 次" in text
    assert "每月 ¥100，下一次12月1日起拨付" in text
    for secret in (match.donor_ref, match.code_name, "北方的风", "13800000000"):
        assert secret not in text


def test_every_copy_has_its_own_link_kept_as_a_hash_and_an_older_one_still_opens(
    session, now
) -> None:
    batch, officer, _ = a_batch(session, "陈雨桐")

    (first,) = slips.make_slips(session, officer, batch.ref, now=now)
    (second,) = slips.make_slips(session, officer, batch.ref, now=now)

    kept = set(session.scalars(select(AccessLink.token_hash)))
    assert kept == {token_hash(first["token"]), token_hash(second["token"])}
    opened = {links.open_slip(session, s["token"], now=now).stipend_id for s in (first, second)}
    assert len(opened) == 1


def test_the_code_leads_a_hand_to_its_own_line_only(session, now) -> None:
    batch, officer, _ = a_batch(session, "陈雨桐")
    (slip,) = slips.make_slips(session, officer, batch.ref, now=now)
    stranger = viewer(Role.SCHOOL_OFFICER, organisation_id=a_school(session, "别校").id)

    assert slips.line_of(session, officer, slip["code"].lower(), now=now)["name"] == "陈雨桐"
    assert slips.code_of_link(session, officer, slip["token"], now=now) == slip["code"]
    for ask in (
        lambda: slips.line_of(session, stranger, slip["code"], now=now),
        lambda: slips.code_of_link(session, stranger, slip["token"], now=now),
    ):
        with pytest.raises(NotFound):
            ask()


def test_who_printed_them_is_found_when_a_login_was_stolen(session, now) -> None:
    batch, officer, matches = a_batch(session, "陈雨桐", "王小雪")
    school = {"organisation_id": officer.organisation_id}
    thief = an_account(session, Role.SCHOOL_OFFICER, login="thief", **school)

    slips.print_slips(
        session, accounts.viewer_of(session, thief, now=now), batch.ref, PRINTING, now=now
    )

    asker, day = viewer(Role.CUSTODIAN), today(now)
    new = NewIncident("丢了手机", day, day, FoundBy.STAFF, (Harmed.CHILD_IDENTITY,))
    incident = incidents.enter(session, asker, new, now=now)
    answer = incidents.read_by(
        session, asker, incident, login="thief", span=Span(day, day), now=now
    )
    assert answer["refs"]["stipend"] == sorted(f"{one.child_ref}-202611" for one in matches)


def test_rare_characters_do_not_break_the_sheet(session, now) -> None:
    batch, officer, _ = a_batch(session, "𠮷日嘎拉😀", "陈\u200d雨\x00桐" + "长" * 30)

    text = text_of(slips.print_slips(session, officer, batch.ref, PRINTING, now=now)())

    assert "□日嘎拉□" in text
    assert "请手写补上" in text
    assert "陈雨桐长" in text


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (10_000, "人民币壹佰元整"),
        (120_000, "人民币壹仟贰佰元整"),
        (5_005, "人民币伍拾元零伍分"),
        (123_450, "人民币壹仟贰佰叁拾肆元伍角"),
    ],
)
def test_sums_in_words(fen, words) -> None:
    assert slips.amount_words(fen) == words


def test_a_sheet_is_one_a4_page_a_child_with_codes_large_enough_to_scan(session, now) -> None:
    batch, officer, _ = a_batch(session, "陈雨桐", "包晓军")

    pdf = slips.print_slips(session, officer, batch.ref, PRINTING, now=now)()

    info = subprocess.run(["pdfinfo", "-"], input=pdf, stdout=-1, check=True).stdout.decode()
    assert "Pages:           2" in info
    assert "841.89 x 595.28 pts (A4)" in info
    assert io.BytesIO(pdf).read(5) == b"%PDF-"


def test_a_sheet_bears_its_day_and_no_instant(session, now) -> None:
    batch, officer, _ = a_batch(session, "陈雨桐")
    pdf = slips.print_slips(session, officer, batch.ref, PRINTING, now=now + timedelta(hours=3))()

    (made,) = re.findall(rb"/CreationDate \(D:(\d{14})", pdf)
    assert made == f"{at(today(now)):%Y%m%d%H%M%S}".encode()


def test_a_villages_slip_leads_to_the_directors_own_door_and_is_signed_by_her(
    session, now, monkeypatch
) -> None:
    child = a_child(session, None, name="其其格", region_code="150723101201")
    match = a_match(session, a_pledge(session, "13800000007")[0], child)
    batch = a_sent_batch(session, None, match, on=SENT, region_code=child.region_code)
    director = viewer(Role.VILLAGE_DIRECTOR, regions=(child.region_code,))
    text = text_of(slips.print_slips(session, director, batch.ref, PRINTING, now=now)())
    drawn = []
    monkeypatch.setattr(pdfs, "slips", lambda papers, **_: drawn.extend(papers) or b"")

    slips.print_slips(session, director, batch.ref, PRINTING, now=now)()

    (paper,) = drawn
    assert paper.stub_url == f"https://weiguang.example.org/village/slips/{paper.code}"
    assert (paper.hand, paper.whom) == ("儿童主任", "孩子")
    assert "用儿童主任的帐号登录" in text
    assert "学校" not in text
