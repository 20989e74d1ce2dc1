"""The night's matching on real rows: one best assignment under the hard rules."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import matching
from models.children import Child, Consent, Need
from models.pledges import Exclusion, Match, Pledge
from models.trace import OrdinaryEntry
from privacy.viewers import Viewer
from services.runs import nights
from tests.factories import BANNER, LEAGUE, OTHER_BANNER, a_child, a_match, a_pledge
from tests.services.deciding import CASE_WORKER, ENGINE, need_of
from vocabulary.enums import (
    ChildStatus,
    DeclineReason,
    MatchStatus,
    NeedKind,
    NeedStatus,
    PledgeKind,
    PledgeStatus,
    Rhythm,
    Route,
    Sex,
    Stage,
)
from vocabulary.money import Fen


def run(session: Session, now: datetime, by: Viewer = ENGINE) -> list[tuple[str, str, int]]:
    """Run the matcher; return what is proposed as (pledge code, child ref, instalment)."""
    nights.pair_pledges(session, by, now=now)
    return sorted(
        tuple(row)
        for row in session.execute(
            select(Pledge.code, Child.ref, Match.instalment_fen)
            .join(Pledge, Pledge.id == Match.pledge_id)
            .join(Child, Child.id == Match.child_id)
            .where(Match.status == MatchStatus.PROPOSED)
        )
    )


def test_a_proposal_carries_its_reasons_its_score_and_its_clock(
    session: Session, now: datetime
) -> None:
    pledge, child = a_pledge(session)[0], a_child(session)

    assert run(session, now) == [(pledge.code, child.ref, 10_000)]

    match = session.scalars(select(Match)).one()
    assert (match.proposed_by, match.proposed_on) == ("engine", date(2026, 11, 21))
    assert match.decide_by == date(2026, 11, 26)
    assert match.score == sum(part["points"] for part in match.reasons)
    assert [part["factor"] for part in match.reasons] == [
        "urgency", "waiting", "wish", "amount", "rhythm",
    ]  # fmt: skip
    assert match.best_reason == matching.best_of(match.reasons) == "urgency:1"
    assert match.need_id == need_of(session, child).id


def test_the_whole_is_best_not_each_pair_alone(session: Session, now: datetime) -> None:
    girl = a_child(session, name="甲")
    boy = a_child(session, name="乙", sex=Sex.MALE)
    need_of(session, girl).urgency = 3
    any_child = a_pledge(session)[0]
    only_girls = a_pledge(session, "13800000002", wish_sex=Sex.FEMALE)[0]

    found = run(session, now)

    assert found == sorted([(any_child.code, boy.ref, 10_000), (only_girls.code, girl.ref, 10_000)])


def test_the_most_urgent_child_comes_first_where_one_pledge_must_choose(
    session: Session, now: datetime
) -> None:
    calm, urgent = a_child(session, name="甲"), a_child(session, name="乙")
    need_of(session, urgent).urgency = 3
    pledge = a_pledge(session)[0]

    assert run(session, now) == [(pledge.code, urgent.ref, 10_000)]

    match = session.scalars(select(Match)).one()
    others = [(o["side"], o["code"]) for o in match.runners_up]
    assert others == [("child", need_of(session, calm).ref)]


def test_two_small_pledges_share_one_need_and_never_exceed_it(
    session: Session, now: datetime
) -> None:
    child = a_child(session)
    codes = [a_pledge(session, f"1380000000{n}", instalment_fen=Fen(5_000))[0].code for n in "123"]

    found = run(session, now)

    assert [(ref, fen) for _, ref, fen in found] == [(child.ref, 5_000), (child.ref, 5_000)]
    assert {code for code, _, _ in found} < set(codes)


def test_one_pledge_may_support_several_children(session: Session, now: datetime) -> None:
    children = [a_child(session, name=name) for name in "甲乙丙"]
    pledge = a_pledge(session, children_wanted=2)[0]

    found = run(session, now)

    assert [(code, fen) for code, _, fen in found] == [(pledge.code, 10_000)] * 2
    assert len({ref for _, ref, _ in found} & {child.ref for child in children}) == 2


def test_a_larger_pledge_is_cut_to_what_the_need_still_lacks(
    session: Session, now: datetime
) -> None:
    child = a_child(session)
    a_match(session, a_pledge(session, instalment_fen=Fen(5_000))[0], child,
            need_id=need_of(session, child).id)  # fmt: skip
    generous = a_pledge(session, "13800000002", instalment_fen=Fen(30_000))[0]

    assert run(session, now) == [(generous.code, child.ref, 5_000)]


def test_a_yearly_pledge_counts_by_the_month(session: Session, now: datetime) -> None:
    child = a_child(session)
    a_pledge(session, instalment_fen=Fen(120_000), rhythm=Rhythm.YEAR)

    run(session, now)

    match = session.scalars(select(Match)).one()
    assert (match.instalment_fen, match.rhythm) == (120_000, Rhythm.YEAR)
    assert run(session, now)[0][1] == child.ref


@pytest.mark.parametrize(
    "wish",
    [{"wish_sex": Sex.MALE}, {"wish_stage": Stage.JUNIOR}, {"wish_league": "150100000000"}],
)
def test_a_wish_is_never_overruled(
    session: Session, now: datetime, wish: dict[str, object]
) -> None:
    a_child(session)
    a_pledge(session, **wish)

    assert run(session, now) == []


def test_a_wish_that_is_met_is_proposed(session: Session, now: datetime) -> None:
    child = a_child(session)
    wishes = {"wish_sex": Sex.FEMALE, "wish_stage": Stage.PRIMARY, "wish_league": LEAGUE}
    pledge = a_pledge(session, **wishes)[0]

    assert run(session, now) == [(pledge.code, child.ref, 10_000)]


@pytest.mark.parametrize(
    "pledge",
    [
        {"status": PledgeStatus.OFFERED},
        {"status": PledgeStatus.PAUSED},
        {"status": PledgeStatus.ENDED},
        {"kind": PledgeKind.GAP_FUND},
        {"instalment_fen": Fen(7_700)},
    ],
)
def test_only_a_confirmed_pledge_of_a_listed_sum_is_matched(
    session: Session, now: datetime, pledge: dict[str, object]
) -> None:
    a_child(session)
    a_pledge(session, **pledge)

    assert run(session, now) == []


def test_without_consent_there_is_no_proposal(session: Session, now: datetime) -> None:
    child = a_child(session)
    a_pledge(session)
    for consent in session.scalars(select(Consent).where(Consent.child_id == child.id)):
        consent.withdrawn_on = date(2026, 11, 20)

    assert run(session, now) == []


def test_from_fourteen_the_child_itself_must_have_agreed(session: Session, now: datetime) -> None:
    grown = a_child(session, birth_on=date(2012, 11, 21), stage=Stage.JUNIOR, grade=8)
    pledge = a_pledge(session)[0]

    assert run(session, now) == []

    grown.agreed_on = date(2026, 9, 1)
    assert run(session, now) == [(pledge.code, grown.ref, 10_000)]


@pytest.mark.parametrize("child", [{"verified_on": None}, {"status": ChildStatus.VERIFIED}])
def test_an_unverified_or_unopened_child_is_not_proposed(
    session: Session, now: datetime, child: dict[str, object]
) -> None:
    a_child(session, **child)
    a_pledge(session)

    assert run(session, now) == []


def test_a_child_without_a_school_is_matched_like_any_other(
    session: Session, now: datetime
) -> None:
    child = a_child(session, None, route=Route.VILLAGE, grade=None)
    pledge = a_pledge(session)[0]

    assert run(session, now) == [(pledge.code, child.ref, 10_000)]


def test_what_is_proposed_stays_when_the_run_is_repeated(session: Session, now: datetime) -> None:
    a_child(session)
    a_pledge(session)
    first = run(session, now)
    before = session.scalars(select(Match.child_ref)).all()
    late = a_child(session, name="急")
    need_of(session, late).urgency = 3

    assert run(session, now) == first
    assert session.scalars(select(Match.child_ref)).all() == before


def test_a_pair_that_was_refused_is_not_proposed_until_lifted(
    session: Session, now: datetime
) -> None:
    pledge, child = a_pledge(session)[0], a_child(session)
    shut = Exclusion(
        pledge_id=pledge.id,
        child_id=child.id,
        reason=DeclineReason.PAPERS_TO_CHECK,
        since_on=date(2026, 11, 1),
    )
    session.add(shut)

    assert run(session, now) == []

    shut.lifted_on = date(2026, 11, 21)
    assert run(session, now) == [(pledge.code, child.ref, 10_000)]


def test_two_needs_of_one_child_are_not_both_given_to_one_pledge(
    session: Session, now: datetime
) -> None:
    child = a_child(session)
    session.add(
        Need(
            child_id=child.id,
            kind=NeedKind.FINANCIAL,
            monthly_fen=Fen(10_000),
            since_on=date(2026, 10, 1),
        )
    )
    a_pledge(session, children_wanted=2)

    assert len(run(session, now)) == 1


def test_a_closed_need_is_not_served(session: Session, now: datetime) -> None:
    need_of(session, a_child(session)).status = NeedStatus.CLOSED
    a_pledge(session)

    assert run(session, now) == []


def test_one_bad_record_does_not_stop_the_others(session: Session, now: datetime) -> None:
    good = a_child(session)
    a_child(session, name="坏", sex=None)
    pledge = a_pledge(session)[0]

    outcome = nights.pair_pledges(session, ENGINE, now=now)

    assert (outcome.proposed, outcome.left_out) == (1, 1)
    assert run(session, now) == [(pledge.code, good.ref, 10_000)]


def test_a_run_is_one_entry_in_the_trace_and_says_who_started_it(
    session: Session, now: datetime
) -> None:
    for n in range(3):
        a_child(session, name=f"孩子{n}")
        a_pledge(session, f"1380000000{n}")

    nights.pair_pledges(session, CASE_WORKER, now=now)

    found = session.scalars(select(OrdinaryEntry).order_by(OrdinaryEntry.seq)).all()
    assert [(entry.act, entry.actor, entry.detail["count"]) for entry in found] == [
        ("match.draft", CASE_WORKER.actor, 3), ("match.propose", ENGINE.actor, 3),
    ]  # fmt: skip
    assert set(session.scalars(select(Match.proposed_by))) == {"engine"}


def test_code_names_of_one_donor_differ_across_his_pledges(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.children.code_names.PLACES", ("河边",))
    monkeypatch.setattr("services.children.code_names.PLANTS", ("白桦", "沙棘"))
    for n in range(2):
        a_child(session, name=f"孩子{n}")
        a_pledge(session, "13800000001")

    run(session, now)

    assert sorted(session.scalars(select(Match.code_name))) == ["河边的沙棘", "河边的白桦"]


def test_a_proposal_holds_its_place_until_it_is_decided(session: Session, now: datetime) -> None:
    a_child(session)
    a_pledge(session)
    run(session, now)
    a_child(session, name="后来的")

    assert len(run(session, now + timedelta(days=1))) == 1


def test_banners_are_one_market(session: Session, now: datetime) -> None:
    here = a_child(session, name="近")
    there = a_child(session, name="远", banner_code=OTHER_BANNER, region_code=OTHER_BANNER)
    need_of(session, there).urgency = 3
    pledge = a_pledge(session)[0]

    assert run(session, now, by=CASE_WORKER) == [(pledge.code, there.ref, 10_000)]
    assert here.banner_code == BANNER
