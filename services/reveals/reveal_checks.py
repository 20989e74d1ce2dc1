"""The staff's part of 互相认识: two people, the guardian's consent, the child's own word.

They see that a check is theirs to make, by pledge code and child; never who gave or who asked.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child, Consent
from models.pledges import Match, Pledge
from models.reveals import Reveal
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.children import child_file
from services.children.readiness import AGREES_FROM, ASKED_FROM
from services.gate import Card, Part
from services.lifecycle import advance
from services.pairing import second_look
from services.pairing.proposing import is_aside
from services.reveals import reveal_links, reveal_release
from vocabulary.dates import age_on, today
from vocabulary.enums import (
    ChildWord,
    NoticeKind,
    Purpose,
    RevealBar,
    RevealSide,
    RevealStatus,
)
from vocabulary.errors import ActedBefore, BadInput, NoConsent, SteppedAside

OF_AGE = 18
_PARTS = {
    "child": Part(Child, Child.id == Reveal.child_id, ("ref", "name", "class_label")),
    "pledge": Part(Pledge, Pledge.id == Reveal.pledge_id, ("code",)),
}


class Lack(StrEnum):
    """What keeps a check from being made."""

    CONSENT = "consent"
    PHONE = "phone"


def waiting(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List the checks of the viewer's part, the longest waiting first."""
    require(viewer, Act.CHECK_REVEAL)
    order = (Reveal.checked_from, Reveal.ref)
    found = gate.cards(session, viewer, Reveal, parts=_PARTS, order_by=order)
    return [_full(session, viewer, card, now=now) for card in found]


def count_waiting(session: Session, viewer: Viewer) -> int:
    """Count the checks that wait in the viewer's part."""
    require(viewer, Act.CHECK_REVEAL)
    return gate.count(session, viewer, Reveal)


def detail(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return one check. Raises NotFound once it is over."""
    require(viewer, Act.CHECK_REVEAL)
    card = gate.card(session, viewer, Reveal, Reveal.ref == ref, parts=_PARTS)
    is_only = second_look.is_only_pledge(session, viewer, ref)
    return _full(session, viewer, card, now=now).and_also(is_only_pledge=is_only)


def _full(session: Session, viewer: Viewer, card: Card, *, now: datetime) -> Card:
    reveal = _row(session, viewer, card["ref"])
    age = _age(session.get_one(Child, reveal.child_id), now=now)
    first = card["first_by"]
    return card.and_also(
        lacks=_lacks(session, reveal, now=now),
        first_by_name=child_file.name_of(session, viewer, first) if first else None,
        may_act=viewer.actor not in _acted(session, reveal)
        and not is_aside(session, viewer, reveal.child_id),
        asks_child=age >= ASKED_FROM,
        needs_yes=age >= AGREES_FROM,
    )


def confirm(
    session: Session, by: Viewer, ref: str, *, word: ChildWord | None, now: datetime
) -> bool:
    """Say "checked" as the first or the second of two people; return whether both know each other.

    The first brings the child's own word: from 8 it is asked, and no "unwilling" is passed over.
    Raises ActedBefore for who approved the match or spoke for the family, SteppedAside, NoConsent
    while a guardian's consent to this is missing, BadInput for a word that is missing.
    """
    require(by, Act.CHECK_REVEAL)
    reveal = _row(session, by, ref)
    _check_person(session, by, reveal)
    if _lacks(session, reveal, now=now):
        raise NoConsent()
    child = session.get_one(Child, reveal.child_id)
    if reveal.first_by is None:
        _check_word(child, word, now=now)
        reveal.first_by, reveal.child_word = by.actor, word
        _note(session, by, child, "reveal.check", now=now)
        return False
    _show(session, by, reveal, child, now=now)
    return True


def _check_person(session: Session, by: Viewer, reveal: Reveal) -> None:
    if is_aside(session, by, reveal.child_id):
        raise SteppedAside()
    if by.actor in _acted(session, reveal):
        raise ActedBefore()


def _check_word(child: Child, word: ChildWord | None, *, now: datetime) -> None:
    """Refuse a missing word; a child too young to be asked is one below 8."""
    is_asked = _age(child, now=now) >= ASKED_FROM
    fits = word is ChildWord.WILLING if is_asked else word is ChildWord.TOO_YOUNG
    if not fits:
        raise BadInput(field="word", reason="unwilling" if word else "missing")


def _show(session: Session, by: Viewer, reveal: Reveal, child: Child, *, now: datetime) -> None:
    reveal.second_by = by.actor
    reveal.is_of_age = _is_of_age(child, now=now)
    advance(session, reveal, RevealStatus.SHOWN, by=by, now=now)
    _note(session, by, child, "reveal.agree", now=now)
    for side in RevealSide:
        reveal_release.tell(session, reveal, NoticeKind.REVEAL_SHOWN, to=side, now=now)


def turn_down(session: Session, by: Viewer, ref: str, *, bar: RevealBar, now: datetime) -> None:
    """Let nothing be shown, for a coded reason that neither side reads."""
    require(by, Act.CHECK_REVEAL)
    reveal = _row(session, by, ref)
    _check_person(session, by, reveal)
    advance(session, reveal, RevealStatus.TURNED_DOWN, by=by, now=now, reason=bar.value)
    reveal.bar = bar
    child = session.get_one(Child, reveal.child_id)
    _note(session, by, child, "reveal.turn_down", why=bar.value, now=now)


def _row(session: Session, by: Viewer, ref: str) -> Reveal:
    return gate.row(session, by, Reveal, Reveal.ref == ref)


def _acted(session: Session, reveal: Reveal) -> frozenset[str]:
    """Return who may not decide: who approved the pair, was first here, or spoke for the family."""
    deciders = session.scalars(
        select(Match.decided_by).where(
            Match.pledge_id == reveal.pledge_id, Match.child_id == reveal.child_id
        )
    )
    people = (*deciders, reveal.first_by, reveal.spoken_by)
    return frozenset(person for person in people if person)


def _lacks(session: Session, reveal: Reveal, *, now: datetime) -> list[Lack]:
    """Return what is missing: the guardian's consent to this, and a telephone to reach her by."""
    child = session.get_one(Child, reveal.child_id)
    consent = select(Consent.id).where(
        Consent.child_id == child.id,
        Consent.purpose == Purpose.REVEAL,
        Consent.given_on <= today(now),
        Consent.withdrawn_on.is_(None),
    )
    consented = _is_of_age(child, now=now) or session.scalar(consent.limit(1)) is not None
    phone = reveal_links.guardian_with_phone(session, child.id, now=now)
    found = {Lack.CONSENT: not consented, Lack.PHONE: phone is None}
    return [lack for lack, is_missing in found.items() if is_missing]


def _age(child: Child, *, now: datetime) -> int:
    """Return the age; without a birthday a child is asked as from 14, and never taken for grown."""
    return AGREES_FROM if child.birth_on is None else age_on(child.birth_on, today(now))


def _is_of_age(child: Child, *, now: datetime) -> bool:
    return _age(child, now=now) >= OF_AGE


def _note(
    session: Session, by: Viewer, child: Child, act: str, *, now: datetime, why: str = ""
) -> None:
    trace.record(session, by, act, f"child:{child.ref}", now=now, why=why)
