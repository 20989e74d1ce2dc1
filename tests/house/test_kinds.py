"""Standings written for a kind of viewer ask exactly what they would ask for the person himself."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.dialects import sqlite

from models import Base
from models.somebody import filled, kind_of, stand_in
from privacy.viewers import Viewer
from vocabulary.enums import Role

TABLES = sorted((m.class_ for m in Base.registry.mappers), key=lambda table: table.__tablename__)
KEYS = {
    "account_id": 11,
    "organisation_id": 12,
    "class_grade": 13,
    "class_name": "十四班",
    "batch_id": 15,
    "donor_id": 16,
    "pledge_id": 17,
    "child_id": 18,
    "stipend_id": 19,
    "volunteer_id": 20,
    "reveal_id": 21,
    "as_of": datetime(2026, 11, 22, tzinfo=UTC),
}
TREES = ((), ("150721103204",), ("150721000000", "152200000000"))


def everybody() -> list[Viewer]:
    """Each role with all keys and with none, all roles with each key missing, and other trees."""
    every = frozenset(Role)
    alone = [(frozenset({role}), keys) for role in Role for keys in ({}, KEYS)]
    lacking = [(every, {k: v for k, v in KEYS.items() if k != left}) for left in KEYS]
    found = [Viewer(r, "account:A", regions=TREES[1], **k) for r, k in [*alone, *lacking]]
    return found + [Viewer(every, "account:A", regions=tree, **KEYS) for tree in TREES]


def asked(condition, values) -> tuple[str, list[object]]:
    compiled = condition.compile(dialect=sqlite.dialect())
    found = compiled.construct_params(values)
    return str(compiled), [found[name] for name in compiled.positiontup or ()]


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__tablename__)
def test_a_kind_of_viewer_stands_where_the_person_stands(table: type[Base]) -> None:
    for viewer in everybody():
        own = table.standings(viewer)
        of_kind = table.standings(stand_in(kind_of(viewer)))

        assert list(own) == list(of_kind)
        for audience, condition in own.items():
            assert asked(of_kind[audience], filled(viewer)) == asked(condition, {}), viewer


def test_two_people_of_one_kind_are_told_apart_only_by_what_is_filled_in() -> None:
    one = Viewer(frozenset({Role.APPROVER}), "account:A", account_id=1, regions=TREES[1])
    other = replace(one, actor="account:B", account_id=2, regions=("152200000000",))

    assert kind_of(one) == kind_of(other)
    assert filled(one) != filled(other)
    assert kind_of(one) != kind_of(replace(other, account_id=None))
    assert kind_of(one) != kind_of(replace(other, roles=frozenset({Role.AUDITOR})))
