"""Photographs in the twin worlds: one colour each, another for whoever it is of."""

import zlib
from contextlib import suppress

from flask import current_app

from cli.twins import post
from cli.twins.cast import Oneself
from cli.twins.meeting import match_of
from cli.twins.story import SECRET, Story
from gateways.uploads import LocalFiles
from privacy.viewers import Viewer
from services import uploads
from services.handover.hand_lists import list_for
from services.letters import letters
from services.letters.letters import Draft
from vocabulary import clock
from vocabulary.enums import LetterVoice
from vocabulary.errors import BadInput

SIDE = 64


def picture(of: str) -> bytes:
    """Return a PNG that is the same for the same words, and another for others."""
    colour = zlib.crc32(of.encode()).to_bytes(4, "big")[:3]
    row = b"\0" + colour * SIDE
    head = SIDE.to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    parts = (b"IHDR", head), (b"IDAT", zlib.compress(row * SIDE)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(kind, body) for kind, body in parts)


def child_sends_paper(story: Story, name: str) -> None:
    """Let the child whom a donor supports send a photograph of its letter, and type who it is."""
    slip = post.signed_slip(story, name)
    if slip is None:
        return
    who = _who_is(story, slip)
    at = f"我家住{who.address}。" if who.address else ""
    said = f"我叫{who.name}，奶奶{who.guardian}的电话是{who.phone}。{at}{post.THANKS}"
    draft = Draft(said, LetterVoice.CHILD, photo=picture(f"{who.name}的信"))
    letters.write(story.session, slip, draft, now=clock.now(), files=_files())


def donor_tries_a_picture(story: Story, name: str) -> None:
    """Let a donor send a photograph of his own hand: it is refused, and nothing of it is kept."""
    draft = Draft("见字如面。", photo=picture(story.payers.get(name, name)))
    me, ref = story.donor(name), match_of(story, name)
    with suppress(BadInput):
        letters.write(story.session, me, draft, now=clock.now(), files=_files(), ref=ref)


def officer_adds_slips(story: Story, login: str) -> None:
    """Let a school photograph the signed slips of what it said it had handed over."""
    by, now = story.who(login), clock.now()
    for batch in list_for(story.session, by, now=now):
        for line in batch["lines"]:
            if line["is_handed_over"]:
                photo = picture(f"{line['name']}的签名")
                uploads.add_photo(story.session, by, line["ref"], photo, files=_files(), now=now)


def send_all(story: Story) -> None:
    """Let the children of two donors send a letter on paper; one donor tries a picture himself."""
    child_sends_paper(story, SECRET)
    child_sends_paper(story, "first")
    donor_tries_a_picture(story, SECRET)


def _who_is(story: Story, family: Viewer) -> Oneself:
    ref = family.actor.partition(":")[2]
    pupil = next(one for one in story.pupils if story.children[one.name] == ref)
    return pupil.oneself or Oneself(pupil.name)


def _files() -> LocalFiles:
    return LocalFiles(current_app.config["SETTINGS"].uploads)


def _part(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
