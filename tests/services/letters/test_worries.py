"""A worrying letter is seen to first; what still tells who somebody is, is looked at once more."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from privacy import viewers
from services.letters import letter_desk, letters
from tests.factories import an_account
from tests.services.letters.worlds import DESK, WEDNESDAY, World, a_world
from vocabulary.dates import today
from vocabulary.enums import LetterStage, NoticeKind, RecipientKind, Role
from vocabulary.errors import BadInput, WrongState


@pytest.fixture
def world(session: Session) -> World:
    return a_world(session, WEDNESDAY)


@pytest.mark.parametrize(
    ("text", "concern"),
    [
        ("爸爸喝醉了就打我，身上都是伤。", "harm"),
        ("我有时候不想活了。", "self_harm"),
        ("您能不能再给我打 500 元？", "money"),
        ("您来学校找我吧，就我们两个人见面。", "meeting"),
    ],
)
def test_a_worrying_letter_goes_to_the_case_staff_before_anything(
    session: Session, world: World, text: str, concern: str
) -> None:
    an_account(session, Role.CASE_WORKER, login="worker")
    world.family_writes(text)

    assert concern in world.letter.concerns
    assert world.told(NoticeKind.LETTER_WORRIES, RecipientKind.ACCOUNT) == 1
    with pytest.raises(WrongState):
        letter_desk.release(session, DESK, world.letter.ref, text, now=world.now, seen=text)
    assert world.batch() == {"due": 0, "delivered": 0}


def test_a_worry_seen_to_lets_the_letter_go_on(world: World) -> None:
    world.family_writes("您能不能再给我打 500 元？谢谢您。")
    letter_desk.clear(world.session, DESK, world.letter.ref, now=world.now)
    world.release("谢谢您。")
    world.batch()

    assert [card["released"] for card in world.of_donor()] == ["谢谢您。"]


def test_the_writer_of_a_worrying_letter_is_told_what_every_writer_is(world: World) -> None:
    world.family_writes()
    plain = world.of_guardian()[0]
    world.family_writes("爸爸喝醉了就打我。")
    worrying = world.of_guardian()[0]

    assert plain["stage"] is worrying["stage"] is LetterStage.WITH_US
    assert set(plain) == set(worrying)


def test_the_case_staff_hear_of_a_worry_every_day_until_it_is_seen_to(
    session: Session, world: World
) -> None:
    an_account(session, Role.CASE_WORKER, login="worker")
    world.family_writes("爸爸喝醉了就打我。")
    engine = viewers.engine("letters")

    for days in (1, 1, 2):
        on = today(world.now) + timedelta(days=days)
        letter_desk.remind(session, engine, on=on, now=world.now)
    assert world.told(NoticeKind.LETTER_WORRIES, RecipientKind.ACCOUNT) == 3

    letter_desk.clear(session, DESK, world.letter.ref, now=world.now)
    letter_desk.remind(session, engine, on=today(world.now) + timedelta(days=3), now=world.now)
    assert world.told(NoticeKind.LETTER_WORRIES, RecipientKind.ACCOUNT) == 3


def test_what_still_tells_who_the_child_is_has_to_be_looked_at_once_more(world: World) -> None:
    world.family_writes()
    ref, text = world.letter.ref, "我在吉文镇，一切都好。"

    with pytest.raises(BadInput, match="marked"):
        letter_desk.release(world.session, DESK, ref, text, now=world.now)
    seen = letter_desk.remarks(world.session, DESK, ref, text)
    assert [one.text for one in seen if one.is_marked] == ["吉文镇"]
    letter_desk.release(world.session, DESK, ref, text, now=world.now, seen=text)

    assert world.letter.released == text


def test_another_text_than_the_one_looked_at_is_asked_about_again(world: World) -> None:
    world.family_writes()

    with pytest.raises(BadInput, match="marked"):
        letter_desk.release(
            world.session,
            DESK,
            world.letter.ref,
            "我叫陈雨桐。",
            now=world.now,
            seen="我在吉文镇。",
        )


def test_a_released_letter_can_be_looked_at_again_until_its_batch(world: World) -> None:
    world.family_writes()
    world.release()
    letter_desk.take_back(world.session, DESK, world.letter.ref, now=world.now)
    assert world.batch() == {"due": 0, "delivered": 0}

    world.release()
    world.batch()
    with pytest.raises(WrongState):
        letter_desk.take_back(world.session, DESK, world.letter.ref, now=world.now)


def test_a_child_who_tells_of_a_fear_is_not_shown_it_as_something_to_change(world: World) -> None:
    text = "爸爸喝醉了就打我。我的电话是 13900001111。"

    shown = letters.warnings(world.session, world.slip, text)

    assert [one.text for one in shown if one.is_marked] == ["13900001111"]
    assert [one.text for one in shown if one.is_worrying] == []
