"""爱心妈妈: entered, then cleared by record check, training and insurance; the rest is computed."""

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models import keys
from models.base import in_regions
from models.organisations import Organisation
from models.regions import Region
from models.volunteers import Volunteer
from privacy.permissions import Act, require
from privacy.viewers import Viewer, works_in
from services import gate, trace
from services import workplaces as workplaces_of
from services.gate import Card, Part
from services.lifecycle import advance
from vocabulary.dates import today
from vocabulary.enums import Clearance, Sex, VolunteerStatus
from vocabulary.errors import BadInput, NotPermitted
from vocabulary.refs import new_ref

ID_PLACE = "volunteers.id_number"
_POLICY = Path(__file__).parents[2] / "data" / "clearance.toml"
_COLUMN = {
    Clearance.RECORD_CHECK: "checked_on",
    Clearance.TRAINING: "trained_on",
    Clearance.INSURANCE: "insured_until",
}
_LONGEST_INSURANCE_DAYS = 5 * 366
AVAILABILITY_AT_MOST = 60


@dataclass(frozen=True, slots=True)
class NewVolunteer:
    """What she says of herself. Papers count only when staff have seen them."""

    name: str
    region_code: str
    sex: Sex | None = None
    id_number: str | None = None
    phone: str | None = None
    occupation: str | None = None
    skills: Sequence[str] = ()
    languages: Sequence[str] = ()
    availability: str = ""
    capacity: int = 1
    remark: str | None = None


@cache
def _days() -> dict[Clearance, int]:
    policy = tomllib.loads(_POLICY.read_text(encoding="utf-8"))
    return {
        Clearance.RECORD_CHECK: policy["record_check_days"],
        Clearance.TRAINING: policy["training_days"],
    }


def valid_until(paper: Clearance, on: date | None) -> date | None:
    """Return the last day a paper counts: insurance names it, the others run from their day."""
    if on is None or paper is Clearance.INSURANCE:
        return on
    return on + timedelta(days=_days()[paper])


def missing(card: Card, *, on: date) -> tuple[Clearance, ...]:
    """Return what a volunteer lacks for being proposed on a day (law 9)."""
    return lacking([card[_COLUMN[paper]] for paper in Clearance], on=on)


def lacking(papers: Sequence[date | None], *, on: date) -> tuple[Clearance, ...]:
    """Return the same of the days of her papers: record check, training, insurance."""
    last = (valid_until(paper, day) for paper, day in zip(Clearance, papers, strict=True))
    return tuple(
        paper for paper, until in zip(Clearance, last, strict=True) if until is None or until < on
    )


def enter(session: Session, by: Viewer, new: NewVolunteer, *, now: datetime) -> str:
    """Write one volunteer as applied; return her ref. Raises BadInput for a known number."""
    if new.id_number and known_numbers(session, by, [id_index(new.id_number)]):
        raise BadInput(field="id_number", reason="already_known")
    return enter_all(session, by, [new], now=now)[0]


def enter_all(
    session: Session, by: Viewer, news: Sequence[NewVolunteer], *, now: datetime, under: str = ""
) -> list[str]:
    """Write many volunteers as one act; return their refs. Only inside the actor's regions."""
    require(by, Act.ENTER_VOLUNTEER)
    if not all(works_in(by, new.region_code) for new in news):
        raise NotPermitted()
    rows = [_row(by, new, now=now) for new in news]
    session.execute(insert(Volunteer), rows)
    refs = [row["ref"] for row in rows]
    digest = hashlib.sha256("\n".join(refs).encode()).hexdigest()
    detail = {"count": len(refs), "digest": digest} if under else {}
    subject = under or f"volunteer:{refs[0]}"
    trace.record(session, by, "volunteer.enter", subject, now=now, detail=detail)
    return refs


def _row(by: Viewer, new: NewVolunteer, *, now: datetime) -> dict[str, Any]:
    return {
        "ref": new_ref("volunteer"),
        "name": new.name,
        "sex": new.sex,
        "id_number": new.id_number,
        "id_index": id_index(new.id_number) if new.id_number else None,
        "phone": new.phone,
        "region_code": new.region_code,
        "occupation": new.occupation,
        "skills": list(new.skills),
        "languages": list(new.languages),
        "availability": new.availability[:AVAILABILITY_AT_MOST] or None,
        "capacity": new.capacity,
        "status": VolunteerStatus.APPLIED,
        "remark": new.remark,
        "entered_by": by.actor,
        "entered_on": today(now),
    }


def id_index(number: str) -> str:
    """Return the exact-search handle of a resident's number."""
    return keys.blind_index(ID_PLACE, number)


def known_numbers(session: Session, by: Viewer, indexes: Sequence[str]) -> set[str]:
    """Return those of the handles that a volunteer has already, in any region."""
    require(by, Act.ENTER_VOLUNTEER)
    return set(session.scalars(select(Volunteer.id_index).where(Volunteer.id_index.in_(indexes))))


def record_paper(
    session: Session, by: Viewer, ref: str, paper: Clearance, *, on: date, now: datetime
) -> None:
    """Keep that staff saw a paper: the day of the check or training, the last day of the insurance.

    She is cleared when nothing is missing any more. Raises BadInput for a day that cannot be.
    """
    require(by, Act.CLEAR_VOLUNTEER)
    volunteer = gate.row(session, by, Volunteer, Volunteer.ref == ref)
    _check_day(paper, on, now=now)
    setattr(volunteer, _COLUMN[paper], on)
    session.flush()
    detail = {"paper": paper.value, "on": on.isoformat()}
    trace.record(session, by, "volunteer.paper", f"volunteer:{ref}", now=now, detail=detail)
    _settle(session, by, volunteer, now=now)


@dataclass(frozen=True, slots=True)
class Terms:
    """With whom she may be paired: how many, whom she wishes for, how far she goes, where she works.

    `workplace` is a name of her own where the list has none; `availability` are her own words.
    """

    capacity: int
    wish_sex: Sex | None
    age_from: int
    age_to: int
    reach_km: int
    organisation_ref: str = ""
    workplace: str = ""
    availability: str = ""


def set_terms(session: Session, by: Viewer, ref: str, terms: Terms, *, now: datetime) -> None:
    """Keep with whom a volunteer may be paired from the next run on. Raises BadInput, NotFound."""
    require(by, Act.ENTER_VOLUNTEER)
    volunteer = gate.row(session, by, Volunteer, Volunteer.ref == ref)
    if terms.age_from > terms.age_to:
        raise BadInput(field="age_to", reason="backwards")
    at = Organisation.ref == terms.organisation_ref
    working = gate.row(session, by, Organisation, at).id if terms.organisation_ref else None
    volunteer.capacity, volunteer.reach_km = terms.capacity, terms.reach_km
    volunteer.wish_sex, volunteer.organisation_id = terms.wish_sex, working
    volunteer.age_from, volunteer.age_to = terms.age_from, terms.age_to
    volunteer.availability = terms.availability.strip()[:AVAILABILITY_AT_MOST] or None
    for column, value in workplaces_of.kept(terms.workplace).items():
        setattr(volunteer, column, value)
    session.flush()
    trace.record(session, by, "volunteer.terms", f"volunteer:{ref}", now=now)


def workplaces(session: Session, viewer: Viewer, ref: str) -> tuple[list[Card], str]:
    """Return the schools and units of her banner, and the ref of where she works."""
    require(viewer, Act.ENTER_VOLUNTEER)
    volunteer = gate.row(session, viewer, Volunteer, Volunteer.ref == ref)
    banner = Viewer(viewer.roles, viewer.actor, regions=(banner_of(volunteer.region_code),))
    found = gate.cards(
        session,
        viewer,
        Organisation,
        fields=("ref", "name"),
        where=(in_regions(Organisation.region_code, banner),),
        order_by=(Organisation.name,),
    )
    own = session.get(Organisation, volunteer.organisation_id or 0)
    return found, own.ref if own else ""


def banner_of(code: str) -> str:
    """Return the banner around a division."""
    return code[:6].ljust(12, "0")


def _check_day(paper: Clearance, on: date, *, now: datetime) -> None:
    day = today(now)
    if paper is Clearance.INSURANCE:
        if not day <= on <= day + timedelta(days=_LONGEST_INSURANCE_DAYS):
            raise BadInput(field="on", reason="not_insured")
    elif on > day:
        raise BadInput(field="on", reason="in_future")


def _settle(session: Session, by: Viewer, volunteer: Volunteer, *, now: datetime) -> None:
    """Take the steps that the papers allow: checked, in training, cleared."""
    card = gate.card(session, by, Volunteer, Volunteer.id == volunteer.id)
    lacking = missing(card, on=today(now))
    steps = (
        (VolunteerStatus.APPLIED, VolunteerStatus.CLEARANCE, True),
        (
            VolunteerStatus.CLEARANCE,
            VolunteerStatus.TRAINING,
            Clearance.RECORD_CHECK not in lacking,
        ),
        (VolunteerStatus.TRAINING, VolunteerStatus.CLEARED, not lacking),
    )
    for source, to, is_due in steps:
        if volunteer.status is source and is_due:
            advance(session, volunteer, to, by=by, now=now, reason="papers seen")


def listing(
    session: Session, viewer: Viewer, *, code: str, now: datetime, limit: int, offset: int
) -> list[Card]:
    """List the volunteers of a division, the latest first, with what each lacks."""
    here = Viewer(viewer.roles, viewer.actor, regions=(code,))
    found = gate.cards(
        session,
        viewer,
        Volunteer,
        parts=_PARTS,
        where=(in_regions(Volunteer.region_code, here),),
        order_by=(Volunteer.id.desc(),),
        limit=limit,
        offset=offset,
    )
    return [card.and_also(missing=missing(card, on=today(now))) for card in found]


def count(session: Session, viewer: Viewer, *, code: str) -> int:
    """Count the volunteers of a division."""
    here = Viewer(viewer.roles, viewer.actor, regions=(code,))
    return gate.count(session, viewer, Volunteer, in_regions(Volunteer.region_code, here))


def detail(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return one volunteer with what she lacks and until when each paper counts."""
    card = gate.card(session, viewer, Volunteer, Volunteer.ref == ref, parts=_PARTS)
    tied = select(Volunteer.account_id).where(Volunteer.ref == ref)
    has_login = session.scalar(tied) is not None
    return _with_papers(card, on=today(now)).and_also(has_login=has_login)


def myself(session: Session, viewer: Viewer, *, now: datetime) -> Card | None:
    """Return the signed-in volunteer's own record, or None while her login has none."""
    found = gate.cards(session, viewer, Volunteer, parts=_PARTS, limit=1)
    return _with_papers(found[0], on=today(now)) if found else None


def _with_papers(card: Card, *, on: date) -> Card:
    lacking = missing(card, on=on)
    papers = [
        {
            "paper": paper,
            "on": card[column],
            "until": valid_until(paper, card[column]),
            "is_missing": paper in lacking,
        }
        for paper, column in _COLUMN.items()
    ]
    return card.and_also(missing=lacking, papers=papers)


_PARTS = {"place": Part(Region, Region.code == Volunteer.region_code, ("name",))}
