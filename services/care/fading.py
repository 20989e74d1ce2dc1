"""Volunteers' pairs that fade: a kind word to her first, then the staff see it, with the reasons.

Nothing is kept of it but what was said and done: what a pair comes to is worked out each time from
the visits, by `matching.fading`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from matching.fading import LATE_ACCOUNT_DAYS, Care, Fading, Level, care_fading
from models.care import CareMatch
from models.letters import Letter, LetterFriend
from models.visits import Visit
from models.volunteers import Volunteer
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.care import leaving, rhythms
from services.notices import notices
from services.notices.notices import Recipient
from vocabulary.dates import today
from vocabulary.enums import (
    CareStatus,
    LetterSide,
    LetterStatus,
    NoticeKind,
    RecipientKind,
)

LOOKED_AT = 5
"""So many of her last accounts say whether she writes them down late."""
ANSWER_DAYS = 7
"""So long after the kind word the staff leave her in peace."""
AGAIN_DAYS = 30
PAIRED = (CareStatus.TRIAL, CareStatus.ACTIVE)
STAYS = (CareMatch.status.in_(PAIRED), ~leaving.IS_LEAVING)


@dataclass(frozen=True, slots=True)
class Faded:
    """One pair, what it comes to, and since when nobody met."""

    match: CareMatch
    found: Fading
    since: date
    was_met: bool
    has_login: bool

    def is_due_reminder(self, on: date) -> bool:
        """Say whether she may hear a kind word: none since they last met, none for a month."""
        said = self.match.reminded_on
        if self.found.level is Level.STEADY or not self.has_login:
            return False
        return said is None or said < self.since or (on - said).days >= AGAIN_DAYS

    def is_shown(self, on: date) -> bool:
        """Say whether the staff see it: at once where it fades, or where she has no login to hear."""
        if self.found.level is Level.STEADY:
            return False
        said = self.match.reminded_on
        was_told = said is not None and said >= self.since
        is_over = was_told and said is not None and (on - said).days >= ANSWER_DAYS
        return self.found.level is Level.FADING or not self.has_login or is_over


def remind(session: Session, by: Viewer, *, now: datetime) -> int:
    """Say a kind word to every volunteer whose pair slows, once; return to how many."""
    require(by, Act.RUN_MATCHING)
    day = today(now)
    pairs = session.scalars(select(CareMatch).where(*STAYS).order_by(CareMatch.id)).all()
    told = [one for one in weighed(session, pairs, on=day) if one.is_due_reminder(day)]
    accounts = _accounts(session, [one.match for one in told])
    for one in told:
        to = Recipient(RecipientKind.ACCOUNT, accounts[one.match.volunteer_id])
        subject, rung = f"fading:{one.match.her_ref}", day.toordinal()
        notices.queue(session, to, NoticeKind.CARE_REMINDED, subject, now=now, rung=rung)
        one.match.reminded_on = day
    session.flush()
    if told:
        trace.record(session, by, "care.remind", f"day:{day}", now=now, detail={"count": len(told)})
    return len(told)


def weighed(session: Session, pairs: Sequence[CareMatch], *, on: date) -> list[Faded]:
    """Return what each pair comes to, in four questions however many there are."""
    keys = [one.id for one in pairs]
    met, late = _last_met(session, keys), _late_accounts(session, keys)
    letters = _letters_wait(session, pairs)
    accounts = _accounts(session, pairs)
    found = []
    for one in pairs:
        begun = one.decided_on or one.proposed_on
        since = max(begun, met.get(one.id, begun))
        asked = letters.get((one.volunteer_id, one.child_id))
        facts = Care(
            every_days=rhythms.DAYS[one.rhythm],
            since_met=(on - since).days,
            late_accounts=late[one.id],
            letter_days=(on - asked).days if asked else 0,
        )
        has_login = one.volunteer_id in accounts
        found.append(Faded(one, care_fading(facts), since, one.id in met, has_login))
    return found


def _last_met(session: Session, keys: Sequence[int]) -> dict[int, date]:
    asked = select(Visit.care_id, func.max(Visit.met_on)).where(
        Visit.care_id.in_(keys), Visit.taken_back_on.is_(None)
    )
    return {key: day for key, day in session.execute(asked.group_by(Visit.care_id))}


def _late_accounts(session: Session, keys: Sequence[int]) -> Counter[int]:
    """Count per pair the last accounts that came late."""
    row = func.row_number().over(partition_by=Visit.care_id, order_by=Visit.met_on.desc())
    latest = (
        select(Visit.care_id, Visit.met_on, Visit.entered_on, row.label("row"))
        .where(Visit.care_id.in_(keys), Visit.taken_back_on.is_(None))
        .subquery()
    )
    asked = select(latest.c.care_id, latest.c.met_on, latest.c.entered_on)
    rows = session.execute(asked.where(latest.c.row <= LOOKED_AT))
    return Counter(key for key, met, entered in rows if (entered - met).days > LATE_ACCOUNT_DAYS)


def _letters_wait(session: Session, pairs: Sequence[CareMatch]) -> Mapping[tuple[int, int], date]:
    """Return since when a child's letter waits for hers, by volunteer and child."""
    friends = select(LetterFriend.id, LetterFriend.volunteer_id, LetterFriend.child_id).where(
        LetterFriend.child_id.in_([one.child_id for one in pairs]),
        LetterFriend.agreed_on.is_not(None),
        LetterFriend.ended_on.is_(None),
    )
    pair_of = {key: (volunteer, child) for key, volunteer, child in session.execute(friends)}
    since = waiting_letters(session, Letter.friend_id.in_(pair_of), LetterSide.VOLUNTEER)
    return {pair_of[key]: day for (key, _), day in since.items() if key in pair_of}


def waiting_letters(
    session: Session, which: ColumnElement[bool], answers: LetterSide
) -> dict[tuple[int, int], date]:
    """Return since when a family's letter waits for an answer, by other side and child."""
    other = Letter.friend_id if answers is LetterSide.VOLUNTEER else Letter.pledge_id
    asked = select(other, Letter.child_id, Letter.sender, Letter.status, Letter.delivered_on)
    rows = session.execute(asked.where(which).order_by(Letter.id))
    since: dict[tuple[int, int], date] = {}
    for key, child_id, sender, status, delivered_on in rows:
        if key is None:
            continue
        if sender is answers:
            since.pop((key, child_id), None)
        elif sender is LetterSide.FAMILY and status is LetterStatus.DELIVERED and delivered_on:
            since.setdefault((key, child_id), delivered_on)
    return since


def _accounts(session: Session, pairs: Sequence[CareMatch]) -> dict[int, int]:
    asked = select(Volunteer.id, Volunteer.account_id).where(
        Volunteer.id.in_([one.volunteer_id for one in pairs]), Volunteer.account_id.is_not(None)
    )
    return {key: account for key, account in session.execute(asked) if account is not None}


def notice_facts(session: Session, viewer: Viewer, her_ref: str, now: datetime) -> dict[str, str]:
    """Return what a kind word may tell her: since when nobody met, nothing once she came."""
    gate.card(session, viewer, CareMatch, CareMatch.her_ref == her_ref)
    pairs = session.scalars(select(CareMatch).where(CareMatch.her_ref == her_ref, *STAYS)).all()
    slow = weighed(session, pairs, on=today(now))
    if not slow or slow[0].found.level is Level.STEADY:
        return {}
    since = slow[0].since
    said = f"{since.month}月{since.day}日以后" if slow[0].was_met else "结对以后"
    return {"since": said, "paired": "1"}
