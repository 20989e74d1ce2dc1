"""The retention table: for every row an old record goes, a young one stays, and the books stay true."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.retention import RetentionAct
from models.reveals import VaultWords
from models.stipends import Gift, Stipend
from models.trace import OrdinaryEntry
from models.visits import Visit
from privacy import viewers
from services.checking import checks
from services.children import children
from services.retention import retention
from tests.factories import (
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    viewer,
)
from tests.services.old_records import (
    PLANTED,
    a_letter,
    a_reveal,
    a_visit,
    an_ended_child,
    count,
)
from vocabulary.dates import today
from vocabulary.enums import (
    ChildStatus,
    EndReason,
    RevealStatus,
    Role,
)
from vocabulary.errors import NotPermitted

ENGINE = viewers.engine("forgetting")
DELETED = [row.name for row in retention.rows() if row.then == retention.DELETE]


def found(session: Session, now: datetime) -> dict[str, int]:
    """What `flask check` finds, by check."""
    report = checks.report(session, viewers.console(), now=now)
    return {one["name"]: one["count"] for one in report["checks"]}


def days_of(name: str) -> int:
    return next(row.days for row in retention.rows() if row.name == name)


@pytest.mark.slow
@pytest.mark.parametrize("name", DELETED)
def test_what_is_older_than_its_period_goes_and_the_younger_stays(session, now, name) -> None:
    before, after = timedelta(days=days_of(name) + 1), timedelta(days=days_of(name) - 1)
    old, young = PLANTED[name](session, now - before), PLANTED[name](session, now - after)
    assert old() > 0
    was_young, before_it = young(), found(session, now)

    done = retention.carry_out(session, ENGINE, name, now=now)

    assert (done, old(), young()) == (1, 0, was_young)
    assert was_young > 0
    assert retention.carry_out(session, ENGINE, name, now=now) == 0
    assert found(session, now) == before_it


def test_every_row_is_planted_and_names_its_law() -> None:
    assert set(DELETED) == set(PLANTED)
    assert {row.then for row in retention.rows()} == {retention.DELETE, retention.STORE_ONLY}
    assert all(row.law and row.days > 0 and row.since for row in retention.rows())


@pytest.mark.parametrize("status", [s for s in RevealStatus if s is not RevealStatus.SHOWN])
def test_no_yes_and_silence_to_an_asking_go_on_the_same_day(session, now, status) -> None:
    asked = a_reveal(session, now - timedelta(days=366), status)

    retention.carry_out(session, ENGINE, "reveals", now=now)

    assert asked() == 0
    assert count(session, VaultWords.reveal_id) == 0


def test_who_knows_each_other_goes_on_knowing(session, now) -> None:
    known = a_reveal(session, now - timedelta(days=3000), RevealStatus.SHOWN)

    assert retention.carry_out(session, ENGINE, "reveals", now=now) == 0
    assert known() == 1


def test_a_child_whose_money_is_still_on_its_way_keeps_its_details(session, now) -> None:
    school = a_school(session)
    child = a_child(session, school, address="东街 3 号")
    a_sent_batch(session, school, a_match(session, a_pledge(session)[0], child))
    child.status, child.ended_on = ChildStatus.ENDED, date(2020, 1, 1)
    session.flush()

    assert retention.carry_out(session, ENGINE, "ended_children", now=now) == 0
    session.execute(text("UPDATE stipends SET handed_over_on = '2020-01-02'"))
    assert retention.carry_out(session, ENGINE, "ended_children", now=now) == 1
    assert (child.name, child.address, count(session, Stipend.id)) == ("陈雨桐", None, 1)


def test_a_letter_stays_while_the_childs_record_stands(session, now) -> None:
    letter = a_letter(session, now - timedelta(days=4000))
    retention.carry_out(session, ENGINE, "letter_originals", now=now)

    assert retention.carry_out(session, ENGINE, "letters", now=now) == 0
    assert (letter.original, letter.released) == ("谢谢，我叫【…】", "谢谢，我叫【…】")


def test_a_gift_still_on_its_way_keeps_the_details_too(session, now) -> None:
    child = a_child(session, address="东街 3 号")
    match = a_match(session, a_pledge(session)[0], child)
    gift = Gift(match_id=match.id, due_on=date(2020, 1, 1), amount_fen=100, occasion="生日")
    session.add(gift)
    child.status, child.ended_on = ChildStatus.ENDED, date(2020, 1, 1)
    session.flush()

    assert retention.carry_out(session, ENGINE, "ended_children", now=now) == 0
    gift.confirmed_on = date(2020, 2, 1)
    session.flush()
    assert retention.carry_out(session, ENGINE, "ended_children", now=now) == 1


def test_erasing_a_child_that_was_paid_leaves_every_check_clean(session, now) -> None:
    child = a_child(session, address="东街 3 号", remark="母亲住院")
    worker = viewer(Role.CASE_WORKER, actor="account:verifier")
    children.end(session, worker, child.ref, reason=EndReason.MOVED_AWAY, now=now)
    later = now + timedelta(days=1830)

    assert retention.carry_out(session, ENGINE, "ended_children", now=later) == 1
    assert not any(found(session, now).values())


def test_each_act_is_traced_and_counted_and_the_report_names_nobody(session, now) -> None:
    for days in (1, 2, 40):
        an_ended_child(session, now - timedelta(days=1826 + days))
    retention.carry_out(session, ENGINE, "ended_children", now=now)

    (entry,) = session.scalars(
        select(OrdinaryEntry).where(OrdinaryEntry.act == "retention.carry")
    ).all()
    report = retention.report(session, viewer(Role.AUDITOR), now=now)
    (line,) = [one for one in report if one["name"] == "ended_children"]
    assert (entry.subject, entry.detail) == ("retention:ended_children", {"done": 3})
    assert (line["recent"], line["last_on"]) == (3, today(now))
    assert "陈雨桐" not in str(report)
    assert session.scalar(select(RetentionAct.done)) == 3


def test_only_the_clock_carries_it_out_and_two_roles_read_of_it(session, now) -> None:
    for role in (Role.CASE_WORKER, Role.ADMINISTRATOR, Role.DONOR):
        with pytest.raises(NotPermitted):
            retention.carry_out(session, viewer(role), "links", now=now)
    for role in (Role.CASE_WORKER, Role.DONOR, Role.SCHOOL_OFFICER):
        with pytest.raises(NotPermitted):
            retention.report(session, viewer(role), now=now)


def test_the_words_of_a_worry_that_nobody_took_up_stay(session, now) -> None:
    key = a_visit(session, now - timedelta(days=400)).id
    table = Visit.__table__.update().where(Visit.id == key)
    session.execute(table.values(is_worry=True))
    session.expunge_all()

    assert retention.carry_out(session, ENGINE, "visit_words", now=now) == 0
    session.execute(table.values(taken_up_by="account:x", taken_up_at=now))
    assert retention.carry_out(session, ENGINE, "visit_words", now=now) == 1
