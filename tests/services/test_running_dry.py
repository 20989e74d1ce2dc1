"""Whose money has run dry keeps its child fed by the fund, and its need is open for a successor."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child
from models.pledges import Match, Pledge
from privacy import viewers
from services.fund import handing_on
from services.fund.running_dry import DRY_DAYS
from services.pairing import approvals, market, matches
from services.runs import nights
from tests.factories import a_match, a_pledge, viewer
from tests.services.gap_fund import (
    DECEMBER,
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    broken,
    feed,
    instalments,
    own_matches,
    pay,
    run,
    sponsored,
)
from vocabulary.dates import at
from vocabulary.enums import MatchStatus, PledgeEnd, Rhythm, Role, Stage
from vocabulary.errors import NothingLeftToPay
from vocabulary.money import Fen

DRY = SEPTEMBER + timedelta(days=DRY_DAYS)


def open_units(session: Session, on: date) -> list[int]:
    needs = market.need_records(session, market.open_needs(session), on=on)
    return [one.units_open for one in needs]


def test_a_few_days_late_is_not_dry(session: Session) -> None:
    feed(session, 88_800)
    match, _ = sponsored(session)
    run(session, SEPTEMBER)

    run(session, DRY - timedelta(days=1))

    assert (match.dry_on, open_units(session, DRY)) == (None, [0])


def test_unpaid_for_long_the_need_is_open_and_the_pledge_gets_no_further_child(
    session: Session,
) -> None:
    feed(session, 88_800)
    match, _ = sponsored(session)
    session.get_one(Pledge, match.pledge_id).children_wanted = 2
    run(session, SEPTEMBER)
    offered = [one.id for one in market.open_pledges(session)]

    run(session, DRY)

    assert offered == [match.pledge_id]
    assert (match.dry_on, open_units(session, DRY)) == (DRY, [2])
    assert market.open_pledges(session) == []


def test_who_pays_after_all_stays_the_sponsor(session: Session) -> None:
    feed(session, 88_800)
    match, reference = sponsored(session)
    run(session, SEPTEMBER)
    run(session, DRY)
    pay(session, reference, 10_000, DRY)

    run(session, DRY + timedelta(days=1))

    assert (match.dry_on, open_units(session, OCTOBER)) == (None, [0])


def test_the_night_after_a_successor_is_proposed_and_takes_over_without_a_month_twice_or_never(
    session: Session,
) -> None:
    """From proposal to hand-over as it happens: the fund pays until the successor's first due day."""
    feed(session, 88_800)
    match, _ = sponsored(session, verified_on=SEPTEMBER)
    run(session, SEPTEMBER)
    run(session, DRY)
    _, reference = a_pledge(session, "13800000077")
    pay(session, reference, 30_000, OCTOBER)
    run(session, OCTOBER)

    nights.pair_pledges(session, viewers.engine("matching"), now=at(date(2026, 10, 2), 5))
    follows = session.scalars(select(Match).where(Match.status == MatchStatus.PROPOSED)).one()
    approver = viewer(Role.APPROVER)
    desk = approvals.desk(
        session, approver, ref=follows.child_ref, show=approvals.Shown.ALL, now=at(OCTOBER)
    )
    matches.approve(session, approver, follows.child_ref, now=at(date(2026, 10, 5)))
    run(session, date(2026, 10, 6))
    run(session, NOVEMBER)
    matches.end_of_term(session, viewers.engine("matching"), now=at(NOVEMBER, 7))
    run(session, DECEMBER)

    assert desk["warnings"] == [] or all("covered" not in str(one) for one in desk["warnings"])
    assert instalments(session, match) == [(SEPTEMBER, "fund"), (OCTOBER, "fund")]
    assert instalments(session, follows) == [(NOVEMBER, "donor"), (DECEMBER, "donor")]
    assert (match.status, match.ends_on) == (MatchStatus.ENDED, NOVEMBER)
    assert own_matches(session) == []
    assert broken(session, DECEMBER) == {}


def test_money_that_comes_after_the_hand_over_still_repays_the_fund(session: Session) -> None:
    feed(session, 88_800)
    match, reference = sponsored(session)
    run(session, SEPTEMBER)
    matches.end_of_pledge(
        session, viewers.console(), match.pledge_id, on=OCTOBER, now=at(SEPTEMBER), reason="x"
    )
    pay(session, reference, 10_000, OCTOBER)

    run(session, OCTOBER)

    assert instalments(session, match) == [(SEPTEMBER, "repaid")]


def _proposed_after_a_paid_term(session: Session, **more) -> Match:
    """A term is paid by a sponsor who stopped; another is proposed in its middle."""
    before, reference = sponsored(session, rhythm=Rhythm.TERM, instalment_fen=Fen(60_000))
    pay(session, reference, 60_000, SEPTEMBER)
    run(session, SEPTEMBER)
    before.status, before.ends_on = MatchStatus.ENDED, OCTOBER
    child = session.get_one(Child, before.child_id)
    for name, value in more.pop("child", {}).items():
        setattr(child, name, value)
    pledge, _ = a_pledge(session, "13800000078", **more)
    told = {"status": MatchStatus.PROPOSED, "starts_on": None, "decided_by": None}
    return a_match(session, pledge, child, need_id=before.need_id, decided_on=None, **told)


def test_the_desk_names_the_day_on_which_a_successor_truly_begins(session: Session) -> None:
    proposal = _proposed_after_a_paid_term(session)

    seen = handing_on.outlook(
        session, viewer(Role.APPROVER), proposal.child_ref, now=at(date(2026, 10, 5))
    )

    assert seen.first_due == date(2027, 3, 1)
    assert not seen.is_empty
    approver = viewer(Role.APPROVER)
    matches.approve(session, approver, proposal.child_ref, now=at(date(2026, 10, 5)))
    assert proposal.starts_on == seen.starts_on


def test_a_successor_until_a_graduation_that_comes_before_his_turn_is_refused(
    session: Session,
) -> None:
    last_grade = {"stage": Stage.JUNIOR, "grade": 9}
    proposal = _proposed_after_a_paid_term(
        session, child=last_grade, until=PledgeEnd.JUNIOR, rhythm=Rhythm.YEAR,
        instalment_fen=Fen(120_000),
    )  # fmt: skip

    with pytest.raises(NothingLeftToPay):
        matches.approve(
            session, viewer(Role.APPROVER), proposal.child_ref, now=at(date(2026, 10, 5))
        )
    assert proposal.starts_on is None
