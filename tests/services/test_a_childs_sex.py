"""A child's sex: filled in where it was open, changed by two alone, and the one before is kept."""

from datetime import date

import pytest
from sqlalchemy import select

from models.amendments import Amendment
from services.children import children
from tests.factories import TOWNSHIP, a_child, viewer
from tests.services.earmarks.world import restricted
from tests.services.gap_fund import SEPTEMBER, pay
from vocabulary.enums import EarmarkKind, Role, Sex
from vocabulary.errors import BadInput

STAFF = viewer(Role.CASE_WORKER)


OTHER = viewer(Role.CASE_WORKER, actor="account:other")


def fill(session, child, sex, now, by=STAFF) -> bool:
    born = date(2016, 5, 4)
    return children.fill_in(
        session,
        by,
        child.ref,
        sex=sex,
        birth_on=born,
        region_code=TOWNSHIP,
        address=None,
        now=now,
    )


@pytest.mark.parametrize("sex", list(Sex))
def test_what_was_open_one_person_fills_in(session, now, sex) -> None:
    child = a_child(session, None, sex=None)

    fill(session, child, sex, now)

    assert child.sex is sex


def give_for_girls(session) -> None:
    _, reference = restricted(session, EarmarkKind.GIRLS, 0)
    pay(session, reference, 5_000, SEPTEMBER)


def test_while_money_for_girls_waits_two_people_say_the_same(session, now) -> None:
    give_for_girls(session)
    child = a_child(session, None, sex=None)

    for _ in range(2):
        assert fill(session, child, Sex.FEMALE, now) is True
        assert child.sex is None
    assert fill(session, child, Sex.FEMALE, now, by=OTHER) is False

    assert child.sex is Sex.FEMALE


def test_one_person_says_that_a_child_is_a_boy_and_what_was_said_before_is_gone(
    session, now
) -> None:
    give_for_girls(session)
    child, boy = (a_child(session, None, sex=None, name=name) for name in ("甲", "乙"))
    fill(session, child, Sex.FEMALE, now)

    assert fill(session, boy, Sex.MALE, now) is False

    assert (boy.sex, child.sex) == (Sex.MALE, None)


@pytest.mark.parametrize(
    ("stands", "typed"),
    [(Sex.MALE, Sex.FEMALE), (Sex.FEMALE, Sex.MALE), (Sex.FEMALE, None)],
)
def test_what_stands_one_person_does_not_change(session, now, stands, typed) -> None:
    child = a_child(session, None, sex=stands)

    with pytest.raises(BadInput) as refusal:
        fill(session, child, typed, now)

    assert (refusal.value.params["field"], child.sex) == ("sex", stands)
    fill(session, child, stands, now)
    assert (child.sex, child.region_code) == (stands, TOWNSHIP)
    assert session.scalars(select(Amendment)).all() == []
