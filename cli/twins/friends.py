"""A volunteer in the twin worlds: cleared, introduced to one child by two people, and writing."""

from datetime import date, timedelta

from cli.twins.story import Story
from services.children import consents
from services.letters import letter_friends, letters
from services.letters.letters import Draft
from services.pairing import volunteers
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import Clearance, Purpose

CHILD = "王浩然"
HELLO = "你好，我也喜欢下雪天。你最近看了什么书？"


def introduce(story: Story) -> None:
    """Let the worker see her papers and ask, and the approver agree."""
    worker, now = story.who("worker"), clock.now()
    (mother,) = volunteers.listing(
        story.session, worker, code=worker.regions[0], now=now, limit=9, offset=0
    )
    for paper, on in _papers(today(now)).items():
        volunteers.record_paper(story.session, worker, mother["ref"], paper, on=on, now=now)
    child, purposes = story.children[CHILD], (Purpose.LETTERS,)
    consents.record(story.session, worker, child, purposes=purposes, given_on=today(now), now=now)
    letter_friends.begin(story.session, worker, child, mother["ref"], now=now)
    approver = story.who("approver")
    (asked,) = letter_friends.waiting(story.session, approver)
    letter_friends.agree(story.session, approver, asked["ref"], now=now)


def _papers(on: date) -> dict[Clearance, date]:
    return {
        Clearance.RECORD_CHECK: on,
        Clearance.TRAINING: on,
        Clearance.INSURANCE: on + timedelta(days=700),
    }


def she_writes(story: Story) -> None:
    """Let the volunteer write to her child, whom she knows by a code name."""
    me = story.who("mother")
    (friend,) = letter_friends.mine(story.session, me)
    letters.write(story.session, me, Draft(HELLO), now=clock.now(), ref=friend["friend_ref"])
