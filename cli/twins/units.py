"""The work units of the twin worlds: one collects from colleagues, another hands over."""

from cli.twins import cast
from cli.twins.story import Story
from services.handover.hand_lists import list_for
from services.routes import deciding
from services.routes.deciding import Way
from services.work_units import collecting, joining, stepping_aside
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import Route, RouteReason

CHILD = "包晓军"
COLLEAGUES = ("first", "secret")


def begin_to_collect(story: Story) -> None:
    """Let the clerk begin, and two colleagues, the secret donor one of them, type the unit's code."""
    now = clock.now()
    code = collecting.begin(story.session, story.who("clerk"), now=now)
    for name in COLLEAGUES:
        ref = story.offered[name].ref
        joining.join(story.session, story.donor(name), ref, code, now=now)


def hand_over(story: Story) -> None:
    """Let the handing unit's clerk say that none of its own staff is concerned, then hand over."""
    by, now = story.who("porter"), clock.now()
    for batch in list_for(story.session, by, now=now):
        if any(line["is_open"] for line in batch["lines"]):
            stepping_aside.say(story.session, by, batch["ref"], own_staff=(), now=now)
    story.hand_over("porter")


def bring_by_unit(story: Story) -> None:
    """Let the other unit bring one child its money from now on."""
    by, now, unit = story.who("worker"), clock.now(), story.schools[cast.HANDS]
    why, note = RouteReason.OTHER, "住得远，供电所下乡时送到家。"
    way = Way(Route.WORK_UNIT, why, today(now), unit, note, is_recused=True)
    deciding.decide(story.session, by, story.children[CHILD], way, now=now)
