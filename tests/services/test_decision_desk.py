"""The desk of proposals: its order, its warnings, and nothing of the donor."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Need
from models.pledges import Match, Pledge
from privacy.viewers import Viewer
from services.pairing import approvals, matches
from services.pairing.approvals import Block, Shown
from services.pairing.second_look import Warned
from services.runs import nights
from tests.factories import OTHER_BANNER, a_child, a_match, a_pledge, viewer
from tests.services.deciding import APPROVER, CASE_WORKER, ENGINE, a_proposal, child_of, withdraw
from vocabulary.enums import PledgeStatus, Role, Sex, Stage


def test_the_queue_is_by_urgency_then_by_waiting(session: Session, now: datetime) -> None:
    long_ago = a_child(session, name="久")
    recent = a_child(session, name="近")
    urgent = a_child(session, name="急")
    since = {long_ago: date(2026, 1, 1), recent: date(2026, 11, 1), urgent: date(2026, 11, 2)}
    for n, (child, day) in enumerate(since.items()):
        need = session.scalars(select(Need).where(Need.child_id == child.id)).one()
        need.since_on, need.urgency = day, 3 if child is urgent else 1
        a_pledge(session, f"1380000000{n}")
    nights.pair_pledges(session, ENGINE, now=now)

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
    assert desk_of(session, APPROVER, match, now)["warnings"] == [Warned.ONLY_PLEDGE]

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
    a_match(session, a_pledge(session, "13800000002")[0], a_child(session, stage=Stage.SENIOR))

    assert desk_of(session, APPROVER, match, now)["warnings"] == [Warned.FEW_ALIKE]


def test_a_wish_that_few_fit_is_what_the_donor_knows_of_the_child(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now)
    a_match(session, a_pledge(session, "13800000002")[0], a_child(session))
    for n in range(3):
        a_child(session, name=f"男孩{n}", sex=Sex.MALE)
    assert desk_of(session, APPROVER, match, now)["warnings"] == []

    session.get_one(Pledge, match.pledge_id).wish_sex = Sex.FEMALE
    session.flush()

    assert desk_of(session, APPROVER, match, now)["warnings"] == [Warned.FEW_ALIKE]


def test_the_desk_warns_where_one_pledge_supports_a_whole_township(
    session: Session, now: datetime
) -> None:
    match = a_proposal(session, now, children_wanted=2)
    for _ in range(4):
        a_child(session)
    next_town = a_child(session, region_code="150723102000")
    own = session.get_one(Pledge, match.pledge_id)
    a_match(session, own, a_child(session))
    a_match(session, a_pledge(session, "13800000002")[0], next_town)
    assert desk_of(session, APPROVER, match, now)["warnings"] == [Warned.ONLY_PLEDGE]

    village = a_child(session, region_code="150723101205")
    a_match(session, a_pledge(session, "13800000003")[0], village)

    assert desk_of(session, APPROVER, match, now)["warnings"] == []


def test_two_pledges_of_one_donor_warn_as_two_donors_do(session: Session, now: datetime) -> None:
    """Law 7: who gives is not asked, so the warning tells nothing of it."""
    match = a_proposal(session, now)
    for _ in range(4):
        a_child(session)
    a_match(session, a_pledge(session, "13800000001")[0], a_child(session))

    assert desk_of(session, APPROVER, match, now)["warnings"] == []


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
    nights.pair_pledges(session, ENGINE, now=now)

    others = approvals.desk(session, APPROVER, ref=None, show=Shown.ALL, now=now)["others"]

    assert {other["child"] and other["child"]["name"] for other in others} == {"本旗二", None}
