"""A child in danger misses no month: its banner's own staff hand the money over, and nobody learns why."""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child
from models.jobs import JobRun
from models.notices import Notice
from models.pledges import Match
from models.stipends import Batch, Stipend
from privacy import viewers
from privacy.viewers import Viewer
from services.batches import batches, filling, returns
from services.checking import checks
from services.danger import harm
from services.danger.protection import About
from services.handover import hand_lists, office_hand, reminders
from services.notices import drawing
from services.stipends import facts
from services.stipends.facts import Basis
from services.vault import vault
from tests.factories import (
    BANNER,
    LEAGUE,
    OTHER_BANNER,
    PASSWORD,
    a_child,
    a_match,
    a_pledge,
    a_school,
    an_account,
    viewer,
)
from tests.services.endangered import VILLAGE, end, press
from vocabulary.dates import at
from vocabulary.enums import (
    BatchStatus,
    Called,
    Complained,
    Evidence,
    FactKind,
    NoticeKind,
    Role,
    StipendStatus,
)
from vocabulary.errors import ActedBefore, AlreadyDecided, NotFound, NotPermitted, TooLate
from vocabulary.refs import stipend_ref

NOVEMBER = date(2026, 11, 1)
PAYER = viewer(Role.PAYING_DESK, regions=(LEAGUE,))
BOOKS = ("whose_postings", "accounts_of_done", "batches")
ENGINE = viewers.engine("stipends")


@pytest.fixture
def staff(session: Session) -> dict[str, Viewer]:
    """Three of the banner's office, one of another banner's."""
    made = {}
    for login, region in (
        ("one", BANNER),
        ("two", BANNER),
        ("three", BANNER),
        ("far", OTHER_BANNER),
    ):
        account = an_account(session, Role.CASE_WORKER, login=login, region_code=region)
        made[login] = viewer(
            Role.CASE_WORKER,
            account_id=account.id,
            actor=f"account:{account.ref}",
            regions=(region,),
        )
    return made


@pytest.fixture
def world(session: Session):
    """A pupil whose instalment of this month is funded and waits; school and batches as usual."""
    school = a_school(session)
    child = a_child(session, school, class_name="2班", region_code=VILLAGE)
    return child, school


def a_line(session: Session, child: Child, approver: str = "account:approver") -> Stipend:
    """A funded instalment of November, in no batch yet, with all its facts."""
    match = a_match(session, a_pledge(session, f"138{child.id:08d}")[0], child, decided_by=approver)
    run = JobRun(name="test", period=NOVEMBER, started_at=at(NOVEMBER))
    session.add(run)
    session.flush()
    made = Stipend(
        match_id=match.id, due_on=NOVEMBER, amount_fen=match.instalment_fen, run_id=run.id,
        is_funded=True,
    )  # fmt: skip
    session.add(made)
    session.flush()
    for kind in (FactKind.PROMISED, FactKind.RECEIVED):
        facts.record(
            session, kind, [made], on=NOVEMBER, by=ENGINE, now=at(NOVEMBER),
            basis=Basis(Evidence.LEDGER),
        )  # fmt: skip
    return made


def in_danger(session: Session, world, now: datetime) -> tuple[Child, Stipend]:
    """The pupil's funded line, and then somebody presses the red button for it."""
    child, _ = world
    line = a_line(session, child)
    press(session, child, now)
    return child, line


def ref_of(session: Session, line: Stipend) -> str:
    return stipend_ref(session.get_one(Match, line.match_id).child_ref, line.due_on)


def filled(session: Session, *lines: Stipend, now: datetime) -> None:
    filling.build(session, ENGINE, sorted(line.id for line in lines), on=NOVEMBER, now=now)
    for line in lines:
        session.refresh(line)


def sent(session: Session, *lines: Stipend, now: datetime) -> None:
    filled(session, *lines, now=now)
    batches.send_all(
        session, PAYER, [one["ref"] for one in batches.to_send(session, PAYER)], now=now
    )


def test_its_month_is_sent_and_handed_over_while_the_case_stands(
    session: Session, now: datetime, world, staff
) -> None:
    _, line = in_danger(session, world, now)

    sent(session, line, now=now)
    office_hand.hand_over(session, staff["one"], ref_of(session, line), now=now)

    batch = session.get_one(Batch, line.batch_id)
    assert (batch.organisation_id, batch.region_code) == (None, BANNER)
    assert line.handed_over_on is not None
    assert batch.status is BatchStatus.CLOSED
    found = checks.report(session, viewers.console(), now=now)["checks"]
    assert [one["findings"] for one in found if one["name"] in BOOKS] == [[]] * len(BOOKS)


def test_it_leaves_the_schools_unsent_batch_at_once_and_goes_back_when_the_case_is_closed(
    session: Session, now: datetime, world
) -> None:
    child, school = world
    line = a_line(session, child)
    filled(session, line, now=now)
    assert session.get_one(Batch, line.batch_id).organisation_id == school.id

    ref = press(session, child, now)
    session.refresh(line)
    assert line.batch_id is None
    filled(session, line, now=now)
    assert session.get_one(Batch, line.batch_id).organisation_id is None

    end(session, ref, now)
    session.refresh(line)
    assert line.batch_id is None
    filled(session, line, now=now)
    assert session.get_one(Batch, line.batch_id).organisation_id == school.id


def test_what_was_sent_to_the_office_stays_with_it_after_the_case(
    session: Session, now: datetime, world, staff
) -> None:
    child, _ = world
    line = a_line(session, child)
    ref = press(session, child, now)
    sent(session, line, now=now)
    end(session, ref, now)

    office_hand.hand_over(session, staff["two"], ref_of(session, line), now=now)

    session.refresh(line)
    assert line.handed_over_on is not None


def test_whoever_a_report_names_finds_nothing_of_it(
    session: Session, now: datetime, world, staff
) -> None:
    child, _ = world
    line = a_line(session, child)
    press_about(session, child, staff["one"], now)

    sent(session, line, now=now)

    assert office_hand.lines(session, staff["one"], now=now) == []
    with pytest.raises(NotFound):
        office_hand.hand_over(session, staff["one"], ref_of(session, line), now=now)
    assert told(session) == {staff["two"].account_id, staff["three"].account_id}
    assert len(office_hand.lines(session, staff["two"], now=now)) == 1


def press_about(session: Session, child: Child, who: Viewer, now: datetime) -> None:

    reporter = viewer(Role.APPROVER, actor="account:reporter")
    about = About(Complained.OFFICE, who.actor.partition(":")[2])
    harm.report(session, reporter, child.ref, called=Called.POLICE, now=now, about=about)


def told(session: Session, kind: NoticeKind = NoticeKind.BATCH_SENT) -> set[int]:
    return set(session.scalars(select(Notice.recipient_id).where(Notice.kind == kind)))


def test_who_approved_the_match_hands_over_only_where_nobody_else_is(
    session: Session, now: datetime, world, staff
) -> None:
    child, _ = world
    line = a_line(session, child, approver=staff["one"].actor)
    press(session, child, now)
    sent(session, line, now=now)
    ref = ref_of(session, line)

    with pytest.raises(ActedBefore):
        office_hand.hand_over(session, staff["one"], ref, now=now)
    assert office_hand.lines(session, staff["one"], now=now)[0]["for_another"]
    assert not office_hand.lines(session, staff["two"], now=now)[0]["for_another"]

    press_about(session, child, staff["two"], now)
    press_about(session, child, staff["three"], now)
    office_hand.hand_over(session, staff["one"], ref, now=now)
    session.refresh(line)
    assert line.handed_over_on is not None


def test_staff_of_another_banner_and_other_desks_find_nothing(
    session: Session, now: datetime, world, staff
) -> None:
    _, line = in_danger(session, world, now)
    sent(session, line, now=now)

    assert office_hand.lines(session, staff["far"], now=now) == []
    with pytest.raises(NotFound):
        office_hand.hand_over(session, staff["far"], ref_of(session, line), now=now)
    for role in (Role.PAYING_DESK, Role.SCHOOL_OFFICER, Role.VILLAGE_DIRECTOR, Role.AUDITOR):
        with pytest.raises(NotPermitted):
            office_hand.lines(session, viewer(role), now=now)


def test_a_line_of_a_school_or_not_yet_sent_is_not_the_offices(
    session: Session, now: datetime, world, staff
) -> None:
    child, school = world
    safe = a_line(session, a_child(session, school, name="包晓军"))
    line = a_line(session, child)
    press(session, child, now)
    filled(session, line, safe, now=now)

    for one in (line, safe):
        with pytest.raises(NotFound):
            office_hand.hand_over(session, staff["one"], ref_of(session, one), now=now)
    assert office_hand.lines(session, staff["one"], now=now) == []


def test_a_word_is_given_once_and_taken_back_until_midnight(
    session: Session, now: datetime, world, staff
) -> None:
    _, line = in_danger(session, world, now)
    sent(session, line, now=now)
    ref, me = ref_of(session, line), staff["one"]

    office_hand.hand_over(session, me, ref, now=now)
    with pytest.raises(AlreadyDecided):
        office_hand.hand_over(session, staff["two"], ref, now=now)
    office_hand.take_back(session, me, ref, now=now)
    assert office_hand.lines(session, me, now=now)[0]["is_open"]
    office_hand.hand_over(session, me, ref, now=now)
    with pytest.raises(TooLate):
        office_hand.take_back(session, me, ref, now=now + timedelta(days=1))


def test_what_could_not_be_given_comes_back_to_the_account(
    session: Session, now: datetime, world, staff
) -> None:

    _, line = in_danger(session, world, now)
    sent(session, line, now=now)

    office_hand.could_not(session, staff["one"], ref_of(session, line), now=now)

    assert [one["count"] for one in returns.expected(session, PAYER)] == [1]
    (shown,) = office_hand.lines(session, staff["one"], now=now)
    assert (shown["state"], shown["is_open"]) == (StipendStatus.HELD_UP, False)


def test_a_silent_office_is_reminded_like_any_hand(
    session: Session, now: datetime, world, staff
) -> None:
    _, line = in_danger(session, world, now)
    sent(session, line, now=now)

    on = now.date() + timedelta(days=9)
    reminders.remind(session, ENGINE, on=on, now=at(on))

    assert told(session, NoticeKind.SCHOOL_REMINDER) == {
        staff[one].account_id for one in ("one", "two", "three")
    }


def test_to_the_school_it_is_a_month_in_which_a_pupil_moved_away_byte_for_byte(
    session: Session, now: datetime, world
) -> None:
    """Two histories on one database: the pupil moves to a village route, or is in danger."""
    child, school = world
    others = [a_child(session, school, name=f"同学{n}", class_name="2班") for n in range(3)]
    rest = [a_line(session, one) for one in others]
    line = a_line(session, child)
    officer = viewer(Role.SCHOOL_OFFICER, regions=(), actor="account:o", organisation_id=school.id)

    def what_the_school_sees() -> list[dict[str, object]]:
        session.expire_all()
        sent(session, line, *rest, now=now)
        return [dict(one) for one in hand_lists.list_for(session, officer, now=now)]

    with session.begin_nested() as moved:
        child.school_id = a_school(session, "别的学校").id
        session.flush()
        seen_moved = without_refs(what_the_school_sees())
        moved.rollback()
    press(session, child, now)

    assert without_refs(what_the_school_sees()) == seen_moved
    assert [len(one["lines"]) for one in seen_moved] == [3]


def without_refs(seen: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{k: v for k, v in one.items() if k not in {"ref", "memo"}} for one in seen]


def test_the_paying_desk_cannot_tell_it_from_a_child_whose_village_is_not_known(
    session: Session, now: datetime, world
) -> None:
    child, _ = world
    line = a_line(session, child)

    def what_the_desk_sees() -> list[dict[str, object]]:
        session.expire_all()
        filled(session, line, now=now)
        found = [dict(one) for one in batches.to_send(session, PAYER)]
        return without_refs([{k: plain(v) for k, v in one.items()} for one in found])

    with session.begin_nested() as unknown:
        child.school_id, child.region_code = None, BANNER
        session.flush()
        seen_unknown = what_the_desk_sees()
        unknown.rollback()
    press(session, child, now)

    assert what_the_desk_sees() == seen_unknown
    assert len(seen_unknown) == 1


def plain(value: object) -> object:
    return dict(value) if hasattr(value, "keys") else value


def test_the_donor_reads_of_the_hand_he_always_read_of_and_the_family_of_the_office(
    session: Session, now: datetime, world, staff
) -> None:
    child, line = in_danger(session, world, now)
    sent(session, line, now=now)
    office_hand.hand_over(session, staff["one"], ref_of(session, line), now=now)

    match = session.get_one(Match, line.match_id)
    donor = viewer(Role.DONOR, regions=(), donor_id=vault.donor_of_pledge(session, match.pledge_id))
    family = viewer(Role.FAMILY, regions=(), child_id=child.id)

    his, theirs = (
        drawing.facts_of(session, who, f"stipend:{stipend_ref(side, line.due_on)}", now=now)
        for who, side in ((donor, match.donor_ref), (family, match.child_ref))
    )

    assert his["hand"] == "学校"
    assert theirs["hand"] == "旗妇联"


def test_the_paying_desks_page_says_who_hands_it_over_and_names_no_child(
    app: Flask, session: Session, now: datetime, world
) -> None:
    child, line = in_danger(session, world, now)
    filled(session, line, now=now)
    an_account(session, Role.PAYING_DESK, login="payer", region_code=LEAGUE)
    session.commit()
    client = app.test_client()
    client.post("/login", data={"login": "payer", "password": PASSWORD})

    page = client.get("/staff/batches/").text

    assert "由旗妇联转交" in page
    assert "由儿童主任转交" not in page
    assert child.name not in page
