"""A fear for a child goes round whom it is about: no list, count, notice or access list tells him."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.file_access import FileAccess
from models.harm import HarmAccused, HarmReport
from models.letters import Letter, LetterFriend
from models.notices import Notice
from privacy import viewers
from privacy.viewers import Viewer
from services import gate, trace
from services.accounts import accounts, corner
from services.accounts.corner import Counted
from services.danger import harm, protection
from services.danger.protection import About
from services.figures import figures_internal
from services.notices import inbox
from services.oversight import file_access, looks
from tests.factories import (
    LEAGUE,
    a_school,
    an_account,
    viewer,
)
from tests.services.care import worlds as care_worlds
from tests.services.endangered import (
    VILLAGE,
    a_volunteer,
    a_world,
    press,
)
from tests.services.outbox import deliver
from vocabulary.dates import today
from vocabulary.enums import (
    AccessReason,
    Called,
    CareStatus,
    Complained,
    HarmOutcome,
    LetterHand,
    LetterSide,
    LetterStatus,
    NoticeKind,
    Role,
)
from vocabulary.errors import NotFound


@pytest.fixture
def world(session: Session):
    return a_world(session)


@pytest.fixture
def office(session: Session) -> dict[str, Viewer]:
    """Two of the banner's office, one of the league, each with eyes of his own."""
    made = {}
    for login, region in (("bad", None), ("good", None), ("league", LEAGUE)):
        more = {"region_code": region} if region else {}
        one = an_account(session, Role.CASE_WORKER, login=login, name=login, **more)
        regions = {"regions": (LEAGUE,)} if region else {}
        made[login] = viewer(
            Role.CASE_WORKER, account_id=one.id, actor=f"account:{one.ref}", **regions
        )
    session.flush()
    return made


def told(session: Session) -> set[int]:
    kind = Notice.kind == NoticeKind.HARM_SUSPECTED
    return set(session.scalars(select(Notice.recipient_id).where(kind)))


def all_he_learns(session: Session, who: Viewer, now: datetime) -> tuple[object, ...]:
    deliver(session)
    return (
        [one["ref"] for one in harm.reports(session, who)],
        corner.of(session, who, frozenset({Counted.REPORTS}))["reports"],
        figures_internal.to_do(session, who, now=now)["harm"],
        [one["text"] for one in inbox.messages(session, who)],
    )


NOTHING = ([], 0, 0, [])


def test_one_colleague_who_is_named_learns_nothing_and_the_others_all(
    session: Session, now: datetime, world, office
) -> None:
    child, *_ = world
    bad = About(Complained.OFFICE, office["bad"].actor.removeprefix("account:"))
    by = office["good"]

    ref = harm.report(session, by, child.ref, called=Called.POLICE, about=bad, now=now)

    assert told(session) == {office["good"].account_id, office["league"].account_id}
    assert all_he_learns(session, office["bad"], now) == NOTHING
    assert all_he_learns(session, office["league"], now)[:3] == ([ref], 1, 1)
    for act in (harm.take_up, harm.detail):
        with pytest.raises(NotFound):
            act(session, office["bad"], ref, **({"now": now} if act is harm.take_up else {}))


def test_another_report_about_the_same_child_goes_round_him_too(
    session: Session, now: datetime, world, office
) -> None:
    child, *_, low = world
    bad = About(Complained.OFFICE, office["bad"].actor.removeprefix("account:"))
    harm.report(session, office["good"], child.ref, called=Called.POLICE, about=bad, now=now)
    session.query(Notice).delete()

    press(session, child, now, by=low["school"])
    later = now.replace(day=now.day + 1)
    harm.remind(session, viewers.engine("reminders"), on=today(later), now=later)

    assert office["bad"].account_id not in told(session)
    assert all_he_learns(session, office["bad"], now) == NOTHING


def test_a_fear_about_the_office_goes_to_those_above_it(
    session: Session, now: datetime, world, office
) -> None:
    child, *_, low = world

    press(session, child, now, Complained.OFFICE, by=low["school"])

    assert told(session) == {office["league"].account_id}
    for who in ("bad", "good"):
        assert all_he_learns(session, office[who], now) == NOTHING


def test_where_nobody_may_hear_it_the_administrators_are_told_without_a_name(
    session: Session, now: datetime, world
) -> None:
    child, *_, low = world
    an_account(session, Role.CASE_WORKER, login="only")
    admin = an_account(session, Role.ADMINISTRATOR, login="admin")

    press(session, child, now, Complained.OFFICE, by=low["school"])
    deliver(session)

    (notice,) = session.scalars(select(Notice)).all()
    assert (notice.recipient_id, notice.kind) == (admin.id, NoticeKind.JOB_ALARM)
    assert notice.text == (
        "担心孩子的报告：没有人能接手，请马上给上级妇联的人开通经办人。请看“运行状况”。"
    )


def test_named_later_he_loses_it_at_once(session: Session, now: datetime, world, office) -> None:
    child, *_ = world
    ref = press(session, child, now, by=office["good"])
    assert [one["ref"] for one in harm.reports(session, office["bad"])] == [ref]

    bad = About(Complained.OFFICE, office["bad"].actor.removeprefix("account:"))
    protection.name_later(session, office["good"], ref, bad, now=now)

    assert all_he_learns(session, office["bad"], now)[:3] == NOTHING[:3]
    (about,) = harm.detail(session, office["good"], ref)["about"]
    assert about["who"] == "bad"


HELD_BY = {
    Complained.SCHOOL: (Role.SCHOOL_OFFICER, "organisation_id"),
    Complained.VILLAGE: (Role.VILLAGE_DIRECTOR, "region_code"),
}


@pytest.mark.parametrize("whom", HELD_BY)
def test_every_login_of_the_school_or_village_is_meant_and_no_other(
    session: Session, now: datetime, world, whom: Complained
) -> None:
    child, school, *_ = world
    role, more = HELD_BY[whom]
    mine, other = {"organisation_id": (school.id, a_school(session, "别的学校").id),
                   "region_code": (VILLAGE, "150723101202")}[more]  # fmt: skip
    one = an_account(session, role, login="one", **{more: mine})
    an_account(session, role, login="other", **{more: other})

    press(session, child, now, whom)

    assert session.scalars(select(HarmAccused.actor)).all() == [f"account:{one.ref}"]


def test_a_volunteer_who_writes_with_the_child_is_meant(session: Session, now, world) -> None:
    child, *_ = world
    me = a_volunteer(session, child, now)

    press(session, child, now, Complained.VOLUNTEER)

    assert session.scalars(select(HarmAccused.actor)).all() == [me.actor]


@pytest.mark.parametrize("is_asked_again", [False, True])
def test_a_volunteer_whose_letters_ended_is_meant_still(
    session: Session, now: datetime, world, is_asked_again: bool
) -> None:
    child, *_ = world
    me = a_volunteer(session, child, now)
    friend = session.scalars(select(LetterFriend)).one()
    friend.ended_on = today(now)
    if is_asked_again:
        a_letter(session, friend, now)
        friend.ended_on = friend.agreed_by = friend.agreed_on = None
    session.flush()

    press(session, child, now, Complained.VOLUNTEER)

    assert session.scalars(select(HarmAccused.actor)).all() == [me.actor]


def a_letter(session: Session, friend: LetterFriend, now: datetime) -> None:
    """What the two wrote to each other before it ended and was asked for once more."""
    more = {"sender": LetterSide.VOLUNTEER, "hand": LetterHand.ITSELF, "submitted_on": today(now)}
    more |= {
        "submitted_by": "account:mama",
        "status": LetterStatus.DELIVERED,
        "original": "好",
        "ref": "L1",
    }
    session.add(Letter(child_id=friend.child_id, friend_id=friend.id, **more))
    session.flush()


def test_a_volunteer_with_whom_no_letters_were_agreed_is_not_meant(
    session: Session, now: datetime, world
) -> None:
    child, *_ = world
    a_volunteer(session, child, now)
    friend = session.scalars(select(LetterFriend)).one()
    friend.agreed_by = friend.agreed_on = None
    friend.ended_on = today(now)
    session.flush()

    press(session, child, now, Complained.VOLUNTEER)

    assert session.scalars(select(HarmAccused.actor)).all() == [None]


@pytest.mark.parametrize(
    ("whom", "listed"), [(Complained.FAMILY, 0), (Complained.SCHOOL, 2), (Complained.UNKNOWN, 2)]
)
def test_a_family_complained_of_does_not_read_who_handled_it(
    session: Session, now: datetime, world, whom: Complained, listed: int
) -> None:
    child, *_ = world
    reader = an_account(session, Role.CASE_WORKER, login="reader")
    worker = viewer(Role.CASE_WORKER, actor=f"account:{reader.ref}", account_id=reader.id)
    family = viewer(Role.FAMILY, regions=(), actor=f"family:{child.ref}", child_id=child.id)
    press(session, child, now, whom)

    trace.record(session, worker, "child.read", f"child:{child.ref}", now=now)
    file_access.open_at_once(
        session, worker, child.ref, reason=AccessReason.COVERING, words="马上要看", now=now
    )

    assert len(looks.looks_of(session, family, now=now)) == listed


def test_who_presses_to_learn_whether_he_is_named_finds_what_anybody_finds(
    session: Session, now: datetime, world, office
) -> None:
    child, *_ = world
    bad, good = office["bad"], office["good"]
    about = About(Complained.OFFICE, bad.actor.removeprefix("account:"))
    first = harm.report(session, good, child.ref, called=Called.POLICE, about=about, now=now)

    own = harm.report(session, bad, child.ref, called=Called.CIVIL_AFFAIRS, now=now)

    assert [one["ref"] for one in harm.reports(session, bad)] == [own]
    assert {one["ref"] for one in harm.reports(session, good)} == {first, own}
    card = harm.detail(session, bad, own)
    assert (card["about"], card["reporter"]) == ([], "bad")
    assert told_of(session, own) >= {bad.account_id}
    assert bad.account_id not in told_of(session, first)
    with pytest.raises(NotFound):
        harm.detail(session, bad, first)
    # Once it names him as well it goes round him like the other.
    protection.name_later(session, good, own, about, now=now)
    assert harm.reports(session, bad) == []


def told_of(session: Session, ref: str) -> set[int]:
    subject = Notice.subject == f"harm:{ref}"
    return set(session.scalars(select(Notice.recipient_id).where(subject)))


def test_a_look_for_the_childs_safety_is_told_at_home_only_long_after(
    session: Session, now: datetime, world, office
) -> None:
    """Whom a fear is of nobody may know yet: it may be who reads the list."""
    child, *_ = world
    family = viewer(Role.FAMILY, regions=(), actor=f"family:{child.ref}", child_id=child.id)
    danger = AccessReason.CHILD_IN_DANGER
    good = office["good"]
    file_access.open_at_once(session, good, child.ref, reason=danger, words="看", now=now)

    def told(after: int) -> list:
        return [one.reason for one in looks.looks_of(session, family, now=now + timedelta(after))]

    assert told(0) == []
    harm.report(session, good, child.ref, called=Called.POLICE, now=now)
    assert (told(0), told(200)) == ([], [])
    ref = session.scalars(select(HarmReport.ref)).one()
    harm.take_up(session, good, ref, now=now)
    closer = viewer(Role.APPROVER, actor="account:closer")
    protection.close(session, closer, ref, outcome=HarmOutcome.SAFE, now=now)
    assert (told(0), told(92), told(93)) == ([], [], [danger])


def test_a_look_for_the_childs_safety_goes_round_him_as_well(
    session: Session, now: datetime, world, office
) -> None:
    child, *_ = world
    bad, good = office["bad"], office["good"]
    about = About(Complained.OFFICE, bad.actor.removeprefix("account:"))
    harm.report(session, good, child.ref, called=Called.POLICE, about=about, now=now)
    danger, cover = AccessReason.CHILD_IN_DANGER, AccessReason.COVERING
    for by, reason in ((good, danger), (office["league"], cover)):
        file_access.open_at_once(session, by, child.ref, reason=reason, words="看", now=now)

    listed = gate.cards(session, bad, FileAccess)

    assert [one["reason"] for one in listed] == [cover]


def test_a_second_press_that_names_somebody_more_is_the_same_report_and_goes_round_him_too(
    session: Session, now: datetime, world, office
) -> None:
    child, *_ = world
    first = press(session, child, now)

    for _ in range(2):
        again = harm.report(
            session,
            viewer(Role.CASE_WORKER, actor="account:worker"),
            child.ref,
            called=Called.POLICE,
            now=now,
            about=About(Complained.OFFICE, office["bad"].actor.partition(":")[2]),
        )

    assert again == first
    kept = session.scalars(select(HarmAccused.actor)).all()
    assert kept == [office["bad"].actor]
    assert harm.reports(session, office["bad"]) == []


@pytest.mark.parametrize("has_ended", [False, True])
def test_a_volunteer_who_is_or_was_with_the_child_is_meant_and_learns_nothing(
    session: Session, now: datetime, world, has_ended: bool
) -> None:
    child, *_ = world
    mother = care_worlds.a_volunteer(session, now)
    # She has a desk in the office besides: that is where she would read of it.
    desk = an_account(session, Role.CASE_WORKER, Role.VOLUNTEER, login="both")
    mother.account_id = desk.id
    ended = {"status": CareStatus.ENDED, "ended_on": today(now)} if has_ended else {}
    care_worlds.a_pair(session, child, mother, now, **ended)
    both = accounts.viewer_by_login(session, "both", now=now)

    press(session, child, now, Complained.VOLUNTEER)

    assert session.scalars(select(HarmAccused.actor)).all() == [both.actor]
    assert told(session) == set()
    assert all_he_learns(session, both, now) == NOTHING


def test_a_volunteer_who_was_only_asked_is_not_meant(
    session: Session, now: datetime, world
) -> None:
    child, *_ = world
    mother = care_worlds.a_volunteer(session, now, login="mama")
    care_worlds.a_proposal(session, child, mother, now)

    press(session, child, now, Complained.VOLUNTEER)

    assert session.scalars(select(HarmAccused.actor)).all() == [None]
