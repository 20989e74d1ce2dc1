"""Pledges' pairs that fade, as case staff see them: receipts, letters, money that has run dry.

Worked out each time from what the staff may read of these children anyway; who gives, what else he
gives, and that he is a few days late are no part of it (laws 6 and 7).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from matching.fading import (
    LETTER_LONG_DAYS,
    RECEIPT_DAYS,
    Fading,
    Giving,
    Level,
    Reason,
    pledge_fading,
)
from models.children import Child
from models.letters import Letter
from models.pledges import Match, Pledge
from models.regions import Region
from models.stipends import Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.care.fading import waiting_letters
from services.gate import Card, Part
from services.pairing.market import IS_GIVEN
from vocabulary.dates import today
from vocabulary.enums import LetterSide, LetterStatus, MatchStatus

LISTED = 100
_PARTS = {
    "child": Part(Child, Child.id == Match.child_id, ("ref", "name", "stage", "grade")),
    "place": Part(Region, Region.code == Child.region_code, ("name",)),
    "pledge": Part(Pledge, Pledge.id == Match.pledge_id, ("code",)),
}
_RUNS = (Match.status == MatchStatus.ACTIVE, IS_GIVEN, Match.occasion.is_(None))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is late of the pairs in hand, by key of the match."""

    receipts: Mapping[int, tuple[int, date]]
    letters: Mapping[tuple[int, int], date]


def listed(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List the viewer's pairs that fade, the longest first, each with `reasons` and `since`."""
    require(viewer, Act.SEE_PLEDGES)
    day = today(now)
    pairs = gate.rows(session, viewer, Match, *_RUNS, _may_fade(day), order_by=(Match.id,))
    found = weighed(session, pairs, on=day)
    faded = {ref: one for ref, one in found.items() if one.level is not Level.STEADY}
    longest = sorted(faded, key=lambda ref: (-_days(faded[ref]), ref))[:LISTED]
    cards = gate.cards(
        session, viewer, Match, fields=("child_ref", "dry_on"), parts=_PARTS,
        where=(Match.child_ref.in_(longest),),
    )  # fmt: skip
    by_ref = {one["child_ref"]: one for one in cards if one.has("child")}
    return [_told(by_ref[ref], faded[ref]) for ref in longest if ref in by_ref]


def detail(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return one pair with its reasons, none where it does not fade any more. Raises NotFound."""
    require(viewer, Act.SEE_PLEDGES)
    fields, this = ("child_ref", "status", "dry_on"), Match.child_ref == ref
    card = gate.card(session, viewer, Match, this, IS_GIVEN, fields=fields, parts=_PARTS)
    pairs = gate.rows(session, viewer, Match, this, *_RUNS)
    found = weighed(session, pairs, on=today(now)).get(ref, Fading(()))
    return _told(card, found)


def weighed(session: Session, pairs: Sequence[Match], *, on: date) -> dict[str, Fading]:
    """Return what each pair comes to, in two questions however many there are."""
    keys = [one.id for one in pairs]
    known = _Known(_receipts(session, keys, on=on), _letters(session, pairs))
    return {one.child_ref: pledge_fading(_facts(one, known, on=on)) for one in pairs}


def _facts(match: Match, known: _Known, *, on: date) -> Giving:
    count, oldest = known.receipts.get(match.id, (0, on))
    asked = known.letters.get((match.pledge_id, match.child_id))
    return Giving(
        dry_days=max(1, (on - match.dry_on).days) if match.dry_on else 0,
        unreceipted=count,
        receipt_days=(on - oldest).days,
        letter_days=(on - asked).days if asked else 0,
    )


def _may_fade(day: date) -> ColumnElement[bool]:
    """Say in SQL which pairs are worth a look: of 20,000 few are."""
    old = Letter.delivered_on <= day - timedelta(days=LETTER_LONG_DAYS)
    written = (Letter.sender == LetterSide.FAMILY, Letter.status == LetterStatus.DELIVERED, old)
    return or_(
        Match.dry_on.is_not(None),
        Match.id.in_(select(Stipend.match_id).where(_is_silent(day))),
        Match.pledge_id.in_(select(Letter.pledge_id).where(*written)),
    )


def _is_silent(day: date) -> ColumnElement[bool]:
    """Sent long ago, and neither the family's word nor an end came."""
    open_ones = (
        Stipend.confirmed_on, Stipend.disputed_on, Stipend.returned_on, Stipend.cancelled_on,
        Stipend.written_off_on,
    )  # fmt: skip
    since = Stipend.sent_on <= day - timedelta(days=RECEIPT_DAYS)
    return and_(since, *(column.is_(None) for column in open_ones))


def _receipts(session: Session, keys: Sequence[int], *, on: date) -> dict[int, tuple[int, date]]:
    asked = (
        select(Stipend.match_id, func.count(Stipend.id), func.min(Stipend.sent_on))
        .where(Stipend.match_id.in_(keys), _is_silent(on))
        .group_by(Stipend.match_id)
    )
    found = session.execute(asked)
    return {key: (count, oldest) for key, count, oldest in found if oldest is not None}


def _letters(session: Session, pairs: Sequence[Match]) -> dict[tuple[int, int], date]:
    mine = Letter.pledge_id.in_({one.pledge_id for one in pairs})
    return waiting_letters(session, mine, LetterSide.DONOR)


def _days(found: Fading) -> int:
    return max((one.days for one in found.reasons), default=0)


def _told(card: Card, found: Fading) -> Card:
    """Add the reasons, never the points: nobody is rated."""
    return card.and_also(reasons=[_plain(one) for one in found.reasons])


def _plain(reason: Reason) -> Card:
    return Card({"cause": reason.cause.value, "count": reason.count, "days": reason.days})
