"""A donor is asked, once and by link, whether restricted money may help other children.

His yes moves it, his no and his silence leave it. Nobody reminds him, and staff cannot tell a no
from silence.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from models.earmarks import Earmark, Redirection, RedirectionAnswer
from models.ledger import Posting
from models.pledges import Match, Pledge
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.books import ledger
from services.books.ledger import Event, Leg
from services.gate import Card, Part
from services.notices import notices
from services.notices.notices import Recipient
from services.pledges.changes import neutral
from services.vault import vault
from services.writing import add_once
from vocabulary import redirecting as words
from vocabulary.dates import today
from vocabulary.enums import (
    AccountKind,
    Chain,
    EarmarkKind,
    NoticeKind,
    PledgeKind,
    RecipientKind,
    RedirectReason,
    TransactionKind,
)
from vocabulary.errors import AlreadyDecided, BadInput, NotFound, TooLate
from vocabulary.money import Fen

OPEN_FOR = timedelta(days=60)
_EARMARK = Part(Earmark, Earmark.id == Redirection.earmark_id, ("kind",))
_PLEDGE = Part(Pledge, Pledge.id == Earmark.pledge_id, ("code",))
_ANSWER = Part(
    RedirectionAnswer, RedirectionAnswer.redirection_id == Redirection.id, ("says_yes", "said_at")
)


def ask(session: Session, by: Viewer, code: str, *, reason: str, now: datetime) -> str:
    """Ask the giver of a restricted pledge (its code) about all that is left; return the question.

    Raises NotFound for a pledge without restriction, BadInput(field) for a reason that is none of
    `RedirectReason` (reason) or where nothing is left (pledge), AlreadyDecided
    while a question waits. No one hears of it whose donor is forgotten or has died: it stays as it is.
    """
    require(by, Act.ASK_REDIRECTION)
    pledge = gate.row(session, by, Pledge, Pledge.code == code)
    earmark = session.scalar(select(Earmark).where(Earmark.pledge_id == pledge.id))
    if earmark is None:
        raise NotFound()
    if reason not in set(RedirectReason):
        raise BadInput(field="reason", reason="missing")
    if _waiting(session, [earmark.id], now=now):
        raise AlreadyDecided()
    left = _left(session, pledge)
    if left <= 0:
        raise BadInput(field="pledge", reason="nothing_left")
    asked = Redirection(
        earmark_id=earmark.id,
        amount_fen=left,
        reason=RedirectReason(reason),
        wording=words.CURRENT,
        asked_by=by.actor,
        asked_on=today(now),
        closes_on=today(now) + OPEN_FOR,
    )
    session.add(asked)
    session.flush()
    donor = Recipient(RecipientKind.DONOR, vault.donor_of_pledge(session, pledge.id))
    subject = f"redirection:{asked.ref}"
    notices.queue(session, donor, NoticeKind.EARMARK_ASKED, subject, now=now)
    trace.record(session, by, "earmark.ask", subject, now=now, why=reason)
    return asked.ref


def _waiting(session: Session, earmark_ids: Collection[int], *, now: datetime) -> frozenset[int]:
    """Return of which restrictions (keys) a question's days are not over, answered or not.

    A no looks like silence: nobody is asked anew the day after it.
    """
    rows = session.scalars(
        select(Redirection.earmark_id).where(
            Redirection.earmark_id.in_(earmark_ids),
            Redirection.closes_on > today(now),
        )
    )
    return frozenset(rows)


def _account(pledge: Pledge) -> AccountKind:
    is_funds = pledge.kind is PledgeKind.GAP_FUND
    return AccountKind.EARMARKED if is_funds else AccountKind.PREPAID


def _left(session: Session, pledge: Pledge) -> Fen:
    return Fen(-ledger.balance(session, _account(pledge), pledge_id=pledge.id))


def questions(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List what a donor was asked, the latest first; `waits` while it may be answered."""
    require(viewer, Act.ANSWER_REDIRECTION)
    found = gate.cards(
        session,
        viewer,
        Redirection,
        parts={"earmark": _EARMARK, "answer": _ANSWER},
        order_by=(Redirection.id.desc(),),
    )
    return [
        card.and_also(waits=not card.has("answer") and card["closes_on"] > today(now))
        for card in found
    ]


class Use(NamedTuple):
    """What money is for; the one child's code name as its donor knows it by his own match."""

    kind: EarmarkKind
    code_name: str | None = None


def own(session: Session, viewer: Viewer) -> dict[str, Use]:
    """Return what a donor's own restricted pledges (by his ref) are for.

    A link that opens one pledge alone opens no other's match, and so no code name.
    """
    require(viewer, Act.ANSWER_REDIRECTION)
    parts = {
        "pledge": Part(Pledge, Pledge.id == Earmark.pledge_id, ("donor_ref",)),
        "match": Part(Match, Match.child_id == Earmark.child_id, ("code_name",)),
    }
    order = (Earmark.id, Match.id)
    found = gate.cards(session, viewer, Earmark, fields=("kind",), parts=parts, order_by=order)
    uses: dict[str, Use] = {}
    for card in found:
        ref, known = card["pledge"]["donor_ref"], card.has("match")
        if known or ref not in uses:
            name = card["match"]["code_name"] if known else None
            uses[ref] = Use(card["kind"], name)
    return uses


def answer(session: Session, by: Viewer, ref: str, word: str, *, now: datetime) -> Fen:
    """Keep the donor's "yes" or "no"; a yes moves what is left of the sum. Returns what was moved.

    Raises AlreadyDecided for a second answer, TooLate for one after the last day, BadInput.
    """
    require(by, Act.ANSWER_REDIRECTION)
    asked = gate.row(session, by, Redirection, Redirection.ref == ref)
    if word not in {"yes", "no"}:
        raise BadInput(field="answer", reason="unknown")
    if asked.closes_on <= today(now):
        raise TooLate()
    said = {"redirection_id": asked.id, "says_yes": word == "yes", "said_at": now}
    if not add_once(session, RedirectionAnswer.__table__, said, key="redirection_id"):
        raise AlreadyDecided()
    moved = _move(session, by, asked, now=now) if word == "yes" else Fen(0)
    # By nothing but himself: the case staff who asked know the question by its ref (law 7).
    trace.record(session, by, "earmark.answer", by.actor, now=now, chain=Chain.CUSTODIAN)
    return moved


def _move(session: Session, by: Viewer, asked: Redirection, *, now: datetime) -> Fen:
    """Post the sum to the fund's free money; no more than is there, if it was used meanwhile."""
    pledge = session.scalars(
        select(Pledge)
        .join(Earmark, Earmark.pledge_id == Pledge.id)
        .where(Earmark.id == asked.earmark_id)
    ).one()
    moved = Fen(min(asked.amount_fen, _left(session, pledge)))
    if moved > 0:
        event = Event(TransactionKind.REDIRECTED, today(now), redirection_id=asked.id)
        own = Leg(_account(pledge), moved, pledge_id=pledge.id)
        # The books name pledges: who gives stands nowhere beside them.
        legs = [own, Leg(AccountKind.GAP_FUND, Fen(-moved))]
        ledger.post(session, event, legs, by=neutral(by))
    return max(moved, Fen(0))


def restricted(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List restricted pledges that have money left: the kind, and whether their giver may be asked.

    No sums: an odd one would tell what somebody gave. `waits` while he was asked lately.
    """
    require(viewer, Act.ASK_REDIRECTION)
    cards = gate.cards(
        session,
        viewer,
        Earmark,
        fields=("kind",),
        parts={"pledge": _PLEDGE},
        where=(Earmark.id.in_(_with_money()),),
        order_by=(Pledge.code,),
    )
    codes = select(Pledge.code, Earmark.id).join(Pledge, Pledge.id == Earmark.pledge_id)
    keys = {code: key for code, key in session.execute(codes)}
    waiting = _waiting(session, list(keys.values()), now=now)
    return [card.and_also(waits=keys[card["pledge"]["code"]] in waiting) for card in cards]


def _with_money() -> Select[int]:
    held = and_(
        Posting.pledge_id == Earmark.pledge_id,
        Posting.account.in_((AccountKind.EARMARKED, AccountKind.PREPAID)),
    )
    return (
        select(Earmark.id)
        .join(Posting, held)
        .group_by(Earmark.id)
        .having(func.sum(Posting.amount) < 0)
    )


def notice_facts(session: Session, viewer: Viewer, ref: str, now: datetime) -> dict[str, str]:
    """Return `asked` while a donor's own question waits. Raises NotFound."""
    found = [one for one in questions(session, viewer, now=now) if one["ref"] == ref]
    if not found or not found[0]["waits"]:
        raise NotFound()
    closes = found[0]["closes_on"]
    return {"asked": f"{closes.month}月{closes.day}日"}
