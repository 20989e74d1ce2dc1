"""Letters go once a week; each side reads its own text and no other; nobody reads the donor."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from privacy import viewers
from privacy.screening import MARK
from services.donors import naming
from services.donors.naming import Called
from services.letters import letter_desk, letter_post, letters
from services.letters.letters import Draft
from tests.factories import TOWNSHIP, a_school, viewer
from tests.services.letters.worlds import (
    CHILD,
    DESK,
    DIRECTOR,
    THANKS,
    WEDNESDAY,
    World,
    a_payment,
    a_world,
    donor_pledge,
)
from vocabulary.dates import at, today
from vocabulary.enums import (
    LetterReturn,
    LetterStage,
    LetterStatus,
    LetterVoice,
    Naming,
    NoticeKind,
    RecipientKind,
    Role,
)
from vocabulary.errors import NotFound


@pytest.fixture
def world(session: Session) -> World:
    return a_world(session, WEDNESDAY)


def test_thanks_reach_the_donor_within_one_batch(world: World) -> None:
    world.family_writes()
    world.release()
    assert world.of_donor() == []

    counts = world.batch()

    (card,) = world.of_donor()
    assert counts == {"due": 1, "delivered": 1}
    assert (card["released"], card["delivered_on"]) == (THANKS, date(2026, 11, 23))
    assert world.told(NoticeKind.LETTER_CAME, RecipientKind.DONOR) == 1


def test_the_batch_run_twice_delivers_and_tells_once(world: World) -> None:
    world.family_writes()
    world.release()
    world.batch()

    again = letter_post.deliver(
        world.session, viewers.engine(), period=today(world.now), now=world.now
    )

    assert again == {"due": 0, "delivered": 0}
    assert world.told(NoticeKind.LETTER_CAME, RecipientKind.DONOR) == 1


def test_a_batch_made_up_later_in_the_week_bears_its_mondays_day(world: World) -> None:
    world.family_writes()
    world.release()
    late = world.now + timedelta(days=8)  # Thursday of the next week
    letter_post.deliver(world.session, viewers.engine(), period=today(late), now=late)

    assert world.letter.delivered_on == date(2026, 11, 23)


def test_what_is_released_on_a_monday_waits_for_the_next(world: World) -> None:
    world.now = at(date(2026, 11, 23), 8)
    world.family_writes()
    world.release()
    by = viewers.engine()

    counts = letter_post.deliver(world.session, by, period=today(world.now), now=world.now)

    assert counts == {"due": 0, "delivered": 0}
    assert world.desk()["batch_on"] == date(2026, 11, 30)


def test_nothing_is_delivered_that_nobody_released(world: World) -> None:
    world.family_writes()

    assert world.batch() == {"due": 0, "delivered": 0}
    assert world.of_donor() == []


def test_both_texts_are_kept_apart_each_for_its_own_side(world: World) -> None:
    said = "我叫陈雨桐，谢谢您，天冷了多穿衣服。"
    world.family_writes(said, voice=LetterVoice.GUARDIAN)
    world.release()
    world.batch()

    (of_donor,), (of_guardian,) = world.of_donor(), world.of_guardian()

    assert of_donor["released"] == f"我叫{MARK}，谢谢您，天冷了多穿衣服。"
    assert set(of_donor) == {"sender", "voice", "released", "delivered_on"}
    assert of_guardian["original"] == said
    assert not of_guardian.has("released")


@pytest.mark.parametrize("text", ["谢谢您，家里都好。", "爸爸喝醉了就打我，我害怕。"])
def test_what_a_child_wrote_is_read_by_nobody_at_home(world: World, text: str) -> None:
    """Behind the guardian's link it reads the same whatever the child told, and whatever became of it."""
    world.family_writes(text)

    (waiting,) = world.of_guardian()
    letter_desk.send_back(
        world.session, DESK, world.letter.ref, reason=LetterReturn.TALK_FIRST, now=world.now
    )
    (back,) = world.of_guardian()
    page = letters.page(world.session, world.guardian, now=world.now)

    assert not waiting.has("original")
    assert not back.has("original")
    assert page["again"] == ""


def test_behind_a_slip_no_word_stands_only_what_became_of_a_letter(world: World) -> None:
    world.family_writes("老师总是骂我，我不敢说。")

    (card,) = world.of_slip()

    assert set(card) == {
        "sender", "voice", "hand", "submitted_on", "return_reason", "delivered_on", "stage",
    }  # fmt: skip
    assert card["stage"] is LetterStage.WITH_US


def test_a_school_that_helps_to_hand_in_reads_nothing_afterwards(world: World) -> None:
    officer = viewer(
        Role.SCHOOL_OFFICER, organisation_id=world.child.school_id, regions=(TOWNSHIP,)
    )
    letters.write(world.session, officer, Draft(THANKS, CHILD), now=world.now, ref=world.child.ref)
    world.release()
    world.batch()

    page = letters.page(world.session, officer, now=world.now, ref=world.child.ref)

    assert (page["letters"], page["other"]) == ([], None)
    assert len(world.of_donor()) == 1


def test_a_school_hands_in_for_no_other_schools_pupil(world: World) -> None:
    other = a_school(world.session, "阿里河中学")
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=other.id, regions=(TOWNSHIP,))

    with pytest.raises(NotFound):
        letters.write(
            world.session, officer, Draft(THANKS, CHILD), now=world.now, ref=world.child.ref
        )


def test_the_village_director_hands_in_and_reads_aloud_what_came(world: World) -> None:
    letters.write(world.session, DIRECTOR, Draft(THANKS, CHILD), now=world.now, ref=world.line)
    world.donor_writes("收到你的信，我很高兴。")
    world.release()
    world.batch()

    found = letters.page(world.session, DIRECTOR, now=world.now, ref=world.line)["letters"]

    assert [card["released"] for card in found] == ["收到你的信，我很高兴。"]
    assert not found[0].has("original")


def test_a_moderator_never_reads_who_the_donor_is_not_in_his_own_letter(world: World) -> None:
    named = Called(Naming.NAMED, name="林向北")
    naming.choose(world.session, world.donor, donor_pledge(world), named, now=world.now)
    said = "我叫林向北，电话13812345678，你的字真好看，lin xiang bei 祝你平安。"

    world.donor_writes(said)
    card = world.desk()

    assert card["original"] == f"我叫{MARK}，电话{MARK}，你的字真好看，{MARK} 祝你平安。"
    assert all("林" not in str(value) for value in card.values())
    assert [one["original"] for one in world.of_donor()] == [said]


DONORS = (
    ("13812345678", "林向北", "林向北 漳州 向北机械厂"),
    ("somebody@example.org", "孟和巴特尔", "孟和巴特尔 通辽 鸿雁运输公司"),
    ("13600000001", "欧阳雪", "欧阳雪 北京 6222021234567890123"),
    # Whoever lives and works where the child does says no more of it than the others.
    ("13600000002", "何欣", "何欣 吉文镇 吉文镇中心小学食堂"),
    ("13600000003", "乌云·其其格", "乌云·其其格 鄂伦春自治旗 O'Neill&<b>"),
)


def test_donors_letters_that_differ_in_themselves_alone_read_alike_at_the_desk(
    session: Session,
) -> None:
    read = set()
    for contact, name, payer in DONORS:
        world = a_world(session, WEDNESDAY, contact)
        called = Called(Naming.NAMED, name=name)
        naming.choose(session, world.donor, donor_pledge(world), called, now=world.now)
        a_payment(world, payer)
        city, work = payer.split()[1:]
        world.donor_writes(
            f"收到信很高兴。我叫{name}，{contact}。{city}这边冷，{work}，再见。{name}"
        )
        read.add((world.letter.original, world.letter.status, *world.letter.concerns))

    said = f"收到信很高兴。我叫{MARK}，{MARK}。{MARK}这边冷，{MARK}，再见。{MARK}"
    assert read == {(said, LetterStatus.SCREENED)}


def test_marks_on_a_familys_letter_do_not_know_the_donor(session: Session) -> None:
    """Whether the name that a family writes is the donor's own changes nothing at the desk."""
    name = "北雁南"
    cards = []
    for contact, own in (("13800000001", name), ("13800000002", "李木子")):
        world = a_world(session, WEDNESDAY, contact)
        choice = Called(Naming.NAMED, name=own)
        naming.choose(session, world.donor, donor_pledge(world), choice, now=world.now)
        world.family_writes(f"有人说帮我的是{name}，是不是您呀？")
        card = world.desk()
        cards.append((card["pieces"], card["proposed"], card["marked"], card["concerns"]))

    assert cards[0] == cards[1]


def test_the_warning_before_sending_does_not_know_the_other_side(world: World) -> None:
    """A donor who guesses the child's name is not told by the warning that he is right."""
    ask = lambda text: letters.warnings(  # noqa: E731 the same question twice
        world.session, world.donor, text, ref=world.match.donor_ref
    )

    assert ask("你是木棉花吗？") == ask("你是木棉花吗？")
    own = letters.warnings(world.session, world.slip, "我家在吉文镇，我叫雨桐。")
    assert [one.text for one in own if one.is_marked] == ["吉文镇", "雨桐"]
    world.child.name = "木棉花"
    world.session.flush()
    assert ask("你是木棉花吗？") == []


def test_a_donor_who_names_the_child_is_looked_at_first(world: World) -> None:
    world.donor_writes("陈雨桐，我知道你。")

    assert world.letter.status is LetterStatus.SUBMITTED
    assert world.letter.concerns == ["knows_child"]
