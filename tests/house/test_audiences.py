"""Law 5: a column or table that names no audience is shown to nobody, and none forgets to name."""

import inspect

import pytest

from models import Base
from privacy.disclosure import Audience, Derived, audiences_of
from privacy.viewers import Viewer
from services import gate
from vocabulary.enums import Role

TABLES = sorted((m.class_ for m in Base.registry.mappers), key=lambda table: table.__tablename__)
EVERY_ROLE = Viewer(
    frozenset(Role),
    "test",
    account_id=1,
    regions=("150000000000",),
    organisation_id=1,
    donor_id=1,
    child_id=1,
)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__tablename__)
def test_every_column_names_its_audiences(table: type[Base]) -> None:
    silent = [c.name for c in table.__table__.columns if audiences_of(c.info) is None]

    assert silent == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__tablename__)
def test_every_audience_of_a_column_has_a_standing_in_its_table(table: type[Base]) -> None:
    named = {a for c in table.__table__.columns for a in audiences_of(c.info) or ()}
    derived = {a for d in vars(table).values() if isinstance(d, Derived) for a in d.audiences}

    assert (named | derived) - set(table.standings(EVERY_ROLE)) == set()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__tablename__)
def test_keys_are_seen_by_nobody(table: type[Base]) -> None:
    keys = [c for c in table.__table__.columns if c.name == "id" or c.name.endswith("_id")]

    assert [c.name for c in keys if audiences_of(c.info)] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__tablename__)
def test_the_public_stands_near_the_map_and_what_was_published(table: type[Base]) -> None:
    public = Viewer(frozenset({Role.PUBLIC}), "public")

    assert set(table.standings(public)) <= {Audience.EVERYONE}
    open_to_all = {"regions", "releases", "figures", "month_heads"}
    assert table.standings(public) == {} or table.__tablename__ in open_to_all


def test_only_the_gate_builds_cards() -> None:
    assert inspect.getmodule(gate.Card) is gate


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__tablename__)
def test_a_viewer_without_a_key_owns_no_row(table: type[Base]) -> None:
    keyless = Viewer(
        frozenset({Role.SCHOOL_OFFICER, Role.FAMILY, Role.DONOR, Role.VOLUNTEER}), "test"
    )

    conditions = [str(condition) for condition in table.standings(keyless).values()]

    assert [
        c for c in conditions if "_id IS NULL" in c and "organisation_id IS NULL" not in c
    ] == []
