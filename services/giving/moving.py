"""Another person takes over paying: asked by the one who pays now, by link, with a yes of his own.

He gets a pledge of his own with the same terms, under a reference and a key of his own; how the
donor before was called, his letters and what he paid stay his. Nothing changes hands before the new
payer's first money is there (services/giving/handing_over.py). Part of services/vault/vault.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.orm import Session

from models.notices import AccessLink
from models.pledges import Match, Pledge, PledgeChange
from models.vault import Donor, PayerMove, VaultPledge
from privacy.viewers import Viewer
from services import gate, limits, trace
from services.donors import naming
from services.donors.naming import Called
from services.gate import Card, Part
from services.giving import farewells
from services.lifecycle import advance
from services.notices import notices
from services.notices.notices import Recipient
from services.pairing.market import IS_GIVEN
from services.pledges import changes
from services.pledges.changes import neutral
from services.reveals import reveal_ends
from services.vault import erasing, givers, letter_vault, vault
from services.vault.purses import OPEN_MOVES
from vocabulary.dates import add_months, today
from vocabulary.enums import (
    Chain,
    ChangeStatus,
    Limited,
    MatchStatus,
    MoveStatus,
    NoticeKind,
    PledgeStatus,
    RecipientKind,
    StopReason,
)
from vocabulary.errors import AlreadyDecided, BadInput, NotFound
from vocabulary.money import Fen
from vocabulary.schedule import STANDARD, due_days

ANSWER_WITHIN = timedelta(days=14)
MOST_DAYS = 6
OPEN = OPEN_MOVES
_ASKS = (PledgeStatus.CONFIRMED, PledgeStatus.PAUSED)
_TERMS = ("instalment_fen", "rhythm", "until")


@dataclass(frozen=True, slots=True)
class HandOver:
    """When the other begins, and for how many months both write with the child.

    No day: the first that one's own money does not reach.
    """

    from_on: date | None = None
    overlap_months: int = 1


SOON = HandOver()


def days(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> list[date]:
    """Return the due days of the next year from which another may pay, the first ones."""
    pledge = _own(session, viewer, ref)
    first = changes.first_day(session, viewer, ref, now=now)
    year = due_days(STANDARD[pledge.rhythm], start=first, until=add_months(first, 11))
    return list(year)[:MOST_DAYS]


def ask(
    session: Session,
    viewer: Viewer,
    ref: str,
    contact: str,
    *,
    how: HandOver = SOON,
    now: datetime,
) -> str:
    """Ask whoever has a contact to go on paying; return the ref of the asking.

    A newer asking replaces one that waits for its answer. Raises BadInput for a contact that cannot
    be used or is one's own, for a day or an overlap that is not offered, TooManyTries, NotFound from
    the link of one pledge.
    """
    pledge = _own(session, viewer, ref)
    if pledge.status not in _ASKS or not _children(session, pledge):
        raise AlreadyDecided()
    if how.from_on is not None and how.from_on not in days(session, viewer, ref, now=now):
        raise BadInput(field="from_on", reason="not_a_choice")
    if how.overlap_months not in farewells.OVERLAPS:
        raise BadInput(field="overlap", reason="not_a_choice")
    move = PayerMove(is_contact=False, from_on=how.from_on, overlap_months=how.overlap_months)
    return _begin(session, viewer, pledge, contact, move, now=now)


def ask_contact(
    session: Session,
    viewer: Viewer,
    ref: str,
    contact: str,
    *,
    now: datetime,
    marked_as: str | None = None,
) -> str:
    """Ask somebody to be whom a group's pledge is reached by; it stays the group's, as it is.

    `marked_as`: what the chain names it by when custodians ask in the place of one who died.
    Raises as `ask`; AlreadyDecided for a pledge that is one person's own.
    """
    pledge = _own(session, viewer, ref)
    if pledge.status not in _ASKS or givers.find(session, pledge.id) is None:
        raise AlreadyDecided()
    move = PayerMove(is_contact=True)
    return _begin(session, viewer, pledge, contact, move, now=now, marked_as=marked_as)


def _begin(
    session: Session,
    viewer: Viewer,
    pledge: Pledge,
    contact: str,
    move: PayerMove,
    *,
    now: datetime,
    marked_as: str | None = None,
) -> str:
    value = vault.read_contact(contact)[1]
    limits.take(session, Limited.RELINK, value, now=now)
    donor_id = vault.register(session, contact, now=now)
    if donor_id == viewer.donor_id:
        raise BadInput(field="contact", reason="own")
    for old in _open_of(session, pledge):
        if old.status is MoveStatus.ACCEPTED:
            raise AlreadyDecided()
        close(session, viewer, old, MoveStatus.UNDONE, now=now)
    day = today(now)
    move.pledge_id, move.donor_id = pledge.id, donor_id
    move.asked_on, move.answer_by = day, day + ANSWER_WITHIN
    session.add(move)
    session.flush()
    kind = NoticeKind.CONTACT_ASKED if move.is_contact else NoticeKind.TAKE_OVER_ASKED
    _tell(session, donor_id, kind, move, now=now)
    subject = marked_as or f"payer_move:{move.ref}"
    act = "donor.other_contact" if marked_as else "pledge.ask_payer"
    trace.record(session, viewer, act, subject, now=now, chain=Chain.CUSTODIAN)
    return move.ref


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What waits for the viewer's answer, and what is under way by his own ref of the pledge.

    `begins_on` is the day that is set once the other's first money is there.
    """

    asked: Sequence[Card]
    of_pledge: Mapping[str, Card]


NOTHING = UnderWay((), {})


def under_way(session: Session, viewer: Viewer, *, now: datetime) -> UnderWay:
    """Return every open change of payer that the viewer has a part in: one statement."""
    own = ("donor_ref", "instalment_fen", "rhythm", "until", "until_count")
    is_side = or_(Pledge.id == PayerMove.pledge_id, Pledge.id == PayerMove.new_pledge_id)
    part = {"pledge": Part(Pledge, is_side, own)}
    rows = gate.cards(session, viewer, PayerMove, parts=part, where=(PayerMove.status.in_(OPEN),))
    asked = [_with_terms(session, row) for row in rows if _waits(row, now=now)]
    own_rows = [row for row in rows if row.has("pledge")]
    set_days = _set_days(session, [row["ref"] for row in own_rows])
    dated = [row.and_also(begins_on=set_days.get(row["ref"])) for row in own_rows]
    return UnderWay(asked, {row["pledge"]["donor_ref"]: row for row in dated})


def _set_days(session: Session, refs: Sequence[str]) -> dict[str, date]:
    """Return from which day the other pays, where it is settled: both sides read it."""
    if not refs:
        return {}
    rows = session.execute(
        select(PayerMove.ref, PledgeChange.effective_on)
        .join(PledgeChange, PledgeChange.pledge_id == PayerMove.pledge_id)
        .where(
            PayerMove.ref.in_(refs),
            PledgeChange.status == ChangeStatus.WAITING,
            PledgeChange.stop_reason == StopReason.HANDED_ON,
        )
    )
    return {ref: day for ref, day in rows}


def _waits(move: Card, *, now: datetime) -> bool:
    """Say whether it waits for the viewer: what is his own to give away shows its pledge."""
    is_asked = move["status"] is MoveStatus.ASKED and not move.has("pledge")
    return is_asked and bool(move["answer_by"] >= today(now))


def one_asked(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return one asking that waits for the viewer's answer. Raises NotFound."""
    found = [one for one in under_way(session, viewer, now=now).asked if one["ref"] == ref]
    if not found:
        raise NotFound()
    return found[0]


def accept(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> str:
    """Say yes: a pledge of his own with the same terms; return its ref. His first money is next.

    How he is called he chooses himself: it begins as 爱心人士.
    """
    move = _asked_of(session, viewer, ref, now=now)
    old = session.get_one(Pledge, move.pledge_id)
    if move.is_contact:
        return _hand_contact_on(session, viewer, move, old, now=now)
    children = _children(session, old)
    if old.status not in _ASKS or not children:
        raise AlreadyDecided()
    pledge = Pledge(
        kind=old.kind,
        instalment_fen=Fen(old.instalment_fen),
        rhythm=old.rhythm,
        children_wanted=children,
        until=old.until,
        until_count=old.until_count,
        status=PledgeStatus.OFFERED,
        offered_on=today(now),
        follows_id=old.id,
    )
    session.add(pledge)
    session.flush()
    vault.file_pledge(session, move.donor_id, pledge)
    naming.begin(session, pledge, Called(), now=now)
    move.new_pledge_id = pledge.id
    advance(session, move, MoveStatus.ACCEPTED, by=neutral(viewer), now=now)
    _tell_old(session, move, NoticeKind.TAKE_OVER_ANSWERED, now=now)
    _note(session, viewer, "pledge.accept", move, now=now)
    return pledge.donor_ref


def _hand_contact_on(
    session: Session, viewer: Viewer, move: PayerMove, pledge: Pledge, *, now: datetime
) -> str:
    """Let the one who said yes be the contact from now on; links to this pledge alone end.

    What was between one person and a family stays between them: whom he knew, the name he let it
    read, letters delivered either way and what he paid go to nobody else.
    """
    if pledge.status not in _ASKS:
        raise AlreadyDecided()
    reveal_ends.part(session, neutral(viewer), pledge.id, now=now)
    naming.hide(session, pledge, now=now)
    letter_vault.stay(session, pledge.id)
    givers.hand_on(session, pledge.id, move.donor_id)
    ended = (AccessLink.pledge_id == pledge.id, AccessLink.revoked_at.is_(None))
    session.execute(update(AccessLink).where(*ended).values(revoked_at=now))
    for to in (MoveStatus.ACCEPTED, MoveStatus.DONE):
        advance(session, move, to, by=neutral(viewer), now=now)
    _note(session, viewer, "pledge.contact", move, now=now)
    return pledge.donor_ref


def decline(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> None:
    """Say no, without a reason; whoever was unknown here is forgotten at once."""
    move = _asked_of(session, viewer, ref, now=now)
    _note(session, viewer, "pledge.decline", move, now=now)
    close(session, viewer, move, MoveStatus.DECLINED, now=now)


def undo(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> None:
    """Take the asking back while it waits for its answer. Raises AlreadyDecided afterwards."""
    move = gate.row(session, viewer, PayerMove, PayerMove.ref == ref)
    if move.donor_id == viewer.donor_id:
        raise NotFound()
    if move.status is not MoveStatus.ASKED:
        raise AlreadyDecided()
    _note(session, viewer, "pledge.undo_ask", move, now=now)
    close(session, viewer, move, MoveStatus.UNDONE, now=now)


def close(session: Session, by: Viewer, move: PayerMove, to: MoveStatus, *, now: datetime) -> None:
    """End an asking that comes to nothing: who asked hears of it, a stranger is forgotten."""
    advance(session, move, to, by=neutral(by), now=now)
    session.flush()
    if to is not MoveStatus.UNDONE:
        _tell_old(session, move, NoticeKind.TAKE_OVER_ANSWERED, now=now)
    pledges = exists().where(VaultPledge.donor_id == move.donor_id)
    waits = exists().where(PayerMove.donor_id == move.donor_id, PayerMove.status.in_(OPEN))
    if not session.scalar(select(or_(pledges, waits))):
        erasing.erase(session, by, session.get_one(Donor, move.donor_id), now=now)


def tell_done(session: Session, move: PayerMove, *, now: datetime) -> None:
    """Tell who asked that the other pays from now on."""
    _tell_old(session, move, NoticeKind.TAKE_OVER_DONE, now=now)


def tell_off(session: Session, move: PayerMove, *, now: datetime) -> None:
    """Tell who said yes that nothing came of it."""
    _tell(session, move.donor_id, NoticeKind.TAKE_OVER_OFF, move, now=now)


def _own(session: Session, viewer: Viewer, ref: str) -> Pledge:
    """Return a pledge for whoever has shown whose it is: its form's phone has not."""
    if viewer.pledge_id is not None:
        raise NotFound()
    return gate.row(session, viewer, Pledge, Pledge.donor_ref == ref)


def _asked_of(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> PayerMove:
    move = gate.row(session, viewer, PayerMove, PayerMove.ref == ref)
    if move.donor_id != viewer.donor_id:
        raise NotFound()
    if move.status is not MoveStatus.ASKED or move.answer_by < today(now):
        raise AlreadyDecided()
    return move


def _open_of(session: Session, pledge: Pledge) -> list[PayerMove]:
    mine = (PayerMove.pledge_id == pledge.id, PayerMove.status.in_(OPEN))
    return list(session.scalars(select(PayerMove).where(*mine)))


def _children(session: Session, pledge: Pledge) -> int:
    live = (Match.pledge_id == pledge.id, Match.status == MatchStatus.ACTIVE, IS_GIVEN)
    return session.scalar(select(func.count(Match.id)).where(*live)) or 0


def _with_terms(session: Session, move: Card) -> Card:
    """Add what would be given: sum, rhythm, how many children; never who gives now."""
    row = session.scalars(select(PayerMove).where(PayerMove.ref == move["ref"])).one()
    pledge = session.get_one(Pledge, row.pledge_id)
    terms = {name: getattr(pledge, name) for name in _TERMS}
    children = pledge.children_wanted if row.is_contact else _children(session, pledge)
    giver = givers.find(session, pledge.id) if row.is_contact else None
    terms["group"] = giver.name if giver else None
    return move.and_also(**terms, until_count=pledge.until_count, children_wanted=children)


def _tell_old(session: Session, move: PayerMove, kind: NoticeKind, *, now: datetime) -> None:
    _tell(session, vault.donor_of_pledge(session, move.pledge_id), kind, move, now=now)


def _tell(
    session: Session, donor_id: int, kind: NoticeKind, move: PayerMove, *, now: datetime
) -> None:
    to = Recipient(RecipientKind.DONOR, donor_id)
    notices.queue(session, to, kind, f"payer_move:{move.ref}", now=now)


def _note(session: Session, viewer: Viewer, act: str, move: PayerMove, *, now: datetime) -> None:
    subject = f"payer_move:{move.ref}"
    trace.record(session, viewer, act, subject, now=now, chain=Chain.CUSTODIAN)
