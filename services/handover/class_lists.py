"""Passing one class of one batch to its class teacher: a link that one device alone may open.

The officer passes the link on; its six digits go to the teacher's own telephone, and nowhere else.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.children import Child
from models.notices import AccessLink
from models.pledges import Match
from models.stipends import Batch, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, limits, links, trace
from services.gate import Card
from services.handover.hand_lists import as_hand
from services.links import DAYS, Subject
from services.notices import notices
from services.notices.notices import Recipient
from services.vault import vault
from vocabulary.classes import class_label
from vocabulary.dates import at, school_year_of, today
from vocabulary.enums import ContactKind, Limited, LinkPurpose, NoticeKind, RecipientKind
from vocabulary.errors import BadInput, NotFound

TAIL = 4
Class = tuple[int | None, str | None]


def pass_class(
    session: Session, by: Viewer, batch_ref: str, label: str, *, phone: str = "", now: datetime
) -> Card:
    """Make a class's link and send its six digits to the teacher's telephone; earlier ones end.

    Without a phone they go to the one that this class was passed to before in the school year.
    Returns token, class_label, tail (of the phone) and expires_on. Raises NotFound for a class
    that is not on the batch, BadInput(phone) for none or a bad one.
    """
    require(by, Act.PASS_CLASS_LIST)
    hand = as_hand(by)
    found = gate.row(session, hand, Batch, Batch.ref == batch_ref)
    its_class = _classes(session, hand, found).get(label)
    if its_class is None:
        raise NotFound()
    to = _number(phone) if phone.strip() else _known(session, found, now=now).get(its_class)
    if to is None:
        raise BadInput(field="phone", reason="missing")
    subject = Subject(batch_id=found.id, class_grade=its_class[0], class_name=its_class[1])
    links.revoke_class(session, subject, now=now)
    token = links.make(session, by, LinkPurpose.CLASS_LIST, subject, now=now)
    _send_code(session, found, token, to, now=now)
    trace.record(session, by, "batch.pass_class", f"batch:{batch_ref}", now=now, why=label)
    expires_on = today(now) + timedelta(days=DAYS[LinkPurpose.CLASS_LIST])
    return Card(
        {"token": token, "class_label": label, "tail": to[-TAIL:], "expires_on": expires_on}
    )


def _send_code(session: Session, batch: Batch, token: str, to: str, *, now: datetime) -> None:
    link = links.find(session, token, LinkPurpose.CLASS_LIST, now=now)
    link.phone = to
    session.flush()
    teacher = Recipient(RecipientKind.CLASS_TEACHER, link.id)
    notices.queue(session, teacher, NoticeKind.CLASS_CODE, f"class_link:{batch.ref}", now=now)


def send_again(session: Session, token: str, *, now: datetime) -> None:
    """Send fresh digits to the telephone of a list's link that waits for its first device.

    Raises LinkExpired, TooManyTries for more than five a day.
    """
    links.check_unbound(session, token, now=now)
    link = links.find(session, token, LinkPurpose.CLASS_LIST, now=now)
    limits.take(session, Limited.CLASS_CODE, link.token_hash, now=now)
    batch = session.get_one(Batch, link.batch_id)
    teacher, subject = Recipient(RecipientKind.CLASS_TEACHER, link.id), f"class_link:{batch.ref}"
    rung = int((now - link.created_at).total_seconds())
    notices.queue(session, teacher, NoticeKind.CLASS_CODE, subject, now=now, rung=rung)


def end_own(session: Session, viewer: Viewer, *, now: datetime) -> None:
    """End the link behind which a class teacher came; her school's officer makes another.

    Raises NotFound for who came by none.
    """
    mark = viewer.behind
    if not mark:
        raise NotFound()
    session.execute(
        update(AccessLink)
        .where(
            AccessLink.purpose == LinkPurpose.CLASS_LIST,
            AccessLink.batch_id == viewer.batch_id,
            func.substr(AccessLink.token_hash, 1, len(mark)) == mark,
            AccessLink.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


def known_phones(session: Session, by: Viewer, batch_ref: str, *, now: datetime) -> dict[str, str]:
    """Return the last digits of each class's telephone, where one is known, by its label."""
    require(by, Act.PASS_CLASS_LIST)
    hand = as_hand(by)
    found = gate.row(session, hand, Batch, Batch.ref == batch_ref)
    known = _known(session, found, now=now)
    labelled = _classes(session, hand, found).items()
    return {label: known[one][-TAIL:] for label, one in labelled if one in known}


def _number(phone: str) -> str:
    try:
        kind, value = vault.read_contact(phone)
    except BadInput as refusal:
        raise BadInput(field="phone", reason="bad_phone") from refusal
    if kind is not ContactKind.PHONE:
        raise BadInput(field="phone", reason="bad_phone")
    return value


def _known(session: Session, batch: Batch, *, now: datetime) -> dict[Class, str]:
    """Return the latest telephone of each class of the batch's school since September."""
    since = at(date(school_year_of(today(now)), 9, 1))
    rows = session.execute(
        select(AccessLink.class_grade, AccessLink.class_name, AccessLink.phone)
        .join(Batch, Batch.id == AccessLink.batch_id)
        .where(
            AccessLink.purpose == LinkPurpose.CLASS_LIST,
            AccessLink.created_at >= since,
            AccessLink.phone.is_not(None),
            Batch.organisation_id == batch.organisation_id,
        )
        .order_by(AccessLink.id)
    )
    return {(grade, name): phone for grade, name, phone in rows if phone}


def _classes(session: Session, hand: Viewer, found: Batch) -> dict[str, Class]:
    """Return the classes of a batch's pupils, by what they are called."""
    lines = (
        select(Match.child_id)
        .join(Stipend, Stipend.match_id == Match.id)
        .where(Stipend.batch_id == found.id)
    )
    pupils = gate.cards(
        session, hand, Child, fields=("grade", "class_name"), where=(Child.id.in_(lines),)
    )
    pairs = dict.fromkeys((pupil["grade"], pupil["class_name"]) for pupil in pupils)
    return {class_label(grade, name): (grade, name) for grade, name in pairs}
