"""年度对账单: a donor's year, instalment by instalment, under the sums of the books."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from models.pledges import Match, Pledge
from models.stipends import Gift
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.donors import donors
from services.donors.donor_cards import Support
from services.earmarks import redirecting
from services.earmarks.redirecting import Use
from services.gate import Card, Part
from services.month_page import reading
from services.papers import as_of, days, moves
from services.papers.called import called
from services.papers.days import Days, Line
from services.papers.moves import Year
from vocabulary.dates import today
from vocabulary.enums import PledgeKind
from vocabulary.errors import NotFound
from vocabulary.money import Fen
from vocabulary.telling import tell

_GIFT = {
    "match": Part(Match, Match.id == Gift.match_id, ("donor_ref", "code_name")),
    "pledge": Part(Pledge, Pledge.id == Match.pledge_id, ("donor_ref",)),
}


@dataclass(frozen=True, slots=True)
class OfChild:
    """What went to one child, under its code name: instalments and gifts by their due day."""

    code_name: str
    lines: Sequence[Card]


@dataclass(frozen=True, slots=True)
class OfPledge:
    """One pledge's year. What the gap fund gets for any purpose is not kept ahead: it went there."""

    pledge: Card
    called: str
    payments: Sequence[tuple[date, Fen]]
    year: Year
    children: Sequence[OfChild]
    # The unit or group of which this is one member's part.
    of_group: str = ""
    # What it was restricted to when it was given.
    use: Use | None = None

    @property
    def received(self) -> Fen:
        """Return what came in the year, as the bank has it."""
        return Fen(sum(amount for _, amount in self.payments))

    @property
    def is_fund(self) -> bool:
        """Say whether it feeds the gap fund."""
        return self.pledge["kind"] is PledgeKind.GAP_FUND

    @property
    def went_at_once(self) -> bool:
        """Say whether what came is the fund's already; money for a stated purpose is kept apart."""
        return self.is_fund and self.year == Year()

    @property
    def used(self) -> Fen:
        """Return what was used of it in the year."""
        return self.received if self.went_at_once else self.year.used

    @property
    def paid(self) -> Fen:
        """Return what the lines say was paid out of it in the year."""
        year = self.pledge["year"]
        lines = (line for child in self.children for line in child.lines)
        return Fen(sum(one["amount_fen"] for one in lines if one["used_in"] == year))


@dataclass(frozen=True, slots=True)
class Statement:
    """A year as it stands on a day; a link to one pledge shows that one alone.

    Of a year that is over `as_of` is the last day on which anything on it changed.
    """

    year: int
    as_of: date
    is_whole: bool
    pledges: Sequence[OfPledge]
    # The donor's entries under the published months' heads, to compare with.
    codes: Sequence[Card] = ()

    @property
    def received(self) -> Fen:
        """Return all that came."""
        return Fen(sum(one.received for one in self.pledges))

    @property
    def used(self) -> Fen:
        """Return all that was used."""
        return Fen(sum(one.used for one in self.pledges))

    @property
    def before(self) -> Fen:
        """Return all that was there when the year began."""
        return Fen(sum(one.year.before for one in self.pledges))

    @property
    def after(self) -> Fen:
        """Return all that is still there for the next instalments."""
        return Fen(sum(one.year.after for one in self.pledges))

    @property
    def bridged(self) -> int:
        """Count the lines that the gap fund paid first."""
        lines = (line for one in self.pledges for child in one.children for line in child.lines)
        return sum(bool(line["bridged_on"]) for line in lines)


def years(session: Session, viewer: Viewer, *, now: datetime) -> list[int]:
    """List the years of a donor's pledges, the newest first."""
    require(viewer, Act.GET_PAPERS)
    first = gate.cards(
        session, viewer, Pledge, fields=("offered_on",), order_by=(Pledge.offered_on,), limit=1
    )
    return [*range(today(now).year, first[0]["offered_on"].year - 1, -1)] if first else []


def of_year(session: Session, viewer: Viewer, year: int, *, now: datetime) -> Statement:
    """Return a donor's year. Raises NotFound for a year without him."""
    if year not in years(session, viewer, now=now):
        raise NotFound()
    page = donors.home(session, viewer, now=now)
    cards = sorted(page.pledges, key=lambda card: (card["offered_on"], card["donor_ref"]))
    refs = [card["donor_ref"] for card in cards]
    booked = moves.of_year(session, refs, year)
    gifts, when = gifts_of(session, viewer, on=today(now)), days.of_pledges(session, refs)
    has_uses = any(card["is_restricted"] for card in cards)
    uses = redirecting.own(session, viewer) if has_uses else {}
    parts = [
        OfPledge(
            pledge=card.and_also(year=year),
            called=called(session, viewer, card["donor_ref"]),
            payments=[(day, fen) for day, fen in card["payments"] if day.year == year],
            year=booked[card["donor_ref"]],
            children=list(children_of(card, gifts, year, when)),
            use=uses.get(card["donor_ref"]),
        )
        for card in cards
    ]
    shown = [one for one in parts if _has_part(one)]
    codes = reading.of_year(session, viewer, year)
    return dated(session, year, shown, codes, is_whole=page.is_whole, now=now)


def dated(
    session: Session,
    year: int,
    pledges: Sequence[OfPledge],
    codes: Sequence[Card] = (),
    *,
    is_whole: bool,
    now: datetime,
) -> Statement:
    """Return the account with its day: once the year is over, the last one on which it changed."""
    refs = [one.pledge["donor_ref"] for one in pledges]
    lines = [line for one in pledges for child in one.children for line in child.lines]
    day = as_of.of_year(session, year, refs, lines, codes, on=today(now))
    return Statement(year, day, is_whole, pledges, codes)


def _has_part(one: OfPledge) -> bool:
    """Say whether a pledge has anything in the year: it stood then, or money moved."""
    started: date = one.pledge["offered_on"]
    year = one.pledge["year"]
    moved = one.payments or one.children or one.year != Year()
    ends: date | None = one.pledge["ends_on"]
    return bool(moved) or (started.year <= year and (ends is None or ends.year >= year))


def gifts_of(session: Session, viewer: Viewer, *, on: date) -> list[Card]:
    """Return a donor's gifts, each with where it is on a day."""
    found = gate.cards(session, viewer, Gift, parts=_GIFT, order_by=(Gift.due_on, Gift.id))
    return [one.and_also(telling=tell(one, on=on), is_gift=True) for one in found]


def children_of(pledge: Card, gifts: Sequence[Card], year: int, when: Days) -> Iterable[OfChild]:
    """Return a pledge's lines of a year, child by child."""
    supports: Sequence[Support] = pledge["supports"]
    for support in supports:
        own = [one for one in gifts if one["match"]["donor_ref"] in support.refs]
        told = [one.and_also(is_gift=False) for one in support.instalments]
        lines = [
            one.and_also(used_in=year if when.is_used_in(key_of(one), year) else None)
            for one in (*told, *own)
            if when.stands_in(key_of(one), year)
        ]
        if lines:
            yield OfChild(support.code_name, sorted(lines, key=_by_day))


def key_of(line: Card) -> Line:
    """Return by what a line is known: its match's ref on the donor's side, due day, kind."""
    return line["match"]["donor_ref"], line["due_on"], line["is_gift"]


def _by_day(line: Card) -> tuple[date, bool, str]:
    return line["due_on"], line["is_gift"], line["match"]["donor_ref"]
