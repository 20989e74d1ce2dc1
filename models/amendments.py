"""What one person asked to change and a second must look at before it holds (law 8)."""

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    and_,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CASE, Base, Condition, Sealed, Standings, held, in_regions, is_own
from models.children import Child
from models.harm import kept_since
from models.organisations import Organisation
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import AmendmentKind, AmendmentStatus, Role, Sex
from vocabulary.refs import new_ref

_STAFF = (Audience.CASE_STAFF,)
_OPEN = "status IN ('asked', 'agreed')"


class Amendment(Base):
    """A child's identity, card or family's telephone, a school's account or contact: new and old.

    The second person reads the numbers from the paper and types them again: nobody is shown them.
    """

    __tablename__ = "amendments"
    __table_args__ = (
        CheckConstraint("(child_id IS NULL) <> (organisation_id IS NULL)", name="one_subject"),
        *(
            Index(
                f"uq_amendments_open_{column}",
                column,
                unique=True,
                sqlite_where=text(_OPEN),
                postgresql_where=text(_OPEN),
            )
            for column in ("child_id", "organisation_id")
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("amendment"), info=seen_by(*_STAFF)
    )
    kind: Mapped[AmendmentKind] = mapped_column(info=seen_by(*_STAFF))
    child_id: Mapped[int | None] = mapped_column(ForeignKey("children.id"), info=NOBODY)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), info=NOBODY)
    # Whose card or telephone it is; None for the child's own card.
    kin_id: Mapped[int | None] = mapped_column(ForeignKey("kin.id"), info=NOBODY)
    name: Mapped[str] = mapped_column(
        Sealed("amendments.name"), info=seen_by(*_STAFF, Audience.OWN_SCHOOL)
    )
    bank: Mapped[str | None] = mapped_column(Sealed("amendments.bank"), info=seen_by(*_STAFF))
    number: Mapped[str | None] = mapped_column(Sealed("amendments.number"), info=NOBODY)
    name_before: Mapped[str | None] = mapped_column(
        Sealed("amendments.name_before"), info=seen_by(*_STAFF)
    )
    bank_before: Mapped[str | None] = mapped_column(
        Sealed("amendments.bank_before"), info=seen_by(*_STAFF)
    )
    number_before: Mapped[str | None] = mapped_column(
        Sealed("amendments.number_before"), info=NOBODY
    )
    # Whom restricted money was rightly given to before the number was corrected.
    sex_before: Mapped[Sex | None] = mapped_column(info=NOBODY)
    reason: Mapped[str] = mapped_column(Sealed("amendments.reason"), info=seen_by(*_STAFF))
    status: Mapped[AmendmentStatus] = mapped_column(
        default=AmendmentStatus.ASKED, info=seen_by(*_STAFF)
    )
    asked_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))
    asked_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))
    decided_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_STAFF))
    decided_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    # The day from which an agreed account is paid to; the school's people are told it beforehand.
    holds_on: Mapped[date | None] = mapped_column(
        info=seen_by(*_STAFF, Audience.OWN_SCHOOL, Audience.OWN_FAMILY)
    )

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child or the school; school and guardian read when their own changes.

        Another telephone or card goes round whom a report about the child names.
        """
        children = select(Child.id).where(in_regions(Child.region_code, viewer))
        schools = select(Organisation.id).where(in_regions(Organisation.region_code, viewer))
        here = or_(cls.child_id.in_(children), cls.organisation_id.in_(schools))
        own = and_(
            cls.kind == AmendmentKind.SCHOOL_ACCOUNT,
            cls.status == AmendmentStatus.AGREED,
            is_own(cls.organisation_id, viewer.organisation_id),
        )
        card = and_(
            cls.kind.in_((AmendmentKind.CHILD_CARD, AmendmentKind.KIN_PHONE)),
            cls.status == AmendmentStatus.AGREED,
            is_own(cls.child_id, viewer.child_id),
        )
        return held(
            viewer,
            (Audience.CASE_STAFF, CASE, and_(here, or_(cls.child_id.is_(None), ~_later(viewer)))),
            (Audience.OWN_FAMILY, (Role.FAMILY,), card),
            (Audience.OWN_SCHOOL, (Role.SCHOOL_OFFICER,), own),
        )


def later_phones(viewer: Viewer) -> Select[int | None]:
    """Select whose telephones were changed since a report about the child named the viewer."""
    return select(Amendment.kin_id).where(is_later_phone(viewer))


def is_later_phone(viewer: Viewer) -> Condition:
    """Say in SQL that an amendment is such a change; what he asked or agreed to himself he knows."""
    return and_(
        Amendment.kind == AmendmentKind.KIN_PHONE,
        Amendment.status == AmendmentStatus.DONE,
        Amendment.kin_id.is_not(None),
        Amendment.number.is_not(None),
        _is_of_others(viewer),
        kept_since(viewer, Amendment.child_id, Amendment.decided_on),
    )


def is_later_card(viewer: Viewer, child_id: object, since_on: object) -> Condition:
    """Say in SQL that a card of a child came by others since a report about the child named the viewer."""
    changed = select(Amendment.child_id).where(
        Amendment.kind == AmendmentKind.CHILD_CARD,
        Amendment.status == AmendmentStatus.DONE,
        _is_of_others(viewer),
        kept_since(viewer, Amendment.child_id, Amendment.decided_on),
    )
    return and_(kept_since(viewer, child_id, since_on), child_id.in_(changed))  # type: ignore[attr-defined]


def _later(viewer: Viewer) -> Condition:
    return and_(
        Amendment.kind.in_((AmendmentKind.KIN_PHONE, AmendmentKind.CHILD_CARD)),
        _is_of_others(viewer),
        kept_since(viewer, Amendment.child_id, Amendment.asked_on),
    )


def _is_of_others(viewer: Viewer) -> Condition:
    return and_(
        Amendment.asked_by != viewer.actor,
        or_(Amendment.decided_by.is_(None), Amendment.decided_by != viewer.actor),
    )
