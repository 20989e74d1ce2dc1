"""A guardian takes a consent back herself, behind her own link: from today, and without a reason.

To agree again takes her signature on paper: a link is a telephone's, and no telephone consents.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models.children import Child, Consent
from models.harm import kept_since
from privacy.permissions import CASE_STAFF
from privacy.viewers import Viewer
from services import gate
from services.children import consents
from services.gate import Card, Part
from services.guardians.guardian_wishes import as_guardian
from services.notices import notices
from vocabulary.enums import NoticeKind, Purpose
from vocabulary.errors import NoConsent

_FOR = {
    Purpose.CASE_FILE: "建立档案，别的也一起收回了",
    Purpose.SPONSORSHIP: "接受资助",
    Purpose.LETTERS: "通信",
    Purpose.PHOTO: "照片",
    Purpose.STATISTICS: "统计",
    Purpose.REVEAL: "互相认识",
    Purpose.CARE: "爱心妈妈陪伴",
}


def given(session: Session, viewer: Viewer) -> list[Card]:
    """List what was agreed to for the guardian's child, purpose by purpose, each its latest.

    Raises NotFound behind a slip.
    """
    own = Consent.child_id == as_guardian(viewer)
    latest_first = (Consent.withdrawn_on.is_not(None), Consent.id.desc())
    by_purpose: dict[Purpose, Card] = {}
    for card in gate.cards(session, viewer, Consent, where=(own,), order_by=latest_first):
        by_purpose.setdefault(card["purpose"], card)
    return [by_purpose[one] for one in Purpose if one in by_purpose]


def ended_with(session: Session, viewer: Viewer, purpose: Purpose) -> Sequence[Purpose]:
    """Return what ends with a consent: without the file's nothing about the child goes on.

    Raises NoConsent for one that does not stand, NotFound behind a slip.
    """
    stands = [one["purpose"] for one in given(session, viewer) if one["withdrawn_on"] is None]
    if purpose not in stands:
        raise NoConsent()
    return stands if purpose is Purpose.CASE_FILE else [purpose]


def take_back(session: Session, by: Viewer, purpose: Purpose, *, now: datetime) -> None:
    """End a consent from today, and tell the case staff of the child. Raises as `ended_with`."""
    ended = ended_with(session, by, purpose)
    child = gate.row(session, by, Child, Child.id == as_guardian(by))
    for one in ended:
        latest = consents.end(session, by, child, purpose=one, now=now)
        if one is purpose:
            kind, subject = NoticeKind.CONSENT_TAKEN_BACK, f"consent:{latest.ref}"
            notices.to_roles(session, sorted(CASE_STAFF), child.banner_code, kind, subject, now=now)


def notice_facts(session: Session, viewer: Viewer, ref: str, _now: datetime) -> dict[str, str]:
    """Return what a notice may tell its recipient: nothing to whom a report names. Raises NotFound."""
    parts = {"child": Part(Child, Child.id == Consent.child_id, ("name",))}
    is_told = ~kept_since(viewer, Consent.child_id, Consent.withdrawn_on)
    card = gate.card(session, viewer, Consent, Consent.ref == ref, is_told, parts=parts)
    return {"child": card["child"]["name"], "purpose": _FOR[card["purpose"]]}
