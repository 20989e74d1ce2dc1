"""One card for two children is a guardian's of both, or somebody notices."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.children import Child, Kin
from models.routes import BankCard
from privacy.viewers import Viewer
from services.children import amendments
from services.children.newcomers import phone_index
from services.guardians import guardian_file
from services.retention import retention_children
from services.routes import asking, cards, desk, holding, shared_cards
from tests.factories import a_child, a_school
from tests.services.routes.worlds import (
    CARD,
    ENGINE,
    FIRST,
    OTHER_CARD,
    SECOND,
    a_card,
    guardian,
)
from vocabulary.dates import at
from vocabulary.enums import AmendmentStatus, Role, Route
from vocabulary.errors import BadInput, NotFound

TODAY = date(2026, 11, 21)
HOLDS = TODAY + timedelta(days=4)


def a_pair(session, *, second: str, phones: tuple[str | None, str | None]) -> list[Child]:
    """Two children whose guardians are called 陈奶奶 and `second`, with these telephones."""
    school = a_school(session)
    made = []
    for n, (name, phone) in enumerate(zip(("陈奶奶", second), phones, strict=True)):
        child = a_child(session, school, name=f"孩子{n}")
        kin = guardian(session, child)
        kin.name, kin.phone = name, phone
        kin.phone_index = phone_index(phone) if phone else None
        made.append(child)
    session.flush()
    return made


def ask(session, child: Child, number: str = CARD) -> str:
    kin: Kin = guardian(session, child)
    said = {"holder": kin.ref, "name": kin.name, "bank": "某农村信用社", "number": number}
    return asking.ask_card(session, FIRST, child.ref, **said, reason="办了一卡通", now=at(HOLDS))


def test_a_card_that_another_child_has_under_another_name_is_refused(session) -> None:
    one, other = a_pair(session, second="包奶奶", phones=("13800000001", "13800000002"))
    a_card(session, one, on=TODAY)

    with pytest.raises(BadInput) as refusal:
        ask(session, other)

    assert refusal.value.params == {"field": "number", "reason": "anothers_card"}
    assert ask(session, other, OTHER_CARD)


def test_two_that_wait_at_once_the_first_to_hold_has_it(session) -> None:
    one, other = a_pair(session, second="包奶奶", phones=("13800000001", "13800000002"))
    refs = [ask(session, child) for child in (one, other)]
    for ref in refs:
        amendments.agree(session, SECOND, ref, again=CARD, now=at(HOLDS))

    holding.take_effect(session, ENGINE, on=HOLDS + timedelta(days=4), now=at(HOLDS))

    found = [amendments.detail(session, SECOND, ref)["status"] for ref in refs]
    assert found == [AmendmentStatus.DONE, AmendmentStatus.TURNED_DOWN]
    assert cards.usable(session, other.id) is None


@pytest.mark.parametrize(
    ("phones", "is_same"),
    [
        (("13800000001", "13800000001"), True),
        (("13800000001", "13800000002"), False),
        (("13800000001", None), False),
        ((None, None), False),
    ],
)
def test_one_name_is_one_guardian_only_by_one_telephone_else_the_second_person_is_told(
    session, phones, is_same
) -> None:
    one, other = a_pair(session, second="陈奶奶", phones=phones)
    a_card(session, one, on=TODAY)

    ref = ask(session, other)

    beside = shared_cards.beside(session, SECOND, ref)
    assert dict(beside) == {"names": [one.name], "count": 1, "is_same": is_same}
    amendments.agree(session, SECOND, ref, again=CARD, now=at(HOLDS))
    holding.take_effect(session, ENGINE, on=HOLDS + timedelta(days=4), now=at(HOLDS))
    doubted = desk.overview(session, FIRST, now=at(HOLDS))["shared"]
    expected = set() if is_same else {one.name, other.name}
    assert {card["child"]["name"] for card in doubted} == expected


def test_a_card_that_ended_or_was_forgotten_stands_in_nobodys_way(session) -> None:
    one, other = a_pair(session, second="包奶奶", phones=("13800000001", "13800000002"))
    a_card(session, one, on=TODAY)

    retention_children.erase(session, ENGINE, one, now=at(HOLDS))

    assert session.scalars(select(BankCard.number_index)).all() == [""]
    assert ask(session, other)


def test_a_guardian_reads_how_the_money_comes_and_the_last_four_digits_alone(session) -> None:
    (child, _) = a_pair(session, second="包奶奶", phones=("13800000001", "13800000002"))
    a_card(session, child, on=TODAY)
    child.route = Route.CARD
    session.flush()
    kin = guardian(session, child)
    me = Viewer(frozenset({Role.FAMILY}), actor=f"family:{child.ref}", child_id=child.id)

    way = guardian_file.way_of(session, me)

    assert (way["route"], way["card"]["tail"], way["card"]["holder"]) == (
        Route.CARD, CARD[-4:], kin.name,
    )  # fmt: skip
    assert "number" not in way["card"]
    behind_slip = Viewer(me.roles, me.actor, child_id=child.id, stipend_id=1)
    with pytest.raises(NotFound):
        guardian_file.way_of(session, behind_slip)
