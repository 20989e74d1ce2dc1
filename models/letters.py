"""Letters. What was written and what was released stand apart, each with its own audience.

`original` is what the moderator reads. A donor's stands there with everything hidden that would
tell who he is (services/vault/letter_vault.py); his own words lie in the vault, under his own key.
Behind a slip, which a school prints and may hold, no text stands at all: a family reads behind its
guardian's own link, or hears a letter read aloud by its village director.
"""

from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    and_,
    exists,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CASE, Base, Condition, Sealed, Standings, held, in_regions, is_own
from models.children import Child, Consent
from models.harm import kept_since
from models.pledges import pledges_of_donor
from privacy.disclosure import NOBODY, Audience, Derived, seen_by, shown_to
from privacy.viewers import Viewer
from vocabulary.enums import (
    ChildStatus,
    EndReason,
    LetterHand,
    LetterReturn,
    LetterSide,
    LetterStage,
    LetterStatus,
    LetterVoice,
    Purpose,
    Role,
)

_STAFF = (Audience.CASE_STAFF,)
_WRITER = (Audience.LETTER_WRITER, Audience.OWN_FAMILY)
_ALOUD = (Audience.LETTER_READER, Audience.OWN_VILLAGE)
# After these ends of a record letters go on: gratitude outlasts school.
GROWN = (EndReason.GRADUATED, EndReason.GROWN_UP)


def _stage(status: LetterStatus) -> LetterStage:
    told = {
        LetterStatus.RETURNED: LetterStage.RETURNED,
        LetterStatus.DELIVERED: LetterStage.DELIVERED,
    }
    return told.get(status, LetterStage.WITH_US)


class Letter(Base):
    """One letter, either way, between a child's family and one donor's pledge or one volunteer."""

    __tablename__ = "letters"
    __table_args__ = (
        CheckConstraint("(pledge_id IS NULL) <> (friend_id IS NULL)", name="one_other_side"),
        CheckConstraint("original IS NOT NULL OR sender = 'family'", name="written"),
        Index("ix_letters_child_id_status", "child_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(String(16), unique=True, info=seen_by(*_STAFF))
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), info=NOBODY)
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledges.id"), index=True, info=NOBODY)
    friend_id: Mapped[int | None] = mapped_column(
        ForeignKey("letter_friends.id"), index=True, info=NOBODY
    )
    sender: Mapped[LetterSide] = mapped_column(info=seen_by(*_STAFF, *_WRITER, *_ALOUD))
    voice: Mapped[LetterVoice | None] = mapped_column(info=seen_by(*_STAFF, *_WRITER, *_ALOUD))
    hand: Mapped[LetterHand] = mapped_column(info=seen_by(*_STAFF, *_WRITER))
    status: Mapped[LetterStatus] = mapped_column(
        default=LetterStatus.SUBMITTED, index=True, info=seen_by(*_STAFF)
    )
    concerns: Mapped[list[Any]] = mapped_column(JSON, default=list, info=seen_by(*_STAFF))
    submitted_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF, *_WRITER))
    submitted_by: Mapped[str] = mapped_column(String(40), info=NOBODY)
    original: Mapped[str | None] = mapped_column(
        Sealed("letters.original"), info=seen_by(*_STAFF, Audience.LETTER_WRITER)
    )
    released: Mapped[str | None] = mapped_column(
        Sealed("letters.released"), info=seen_by(*_STAFF, *_ALOUD)
    )
    released_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_STAFF))
    released_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    return_reason: Mapped[LetterReturn | None] = mapped_column(info=seen_by(*_STAFF, *_WRITER))
    delivered_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF, *_WRITER, *_ALOUD))
    is_of_age: Mapped[bool] = mapped_column(default=False, info=NOBODY)
    # A donor's last one, when another pays in his place: none of his follows it.
    is_goodbye: Mapped[bool] = mapped_column(
        default=False, server_default=false(), info=seen_by(*_STAFF, Audience.LETTER_WRITER)
    )
    # A year after it was delivered `original` holds no more than `released` (data/retention.toml).
    is_trimmed: Mapped[bool] = mapped_column(default=False, info=NOBODY)

    stage: Derived = shown_to(*_WRITER, needs=("status",), compute=_stage)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The child's case staff; the writer's side; once delivered, the other side.

        Behind a slip only that something was written and what became of it. What a family writes
        goes round whom of the staff a report about the child names, from that day on.
        """
        here = select(Child.id).where(in_regions(Child.region_code, viewer))
        people = (Role.FAMILY, Role.DONOR, Role.VOLUNTEER)
        return held(
            viewer,
            (Audience.CASE_STAFF, CASE, and_(cls.child_id.in_(here), ~_is_kept_from(viewer))),
            (
                Audience.OWN_FAMILY,
                (Role.FAMILY,),
                and_(is_own(cls.child_id, viewer.child_id), cls.sender == LetterSide.FAMILY),
            ),
            (Audience.LETTER_WRITER, people, _of(viewer, is_writer=True)),
            (Audience.LETTER_READER, people, and_(may_be_read(), _of(viewer, is_writer=False))),
            (
                Audience.OWN_VILLAGE,
                (Role.VILLAGE_DIRECTOR,),
                and_(may_be_read(), cls.sender != LetterSide.FAMILY, cls.child_id.in_(here)),
            ),
        )


class LetterFriend(Base):
    """A child and a cleared volunteer who write to each other; it takes two of the case staff.

    Until the second has agreed it is nobody's but theirs.
    """

    __tablename__ = "letter_friends"
    __table_args__ = (
        UniqueConstraint("child_id", "volunteer_id"),
        CheckConstraint("agreed_by IS NULL OR agreed_by <> opened_by", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, info=seen_by(*_STAFF, Audience.OWN_FAMILY)
    )
    friend_ref: Mapped[str] = mapped_column(String(16), unique=True, info=seen_by(Audience.SELF))
    child_id: Mapped[int] = mapped_column(ForeignKey("children.id"), info=NOBODY)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id"), index=True, info=NOBODY)
    code_name: Mapped[str] = mapped_column(String(20), info=seen_by(*_STAFF, Audience.SELF))
    opened_on: Mapped[date] = mapped_column(info=seen_by(*_STAFF))
    opened_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_STAFF))
    agreed_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_STAFF))
    agreed_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF))
    ended_on: Mapped[date | None] = mapped_column(info=seen_by(*_STAFF, Audience.SELF))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Case staff of the child, the family, and the volunteer herself, who reads a code name."""
        here = select(Child.id).where(in_regions(Child.region_code, viewer))
        agreed = cls.agreed_on.is_not(None)
        hers = and_(agreed, is_own(cls.volunteer_id, viewer.volunteer_id))
        family = and_(agreed, is_own(cls.child_id, viewer.child_id))
        return held(
            viewer,
            (Audience.CASE_STAFF, CASE, cls.child_id.in_(here)),
            (Audience.OWN_FAMILY, (Role.FAMILY,), family),
            (Audience.SELF, (Role.VOLUNTEER,), and_(hers, _not_in_danger(cls.child_id))),
        )


class VaultLetter(Base):
    """A donor's own words, under his own key: forgotten with him."""

    __tablename__ = "vault_letters"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), primary_key=True, info=NOBODY)
    donor_id: Mapped[int] = mapped_column(ForeignKey("vault_donors.id"), index=True, info=NOBODY)
    text: Mapped[bytes] = mapped_column(LargeBinary, info=NOBODY)


class VaultReader(Base):
    """To whom a family's letter was delivered, once another is the contact of that group.

    What came before her day she does not read.
    """

    __tablename__ = "vault_readers"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), primary_key=True, info=NOBODY)
    donor_id: Mapped[int] = mapped_column(ForeignKey("vault_donors.id"), index=True, info=NOBODY)


def may_be_read() -> Condition:
    """Delivered, and the consent to letters stands unless the child was of age then."""
    consented = exists().where(
        Consent.child_id == Letter.child_id,
        Consent.purpose == Purpose.LETTERS,
        Consent.withdrawn_on.is_(None),
    )
    goes_on = exists().where(
        Child.id == Letter.child_id,
        or_(Child.status != ChildStatus.ENDED, Child.end_reason.in_(GROWN)),
    )
    return and_(Letter.status == LetterStatus.DELIVERED, or_(Letter.is_of_age, consented), goes_on)


def _is_kept_from(viewer: Viewer) -> Condition:
    of_family = Letter.sender == LetterSide.FAMILY
    return and_(of_family, kept_since(viewer, Letter.child_id, Letter.submitted_on))


def _of(viewer: Viewer, *, is_writer: bool) -> Condition:
    """Say in SQL which letters the viewer's own side wrote, or was written.

    A slip's page and the phone on which a pledge was made have shown nobody to be anybody.
    """
    family_wrote = Letter.sender == LetterSide.FAMILY
    child_id = None if viewer.stipend_id is not None else viewer.child_id
    # At home others read what stands behind the family's link: a child's own words never do.
    told_at_home = and_(family_wrote, Letter.voice.is_distinct_from(LetterVoice.CHILD))
    family = and_(is_own(Letter.child_id, child_id), told_at_home if is_writer else ~family_wrote)
    from_family = and_(family_wrote, _not_in_danger(Letter.child_id))
    others = select(VaultReader.letter_id).where(~is_own(VaultReader.donor_id, viewer.donor_id))
    # What a group's contact before him wrote is no word of his.
    his = select(VaultLetter.letter_id).where(is_own(VaultLetter.donor_id, viewer.donor_id))
    donor = and_(
        false() if viewer.pledge_id is not None else true(),
        Letter.pledge_id.in_(pledges_of_donor(viewer)),
        and_(~family_wrote, Letter.id.in_(his))
        if is_writer
        else and_(from_family, Letter.id.not_in(others)),
    )
    own = select(LetterFriend.id).where(is_own(LetterFriend.volunteer_id, viewer.volunteer_id))
    volunteer = and_(Letter.friend_id.in_(own), ~family_wrote if is_writer else from_family)
    return or_(family, donor, volunteer)


def _not_in_danger(child_id: Any) -> Condition:
    return exists().where(Child.id == child_id, Child.in_danger.is_(False))
