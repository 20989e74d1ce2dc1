"""互相认识 in the twin worlds: the secret donor asks and is declined, another pair agrees."""

from cli.twins.story import SECRET, Story
from privacy.naming import NAME_LENGTH, is_fit
from services.children import consents
from services.donors import donors
from services.reveals import reveal_checks, reveals
from services.reveals.reveals import Shares, Words
from services.stories import stories
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import ChildWord, Purpose

BOTH = Shares(name=True, place=True)
OTHERWISE = "北方的雪"


def donor_asks(story: Story, name: str) -> None:
    """Let a donor ask to know the child he supports."""
    own, now = _words(story, name), clock.now()
    reveals.ask(story.session, story.donor(name), own, ref=match_of(story, name), now=now)


def donor_takes_back(story: Story, name: str) -> None:
    """Let a donor take his asking back."""
    me, ref = story.donor(name), match_of(story, name)
    reveals.take_back(story.session, me, ref=ref, now=clock.now())


def donor_says_yes(story: Story, name: str) -> None:
    """Let a donor agree to what a family asked."""
    own, now = _words(story, name), clock.now()
    reveals.answer(story.session, story.donor(name), own, ref=match_of(story, name), now=now)


def family_asks(story: Story, name: str) -> None:
    """Let the family that a donor supports ask to know him, behind its slip."""
    slip = stories.family_of(story.session, story.who("worker"), match_of(story, name))
    if slip is not None:
        reveals.ask(story.session, slip, BOTH, now=clock.now())


def family_says_no(story: Story, name: str) -> None:
    """Let the guardian decline behind her own link."""
    ref, by = story.offered[name].ref, story.who("worker")
    guardian = stories.guardian_of(story.session, by, ref, now=clock.now())
    reveals.answer(story.session, guardian, None, now=clock.now())


def staff_check(story: Story) -> None:
    """Record the guardians' consent and let two of the staff agree to every pair that waits."""
    first, second, now = story.who("worker"), story.who("verifier"), clock.now()
    for card in reveal_checks.waiting(story.session, first, now=now):
        child, purposes = card["child"]["ref"], (Purpose.REVEAL,)
        consents.record(
            story.session, first, child, purposes=purposes, given_on=today(now), now=now
        )
        word = ChildWord.WILLING if card["asks_child"] else ChildWord.TOO_YOUNG
        reveal_checks.confirm(story.session, first, card["ref"], word=word, now=now)
        reveal_checks.confirm(story.session, second, card["ref"], word=None, now=now)


def links(story: Story) -> dict[str, list[str]]:
    """Return the paths of the guardians: who said no to the secret donor, is asked, agreed."""
    by, found = story.who("worker"), {}
    for observer, name in (("guardian", SECRET), ("asked_guardian", "third"), ("knowing", "first")):
        ref = story.offered[name].ref
        token = stories.guardians_token(story.session, by, ref, now=clock.now())
        found[observer] = [f"/k/{token}"]
    story.session.commit()
    return found


def _words(story: Story, name: str) -> Words:
    own = story.payers.get(name, "").partition(" ")[0] if name == SECRET else OTHERWISE
    return Words(own if is_fit(own, NAME_LENGTH) else OTHERWISE)


def match_of(story: Story, name: str) -> str:
    """Return the donor's ref of the first child whom he supports."""
    home = donors.home(story.session, story.donor(name), now=clock.now())
    found: str = next(one.ref for card in home.pledges for one in card["supports"])
    story.matched[name] = found
    return found
