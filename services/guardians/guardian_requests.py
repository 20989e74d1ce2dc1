"""How a guardian's wishes about the child's file are answered: by whom, and what is done first.

A name or a number is put right by two people (services/children/amendments.py); a file is erased once the
child's record is over and nothing is due any more. The books stay: the law wants them for 30 years.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.children import Child
from models.guardian_requests import GuardianRequest
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.children import child_file
from services.danger import protection
from services.gate import Card, Part
from services.guardians.guardian_wishes import as_guardian
from services.kin.reached import reached
from services.lifecycle import advance
from services.notices import notices
from services.notices.notices import Recipient
from services.retention import retention_children
from vocabulary.dates import today
from vocabulary.enums import (
    AmendmentStatus,
    ChildStatus,
    FilePart,
    GuardianWish,
    GuardianWishStatus,
    NoticeKind,
    RecipientKind,
)
from vocabulary.errors import AlreadyDecided, BadInput

PAGE = 200
BY_TWO = (FilePart.NAME, FilePart.NUMBER)
_WAITS = GuardianRequest.status == GuardianWishStatus.ASKED
_CHILD = Part(Child, Child.id == GuardianRequest.child_id, ("ref", "name", "class_label", "status"))
_WISHES = {
    GuardianWish.CORRECT: "改档案里的一处",
    GuardianWish.DELETE: "删掉孩子的资料",
    GuardianWish.COPY: "要一份档案的抄件",
}


def send_link(session: Session, by: Viewer, *, now: datetime) -> None:
    """Send the guardian's own link to the telephone in the file, once a day; a slip may ask."""
    require(by, Act.ASK_ABOUT_FILE)
    child = gate.row(session, by, Child, Child.id == by.child_id)
    _tell(session, child, NoticeKind.GUARDIAN_FILE, rung=today(now).toordinal(), now=now)
    trace.record(session, by, "guardian.link", f"child:{child.ref}", now=now)


def _tell(session: Session, child: Child, kind: NoticeKind, *, rung: int, now: datetime) -> None:
    to = Recipient(RecipientKind.FAMILY, child.id)
    notices.queue(session, to, kind, f"guardian_file:{child.ref}", rung=rung, now=now)


def _goes_round(session: Session, request: GuardianRequest, *, now: datetime) -> bool:
    """Say whether a word of the answer would reach another of a family that a report names."""
    if request.behind is None or not protection.names_family(session, request.child_id):
        return False
    told = reached(session, request.child_id, now=now, guardians_only=True)
    return told is None or told.ref != request.behind


def _tell_helper(session: Session, request: GuardianRequest, *, now: datetime) -> None:
    """Tell who wrote it down for the guardian: the answer is hers to read aloud."""
    helper = notices.find_account(session, request.assisted_by or "")
    if helper is not None:
        subject = f"guardian_request:{request.ref}"
        notices.queue(session, helper, NoticeKind.GUARDIAN_ANSWERED, subject, now=now)


def own(session: Session, viewer: Viewer) -> list[Card]:
    """List the guardian's own requests with their answers, the newest first."""
    mine = GuardianRequest.child_id == as_guardian(viewer)
    return gate.cards(
        session, viewer, GuardianRequest, where=(mine,), order_by=(GuardianRequest.id.desc(),)
    )


def queue(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List the requests about the viewer's children: what waits longest first, then the newest."""
    require(viewer, Act.ANSWER_GUARDIAN)
    first = (_WAITS.desc(), GuardianRequest.answered_on.desc(), GuardianRequest.id)
    found = gate.cards(
        session, viewer, GuardianRequest, parts={"child": _CHILD}, order_by=first, limit=PAGE
    )
    return [_told(card, now=now) for card in found]


def request(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return one request with what stands in the way of agreeing. Raises NotFound."""
    require(viewer, Act.ANSWER_GUARDIAN)
    this = GuardianRequest.ref == ref
    card = gate.card(session, viewer, GuardianRequest, this, parts={"child": _CHILD})
    row = gate.row(session, viewer, GuardianRequest, this)
    name = child_file.name_of(session, viewer, card["answered_by"])
    bar = _bar(session, row) if card["status"] is GuardianWishStatus.ASKED else None
    helper = child_file.name_of(session, viewer, card["assisted_by"])
    return _told(card, now=now).and_also(answered_by_name=name, bar=bar, helper=helper)


def _told(card: Card, *, now: datetime) -> Card:
    waits = card["status"] is GuardianWishStatus.ASKED
    return card.and_also(is_late=waits and card["answer_by"] < today(now))


def answer(
    session: Session, by: Viewer, ref: str, *, agrees: bool, words: str, now: datetime
) -> None:
    """Answer in writing. To agree, what was asked is done first; a deletion happens here.

    Raises AlreadyDecided, and BadInput for missing words or with the bar as its reason.
    """
    require(by, Act.ANSWER_GUARDIAN)
    request = gate.row(session, by, GuardianRequest, GuardianRequest.ref == ref)
    if request.status is not GuardianWishStatus.ASKED:
        raise AlreadyDecided()
    if not words:
        raise BadInput(field="words", reason="missing")
    bar = _bar(session, request) if agrees else None
    if bar is not None:
        raise BadInput(field="agrees", reason=bar)
    to = GuardianWishStatus.AGREED if agrees else GuardianWishStatus.REFUSED
    advance(session, request, to, by=by, now=now)
    request.answer, request.answered_by, request.answered_on = words, by.actor, today(now)
    child = gate.row(session, by, Child, Child.id == request.child_id)
    if not _goes_round(session, request, now=now):
        _tell(session, child, NoticeKind.GUARDIAN_ANSWERED, rung=request.id, now=now)
    _tell_helper(session, request, now=now)
    trace.record(session, by, "guardian.answer", f"child:{child.ref}", now=now, why=to.value)
    if agrees and request.wish is GuardianWish.DELETE:
        retention_children.erase(session, by, child, now=now)


def _bar(session: Session, request: GuardianRequest) -> str | None:
    """Return what has to be done before the answer can be yes; None when nothing is."""
    if request.wish is GuardianWish.DELETE:
        child = session.get_one(Child, request.child_id)
        if child.status is not ChildStatus.ENDED:
            return "end_first"
        return "still_due" if retention_children.is_due(session, child.id) else None
    if request.part not in BY_TWO:
        return None
    done = session.scalar(
        select(Amendment.id).where(
            Amendment.child_id == request.child_id,
            Amendment.status == AmendmentStatus.DONE,
            Amendment.decided_on >= request.asked_on,
        )
    )
    return None if done is not None else "amend_first"


def not_answered(viewer: Viewer) -> ColumnElement[int]:
    """Count in SQL the requests that wait for the viewer's colleagues and him."""
    return gate.tally(viewer, GuardianRequest, _WAITS)


def notice_facts(session: Session, viewer: Viewer, ref: str, _now: datetime) -> dict[str, str]:
    """Return what a notice about a request may tell its recipient. Raises NotFound."""
    this = GuardianRequest.ref == ref
    card = gate.card(session, viewer, GuardianRequest, this, parts={"child": _CHILD})
    by = card["answer_by"]
    facts = {"child": card["child"]["name"], "wish": _WISHES[card["wish"]]}
    facts["answer_by"] = f"{by.month}月{by.day}日"
    waits = card["status"] is GuardianWishStatus.ASKED
    return facts | {"waits" if waits else "answered": "1"}
