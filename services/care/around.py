"""What stands around children and volunteers: places, organisations, siblings, earlier refusals."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, func, select, true
from sqlalchemy.orm import Session

from models.care import CareExclusion, CareMatch
from models.children import Child, Kin, Need
from models.organisations import Organisation
from models.regions import Region
from models.volunteers import Volunteer
from vocabulary.enums import CareStatus, KinRole, NeedKind, NeedStatus

LIVE = (CareStatus.PROPOSED, CareStatus.ACCEPTED, CareStatus.TRIAL, CareStatus.ACTIVE)
HIGH_RISK = 3
"""A need of this urgency is one that a volunteer bears once at a time."""
IS_GUARDIAN = and_(
    Kin.kin_role == KinRole.GUARDIAN, Kin.until_on.is_(None), Kin.phone_index.is_not(None)
)
_TAKEN = Child.id.in_(select(CareMatch.child_id).where(CareMatch.status.in_(LIVE)))
_BANNER_DIGITS, _TOWNSHIP_DIGITS = 6, 9
_FEW = 500
_HUNDREDTHS = 100


def banner_of(code: str) -> str:
    """Return the banner around any place."""
    return code[:_BANNER_DIGITS].ljust(12, "0")


def township_of(code: str) -> str:
    """Return the township around a village; a banner's own code where nothing finer is known."""
    is_finer = code[_BANNER_DIGITS:] != "0" * (12 - _BANNER_DIGITS)
    return code[: _TOWNSHIP_DIGITS if is_finer else _BANNER_DIGITS].ljust(12, "0")


def places(
    session: Session, townships: Collection[str]
) -> Mapping[str, tuple[int | None, int | None]]:
    """Return the middle of each township in hundredths of a degree; a banner's tells no distance."""
    finer = {code for code in townships if code != banner_of(code)}
    columns = select(Region.code, Region.latitude, Region.longitude)
    few = Region.code.in_(finer) if len(finer) <= _FEW else true()
    found = {
        code: (round(lat * _HUNDREDTHS), round(lon * _HUNDREDTHS))
        for code, lat, lon in session.execute(columns.where(few))
        if code in finer and lat is not None and lon is not None
    }
    return {code: found.get(code, (None, None)) for code in townships}


def organisations(session: Session, keys: Iterable[int | None]) -> Mapping[int, str]:
    """Return the refs of schools and hands by key: the engine compares them, nothing more."""
    asked, known = select(Organisation.id, Organisation.ref), {key for key in keys if key}
    few = Organisation.id.in_(known) if len(known) <= _FEW else true()
    return {key: ref for key, ref in session.execute(asked.where(few))}


def families(
    session: Session, asked: Sequence[Any], taken: Sequence[Any]
) -> tuple[dict[int, str], dict[int, str]]:
    """Return per child its family's code, and the volunteer who has a sibling of it already.

    Siblings are those whose guardian is reached under one telephone.
    """
    homes: defaultdict[str | None, list[tuple[int, str]]] = defaultdict(list)
    for index, key, ref in session.execute(_guardians(asked)):
        homes[index].append((key, ref))
    with_whom = _volunteers_of(session, taken)
    codes: dict[int, str] = {}
    beside: dict[int, str] = {}
    for home in (one for one in homes.values() if len(one) > 1):
        hers = next((with_whom[key] for key, _ in home if key in with_whom), None)
        for key, _ in home:
            codes.setdefault(key, f"f.{home[0][1]}")
            if hers is not None and key not in with_whom:
                beside.setdefault(key, hers)
    return codes, beside


def _guardians(asked: Sequence[Any]) -> Select[str | None, int, str]:
    """Ask for the guardians of more than one child: of these children, or of all where they are many."""
    own = select(Kin.phone_index).where(
        IS_GUARDIAN, Kin.child_id.in_([child.id for child in asked])
    )
    near = Kin.phone_index.in_(own) if len(asked) <= _FEW else true()
    shared = select(Kin.phone_index).where(IS_GUARDIAN, near)
    shared = shared.group_by(Kin.phone_index).having(func.count(Kin.child_id) > 1)
    return (
        select(Kin.phone_index, Child.id, Child.ref)
        .join(Child, Child.id == Kin.child_id)
        .where(IS_GUARDIAN, Kin.phone_index.in_(shared))
        .order_by(Child.ref)
    )


def _volunteers_of(session: Session, taken: Sequence[Any]) -> dict[int, str]:
    keys = {match.volunteer_id for match in taken}
    few = Volunteer.id.in_(keys) if len(keys) <= _FEW else true()
    rows = session.execute(select(Volunteer.id, Volunteer.ref).where(few))
    refs = {key: ref for key, ref in rows}
    return {match.child_id: refs[match.volunteer_id] for match in taken}


def excluded(session: Session, taken: Sequence[Any]) -> defaultdict[int, set[str]]:
    """Return per volunteer the children she must not be paired with, or is paired with."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    shut = (
        select(CareExclusion.volunteer_id, Child.ref)
        .join(Child, Child.id == CareExclusion.child_id)
        .where(CareExclusion.lifted_on.is_(None))
    )
    for volunteer_id, ref in session.execute(shut):
        found[volunteer_id].add(ref)
    refs = {key: ref for key, ref in session.execute(select(Child.id, Child.ref).where(_TAKEN))}
    for match in taken:
        found[match.volunteer_id].add(refs[match.child_id])
    return found


def with_high_risk(session: Session, taken: Sequence[Any]) -> set[int]:
    """Return the volunteers who look after a high-risk child already."""
    asked = (
        select(Child.id)
        .join(Need, Need.child_id == Child.id)
        .where(
            _TAKEN,
            Need.kind != NeedKind.FINANCIAL,
            Need.status == NeedStatus.OPEN,
            Need.urgency >= HIGH_RISK,
        )
    )
    risky = set(session.scalars(asked))
    return {match.volunteer_id for match in taken if match.child_id in risky}
