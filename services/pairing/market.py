"""What the engine may know: needs and pledges as codes, bands and counts, without identities.

The nightly run, a pair proposed by hand and an approval ask the same rules of the same records.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, exists, func, select, true
from sqlalchemy.orm import Session, load_only

import matching
from models.children import Child, Need
from models.pledges import Exclusion, Match, Pledge
from services.children import readiness
from services.pledges import terms
from vocabulary.dates import first_of_month, months_between
from vocabulary.enums import (
    ChildStatus,
    MatchStatus,
    NeedKind,
    NeedStatus,
    PledgeKind,
    PledgeStatus,
)
from vocabulary.grades import GRADUATION, LAST_GRADE, finishes_on
from vocabulary.money import UNIT

Record = TypeVar("Record", matching.Need, matching.Offer)
NeedOfChild = tuple[Need, Child]

LIVE = (MatchStatus.PROPOSED, MatchStatus.ACTIVE)
IS_LIVE = Match.status.in_(LIVE)
IS_GIVEN = Match.stands_in_for_id.is_(None)
MATCHABLE = (ChildStatus.OPEN, ChildStatus.SUPPORTED)
_LOG = logging.getLogger(__name__)
_FEW = 500


def is_cover(match: type[Match] = Match) -> ColumnElement[bool]:
    """Say in SQL that a match covers its need: neither the gap fund's own nor one run dry."""
    return and_(match.stands_in_for_id.is_(None), match.dry_on.is_(None))


def open_needs(session: Session, *where: ColumnElement[bool]) -> list[NeedOfChild]:
    """Return financial needs of open and supported children, with their child."""
    known = load_only(
        Child.birth_on,
        Child.sex,
        Child.stage,
        Child.grade,
        Child.league_code,
        Child.banner_code,
        Child.region_code,
        Child.verified_on,
        Child.agreed_on,
    )
    rows = session.execute(
        select(Need, Child)
        .join(Child, Child.id == Need.child_id)
        .options(known)
        .where(
            Need.kind == NeedKind.FINANCIAL,
            Need.status == NeedStatus.OPEN,
            Need.monthly_fen.is_not(None),
            Child.status.in_(MATCHABLE),
            *where,
        )
        .order_by(Need.id)
    )
    return [(need, child) for need, child in rows]


def open_pledges(session: Session, *, live: ColumnElement[bool] = IS_LIVE) -> list[Pledge]:
    """Return confirmed pledges for children that have a place left, and money for their own."""
    taken = select(func.count(Match.id)).where(Match.pledge_id == Pledge.id, live).scalar_subquery()
    # Whoever takes over from another payer has his children already.
    is_free = Pledge.follows_id.is_(None)
    return list(
        session.scalars(
            select(Pledge)
            .where(
                Pledge.status == PledgeStatus.CONFIRMED,
                Pledge.kind == PledgeKind.CHILD,
                taken < Pledge.children_wanted,
                is_free,
                ~exists().where(Match.pledge_id == Pledge.id, Match.dry_on.is_not(None)),
            )
            .order_by(Pledge.id)
        )
    )


def need_records(
    session: Session,
    needs: Sequence[NeedOfChild],
    *,
    on: date,
    live: ColumnElement[bool] = IS_LIVE,
) -> list[matching.Need]:
    """Write needs as the engine may know them; `live` says which matches cover them already."""
    covered = _covered_units(session, live)
    agreed = readiness.consenting(session, [child for _, child in needs], on=on)

    def write(pair: NeedOfChild) -> matching.Need:
        need, child = pair
        return _need_record(need, child, covered[need.id], has_consent=child.id in agreed, on=on)

    return _good(write, needs)


def _need_record(
    need: Need, child: Child, covered: int, *, has_consent: bool, on: date
) -> matching.Need:
    leaves = finishes_on(terms.grade_of(child), LAST_GRADE[child.stage], on=on)
    return matching.Need(
        code=need.ref,
        units_open=max(0, (need.monthly_fen or 0) // UNIT - covered),
        sex=child.sex.value if child.sex else "",
        stage=child.stage.value,
        league=child.league_code,
        banner=child.banner_code,
        urgency=need.urgency,
        waiting_days=max(0, (on - need.since_on).days),
        is_verified=child.verified_on is not None,
        has_consent=has_consent,
        months_left=months_between(on, leaves),
    )


def offer_records(
    session: Session,
    pledges: Sequence[Pledge],
    *,
    on: date,
    live: ColumnElement[bool] = IS_LIVE,
) -> list[matching.Offer]:
    """Write pledges as the engine may know them; sums off the list are left to the gap fund."""
    taken = _places_taken(session, live)
    excluded = _excluded_needs(session, [pledge.id for pledge in pledges], live)
    listed = [p for p in pledges if terms.units_of(p) in matching.LISTED_UNITS]

    def write(pledge: Pledge) -> matching.Offer:
        places = max(0, pledge.children_wanted - taken.get(pledge.id, 0))
        return _offer_record(pledge, places, excluded.get(pledge.id, frozenset()), on=on)

    return _good(write, listed)


def _offer_record(
    pledge: Pledge, places: int, excluded: frozenset[str], *, on: date
) -> matching.Offer:
    units = terms.units_of(pledge)
    return matching.Offer(
        code=pledge.code,
        units=units * places,
        units_per_child=units,
        children_at_most=places,
        wish_sex=pledge.wish_sex.value if pledge.wish_sex else None,
        wish_stage=pledge.wish_stage.value if pledge.wish_stage else None,
        wish_league=pledge.wish_league,
        until=pledge.until.value if pledge.until in GRADUATION else None,
        rhythm=pledge.rhythm.value,
        excluded=excluded,
        # By the month: the day a donor signed up or paid must not show in who gets which child.
        waiting_days=max(0, (on - first_of_month(pledge.offered_on)).days),
    )


def _good(write: Callable[[Any], Record], rows: Iterable[Any]) -> list[Record]:
    """Write every row that can be written: one bad record never stops the rest (law 12)."""
    written = []
    for row in rows:
        try:
            written.append(write(row))
        except matching.BadRecord as fault:
            _LOG.warning("left out of matching: %s", fault.field)
    return written


def _covered_units(session: Session, live: ColumnElement[bool]) -> Counter[int]:
    rows = session.execute(
        select(Match.need_id, Match.rhythm, func.sum(Match.instalment_fen))
        .where(live, is_cover(), Match.need_id.is_not(None))
        .group_by(Match.need_id, Match.rhythm)
    )
    covered: Counter[int] = Counter()
    for need_id, rhythm, fen in rows:
        covered[need_id or 0] += terms.units_for(fen, rhythm)
    return covered


def _places_taken(session: Session, live: ColumnElement[bool]) -> Mapping[int, int]:
    rows = session.execute(
        select(Match.pledge_id, func.count(Match.id)).where(live).group_by(Match.pledge_id)
    )
    return {pledge_id: count for pledge_id, count in rows}


def _excluded_needs(
    session: Session, pledge_ids: Sequence[int], live: ColumnElement[bool]
) -> Mapping[int, frozenset[str]]:
    """Return per pledge the needs of children it must not be paired with, or is paired with."""
    few = len(pledge_ids) <= _FEW
    refused = (
        select(Exclusion.pledge_id, Need.ref)
        .join(Need, Need.child_id == Exclusion.child_id)
        .where(
            Exclusion.lifted_on.is_(None),
            Exclusion.pledge_id.in_(pledge_ids) if few else true(),
        )
    )
    paired = select(Match.pledge_id, Need.ref).join(Need, Need.child_id == Match.child_id)
    found: dict[int, set[str]] = {}
    for query in (refused, paired.where(live)):
        for pledge_id, need_ref in session.execute(query):
            found.setdefault(pledge_id, set()).add(need_ref)
    return {pledge_id: frozenset(refs) for pledge_id, refs in found.items()}
