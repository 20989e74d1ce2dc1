"""Whom nobody fits: which rule took how many, which one would help; what a pair is worth to the whole."""

from sqlalchemy import select

import matching
from models.care import CareMatch
from services.runs import nights
from tests.factories import a_child, a_pledge, an_account
from tests.services.care.worlds import a_caring_child, a_world
from tests.web.desks import body, sign_in
from vocabulary.enums import NeedKind, Role, Sex
from web.core import care_words, reasons


def test_every_rule_has_words_and_the_relaxable_are_the_engines() -> None:
    codes = {rule.code for rule in matching.PLEDGES.all_rules}
    assert codes <= reasons.RULES.keys()
    assert {one.code for one in matching.PLEDGES.all_rules if one.may_relax} == reasons.RELAXABLE
    assert {rule.code for rule in matching.VOLUNTEERS.all_rules} <= care_words.RULES.keys()


def test_a_child_no_pledge_fits_reads_why_and_what_would_help(client, session) -> None:
    an_account(session, Role.CASE_WORKER, login="worker")
    a_child(session, name="包晓军", sex=Sex.MALE)
    for n in range(2):
        a_pledge(session, f"1380000000{n}", wish_sex=Sex.FEMALE)
    session.commit()
    sign_in(client, "worker")

    page = body(client, "/staff/nobody-fits/pledges")

    assert "包晓军" in page and "2 份：想帮的性别不合" in page
    assert "放宽“想帮的性别不合”：1 个孩子就有人合适了" in page


def test_a_child_no_volunteer_can_help_reads_why(client, session, now) -> None:
    own = a_world(session, now).who("approver", now).actor
    a_caring_child(session, NeedKind.PSYCHOLOGICAL, name="乌云嘎", verified_by=own)
    session.commit()
    sign_in(client, "approver")

    page = body(client, "/staff/nobody-fits/care")

    assert "1 位：孩子要的她没说会" in page


def test_what_the_whole_loses_without_a_volunteers_pair(client, session, now) -> None:
    world = a_world(session, now)
    made = nights.pair_volunteers(session, world.who("worker", now), now=now)
    session.commit()
    sign_in(client, "worker")
    pair = session.scalars(select(CareMatch)).one()

    page = body(client, f"/staff/care/{pair.ref}/whole")

    assert made.proposed == 1 and f"整体少 {pair.score} 分" in page
