"""What the twins' donors decide about themselves: how they are called, to be forgotten; a death."""

from dataclasses import replace

from cli.twins.story import Story
from services.donors import naming
from services.donors.naming import Called
from services.vault import deaths, forgetting_donors
from vocabulary import clock
from vocabulary.enums import Naming


def alias(story: Story, name: str, words: str) -> None:
    """Let a donor be called by an alias."""
    _choose(story, name, Called(Naming.ALIAS, alias=words))


def leave_name(story: Story, name: str, words: str) -> None:
    """Let a donor leave his name."""
    _choose(story, name, Called(Naming.NAMED, name=words))


def hide(story: Story, name: str) -> None:
    """Let a donor be 爱心人士 again."""
    _choose(story, name, Called())


def _choose(story: Story, name: str, called: Called) -> None:
    me, ref = story.donor(name), story.offered[name].ref
    naming.choose(story.session, me, ref, called, now=clock.now())


def forget(story: Story, name: str) -> None:
    """Let a donor be forgotten."""
    story.gone.add(name)
    forgetting_donors.forget(story.session, story.donor(name), now=clock.now())


def die(story: Story, name: str) -> None:
    """Let two custodians enter that a donor has died."""
    story.gone.add(name)
    by, told = story.who("custodian"), story.offered[name].reference
    ref = deaths.note(story.session, by, told, why="家人来电", now=clock.now())
    deaths.agree(story.session, replace(by, actor="account:second"), ref, now=clock.now())
