"""What the custodians read of their requests; the identity is never among it."""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from gateways.uploads import Files
from models.custody import CustodyRequest
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.custody import legal_papers
from services.custody.custody_requests import OPEN
from services.gate import Card
from services.notices.notice_words import CUSTODY_REASONS, CUSTODY_STATES
from vocabulary.enums import CustodyStatus
from vocabulary.errors import NotFound

PAGE = 50


def requests(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List requests, the newest first, with whose they are and whether their time ran out."""
    require(viewer, Act.JOIN_HALVES)
    order = (CustodyRequest.asked_at.desc(), CustodyRequest.id.desc())
    found = gate.cards(session, viewer, CustodyRequest, order_by=order, limit=PAGE)
    return [_told(viewer, card, now=now) for card in found]


def request(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return one request. Raises NotFound."""
    require(viewer, Act.JOIN_HALVES)
    card = gate.card(session, viewer, CustodyRequest, CustodyRequest.ref == ref)
    has_paper = (CustodyRequest.ref == ref, CustodyRequest.document_id.is_not(None))
    papers = gate.count(session, viewer, CustodyRequest, *has_paper)
    return _told(viewer, card, now=now).and_also(has_paper=bool(papers))


def _told(viewer: Viewer, card: Card, *, now: datetime) -> Card:
    status, late = card["status"], card["until_at"] <= now
    return card.and_also(
        is_mine=card["asked_by"] == viewer.actor,
        stands=CustodyStatus.LAPSED if status in OPEN and late else status,
    )


def not_decided(viewer: Viewer) -> ColumnElement[int]:
    """Count in SQL what waits for a second person who is not the viewer."""
    others = CustodyRequest.asked_by != viewer.actor
    asked = CustodyRequest.status == CustodyStatus.ASKED
    return gate.tally(viewer, CustodyRequest, asked, others)


def paper(session: Session, viewer: Viewer, ref: str, *, files: Files) -> tuple[str, bytes]:
    """Return (media type, bytes) of the legal paper beside a request. Raises NotFound."""
    require(viewer, Act.JOIN_HALVES)
    found = gate.row(session, viewer, CustodyRequest, CustodyRequest.ref == ref)
    if found.document_id is None:
        raise NotFound()
    return legal_papers.read(session, viewer, found.document_id, files=files)


def notice_facts(session: Session, viewer: Viewer, ref: str, _now: datetime) -> dict[str, str]:
    """Return what a notice about a request may tell its recipient. Raises NotFound."""
    card = gate.card(session, viewer, CustodyRequest, CustodyRequest.ref == ref)
    facts = {"why": CUSTODY_REASONS[card["reason"]]}
    if card["shown_on"]:
        facts["shown"] = f"{card['shown_on'].month}月{card['shown_on'].day}日"
    if card.has("asked_by"):
        status = card["status"]
        is_mine = card["asked_by"] == viewer.actor
        if is_mine:
            facts |= {"mine": "1", "decided": CUSTODY_STATES[status]}
        elif status is CustodyStatus.ASKED:
            facts["for_me"] = "1"
    return facts
