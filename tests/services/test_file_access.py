"""Details of a case are for whose case it is; others ask, one agrees, it shuts by itself."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from models.children import Child, Need
from models.notices import Notice
from models.trace import OrdinaryEntry
from privacy import viewers
from services import gate, trace
from services.accounts import accounts
from services.children import assignments, child_file
from services.oversight import file_access, looks
from services.oversight.looks import Look
from tests.factories import BANNER, OTHER_BANNER, TOWNSHIP, a_child, a_school, an_account, viewer
from vocabulary.enums import (
    AccessReason,
    AccessStatus,
    LookKind,
    NeedKind,
    NoticeKind,
    Role,
)
from vocabulary.errors import (
    ActedBefore,
    AlreadyDecided,
    BadInput,
    Lapsed,
    NotFound,
    NotPermitted,
)

WHY = {"reason": AccessReason.HOME_VISIT, "words": "周五入户"}


def person(*roles: Role, name: str, now: datetime, region: str = BANNER):
    return viewer(*roles, actor=f"account:{name}", regions=(region,), as_of=now)


def worker(now: datetime, name: str = "worker"):
    return person(Role.CASE_WORKER, name=name, now=now)


def approver(now: datetime, name: str = "approver"):
    return person(Role.APPROVER, name=name, now=now)


def a_case(session: Session) -> Child:
    """A child with a remark and a need that tells of its health."""
    child = a_child(session, a_school(session), remark="母亲住院")
    need = {"since_on": child.entered_on, "detail": "夜里惊醒"}
    session.add(Need(child_id=child.id, kind=NeedKind.PSYCHOLOGICAL, **need))
    session.add(Need(child_id=child.id, kind=NeedKind.MATERIAL, **need))
    session.flush()
    return child


def seen_by(session: Session, child: Child, who) -> tuple[bool, bool, int]:
    """Whether a person sees remark and category, a need's detail, and how many needs."""
    file = child_file.detail(session, who, child.ref, now=who.as_of)
    fields = file.has("remark") and file.has("category")
    return fields, any(need.has("detail") for need in file["needs"]), len(file["needs"])


def test_a_colleague_sees_the_general_file_and_no_details(session, now) -> None:
    child = a_case(session)

    assert seen_by(session, child, worker(now)) == (False, False, 2)
    assert seen_by(session, child, approver(now)) == (False, False, 2)
    assert child_file.detail(session, worker(now), child.ref, now=now)["name"] == "陈雨桐"


@pytest.mark.parametrize("name", ["enterer", "verifier"])
def test_whoever_entered_or_verified_a_child_has_its_case(session, now, name) -> None:
    child = a_case(session)

    assert seen_by(session, child, worker(now, name)) == (True, True, 3)


def test_who_moved_to_another_banner_loses_the_details_too(session, now) -> None:
    child = a_case(session)
    away = person(Role.CASE_WORKER, name="enterer", now=now, region=OTHER_BANNER)

    assert gate.cards(session, away, Child, where=(Child.id == child.id,)) == []


def test_a_look_is_asked_for_agreed_by_another_and_shuts_after_seven_days(session, now) -> None:
    child = a_case(session)
    ref = file_access.ask(session, worker(now), child.ref, **WHY, now=now)
    assert seen_by(session, child, worker(now)) == (False, False, 2)

    file_access.agree(session, approver(now), ref, now=now)

    assert seen_by(session, child, worker(now)) == (True, True, 3)
    assert seen_by(session, child, worker(now, "third")) == (False, False, 2)
    last, over = now + timedelta(days=7, seconds=-1), now + timedelta(days=7)
    assert seen_by(session, child, worker(last)) == (True, True, 3)
    assert seen_by(session, child, worker(over)) == (False, False, 2)


def test_nobody_agrees_to_his_own_look(session, now) -> None:
    child = a_case(session)
    ref = file_access.ask(session, approver(now), child.ref, **WHY, now=now)

    with pytest.raises(ActedBefore):
        file_access.agree(session, approver(now), ref, now=now)


def test_an_approver_or_whose_case_it_is_decides_and_no_other_colleague(session, now) -> None:
    child = a_case(session)
    ref = file_access.ask(session, worker(now), child.ref, **WHY, now=now)

    with pytest.raises(NotPermitted):
        file_access.agree(session, worker(now, "third"), ref, now=now)
    file_access.agree(session, worker(now, "enterer"), ref, now=now)
    with pytest.raises(AlreadyDecided):
        file_access.agree(session, approver(now), ref, now=now)


def test_a_refusal_has_a_reason_and_opens_nothing(session, now) -> None:
    child = a_case(session)
    ref = file_access.ask(session, worker(now), child.ref, **WHY, now=now)

    with pytest.raises(BadInput):
        file_access.decline(session, approver(now), ref, because="", now=now)
    file_access.decline(session, approver(now), ref, because="由李晓燕去", now=now)

    assert seen_by(session, child, worker(now)) == (False, False, 2)


def test_an_emergency_opens_at_once_calls_a_second_person_and_is_shut_by_him(session, now) -> None:
    child = a_case(session)
    an_account(session, Role.APPROVER, login="boss")
    danger = {"reason": AccessReason.CHILD_IN_DANGER, "words": "孩子没回家"}

    ref = file_access.open_at_once(session, worker(now), child.ref, **danger, now=now)

    assert seen_by(session, child, worker(now)) == (True, True, 3)
    assert session.scalars(select(Notice.kind)).all() == [NoticeKind.FILE_OPENED]
    day_after = now + timedelta(hours=24)
    assert seen_by(session, child, worker(day_after)) == (False, False, 2)
    file_access.decline(session, approver(now), ref, because="没有危险", now=now)
    assert seen_by(session, child, worker(now)) == (False, False, 2)


def test_an_emergency_that_was_right_stays_open_for_the_seven_days(session, now) -> None:
    child = a_case(session)
    ref = file_access.open_at_once(session, worker(now), child.ref, **WHY, now=now)

    file_access.agree(session, approver(now), ref, now=now + timedelta(hours=30))

    assert seen_by(session, child, worker(now + timedelta(days=6))) == (True, True, 3)


def test_a_request_nobody_decides_in_a_week_lapses(session, now) -> None:
    child = a_case(session)
    ref = file_access.ask(session, worker(now), child.ref, **WHY, now=now)
    late = now + timedelta(days=7)

    with pytest.raises(Lapsed):
        file_access.agree(session, approver(late), ref, now=late)
    assert file_access.lapse(session, viewers.engine(), now=late) == 1
    card = file_access.request(session, worker(late), ref, now=late)
    assert card["status"] is AccessStatus.LAPSED


def test_another_banner_can_neither_ask_nor_decide(session, now) -> None:
    child = a_case(session)
    stranger = person(Role.APPROVER, name="far", now=now, region=OTHER_BANNER)
    ref = file_access.ask(session, worker(now), child.ref, **WHY, now=now)

    with pytest.raises(NotFound):
        file_access.ask(session, stranger, child.ref, **WHY, now=now)
    with pytest.raises(NotFound):
        file_access.agree(session, stranger, ref, now=now)


def test_an_approver_gives_a_case_to_a_colleague_and_not_to_himself(session, now) -> None:
    child = a_case(session)
    boss = an_account(session, Role.APPROVER, login="boss")
    one = an_account(session, Role.CASE_WORKER, login="one")
    two = an_account(session, Role.CASE_WORKER, login="two")
    by = accounts.viewer_of(session, boss, now=now)

    with pytest.raises(ActedBefore):
        assignments.assign(session, by, child.ref, to=boss.ref, now=now)
    for colleague in (one, two):
        assignments.assign(session, by, child.ref, to=colleague.ref, now=now)

    assert seen_by(session, child, accounts.viewer_of(session, one, now=now))[0] is False
    assert seen_by(session, child, accounts.viewer_of(session, two, now=now))[0] is True
    by_worker = accounts.viewer_of(session, one, now=now)
    with pytest.raises(NotPermitted):
        assignments.assign(session, by_worker, child.ref, to=one.ref, now=now)


def test_a_township_is_given_at_once_without_taking_anybodys_case(session, now) -> None:
    boss = an_account(session, Role.APPROVER, login="boss")
    one, two = (an_account(session, Role.CASE_WORKER, login=name) for name in ("one", "two"))
    by = accounts.viewer_of(session, boss, now=now)
    first, second = a_case(session), a_child(session)
    assignments.assign(session, by, first.ref, to=one.ref, now=now)

    (place,) = assignments.places(session, by)
    given = assignments.assign_place(session, by, TOWNSHIP, to=two.ref, now=now)

    assert (place["code"], place["children"], place["free"], given) == (TOWNSHIP, 2, 1, 1)
    assert assignments.holder_of(session, by, first.ref) == "one"
    assert assignments.holder_of(session, by, second.ref) == "two"


def test_the_family_is_told_who_looked_in_which_role_on_which_day_and_why(session, now) -> None:
    child = a_case(session)
    one = accounts.viewer_of(session, an_account(session, Role.CASE_WORKER, login="one"), now=now)
    for _ in range(2):
        trace.record(session, one, "child.read", f"child:{child.ref}", now=now)
    among = {"subjects": [f"child:{child.ref}", "child:OTHER"]}
    boss = accounts.viewer_of(session, an_account(session, Role.APPROVER, login="boss"), now=now)
    trace.record(session, boss, "child.read", "2 records", now=now, detail=among)
    family = viewer(Role.FAMILY, actor=f"family:{child.ref}", child_id=child.id)
    trace.record(session, family, "child.read", f"child:{child.ref}", now=now)
    ref = file_access.ask(session, one, child.ref, **WHY, now=now)
    file_access.agree(session, boss, ref, now=now)
    on = now.date()

    found = looks.looks_of(session, family, now=now)

    assert set(found) == {
        Look(on, Role.CASE_WORKER, LookKind.FILE, times=2),
        Look(on, Role.APPROVER, LookKind.FILE),
        Look(on, Role.CASE_WORKER, LookKind.DETAILS, AccessReason.HOME_VISIT),
    }


def test_nobody_but_the_family_lists_the_looks(session, now) -> None:
    child = a_case(session)
    other = viewer(Role.FAMILY, child_id=a_child(session, name="别人").id)
    trace.record(session, worker(now), "child.read", f"child:{child.ref}", now=now)

    assert looks.looks_of(session, other, now=now) == []
    for stranger in (worker(now), viewer(Role.SCHOOL_OFFICER), viewer(Role.DONOR, donor_id=1)):
        with pytest.raises(NotFound):
            looks.looks_of(session, stranger, now=now)


def test_asking_and_deciding_stand_in_the_trace(session, now) -> None:
    child = a_case(session)
    ref = file_access.ask(session, worker(now), child.ref, **WHY, now=now)
    file_access.agree(session, approver(now), ref, now=now)

    acts = session.execute(select(OrdinaryEntry.actor, OrdinaryEntry.act, OrdinaryEntry.why))
    assert [tuple(act) for act in acts] == [
        ("account:worker", "file.ask", "home_visit"),
        ("account:approver", "file.agree", "home_visit"),
    ]


@pytest.mark.parametrize("rows", [3, 30])
def test_a_long_list_of_requests_asks_for_its_people_once(session, now, rows) -> None:
    school = a_school(session)
    for number in range(rows):
        child = a_child(session, school)
        asker = an_account(session, Role.CASE_WORKER, login=f"w{number}")
        file_access.ask(session, worker(now, asker.ref), child.ref, **WHY, now=now)
    session.commit()
    made: list[str] = []
    note = lambda *args: made.append(args[2])  # noqa: E731
    event.listen(session.get_bind(), "before_cursor_execute", note)

    listed = file_access.requests(session, approver(now), now=now)

    event.remove(session.get_bind(), "before_cursor_execute", note)
    assert len(listed) == rows
    assert len([one for one in made if one.startswith("SELECT")]) <= 3
