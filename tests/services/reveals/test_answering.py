"""Who may ask, answer and check, and what each of them reads of it."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.pledges import Recusal
from models.vault import VaultPledge
from privacy.viewers import Viewer
from services.reveals import reveal_checks, reveal_pairs, reveals
from services.reveals.reveals import Shares, Words
from tests.factories import a_child, a_match, a_pledge, viewer
from tests.services.reveals.worlds import BOTH, DIRECTOR, FIRST, SECOND, World, a_world
from vocabulary.enums import ChildWord, Role
from vocabulary.errors import ActedBefore, BadInput, NoConsent, NotFound, SteppedAside

# Who may do what


def test_a_link_to_one_pledge_opens_nothing(world: World) -> None:
    half = replace(world.donor, pledge_id=world.match.pledge_id)

    with pytest.raises(NotFound):
        reveals.page(world.session, half, ref=world.match.donor_ref)


def test_another_donor_and_another_village_find_nothing(world: World) -> None:
    world.put()
    other, _ = a_pledge(world.session, "13800000009")
    donor_id = world.session.scalars(
        select(VaultPledge.donor_id).where(VaultPledge.pledge_id == other.id)
    ).one()
    stranger = viewer(Role.DONOR, donor_id=donor_id, regions=())
    afar = replace(DIRECTOR, regions=("150722000000",))

    for who, ref in ((stranger, world.match.donor_ref), (afar, world.line)):
        with pytest.raises(NotFound):
            reveals.page(world.session, who, ref=ref)
    assert reveal_pairs.questions_in_village(world.session, afar) == frozenset()


def test_what_a_school_may_hold_too_tells_nothing_of_the_donor(world: World) -> None:
    silent = dict(reveals.page(world.session, world.slip))
    world.put()
    asked = dict(reveals.page(world.session, world.slip))
    world.agree()
    world.consent()
    world.check()

    assert asked == silent
    assert dict(reveals.page(world.session, world.slip)) == silent


def test_a_slip_answers_nothing(world: World) -> None:
    world.put()

    with pytest.raises(NotFound):
        reveals.answer(world.session, world.slip, BOTH, now=world.now)


def test_a_director_enters_the_familys_answer_and_never_reads_the_donors_name(
    world: World,
) -> None:
    world.put()
    assert reveal_pairs.questions_in_village(world.session, DIRECTOR) == {world.match.child_ref}

    reveals.answer(world.session, DIRECTOR, BOTH, ref=world.line, now=world.now)
    world.later(days=7)
    world.release()
    world.consent()
    world.check()

    assert reveals.page(world.session, DIRECTOR, ref=world.line)["known"] is None
    assert world.of_guardian()["known"]["name"] == "林向北"


@pytest.mark.parametrize(
    "name", ["13800000001", "加我微信", "a@b.cn", "", "一三八零零一三八零零零"]
)
def test_a_donors_words_hold_no_way_to_reach_him(world: World, name: str) -> None:
    with pytest.raises(BadInput):
        reveals.ask(
            world.session, world.donor, Words(name), ref=world.match.donor_ref, now=world.now
        )


def test_a_family_shows_something_or_does_not_ask(world: World) -> None:
    with pytest.raises(BadInput):
        reveals.ask(world.session, world.slip, Shares(name=False, place=False), now=world.now)


# The check


def test_two_of_the_staff_who_did_not_approve_the_match_are_needed(world: World) -> None:
    world.put()
    world.agree()
    world.consent()
    ref = world.ref
    approver = viewer(Role.APPROVER, actor=world.match.decided_by)

    def confirm(by: Viewer) -> bool:
        word = ChildWord.WILLING
        return reveal_checks.confirm(world.session, by, ref, word=word, now=world.now)

    with pytest.raises(ActedBefore):
        confirm(approver)
    assert confirm(FIRST) is False
    with pytest.raises(ActedBefore):
        confirm(FIRST)
    world.session.add(
        Recusal(child_id=world.child.id, actor=SECOND.actor, since_on=world.now.date())
    )
    world.session.flush()
    with pytest.raises(SteppedAside):
        confirm(SECOND)
    assert world.of_donor()["known"] is None
    assert confirm(replace(SECOND, actor="account:THIRD")) is True


def test_nothing_is_shown_without_the_guardians_consent_to_this(world: World) -> None:
    world.put()
    world.agree()
    card = reveal_checks.waiting(world.session, FIRST, now=world.now)[0]

    assert card["lacks"] == ["consent"]
    with pytest.raises(NoConsent):
        reveal_checks.confirm(
            world.session, FIRST, card["ref"], word=ChildWord.WILLING, now=world.now
        )


@pytest.mark.parametrize(
    ("birth", "word", "passes"),
    [
        (date(2011, 5, 4), ChildWord.UNWILLING, False),
        (date(2011, 5, 4), ChildWord.TOO_YOUNG, False),
        (date(2017, 5, 4), ChildWord.TOO_YOUNG, False),
        (date(2017, 5, 4), ChildWord.WILLING, True),
        (date(2020, 5, 4), ChildWord.TOO_YOUNG, True),
        (None, ChildWord.TOO_YOUNG, False),
    ],
)
def test_the_childs_own_word_is_needed_from_eight(
    session: Session, now: datetime, birth: date | None, word: ChildWord, passes: bool
) -> None:
    world = a_world(session, now, birth_on=birth)
    world.put()
    world.agree()
    world.consent()
    ref = world.ref

    try:
        reveal_checks.confirm(session, FIRST, ref, word=word, now=world.now)
    except BadInput:
        assert not passes
    else:
        assert passes


def test_staff_see_the_pledges_code_and_the_child_and_nothing_of_who_asked(world: World) -> None:
    world.put()
    world.agree()

    card = reveal_checks.waiting(world.session, FIRST, now=world.now)[0]

    assert set(card) == {
        "ref", "checked_from", "child_word", "first_by", "second_by", "child", "pledge",
        "lacks", "first_by_name", "may_act", "asks_child", "needs_yes",
    }  # fmt: skip
    assert set(card["child"]) == {"ref", "name", "class_label"}
    assert set(card["pledge"]) == {"code"}


def test_staff_see_a_check_only_from_the_weekly_batch_on(world: World) -> None:
    world.put()
    reveals.answer(world.session, world.guardian, BOTH, now=world.now)
    assert reveal_checks.count_waiting(world.session, FIRST) == 0

    world.later(days=3)
    world.release()

    card = reveal_checks.waiting(world.session, FIRST, now=world.now)[0]
    assert card["checked_from"] == world.now.date()


def test_a_check_is_no_other_banners_business(world: World) -> None:
    world.put()
    world.agree()
    afar = replace(FIRST, regions=("150722000000",))

    assert reveal_checks.waiting(world.session, afar, now=world.now) == []


def test_who_checks_is_warned_where_one_pledge_supports_the_whole_township(world: World) -> None:
    world.put()
    world.agree()

    def warned() -> bool:
        ref = reveal_checks.waiting(world.session, FIRST, now=world.now)[0]["ref"]
        return reveal_checks.detail(world.session, FIRST, ref, now=world.now)["is_only_pledge"]

    assert warned()
    near = a_child(world.session, region_code="150723101205")
    a_match(world.session, a_pledge(world.session, "13800000077")[0], near)
    assert not warned()
