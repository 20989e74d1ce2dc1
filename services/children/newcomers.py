"""What is known of a child before it has a record, and whether a record of it is there already."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import keys
from models.children import Child
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services.rosters.identities import IdState, read_identity
from vocabulary.enums import CareTime, Category, KinRole, NeedKind, Route, Sex, Stage
from vocabulary.errors import BadInput
from vocabulary.money import Fen

ID_PLACE, PHONE_PLACE = "children.id_number", "kin.phone"


@dataclass(frozen=True, slots=True)
class NewKin:
    """A guardian or carer."""

    name: str
    relation: str
    phone: str | None = None
    kin_role: KinRole = KinRole.GUARDIAN
    workplace: str | None = None


@dataclass(frozen=True, slots=True)
class NewNeed:
    """One kind of help; a sum belongs to money alone, times of the week to everything else."""

    kind: NeedKind
    monthly_fen: Fen | None = None
    urgency: int = 1
    detail: str | None = None
    times: Collection[CareTime] = ()

    @property
    def times_kept(self) -> str:
        """The times as they are kept; none for money, and where somebody may come at any time."""
        return "" if self.kind is NeedKind.FINANCIAL else times_kept(self.times)


def times_kept(times: Collection[CareTime]) -> str:
    """Write times of the week as a need keeps them."""
    return " ".join(one for one in CareTime if one in times)


@dataclass(frozen=True, slots=True)
class NewChild:
    """What is known of a child when it is entered.

    `consented_on` is the day on the guardian's paper, for case file and sponsorship.
    """

    name: str
    sex: Sex | None
    region_code: str
    stage: Stage
    birth_on: date | None = None
    id_number: str | None = None
    ethnicity: str | None = None
    languages: str = ""
    address: str | None = None
    school_ref: str | None = None
    grade: int | None = None
    class_name: str | None = None
    category: Category = Category.OTHER
    route: Route = Route.SCHOOL
    remark: str | None = None
    kin: Sequence[NewKin] = ()
    needs: Sequence[NewNeed] = ()
    consented_on: date | None = None


def checked(new: NewChild) -> NewChild:
    """Compare a resident's number with sex and birthday, and fill in what was left open."""
    identity = read_identity(new.id_number or "")
    if identity.state in (IdState.BAD, IdState.LOST):
        raise BadInput(field="id_number", reason="id_checksum")
    if identity.sex and new.sex and identity.sex is not new.sex:
        raise BadInput(field="sex", reason="sex_mismatch")
    if identity.birth and new.birth_on and identity.birth != new.birth_on:
        raise BadInput(field="birth_on", reason="birth_mismatch")
    return replace(
        new,
        id_number=identity.number,
        sex=new.sex or identity.sex,
        birth_on=new.birth_on or identity.birth,
    )


def id_index(number: str) -> str:
    """Return the exact-search handle of a resident's number."""
    return keys.blind_index(ID_PLACE, number)


def phone_index(phone: str) -> str:
    """Return the exact-search handle of a guardian's telephone."""
    return keys.blind_index(PHONE_PLACE, phone)


def known_numbers(session: Session, by: Viewer, indexes: Sequence[str]) -> set[str]:
    """Return those of the handles that a record has already, in any region: a person is one."""
    require(by, Act.ENTER_CHILD)
    return set(session.scalars(select(Child.id_index).where(Child.id_index.in_(indexes))))
