"""Who is there before a story begins: its schools with their officers, its children with their consents."""

from datetime import timedelta

from cli.replay import cast
from cli.replay.player import Player
from services import organisations
from services.children import children
from services.children.children import NewChild, NewKin, NewNeed
from services.organisations import NewSchool
from services.stories import stories
from vocabulary import clock
from vocabulary.enums import NeedKind, Purpose, Sex, Stage
from vocabulary.money import Fen

AGE_DAYS = 13 * 365
_LARGE_NEED = Fen(100_000_00)


def prepare(player: Player) -> None:
    """Enter every school and child of the story."""
    codes = {
        text: stories.find_place(player.session, cast.ENTERER, text)
        for text in player.story.places.values()
    }
    # A place outside the region is told of (a donor may live there); what stands there, and
    # what stands nowhere, is put where the story has its first known place.
    anywhere = next((code for code in codes.values() if code), cast.ANYWHERE)
    for key, text in (*player.story.schools.items(), ("", "")):
        _school(player, key, codes.get(text) or anywhere)
    for key in player.story.children:
        _child(player, key)


def _school(player: Player, key: str, place: str) -> None:
    new = NewSchool(name=f"{key or 'any'} 学校", region_code=place)
    ref = organisations.enter(player.session, cast.ENTERER, new, now=clock.now())
    player.schools[key] = ref
    player.officers[ref] = stories.officer_of(player.session, cast.ENTERER, ref)


def _child(player: Player, key: str) -> None:
    row = player.story.children[key]
    player.pupils[key] = row.get("school") or ""
    officer = player.officers[player.schools[player.pupils[key]]]
    new = NewChild(
        name=f"孩子{key}"[:20],
        sex=Sex.MALE if row.get("sex") == Sex.MALE.value else Sex.FEMALE,
        region_code=officer.regions[0],
        stage=Stage.JUNIOR,
        birth_on=clock.now().date() - timedelta(days=AGE_DAYS),
        school_ref=player.schools[player.pupils[key]],
        grade=7,
        class_name="1班",
        kin=(NewKin("家长", "奶奶", "13900000000"),),
        needs=(NewNeed(NeedKind.FINANCIAL, _LARGE_NEED),),
    )
    ref = children.enter(player.session, cast.ENTERER, new, now=clock.now())
    purposes = (Purpose.CASE_FILE, Purpose.SPONSORSHIP)
    children.record_consent(
        player.session,
        cast.ENTERER,
        ref,
        purposes=purposes,
        given_on=clock.now().date(),
        now=clock.now(),
    )
    children.verify(player.session, cast.VISITOR, ref, child_agrees=True, now=clock.now())
    player.children[key] = ref
