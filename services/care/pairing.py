"""Volunteers paired with children: what a run found becomes proposals, each asked for 48 hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import matching
from models.care import CareMatch
from models.children import Child
from models.volunteers import Volunteer
from privacy.viewers import Viewer
from services.care import asking_her, market, together
from services.pairing.gathered import ENGINE, MATCHED_ANEW, Found, Gathered, Side
from vocabulary.dates import today
from vocabulary.enums import CareStatus, NeedKind

ANSWER_HOURS = 48
DELICATE = NeedKind.PSYCHOLOGICAL.value


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows behind the records, by the codes that the engine knows, and children's families."""

    children: dict[str, Any]
    volunteers: dict[str, Any]
    families: dict[str, str]


def gather(session: Session, day: date, banner: str | None) -> Gathered:
    """Read all open care and all who are ready.

    What stands stays, but for what the engine asked in a banner matched anew and nobody answered.
    """
    free = _movable(session, banner) if banner else []
    moving = {one.id for one in free}
    taken = [one for one in market.live(session) if one.id not in moving]
    asked, found = market.asking(session), market.ready(session)
    needs = market.need_records(session, asked, taken, on=day)
    offers = market.offer_records(session, found, taken, on=day)
    children = {one.ref: one for one in asked.children}
    volunteers = {one.ref: one for one in found}
    codes = needs.values("code")
    families = {
        code: home for code, home in zip(codes, needs.values("family"), strict=True) if home
    }
    child_of, her = ({one.id: ref for ref, one in side.items()} for side in (children, volunteers))
    standing = [
        matching.Made(child_of[one.child_id], her[one.volunteer_id], 1)
        for one in free
        if one.child_id in child_of and one.volunteer_id in her
    ]
    left_out = len(asked) - len(needs) + len(found) - len(offers)
    return Gathered(needs, offers, standing, _Rows(children, volunteers, families), left_out)


def _movable(session: Session, banner: str) -> Sequence[Any]:
    children = select(Child.id).where(Child.banner_code == banner)
    return market.live(
        session,
        CareMatch.status == CareStatus.PROPOSED,
        CareMatch.proposed_by == ENGINE,
        CareMatch.child_id.in_(children),
    )


def _make(
    session: Session, gathered: Gathered, found: Sequence[Found], run_ref: str, now: datetime
) -> list[CareMatch]:
    rows: _Rows = gathered.rows
    made = [
        _match(
            rows.children[pair.need],
            rows.volunteers[pair.offer],
            now=now,
            parts=pair.parts,
            family=rows.families.get(pair.need),
            proposed_by=ENGINE,
            run_ref=run_ref,
            score=pair.score,
            runners_up=[_discreet(other) for other in pair.others],
        )
        for pair in found
    ]
    session.add_all(made)
    session.flush()
    return made


def _take_back(session: Session, by: Viewer, made: matching.Made, now: datetime) -> None:
    asked = (
        select(CareMatch)
        .join(Child, Child.id == CareMatch.child_id)
        .join(Volunteer, Volunteer.id == CareMatch.volunteer_id)
        .where(
            Child.ref == made.need,
            Volunteer.ref == made.offer,
            CareMatch.status == CareStatus.PROPOSED,
        )
    )
    for match in session.scalars(asked).all():
        together.take_back(session, by, match, why=MATCHED_ANEW, now=now)


def _discreet(other: Mapping[str, Any]) -> dict[str, Any]:
    return {**other, "lacks": [without_delicate(lack) for lack in other["lacks"]]}


def without_delicate(part: Mapping[str, Any]) -> dict[str, Any]:
    """Take out of a reason what only a child's own case workers know of it."""
    named = {"met", "asked"} & part.keys()
    return {**part, **{name: [one for one in part[name] if one != DELICATE] for name in named}}


def _match(
    child: Any,
    volunteer: Any,
    *,
    now: datetime,
    parts: Sequence[Mapping[str, Any]],
    **why: object,
) -> CareMatch:
    skill = next(part for part in parts if part["factor"] == "skill")
    is_delicate = (
        DELICATE in skill["asked"]
    )  # met or not: what is missing of the points would tell it
    return CareMatch(
        volunteer_id=volunteer.id,
        child_id=child.id,
        kinds=sorted(skill["met"]),
        is_delicate=is_delicate,
        proposed_on=today(now),
        answer_by=now + timedelta(hours=ANSWER_HOURS),
        reasons=[dict(part) if is_delicate else without_delicate(part) for part in parts],
        about=_about(child, parts, kinds=sorted(skill["met"])),
        **why,
    )


def _about(
    child: Any, parts: Sequence[Mapping[str, Any]], *, kinds: Sequence[str]
) -> dict[str, Any]:
    """Return all that she reads before two of the staff agreed: bands, never who it is."""
    of = {part["factor"]: part for part in parts}
    return {
        "kinds": [*kinds],
        "stage": child.stage,
        "language": of["language"]["language"],
        "same_township": of["distance"]["same_township"],
        "km": of["distance"]["km"],
        "times": of["times"]["asked"],
    }


def _tell(session: Session, made: Sequence[CareMatch], _run_ref: str, now: datetime) -> None:
    """Ask each volunteer; her 48 hours begin."""
    asking_her.ask(session, made, now=now)


SIDE = Side(
    kind=matching.VOLUNTEERS,
    act="care.propose",
    gather=gather,
    make=_make,
    take_back=_take_back,
    tell=_tell,
)
