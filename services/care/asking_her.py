"""What is said to a volunteer and to the staff while a pair is made; drawn at delivery."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.care import CareMatch
from models.children import Child
from models.volunteers import Volunteer
from privacy.permissions import CASE_STAFF
from privacy.viewers import Viewer
from services import gate
from services.gate import Part
from services.notices import notices
from services.notices.notices import Recipient
from services.pairing.gathered import batched
from vocabulary.dates import SHANGHAI, today
from vocabulary.enums import CareStatus, NoticeKind, RecipientKind

_CHILD = {"child": Part(Child, Child.id == CareMatch.child_id, ("name",))}
_PAIRED = (CareStatus.TRIAL, CareStatus.ACTIVE)


def ask(session: Session, made: Iterable[CareMatch], *, now: datetime) -> None:
    """Ask every volunteer who has a login for her answer; the others are telephoned by the staff."""
    _to_her(session, made, NoticeKind.CARE_ASKED, now=now)


def tell_her(session: Session, made: Iterable[CareMatch], *, now: datetime) -> None:
    """Tell a volunteer that two of the staff agreed."""
    _to_her(session, made, NoticeKind.CARE_BEGINS, now=now)


def tell_moved(session: Session, ended: Iterable[CareMatch], *, now: datetime) -> None:
    """Tell a volunteer that her child's family moved to another banner: it was nothing of hers."""
    _to_her(session, ended, NoticeKind.CARE_MOVED, now=now)


def _to_her(
    session: Session, made: Iterable[CareMatch], kind: NoticeKind, *, now: datetime
) -> None:
    by_volunteer = {match.volunteer_id: match for match in made}
    asked = select(Volunteer.id, Volunteer.account_id).where(Volunteer.account_id.is_not(None))
    own = (asked.where(Volunteer.id.in_(some)) for some in batched(list(by_volunteer)))
    addressed = [
        (Recipient(RecipientKind.ACCOUNT, account_id), f"care:{by_volunteer[key].her_ref}")
        for one in own
        for key, account_id in session.execute(one)
        if account_id is not None
    ]
    notices.queue_all(session, kind, addressed, now=now)


def call_staff(
    session: Session,
    match: CareMatch,
    kind: NoticeKind,
    *,
    now: datetime,
    but: tuple[str, ...] = (),
) -> None:
    """Call the case staff over the child, once a day for one matter."""
    banner = session.get_one(Child, match.child_id).banner_code
    rung, subject = today(now).toordinal(), f"care:{match.ref}"
    notices.to_roles(
        session, sorted(CASE_STAFF), banner, kind, subject, rung=rung, now=now, but=but
    )


def notice_facts(session: Session, viewer: Viewer, ref: str, now: datetime) -> dict[str, str]:
    """Return what a notice about a pair may tell: to her no word of who it is. Raises NotFound."""
    if viewer.volunteer_id is not None:
        return _her_facts(session, viewer, ref, now)
    card = gate.card(session, viewer, CareMatch, CareMatch.ref == ref, parts=_CHILD)
    facts = {"child": card["child"]["name"]} if card.has("child") else {}
    if card["status"] is CareStatus.ACCEPTED and card["agreed_by"] != viewer.actor:
        facts["for_me"] = "1"
    if card["status"] is CareStatus.TRIAL and card["trial_until"] <= today(now):
        facts["trial_over"] = "1"
    if card["status"] in _PAIRED and _leaves(session, ref):
        facts["leaves"] = "1"
    return facts


def _leaves(session: Session, ref: str) -> bool:
    gone = select(Volunteer.id).where(Volunteer.leaves_on.is_not(None))
    asked = select(CareMatch.id).where(CareMatch.ref == ref, CareMatch.volunteer_id.in_(gone))
    return session.scalar(asked) is not None


def _her_facts(session: Session, viewer: Viewer, ref: str, now: datetime) -> dict[str, str]:
    card = gate.card(session, viewer, CareMatch, CareMatch.her_ref == ref)
    facts = {}
    if card["status"] is CareStatus.PROPOSED and now < card["answer_by"]:
        until = card["answer_by"].astimezone(SHANGHAI)
        facts["until"] = f"{until.month}月{until.day}日{until:%H:%M}"
    if card["status"] in _PAIRED:
        facts["paired"] = "1"
    if card["status"] is CareStatus.ENDED:
        facts["ended"] = "1"
    return facts
