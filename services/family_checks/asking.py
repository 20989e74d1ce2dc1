"""Asks the families that were drawn: by a message, behind their slip's code, or by a person.

From the day after the hand stated that it handed over, or after its time for that is up. A family
that has answered already is not asked again, and one that never answers stops nothing.
"""

from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from models.children import Child
from models.family_checks import FamilyAsk
from models.notices import AccessLink
from models.pledges import Match
from models.stipends import Batch, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.notices import addressing, notices
from services.notices.notices import Recipient
from vocabulary.dates import today
from vocabulary.enums import CheckWay, LinkPurpose, NoticeKind, RecipientKind
from vocabulary.refs import stipend_ref

ROWS_A_SLICE = 200


def to_ask(session: Session, by: Viewer, *, on: date) -> list[int]:
    """Return the keys of the next drawn lines whose families may be asked now."""
    require(by, Act.DRAW_FAMILIES)
    found = (
        select(FamilyAsk.id)
        .join(Stipend, Stipend.id == FamilyAsk.stipend_id)
        .join(Batch, Batch.id == Stipend.batch_id)
        .where(
            FamilyAsk.asked_on.is_(None),
            is_with_family(),
            or_(Stipend.handed_over_on < on, Batch.hand_over_by < on, has_answered()),
        )
    )
    return list(session.scalars(found.order_by(FamilyAsk.id).limit(ROWS_A_SLICE)))


def is_with_family() -> ColumnElement[bool]:
    """Say in SQL that a line's money is not known to be elsewhere, and its child is safe."""
    safe = (
        select(Match.id).join(Child, Child.id == Match.child_id).where(Child.in_danger.is_(False))
    )
    return (
        Stipend.sent_on.is_not(None)
        & Stipend.returned_on.is_(None)
        & Stipend.written_off_on.is_(None)
        & Stipend.match_id.in_(safe)
    )


def has_answered() -> ColumnElement[bool]:
    """Say in SQL that a family gave its word, whichever."""
    return or_(Stipend.confirmed_on.is_not(None), Stipend.disputed_on.is_not(None))


def ask(session: Session, by: Viewer, asks: list[int], *, now: datetime) -> int:
    """Ask these families (keys of drawn lines), each in the way that reaches it."""
    require(by, Act.DRAW_FAMILIES)
    rows = session.execute(_asked(asks)).all()
    for row in rows:
        one: FamilyAsk = row.FamilyAsk
        has_said = row.confirmed_on is not None or row.disputed_on is not None
        one.way = CheckWay.SLIP if has_said else _way(session, row, now=now)
        one.asked_on = today(now)
        if one.way is CheckWay.SMS:
            to = Recipient(RecipientKind.FAMILY, row.child_id)
            subject = f"stipend:{stipend_ref(row.child_ref, row.due_on)}"
            notices.queue(session, to, NoticeKind.FAMILY_ASKED, subject, now=now)
    session.flush()
    if rows:
        trace.record(session, by, "family.ask", "family_asks", now=now, detail={"count": len(rows)})
    return len(rows)


def _asked(asks: list[int]) -> Select[FamilyAsk, str, int, date, date | None, date | None]:
    return (
        select(
            FamilyAsk,
            Match.child_ref,
            Match.child_id,
            Stipend.due_on,
            Stipend.confirmed_on,
            Stipend.disputed_on,
        )
        .join(Stipend, Stipend.id == FamilyAsk.stipend_id)
        .join(Match, Match.id == Stipend.match_id)
        .where(FamilyAsk.id.in_(asks), FamilyAsk.asked_on.is_(None))
        .order_by(FamilyAsk.id)
    )


def _way(session: Session, row: object, *, now: datetime) -> CheckWay:
    """Choose by what is known: a mobile telephone, a slip at home, or else somebody who goes."""
    if addressing.reaches_family(session, row.child_id, now=now):  # type: ignore[attr-defined]
        return CheckWay.SMS
    slip = exists().where(
        AccessLink.stipend_id == row.FamilyAsk.stipend_id,  # type: ignore[attr-defined]
        AccessLink.purpose == LinkPurpose.SLIP,
        AccessLink.revoked_at.is_(None),
        AccessLink.expires_at > now,
    )
    return CheckWay.SLIP if session.scalar(select(slip)) else CheckWay.CALL
