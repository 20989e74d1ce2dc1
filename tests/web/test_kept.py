"""A hand gave a part and kept the rest: the pages of whoever says so, agrees, compares, and of the hand."""

import pytest
from sqlalchemy import select

from models.kept import KeptSum
from models.stipends import Batch
from services.books import kept
from services.handover import handovers
from services.handover.handing import Said
from tests.factories import an_account, viewer
from tests.web.test_staff_returns import Town, words
from vocabulary.enums import Role, Snag
from vocabulary.money import Fen

SAID = {"amount": "40", "words": "家里和校长都问过"}


@pytest.fixture
def town(app, session, now) -> Town:
    town = Town(app, session, now)
    school_id = session.scalars(select(Batch.organisation_id)).one()
    by = viewer(Role.SCHOOL_OFFICER, organisation_id=school_id)
    handovers.note_snag(session, by, town.ref, Said(Snag.PARTLY, handed=Fen(6_000)), now=now)
    an_account(session, Role.AUDITOR, login="shenji")
    session.commit()
    return town


def test_what_is_no_sum_is_refused_with_what_was_typed(town) -> None:
    staff, path = town.who("jingban"), f"/staff/stipends/{town.ref}/kept"
    assert "少的要不回来" in words(staff, "/staff/stipends/?show=held")
    assert "最多¥40" in words(staff, path)
    for typed, refused in (
        ({**SAID, "amount": "四十"}, "金额没看懂"),
        ({**SAID, "amount": "40.01"}, "比这一期没到的还多"),
        ({**SAID, "words": "没"}, "至少 4 个字"),
    ):
        page = staff.post(path, data=typed).get_data(as_text=True)
        assert refused in page
        assert f'value="{typed["amount"]}"' in page


def test_two_people_say_how_much_was_kept_and_everybody_reads_his_part(town) -> None:
    staff, approver = town.who("jingban"), town.who("shenpi")
    path = f"/staff/stipends/{town.ref}/kept"
    assert staff.post(path, data=SAID).status_code == 303
    assert "刚刚已经处理了" in staff.post(path, data=SAID).get_data(as_text=True)
    asked = f"/staff/kept/{town.read(KeptSum.ref)[0]}"
    assert "这是你提出的" in words(staff, asked)
    assert staff.post(f"{asked}/agree").status_code == 404
    assert "等审批人同意" in words(staff, "/staff/kept/")
    assert "1笔等你同意" in words(approver, "/staff/stipends/")

    assert approver.post(f"{asked}/agree").status_code == 303

    assert "还欠着" in words(staff, "/staff/kept/")
    assert "还欠¥40" in words(staff, asked)
    again = approver.post(f"{asked}/turn-down", follow_redirects=True).get_data(as_text=True)
    assert "刚刚已经处理了" in again


def test_whoever_compares_reads_the_sum_and_the_hand_and_the_donor_nothing(
    town, session, now
) -> None:
    by = {role: viewer(role, actor=f"account:{role}") for role in (Role.CASE_WORKER, Role.APPROVER)}
    words_said = SAID["words"]
    ref = kept.ask(
        session, by[Role.CASE_WORKER], town.ref, fen=Fen(4_000), words=words_said, now=now
    )
    kept.agree(session, by[Role.APPROVER], ref, now=now)
    session.commit()

    compared = words(town.who("shenji"), "/staff/books/check")
    assert "的经手" in compared
    assert "¥40.00" in compared
    assert not any(word in compared for word in ("其其格", words_said))
    at_school = words(town.who("xuexiao"), f"/school/batches/{town.batch}")
    for page in (at_school, words(town.donor, "/donor/")):
        assert not any(word in page for word in ("留下", "欠着", "待核实"))


def test_nothing_was_kept_yet(town) -> None:
    assert "没有谁把钱留下" in words(town.who("jingban"), "/staff/kept/")
    assert "没有人欠着" in words(town.who("shenji"), "/staff/books/check")
