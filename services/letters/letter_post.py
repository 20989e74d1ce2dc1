"""The weekly batch: what was released before a Monday leaves on that Monday, all at once.

One day for all, so that nobody can tell from it who wrote, looked or read when. There is no
receipt of reading, either way. A Monday that was missed is made up by the first run after it, with
the same letters for everybody; a week has one batch.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child
from models.letters import Letter, LetterFriend
from models.pledges import Match
from models.volunteers import Volunteer
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer
from services import trace
from services.letters import letter_ends, letter_friends, letter_pairs
from services.lifecycle import advance
from services.notices import notices
from services.notices.notices import Recipient
from services.vault import vault
from vocabulary.dates import today
from vocabulary.enums import LetterSide, LetterStatus, NoticeKind, RecipientKind

WEEK = timedelta(days=7)
_FRIDAY = 4


def batch_of(day: date) -> date:
    """Return the Monday whose batch a day belongs to; a batch made up late keeps its day."""
    return day - timedelta(days=day.weekday())


def next_batch(day: date) -> date:
    """Return the Monday with which a letter leaves that is released on a day."""
    return batch_of(day) + WEEK


def deliver(session: Session, by: Viewer, *, period: date, now: datetime) -> dict[str, int]:
    """Deliver what was released before the period's Monday; return how much. Safe to repeat.

    A letter stays while the guardian's consent is withdrawn, the child's record is over, or
    somebody fears for the child. What nobody would read goes back to its writer.
    """
    require(by, Act.DELIVER_LETTERS)
    batch = batch_of(period)
    found = session.scalars(
        select(Letter)
        .where(Letter.status == LetterStatus.RELEASED, Letter.released_on < batch)
        .order_by(Letter.child_id, Letter.sender, Letter.id)
    ).all()
    back = letter_ends.return_unread(session, by, found, batch=batch, now=now)
    for letter in back:
        tell_writer(session, letter, now=now)
    ready = [one for one in found if one not in back and _may_go(session, one, now=now)]
    for letter in ready:
        advance(session, letter, LetterStatus.DELIVERED, by=by, now=now)
        letter.delivered_on = batch
        letter.is_of_age = letter_pairs.is_of_age(session, letter.child_id, now=now)
        session.flush()
        _tell(session, letter, NoticeKind.LETTER_CAME, to_writer=False, on=batch, now=now)
    if ready or back:
        detail = {"letters": len(ready), "returned": len(back), "batch": batch.isoformat()}
        trace.record(session, by, "letters.deliver", "letters", now=now, detail=detail)
    return {"due": len(found) - len(back), "delivered": len(ready)}


def has_left(session: Session, by: Viewer, *, on: date) -> bool:
    """Say whether letters of this week's batch have left: what is released since waits for the next."""
    require(by, Act.DELIVER_LETTERS)
    left = select(Letter.id).where(Letter.delivered_on == batch_of(on)).limit(1)
    return session.scalar(left) is not None


def _may_go(session: Session, letter: Letter, *, now: datetime) -> bool:
    is_over = letter_friends.is_over(session, letter.friend_id, on=today(now))
    in_danger = session.scalar(select(Child.in_danger).where(Child.id == letter.child_id))
    return (
        not is_over
        and not in_danger
        and not letter_ends.is_unread(session, letter)
        and letter_pairs.goes_on(session, letter.child_id)
        and letter_pairs.is_agreed(session, letter.child_id, now=now)
    )


def tell_writer(session: Session, letter: Letter, *, now: datetime) -> None:
    """Queue the word that a letter came back."""
    _tell(session, letter, NoticeKind.LETTER_BACK, to_writer=True, on=today(now), now=now)


def _tell(
    session: Session,
    letter: Letter,
    kind: NoticeKind,
    *,
    to_writer: bool,
    on: date,
    now: datetime,
) -> None:
    """Queue a word to one side, once a day at most; its text is drawn at delivery."""
    is_family = (letter.sender is LetterSide.FAMILY) is to_writer
    to, subject = _family(session, letter) if is_family else _other(session, letter)
    if to is not None:
        notices.queue(session, to, kind, subject, now=now, rung=on.toordinal())


def _family(session: Session, letter: Letter) -> tuple[Recipient | None, str]:
    ref = session.get_one(Child, letter.child_id).ref
    return Recipient(RecipientKind.FAMILY, letter.child_id), f"letters:{ref}"


def _other(session: Session, letter: Letter) -> tuple[Recipient | None, str]:
    if letter.pledge_id is None:
        return _volunteer(session, letter)
    ref = session.scalars(
        select(Match.donor_ref)
        .where(Match.pledge_id == letter.pledge_id, Match.child_id == letter.child_id)
        .order_by(Match.id.desc())
        .limit(1)
    ).one()
    donor_id = vault.donor_of_pledge(session, letter.pledge_id)
    return Recipient(RecipientKind.DONOR, donor_id), f"letters:{ref}"


def _volunteer(session: Session, letter: Letter) -> tuple[Recipient | None, str]:
    """Name the account of a volunteer; one without a login reads when she gets one."""
    friend = session.get_one(LetterFriend, letter.friend_id)
    account_id = session.get_one(Volunteer, friend.volunteer_id).account_id
    to = Recipient(RecipientKind.ACCOUNT, account_id) if account_id else None
    return to, f"letters:{friend.friend_ref}"


def remind_desks(session: Session, by: Viewer, *, on: date, now: datetime) -> None:
    """On a Friday, tell the case staff of every banner where letters wait for Monday's batch."""
    require(by, Act.DELIVER_LETTERS)
    if on.weekday() != _FRIDAY:
        return
    waits = (LetterStatus.SUBMITTED, LetterStatus.SCREENED)
    banners = session.scalars(
        select(Child.banner_code)
        .join(Letter, Letter.child_id == Child.id)
        .where(Letter.status.in_(waits))
        .distinct()
        .order_by(Child.banner_code)
    ).all()
    for code in banners:
        kind, subject = NoticeKind.LETTERS_WAIT, f"letters_desk:{code}"
        rung = on.toordinal()
        notices.to_roles(session, sorted(CASE_STAFF), code, kind, subject, now=now, rung=rung)
