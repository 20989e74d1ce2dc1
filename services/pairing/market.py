"""What the engine may know: needs and pledges as codes, bands and counts, without identities.

The nightly run, a pair proposed by hand and an approval ask the same rules of the same records.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select, true
from sqlalchemy.orm import Bundle, Session

import matching
from matching.tables import Table
from models.children import Child, Need
from models.pledges import Exclusion, Match, Pledge
from services.children import readiness
from services.pairing.gathered import each
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

NeedOfChild = tuple[Any, Any]
"""A need and its child: plain rows, or the records themselves."""
_NEED: Bundle[Any] = Bundle(
    "need", Need.id, Need.ref, Need.child_id, Need.monthly_fen, Need.urgency, Need.since_on
)
_CHILD: Bundle[Any] = Bundle(
    "child", Child.id, Child.birth_on, Child.sex, Child.stage, Child.grade, Child.league_code,
    Child.banner_code, Child.region_code, Child.verified_on, Child.agreed_on,
)  # fmt: skip
_OF_PLEDGE = (
    Pledge.id, Pledge.code, Pledge.instalment_fen, Pledge.rhythm, Pledge.children_wanted,
    Pledge.wish_sex, Pledge.wish_stage, Pledge.wish_league, Pledge.until, Pledge.offered_on,
)  # fmt: skip

LIVE = (MatchStatus.PROPOSED, MatchStatus.ACTIVE)
IS_LIVE = Match.status.in_(LIVE)
IS_GIVEN = Match.stands_in_for_id.is_(None)
MATCHABLE = (ChildStatus.OPEN, ChildStatus.SUPPORTED)
_LOG = logging.getLogger(__name__)
_FEW = 500


def is_cover(match: type[Match] = Match) -> ColumnElement[bool]:
    """Say in SQL that a match covers its need: neither the gap fund's own nor one run dry."""
    return and_(match.stands_in_for_id.is_(None), match.dry_on.is_(None))


def open_needs(session: Session, *where: ColumnElement[bool]) -> Sequence[NeedOfChild]:
    """Return financial needs of open and supported children, with their child, as plain rows."""
    rows = session.execute(
        select(_NEED, _CHILD)
        .select_from(Need)
        .join(Child, Child.id == Need.child_id)
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


def open_pledges(session: Session, *, live: ColumnElement[bool] = IS_LIVE) -> Sequence[Any]:
    """Return confirmed pledges for children that have a place left, and money for their own."""
    taken = select(func.count(Match.id)).where(Match.pledge_id == Pledge.id, live).scalar_subquery()
    # Whoever takes over from another payer has his children already.
    is_free = Pledge.follows_id.is_(None)
    asked = select(*_OF_PLEDGE).where(
        Pledge.status == PledgeStatus.CONFIRMED,
        Pledge.kind == PledgeKind.CHILD,
        taken < Pledge.children_wanted,
        is_free,
        ~exists().where(Match.pledge_id == Pledge.id, Match.dry_on.is_not(None)),
    )
    return session.execute(asked.order_by(Pledge.id)).all()


def need_records(
    session: Session,
    needs: Sequence[NeedOfChild],
    *,
    on: date,
    live: ColumnElement[bool] = IS_LIVE,
) -> Table:
    """Write needs as the engine may know them; `live` says which matches cover them already."""
    covered = _covered_units(session, live)
    children = [child for _, child in needs]
    agreed = readiness.consenting(session, children, on=on)
    grades = each(
        [(terms.grade_of(child), child.stage) for child in children],
        lambda grade: months_between(on, finishes_on(grade[0], LAST_GRADE[grade[1]], on=on)),
    )
    columns = {
        "code": [need.ref for need, _ in needs],
        "units_open": [
            max(0, (need.monthly_fen or 0) // UNIT - covered[need.id]) for need, _ in needs
        ],
        "sex": [child.sex for child in children],
        "stage": [child.stage for child in children],
        "league": [child.league_code for child in children],
        "banner": [child.banner_code for child in children],
        "urgency": [need.urgency for need, _ in needs],
        "waiting_days": [max(0, (on - need.since_on).days) for need, _ in needs],
        "is_verified": [child.verified_on is not None for child in children],
        "has_consent": [child.id in agreed for child in children],
        "months_left": grades,
    }
    return good(matching.Need, columns, len(needs))


def offer_records(
    session: Session,
    pledges: Sequence[Any],
    *,
    on: date,
    live: ColumnElement[bool] = IS_LIVE,
) -> Table:
    """Write pledges as the engine may know them; sums off the list are left to the gap fund."""
    taken = _places_taken(session, live)
    excluded = _excluded_needs(session, [pledge.id for pledge in pledges], live)
    listed = [p for p in pledges if terms.units_of(p) in matching.LISTED_UNITS]
    units = [terms.units_of(one) for one in listed]
    places = [max(0, one.children_wanted - taken.get(one.id, 0)) for one in listed]
    shut = [(row, code) for row, one in enumerate(listed) for code in excluded.get(one.id, ())]
    columns = {
        "code": [one.code for one in listed],
        "units": [each_ * free for each_, free in zip(units, places, strict=True)],
        "units_per_child": units,
        "children_at_most": places,
        "wish_sex": [one.wish_sex for one in listed],
        "wish_stage": [one.wish_stage for one in listed],
        "wish_league": [one.wish_league for one in listed],
        "until": [one.until if one.until in GRADUATION else None for one in listed],
        "scope": [None] * len(listed),
        "rhythm": [one.rhythm for one in listed],
        "excluded": ([row for row, _ in shut], [code for _, code in shut]),
        # By the month: the day a donor signed up or paid must not show in who gets which child.
        "waiting_days": [max(0, (on - first_of_month(one.offered_on)).days) for one in listed],
    }
    return good(matching.Offer, columns, len(listed))


def good(kind: type[Any], columns: Mapping[str, Any], count: int) -> Table:
    """Write every row that can be written: one bad record never stops the rest (law 12)."""
    table, left_out = Table.read(kind, columns, count)
    for field, rows in left_out.items():
        _LOG.warning("left out of matching: %s (%d)", field, rows)
    return table


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
