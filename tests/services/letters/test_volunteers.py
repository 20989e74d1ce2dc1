"""A volunteer writes with a child under a code name, while her papers count."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child, Consent, Kin, Need
from models.letters import LetterFriend
from models.volunteers import Volunteer
from privacy import viewers
from privacy.screening import MARK
from services import gate
from services.children import consents
from services.letters import letter_friends, letters
from services.letters.letters import Draft
from tests.factories import a_child, viewer
from tests.services.letters.worlds import CHILD, DESK, WEDNESDAY, World, a_volunteer, a_world
from vocabulary.dates import today
from vocabulary.enums import Purpose, Role
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NoConsent, NotFound

SECOND = viewer(Role.APPROVER, actor="account:SECOND")


@pytest.fixture
def world(session: Session) -> World:
    return a_world(session, WEDNESDAY)


def befriend(world: World) -> tuple[Volunteer, LetterFriend, viewers.Viewer]:
    mother = a_volunteer(world)
    letter_friends.begin(world.session, DESK, world.child.ref, mother.ref, now=world.now)
    friend = world.session.scalars(select(LetterFriend)).one()
    letter_friends.agree(world.session, SECOND, friend.ref, now=world.now)
    eyes = viewer(Role.VOLUNTEER, actor="account:MOTHER", volunteer_id=mother.id, regions=())
    return mother, friend, eyes


def test_a_volunteer_and_a_child_write_under_a_code_name(world: World) -> None:
    _, friend, eyes = befriend(world)
    draft = Draft("我是乌兰，最近看了什么书？我的电话是 13900001111。")
    letters.write(world.session, eyes, draft, now=world.now, ref=friend.friend_ref)
    world.release()
    world.batch()
    (came,) = letters.page(world.session, world.guardian, now=world.now, ref=friend.ref)["letters"]
    assert came["released"] == f"我是{MARK}，最近看了什么书？我的电话是 {MARK}。"

    answer = Draft("我在看《草房子》。", CHILD)
    letters.write(world.session, world.guardian, answer, now=world.now, ref=friend.ref)
    world.release()
    world.batch()
    page = letters.page(world.session, eyes, now=world.now, ref=friend.friend_ref)
    assert page["other"] == friend.code_name
    assert page["letters"][0]["released"] == "我在看《草房子》。"
    assert world.of_donor() == []


def test_a_volunteer_whose_paper_ran_out_neither_writes_nor_is_written_to(world: World) -> None:
    mother, friend, eyes = befriend(world)
    letters.write(world.session, eyes, Draft("你好。"), now=world.now, ref=friend.friend_ref)
    world.release()
    mother.insured_until = today(world.now)
    world.session.flush()

    assert world.batch() == {"due": 1, "delivered": 0}
    with pytest.raises(NotFound):
        letters.write(world.session, eyes, Draft("你好。"), now=world.now, ref=friend.friend_ref)


def test_only_a_cleared_volunteer_is_introduced_and_with_consent(world: World) -> None:
    mother = a_volunteer(world)
    mother.checked_on = None
    world.session.flush()
    with pytest.raises(BadInput, match="not_cleared"):
        letter_friends.begin(world.session, DESK, world.child.ref, mother.ref, now=world.now)
    assert (
        letter_friends.of_child(world.session, DESK, world.child.ref, now=world.now)["ready"] == []
    )

    mother.checked_on = today(world.now)
    consents.withdraw(world.session, DESK, world.child.ref, purpose=Purpose.LETTERS, now=world.now)
    with pytest.raises(NoConsent):
        letter_friends.begin(world.session, DESK, world.child.ref, mother.ref, now=world.now)


def test_a_volunteers_match_takes_two_and_before_the_second_nobody_knows_of_it(
    world: World,
) -> None:
    mother = a_volunteer(world)
    session, now = world.session, world.now
    letter_friends.begin(session, DESK, world.child.ref, mother.ref, now=now)
    friend = session.scalars(select(LetterFriend)).one()
    eyes = viewer(Role.VOLUNTEER, actor="account:MOTHER", volunteer_id=mother.id, regions=())

    with pytest.raises(ActedBefore):
        letter_friends.agree(session, DESK, friend.ref, now=now)
    assert letter_friends.mine(session, eyes) == []
    with pytest.raises(NotFound):
        letters.write(session, eyes, Draft("你好。"), now=now, ref=friend.friend_ref)
    with pytest.raises(NotFound):
        letters.page(session, world.guardian, now=now, ref=friend.ref)
    assert letters.page(session, world.guardian, now=now)["others"] == []

    letter_friends.agree(session, SECOND, friend.ref, now=now)
    with pytest.raises(AlreadyDecided):
        letter_friends.agree(session, SECOND, friend.ref, now=now)
    assert [one["code_name"] for one in letter_friends.mine(session, eyes)] == [friend.code_name]


def test_who_ended_a_friendship_does_not_begin_it_again_alone(world: World) -> None:
    mother, friend, eyes = befriend(world)
    letter_friends.end(world.session, SECOND, friend.ref, now=world.now)

    letter_friends.begin(world.session, SECOND, world.child.ref, mother.ref, now=world.now)

    with pytest.raises(ActedBefore):
        letter_friends.agree(world.session, SECOND, friend.ref, now=world.now)
    assert letter_friends.mine(world.session, eyes) == []
    letter_friends.agree(world.session, DESK, friend.ref, now=world.now)
    assert len(letter_friends.mine(world.session, eyes)) == 1


def test_a_paper_that_ran_out_meanwhile_stops_the_second_persons_yes(world: World) -> None:
    mother = a_volunteer(world)
    letter_friends.begin(world.session, DESK, world.child.ref, mother.ref, now=world.now)
    friend = world.session.scalars(select(LetterFriend)).one()
    mother.insured_until = today(world.now) - timedelta(days=1)
    world.session.flush()

    with pytest.raises(BadInput, match="not_cleared"):
        letter_friends.agree(world.session, SECOND, friend.ref, now=world.now)


def test_another_volunteer_reads_nothing_of_a_friendship(world: World) -> None:
    _, friend, eyes = befriend(world)
    stranger = replace(eyes, volunteer_id=eyes.volunteer_id + 1)

    with pytest.raises(NotFound):
        letters.page(world.session, stranger, now=world.now, ref=friend.friend_ref)
    assert letter_friends.mine(world.session, stranger) == []


def test_a_volunteer_writes_with_two_children_at_most(world: World) -> None:
    mother, friend, _ = befriend(world)
    second, third = (another_child(world, name) for name in ("包晓军", "斯琴"))
    letter_friends.begin(world.session, DESK, second.ref, mother.ref, now=world.now)

    with pytest.raises(BadInput) as refusal:
        letter_friends.begin(world.session, DESK, third.ref, mother.ref, now=world.now)
    assert refusal.value.params["reason"] == "has_enough"

    letter_friends.begin(world.session, DESK, world.child.ref, mother.ref, now=world.now)
    letter_friends.end(world.session, DESK, friend.ref, now=world.now)
    letter_friends.begin(world.session, DESK, third.ref, mother.ref, now=world.now)


def another_child(world: World, name: str) -> Child:
    """A child of the same banner whose guardian consents to letters."""
    child = a_child(world.session, name=name)
    on, purposes = today(world.now), (Purpose.LETTERS,)
    consents.record(world.session, DESK, child.ref, purposes=purposes, given_on=on, now=world.now)
    return child


def test_a_volunteer_stands_near_no_childs_record_kin_or_need(world: World) -> None:
    _, _, eyes = befriend(world)

    for table in (Child, Kin, Need, Consent):
        assert gate.cards(world.session, eyes, table) == []


def test_a_clearance_of_365_days_counts_and_of_366_no_more(world: World) -> None:
    mother, friend, eyes = befriend(world)
    hello = Draft("你好。")
    mother.checked_on = today(world.now) - timedelta(days=365)
    letters.write(world.session, eyes, hello, now=world.now, ref=friend.friend_ref)

    mother.checked_on = today(world.now) - timedelta(days=366)
    world.session.flush()

    with pytest.raises(NotFound):
        letters.write(world.session, eyes, hello, now=world.now, ref=friend.friend_ref)
