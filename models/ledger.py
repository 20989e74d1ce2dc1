"""The books: transactions and their postings in fen. Append-only; corrections are new entries."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sealed, Standings, held
from models.triggers import append_only, refuses_insert
from privacy.disclosure import NOBODY, Audience, Derived, seen_by, shown_to
from privacy.viewers import Viewer
from vocabulary.dates import first_of_month
from vocabulary.enums import AccountKind, Role, TransactionKind, UnclaimedWay
from vocabulary.money import Fen
from vocabulary.refs import new_ref

_BOOKS = (Audience.AUDIT,)


class Transaction(Base):
    """One business event in the books; its postings sum to zero."""

    __tablename__ = "transactions"

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    kind: Mapped[TransactionKind] = mapped_column(info=seen_by(*_BOOKS))
    # The day money came in would give its payer away: an auditor reads the month.
    on: Mapped[date] = mapped_column(index=True, info=NOBODY)
    month: Derived = shown_to(*_BOOKS, needs=("on",), compute=first_of_month)
    stipend_id: Mapped[int | None] = mapped_column(
        ForeignKey("stipends.id"), index=True, info=NOBODY
    )
    gift_id: Mapped[int | None] = mapped_column(ForeignKey("gifts.id"), index=True, info=NOBODY)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("job_runs.id"), index=True, info=NOBODY)
    reverses_id: Mapped[int | None] = mapped_column(
        ForeignKey("transactions.id"), unique=True, info=NOBODY
    )
    # The donor's yes on which restricted money goes elsewhere; it is used once.
    redirection_id: Mapped[int | None] = mapped_column(
        ForeignKey("redirections.id"), unique=True, info=NOBODY
    )
    # The rest of a stopped pledge that it is about, and so its donor's word.
    rest_id: Mapped[int | None] = mapped_column(ForeignKey("rests.id"), index=True, info=NOBODY)
    by: Mapped[str] = mapped_column(String(40), info=seen_by(*_BOOKS))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The auditor."""
        return held(viewer, (Audience.AUDIT, (Role.AUDITOR,), cls.id.is_not(None)))


class Posting(Base):
    """One leg of a transaction: positive is debit, negative is credit."""

    __tablename__ = "postings"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint("account <> 'earmarked' OR pledge_id IS NOT NULL", name="whose_earmark"),
        CheckConstraint("account <> 'rest' OR pledge_id IS NOT NULL", name="whose_rest"),
        Index("ix_postings_account_pledge_id", "account", "pledge_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    transaction_id: Mapped[int] = mapped_column(
        ForeignKey("transactions.id"), index=True, info=NOBODY
    )
    account: Mapped[AccountKind] = mapped_column(info=seen_by(*_BOOKS))
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledges.id"), info=NOBODY)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), info=NOBODY)
    card_id: Mapped[int | None] = mapped_column(ForeignKey("bank_cards.id"), info=NOBODY)
    amount: Mapped[Fen] = mapped_column(info=seen_by(*_BOOKS))

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The auditor."""
        return held(viewer, (Audience.AUDIT, (Role.AUDITOR,), cls.id.is_not(None)))


# What a restricted pledge's money goes to: what fits, what its giver agreed to, or a booking undone:
# that out of the bank, and once for each entry that takes one back.
_NOT_FOR_IT = """NEW.amount > 0 AND NEW.account IN ('earmarked', 'prepaid') AND EXISTS (
  SELECT 1 FROM earmarks e WHERE e.pledge_id = NEW.pledge_id AND NOT EXISTS (
    SELECT 1 FROM transactions t
    LEFT JOIN stipends s ON s.id = t.stipend_id LEFT JOIN gifts g ON g.id = t.gift_id
    LEFT JOIN matches m ON m.id = COALESCE(s.match_id, g.match_id)
    LEFT JOIN children c ON c.id = m.child_id
    WHERE t.id = NEW.transaction_id AND (
      (t.kind = 'received' AND t.stipend_id IS NULL AND t.gift_id IS NULL
        AND EXISTS (SELECT 1 FROM postings o WHERE o.transaction_id = t.id
                    AND o.account = 'bank' AND o.amount = -NEW.amount)
        AND (SELECT COUNT(*) FROM receipts r WHERE r.corrects_id IS NOT NULL
             AND r.received_on = t."on" AND r.amount_fen = -NEW.amount)
          > (SELECT COUNT(*) FROM postings o JOIN transactions u ON u.id = o.transaction_id
             WHERE u.kind = 'received' AND u."on" = t."on" AND o.amount = NEW.amount
             AND o.account IN ('earmarked', 'prepaid')))
      OR (t.kind = 'rested' AND t.rest_id IS NOT NULL)
      OR EXISTS (SELECT 1 FROM postings o JOIN transactions u ON u.id = o.transaction_id
                 WHERE u.id = t.reverses_id AND u.kind <> 'received'
                 AND o.account = NEW.account AND o.pledge_id = NEW.pledge_id
                 AND o.amount = -NEW.amount)
      OR EXISTS (SELECT 1 FROM redirections r
                 JOIN redirection_answers a ON a.redirection_id = r.id AND a.says_yes
                 WHERE t.kind = 'redirected' AND r.id = t.redirection_id
                 AND r.earmark_id = e.id AND r.amount_fen >= NEW.amount)
      OR (e.kind = 'girls' AND c.sex = 'F')
      OR (e.kind = 'one_child' AND c.id = e.child_id)
      OR (e.kind = 'surgery' AND (g.purpose = 'surgery' OR m.occasion = 'surgery')))))"""
_MORE_THAN_IS_THERE = """NEW.account = 'earmarked' AND NEW.amount > 0 AND NEW.amount > (
  SELECT COALESCE(-SUM(p.amount), 0) FROM postings p
  WHERE p.account = 'earmarked' AND p.pledge_id = NEW.pledge_id)"""
# The rest of a stopped pledge leaves it by its donor's word, each way for what he said, and never
# for more than is there; until then it goes back under its own pledge and nowhere else.
_NOT_HIS_WORD = """NEW.account = 'rest' AND NEW.amount > 0 AND NOT EXISTS (
  SELECT 1 FROM transactions t JOIN rests r ON r.id = t.rest_id
  LEFT JOIN rest_answers a ON a.rest_id = r.id
  WHERE t.id = NEW.transaction_id AND r.pledge_id = NEW.pledge_id AND (
    (t.kind = 'unrested' AND (a.id IS NULL OR a.way = 'next_child'))
    OR (t.kind = 'rest_to_fund' AND a.way = 'to_fund')
    OR (t.kind = 'rest_paid' AND a.way = 'pay_back')))"""
_MORE_THAN_RESTS = """NEW.account = 'rest' AND NEW.amount > 0 AND NEW.amount > (
  SELECT COALESCE(-SUM(p.amount), 0) FROM postings p
  WHERE p.account = 'rest' AND p.pledge_id = NEW.pledge_id)"""
# The other side of such a booking: its own pledge, its own fund, the bank. What was restricted stays so.
_WRONG_SIDE = """EXISTS (SELECT 1 FROM transactions t JOIN rests r ON r.id = t.rest_id
  LEFT JOIN earmarks e ON e.pledge_id = r.pledge_id
  WHERE t.id = NEW.transaction_id AND (
    (NEW.account <> 'bank' AND NEW.pledge_id <> r.pledge_id)
    OR (t.kind IN ('rested', 'unrested') AND NEW.account NOT IN ('prepaid', 'rest'))
    OR (t.kind = 'rest_to_fund' AND NEW.account <> 'rest' AND NEW.account <>
        CASE WHEN e.id IS NULL THEN 'gap_fund' ELSE 'earmarked' END)
    OR (t.kind = 'rest_paid' AND NEW.account NOT IN ('rest', 'bank'))))"""
# What a hand owes begins with two people's word about one instalment, and ends with what it paid of it.
_NOT_BY_TWO = """NEW.account = 'kept' AND NEW.amount > 0 AND NOT EXISTS (
  SELECT 1 FROM transactions t JOIN kept_sums k ON k.stipend_id = t.stipend_id
  WHERE t.id = NEW.transaction_id AND t.kind = 'kept' AND k.status = 'done'
    AND k.fen = NEW.amount AND k.decided_by <> k.asked_by)"""
_MORE_THAN_KEPT = """NEW.account = 'kept' AND NEW.amount < 0 AND -NEW.amount > (
  SELECT COALESCE(SUM(p.amount), 0) FROM postings p JOIN transactions o ON o.id = p.transaction_id
  WHERE p.account = 'kept' AND o.stipend_id = (
    SELECT t.stipend_id FROM transactions t WHERE t.id = NEW.transaction_id))"""
_FEE_OF_A_GIFT = """NEW.account = 'bank_fees' AND (
  EXISTS (SELECT 1 FROM transactions t WHERE t.id = NEW.transaction_id
          AND (t.stipend_id IS NOT NULL OR t.gift_id IS NOT NULL))
  OR EXISTS (SELECT 1 FROM postings p WHERE p.transaction_id = NEW.transaction_id
             AND p.account IN ('prepaid', 'promised', 'owed', 'in_transit', 'unmatched',
                               'gap_fund', 'earmarked', 'rest')))"""

append_only(Transaction.__table__)  # type: ignore[arg-type]
append_only(Posting.__table__)  # type: ignore[arg-type]
refuses_insert(Posting.__table__, "earmark_holds", _NOT_FOR_IT)  # type: ignore[arg-type]
refuses_insert(Posting.__table__, "earmark_covers", _MORE_THAN_IS_THERE)  # type: ignore[arg-type]
refuses_insert(Posting.__table__, "rest_holds", _NOT_HIS_WORD)  # type: ignore[arg-type]
refuses_insert(Posting.__table__, "rest_covers", _MORE_THAN_RESTS)  # type: ignore[arg-type]
refuses_insert(Posting.__table__, "rest_goes", _WRONG_SIDE)  # type: ignore[arg-type]
refuses_insert(Posting.__table__, "kept_by_two", _NOT_BY_TWO)  # type: ignore[arg-type]
refuses_insert(Posting.__table__, "kept_covers", _MORE_THAN_KEPT)  # type: ignore[arg-type]
refuses_insert(Posting.__table__, "gifts_pay_no_fee", _FEE_OF_A_GIFT)  # type: ignore[arg-type]


class Receipt(Base):
    """Money that came in, as the collecting desk knows it: reference, sum, day, payer's name."""

    __tablename__ = "receipts"
    __table_args__ = (
        CheckConstraint(
            "amount_fen <> 0 AND (amount_fen > 0) = (corrects_id IS NULL)", name="amount_sign"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=NOBODY)
    ref: Mapped[str] = mapped_column(
        String(16),
        unique=True,
        default=lambda: new_ref("receipt"),
        info=seen_by(Audience.COLLECTING),
    )
    payment_reference: Mapped[str] = mapped_column(
        String(40), index=True, info=seen_by(Audience.COLLECTING)
    )
    # What the payer wrote where it holds no reference: often a name.
    remark: Mapped[str | None] = mapped_column(
        Sealed("receipts.remark"), info=seen_by(Audience.COLLECTING)
    )
    amount_fen: Mapped[Fen] = mapped_column(info=seen_by(Audience.COLLECTING))
    received_on: Mapped[date] = mapped_column(info=seen_by(Audience.COLLECTING))
    payer_name: Mapped[str | None] = mapped_column(
        Sealed("receipts.payer_name"), info=seen_by(Audience.COLLECTING)
    )
    bank_line: Mapped[str | None] = mapped_column(
        String(60), unique=True, info=seen_by(Audience.COLLECTING)
    )
    # On which day the bank's statement has it; empty for what a person typed, until one shows it.
    shown_on: Mapped[date | None] = mapped_column(info=seen_by(Audience.COLLECTING))
    is_matched: Mapped[bool] = mapped_column(info=seen_by(Audience.COLLECTING))
    # A wrong booking stays; a further row of the opposite sum takes it back (law 2).
    corrects_id: Mapped[int | None] = mapped_column(
        ForeignKey("receipts.id"), unique=True, info=NOBODY
    )
    is_taken_back: Mapped[bool] = mapped_column(
        default=False, server_default=false(), info=seen_by(Audience.COLLECTING)
    )
    # Its payer was not found in its time: what two people decided, and since when it is gone.
    unclaimed: Mapped[UnclaimedWay | None] = mapped_column(info=seen_by(Audience.COLLECTING))
    gone_on: Mapped[date | None] = mapped_column(info=seen_by(Audience.COLLECTING))
    form_hash: Mapped[str | None] = mapped_column(String(64), unique=True, info=NOBODY)
    recorded_by: Mapped[str] = mapped_column(String(40), info=seen_by(Audience.COLLECTING))
    recorded_at: Mapped[datetime] = mapped_column(info=NOBODY)

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """The collecting desk alone."""
        return held(viewer, (Audience.COLLECTING, (Role.COLLECTING_DESK,), cls.id.is_not(None)))
