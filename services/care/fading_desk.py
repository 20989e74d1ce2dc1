"""Pairs that fade at the staff's desk: shown with reasons, acted on, never counted into a number."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from matching.fading import Level
from models.accounts import Account
from models.care import CareMatch
from models.children import Child
from models.pledges import Match
from models.regions import Region
from models.visits import FadingNote
from models.volunteers import Volunteer
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.care import fading, leaving
from services.care.fading import Faded
from services.gate import Card, Part
from services.pairing.proposing import is_aside
from vocabulary.dates import today
from vocabulary.enums import FadingStep
from vocabulary.errors import BadInput, SteppedAside

LONGEST = 300
_PARTS = {
    "child": Part(Child, Child.id == CareMatch.child_id, ("ref", "name")),
    "volunteer": Part(Volunteer, Volunteer.id == CareMatch.volunteer_id, ("ref", "name", "phone")),
    "place": Part(Region, Region.code == Child.region_code, ("name",)),
}
_FIELDS = ("ref", "status", "rhythm", "reminded_on", "successor_asked_on")


def listed(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List the viewer's volunteers' pairs that fade, the longest unmet first."""
    require(viewer, Act.TURN_DOWN_CARE)
    day = today(now)
    pairs = gate.rows(session, viewer, CareMatch, *fading.STAYS, order_by=(CareMatch.id,))
    shown = [one for one in fading.weighed(session, pairs, on=day) if one.is_shown(day)]
    by_ref = {one.match.ref: one for one in sorted(shown, key=lambda one: one.since)}
    here = (CareMatch.ref.in_(by_ref),)
    cards = gate.cards(session, viewer, CareMatch, fields=_FIELDS, parts=_PARTS, where=here)
    known = {one["ref"]: one for one in cards if one.has("child")}
    notes = _latest(session, viewer, FadingNote.care_id.in_([one.match.id for one in shown]))
    return [
        _told(known[ref], one).and_also(last=notes.get((one.match.id, None)))
        for ref, one in by_ref.items()
        if ref in known
    ]


def detail(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return one pair with its reasons and what was done about it. Raises NotFound."""
    require(viewer, Act.TURN_DOWN_CARE)
    this = CareMatch.ref == ref
    card = gate.card(session, viewer, CareMatch, this, fields=_FIELDS, parts=_PARTS)
    match = gate.row(session, viewer, CareMatch, this)
    found = fading.weighed(session, [match], on=today(now))[0]
    is_on = match.status in fading.PAIRED
    notes = _notes(session, viewer, FadingNote.care_id == match.id)
    told = _told(card, found).and_also(notes=notes, is_on=is_on)
    return told if is_on else told.and_also(reasons=[])


def _told(card: Card, one: Faded) -> Card:
    """Add the reasons as codes, days and counts, never the points: nobody is rated."""
    reasons = [
        Card({"cause": why.cause.value, "count": why.count, "days": why.days})
        for why in one.found.reasons
    ]
    is_steady = one.found.level is Level.STEADY
    return card.and_also(
        reasons=[] if is_steady else reasons,
        since=one.since,
        was_met=one.was_met,
        has_login=one.has_login,
    )


def notes_of_match(session: Session, viewer: Viewer, child_ref: str) -> list[Card]:
    """List what was done about a pledge's pair, the latest first."""
    require(viewer, Act.SEE_PLEDGES)
    own = select(Match.id).where(Match.child_ref == child_ref)
    return _notes(session, viewer, FadingNote.match_id.in_(own))


def _notes(session: Session, viewer: Viewer, which: ColumnElement[bool]) -> list[Card]:
    order = (FadingNote.id.desc(),)
    found = gate.cards(session, viewer, FadingNote, where=(which,), order_by=order)
    names = _names(session, viewer, found)
    return [one.and_also(name=names.get(one["by"], "一位同事")) for one in found]


def _names(session: Session, viewer: Viewer, found: Sequence[Card]) -> Mapping[str, str]:
    refs = [one["by"].removeprefix("account:") for one in found]
    here = (Account.ref.in_(refs),)
    people = gate.cards(session, viewer, Account, fields=("ref", "name"), where=here)
    return {f"account:{one['ref']}": one["name"] for one in people}


def _latest(
    session: Session, viewer: Viewer, which: ColumnElement[bool]
) -> dict[tuple[int | None, int | None], Card]:
    rows = gate.rows(session, viewer, FadingNote, which, order_by=(FadingNote.id,))
    return {(one.care_id, one.match_id): Card({"step": one.step, "on": one.on}) for one in rows}


def note_care(
    session: Session, by: Viewer, ref: str, step: FadingStep, words: str, *, now: datetime
) -> None:
    """Keep what one did about a volunteer's pair; a successor is sought from tonight on.

    Raises SteppedAside, ActedBefore to herself, BadInput for a note without a word or too long a
    one, AlreadyDecided where somebody is sought already.
    """
    require(by, Act.TURN_DOWN_CARE)
    match = gate.row(session, by, CareMatch, CareMatch.ref == ref)
    if step is FadingStep.SUCCESSOR:
        leaving.ask_successor(session, by, ref, now=now)
    own = {"care_id": match.id, "child_id": match.child_id}
    _keep(session, by, step, words, f"care:{ref}", now=now, **own)


def note_pledge(
    session: Session, by: Viewer, child_ref: str, step: FadingStep, words: str, *, now: datetime
) -> None:
    """Keep what one did about a pledge's pair; a successor is sought by itself once it is dry."""
    require(by, Act.SEE_PLEDGES)
    if step is FadingStep.SUCCESSOR:
        raise BadInput(field="step", reason="not_a_choice")
    match = gate.row(session, by, Match, Match.child_ref == child_ref)
    own = {"match_id": match.id, "child_id": match.child_id}
    _keep(session, by, step, words, f"match:{child_ref}", now=now, **own)


def _keep(
    session: Session,
    by: Viewer,
    step: FadingStep,
    words: str,
    subject: str,
    *,
    now: datetime,
    **own: Any,
) -> None:
    if is_aside(session, by, own["child_id"]):
        raise SteppedAside()
    if step is FadingStep.NOTED and not words.strip():
        raise BadInput(field="words", reason="missing")
    if len(words) > LONGEST:
        raise BadInput(field="words", reason="too_long")
    said = {"step": step, "words": words.strip() or None, "by": by.actor, "on": today(now)}
    session.add(FadingNote(**own, **said))
    session.flush()
    trace.record(session, by, "pair.noted", subject, now=now, why=step.value)
