"""A child's sex: filled in where it was open, changed by two alone, and the one before is kept."""

from datetime import date

import pytest
from sqlalchemy import select

from models.amendments import Amendment
from services.children import children
from tests.factories import TOWNSHIP, a_child, viewer
from vocabulary.enums import Role, Sex
from vocabulary.errors import BadInput

STAFF = viewer(Role.CASE_WORKER)


def fill(session, child, sex, now) -> None:
    born = date(2016, 5, 4)
    children.fill_in(
        session,
        STAFF,
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
