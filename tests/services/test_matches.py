"""Staff decide on proposals: law 8, law 9, two at once, own regions, and what comes after."""

import threading
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from extensions import db
from models.children import Child, Consent, Need
from models.notices import Notice
from models.pledges import Exclusion, Match, Pledge
from models.trace import OrdinaryEntry, StateChange
from privacy import viewers
from privacy.viewers import Viewer
from services import approvals, matches, proposing
from services.approvals import Block, Shown
from services.second_look import Warned
from services.writing import begin_writing
from tests.factories import (
    OTHER_BANNER,
    a_child,
    a_match,
    a_pledge,
    a_school,
    viewer,
)
from vocabulary.enums import (
    ChildStatus,
    DeclineReason,
    MatchStatus,
    NoticeKind,
    PledgeEnd,
    PledgeStatus,
    Role,
)
from vocabulary.errors import (
    ActedBefore,
    AlreadyDecided,
    BadInput,
    NeedCovered,
    NoConsent,
    NoLongerFits,
    NoPlaceLeft,
    NotFound,
    NotPermitted,
    Refused,
    SteppedAside,
)
from vocabulary.money import Fen

ENGINE = viewers.engine("matching")
APPROVER = viewer(Role.APPROVER)
CASE_WORKER = viewer(Role.CASE_WORKER)


def a_proposal(session: Session, now: datetime, **pledge: object) -> Match:
    """What the engine proposes for one child and one pledge."""
    a_child(session, a_school(session))
    a_pledge(session, **pledge)
    proposing.propose(session, ENGINE, now=now)
    return session.scalars(select(Match)).one()


def child_of(session: Session, match: Match) -> Child:
    return session.get_one(Child, match.child_id)


def withdraw(session: Session, match: Match) -> None:
    for consent in session.scalars(select(Consent).where(Consent.child_id == match.child_id)):
        consent.withdrawn_on = date(2026, 11, 21)
    session.flush()


def test_an_approval_starts_the_match_and_supports_the_child(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now, until=PledgeEnd.JUNIOR)

    card = matches.approve(session, APPROVER, match.child_ref, now=now)

    assert card["status"] is MatchStatus.ACTIVE
    assert (match.decided_by, match.starts_on) == (APPROVER.actor, date(2026, 11, 21))
    assert match.ends_on == date(2032, 9, 1)
    assert child_of(session, match).status is ChildStatus.SUPPORTED


def test_an_approval_tells_the_donor_by_his_own_ref(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)

    matches.approve(session, APPROVER, match.child_ref, now=now)

    told = session.execute(
        select(Notice.kind, Notice.subject).where(Notice.kind == NoticeKind.MATCHED)
    ).all()
    assert told == [(NoticeKind.MATCHED, f"match:{match.donor_ref}")]


def test_an_approval_leaves_a_trace_and_a_step_of_the_lifecycle(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)

    matches.approve(session, APPROVER, match.child_ref, now=now)

    entry = session.scalars(select(OrdinaryEntry).order_by(OrdinaryEntry.seq.desc())).first()
    steps = session.execute(
        select(StateChange.to_state, StateChange.by).where(StateChange.kind == "matches")
    ).all()
    assert (entry.act, entry.actor, entry.subject) == (
        "match.approve", APPROVER.actor, f"match:{match.child_ref}",
    )  # fmt: skip
    assert steps == [("active", APPROVER.actor)]


def test_a_counted_pledge_ends_on_the_first_day_it_does_not_cover(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now, until=PledgeEnd.COUNT, until_count=3)

    matches.approve(session, APPROVER, match.child_ref, now=now)

    assert match.ends_on == date(2027, 3, 1)


def test_who_proposed_by_hand_does_not_approve(session: Session, now: datetime) -> None:
    child, pledge = a_child(session), a_pledge(session)[0]
    need = session.scalars(select(Need)).one()
    both = viewer(Role.CASE_WORKER, Role.APPROVER, actor="account:both")
    ref = proposing.propose_pair(
        session, both, pledge_code=pledge.code, child_ref=child.ref, need_ref=need.ref, now=now
    )

    with pytest.raises(ActedBefore):
        matches.approve(session, both, ref, now=now)

    assert matches.approve(session, APPROVER, ref, now=now)["status"] is MatchStatus.ACTIVE


def test_who_entered_the_child_does_not_approve(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)
    enterer = viewer(Role.APPROVER, actor="account:enterer")

    with pytest.raises(ActedBefore):
        matches.approve(session, enterer, match.child_ref, now=now)

    assert match.status is MatchStatus.PROPOSED


@pytest.mark.parametrize("role", [Role.CASE_WORKER, Role.CONSOLE, Role.ENGINE, Role.SCHOOL_OFFICER])
def test_only_an_approver_decides(session: Session, now: datetime, role: Role) -> None:
    match = a_proposal(session, now)

    with pytest.raises(NotPermitted):
        matches.approve(session, viewer(role), match.child_ref, now=now)
    with pytest.raises(NotPermitted):
        matches.decline(
            session, viewer(role), match.child_ref, reason=DeclineReason.CHILD_UNWILLING, now=now
        )


def test_an_approver_of_another_banner_finds_nothing(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)
    stranger = viewer(Role.APPROVER, regions=(OTHER_BANNER,))

    assert matches.queue(session, stranger) == []
    for act in (
        lambda: matches.approve(session, stranger, match.child_ref, now=now),
        lambda: matches.step_aside(session, stranger, match.child_ref, now=now),
        lambda: matches.lift(session, stranger, match.child_ref, now=now),
        lambda: approvals.desk(session, stranger, ref=match.child_ref, show=Shown.ALL, now=now),
    ):
        with pytest.raises(NotFound):
            act()


def test_consent_withdrawn_after_the_proposal_stops_the_approval(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)
    withdraw(session, match)

    with pytest.raises(NoConsent):
        matches.approve(session, APPROVER, match.child_ref, now=now)

    assert match.status is MatchStatus.PROPOSED


def test_a_need_covered_meanwhile_stops_the_approval(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)
    a_match(session, a_pledge(session, "13800000002", instalment_fen=Fen(5_000))[0],
            child_of(session, match), need_id=match.need_id)  # fmt: skip

    with pytest.raises(NeedCovered):
        matches.approve(session, APPROVER, match.child_ref, now=now)


def test_a_pledge_without_a_place_stops_the_approval(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)
    pledge = session.get_one(Pledge, match.pledge_id)
    a_match(session, pledge, a_child(session, name="别人"))

    with pytest.raises(NoPlaceLeft):
        matches.approve(session, APPROVER, match.child_ref, now=now)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"status": PledgeStatus.PAUSED}, NoPlaceLeft),
        ({"status": PledgeStatus.ENDED}, NoPlaceLeft),
        ({"instalment_fen": Fen(5_000)}, NoPlaceLeft),
        ({"wish_league": "150100000000"}, NoLongerFits),
    ],
)
def test_a_pledge_changed_meanwhile_stops_the_approval(
    session: Session, now: datetime, change: dict[str, object], refusal: type[Refused]
) -> None:
    match = a_proposal(session, now)
    pledge = session.get_one(Pledge, match.pledge_id)
    for name, value in change.items():
        setattr(pledge, name, value)
    session.flush()

    with pytest.raises(refusal):
        matches.approve(session, APPROVER, match.child_ref, now=now)


def test_a_decided_proposal_is_not_decided_again(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)
    matches.approve(session, APPROVER, match.child_ref, now=now)

    with pytest.raises(AlreadyDecided):
        matches.approve(session, APPROVER, match.child_ref, now=now)
    with pytest.raises(AlreadyDecided):
        matches.decline(
            session, APPROVER, match.child_ref, reason=DeclineReason.CHILD_UNWILLING, now=now
        )


def test_of_two_who_approve_at_once_one_wins_and_the_other_is_told(
    app: Flask, session: Session, now: datetime
) -> None:
    ref = a_proposal(session, now).child_ref
    session.commit()
    start, answers = threading.Barrier(2), []

    def approve(actor: str) -> None:
        with app.app_context():
            own = db.session()
            start.wait()
            begin_writing(own)
            try:
                matches.approve(own, viewer(Role.APPROVER, actor=actor), ref, now=now)
                own.commit()
                answers.append("won")
            except AlreadyDecided:
                own.rollback()
                answers.append("told")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=approve, args=(f"account:{n}",)) for n in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    active = select(func.count(Match.id)).where(Match.status == MatchStatus.ACTIVE)
    session.rollback()
    assert sorted(answers) == ["told", "won"]
    assert session.scalar(active) == 1


def test_two_proposals_of_one_need_are_not_both_approved_beyond_it(
    session: Session, now: datetime
) -> None:
    child = a_child(session)
    need = session.scalars(select(Need)).one()
    for n in "12":
        a_pledge(session, f"1380000000{n}", instalment_fen=Fen(5_000))
    proposing.propose(session, ENGINE, now=now)
    first, second = session.scalars(select(Match.child_ref).order_by(Match.id)).all()
    need.monthly_fen = Fen(5_000)
    session.flush()

    matches.approve(session, APPROVER, first, now=now)
    with pytest.raises(NeedCovered):
        matches.approve(session, APPROVER, second, now=now)

    assert child.status is ChildStatus.SUPPORTED


def test_a_decline_keeps_its_reason_and_the_pair_stays_apart(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)
    reason = DeclineReason.CIRCUMSTANCES_CHANGED

    matches.decline(session, APPROVER, match.child_ref, reason=reason, note=" 搬家了 ", now=now)
    proposing.propose(session, ENGINE, now=now + timedelta(days=1))

    assert session.scalar(select(func.count(Match.id))) == 1
    assert (match.status, match.decline_reason, match.decline_note) == (
        MatchStatus.DECLINED, reason, "搬家了",
    )  # fmt: skip


def test_a_lifted_pair_is_proposed_again(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)
    reason = DeclineReason.PAPERS_TO_CHECK
    matches.decline(session, APPROVER, match.child_ref, reason=reason, now=now)

    matches.lift(session, APPROVER, match.child_ref, now=now)
    proposing.propose(session, ENGINE, now=now)

    live = select(Match).where(Match.status == MatchStatus.PROPOSED)
    assert session.scalars(live).one().id != match.id
    with pytest.raises(AlreadyDecided):
        matches.lift(session, APPROVER, match.child_ref, now=now)


def test_another_reason_must_be_said_in_words(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)

    with pytest.raises(BadInput) as refusal:
        matches.decline(
            session, APPROVER, match.child_ref, reason=DeclineReason.OTHER, note="  ", now=now
        )

    assert refusal.value.params["field"] == "note"


def test_who_steps_aside_decides_nothing_of_that_child_and_the_child_loses_nothing(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)
    kin = viewer(Role.APPROVER, actor="account:kin")

    matches.step_aside(session, kin, match.child_ref, now=now)
    matches.step_aside(session, kin, match.child_ref, now=now)

    assert approvals.desk(session, kin, ref=match.child_ref, show=Shown.ALL, now=now)["block"] == (
        Block.ASIDE
    )
    for act in (
        lambda: matches.approve(session, kin, match.child_ref, now=now),
        lambda: matches.decline(
            session, kin, match.child_ref, reason=DeclineReason.CHILD_UNWILLING, now=now
        ),
    ):
        with pytest.raises(SteppedAside):
            act()
    assert matches.approve(session, APPROVER, match.child_ref, now=now)["status"] is (
        MatchStatus.ACTIVE
    )


def test_a_declined_kinship_is_not_lifted_by_whoever_said_it(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)
    kin, related = viewer(Role.APPROVER, actor="account:kin"), DeclineReason.RELATED

    matches.decline(session, kin, match.child_ref, reason=related, now=now)

    shut = session.scalars(select(Exclusion)).one()
    assert (match.status, shut.reason) == (MatchStatus.DECLINED, related)
    with pytest.raises(ActedBefore):
        matches.lift(session, kin, match.child_ref, now=now)
    matches.lift(session, APPROVER, match.child_ref, now=now)
    assert shut.lifted_on == date(2026, 11, 21)


def test_an_undecided_proposal_lapses_after_seven_days_and_frees_the_pledge(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)
    other = a_child(session, name="另一个")

    assert matches.lapse_overdue(session, ENGINE, now=now + timedelta(days=7)) == 0
    assert matches.lapse_overdue(session, ENGINE, now=now + timedelta(days=8)) == 1
    proposing.propose(session, ENGINE, now=now + timedelta(days=8))

    assert (match.status, match.decline_reason) == (
        MatchStatus.LAPSED, DeclineReason.NOT_DECIDED,
    )  # fmt: skip
    live = select(Match.child_id).where(Match.status == MatchStatus.PROPOSED)
    assert session.scalars(live).all() == [other.id]


def test_a_proposal_that_breaks_a_rule_by_now_is_taken_back_at_night(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)
    assert matches.lapse_broken(session, ENGINE, now=now) == 0
    withdraw(session, match)

    assert matches.lapse_broken(session, ENGINE, now=now) == 1
    assert match.status is MatchStatus.LAPSED
    assert session.scalar(select(func.count(Exclusion.id))) == 0


def test_when_a_pledge_ends_its_child_is_open_again(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)
    matches.approve(session, APPROVER, match.child_ref, now=now)
    day = date(2026, 12, 1)

    ended = matches.end_of_pledge(
        session, ENGINE, match.pledge_id, on=day, now=now, reason="pledge ended"
    )

    assert (ended, match.status, match.ends_on) == (1, MatchStatus.ENDED, day)
    assert child_of(session, match).status is ChildStatus.OPEN


def test_when_a_childs_record_ends_its_pledge_has_a_place_again(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)
    matches.approve(session, APPROVER, match.child_ref, now=now)
    other = a_child(session, name="另一个")
    child_of(session, match).status = ChildStatus.ENDED

    matches.end_of_child(
        session, ENGINE, match.child_id, on=date(2026, 12, 1), now=now, reason="moved_away"
    )
    proposing.propose(session, ENGINE, now=now)

    live = select(Match.child_id).where(Match.status == MatchStatus.PROPOSED)
    assert session.scalars(live).all() == [other.id]


def test_a_match_whose_term_is_over_ends_and_its_pledge_is_not_matched_again(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now, until=PledgeEnd.COUNT, until_count=1)
    matches.approve(session, APPROVER, match.child_ref, now=now)
    assert matches.end_of_term(session, ENGINE, now=now) == 0
    later = now + timedelta(days=60)

    assert matches.end_of_term(session, ENGINE, now=later) == 1
    proposing.propose(session, ENGINE, now=later)

    assert match.status is MatchStatus.ENDED
    assert match.ends_on == date(2027, 1, 1)
    assert session.get_one(Pledge, match.pledge_id).status is PledgeStatus.ENDED
    assert session.scalar(select(func.count(Match.id))) == 1


def test_the_queue_is_by_urgency_then_by_waiting(session: Session, now: datetime) -> None:
    long_ago = a_child(session, name="久")
    recent = a_child(session, name="近")
    urgent = a_child(session, name="急")
    since = {long_ago: date(2026, 1, 1), recent: date(2026, 11, 1), urgent: date(2026, 11, 2)}
    for n, (child, day) in enumerate(since.items()):
        need = session.scalars(select(Need).where(Need.child_id == child.id)).one()
        need.since_on, need.urgency = day, 3 if child is urgent else 1
        a_pledge(session, f"1380000000{n}")
    proposing.propose(session, ENGINE, now=now)

    names = [card["child"]["name"] for card in matches.queue(session, APPROVER)]
    refs = [card["child_ref"] for card in matches.queue(session, APPROVER)]
    in_hand = approvals.desk(session, APPROVER, ref=refs[2], show=Shown.ALL, now=now)

    assert names == ["急", "久", "近"]
    assert [card["child_ref"] for card in in_hand["rows"]] == refs
    assert in_hand["current"]["child"]["name"] == "近"


def test_the_desk_says_why_the_viewer_may_not_decide(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)
    who = {
        APPROVER: None,
        CASE_WORKER: Block.ROLE,
        viewer(Role.APPROVER, actor="account:enterer"): Block.ENTERED,
    }

    blocks = {by: desk_of(session, by, match, now)["block"] for by in who}

    assert blocks == who
    matches.approve(session, APPROVER, match.child_ref, now=now)
    assert desk_of(session, APPROVER, match, now)["block"] is Block.DECIDED


def desk_of(session: Session, by: Viewer, match: Match, now: datetime) -> "approvals.Card":
    return approvals.desk(session, by, ref=match.child_ref, show=Shown.ALL, now=now)


def test_the_desk_warns_of_what_has_changed_since(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)
    for n in range(4):
        a_child(session, name=f"同龄{n}")
    assert desk_of(session, APPROVER, match, now)["warnings"] == []

    withdraw(session, match)
    pledge = session.get_one(Pledge, match.pledge_id)
    pledge.status = PledgeStatus.PAUSED
    a_match(session, a_pledge(session, "13800000002")[0], child_of(session, match),
            need_id=match.need_id)  # fmt: skip

    assert desk_of(session, APPROVER, match, now)["warnings"] == [
        Warned.NO_CONSENT, Warned.COVERED, Warned.NO_PLACE,
    ]  # fmt: skip


def test_the_desk_warns_where_fewer_than_five_children_are_alike(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)

    assert desk_of(session, APPROVER, match, now)["warnings"] == [Warned.FEW_ALIKE]


def test_the_desk_counts_what_waits_what_is_late_and_what_is_ones_own(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)
    later = now + timedelta(days=6)
    enterer = viewer(Role.APPROVER, actor="account:enterer")

    card = approvals.desk(session, enterer, ref=None, show=Shown.LATE, now=later)

    assert (card["total"], card["late"], card["mine"]) == (1, 1, 1)
    assert [row["child_ref"] for row in card["rows"]] == [match.child_ref]
    empty = approvals.desk(session, APPROVER, ref=None, show=Shown.MINE, now=later)
    assert (empty["rows"], empty["current"], empty["total"], empty["mine"]) == ([], None, 1, 0)


def test_a_card_of_the_desk_holds_nothing_of_the_donor(session: Session, now: datetime) -> None:
    match = a_proposal(session, now)
    pledge = session.get_one(Pledge, match.pledge_id)
    pledge.alias = "好人老王"
    session.flush()

    text = repr(dict(desk_of(session, APPROVER, match, now)["current"]["pledge"]))

    assert match.donor_ref not in text
    assert pledge.donor_ref not in text
    assert "好人老王" not in text
    assert pledge.code in text


def test_a_runner_up_of_another_banner_has_no_name(session: Session, now: datetime) -> None:
    match_child = a_child(session, name="本旗")
    need = session.scalars(select(Need).where(Need.child_id == match_child.id)).one()
    need.urgency = 3
    a_child(session, name="本旗二")
    a_child(session, name="外旗", region_code=OTHER_BANNER, banner_code=OTHER_BANNER)
    a_pledge(session)
    proposing.propose(session, ENGINE, now=now)

    others = approvals.desk(session, APPROVER, ref=None, show=Shown.ALL, now=now)["others"]

    assert {other["child"] and other["child"]["name"] for other in others} == {"本旗二", None}
