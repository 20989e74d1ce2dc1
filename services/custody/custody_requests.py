"""The custodian's desk: the one place where payer and pledge are joined (law 7).

One custodian asks for one pledge with a reason or a legal paper, another agrees, and the identity
is shown once. Each step is a mark in the custodian's chain; the donor hears of it. What the desk
keeps of a request never holds the identity itself.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateways.uploads import Files
from models.custody import CustodyRequest
from models.pledges import Pledge
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import by_two, gate, trace
from services.custody import legal_papers
from services.lifecycle import advance
from services.notices import notices
from services.notices.notices import Recipient
from services.oversight import honey
from services.vault import vault
from vocabulary.dates import today
from vocabulary.enums import (
    AskedFor,
    Chain,
    ContactKind,
    CustodyReason,
    CustodyStatus,
    NoticeKind,
    RecipientKind,
    Role,
)
from vocabulary.errors import AlreadyDecided, BadInput, Lapsed, NotFound, ShownBefore

DECIDE_WITHIN = timedelta(days=7)
LOOK_WITHIN = timedelta(hours=72)
OPEN = (CustodyStatus.ASKED, CustodyStatus.AGREED)
NEEDS_WORDS = (CustodyReason.SAFETY, CustodyReason.OTHER)


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What one asks: about which pledge code or payment reference, for whom, and why."""

    handle: str
    asked_for: AskedFor
    reason: CustodyReason
    words: str = ""
    document: bytes = b""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who gives, for one pair of eyes and one moment; kept nowhere.

    A donor who was forgotten has no contact left.
    """

    pledge_code: str
    payment_reference: str
    contact_kind: ContactKind | None
    contact: str = field(repr=False)
    payers: tuple[str, ...] = field(repr=False, default=())


def ask(session: Session, by: Viewer, new: NewRequest, *, files: Files, now: datetime) -> str:
    """File a request and call the other custodians; return its ref.

    Raises BadInput(handle) for a code that stands for nothing, BadInput(words, document) where the
    reason needs one. The same again while the first still waits is one request.
    """
    require(by, Act.JOIN_HALVES)
    _check_grounds(new)
    pledge_id = _pledge_of(session, new.handle)
    own = (CustodyRequest.asked_by == by.actor, CustodyRequest.pledge_id == pledge_id)
    waiting = (*own, CustodyRequest.status.in_(OPEN), CustodyRequest.until_at > now)
    for known in session.scalars(select(CustodyRequest).where(*waiting)):
        # By what was typed: a code and a reference of one pledge must not read as one.
        if known.handle == _plain(new.handle):
            return known.ref
    paper = new.document and legal_papers.keep(session, by, new.document, files=files, now=now)
    request = CustodyRequest(
        pledge_id=pledge_id,
        handle=_plain(new.handle),
        asked_for=new.asked_for,
        reason=new.reason,
        words=new.words,
        document_id=paper or None,
        asked_by=by.actor,
        asked_at=now,
        until_at=now + DECIDE_WITHIN,
    )
    session.add(request)
    session.flush()
    _mark(session, by, "custody.ask", request, now=now)
    subject = f"custody:{request.ref}"
    notices.to_roles(session, (Role.CUSTODIAN,), None, NoticeKind.CUSTODY_WAITS, subject, now=now)
    return request.ref


def _check_grounds(new: NewRequest) -> None:
    """An authority shows its paper; a reason that is not in the list is written out."""
    if new.asked_for is AskedFor.AUTHORITY and not new.document:
        raise BadInput(field="document", reason="missing")
    if new.reason in NEEDS_WORDS and not new.words:
        raise BadInput(field="words", reason="missing")


def _plain(handle: str) -> str:
    return "".join(handle.split()).upper()


def _pledge_of(session: Session, handle: str) -> int:
    """Return the key of the pledge behind a code or a payment reference."""
    typed = _plain(handle)
    found = session.scalar(select(Pledge.id).where(Pledge.code == typed))
    found = found or vault.find_pledge_by_reference(session, typed)
    if found is None:
        raise BadInput(field="handle", reason="unknown")
    return found


def agree(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Let the asker look once within 72 hours. Raises ActedBefore, Lapsed, AlreadyDecided."""
    request = _to_decide(session, by, ref, now=now)
    request.until_at = now + LOOK_WITHIN
    _decide(session, by, request, CustodyStatus.AGREED, because="", now=now)


def decline(session: Session, by: Viewer, ref: str, *, because: str, now: datetime) -> None:
    """Refuse a request, with a reason. Raises ActedBefore, Lapsed, AlreadyDecided."""
    if not because:
        raise BadInput(field="because", reason="missing")
    request = _to_decide(session, by, ref, now=now)
    _decide(session, by, request, CustodyStatus.DECLINED, because=because, now=now)


def _to_decide(session: Session, by: Viewer, ref: str, *, now: datetime) -> CustodyRequest:
    require(by, Act.JOIN_HALVES)
    request = gate.row(session, by, CustodyRequest, CustodyRequest.ref == ref)
    by_two.check_second(by, request, (CustodyStatus.ASKED,))
    if request.until_at <= now:
        raise Lapsed()
    return request


def _decide(
    session: Session,
    by: Viewer,
    request: CustodyRequest,
    to: CustodyStatus,
    *,
    because: str,
    now: datetime,
) -> None:
    request.decided_because = because or None
    by_two.decide(session, by, request, to, now=now, waiting=(CustodyStatus.ASKED,))
    act = "custody.agree" if to is CustodyStatus.AGREED else "custody.decline"
    _mark(session, by, act, request, now=now)
    asker = notices.find_account(session, request.asked_by)
    if asker is not None:
        subject = f"custody:{request.ref}"
        notices.queue(session, asker, NoticeKind.CUSTODY_DECIDED, subject, now=now)


def show(session: Session, by: Viewer, ref: str, *, now: datetime) -> Identity:
    """Open the identity to its asker, once, and tell the donor.

    Raises NotFound for anybody but the asker, ShownBefore(on) the second time, Lapsed after 72
    hours, AlreadyDecided while it is not agreed or when two open it at the same moment.
    """
    require(by, Act.JOIN_HALVES)
    own = (CustodyRequest.ref == ref, CustodyRequest.asked_by == by.actor)
    request = gate.row(session, by, CustodyRequest, *own)
    if request.status is CustodyStatus.SHOWN:
        raise ShownBefore(on=request.shown_on)
    if request.status is not CustodyStatus.AGREED:
        raise AlreadyDecided()
    if request.until_at <= now:
        raise Lapsed()
    advance(session, request, CustodyStatus.SHOWN, by=by, now=now)
    request.shown_on = today(now)
    session.flush()
    _mark(session, by, "custody.show", request, now=now)
    donor_id = vault.donor_of_pledge(session, request.pledge_id)
    honey.note_donor(session, by, donor_id)
    to, kind = Recipient(RecipientKind.DONOR, donor_id), NoticeKind.IDENTITY_SHOWN
    notices.queue(session, to, kind, f"custody:{request.ref}", now=now)
    return _identity(session, request.pledge_id, donor_id)


def _identity(session: Session, pledge_id: int, donor_id: int) -> Identity:
    code = session.scalars(select(Pledge.code).where(Pledge.id == pledge_id)).one()
    reference = vault.reference_of(session, pledge_id)
    try:
        kind, contact = vault.contact_of(session, donor_id)
    except NotFound:
        return Identity(code, reference, None, "")
    payers = tuple(vault.payers_now(session, pledge_id, donor_id))
    return Identity(code, reference, kind, contact, payers)


def lapse(session: Session, by: Viewer, *, now: datetime) -> int:
    """End the requests whose time ran out; return how many."""
    require(by, Act.RUN_STIPENDS)
    late = (CustodyRequest.status.in_(OPEN), CustodyRequest.until_at <= now)
    found = session.scalars(select(CustodyRequest).where(*late).order_by(CustodyRequest.id)).all()
    for request in found:
        advance(session, request, CustodyStatus.LAPSED, by=by, now=now)
        _mark(session, by, "custody.lapse", request, now=now)
    return len(found)


def _mark(
    session: Session, by: Viewer, act: str, request: CustodyRequest, *, now: datetime
) -> None:
    why, subject = request.reason.value, f"custody:{request.ref}"
    trace.record(session, by, act, subject, now=now, why=why, chain=Chain.CUSTODIAN)
