"""A volunteer leaves: her notice, a successor first, days together, a goodbye; the history stays."""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from models.care import CareMatch
from models.transfers import Transfer
from models.volunteers import Volunteer
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.care import asking_her, deciding, together
from services.gate import Card, Part
from vocabulary.dates import today
from vocabulary.enums import CareEnd, CareRefusal, CareStatus, NoticeKind, TransferStatus
from vocabulary.errors import AlreadyDecided, BadInput

NOTICE_DAYS = 14
"""Days that a volunteer gives herself ahead, so that a successor can come along; staff may note less."""
LONGEST = timedelta(days=365)
_PAIRED = (CareStatus.TRIAL, CareStatus.ACTIVE)
IS_LEAVING = or_(
    CareMatch.volunteer_id.in_(select(Volunteer.id).where(Volunteer.leaves_on.is_not(None))),
    CareMatch.successor_asked_on.is_not(None),
)
"""Somebody is to follow: she gave notice, or the staff asked because the pair fades."""


def give_notice(session: Session, by: Viewer, on: date, *, now: datetime) -> None:
    """Say oneself from which day on one stops; the night seeks successors from now on.

    What she was asked and two have not agreed to is taken back at once.

    Raises BadInput for a day too near or too far.
    """
    require(by, Act.ANSWER_CARE)
    _check_day(on, first=today(now) + timedelta(days=NOTICE_DAYS), now=now)
    _note(session, by, Volunteer.id == by.volunteer_id, on, now=now)


def note_notice(
    session: Session, by: Viewer, volunteer_ref: str, on: date, *, now: datetime
) -> None:
    """Write down the day that she gave by telephone, today at the earliest."""
    require(by, Act.NOTE_CARE_ANSWER)
    _check_day(on, first=today(now), now=now)
    _note(session, by, Volunteer.ref == volunteer_ref, on, now=now)


def _withdraw(session: Session, by: Viewer, volunteer_id: int, *, now: datetime) -> None:
    """Take back what two have not agreed to yet: tonight these children are matched anew."""
    waits = CareMatch.status.in_((CareStatus.PROPOSED, CareStatus.ACCEPTED))
    hers = select(CareMatch).where(CareMatch.volunteer_id == volunteer_id, waits)
    for match in session.scalars(hers.order_by(CareMatch.id)).all():
        together.withdraw(session, by, match, CareRefusal.SHE_LEAVES, now=now)


def _check_day(on: date, *, first: date, now: datetime) -> None:
    if not first <= on <= today(now) + LONGEST:
        raise BadInput(field="on", reason="not_a_choice")


def _note(
    session: Session, by: Viewer, who: ColumnElement[bool], on: date, *, now: datetime
) -> None:
    volunteer = gate.row(session, by, Volunteer, who)
    volunteer.leaves_on = on
    session.flush()
    trace.record(session, by, "care.leave", f"volunteer:{volunteer.ref}", now=now)
    _withdraw(session, by, volunteer.id, now=now)
    for match in _paired(session, volunteer.id):
        asking_her.call_staff(session, match, NoticeKind.CARE_LEAVES, now=now, but=(by.actor,))


def stay(session: Session, by: Viewer, *, now: datetime) -> None:
    """Take the notice back; who follows her already stays as well. Raises AlreadyDecided.

    What was taken back with it is not put back: the next night may find it again.
    """
    require(by, Act.ANSWER_CARE)
    _stay(session, by, Volunteer.id == by.volunteer_id, now=now)


def note_stay(session: Session, by: Viewer, volunteer_ref: str, *, now: datetime) -> None:
    """Write down that she stays after all, as she said by telephone. Raises AlreadyDecided."""
    require(by, Act.NOTE_CARE_ANSWER)
    _stay(session, by, Volunteer.ref == volunteer_ref, now=now)


def _stay(session: Session, by: Viewer, who: ColumnElement[bool], *, now: datetime) -> None:
    volunteer = gate.row(session, by, Volunteer, who)
    if volunteer.leaves_on is None:
        raise AlreadyDecided()
    volunteer.leaves_on = None
    for match in _paired(session, volunteer.id):
        match.goodbye_on = None
    session.flush()
    trace.record(session, by, "care.stay", f"volunteer:{volunteer.ref}", now=now)


def plan_goodbye(session: Session, by: Viewer, ref: str, on: date, *, now: datetime) -> None:
    """Set the day of her last visit, not after she stops; also for a child that is to move away.

    Raises BadInput, AlreadyDecided.
    """
    require(by, Act.NOTE_CARE_ANSWER)
    match = gate.row(session, by, CareMatch, CareMatch.ref == ref)
    volunteer = session.get_one(Volunteer, match.volunteer_id)
    is_out = volunteer.leaves_on or match.successor_asked_on or _is_moving(session, match)
    if match.status not in _PAIRED or not is_out:
        raise AlreadyDecided()
    if not today(now) <= on <= (volunteer.leaves_on or today(now) + LONGEST):
        raise BadInput(field="on", reason="not_a_choice")
    match.goodbye_on = on
    session.flush()
    trace.record(session, by, "care.goodbye", f"care:{ref}", now=now)


def _is_moving(session: Session, match: CareMatch) -> bool:
    """Say whether her child waits for another banner: the pair ends on the day that one accepts."""
    waits = (Transfer.child_id == match.child_id, Transfer.status == TransferStatus.ASKED)
    return session.scalar(select(Transfer.id).where(*waits)) is not None


def _forget_goodbyes(session: Session) -> None:
    """Take back the goodbyes of children that did not move away after all."""
    moves = exists().where(
        Transfer.child_id == CareMatch.child_id, Transfer.status == TransferStatus.ASKED
    )
    planned = (CareMatch.goodbye_on.is_not(None), CareMatch.status.in_(_PAIRED))
    for match in session.scalars(select(CareMatch).where(*planned, ~IS_LEAVING, ~moves)).all():
        match.goodbye_on = None


def end_left(session: Session, by: Viewer, *, now: datetime) -> int:
    """End the pairs of who stops today or stopped: handed on where somebody follows. How many.

    A goodbye that nobody needs any more is taken back.
    """
    require(by, Act.RUN_MATCHING)
    _forget_goodbyes(session)
    gone = select(Volunteer.id).where(Volunteer.leaves_on <= today(now))
    said_goodbye = and_(
        CareMatch.successor_asked_on.is_not(None), CareMatch.goodbye_on < today(now)
    )
    is_over = or_(CareMatch.volunteer_id.in_(gone), said_goodbye)
    over = select(CareMatch).where(is_over, CareMatch.status.in_(_PAIRED)).order_by(CareMatch.id)
    ended = 0
    for match in session.scalars(over).all():
        follows = _followers(session, match, *_PAIRED)
        left = session.get_one(Volunteer, match.volunteer_id).leaves_on
        if follows or (left is not None and left <= today(now)):
            why = CareEnd.HANDED_ON if follows else CareEnd.SHE_LEFT
            deciding.close(session, by, match, why, now=now)
            ended += 1
    return ended


def ask_successor(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Seek somebody to follow in a pair that fades; it goes on until the goodbye.

    Nobody is left alone: without a follower the pair stays. Raises AlreadyDecided.
    """
    require(by, Act.TURN_DOWN_CARE)
    match = gate.row(session, by, CareMatch, CareMatch.ref == ref)
    deciding.check_may_speak(session, by, match)
    if match.status not in _PAIRED or match.successor_asked_on is not None:
        raise AlreadyDecided()
    match.successor_asked_on = today(now)
    session.flush()
    trace.record(session, by, "care.successor", f"care:{ref}", now=now)


def keep_on(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Take the asking back: she comes again. Raises AlreadyDecided."""
    require(by, Act.TURN_DOWN_CARE)
    match = gate.row(session, by, CareMatch, CareMatch.ref == ref)
    deciding.check_may_speak(session, by, match)
    if match.status not in _PAIRED or match.successor_asked_on is None:
        raise AlreadyDecided()
    match.successor_asked_on = match.goodbye_on = None
    session.flush()
    trace.record(session, by, "care.keep_on", f"care:{ref}", now=now)


def _paired(session: Session, volunteer_id: int) -> list[CareMatch]:
    own = (CareMatch.volunteer_id == volunteer_id, CareMatch.status.in_(_PAIRED))
    return list(session.scalars(select(CareMatch).where(*own).order_by(CareMatch.id)))


def _followers(session: Session, match: CareMatch, *states: CareStatus) -> list[CareMatch]:
    asked = select(CareMatch).where(
        CareMatch.child_id == match.child_id,
        CareMatch.id != match.id,
        CareMatch.status.in_(states),
        ~IS_LEAVING,
    )
    return list(session.scalars(asked.order_by(CareMatch.id)))


def of_pair(session: Session, viewer: Viewer, ref: str) -> Card | None:
    """Return {leaves_on, asked_on, goodbye_on, moves, follower} of a pair that ends; else None.

    `moves` says that the child waits for another banner. `follower` is the card of whoever follows,
    by her name and how far it is; None while sought.
    """
    require(viewer, Act.AGREE_CARE)
    match = gate.row(session, viewer, CareMatch, CareMatch.ref == ref)
    volunteer = session.get_one(Volunteer, match.volunteer_id)
    moves = _is_moving(session, match)
    is_out = volunteer.leaves_on or match.successor_asked_on or moves
    if not is_out or match.status not in _PAIRED:
        return None
    live = (CareStatus.PROPOSED, CareStatus.ACCEPTED, *_PAIRED)
    refs = [one.ref for one in _followers(session, match, *live)]
    parts = {"volunteer": Part(Volunteer, Volunteer.id == CareMatch.volunteer_id, ("name",))}
    found = gate.cards(session, viewer, CareMatch, parts=parts, where=(CareMatch.ref.in_(refs),))
    return Card(
        {
            "leaves_on": volunteer.leaves_on,
            "asked_on": match.successor_asked_on,
            "goodbye_on": match.goodbye_on,
            "moves": moves,
            "follower": found[0] if found else None,
        }
    )
