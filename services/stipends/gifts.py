"""One-time sums for one child beside its instalments: the same five facts, each by its own hand."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.pledges import Match
from models.stipends import Gift
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.books import ledger
from services.stipends import facts
from services.stipends.facts import Basis
from vocabulary.dates import today
from vocabulary.enums import Chain, Evidence, FactKind, GiftPurpose, MatchStatus
from vocabulary.errors import BadInput, NotFound, WrongState
from vocabulary.money import Fen

OCCASION_LENGTH = 60
_GIVEN = (MatchStatus.ACTIVE, MatchStatus.ENDED)


def promise(
    session: Session,
    by: Viewer,
    match_ref: str,
    amount: Fen,
    occasion: str,
    *,
    now: datetime,
    purpose: GiftPurpose = GiftPurpose.ANY,
) -> str:
    """Keep that a gift for the child of an approved match was promised; return the gift's ref."""
    require(by, Act.RUN_MATCHING)
    match = gate.row(session, by, Match, Match.child_ref == match_ref)
    if match.status not in _GIVEN:
        raise WrongState(from_state=match.status.value, to_state=FactKind.PROMISED.value)
    if amount <= 0:
        raise BadInput(field="amount", reason="out_of_range")
    gift = Gift(
        match_id=match.id,
        due_on=today(now),
        amount_fen=amount,
        occasion=occasion.strip()[:OCCASION_LENGTH],
        purpose=purpose,
    )
    session.add(gift)
    session.flush()
    _record(session, by, FactKind.PROMISED, [gift], now=now, evidence=Evidence.WORD)
    trace.record(session, by, "gift.promise", f"gift:{gift.ref}", now=now)
    return gift.ref


def fund(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Cover a gift from what its donor paid ahead. Raises WrongState while that is too little."""
    require(by, Act.RUN_STIPENDS)
    gift = _gift(session, ref)
    pledge_id = session.scalars(select(Match.pledge_id).where(Match.id == gift.match_id)).one()
    if ledger.prepaid_of(session, pledge_id) < gift.amount_fen:
        raise WrongState(from_state=FactKind.PROMISED.value, to_state=FactKind.RECEIVED.value)
    _record(session, by, FactKind.RECEIVED, [gift], now=now, evidence=Evidence.LEDGER)
    subject = f"gift:{ref}"
    trace.record(session, by, "gift.fund", subject, now=now, chain=Chain.CUSTODIAN)


def send(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Record that a gift left our account for the hand."""
    require(by, Act.SEND_BATCH)
    _record(session, by, FactKind.SENT, [_gift(session, ref)], now=now, evidence=Evidence.BANK)
    trace.record(session, by, "gift.send", f"gift:{ref}", now=now)


def hand_over(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Keep the school's or village's word that a gift was handed over."""
    require(by, Act.HAND_OVER)
    gift = gate.row(session, by, Gift, Gift.ref == ref)
    _record(session, by, FactKind.HANDED_OVER, [gift], now=now, evidence=Evidence.WORD)
    trace.record(session, by, "gift.hand_over", f"gift:{ref}", now=now)


def confirm(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Enter the family's own word that a gift came, said to a helper."""
    require(by, Act.ANSWER_FOR_FAMILY)
    gift = gate.row(session, by, Gift, Gift.ref == ref)
    _record(session, by, FactKind.CONFIRMED, [gift], now=now, evidence=Evidence.ASSISTED)
    trace.record(session, by, "gift.confirm", f"gift:{ref}", now=now)


def _gift(session: Session, ref: str) -> Gift:
    gift = session.scalar(select(Gift).where(Gift.ref == ref))
    if gift is None:
        raise NotFound()
    return gift


def _record(
    session: Session,
    by: Viewer,
    kind: FactKind,
    gifts: Sequence[Gift],
    *,
    now: datetime,
    evidence: Evidence,
) -> None:
    facts.record(session, kind, gifts, on=today(now), by=by, now=now, basis=Basis(evidence))
