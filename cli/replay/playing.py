"""Plays a story through the real services, day by day, on a moved clock."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy.orm import Session

from cli.replay import cast, meeting, posting
from cli.replay.reading import BadStory, Event, Story, amount_of, why_of
from jobs.run import Run
from jobs.stipends import open_and_fund
from privacy import viewers
from privacy.viewers import Viewer
from services import organisations
from services.batches import batches
from services.books import receipts
from services.books.receipts import BankLine
from services.children import children
from services.children.children import NewChild, NewKin, NewNeed
from services.handover import answers, handovers
from services.handover.answers import Reply
from services.handover.handovers import Word
from services.organisations import NewSchool
from services.pledges import pledges
from services.pledges.pledges import PledgeTerms
from services.stipends import gifts
from services.stories import agreements, stories
from services.stories.agreements import Terms
from services.writing import begin_writing
from vocabulary import amounts, clock
from vocabulary.dates import at, today
from vocabulary.enums import Answer, NeedKind, Purpose, Rhythm, Sex, Stage
from vocabulary.errors import Refused
from vocabulary.money import Fen
from vocabulary.schedule import STANDARD, due_days

PREPARATION = timedelta(days=40)
AGE_DAYS = 13 * 365
_LARGE_NEED = Fen(100_000_00)


@dataclass
class Running:
    """A pledge of the story: under which refs it is known, and from when until when it runs."""

    child: str
    donor: str
    ref: str
    reference: str
    code: str
    terms: Terms
    starts_on: date
    ends_on: date | None = None
    match_ref: str | None = None

    def due_days(self, until: date) -> list[date]:
        """Return every day on which it is due, by the pure schedule."""
        last = min(until, self.ends_on - timedelta(days=1)) if self.ends_on else until
        scheme = STANDARD[self.terms.rhythm]
        return list(due_days(scheme, start=self.starts_on, until=last))

    def is_due(self, day: date) -> bool:
        """Say whether an instalment falls due on the day."""
        return day in due_days(STANDARD[self.terms.rhythm], start=day, until=day) and (
            self.starts_on <= day and (self.ends_on is None or day < self.ends_on)
        )


@dataclass
class Player:
    """Plays events and due days; keeps which ref is whose."""

    session: Session
    story: Story
    running: list[Running] = field(default_factory=list)
    children: dict[str, str] = field(default_factory=dict)
    schools: dict[str, str] = field(default_factory=dict)
    officers: dict[str, Viewer] = field(default_factory=dict)
    pupils: dict[str, str] = field(default_factory=dict)
    meetings: dict[int, meeting.Meeting] = field(default_factory=dict)
    begun_late: set[int] = field(default_factory=set)

    def play(self) -> None:
        """Play everything up to and with the story's `now`."""
        events = [event for event in self.story.events if event.on <= self.story.now]
        if not events:
            return
        self._on(events[0].on - PREPARATION, self._prepare)
        steps = _merged(
            meeting.days_of(events, until=self.story.now),
            posting.days_of(events, until=self.story.now),
        )
        special = {event.on for event in events} | steps.keys()
        for day in _days(events[0].on, self.story.now, special):
            for event, step in steps.get(day, ()):
                self._on(day, lambda event=event, step=step: step(self, event))  # type: ignore[misc]
            for event in (event for event in events if event.on == day):
                with _refused_at(f"events[{event.index}] (number {event.index + 1}, on {day})"):
                    self._on(day, lambda event=event: _ACTS[event.do](self, event))  # type: ignore[misc]
            if any(one.is_due(day) for one in self.running):
                with _refused_at(f"what is due on {day}"):
                    self._due_day(day)

    def _on(self, day: date, act: Callable[[], None]) -> None:
        """Play one act on a day, in a transaction of its own."""
        with clock.moved_to(at(day)):
            self.session.rollback()
            begin_writing(self.session)
            act()
            self.session.commit()

    # The cast

    def _prepare(self) -> None:
        codes = {
            text: stories.find_place(self.session, cast.ENTERER, text)
            for text in self.story.places.values()
        }
        # A place outside the region is told of (a donor may live there); what stands there, and
        # what stands nowhere, is put where the story has its first known place.
        anywhere = next((code for code in codes.values() if code), cast.ANYWHERE)
        for key, text in (*self.story.schools.items(), ("", "")):
            self._school(key, codes.get(text) or anywhere)
        for key in self.story.children:
            self._child(key)

    def _school(self, key: str, place: str) -> None:
        new = NewSchool(name=f"{key or 'any'} 学校", region_code=place)
        ref = organisations.enter(self.session, cast.ENTERER, new, now=clock.now())
        self.schools[key] = ref
        self.officers[ref] = stories.officer_of(self.session, cast.ENTERER, ref)

    def _child(self, key: str) -> None:
        row = self.story.children[key]
        self.pupils[key] = row.get("school") or ""
        officer = self.officers[self.schools[self.pupils[key]]]
        new = NewChild(
            name=f"孩子{key}"[:20],
            sex=Sex.MALE if row.get("sex") == Sex.MALE.value else Sex.FEMALE,
            region_code=officer.regions[0],
            stage=Stage.JUNIOR,
            birth_on=clock.now().date() - timedelta(days=AGE_DAYS),
            school_ref=self.schools[self.pupils[key]],
            grade=7,
            class_name="1班",
            kin=(NewKin("家长", "奶奶", "13900000000"),),
            needs=(NewNeed(NeedKind.FINANCIAL, _LARGE_NEED),),
        )
        ref = children.enter(self.session, cast.ENTERER, new, now=clock.now())
        purposes = (Purpose.CASE_FILE, Purpose.SPONSORSHIP)
        children.record_consent(
            self.session,
            cast.ENTERER,
            ref,
            purposes=purposes,
            given_on=clock.now().date(),
            now=clock.now(),
        )
        children.verify(self.session, cast.VISITOR, ref, child_agrees=True, now=clock.now())
        self.children[key] = ref

    # Money

    def pledge(self, child: str, terms: Terms, donor: str) -> Running:
        """Let a donor offer a pledge in the ordinary form; an older sum is kept as it was agreed."""
        least, most = amounts.bounds()
        asked = PledgeTerms(
            instalment_fen=Fen(min(max(terms.instalment, least), most)),
            rhythm=terms.rhythm,
            not_relative=True,
        )
        contact = f"1390001{self.story.donors.index(donor):04d}"
        made = pledges.offer(self.session, asked, contact, now=clock.now())
        code = agreements.settle_terms(self.session, cast.ENTERER, made.ref, terms, now=clock.now())
        day = _day()
        pledge = Running(child, donor, made.ref, made.reference, code, terms, starts_on=day)
        self.running.append(pledge)
        return pledge

    def receive(self, came: Sequence[tuple[Running, Fen]]) -> None:
        """Book money under its pledge's reference; the first confirms it, and it is paired."""
        lines = [BankLine(pledge.reference, amount, _day()) for pledge, amount in came]
        receipts.record_all(self.session, cast.COLLECTING, lines, now=clock.now())
        for pledge, _ in came:
            if pledge.match_ref is None:
                pledge.match_ref = agreements.pair(
                    self.session,
                    cast.ENTERER,
                    cast.APPROVER,
                    pledge_ref=pledge.ref,
                    child_ref=self.children[pledge.child],
                    now=clock.now(),
                )

    def end(self, pledge: Running, why: str) -> None:
        """End a pledge today; a due day of today is not covered any more."""
        agreements.end_pledge(self.session, cast.APPROVER, pledge.ref, why=why, now=clock.now())
        pledge.ends_on = _day()

    def _due_day(self, day: date) -> None:
        self._on(day, lambda: self._receive_all(day))
        with clock.moved_to(at(day)):
            self.session.rollback()
            Run(self.session, "stipends", period=day).execute(open_and_fund)
        self._on(day, self._pay_out)

    def _receive_all(self, day: date) -> None:
        due = [pledge for pledge in self.running if pledge.is_due(day)]
        self.receive([(pledge, pledge.terms.instalment) for pledge in due])

    def _pay_out(self) -> None:
        """Send every batch; its school hands over and says so, each family says that it came."""
        now = clock.now()
        cards = batches.to_send(self.session, cast.PAYING)
        batches.send_all(self.session, cast.PAYING, [card["ref"] for card in cards], now=now)
        words = [Word(self.officers[card["hand"]["ref"]], card["ref"]) for card in cards]
        handovers.confirm_each(self.session, words, now=now)
        refs = [word.batch_ref for word in words]
        families = stories.families_of(self.session, cast.ENTERER, refs)
        answers.answer_all(self.session, families, Reply(Answer.RECEIVED), now=now)

    # Events

    def _pledged(self, event: Event) -> None:
        terms = Terms(amount_of(event), Rhythm(event.row["every"]))
        self.pledge(event.row["child"], terms, self._donor(event))

    def _donor(self, event: Event) -> str:
        named = event.row.get("donor")
        return named if isinstance(named, str) else self.story.donors[0]

    def _ended(self, event: Event) -> None:
        """End what runs for the child; of one donor alone when the event names him."""
        donor = event.row.get("donor")
        for pledge in self.running:
            is_his = donor is None or donor == pledge.donor
            if pledge.child == event.row["child"] and pledge.ends_on is None and is_his:
                self.end(pledge, why_of(event) or "ended")

    def _given(self, event: Event) -> None:
        """Give a gift under its donor's pledge for the child, or under one for this gift alone."""
        child, amount, named = event.row["child"], amount_of(event), event.row.get("donor")
        own = [one for one in self.running if one.child == child and named in (None, one.donor)]
        live = [pledge for pledge in own if pledge.ends_on is None]
        under = next((p for p in (*live, *own) if p.ends_on is None or p.match_ref), None)
        pledge = under or self.pledge(child, Terms(amount, Rhythm.YEAR), self._donor(event))
        self.receive([(pledge, amount)])
        if under is None:
            self.end(pledge, "a gift alone")
        now = clock.now()
        ref = gifts.promise(
            self.session,
            cast.ENTERER,
            pledge.match_ref or "",
            amount,
            why_of(event) or "gift",
            now=now,
        )
        gifts.fund(self.session, viewers.engine("stipends"), ref, now=now)
        gifts.send(self.session, cast.PAYING, ref, now=now)
        gifts.hand_over(self.session, self.officers[self.schools[self.pupils[child]]], ref, now=now)
        gifts.confirm(self.session, cast.VISITOR, ref, now=now)

    def _moved_school(self, event: Event) -> None:
        key, to = event.row["child"], event.row["to"]
        children.change_school(
            self.session,
            cast.ENTERER,
            self.children[key],
            school_ref=self.schools[to],
            grade=10,
            class_name="1班",
            stage=Stage.SENIOR,
            now=clock.now(),
        )
        self.pupils[key] = to

    def _met(self, event: Event) -> None:
        """Let both know each other, if both wanted it; what the story says of it is kept as well."""
        meeting.conclude(self, event)
        self._told(event)

    def _wrote(self, event: Event) -> None:
        """Send a letter through the desk; that the story tells of it is kept as well."""
        posting.write(self, event)
        self._told(event)

    def _told(self, event: Event) -> None:
        child = event.row.get("child")
        subject = f"child:{self.children[child]}" if child in self.children else "story"
        stories.tell(
            self.session,
            viewers.engine("story"),
            event.do,
            subject,
            why=why_of(event),
            now=clock.now(),
        )


_ACTS: Mapping[str, Callable[[Player, Event], None]] = {
    "pledge": Player._pledged,  # noqa: SLF001 its own table
    "end_pledge": Player._ended,  # noqa: SLF001 as above
    "gift": Player._given,  # noqa: SLF001 as above
    "school_transfer": Player._moved_school,  # noqa: SLF001 as above
    "donor_moves": Player._told,  # noqa: SLF001 as above
    "milestone": Player._told,  # noqa: SLF001 as above
    "reveal": Player._met,  # noqa: SLF001 as above
    "letter": Player._wrote,  # noqa: SLF001 as above
}


@contextmanager
def _refused_at(where: str) -> Iterator[None]:
    """Say where in the story the services refused what it tells."""
    try:
        yield
    except Refused as error:
        raise BadStory.at(where, f"the services refuse it: {error}") from error


def _day() -> date:
    return today(clock.now())


def _merged(*parts: meeting.Days) -> meeting.Days:
    """Put what several subjects do on a day one after the other."""
    days = sorted({day for part in parts for day in part})
    return {day: [one for part in parts for one in part.get(day, ())] for day in days}


def _days(first: date, last: date, events: set[date]) -> Iterator[date]:
    """Yield, in order, every day on which something may happen."""
    due = {day for scheme in STANDARD.values() for day in due_days(scheme, start=first, until=last)}
    yield from sorted(due | events)
