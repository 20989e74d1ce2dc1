"""What is left under a stopped pledge: the question to its donor, his answer, and paying it back.

What is paid back stands by payment reference, what is left by pledge; which belongs to which is the
vault's (`VaultPayBack`, read by services/vault/pay_backs.py alone).
"""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    exists,
    select,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from models.base import Base, Sealed, Standings, held
from models.pledges import pledges_of_donor
from models.triggers import append_only
from models.vault import Donor, VaultPledge
from privacy.disclosure import NOBODY, Audience, seen_by
from privacy.viewers import Viewer
from vocabulary.enums import PayBackDesk, PayBackStatus, RestStatus, RestWay, Role
from vocabulary.money import Fen
from vocabulary.refs import new_ref

_OWNER = (Audience.OWNING_DONOR,)
_DESKS = (Audience.COLLECTING, Audience.CHAIN_READER)
_ALL = (*_DESKS, Audience.PAYING)
_OPEN = "status IN ('waiting', 'paying')"


def has_somebody_to_ask(
    pledge_id: ColumnElement[int] | InstrumentedAttribute[int],
) -> ColumnElement[bool]:
    """Say in SQL that a pledge's donor lives, and is not forgotten."""
    return exists().where(
        VaultPledge.pledge_id == pledge_id,
        Donor.id == VaultPledge.donor_id,
        Donor.died_on.is_(None),
        Donor.forgotten_on.is_(None),
    )


class Rest(Base):
    """The rest of one stopped pledge; how much it is, the books say (account `rest`)."""

    __tablename__ = "rests"
    __table_args__ = (
        Index(
            "uq_rests_open",
            "pledge_id",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16),
        unique=True,
        default=lambda: new_ref("rest"),
        info=seen_by(*_OWNER, Audience.CHAIN_READER),
    )
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True, info=NOBODY)
    status: Mapped[RestStatus] = mapped_column(
        default=RestStatus.WAITING, index=True, info=seen_by(*_OWNER, Audience.CHAIN_READER)
    )
    since_on: Mapped[date] = mapped_column(info=seen_by(*_OWNER, Audience.CHAIN_READER))
    # When he was asked; empty while nobody can be.
    asked_on: Mapped[date | None] = mapped_column(info=seen_by(*_OWNER))
    # What the first of two people says becomes of it, where nobody can be asked any more.
    end_way: Mapped[RestWay | None] = mapped_column(info=seen_by(Audience.CHAIN_READER))
    end_asked_by: Mapped[str | None] = mapped_column(
        String(40), info=seen_by(Audience.CHAIN_READER)
    )
    end_asked_on: Mapped[date | None] = mapped_column(info=seen_by(Audience.CHAIN_READER))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The donor his own; the custodian what has nobody left to ask, and never whose it was.

        How many there are, and since when, services/accountancy counts.
        """
        mine = cls.pledge_id.in_(pledges_of_donor(viewer))
        return held(
            viewer,
            (Audience.OWNING_DONOR, (Role.DONOR,), mine),
            (Audience.CHAIN_READER, (Role.CUSTODIAN,), ~has_somebody_to_ask(cls.pledge_id)),
        )


class RestAnswer(Base):
    """The donor's own word, once, with the version of the words he was asked in.

    Where nobody is left to ask, that of two people, who are named.
    """

    __tablename__ = "rest_answers"
    __table_args__ = (
        CheckConstraint("fen > 0", name="fen_positive"),
        CheckConstraint("(asked_by IS NULL) = (agreed_by IS NULL)", name="his_or_of_two"),
        CheckConstraint(
            "asked_by IS NULL OR (asked_by <> agreed_by AND way <> 'pay_back')", name="two_people"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    rest_id: Mapped[int] = mapped_column(ForeignKey("rests.id"), unique=True, info=NOBODY)
    way: Mapped[RestWay] = mapped_column(info=seen_by(*_OWNER))
    fen: Mapped[Fen] = mapped_column(info=seen_by(*_OWNER))
    wording: Mapped[str] = mapped_column(String(12), info=seen_by(*_OWNER))
    said_at: Mapped[datetime] = mapped_column(info=seen_by(*_OWNER))
    asked_by: Mapped[str | None] = mapped_column(String(40), info=NOBODY)
    agreed_by: Mapped[str | None] = mapped_column(String(40), info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """As the question's."""
        return {
            audience: cls.rest_id.in_(select(Rest.id).where(condition))
            for audience, condition in Rest.standings(viewer).items()
            if audience is Audience.OWNING_DONOR
        }


append_only(RestAnswer.__table__)  # type: ignore[arg-type]


class PayBack(Base):
    """One sum on its way back to the account it came from; to whom, the paying desk never reads."""

    __tablename__ = "pay_backs"
    __table_args__ = (
        CheckConstraint("fen > 0", name="fen_positive"),
        CheckConstraint("agreed_by IS NULL OR agreed_by <> made_by", name="two_people"),
        CheckConstraint("refused_on IS NULL OR paid_on IS NULL", name="refused_or_paid"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("pay_back"), info=seen_by(*_ALL)
    )
    desk: Mapped[PayBackDesk] = mapped_column(info=seen_by(*_DESKS))
    payment_reference: Mapped[str] = mapped_column(String(40), info=seen_by(*_DESKS))
    fen: Mapped[Fen] = mapped_column(info=seen_by(*_ALL))
    # Who stands on the bank's lines that the money came by; what is made out must be the same.
    payer: Mapped[str | None] = mapped_column(Sealed("pay_backs.payer"), info=seen_by(*_DESKS))
    holder: Mapped[str | None] = mapped_column(Sealed("pay_backs.holder"), info=seen_by(*_DESKS))
    bank: Mapped[str | None] = mapped_column(Sealed("pay_backs.bank"), info=seen_by(*_DESKS))
    account: Mapped[str | None] = mapped_column(Sealed("pay_backs.account"), info=NOBODY)
    # What the payer reads on his own statement beside the sum.
    memo: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: "TK" + new_ref("memo", 6), info=seen_by(*_ALL)
    )
    status: Mapped[PayBackStatus] = mapped_column(
        default=PayBackStatus.WAITS, index=True, info=seen_by(*_ALL)
    )
    since_on: Mapped[date] = mapped_column(info=seen_by(*_ALL))
    made_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_DESKS))
    agreed_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_DESKS))
    agreed_on: Mapped[date | None] = mapped_column(info=seen_by(*_ALL))
    # The bank's table that it stands in: in one at most, so that no table pays it again.
    order_id: Mapped[int | None] = mapped_column(
        ForeignKey("back_orders.id"), index=True, info=NOBODY
    )
    released_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(Audience.PAYING))
    released_on: Mapped[date | None] = mapped_column(info=seen_by(*_ALL))
    paid_on: Mapped[date | None] = mapped_column(info=seen_by(*_ALL))
    bounced_on: Mapped[date | None] = mapped_column(info=seen_by(*_ALL))
    # The bank would not pay it, on whose word there: nothing left, and it is made out anew.
    refused_on: Mapped[date | None] = mapped_column(info=seen_by(*_DESKS))
    refused_by: Mapped[str | None] = mapped_column(String(40), info=seen_by(*_DESKS))
    refused_note: Mapped[str | None] = mapped_column(
        Sealed("pay_backs.refused_note"), info=seen_by(*_DESKS)
    )

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The desk that may know the payer; the paying desk once two of them agreed."""
        ready = cls.status.not_in((PayBackStatus.WAITS, PayBackStatus.MADE))
        of = {desk: cls.desk == desk for desk in PayBackDesk}
        collecting, custody = of[PayBackDesk.COLLECTING], of[PayBackDesk.CUSTODY]
        return held(
            viewer,
            (Audience.COLLECTING, (Role.COLLECTING_DESK,), collecting),
            (Audience.CHAIN_READER, (Role.CUSTODIAN,), custody),
            (Audience.PAYING, (Role.PAYING_DESK,), ready),
        )


class BackOrder(Base):
    """A table for the bank of sums that go back, each once; kept whole under one digest."""

    __tablename__ = "back_orders"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16), unique=True, default=lambda: new_ref("back_order"), info=seen_by(*_DESKS)
    )
    desk: Mapped[PayBackDesk] = mapped_column(info=seen_by(*_DESKS))
    made_by: Mapped[str] = mapped_column(String(40), info=seen_by(*_DESKS))
    made_on: Mapped[date] = mapped_column(info=seen_by(*_DESKS))
    count: Mapped[int] = mapped_column(info=seen_by(*_DESKS))
    fen: Mapped[Fen] = mapped_column(info=seen_by(*_DESKS))
    # Over all that the table says: handed out again it says the same.
    digest: Mapped[str] = mapped_column(String(64), info=seen_by(*_DESKS))
    taken: Mapped[int] = mapped_column(default=0, server_default="0", info=seen_by(*_DESKS))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The desk whose sums they are."""
        of = {desk: cls.desk == desk for desk in PayBackDesk}
        return held(
            viewer,
            (Audience.COLLECTING, (Role.COLLECTING_DESK,), of[PayBackDesk.COLLECTING]),
            (Audience.CHAIN_READER, (Role.CUSTODIAN,), of[PayBackDesk.CUSTODY]),
        )


class VaultPayBack(Base):
    """Joins what is paid back with the rest of the pledge that it is of."""

    __tablename__ = "vault_pay_backs"

    pay_back_id: Mapped[int] = mapped_column(
        ForeignKey("pay_backs.id"), primary_key=True, info=NOBODY
    )
    rest_id: Mapped[int] = mapped_column(ForeignKey("rests.id"), index=True, info=NOBODY)
