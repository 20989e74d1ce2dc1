"""What a guardian asks to have corrected or deleted in the child's file, and the written answer."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, and_, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CASE, Base, Sealed, Standings, held, in_regions, is_own
from models.children import Child
from models.harm import kept_since
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import FilePart, GuardianWish, GuardianWishStatus, Language, Role
from vocabulary.refs import new_ref

_STAFF = (Audience.CASE_STAFF,)
_ALL = (Audience.CASE_STAFF, Audience.OWN_FAMILY, Audience.OWN_VILLAGE)


class GuardianRequest(Base):
    """A wish about the file: kept in the guardian's words, answered in writing within 15 days."""

    __tablename__ = "guardian_requests"
    __table_args__ = (Index("ix_guardian_requests_child_id_status", "child_id", "status"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("guardian_request"), info=seen_by(*_STAFF)
    )
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), info=NOBODY)
    wish: Mapped[GuardianWish] = mapped_column(info=seen_by(*_ALL))
    part: Mapped[FilePart | None] = mapped_column(info=seen_by(*_ALL))
    words: Mapped[str | None] = mapped_column(
        Sealed("guardian_requests.words"), info=seen_by(*_ALL)
    )
    status: Mapped[GuardianWishStatus] = mapped_column(
        default=GuardianWishStatus.ASKED, info=seen_by(*_ALL)
    )
    # 由…代办: who wrote it down for the guardian, and in which language she said it.
    assisted_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_STAFF))
    language: Mapped[Language | None] = mapped_column(info=seen_by(*_ALL))
    # Behind whose link it was asked: `Viewer.behind`.
    behind: Mapped[str | None] = mapped_column(String(16), info=NOBODY)
    asked_on: Mapped[date] = mapped_column(info=seen_by(*_ALL))
    answer_by: Mapped[date] = mapped_column(info=seen_by(*_ALL))
    answer: Mapped[str | None] = mapped_column(
        Sealed("guardian_requests.answer"), info=seen_by(*_ALL)
    )
    answered_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_STAFF))
    answered_on: Mapped[date | None] = mapped_column(info=seen_by(*_ALL))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child, its guardian, and the village director what she herself wrote down.

        Nobody behind a slip, which a school prints; she nothing of a child in danger; nobody whom a
        report about the child names what was asked since: of a family, whom nobody knows one by one,
        each reads what was asked behind the own link.
        """
        here = select(Child.id).where(in_regions(Child.region_code, viewer))
        safe = here.where(Child.in_danger.is_(False))
        own = viewer.child_id if viewer.stipend_id is None else None
        # What a family asks for then may tell where the child is.
        since_named = kept_since(viewer, cls.child_id, cls.asked_on)
        hers = or_(~since_named, is_own(cls.behind, viewer.behind))
        return held(
            viewer,
            (Audience.CASE_STAFF, CASE, and_(cls.child_id.in_(here), ~since_named)),
            (Audience.OWN_FAMILY, (Role.FAMILY,), and_(is_own(cls.child_id, own), hers)),
            (
                Audience.OWN_VILLAGE,
                (Role.VILLAGE_DIRECTOR,),
                and_(cls.child_id.in_(safe), cls.assisted_by == viewer.actor),
            ),
        )
