"""What two people check is what is shown: nobody widens it, and only whose word it was takes it back."""

import pytest

from services.reveals import reveal_checks, reveals
from services.reveals.reveals import Shares
from tests.services.reveals.worlds import DIRECTOR, FIRST, SECOND, World
from vocabulary.enums import ChildWord
from vocabulary.errors import AlreadyDecided

NAME_ALONE = Shares(name=True, place=False)
MORE = Shares(name=True, place=True)


def says(world: World, own: Shares | None) -> None:
    reveals.answer(world.session, DIRECTOR, own, ref=world.line, now=world.now)


@pytest.mark.parametrize("own", [MORE, NAME_ALONE, None])
def test_a_director_alone_changes_nothing_of_what_a_guardian_agreed_to(world, own) -> None:
    world.know_each_other(NAME_ALONE)

    with pytest.raises(AlreadyDecided):
        says(world, own)

    assert dict(world.of_donor()["known"]) == {"name": world.child.name, "place": None}


def test_between_two_checks_what_the_first_looked_at_stands(world) -> None:
    world.put()
    world.agree(NAME_ALONE)
    world.consent()
    ref = world.ref
    reveal_checks.confirm(world.session, FIRST, ref, word=ChildWord.WILLING, now=world.now)

    with pytest.raises(AlreadyDecided):
        says(world, MORE)

    assert reveal_checks.confirm(world.session, SECOND, ref, word=None, now=world.now)
    assert dict(world.of_donor()["known"]) == {"name": world.child.name, "place": None}


def test_a_director_takes_back_what_she_entered_herself(world) -> None:
    world.put()
    says(world, NAME_ALONE)
    world.later(days=7)
    world.release()

    says(world, None)

    assert world.of_guardian()["question"] == "no"


def test_after_a_no_another_yes_is_checked_by_two_anew(world) -> None:
    world.know_each_other(NAME_ALONE)
    reveals.answer(world.session, world.guardian, None, now=world.now)
    assert world.of_donor()["known"] is None

    world.agree(MORE)

    ref = world.ref
    word = ChildWord.WILLING
    assert not reveal_checks.confirm(world.session, FIRST, ref, word=word, now=world.now)
    assert world.of_donor()["known"] is None
    assert reveal_checks.confirm(world.session, SECOND, ref, word=None, now=world.now)
    assert world.of_donor()["known"] is not None
