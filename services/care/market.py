"""What the engine may know of care: children by bands and codes, volunteers by skills and places.

The nightly run, a volunteer's yes and the staff's ask the same rules of the same records.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, String, Text, cast, or_, select, type_coerce
from sqlalchemy.orm import Session

from matching.kinds.volunteers import CareNeed
from matching.kinds.volunteers import Volunteer as CareOffer
from matching.tables import Table
from models.care import CareMatch
from models.children import Child, Kin, Need
from models.volunteers import Volunteer
from services.care import abilities, around, conflicts
from services.care.around import IS_GUARDIAN, LIVE
from services.care.asked import together as asked_together
from services.children import readiness
from services.pairing import volunteers
from services.pairing.gathered import each
from services.pairing.market import MATCHABLE, good
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
_OF_CHILD = (
    Child.id, Child.ref, type_coerce(Child.sex, String).label("sex"), Child.birth_on,
    Child.languages, Child.region_code, Child.banner_code, Child.school_id, Child.hand_id,
    type_coerce(Child.stage, String).label("stage"), Child.verified_on, Child.agreed_on,
)  # fmt: skip
_OF_VOLUNTEER = (
    Volunteer.id, Volunteer.ref, type_coerce(Volunteer.sex, String).label("sex"),
    cast(Volunteer.skills, Text).label("skills"),
    cast(Volunteer.languages, Text).label("languages"),
    Volunteer.region_code, Volunteer.organisation_id, Volunteer.workplace_index,
    type_coerce(Volunteer.wish_sex, String).label("wish_sex"), Volunteer.age_from,
    Volunteer.age_to, Volunteer.reach_km, Volunteer.availability, Volunteer.capacity,
    Volunteer.checked_on, Volunteer.trained_on, Volunteer.insured_until, Volunteer.entered_on,
)  # fmt: skip
_OF_PAIR = (
    CareMatch.id, CareMatch.child_id, CareMatch.volunteer_id, CareMatch.kinds,
    CareMatch.successor_asked_on,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asking:
    """Children with open care needs, and these needs child by child; rows stay in the services."""

    children: Sequence[Any]
    needs: Sequence[Any]

    def __len__(self) -> int:
        return len(self.children)


def asking(session: Session, *where: ColumnElement[bool]) -> Asking:
    """Return children with open care needs; whose safety is in doubt waits for the staff."""
    is_asked = (
        Need.kind != NeedKind.FINANCIAL,
        Need.status == NeedStatus.OPEN,
        Child.status.in_(MATCHABLE),
        Child.in_danger.is_(False),
        *where,
    )
    kind = type_coerce(Need.kind, String)
    needs = select(Need.child_id, kind, Need.urgency, Need.since_on, Need.times)
    needs = needs.join(Child, Child.id == Need.child_id).where(*is_asked)
    known = select(*_OF_CHILD).where(
        Child.id.in_(select(Need.child_id).join(Child, Child.id == Need.child_id).where(*is_asked))
    )
    return Asking(
        session.execute(known.order_by(Child.id)).all(),
        session.execute(needs.order_by(Need.child_id, Need.id)).all(),
    )


def ready(session: Session, *where: ColumnElement[bool]) -> Sequence[Any]:
    """Return the volunteers who were cleared, not on leave nor leaving; papers are the engine's rule."""
    asked = select(*_OF_VOLUNTEER).where(
        Volunteer.status.in_(READY), Volunteer.leaves_on.is_(None), *where
    )
    return session.execute(asked.order_by(Volunteer.id)).all()


def live(session: Session, *where: ColumnElement[bool]) -> Sequence[Any]:
    """Return the pairs that take a place now."""
    asked = select(*_OF_PAIR).where(CareMatch.status.in_(LIVE), *where)
    return session.execute(asked.order_by(CareMatch.id)).all()


def near(child_id: int, volunteer_id: int) -> ColumnElement[bool]:
    """Say in SQL which pairs bear on one: the child's own, its siblings', the volunteer's."""
    own = select(Kin.phone_index).where(IS_GUARDIAN, Kin.child_id == child_id)
    home = select(Kin.child_id).where(IS_GUARDIAN, Kin.phone_index.in_(own))
    return or_(
        CareMatch.child_id == child_id,
        CareMatch.volunteer_id == volunteer_id,
        CareMatch.child_id.in_(home),
    )


def need_records(session: Session, asked: Asking, taken: Sequence[Any], *, on: date) -> Table:
    """Write children as the engine may know them: what of their care nobody gives yet."""
    staying = _staying(session, taken)
    given = _given(staying)
    needs = [need for need in asked.needs if need[1] not in given.get(need[0], ())]
    open_ = {need[0] for need in needs}
    children = [child for child in asked.children if child.id in open_]
    families, beside = around.families(session, children, staying)
    agreed = readiness.consenting(session, children, on=on, purpose=Purpose.CARE)
    spoken = each([one.languages for one in children], _languages)
    return good(
        CareNeed,
        {
            "code": [one.ref for one in children],
            **asked_together(needs, on=on),
            **_where(session, [one.region_code for one in children]),
            "sex": [one.sex for one in children],
            "age": each([one.birth_on for one in children], lambda day: _age(day, on)),
            "language": [first for first, _ in spoken],
            "understands": [others for _, others in spoken],
            "banner": [one.banner_code for one in children],
            "is_verified": np.array([one.verified_on is not None for one in children], np.bool_),
            "has_consent": np.array([one.id in agreed for one in children], np.bool_),
            "family": [families.get(one.id) for one in children],
            "sibling_with": [beside.get(one.id) for one in children],
            "organisations": conflicts.of_children(session, children),
            "units_open": np.ones(len(children), dtype=np.int64),
        },
        len(children),
    )


def _staying(session: Session, taken: Sequence[Any]) -> list[Any]:
    """Return the pairs without those of who leaves: for these a successor is sought already."""
    gone = set(session.scalars(select(Volunteer.id).where(Volunteer.leaves_on.is_not(None))))
    return [one for one in taken if one.volunteer_id not in gone and one.successor_asked_on is None]


def _given(taken: Iterable[Any]) -> Mapping[int, set[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    for match in taken:
        found[match.child_id].update(match.kinds)
    return found


def _where(session: Session, codes: Sequence[str]) -> dict[str, Any]:
    townships = each(codes, around.township_of)
    places = around.places(session, set(townships))
    return {
        "township": townships,
        "lat": [places[code][0] for code in townships],
        "lon": [places[code][1] for code in townships],
    }


def _languages(words: str) -> tuple[str, frozenset[str]]:
    """Return the language spoken every day, and those that are understood."""
    first, *others = abilities.languages_of([words])
    return first.value, frozenset(code.value for code in others)


def _age(birth_on: date | None, on: date) -> int:
    return age_on(birth_on, on) if birth_on else readiness.AGREES_FROM


def offer_records(
    session: Session, found: Sequence[Any], taken: Sequence[Any], *, on: date
) -> Table:
    """Write volunteers as the engine may know them, with the places that nobody holds."""
    held = Counter(match.volunteer_id for match in taken)
    excluded = around.excluded(session, taken)
    risky = around.with_high_risk(session, taken)
    shut = [(row, code) for row, one in enumerate(found) for code in excluded.get(one.id, ())]
    papers = [(one.checked_on, one.trained_on, one.insured_until) for one in found]
    lacking = each(papers, lambda three: volunteers.lacking(three, on=on))
    return good(
        CareOffer,
        {
            "code": [one.ref for one in found],
            **_where(session, [one.region_code for one in found]),
            "places": [max(0, one.capacity - held[one.id]) for one in found],
            "sex": [one.sex for one in found],
            "skills": each([one.skills for one in found], _skills),
            "languages": each([one.languages for one in found], _spoken),
            "banner": each([one.region_code for one in found], around.banner_of),
            "reach_km": [one.reach_km for one in found],
            "times": each([one.availability or "" for one in found], abilities.times_of),
            "wish_sex": [one.wish_sex for one in found],
            "age_from": [one.age_from for one in found],
            "age_to": [one.age_to for one in found],
            "is_cleared": [_CHECKED.isdisjoint(some) for some in lacking],
            "is_trained": [Clearance.TRAINING not in some for some in lacking],
            "has_high_risk": [one.id in risky for one in found],
            "organisations": conflicts.of_volunteers(session, found),
            "excluded": ([row for row, _ in shut], [code for _, code in shut]),
            "waiting_days": each(
                [one.entered_on for one in found], lambda day: max(0, (on - day).days)
            ),
            "units_per_child": np.ones(len(found), dtype=np.int64),
        },
        len(found),
    )


def _skills(words: str) -> frozenset[str]:
    return frozenset(kind.value for kind in abilities.skills_of(json.loads(words)))


def _spoken(words: str) -> frozenset[str]:
    return frozenset(code.value for code in abilities.languages_of(json.loads(words)))
