"""Schools: entered by hand or from a list, found by name inside a banner."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.base import in_regions
from models.children import Child
from models.organisations import Organisation
from models.regions import Region
from privacy.permissions import Act, require
from privacy.viewers import Viewer, works_in
from services import gate, trace
from services.batches import school_accounts
from services.batches.school_accounts import NewAccount
from services.gate import Card, Part
from vocabulary.dates import today
from vocabulary.enums import ChildStatus, OrganisationKind
from vocabulary.errors import BadInput, NotPermitted
from vocabulary.refs import new_ref

NAME_AT_MOST = 80
HANDS = (OrganisationKind.SCHOOL, OrganisationKind.INSTITUTION, OrganisationKind.WORK_UNIT)
"""Who hands over by a list of its own, with a login of its officer."""


@dataclass(frozen=True, slots=True)
class NewSchool:
    """What is known of a school, or an institution; its account waits for a second person."""

    name: str
    region_code: str
    contact_name: str | None = None
    contact_phone: str | None = None
    account: NewAccount | None = None
    remark: str | None = None
    kind: OrganisationKind = OrganisationKind.SCHOOL


def banner_of(code: str) -> str:
    """Return the banner that a division lies in."""
    return code[:6].ljust(12, "0")


def enter(session: Session, by: Viewer, new: NewSchool, *, now: datetime) -> str:
    """Write one school; return its ref. Raises BadInput when its banner has one of that name."""
    if find_by_name(session, by, new.region_code, new.name) is not None:
        raise BadInput(field="name", reason="already_known")
    return enter_all(session, by, [new], now=now)[0]


def enter_all(
    session: Session, by: Viewer, news: Sequence[NewSchool], *, now: datetime, under: str = ""
) -> list[str]:
    """Write many schools as one act; return their refs in order. Only inside the actor's regions.

    An account that a list names stands nowhere until a second person compared it with the paper.
    """
    require(by, Act.ENTER_SCHOOL)
    if not all(works_in(by, new.region_code) for new in news):
        raise NotPermitted()
    if not news:
        return []
    rows = [_row(new, now=now) for new in news]
    session.execute(insert(Organisation), rows)
    refs = [row["ref"] for row in rows]
    digest = hashlib.sha256("\n".join(refs).encode()).hexdigest()
    subject = under or f"organisation:{refs[0]}"
    given = {ref: new.account for ref, new in zip(refs, news, strict=True) if new.account}
    waiting = school_accounts.ask_listed(session, by, given, now=now)
    detail = {"count": len(refs), "digest": digest, "accounts": waiting} if under else {}
    trace.record(session, by, "school.enter", subject, now=now, detail=detail)
    return refs


def complete(
    session: Session, by: Viewer, ref: str, *, name: str | None, phone: str | None, now: datetime
) -> None:
    """Write whom to call at a school.

    Raises BadInput(phone) for a telephone in another's place: two people change it (`amendments`).
    """
    require(by, Act.ENTER_SCHOOL)
    school = gate.row(session, by, Organisation, Organisation.ref == ref)
    if school.contact_phone and phone != school.contact_phone:
        raise BadInput(field="phone", reason="two_people")
    school.contact_name, school.contact_phone = name, phone
    session.flush()
    trace.record(session, by, "school.complete", f"organisation:{ref}", now=now)


def fill(
    session: Session, by: Viewer, listed: Mapping[str, NewSchool], *, now: datetime, under: str
) -> set[str]:
    """Write what a list says of schools (by ref) known by name alone; return whose it wrote.

    A roster brings names before the list of schools does. Nothing that stands is written over.
    """
    require(by, Act.ENTER_SCHOOL)
    known = select(Organisation).where(
        Organisation.ref.in_(listed), in_regions(Organisation.region_code, by)
    )
    asked = set(session.scalars(select(Amendment.organisation_id)))
    bare = [s for s in session.scalars(known) if s.id not in asked and not _is_described(s)]
    told = [school for school in bare if _tells(listed[school.ref])]
    for school in told:
        new = listed[school.ref]
        school.contact_name, school.contact_phone = new.contact_name, new.contact_phone
        school.remark, school.region_code = new.remark, new.region_code
    session.flush()
    given = {s.ref: account for s in told if (account := listed[s.ref].account)}
    school_accounts.ask_listed(session, by, given, now=now)
    if told:
        detail = {"count": len(told), "accounts": len(given)}
        trace.record(session, by, "school.complete", under, now=now, detail=detail)
    return {school.ref for school in told}


def _is_described(school: Organisation) -> bool:
    return any(
        (school.contact_name, school.contact_phone, school.account_name, school.account_number)
    )


def _tells(new: NewSchool) -> bool:
    return any((new.contact_name, new.contact_phone, new.account))


def _row(new: NewSchool, *, now: datetime) -> dict[str, Any]:
    return {
        "ref": new_ref("organisation"),
        "kind": new.kind,
        "name": new.name[:NAME_AT_MOST],
        "region_code": new.region_code,
        "contact_name": new.contact_name,
        "contact_phone": new.contact_phone,
        "remark": new.remark,
        "entered_on": today(now),
    }


def find_by_name(session: Session, viewer: Viewer, code: str, name: str) -> str | None:
    """Return the ref of the school of this name in the division's banner, or None."""
    return refs_by_name(session, viewer, [(banner_of(code), name)]).get((banner_of(code), name))


def refs_by_name(
    session: Session, viewer: Viewer, wanted: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """Return the refs of schools by (banner, name), among those of the viewer's regions."""
    names = {name for _, name in wanted}
    found = session.execute(
        select(Organisation.region_code, Organisation.name, Organisation.ref)
        .where(
            Organisation.kind == OrganisationKind.SCHOOL,
            Organisation.name.in_(names),
            in_regions(Organisation.region_code, viewer),
        )
        .order_by(Organisation.id.desc())
    )
    return {(banner_of(code), name): ref for code, name, ref in found}


def ensure(
    session: Session, by: Viewer, wanted: Iterable[tuple[str, str]], *, now: datetime, under: str
) -> Mapping[tuple[str, str], str]:
    """Return the refs of schools by (banner, name), entering those not known yet."""
    pairs = sorted(set(wanted))
    known = refs_by_name(session, by, pairs)
    lacking = [pair for pair in pairs if pair not in known]
    news = [NewSchool(name=name, region_code=banner) for banner, name in lacking]
    refs = enter_all(session, by, news, now=now, under=under)
    return {**known, **dict(zip(lacking, refs, strict=True))}


def names_known(session: Session, viewer: Viewer) -> set[str]:
    """Return the names of the schools of the viewer's regions."""
    return set(
        session.scalars(
            select(Organisation.name).where(
                Organisation.kind == OrganisationKind.SCHOOL,
                in_regions(Organisation.region_code, viewer),
            )
        )
    )


def listing(session: Session, viewer: Viewer, *, code: str, limit: int, offset: int) -> list[Card]:
    """List the schools and institutions of a division by name, with place and number of pupils."""
    here = Viewer(viewer.roles, viewer.actor, regions=(code,))
    found = gate.cards(
        session,
        viewer,
        Organisation,
        parts={"place": Part(Region, Region.code == Organisation.region_code, ("name",))},
        where=(
            Organisation.kind.in_(HANDS),
            in_regions(Organisation.region_code, here),
        ),
        order_by=(Organisation.name, Organisation.id),
        limit=limit,
        offset=offset,
    )
    pupils = _pupils(session, viewer, [card["ref"] for card in found])
    return [card.and_also(pupils=pupils.get(card["ref"], 0)) for card in found]


def count(session: Session, viewer: Viewer, *, code: str) -> int:
    """Count the schools and institutions of a division."""
    here = Viewer(viewer.roles, viewer.actor, regions=(code,))
    return gate.count(
        session,
        viewer,
        Organisation,
        Organisation.kind.in_(HANDS),
        in_regions(Organisation.region_code, here),
    )


def _pupils(session: Session, viewer: Viewer, refs: Sequence[str]) -> dict[str, int]:
    """Count the children on record per school, those of the viewer's regions only."""
    rows = session.execute(
        select(Organisation.ref, func.count(Child.id))
        .join(Child, Child.school_id == Organisation.id)
        .where(
            Organisation.ref.in_(refs),
            Child.status != ChildStatus.ENDED,
            in_regions(Child.region_code, viewer),
        )
        .group_by(Organisation.ref)
    )
    return {ref: number for ref, number in rows}


def detail(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one school with its place. Raises NotFound."""
    card = gate.card(
        session,
        viewer,
        Organisation,
        Organisation.ref == ref,
        parts={"place": Part(Region, Region.code == Organisation.region_code, ("name",))},
    )
    return card.and_also(pupils=_pupils(session, viewer, [ref]).get(ref, 0))
