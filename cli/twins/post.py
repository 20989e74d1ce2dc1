"""Letters in the twin worlds: the secret donor writes who he is, and nobody may read it."""

from cli.twins.meeting import match_of
from cli.twins.story import SECRET, Story
from privacy.viewers import Viewer
from services.children import consents
from services.letters import letter_desk, letter_links, letters
from services.letters.letters import Draft
from services.stories import stories
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import LetterReturn, LetterStatus, LetterVoice, Purpose

THANKS = "谢谢您，我这次数学考了 92 分，家里都好。"
STRANGER = "有人说帮我的是北雁南，是不是您呀？"


def family_writes(story: Story, name: str, text: str = THANKS) -> None:
    """Let the family that a donor supports write behind its slip, its guardian's consent signed."""
    if slip := signed_slip(story, name):
        letters.write(story.session, slip, Draft(text, LetterVoice.CHILD), now=clock.now())


def donor_writes(story: Story, name: str) -> None:
    """Let a donor write a letter that says who he is, under which contact, where and at what."""
    own = f"{story.payers.get(name, '赵明月')} {story.contacts[name]}"
    text = f"收到你的信，我很高兴。我是{own}，好好吃饭。"
    me, ref = story.donor(name), match_of(story, name)
    signed_slip(story, name)
    letters.write(story.session, me, Draft(text), now=clock.now(), ref=ref)


def signed_slip(story: Story, name: str) -> Viewer | None:
    """Let the guardian agree to letters, and return the family behind its slip."""
    slip = _slip(story, name)
    if slip is not None:
        by, now, ref = story.who("worker"), clock.now(), slip.actor.partition(":")[2]
        purposes = (Purpose.LETTERS,)
        consents.record(story.session, by, ref, purposes=purposes, given_on=today(now), now=now)
    return slip


def look_at_all(story: Story) -> None:
    """Let the approver see to what worries, return the first such letter, release all others."""
    by, now = story.who("approver"), clock.now()
    for card in letter_desk.waiting(story.session, by, now=now):
        ref, status = card["ref"], card["status"]
        if status is LetterStatus.SUBMITTED:
            reason = LetterReturn.TALK_FIRST
            letter_desk.send_back(story.session, by, ref, reason=reason, now=now)
        elif status is LetterStatus.SCREENED:
            text = letter_desk.detail(story.session, by, ref, now=now)["proposed"]
            letter_desk.release(story.session, by, ref, text, now=now, seen=text)


def links(story: Story) -> dict[str, list[str]]:
    """Return the paths of two guardians who read letters: of his child, and of another's."""
    by, found = story.who("worker"), {}
    for observer, name in (("reader", SECRET), ("other_reader", "first")):
        slip = _slip(story, name)
        if slip is not None:
            subject = f"letters:{slip.actor.partition(':')[2]}"
            token = letter_links.make(story.session, by, subject, now=clock.now())
            found[observer] = [f"/p/{token}"]
    story.session.commit()
    return found


def _slip(story: Story, name: str) -> Viewer | None:
    ref = story.matched[name] if name in story.gone else match_of(story, name)
    return stories.family_of(story.session, story.who("worker"), ref)
