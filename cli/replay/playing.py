"""Plays a story through the real services, day by day, on a moved clock."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial

from cli.replay import cast, meeting, paying, posting
from cli.replay.player import Player
from cli.replay.preparing import prepare
from cli.replay.reading import BadStory, Event, amount_of, why_of
from privacy import viewers
from services.children import children
from services.stipends import gifts
from services.stories import stories
from services.stories.agreements import Terms
from vocabulary import clock
from vocabulary.enums import Rhythm, Stage
from vocabulary.errors import Refused
from vocabulary.schedule import STANDARD, due_days

PREPARATION = timedelta(days=40)


def play(player: Player) -> None:
    """Play everything up to and with the story's `now`."""
    story = player.story
    events = [event for event in story.events if event.on <= story.now]
    if not events:
        return
    player.on(events[0].on - PREPARATION, lambda: prepare(player))
    steps = _merged(
        meeting.days_of(events, until=story.now), posting.days_of(events, until=story.now)
    )
    special = {event.on for event in events} | steps.keys()
    for day in _days(events[0].on, story.now, special):
        for event, step in steps.get(day, ()):
            player.on(day, partial(step, player, event))
        for event in (event for event in events if event.on == day):
            with _refused_at(f"events[{event.index}] (number {event.index + 1}, on {day})"):
                player.on(day, partial(_ACTS[event.do], player, event))
        if any(one.is_due(day) for one in player.running):
            with _refused_at(f"what is due on {day}"):
                paying.due_day(player, day)


def _pledged(player: Player, event: Event) -> None:
    terms = Terms(amount_of(event), Rhythm(event.row["every"]))
    paying.pledge(player, event.row["child"], terms, _donor(player, event))


def _donor(player: Player, event: Event) -> str:
    named = event.row.get("donor")
    return named if isinstance(named, str) else player.story.donors[0]


def _ended(player: Player, event: Event) -> None:
    """End what runs for the child; of one donor alone when the event names him."""
    donor = event.row.get("donor")
    for pledge in player.running:
        is_his = donor is None or donor == pledge.donor
        if pledge.child == event.row["child"] and pledge.ends_on is None and is_his:
            paying.end(player, pledge, why_of(event) or "ended")


def _given(player: Player, event: Event) -> None:
    """Give a gift under its donor's pledge for the child, or under one for this gift alone."""
    child, amount, named = event.row["child"], amount_of(event), event.row.get("donor")
    own = [one for one in player.running if one.child == child and named in (None, one.donor)]
    live = [pledge for pledge in own if pledge.ends_on is None]
    under = next((p for p in (*live, *own) if p.ends_on is None or p.match_ref), None)
    pledge = under or paying.pledge(
        player, child, Terms(amount, Rhythm.YEAR), _donor(player, event)
    )
    paying.receive(player, [(pledge, amount)])
    if under is None:
        paying.end(player, pledge, "a gift alone")
    now = clock.now()
    ref = gifts.promise(
        player.session,
        cast.ENTERER,
        pledge.match_ref or "",
        amount,
        why_of(event) or "gift",
        now=now,
    )
    gifts.fund(player.session, viewers.engine("stipends"), ref, now=now)
    gifts.send(player.session, cast.PAYING, ref, now=now)
    gifts.hand_over(
        player.session, player.officers[player.schools[player.pupils[child]]], ref, now=now
    )
    gifts.confirm(player.session, cast.VISITOR, ref, now=now)


def _moved_school(player: Player, event: Event) -> None:
    key, to = event.row["child"], event.row["to"]
    children.change_school(
        player.session,
        cast.ENTERER,
        player.children[key],
        school_ref=player.schools[to],
        grade=10,
        class_name="1班",
        stage=Stage.SENIOR,
        now=clock.now(),
    )
    player.pupils[key] = to


def _met(player: Player, event: Event) -> None:
    """Let both know each other, if both wanted it; what the story says of it is kept as well."""
    meeting.conclude(player, event)
    _told(player, event)


def _wrote(player: Player, event: Event) -> None:
    """Send a letter through the desk; that the story tells of it is kept as well."""
    posting.write(player, event)
    _told(player, event)


def _told(player: Player, event: Event) -> None:
    child = event.row.get("child")
    subject = f"child:{player.children[child]}" if child in player.children else "story"
    stories.tell(
        player.session,
        viewers.engine("story"),
        event.do,
        subject,
        why=why_of(event),
        now=clock.now(),
    )


_ACTS: Mapping[str, Callable[[Player, Event], None]] = {
    "pledge": _pledged,
    "end_pledge": _ended,
    "gift": _given,
    "school_transfer": _moved_school,
    "donor_moves": _told,
    "milestone": _told,
    "reveal": _met,
    "letter": _wrote,
}


@contextmanager
def _refused_at(where: str) -> Iterator[None]:
    """Say where in the story the services refused what it tells."""
    try:
        yield
    except Refused as error:
        raise BadStory.at(where, f"the services refuse it: {error}") from error


def _merged(*parts: meeting.Days) -> meeting.Days:
    """Put what several subjects do on a day one after the other."""
    days = sorted({day for part in parts for day in part})
    return {day: [one for part in parts for one in part.get(day, ())] for day in days}


def _days(first: date, last: date, events: set[date]) -> Iterator[date]:
    """Yield, in order, every day on which something may happen."""
    due = {day for scheme in STANDARD.values() for day in due_days(scheme, start=first, until=last)}
    yield from sorted(due | events)
