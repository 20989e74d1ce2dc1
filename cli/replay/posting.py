"""Letters of a story: written on the day that it names, looked at the day after, sent on the Monday."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

from cli.replay import cast
from cli.replay.player import Player, Running
from cli.replay.reading import Event
from privacy import viewers
from privacy.viewers import Viewer
from services.children import children
from services.letters import letter_desk, letter_post, letters
from services.letters.letters import Bar, Draft
from services.stories import stories
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import LetterReturn, LetterStatus, LetterVoice, Purpose
from vocabulary.errors import BadInput, Refused
from vocabulary.letters import LONGEST

Step = Callable[[Player, Event], None]
_NEXT_DAY = timedelta(days=1)


def days_of(events: Iterable[Event], *, until: date) -> Mapping[date, list[tuple[Event, Step]]]:
    """Return what happens to the story's letters on which day after they were written."""
    found: dict[date, list[tuple[Event, Step]]] = {}
    for event in events:
        if event.do == "letter":
            looked_at = event.on + _NEXT_DAY
            for day, step in ((looked_at, _look), (letter_post.next_batch(looked_at), _deliver)):
                if day <= until:
                    found.setdefault(day, []).append((event, step))
    return found


def write(player: Player, event: Event) -> None:
    """Let the child, or the donor, write what the story tells; what cannot be sent stays told only."""
    text = str(event.row.get("text") or "").strip()[:LONGEST]
    pledge = _pledge(player, event)
    slip = _slip(player, pledge)
    if not text or pledge is None or slip is None:
        return
    try:
        with player.session.begin_nested():
            _send(player, event, pledge, slip, text)
    except Refused:
        return


def _send(player: Player, event: Event, pledge: Running, slip: Viewer, text: str) -> None:
    session, now = player.session, clock.now()
    if letters.page(session, slip, now=now)["bar"] is Bar.CONSENT:
        ref, purposes = player.children[pledge.child], (Purpose.LETTERS,)
        day = today(now)
        children.record_consent(
            session, cast.ENTERER, ref, purposes=purposes, given_on=day, now=now
        )
    if event.row.get("from") in player.children:
        letters.write(session, slip, Draft(text, LetterVoice.CHILD), now=now)
        return
    engine = viewers.engine("story")
    donor, ref = stories.donor_across(session, engine, pledge.match_ref or "")
    letters.write(session, donor, Draft(text), now=now, ref=ref)


def _pledge(player: Player, event: Event) -> Running | None:
    """Return the pledge between the two: one that runs, else the last that ran."""
    named = {event.row.get(key) for key in ("from", "to", "child", "donor")}
    own = [one for one in player.running if one.child in named and one.match_ref]
    of_donor = [one for one in own if one.donor in named] or own
    live = [one for one in of_donor if one.ends_on is None]
    return next(iter((*live, *reversed(of_donor))), None)


def _slip(player: Player, pledge: Running | None) -> Viewer | None:
    if pledge is None:
        return None
    return stories.family_of(player.session, cast.ENTERER, pledge.match_ref or "")


def _look(player: Player, _event: Event) -> None:
    """Let a person see to what worries, and release or return each letter."""
    session, now = player.session, clock.now()
    for card in letter_desk.waiting(session, cast.APPROVER, now=now):
        if card["status"] is LetterStatus.SUBMITTED:
            letter_desk.clear(session, cast.APPROVER, card["ref"], now=now)
        if card["status"] is not LetterStatus.RELEASED:
            _release(player, card["ref"])


def _release(player: Player, ref: str) -> None:
    session, now = player.session, clock.now()
    text = letter_desk.detail(session, cast.APPROVER, ref, now=now)["proposed"]
    try:
        letter_desk.release(session, cast.APPROVER, ref, text, now=now, seen=text)
    except BadInput:
        reason = LetterReturn.TELLS_WHO
        letter_desk.send_back(session, cast.APPROVER, ref, reason=reason, now=now)


def _deliver(player: Player, _event: Event) -> None:
    now = clock.now()
    letter_post.deliver(player.session, viewers.engine("letters"), period=today(now), now=now)
