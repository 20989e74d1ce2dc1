"""One child on the donor's page: the twelve months, the instalments, what will fall due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

from services.gate import Card
from vocabulary.dates import SCHOOL_YEAR_STARTS, add_months, first_of_month, school_year_of
from vocabulary.enums import (
    ChangeKind,
    ChangeStatus,
    GiftOccasion,
    MatchStatus,
    Rhythm,
    Stage,
)
from vocabulary.grades import GRADUATION
from vocabulary.money import Fen
from vocabulary.runway import Due, Runway, last_month
from vocabulary.schedule import STANDARD, due_days, next_due
from vocabulary.telling import MONTH_STATE, asked_by, awaited, petals, tell

HORIZON_MONTHS = 24
TOLD_BEFORE = timedelta(days=60)
MILESTONE_FOR = timedelta(days=90)
MILESTONES = {
    Stage.UNIVERSITY: GiftOccasion.UNIVERSITY,
    Stage.SENIOR: GiftOccasion.SENIOR,
    Stage.JUNIOR: GiftOccasion.JUNIOR,
}


@dataclass(frozen=True, slots=True)
class Month:
    """One of the twelve: `state` is a word of the months' picture."""

    number: int
    state: str
    now: bool


@dataclass(frozen=True, slots=True)
class Support:
    """One child under its code name, with as much of stage and league as the list says of it."""

    ref: str
    refs: frozenset[str]
    code_name: str
    stage: Stage | None
    league: str
    instalment_fen: Fen
    rhythm: Rhythm
    ends_on: date | None
    is_active: bool
    months: Sequence[Month]
    instalments: Sequence[Card]
    latest: Card | None
    wish: Card | None
    milestone: GiftOccasion | None


@dataclass(frozen=True, slots=True)
class Sight:
    """What the donor sees of one pledge on a day: its matches, oldest first, and instalments."""

    pledge: Card
    matches: Sequence[Card]
    opened: Sequence[Card]
    changes: Sequence[Card]
    on: date

    def is_skipped(self, day: date) -> bool:
        """Say whether a day is paused or lies after a stop, asked for or in effect."""
        return any(_covers(change, day, self.resumes_on) for change in self.changes)

    @property
    def resumes_on(self) -> date:
        """Return the day from which the donor asked to go on, before it has come."""
        return min(
            (one["effective_on"] for one in self.changes if _is_asked_resume(one)), default=date.max
        )

    def planned(self, match: Card, *, until: date) -> list[Due]:
        """Return every due day of a match through `until`, opened already or not."""
        start, ends_on = match["starts_on"], match["ends_on"]
        if start is None:
            return []
        return [
            due
            for due in self._under_terms(match, start, until)
            if not self.is_skipped(due.on) and (ends_on is None or due.on < ends_on)
        ]

    def _under_terms(self, match: Card, start: date, until: date) -> list[Due]:
        """Return due days under the terms of today, and under those that are asked for and wait."""
        ref, rhythm, amount = match["donor_ref"], match["rhythm"], match["instalment_fen"]
        dues = [Due(ref, day, amount, rhythm) for day in _due_days(rhythm, start, until)]
        new = next((one for one in self.changes if _is_waiting_terms(one)), None)
        if new is None or match["status"] is not MatchStatus.ACTIVE:
            return dues
        whole, first = self.pledge["instalment_fen"], max(new["effective_on"], start)
        share = Fen(new["instalment_fen"] * min(amount, whole) // whole)
        later = _due_days(new["rhythm"], first, until)
        kept = [due for due in dues if due.on < new["effective_on"]]
        return kept + [Due(ref, day, share, new["rhythm"]) for day in later]


def _is_waiting_terms(change: Card) -> bool:
    return change["kind"] is ChangeKind.TERMS and change["status"] is ChangeStatus.WAITING


@cache
def _school_year(year: int) -> tuple[date, ...]:
    first = date(year, SCHOOL_YEAR_STARTS, 1)
    return tuple(add_months(first, n) for n in range(12))


@lru_cache(maxsize=1024)
def _due_days(rhythm: Rhythm, start: date, until: date) -> tuple[date, ...]:
    """Return a scheme's due days: every child of every donor asks for the same ones each day."""
    return tuple(due_days(STANDARD[rhythm], start=start, until=until))


def _is_asked_resume(change: Card) -> bool:
    return change["kind"] is ChangeKind.RESUME and change["status"] is ChangeStatus.WAITING


def _covers(change: Card, day: date, resumes_on: date) -> bool:
    if change["kind"] is ChangeKind.PAUSE:
        end = min(change["until_on"] or date.max, resumes_on)
        return bool(change["effective_on"] <= day < end)
    is_waiting_stop = change["kind"] is ChangeKind.STOP and change["status"] is ChangeStatus.WAITING
    return bool(is_waiting_stop and day >= change["effective_on"])


def support_of(sight: Sight, pair: Sequence[Card], runway: Runway) -> Support:
    """Build one child's part from its matches, oldest first: the last says what holds now."""
    regular = [match for match in pair if match["occasion"] is None] or pair
    last, refs = regular[-1], frozenset(match["donor_ref"] for match in pair)
    told = [_told(s, on=sight.on) for s in sight.opened if s["match"]["donor_ref"] in refs]
    is_over = last["ends_on"] is not None and last["ends_on"] <= sight.on
    return Support(
        ref=last["donor_ref"],
        refs=refs,
        code_name=last["code_name"],
        stage=last["listed"]["shown_stage"] if last.has("listed") else None,
        league=(last["league"]["name"] or "") if last.has("listed") else "",
        instalment_fen=last["instalment_fen"],
        rhythm=last["rhythm"],
        ends_on=_told_end(sight, last),
        is_active=last["status"] is MatchStatus.ACTIVE and not is_over,
        months=_months(sight, regular, told, runway),
        instalments=told,
        latest=_latest(told),
        wish=last["wish"] if last.has("wish") else None,
        milestone=_milestone(last, on=sight.on),
    )


def _milestone(match: Card, *, on: date) -> GiftOccasion | None:
    """Return the stage that a child has reached lately, as far as its donor may read it."""
    if not match.has("listed") or match["listed"]["risen_on"] is None:
        return None
    is_new = on < match["listed"]["risen_on"] + MILESTONE_FOR
    return MILESTONES.get(match["listed"]["shown_stage"]) if is_new else None


def _told_end(sight: Sight, match: Card) -> date | None:
    """Return the day a match ends; a graduation only when near: its year tells the child's class."""
    ends_on: date | None = match["ends_on"]
    is_far = ends_on is not None and ends_on > sight.on + TOLD_BEFORE
    return None if is_far and sight.pledge["until"] in GRADUATION else ends_on


def _told(stipend: Card, *, on: date) -> Card:
    sent = stipend["sent_on"]
    return stipend.and_also(
        telling=tell(stipend, on=on),
        petals=petals(stipend),
        awaited=awaited(stipend),
        asked_by=asked_by(sent) if sent else None,
        is_current=last_month(stipend["due_on"], stipend["match"]["rhythm"]) >= first_of_month(on),
    )


def _latest(told: Sequence[Card]) -> Card | None:
    """Return the newest instalment on its way or arrived; before any, the newest at all."""
    moving = (i for i in told if i["sent_on"] or i["confirmed_on"])
    return next(moving, told[0] if told else None)


def _months(
    sight: Sight, pair: Sequence[Card], told: Sequence[Card], runway: Runway
) -> list[Month]:
    months = _school_year(school_year_of(sight.on))
    states: dict[date, str] = {}
    for match in pair:
        for due in sight.planned(match, until=months[-1]):
            covered = (due.match, due.on) in runway.covered
            _paint(states, due.on, due.rhythm or match["rhythm"], "ahead" if covered else "unpaid")
    for one in (one for one in reversed(told) if one["match"]["occasion"] is None):
        state = MONTH_STATE.get(one["telling"], "waiting")
        _paint(states, one["due_on"], one["match"]["rhythm"], state)
    this = first_of_month(sight.on)
    return [Month(m.month, states.get(m, "none"), now=m == this) for m in months]


def _paint(states: dict[date, str], due_on: date, rhythm: Rhythm, state: str) -> None:
    month, last = first_of_month(due_on), last_month(due_on, rhythm)
    while month <= last:
        states[month] = state
        month = add_months(month, 1)


def upcoming(sight: Sight) -> list[Due]:
    """Return what still wants money: opened and unpaid first, then what falls due.

    A pledge that waits for its child will want its sum from the next due day on.
    """
    until = add_months(sight.on, HORIZON_MONTHS)
    if not sight.matches:
        return _before_a_match(sight, until=until)
    known = {(s["match"]["donor_ref"], s["due_on"]) for s in sight.opened}
    unpaid = [
        Due(s["match"]["donor_ref"], s["due_on"], s["amount_fen"], s["match"]["rhythm"])
        for s in sight.opened
        if not s["received_on"] and not s["cancelled_on"]
    ]
    planned = (due for match in sight.matches for due in sight.planned(match, until=until))
    gifts = [
        Due(match["donor_ref"], match["wish"]["due_on"], match["wish"]["amount_fen"], None)
        for match in sight.matches
        if match.has("wish")
    ]
    return unpaid + gifts + [due for due in planned if (due.match, due.on) not in known]


def _before_a_match(sight: Sight, *, until: date) -> list[Due]:
    pledge = sight.pledge
    scheme = STANDARD[pledge["rhythm"]]
    amount = Fen(pledge["instalment_fen"] * pledge["children_wanted"])
    return [
        Due("", day, amount, pledge["rhythm"])
        for day in due_days(scheme, start=next_due(scheme, sight.on), until=until)
        if not sight.is_skipped(day)
    ]
