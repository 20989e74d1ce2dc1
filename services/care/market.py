"""What the engine may know of care: children by bands and codes, volunteers by skills and places.

The nightly run, a volunteer's yes and the staff's ask the same rules of the same records.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

import matching
from matching.kinds.volunteers import CareNeed
from matching.kinds.volunteers import Volunteer as CareOffer
from models.care import CareMatch
from models.children import Child, Kin, Need
from models.volunteers import Volunteer
from services.care import abilities, around
from services.care.around import HIGH_RISK, IS_GUARDIAN, LIVE
from services.children import readiness
from services.pairing import volunteers
from services.pairing.market import MATCHABLE
from vocabulary.dates import age_on
from vocabulary.enums import (
    CareStatus,
    Clearance,
    NeedKind,
    NeedStatus,
    Purpose,
    VolunteerStatus,
)

PAIRED = (CareStatus.TRIAL, CareStatus.ACTIVE)
READY = (VolunteerStatus.CLEARED, VolunteerStatus.ACTIVE)
_CHECKED = frozenset({Clearance.RECORD_CHECK, Clearance.INSURANCE})
_LOG = logging.getLogger(__name__)
Record = TypeVar("Record", CareNeed, CareOffer)


@dataclass(frozen=True, slots=True)
class Asking:
    """A child and its open care needs; the rows stay inside the services."""

    child: Child
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is asked of the database once for all records."""

    places: Mapping[str, tuple[int | None, int | None]]
    schools: Mapping[int, str]


def asking(session: Session, *where: ColumnElement[bool]) -> list[Asking]:
    """Return children with open care needs; whose safety is in doubt waits for the staff."""
    rows = session.execute(
        select(Need, Child)
        .join(Child, Child.id == Need.child_id)
        .where(
            Need.kind != NeedKind.FINANCIAL,
            Need.status == NeedStatus.OPEN,
            Child.status.in_(MATCHABLE),
            Child.in_danger.is_(False),
            *where,
        )
        .order_by(Child.id, Need.id)
    )
    found: dict[int, tuple[Child, list[Need]]] = {}
    for need, child in rows:
        found.setdefault(child.id, (child, []))[1].append(need)
    return [Asking(child, tuple(needs)) for child, needs in found.values()]


def ready(session: Session, *where: ColumnElement[bool]) -> list[Volunteer]:
    """Return the volunteers who were cleared, not on leave nor leaving; papers are the engine's rule."""
    asked = select(Volunteer).where(
        Volunteer.status.in_(READY), Volunteer.leaves_on.is_(None), *where
    )
    return list(session.scalars(asked.order_by(Volunteer.id)))


def live(session: Session, *where: ColumnElement[bool]) -> list[CareMatch]:
    """Return the pairs that take a place now."""
    asked = select(CareMatch).where(CareMatch.status.in_(LIVE), *where)
    return list(session.scalars(asked.order_by(CareMatch.id)))


def near(child_id: int, volunteer_id: int) -> ColumnElement[bool]:
    """Say in SQL which pairs bear on one: the child's own, its siblings', the volunteer's."""
    own = select(Kin.phone_index).where(IS_GUARDIAN, Kin.child_id == child_id)
    home = select(Kin.child_id).where(IS_GUARDIAN, Kin.phone_index.in_(own))
    return or_(
        CareMatch.child_id == child_id,
        CareMatch.volunteer_id == volunteer_id,
        CareMatch.child_id.in_(home),
    )


def need_records(
    session: Session, asked: Sequence[Asking], taken: Sequence[CareMatch], *, on: date
) -> list[CareNeed]:
    """Write children as the engine may know them: what of their care nobody gives yet."""
    children = [one.child for one in asked]
    agreed = readiness.consenting(session, children, on=on, purpose=Purpose.CARE)
    schools = around.organisations(
        session, (key for c in children for key in (c.school_id, c.hand_id))
    )
    known = _Known(around.places(session, children), schools)
    staying = _staying(session, taken)
    given = _given(staying)
    families, beside = around.families(session, children, staying)

    def write(one: Asking) -> CareNeed:
        child = one.child
        open_needs = [need for need in one.needs if need.kind not in given[child.id]]
        return _need_record(
            Asking(child, tuple(open_needs)),
            known,
            has_consent=child.id in agreed,
            family=families.get(child.id),
            sibling_with=beside.get(child.id),
            on=on,
        )

    open_ones = [one for one in asked if any(n.kind not in given[one.child.id] for n in one.needs)]
    return _good(write, open_ones)


def _staying(session: Session, taken: Sequence[CareMatch]) -> list[CareMatch]:
    """Return the pairs without those of who leaves: for these a successor is sought already."""
    gone = set(session.scalars(select(Volunteer.id).where(Volunteer.leaves_on.is_not(None))))
    return [one for one in taken if one.volunteer_id not in gone and one.successor_asked_on is None]


def _given(taken: Iterable[CareMatch]) -> defaultdict[int, set[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    for match in taken:
        found[match.child_id].update(match.kinds)
    return found


def _need_record(
    one: Asking,
    known: _Known,
    *,
    has_consent: bool,
    family: str | None,
    sibling_with: str | None,
    on: date,
) -> CareNeed:
    child, languages = one.child, abilities.languages_of([one.child.languages])
    lat, lon = known.places[around.township_of(child.region_code)]
    urgency = max(need.urgency for need in one.needs)
    return CareNeed(
        code=child.ref,
        asks=frozenset(need.kind.value for need in one.needs),
        sex=child.sex.value if child.sex else "",
        age=age_on(child.birth_on, on) if child.birth_on else readiness.AGREES_FROM,
        language=languages[0].value,
        understands=frozenset(code.value for code in languages[1:]),
        township=around.township_of(child.region_code),
        banner=child.banner_code,
        lat=lat,
        lon=lon,
        times=frozenset(),
        urgency=urgency,
        waiting_days=max(0, (on - min(need.since_on for need in one.needs)).days),
        is_verified=child.verified_on is not None,
        has_consent=has_consent,
        is_high_risk=urgency >= HIGH_RISK,
        family=family,
        sibling_with=sibling_with,
        organisations=_named(known, child.school_id, child.hand_id),
    )


def _named(known: _Known, *keys: int | None) -> frozenset[str]:
    return frozenset(known.schools[key] for key in keys if key is not None)


def offer_records(
    session: Session, found: Sequence[Volunteer], taken: Sequence[CareMatch], *, on: date
) -> list[CareOffer]:
    """Write volunteers as the engine may know them, with the places that nobody holds."""
    schools = around.organisations(session, (one.organisation_id for one in found))
    known = _Known(around.places(session, found), schools)
    held = Counter(match.volunteer_id for match in taken)
    excluded = around.excluded(session, taken)
    risky = around.with_high_risk(session, taken)

    def write(one: Volunteer) -> CareOffer:
        places = max(0, one.capacity - held[one.id])
        no = frozenset(excluded[one.id])
        return _offer_record(one, known, places, no, has_high_risk=one.id in risky, on=on)

    return _good(write, found)


def _offer_record(
    one: Volunteer,
    known: _Known,
    places: int,
    excluded: frozenset[str],
    *,
    has_high_risk: bool,
    on: date,
) -> CareOffer:
    lat, lon = known.places[around.township_of(one.region_code)]
    lacking = volunteers.lacking(one, on=on)
    return CareOffer(
        code=one.ref,
        places=places,
        sex=one.sex.value if one.sex else None,
        skills=frozenset(kind.value for kind in abilities.skills_of(one.skills)),
        languages=frozenset(code.value for code in abilities.languages_of(one.languages)),
        township=around.township_of(one.region_code),
        banner=around.banner_of(one.region_code),
        lat=lat,
        lon=lon,
        reach_km=one.reach_km,
        times=abilities.times_of(one.availability or ""),
        wish_sex=one.wish_sex.value if one.wish_sex else None,
        age_from=one.age_from,
        age_to=one.age_to,
        is_cleared=_CHECKED.isdisjoint(lacking),
        is_trained=Clearance.TRAINING not in lacking,
        has_high_risk=has_high_risk,
        organisations=_named(known, one.organisation_id),
        excluded=excluded,
        waiting_days=max(0, (on - one.entered_on).days),
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
