"""What a donor is told ahead of time: that money has to come in, and that a child graduates.

Both are promised on his pages: as many days before the next payment as he chose (14 unless he
says otherwise), 60 days before graduation.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.ledger import Posting
from models.pledges import Match, Pledge, PledgeChange
from models.stipends import Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services.notices import notices
from services.notices.notices import Recipient
from services.vault import vault
from vocabulary.enums import (
    AccountKind,
    ChangeKind,
    ChangeStatus,
    MatchStatus,
    NoticeKind,
    PledgeEnd,
    PledgeStatus,
    RecipientKind,
)
from vocabulary.errors import NotFound
from vocabulary.schedule import STANDARD, due_days
from vocabulary.todo import REMIND_DAYS

GRADUATION_DAYS = 60
_AT_GRADUATION = (PledgeEnd.JUNIOR, PledgeEnd.SENIOR, PledgeEnd.UNIVERSITY)


def foretell(session: Session, by: Viewer, *, on: date, now: datetime) -> None:
    """Queue what lies ahead of each donor, each once; days missed while the machine was off too.

    How many there were tells of who has paid, and is not counted anywhere.
    """
    require(by, Act.RUN_STIPENDS)
    for pledge_id, ref, day in _to_pay(session, on=on):
        rung = day.year * 12 + day.month
        _tell(session, pledge_id, NoticeKind.MONEY_RUNS_OUT, f"runway:{ref}", now=now, rung=rung)
    for pledge_id, ref in session.execute(_graduating(on)).all():
        _tell(session, pledge_id, NoticeKind.GRADUATION_NEAR, f"match:{ref}", now=now)


def _tell(
    session: Session,
    pledge_id: int,
    kind: NoticeKind,
    subject: str,
    *,
    now: datetime,
    rung: int = 0,
) -> None:
    try:
        donor = Recipient(RecipientKind.DONOR, vault.donor_of_pledge(session, pledge_id))
    except NotFound:
        return
    notices.queue(session, donor, kind, subject, now=now, rung=rung)


def _to_pay(session: Session, *, on: date) -> Iterable[tuple[int, str, date]]:
    """Return the pledges whose money does not reach the next due day, if that is near.

    Those with a change under way are among them, and who pauses until that day: the donor's own page
    decides at delivery.
    """
    days = {
        rhythm: day
        for rhythm, scheme in STANDARD.items()
        for day in due_days(
            scheme, start=on + timedelta(days=1), until=on + timedelta(days=max(REMIND_DAYS))
        )
    }
    if not days:
        return []
    day = min(days.values())
    rhythms = [rhythm for rhythm, own in days.items() if own == day]
    rows = session.execute(_short_of_money(day, rhythms, ahead=(day - on).days))
    return [(pledge_id, ref, day) for pledge_id, ref in rows]


def _short_of_money(day: date, rhythms: list[Any], *, ahead: int) -> Select[int, str]:
    money = (
        select(-func.coalesce(func.sum(Posting.amount), 0))
        .where(Posting.account == AccountKind.PREPAID, Posting.pledge_id == Pledge.id)
        .scalar_subquery()
    )
    waiting = (
        select(func.coalesce(func.sum(Stipend.amount_fen), 0))
        .join(Match, Match.id == Stipend.match_id)
        .where(
            Match.pledge_id == Pledge.id,
            Stipend.received_on.is_(None),
            Stipend.cancelled_on.is_(None),
        )
        .scalar_subquery()
    )
    changes = (
        select(PledgeChange.id)
        .where(PledgeChange.pledge_id == Pledge.id, PledgeChange.status == ChangeStatus.WAITING)
        .exists()
    )
    return (
        select(Pledge.id, Pledge.donor_ref)
        .join(Match, Match.pledge_id == Pledge.id)
        .where(
            Pledge.status.in_((PledgeStatus.CONFIRMED, PledgeStatus.PAUSED)),
            ~_is_paused_on(day),
            Pledge.remind_days >= ahead,
            Match.rhythm.in_(rhythms),
            _runs_on(day),
        )
        .group_by(Pledge.id, Pledge.donor_ref)
        .having(or_(func.sum(Match.instalment_fen) + waiting > money, changes))
        .order_by(Pledge.id)
    )


def _is_paused_on(day: date) -> ColumnElement[bool]:
    """Say in SQL whether a pause that has begun goes on beyond a day, whatever was asked since."""
    resume = aliased(PledgeChange)
    goes_on = (
        select(resume.id)
        .where(
            resume.pledge_id == Pledge.id,
            resume.kind == ChangeKind.RESUME,
            resume.status == ChangeStatus.WAITING,
            resume.effective_on <= day,
        )
        .exists()
    )
    return (
        select(PledgeChange.id)
        .where(
            PledgeChange.pledge_id == Pledge.id,
            PledgeChange.kind == ChangeKind.PAUSE,
            PledgeChange.status == ChangeStatus.APPLIED,
            or_(PledgeChange.until_on.is_(None), PledgeChange.until_on > day),
            ~goes_on,
        )
        .exists()
    )


def _runs_on(day: date) -> ColumnElement[bool]:
    return and_(
        Match.status == MatchStatus.ACTIVE,
        Match.starts_on <= day,
        or_(Match.ends_on.is_(None), Match.ends_on > day),
    )


def _graduating(on: date) -> Select[int, str]:
    return (
        select(Pledge.id, Match.donor_ref)
        .join(Match, Match.pledge_id == Pledge.id)
        .where(
            Pledge.until.in_(_AT_GRADUATION),
            Match.status == MatchStatus.ACTIVE,
            Match.ends_on > on,
            Match.ends_on <= on + timedelta(days=GRADUATION_DAYS),
        )
        .order_by(Match.id)
    )
