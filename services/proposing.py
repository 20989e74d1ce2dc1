"""Runs the matcher: builds its records from rows without identities, keeps what it proposes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import matching
from models.children import Child, Need
from models.pledges import Exclusion, Match, Pledge
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import children, notices, terms, trace
from services.code_names import new_code_name
from vocabulary.dates import months_between, today
from vocabulary.enums import (
    ChildStatus,
    MatchStatus,
    NeedKind,
    NeedStatus,
    NoticeKind,
    PledgeKind,
    PledgeStatus,
    Role,
)
from vocabulary.grades import LAST_GRADE, finishes_on
from vocabulary.money import UNIT
from vocabulary.refs import new_ref
from vocabulary.schedule import STEP_MONTHS

DECIDE_DAYS = 7
LIVE = (MatchStatus.PROPOSED, MatchStatus.ACTIVE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run did."""

    run_ref: str
    proposed: int
    unmatched_needs: int
    unplaced_pledges: int


def propose(session: Session, by: Viewer, *, now: datetime) -> Outcome:
    """Propose the best total assignment of what is open; pairs already proposed stay as they are."""
    require(by, Act.RUN_MATCHING)
    day = today(now)
    pledges, needs = open_pledges(session), open_needs(session)
    run_ref = new_ref("matching_run")
    plan = matching.propose(
        need_records(session, needs, on=day), offer_records(session, pledges, on=day)
    )
    by_code = {pledge.code: pledge for pledge in pledges}
    by_ref = {need.ref: (need, child) for need, child in needs}
    for pair in plan.pairs:
        _keep(session, by, pair, by_code[pair.offer], by_ref[pair.need], run_ref=run_ref, now=now)
    session.flush()
    outcome = Outcome(
        run_ref, len(plan.pairs), len(plan.unmatched_needs), len(plan.unplaced_offers)
    )
    if plan.pairs:
        trace.record(
            session,
            by,
            "match.propose",
            f"matching_run:{run_ref}",
            now=now,
            detail={"count": outcome.proposed},
        )
    return outcome


def _keep(
    session: Session,
    by: Viewer,
    pair: matching.Pair,
    pledge: Pledge,
    need: tuple[Need, Child],
    *,
    run_ref: str,
    now: datetime,
) -> None:
    day = today(now)
    session.add(
        Match(
            pledge_id=pledge.id,
            child_id=need[1].id,
            need_id=need[0].id,
            instalment_fen=terms.instalment_for(pledge, pair.units),
            rhythm=pledge.rhythm,
            code_name=new_code_name(session, pledge.id),
            proposed_on=day,
            proposed_by=by.actor,
            decide_by=day + timedelta(days=DECIDE_DAYS),
            run_ref=run_ref,
            score=pair.score,
            reasons=[part.as_dict() for part in pair.parts],
            runners_up=[other.as_dict() for other in pair.next_needs],
        )
    )
    session.flush()
    notices.to_roles(
        session,
        (Role.APPROVER,),
        need[1].banner_code,
        NoticeKind.PROPOSALS_WAIT,
        f"matching_run:{run_ref}",
        now=now,
    )


def open_needs(session: Session) -> list[tuple[Need, Child]]:
    """Return financial needs of open and supported children, with their child."""
    rows = session.execute(
        select(Need, Child)
        .join(Child, Child.id == Need.child_id)
        .where(
            Need.kind == NeedKind.FINANCIAL,
            Need.status == NeedStatus.OPEN,
            Need.monthly_fen.is_not(None),
            Child.status.in_((ChildStatus.OPEN, ChildStatus.SUPPORTED)),
        )
        .order_by(Need.id)
    )
    return [(need, child) for need, child in rows]


def need_records(
    session: Session, needs: Iterable[tuple[Need, Child]], *, on: date
) -> list[matching.Need]:
    """Write needs as the engine may know them: codes, bands and counts."""
    covered = _covered_units(session)
    return [_need_record(session, n, c, covered.get(n.id, 0), on=on) for n, c in needs]


def _need_record(
    session: Session, need: Need, child: Child, covered: int, *, on: date
) -> matching.Need:
    leaves = finishes_on(terms.grade_of(child), LAST_GRADE[child.stage], on=on)
    return matching.Need(
        code=need.ref,
        units_open=max(0, (need.monthly_fen or 0) // UNIT - covered),
        sex=child.sex.value,
        stage=child.stage.value,
        league=child.league_code,
        banner=child.banner_code,
        urgency=need.urgency,
        waiting_days=max(0, (on - need.since_on).days),
        is_verified=child.verified_on is not None,
        has_consent=children.has_consent(session, child, on=on),
        months_left=months_between(on, leaves),
    )


def _covered_units(session: Session) -> dict[int, int]:
    """Return units already proposed or active per need."""
    rows = session.execute(
        select(Match.need_id, Match.rhythm, func.sum(Match.instalment_fen))
        .where(Match.status.in_(LIVE), Match.need_id.is_not(None))
        .group_by(Match.need_id, Match.rhythm)
    )
    covered: dict[int, int] = {}
    for need_id, rhythm, fen in rows:
        covered[need_id] = covered.get(need_id, 0) + fen // (STEP_MONTHS[rhythm] * UNIT)
    return covered


def open_pledges(session: Session) -> list[Pledge]:
    """Return confirmed pledges for children that have a place left."""
    taken = (
        select(func.count(Match.id))
        .where(Match.pledge_id == Pledge.id, Match.status.in_(LIVE))
        .scalar_subquery()
    )
    return list(
        session.scalars(
            select(Pledge)
            .where(
                Pledge.status == PledgeStatus.CONFIRMED,
                Pledge.kind == PledgeKind.CHILD,
                taken < Pledge.children_wanted,
            )
            .order_by(Pledge.id)
        )
    )


def offer_records(session: Session, pledges: Iterable[Pledge], *, on: date) -> list[matching.Offer]:
    """Write pledges as the engine may know them; sums off the list are left to the gap fund."""
    taken = _places_taken(session)
    excluded = _excluded_needs(session)
    return [
        _offer_record(pledge, taken.get(pledge.id, 0), excluded.get(pledge.id, frozenset()), on=on)
        for pledge in pledges
        if terms.units_of(pledge) in matching.LISTED_UNITS
    ]


def _offer_record(
    pledge: Pledge, taken: int, excluded: frozenset[str], *, on: date
) -> matching.Offer:
    places = pledge.children_wanted - taken
    units = terms.units_of(pledge)
    return matching.Offer(
        code=pledge.code,
        units=units * places,
        units_per_child=units,
        children_at_most=places,
        wish_sex=pledge.wish_sex.value if pledge.wish_sex else None,
        wish_stage=pledge.wish_stage.value if pledge.wish_stage else None,
        wish_league=pledge.wish_league,
        rhythm=pledge.rhythm.value,
        excluded=excluded,
        waiting_days=max(0, (on - (pledge.confirmed_on or on)).days),
    )


def _places_taken(session: Session) -> Mapping[int, int]:
    rows = session.execute(
        select(Match.pledge_id, func.count(Match.id))
        .where(Match.status.in_(LIVE))
        .group_by(Match.pledge_id)
    )
    return {pledge_id: count for pledge_id, count in rows}


def _excluded_needs(session: Session) -> Mapping[int, frozenset[str]]:
    """Return per pledge the needs of children it must not be paired with (again)."""
    rows = session.execute(
        select(Exclusion.pledge_id, Need.ref)
        .join(Need, Need.child_id == Exclusion.child_id)
        .where(Exclusion.lifted_on.is_(None))
    )
    found: dict[int, set[str]] = {}
    for pledge_id, need_ref in rows:
        found.setdefault(pledge_id, set()).add(need_ref)
    active = session.execute(
        select(Match.pledge_id, Need.ref)
        .join(Need, Need.child_id == Match.child_id)
        .where(Match.status.in_(LIVE))
    )
    for pledge_id, need_ref in active:
        found.setdefault(pledge_id, set()).add(need_ref)
    return {pledge_id: frozenset(refs) for pledge_id, refs in found.items()}
