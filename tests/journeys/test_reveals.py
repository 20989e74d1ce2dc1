"""The story's yes of 2021 and its no of 2024, through the services: who then sees what."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cli.replay import cast, meeting
from cli.replay.player import Player
from cli.replay.playing import play
from cli.replay.reading import Story, read
from models.children import Child
from models.notices import Notice
from models.reveals import Reveal
from models.trace import OrdinaryEntry
from privacy import viewers
from privacy.viewers import Viewer
from services import gate
from services.reveals import reveal_checks, reveal_links, reveal_release, reveals
from services.stories import stories
from vocabulary import clock
from vocabulary.enums import NoticeKind, RecipientKind, RevealSide, RevealStatus

STORY = Path("data/scenarios/nine-years.json")
YES, NO = date(2021, 8, 15), date(2024, 6, 1)


class Watched(Player):
    """Plays on, and looks around after a day's acts."""

    def __init__(self, session: Session, story: Story, looks: dict[date, Callable]) -> None:
        super().__init__(session, story)
        self.looks = looks
        self.seen: dict[date, Any] = {}

    def on(self, day: date, act: Callable[[], None]) -> None:
        before = [one for one in self.looks if one < day and one not in self.seen]
        for one in before:
            self.seen[one] = self.looks[one](self)
        super().on(day, act)


def of_donor(player: Player, key: str) -> list[dict]:
    """What the donor's page tells him of each pledge that runs for a child."""
    found = []
    for pledge in player.running:
        if pledge.child == key and pledge.match_ref:
            donor = stories.donor_of(player.session, viewers.engine(), pledge.ref)
            ref = stories.donors_match(player.session, viewers.engine(), pledge.match_ref)
            found.append(dict(reveals.page(player.session, donor, ref=ref)))
    return found


def of_family(player: Player, key: str) -> dict:
    """What the family reads behind its newest slip."""
    pledge = next(one for one in player.running if one.child == key and one.match_ref)
    slip = stories.family_of(player.session, cast.ENTERER, pledge.match_ref)
    return dict(reveals.page(player.session, slip))


def of_guardian(player: Player, key: str) -> dict:
    """What the guardian's own link shows: of a family that asked, after the yes."""
    reveal = player.session.scalars(
        select(Reveal).join(Child, Child.id == Reveal.child_id)
        .where(Child.ref == player.children[key], Reveal.asker == RevealSide.FAMILY)
    ).one()  # fmt: skip
    subject, now = f"reveal:{reveal.ref}", clock.now()
    token = reveal_links.make(player.session, viewers.engine(), subject, now=now)
    return dict(
        reveals.page(player.session, reveal_links.open_reveal(player.session, token, now=now))
    )


def names_seen_by(player: Player, viewer: Viewer) -> set[str]:
    return {
        card["name"]
        for card in gate.cards(player.session, viewer, Child, fields=("name",))
        if card.has("name")
    }


def look(player: Player) -> dict[str, Any]:
    donor = stories.donor_of(player.session, viewers.engine(), player.running[0].ref)
    return {
        "donor": {key: of_donor(player, key) for key in "ABCDE"},
        "family": {
            key: of_family(player, key)
            for key in "ABCDE"
            if any(one.child == key and one.match_ref for one in player.running)
        },
        "names": names_seen_by(player, donor),
        "notices": {
            (kind, to): len(
                player.session.scalars(
                    select(Notice.id).where(Notice.kind == kind, Notice.recipient_kind == to)
                ).all()
            )
            for kind in (NoticeKind.REVEAL_ASKED, NoticeKind.REVEAL_SHOWN)
            for to in (RecipientKind.DONOR, RecipientKind.FAMILY)
        },
        "statuses": set(player.session.scalars(select(Reveal.status))),
        "to_check": len(reveal_checks.waiting(player.session, cast.VISITOR, now=clock.now())),
    }


@pytest.fixture(scope="module")
def told() -> Story:
    return read(STORY.read_bytes())


@pytest.mark.slow
def test_the_yes_of_2021_and_the_no_of_2024(app: Flask, session: Session, told: Story) -> None:
    days = (YES - timedelta(days=1), YES, NO - timedelta(days=1), NO)
    player = Watched(session, told, dict.fromkeys(days, look))
    play(player)
    before, yes, asked, no = (player.seen[day] for day in days)

    # Before the day nothing is known, though the donor has said yes and the staff were told.
    assert before["names"] == set()
    assert before["statuses"] == {RevealStatus.CHECKING}
    assert [page["known"] for page in before["donor"]["A"]] == [None]
    # From then on A and the donor know each other's name.
    assert yes["names"] == {"孩子A"}
    assert [dict(page["known"])["name"] for page in yes["donor"]["A"]] == ["孩子A"]
    assert dict(of_guardian(player, "A")["known"])["name"] == told.alias == "爱心人士"
    assert yes["notices"][NoticeKind.REVEAL_SHOWN, RecipientKind.FAMILY] == 1
    assert yes["notices"][NoticeKind.REVEAL_SHOWN, RecipientKind.DONOR] == 1
    # Nobody else does: not on another child's page, nor behind a slip that a school may hold.
    assert all(page["known"] is None for key in "BCDE" for page in yes["donor"][key])
    assert all(page["known"] is None for page in yes["family"].values())
    assert yes["to_check"] == 0
    # The no of 2024: the guardian's page is what it was when she asked, and E's name stays hers.
    assert no["family"]["E"] == asked["family"]["E"]
    assert no["family"]["E"]["asked"] is True
    assert of_guardian(player, "E") == no["family"]["E"] | {"is_private": True}
    assert no["names"] == {"孩子A"}
    assert no["statuses"] == {RevealStatus.SHOWN, RevealStatus.DECLINED}
    assert no["notices"] == asked["notices"]
    _asks_once_more(player)


def _asks_once_more(player: Watched) -> None:
    """A second asking is answered in the same words, and the donor hears of it no second time."""
    pledge = next(one for one in player.running if one.child == "E")
    before, count = of_family(player, "E"), look(player)["notices"]
    slip = stories.family_of(player.session, cast.ENTERER, pledge.match_ref)

    reveals.ask(player.session, slip, meeting.BOTH, now=clock.now())
    reveal_release.release(
        player.session, viewers.engine("reveals"), now=clock.now() + timedelta(days=30)
    )

    assert of_family(player, "E") == before
    assert look(player)["notices"] == count


@pytest.mark.slow
@pytest.mark.parametrize("asked_by", ["A", "donor"])
def test_a_story_whose_pledge_is_too_young_takes_its_weeks_after_the_day(
    app: Flask, session: Session, asked_by: str
) -> None:
    said = {"donor_answers": "agree"} if asked_by == "A" else {"child_answers": "agree"}
    row = {"do": "reveal", "on": "2024-03-02", "child": "A", "asked_by": asked_by, **said}
    story = {
        "now": "2024-04-30",
        "places": {"p": "150723 吉文镇"},
        "schools": [{"key": "s", "place": "p"}],
        "children": [{"key": "A", "school": "s"}],
        "events": [
            {
                "on": "2024-02-25",
                "do": "pledge",
                "child": "A",
                "every": "month",
                "amount_fen": 10_000,
            },
            row,
        ],
    }
    day = date(2024, 3, 3)
    player = Watched(session, read(json.dumps(story).encode()), {day: look})
    play(player)

    assert player.seen[day]["names"] == set()
    donor = stories.donor_of(session, viewers.engine(), player.running[0].ref)
    assert names_seen_by(player, donor) == {"孩子A"}


@pytest.mark.slow
def test_a_story_that_reveals_a_child_nobody_gives_to_is_told_and_no_more(
    app: Flask, session: Session
) -> None:
    story = {
        "now": "2024-04-30",
        "children": [{"key": "A"}],
        "events": [{"do": "reveal", "on": "2024-03-02", "child": "A", "donor_answers": "agree"}],
    }
    play(Player(session, read(json.dumps(story).encode())))

    assert session.scalars(select(Reveal)).all() == []
    assert (
        session.scalars(select(OrdinaryEntry).where(OrdinaryEntry.act == "reveal.ask")).all() == []
    )
