"""Questions written once for a kind of viewer: each person gets his own answer, and the same one."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from models.children import Child, Consent, Kin, Need
from models.file_access import FileAccess
from models.pledges import Match
from models.stipends import Stipend
from privacy.disclosure import Audience
from privacy.viewers import Viewer
from services import gate
from services.gate import Part, Wanted
from services.probing import probed
from tests.factories import OTHER_BANNER, a_child, a_match, a_pledge, a_school, viewer
from vocabulary.enums import AccessReason, AccessStatus, Role

FIELDS = ("name", "birth_on", "category", "class_label", "status")
NEED = Part(Need, Need.child_id == Child.id, ("ref", "urgency", "since_on"))


@gate.written_once
def _children(_viewer: Viewer) -> Wanted:
    return Wanted(Child, parts={"need": NEED}, fields=FIELDS, order_by=(Child.id,), few=True)


@pytest.fixture
def two_banners(session: Session) -> tuple[Child, Child]:
    here = a_child(session, a_school(session), name="本旗")
    there = a_child(session, name="外旗", region_code=OTHER_BANNER, banner_code=OTHER_BANNER)
    for child, phone in ((here, "13800000001"), (there, "13800000002")):
        a_match(session, a_pledge(session, phone)[0], child)
    session.flush()
    return here, there


def test_people_of_one_kind_get_each_their_own_rows(
    session: Session, two_banners: tuple[Child, Child]
) -> None:
    here = viewer(Role.CASE_WORKER, actor="account:A")
    there = viewer(Role.CASE_WORKER, actor="account:B", regions=(OTHER_BANNER,))

    found = {
        by.actor: [card["name"] for card in gate.ask(session, by, _children(by))]
        for by in (here, there)
    }

    assert _children(here) is _children(there)
    assert found == {"account:A": ["本旗"], "account:B": ["外旗"]}


@pytest.mark.parametrize(
    "role", [Role.CASE_WORKER, Role.STATISTICS, Role.VILLAGE_DIRECTOR, Role.PUBLIC]
)
def test_a_question_kept_ready_answers_as_one_written_anew(
    session: Session, two_banners: tuple[Child, Child], role: Role
) -> None:
    by = viewer(role, actor="account:enterer")

    kept = gate.ask(session, by, _children(by))
    anew = gate.cards(session, by, Child, parts={"need": NEED}, fields=FIELDS, order_by=(Child.id,))

    assert kept == anew
    assert bool(kept) is (role is not Role.PUBLIC)


def test_a_kept_question_asks_the_time_anew(
    session: Session, two_banners: tuple[Child, Child], now: datetime
) -> None:
    by = viewer(Role.CASE_WORKER, actor="account:A", as_of=now)
    session.add(
        FileAccess(
            child_id=two_banners[0].id, reason=AccessReason.COVERING, words="看病", asked_on=now.date(),
            status=AccessStatus.GRANTED, asked_by=by.actor, until_at=now + timedelta(hours=1),
        )
    )  # fmt: skip
    later = viewer(Role.CASE_WORKER, actor="account:A", as_of=now + timedelta(hours=2))

    open_now, closed = (gate.ask(session, who, _children(who))[0] for who in (by, later))

    assert open_now.has("category")
    assert not closed.has("category")


def test_a_card_is_read_only(session: Session, two_banners: tuple[Child, Child]) -> None:
    by = viewer(Role.CASE_WORKER, actor="account:A")
    (card,) = gate.ask(session, by, _children(by))

    for change in (
        lambda: card.update(name="别人"), lambda: card.__setitem__("name", "别人"),
        lambda: card.pop("name"), lambda: card.setdefault("note", ""), card["need"].clear,
    ):  # fmt: skip
        with pytest.raises(TypeError):
            change()
    assert card["name"] == "本旗"


@pytest.mark.parametrize("table", [Kin, Consent, Need, Match, Stipend])
def test_standings_looked_up_row_by_row_are_the_same(
    session: Session, two_banners: tuple[Child, Child], table: type
) -> None:
    for role in (Role.CASE_WORKER, Role.STATISTICS, Role.VILLAGE_DIRECTOR, Role.SCHOOL_OFFICER):
        by = viewer(role, actor="account:enterer", organisation_id=two_banners[0].school_id)
        near = or_(false(), *table.standings(by).values())

        listed = session.scalars(select(table.id).where(near).order_by(table.id)).all()
        looked_up = session.scalars(select(table.id).where(probed(near)).order_by(table.id)).all()

        assert looked_up == listed


def test_a_look_up_lists_no_banner() -> None:
    by = viewer(Role.CASE_WORKER, actor="account:A")
    near = Stipend.standings(by)[Audience.CASE_STAFF]

    assert "stipends.match_id IN (SELECT" in str(near)
    assert " IN (" not in str(probed(near))
