"""A child's record: who enters, who verifies, whose consent counts, what a withdrawal does."""

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child, Consent, Kin
from models.stipends import Stipend
from models.trace import OrdinaryEntry, StateChange
from privacy import viewers
from privacy.viewers import Viewer
from services.children import children, consents
from services.children.children import NewChild, NewKin, NewNeed
from services.children.readiness import as_codes, missing
from tests.factories import (
    BANNER,
    OTHER_BANNER,
    START,
    TOWNSHIP,
    a_child,
    a_match,
    a_pledge,
    a_school,
    viewer,
)
from tests.services.rosters.lists import an_id
from tests.services.test_stipends import run
from vocabulary.enums import (
    ChildStatus,
    EndReason,
    KinRole,
    MatchStatus,
    NeedKind,
    Purpose,
    Role,
    Route,
    Sex,
    Stage,
)
from vocabulary.errors import ActedBefore, BadInput, NoConsent, NotFound, NotPermitted
from vocabulary.money import Fen

WULAN = viewer(Role.CASE_WORKER, actor="account:wulan")
GAOMIN = viewer(Role.CASE_WORKER, actor="account:gaomin")
GRANDMOTHER = NewKin("陈奶奶", "奶奶", "13900000001")


def new(school_ref: str | None = None, **more: object) -> NewChild:
    """A girl of ten with everything a record wants but consent."""
    values = {
        "name": "陈雨桐",
        "sex": Sex.FEMALE,
        "region_code": TOWNSHIP,
        "stage": Stage.PRIMARY,
        "birth_on": date(2016, 5, 4),
        "grade": 4,
        "school_ref": school_ref,
        "kin": (GRANDMOTHER,),
        "needs": (NewNeed(NeedKind.FINANCIAL, Fen(10_000)),),
    }
    return NewChild(**{**values, **more})  # type: ignore[arg-type]


def entered(session: Session, now: datetime, by: Viewer = WULAN, **more: object) -> Child:
    """A child entered through the service."""
    ref = children.enter(session, by, new(a_school(session).ref, **more), now=now)
    return session.scalars(select(Child).where(Child.ref == ref)).one()


def test_an_entered_child_is_a_draft_that_says_what_it_lacks(
    session: Session, now: datetime
) -> None:
    child = entered(session, now)

    assert (child.status, child.held_because) == (ChildStatus.DRAFT, "no_consent")
    assert (child.banner_code, child.entered_by) == (BANNER, "account:wulan")


def test_whoever_entered_a_child_does_not_verify_it(session: Session, now: datetime) -> None:
    child = entered(session, now, consented_on=START)

    with pytest.raises(ActedBefore):
        children.verify(session, WULAN, child.ref, child_agrees=True, now=now)

    children.verify(session, GAOMIN, child.ref, child_agrees=True, now=now)
    assert (child.status, child.verified_by) == (ChildStatus.OPEN, "account:gaomin")


def test_the_console_enters_but_never_verifies(session: Session, now: datetime) -> None:
    child = entered(session, now, viewers.console())

    with pytest.raises(NotPermitted):
        children.verify(session, viewers.console(), child.ref, child_agrees=True, now=now)


def test_staff_enter_and_reach_children_only_inside_their_regions(
    session: Session, now: datetime
) -> None:
    elsewhere = viewer(Role.CASE_WORKER, regions=(OTHER_BANNER,), actor="account:far")
    child = entered(session, now)

    with pytest.raises(NotPermitted):
        children.enter(session, elsewhere, new(), now=now)
    with pytest.raises(NotFound):
        children.verify(session, elsewhere, child.ref, child_agrees=True, now=now)


def test_a_verified_child_without_consent_is_held_until_the_paper_is_there(
    session: Session, now: datetime
) -> None:
    child = entered(session, now)

    children.verify(session, GAOMIN, child.ref, child_agrees=True, now=now)
    before = child.status, child.held_because
    consents.record(
        session, GAOMIN, child.ref, purposes=(Purpose.SPONSORSHIP,), given_on=START, now=now
    )

    assert before == (ChildStatus.VERIFIED, "no_consent")
    assert (child.status, child.held_because) == (ChildStatus.OPEN, None)


def test_only_a_guardian_consents_not_a_carer(session: Session, now: datetime) -> None:
    carer = NewKin("王姨", "邻居", "13900000002", KinRole.CARER)
    child = entered(session, now, kin=(carer,))

    with pytest.raises(NoConsent):
        consents.record(
            session, GAOMIN, child.ref, purposes=(Purpose.SPONSORSHIP,), given_on=START, now=now
        )
    with pytest.raises(NoConsent):
        children.enter(session, WULAN, new(kin=(carer,), consented_on=START), now=now)
    assert child.held_because == "no_guardian,no_consent"


def test_no_consent_is_dated_in_the_future(session: Session, now: datetime) -> None:
    child = entered(session, now)

    with pytest.raises(BadInput):
        consents.record(
            session,
            GAOMIN,
            child.ref,
            purposes=(Purpose.SPONSORSHIP,),
            given_on=date(2026, 11, 22),
            now=now,
        )


@pytest.mark.parametrize(
    ("born", "word", "status"),
    [
        (date(2020, 1, 1), None, ChildStatus.OPEN),  # six: not asked
        (date(2018, 11, 21), False, ChildStatus.OPEN),  # eight today: asked, its no is kept
        (date(2012, 11, 22), False, ChildStatus.OPEN),  # fourteen tomorrow
        (date(2012, 11, 21), False, ChildStatus.VERIFIED),  # fourteen today: not without its yes
        (date(2012, 11, 21), True, ChildStatus.OPEN),
    ],
)
def test_the_childs_own_word_counts_from_14(
    session: Session, now: datetime, born: date, word: bool | None, status: ChildStatus
) -> None:
    child = entered(session, now, birth_on=born, consented_on=START)

    children.verify(session, GAOMIN, child.ref, child_agrees=word, now=now)

    assert child.status is status


def test_from_8_a_child_must_be_asked(session: Session, now: datetime) -> None:
    child = entered(session, now, birth_on=date(2018, 11, 21), consented_on=START)

    with pytest.raises(BadInput):
        children.verify(session, GAOMIN, child.ref, child_agrees=None, now=now)


def test_a_grown_child_that_changes_its_mind_is_held_at_once(
    session: Session, now: datetime
) -> None:
    child = entered(session, now, birth_on=date(2011, 1, 1), consented_on=START)
    children.verify(session, GAOMIN, child.ref, child_agrees=True, now=now)
    match = a_match(session, a_pledge(session)[0], child, status=MatchStatus.PROPOSED)

    consents.record_word(session, GAOMIN, child.ref, agrees=False, now=now)

    session.refresh(match)
    assert (child.status, child.held_because) == (ChildStatus.VERIFIED, "not_agreed")
    assert match.status is MatchStatus.LAPSED


def test_a_withdrawn_consent_takes_effect_at_once_and_what_was_due_is_still_paid(
    session: Session, now: datetime
) -> None:
    child = a_child(session, a_school(session), status=ChildStatus.SUPPORTED)
    running = a_match(session, a_pledge(session)[0], child)
    asked = a_match(
        session, a_pledge(session, "13800000002")[0], child, status=MatchStatus.PROPOSED
    )

    consents.withdraw(session, WULAN, child.ref, purpose=Purpose.SPONSORSHIP, now=now)
    session.refresh(asked)
    states = child.status, child.held_because, running.status, asked.status
    run(session, date(2026, 12, 1))

    due = session.scalars(
        select(Stipend.due_on).where(Stipend.match_id == running.id).order_by(Stipend.due_on)
    ).all()
    assert states == (
        ChildStatus.SUPPORTED,
        "no_consent",
        MatchStatus.ACTIVE,
        MatchStatus.LAPSED,
    )
    assert due == [date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)]


def test_an_open_child_whose_consent_is_withdrawn_is_open_no_more(
    session: Session, now: datetime
) -> None:
    child = a_child(session, a_school(session))

    consents.withdraw(session, WULAN, child.ref, purpose=Purpose.SPONSORSHIP, now=now)
    held = child.status
    consents.record(
        session, WULAN, child.ref, purposes=(Purpose.SPONSORSHIP,), given_on=START, now=now
    )

    assert (held, child.status) == (ChildStatus.VERIFIED, ChildStatus.OPEN)
    assert session.scalars(select(Consent.withdrawn_on).order_by(Consent.id)).all() == [
        None,
        date(2026, 11, 21),
        None,
    ]


def test_withdrawing_one_purpose_leaves_the_others(session: Session, now: datetime) -> None:
    child = a_child(session, a_school(session))

    consents.withdraw(session, WULAN, child.ref, purpose=Purpose.CASE_FILE, now=now)

    assert child.status is ChildStatus.OPEN
    with pytest.raises(NoConsent):
        consents.withdraw(session, WULAN, child.ref, purpose=Purpose.CASE_FILE, now=now)


def test_a_child_that_leaves_school_is_held_until_another_hand_is_named(
    session: Session, now: datetime
) -> None:
    child = a_child(session, a_school(session))

    def leave(route: Route | None) -> str | None:
        children.change_school(
            session, WULAN, child.ref, school_ref=None, grade=4, class_name=None,
            stage=Stage.PRIMARY, route=route, now=now,
        )  # fmt: skip
        return child.held_because

    assert [leave(None), leave(Route.VILLAGE)] == ["no_school", None]
    assert child.status is ChildStatus.OPEN


def test_an_ended_record_ends_its_matches_from_tomorrow(session: Session, now: datetime) -> None:
    child = a_child(session, a_school(session), status=ChildStatus.SUPPORTED)
    match = a_match(session, a_pledge(session)[0], child)

    children.end(session, WULAN, child.ref, reason=EndReason.ADOPTED, now=now)

    assert (child.status, child.end_reason) == (ChildStatus.ENDED, EndReason.ADOPTED)
    assert (match.status, match.ends_on) == (MatchStatus.ENDED, date(2026, 11, 22))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"id_number": an_id()[:17] + "1"}, "id_number"),
        ({"id_number": an_id(serial=917)}, "sex"),
        ({"id_number": an_id(birth="20150525")}, "birth_on"),
    ],
)
def test_a_number_that_says_otherwise_is_refused(
    session: Session, now: datetime, more: dict[str, str], field: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        children.enter(session, WULAN, new(birth_on=date(2018, 5, 25), **more), now=now)

    assert refusal.value.params["field"] == field


def test_a_number_fills_in_sex_and_birthday_and_is_entered_once(
    session: Session, now: datetime
) -> None:
    child = entered(session, now, sex=None, birth_on=None, id_number=an_id())

    with pytest.raises(BadInput) as refusal:
        children.enter(session, WULAN, new(birth_on=None, id_number=an_id()), now=now)
    assert (child.sex, child.birth_on) == (Sex.FEMALE, date(2018, 5, 25))
    assert refusal.value.params["reason"] == "already_known"


def test_every_step_leaves_a_trace_without_a_name(session: Session, now: datetime) -> None:
    child = entered(session, now, consented_on=START)
    children.verify(session, GAOMIN, child.ref, child_agrees=True, now=now)

    kept = session.execute(
        select(OrdinaryEntry.actor, OrdinaryEntry.act, OrdinaryEntry.subject)
    ).all()
    steps = session.scalars(select(StateChange.to_state).order_by(StateChange.id)).all()
    assert [tuple(row) for row in kept] == [
        ("account:wulan", "child.enter", f"child:{child.ref}"),
        ("account:gaomin", "child.verify", f"child:{child.ref}"),
    ]
    assert steps == ["verified", "open"]


def test_the_database_agrees_with_what_entering_said_is_missing(
    session: Session, now: datetime
) -> None:
    refs = children.enter_all(
        session,
        viewers.console(),
        [
            new(kin=(), sex=None),
            new(consented_on=START),
            new(region_code="150000000000", kin=(NewKin("陈奶奶", "奶奶"),)),
        ],
        now=now,
        under="import:TEST",
    )

    rows = [session.scalars(select(Child).where(Child.ref == ref)).one() for ref in refs]
    told = [row.held_because for row in rows]
    assert told == [as_codes(missing(session, row, on=date(2026, 11, 21))) for row in rows]
    assert told == [
        "no_guardian,no_consent,no_school,no_phone,no_sex",
        "no_school",
        "no_consent,no_school,no_phone,no_place",
    ]


def test_consents_of_many_children_hang_on_their_own_guardians(
    session: Session, now: datetime
) -> None:
    carer = NewKin("王姨", "邻居", kin_role=KinRole.CARER)
    refs = children.enter_all(
        session,
        WULAN,
        [
            new(name=str(n), kin=(carer, NewKin(f"监护{n}", "父")), consented_on=START)
            for n in range(3)
        ],
        now=now,
    )

    rows = session.execute(
        select(Child.ref, Child.name, Kin.name)
        .join(Consent, Consent.child_id == Child.id)
        .join(Kin, Kin.id == Consent.kin_id)
        .where(Consent.purpose == Purpose.SPONSORSHIP)
    ).all()
    assert {tuple(row) for row in rows} == {(ref, str(n), f"监护{n}") for n, ref in enumerate(refs)}
