"""How donors wanted to be called, pledge by pledge: each choice with its day. No name is here."""

from datetime import date

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sealed, Standings, held
from models.pledges import pledges_of_donor
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import Naming, Role
from vocabulary.refs import new_ref

_OWNER = (Audience.OWNING_DONOR,)
_RECORD = (Audience.OWNING_DONOR, Audience.CHAIN_READER)


class PledgeNaming(Base):
    """One choice: it holds for the instalments that fall due from `from_on` on.

    Without a name there is no named receipt; `waiver` is the version of the words that said so.
    """

    __tablename__ = "pledge_namings"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("naming"), info=seen_by(*_RECORD)
    )
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True, info=NOBODY)
    naming: Mapped[Naming] = mapped_column(info=seen_by(*_OWNER))
    alias: Mapped[str | None] = mapped_column(Sealed("pledge_namings.alias"), info=seen_by(*_OWNER))
    from_on: Mapped[date] = mapped_column(info=seen_by(*_OWNER))
    chosen_on: Mapped[date] = mapped_column(info=seen_by(*_RECORD))
    waiver: Mapped[str | None] = mapped_column(String(16), info=seen_by(*_RECORD))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The donor sees his own choices; the custodian, that a receipt was waived."""
        mine = cls.pledge_id.in_(pledges_of_donor(viewer))
        return held(
            viewer,
            (Audience.OWNING_DONOR, (Role.DONOR,), mine),
            (Audience.CHAIN_READER, (Role.CUSTODIAN,), cls.waiver.is_not(None)),
        )
