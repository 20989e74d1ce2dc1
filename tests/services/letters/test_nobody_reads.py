"""A donor who was forgotten or died reads no letter: none is marked as sent, the family is told kindly."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.notices import Notice
from services.donors import naming
from services.donors.naming import Called
from services.letters import letter_desk, letters
from services.letters.letters import Bar, Draft
from services.notices.drawing import draw
from services.vault import deaths, forgetting_donors, vault
from tests.factories import BANNER, an_account, viewer
from tests.services.letters.worlds import (
    CHILD,
    DESK,
    DIRECTOR,
    THANKS,
    WEDNESDAY,
    World,
    a_world,
    donor_pledge,
)
from vocabulary.dates import today
from vocabulary.enums import (
    LetterReturn,
    LetterStatus,
    LetterVoice,
    Naming,
    NoticeKind,
    RecipientKind,
    Role,
)
from vocabulary.errors import BadInput

CUSTODIAN = viewer(Role.CUSTODIAN, actor="account:CUSTODIAN")


@pytest.fixture
def world(session: Session) -> World:
    return a_world(session, WEDNESDAY)


def forget(world: World) -> None:
    forgetting_donors.forget(world.session, world.donor, now=world.now)


def die(world: World) -> str:
    told = vault.reference_of(world.session, world.match.pledge_id)
    ref = deaths.note(world.session, CUSTODIAN, told, why="家人来电", now=world.now)
    second = viewer(Role.CUSTODIAN, actor="account:second")
    deaths.agree(world.session, second, ref, now=world.now)
    return ref


def page(world: World, by=None) -> dict:
    found = letters.page(world.session, by or world.guardian, now=world.now)
    return {key: found[key] for key in ("bar", "other", "again")}


@pytest.mark.parametrize("ends", [forget, die])
def test_what_was_released_goes_back_on_monday_and_is_never_marked_as_sent(world, ends) -> None:
    letter = world.family_writes(voice=LetterVoice.GUARDIAN)
    world.release()
    ends(world)

    counts = world.batch()

    assert counts == {"due": 0, "delivered": 0}
    assert (letter.status, letter.return_reason) == (LetterStatus.RETURNED, LetterReturn.TALK_FIRST)
    assert (letter.delivered_on, letter.released) == (None, None)
    assert world.told(NoticeKind.LETTER_BACK, RecipientKind.FAMILY) == 1
    assert world.told(NoticeKind.LETTER_CAME, RecipientKind.DONOR) == 0
    (own,) = world.of_guardian()
    assert own["original"] == THANKS
    assert world.batch() == {"due": 0, "delivered": 0}
    assert world.told(NoticeKind.LETTER_BACK, RecipientKind.FAMILY) == 1


def test_the_moderators_are_told_to_call_and_not_why(world: World) -> None:
    account = an_account(world.session, Role.CASE_WORKER, login="jingban", region_code=BANNER)
    world.family_writes()
    world.release()
    die(world)
    world.batch()

    to_staff = select(Notice).where(Notice.kind == NoticeKind.LETTER_STOPPED)
    (told,) = world.session.scalars(to_staff).all()
    reader = replace(DESK, account_id=account.id)
    drawn = draw(world.session, reader, told, now=world.now, hotline="12338")

    assert told.recipient_id == account.id
    assert drawn is not None and world.child.name in drawn.inbox
    assert not any(word in drawn.inbox for word in ("去世", "删", "忘", "捐赠人"))


@pytest.mark.parametrize("way", [Called(Naming.ALIAS, alias="北方的雪"), Called()])
def test_the_familys_page_is_the_same_whichever_of_the_two_it_was(session, way) -> None:
    seen = []
    for contact, ends in (("13812345678", forget), ("13812345679", die)):
        world = a_world(session, WEDNESDAY, contact)
        if way.naming is Naming.ALIAS:
            naming.choose(session, world.donor, donor_pledge(world), way, now=world.now)
        before = page(world)
        ends(world)
        same_week = page(world)
        world.now += timedelta(days=7 - today(world.now).weekday())
        seen.append((before, same_week, page(world)))

    assert seen[0] == seen[1]
    before, same_week, after = seen[0]
    assert before["bar"] is None
    assert same_week == {"bar": None, "other": None, "again": ""}
    assert after["bar"] is Bar.GONE


def test_who_is_dead_is_called_on_a_slip_like_who_hid_his_name(world: World) -> None:
    alias = Called(Naming.ALIAS, alias="北方的雪")
    naming.choose(world.session, world.donor, donor_pledge(world), alias, now=world.now)
    later = today(world.now) + timedelta(days=60)
    assert naming.called(world.session, world.match.pledge_id, on=later) == "北方的雪"

    die(world)

    assert naming.called(world.session, world.match.pledge_id, on=later) is None


def test_a_letter_written_in_a_page_left_open_is_not_taken_and_comes_back(world: World) -> None:
    die(world)
    world.now += timedelta(days=7)

    with pytest.raises(BadInput, match="gone"):
        letters.write(world.session, world.guardian, Draft(THANKS, CHILD), now=world.now)


def test_slip_and_village_say_nothing_and_what_they_hand_in_goes_back(world: World) -> None:
    """A school prints slips: two pages changed in one week would name two children of one donor."""
    forget(world)
    world.now += timedelta(days=7)

    assert page(world, world.slip)["bar"] is None
    found = letters.page(world.session, DIRECTOR, now=world.now, ref=world.line)
    assert found["bar"] is None
    letter = world.family_writes()
    with pytest.raises(BadInput, match="gone"):
        world.release()
    assert world.desk()["is_stopped"]
    reason = LetterReturn.TALK_FIRST
    letter_desk.send_back(world.session, DESK, letter.ref, reason=reason, now=world.now)
    assert letter.status is LetterStatus.RETURNED


def listed(world: World) -> dict[str, bool]:
    found = letter_desk.waiting(world.session, DESK, now=world.now)
    return {card["ref"]: card["is_stopped"] for card in found}


@pytest.mark.parametrize("ends", [die, forget])
def test_the_list_marks_what_nobody_would_read_from_the_monday_on_like_the_letter(world, ends):
    letter = world.family_writes()
    assert listed(world) == {letter.ref: False}

    ends(world)
    assert listed(world) == {letter.ref: False}
    world.now += timedelta(days=7 - today(world.now).weekday())

    assert listed(world) == {letter.ref: world.desk()["is_stopped"]} == {letter.ref: True}


def test_the_list_marks_only_what_goes_to_who_is_gone(world: World) -> None:
    """A letter of the donor's own, and one to a volunteer, stay unmarked."""
    donors_own = world.donor_writes("好好念书，别着急。")
    ends = world.family_writes()
    die(world)
    world.now += timedelta(days=7)

    assert listed(world) == {donors_own.ref: False, ends.ref: True}


def test_a_worrying_letter_is_seen_to_first_whoever_it_was_for(world: World) -> None:
    letter = world.family_writes("我有时候不想活了。")
    die(world)
    world.batch()

    assert letter.status is LetterStatus.SUBMITTED
    assert world.told(NoticeKind.LETTER_BACK, RecipientKind.FAMILY) == 0


def test_in_the_week_of_the_death_itself_a_letter_waits_for_the_next_monday(world: World) -> None:
    letter = world.family_writes()
    world.release()
    monday = world.now + timedelta(days=7 - today(world.now).weekday())
    then, world.now = world.now, monday
    die(world)
    world.now = then

    assert world.batch() == {"due": 1, "delivered": 0}
    assert letter.status is LetterStatus.RELEASED
    world.batch()
    assert letter.status is LetterStatus.RETURNED


def test_a_death_entered_in_error_opens_the_page_again(world: World) -> None:
    ref = die(world)
    deaths.take_back(world.session, CUSTODIAN, ref, now=world.now)
    world.now += timedelta(days=7)

    assert page(world)["bar"] is None
    world.family_writes()
    world.release()
    assert world.batch() == {"due": 1, "delivered": 1}


def test_his_own_last_letter_still_comes(world: World) -> None:
    letter = world.donor_writes("好好吃饭，多穿衣服。")
    letter_desk.release(
        world.session, DESK, letter.ref, "好好吃饭。", now=world.now, seen="好好吃饭。"
    )
    die(world)

    assert world.batch() == {"due": 1, "delivered": 1}
