"""How two people of a story come to know each other, or do not: over the weeks it really takes.

The day that the story names is the day on which the answer is carried out. Who asked did so three
weeks earlier; where nothing was there to ask about yet, the weeks follow that day instead.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

from cli.replay import cast
from cli.replay.player import Meeting, Player, Running
from cli.replay.reading import Event
from privacy import viewers
from privacy.naming import NAME_LENGTH, is_fit
from privacy.viewers import Viewer
from services.children import children
from services.reveals import reveal_checks, reveal_release, reveals
from services.reveals.reveals import Shares, Words
from services.stories import stories
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import ChildWord, Purpose

BOTH = Shares(name=True, place=True)
ANYBODY = "爱心人士"
WEEKS = timedelta(days=21)

Step = Callable[[Player, Event], None]
Days = Mapping[date, list[tuple[Event, Step]]]


def days_of(events: Iterable[Event], *, until: date) -> Mapping[date, list[tuple[Event, Step]]]:
    """Return what happens on which day before and after the days that the story names."""
    found: dict[date, list[tuple[Event, Step]]] = {}
    for event in events:
        if event.do == "reveal":
            for start in (event.on - WEEKS, event.on):
                for days, step in _STEPS:
                    is_late = start == event.on
                    day = start + timedelta(days=days)
                    if day <= until and day != event.on:
                        act = _late(step) if is_late else step
                        found.setdefault(day, []).append((event, act))
    return found


def conclude(player: Player, event: Event) -> None:
    """Let the staff's second look carry out what was agreed; or begin today what never began."""
    if event.index in player.meetings:
        _check(player, event)
    else:
        _ask(player, event)


def _late(step: Step) -> Step:
    """Take a step after the named day only if the asking began on that day."""

    def maybe(player: Player, event: Event) -> None:
        begun = player.meetings.get(event.index)
        if begun is not None and event.index in player.begun_late:
            step(player, event)

    return maybe


def _ask(player: Player, event: Event) -> None:
    pledge = _pledge(player, event)
    if pledge is None:
        return
    slip = stories.family_of(player.session, cast.ENTERER, pledge.match_ref or "")
    if slip is None:
        return
    donor = stories.donor_of(player.session, viewers.engine("story"), pledge.ref)
    by_donor = str(event.row.get("asked_by")) in {"donor", *player.story.donors}
    said = event.row.get("child_answers" if by_donor else "donor_answers")
    agrees = {"agree": True, "decline": False}.get(str(said))
    if clock.now().date() >= event.on:
        player.begun_late.add(event.index)
    met = player.meetings[event.index] = Meeting(pledge, donor, slip, by_donor, agrees)
    own, viewer, ref = _asking(player, met)
    reveals.ask(player.session, viewer, own, ref=ref, now=clock.now())


def _pledge(player: Player, event: Event) -> Running | None:
    """Return the pledge the child's letters come from: one that runs, else the last that ran."""
    named = event.row.get("donor")
    own = [
        one
        for one in player.running
        if one.child == event.row["child"] and one.match_ref and named in (None, one.donor)
    ]
    live = [one for one in own if one.ends_on is None]
    return next(iter((*live, *reversed(own))), None)


def _release(player: Player, _event: Event) -> None:
    reveal_release.release(player.session, viewers.engine("reveals"), now=clock.now())


def _answer(player: Player, event: Event) -> None:
    """Let the other side say what the story tells; it is not asked twice."""
    met = player.meetings.get(event.index)
    if met is None or met.agrees is None:
        return
    viewer, own, ref = _answering(player, met)
    asked = reveals.page(player.session, viewer, ref=ref)["question"]
    if asked is not None:
        said = own if met.agrees else None
        reveals.answer(player.session, viewer, said, ref=ref, now=clock.now())


def _check(player: Player, event: Event) -> None:
    """Let the guardian consent, the child be asked, and two of the staff agree."""
    met = player.meetings[event.index]
    child = player.children[met.pledge.child]
    waiting = reveal_checks.waiting(player.session, cast.VISITOR, now=clock.now())
    card = next((one for one in waiting if one["child"]["ref"] == child), None)
    if card is None:
        return
    day, purposes = today(clock.now()), (Purpose.REVEAL,)
    children.record_consent(
        player.session, cast.ENTERER, child, purposes=purposes, given_on=day, now=clock.now()
    )
    for who, word in ((cast.VISITOR, ChildWord.WILLING), (cast.SECOND_LOOK, None)):
        reveal_checks.confirm(player.session, who, card["ref"], word=word, now=clock.now())


def _asking(player: Player, met: Meeting) -> tuple[Words | Shares, Viewer, str | None]:
    if met.by_donor:
        return _words(player), met.donor, _donors_ref(player, met)
    return BOTH, met.slip, None


def _answering(player: Player, met: Meeting) -> tuple[Viewer, Words | Shares, str | None]:
    if met.by_donor:
        guardian = stories.guardian_of(
            player.session, cast.ENTERER, met.pledge.ref, now=clock.now()
        )
        return guardian, BOTH, None
    return met.donor, _words(player), _donors_ref(player, met)


def _words(player: Player) -> Words:
    alias = player.story.alias
    return Words(alias if is_fit(alias, NAME_LENGTH) else ANYBODY)


def _donors_ref(player: Player, met: Meeting) -> str:
    return stories.donors_match(player.session, viewers.engine("story"), met.pledge.match_ref or "")


# So many days after the asking; the last falls on the day that the story names.
_STEPS: tuple[tuple[int, Step], ...] = (
    (0, _ask),
    (8, _release),
    (14, _answer),
    (20, _release),
    (21, _check),
)
