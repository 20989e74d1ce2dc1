"""Records as columns: what comes back is what went in, and a column refuses what a record refuses."""

import random
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import PLEDGES, VOLUNTEERS, BadRecord, propose
from matching.records import stated_fields
from matching.tables import Table, matching_rows, rows_of
from tests.matching.test_privacy import IDENTITIES
from tests.matching.volunteering import a_care, a_volunteer, villages
from tests.matching.worlds import a_need, an_offer, worlds

MAKERS = (a_need, an_offer, a_care, a_volunteer)
ODD = (
    *IDENTITIES, "", "\0", "a\nb", "ok", None, True, False, -1, 0, 3, 10**9, 1.5, float("nan"),
    "F", "zh", "150723000000", "150723100000", "1507231", "15072310000x", frozenset(),
    frozenset({"tutoring"}), frozenset({"hugs"}), frozenset({"s1", "13800138000"}), "x" * 64, "x" * 65,
    ("F",), ["F"], 2**70,
)  # fmt: skip


@given(worlds(most_needs=6, most_offers=6))
def test_pledges_and_needs_come_back_as_they_were(world):
    for kind, records in zip((PLEDGES.need, PLEDGES.offer), world, strict=True):
        assert list(Table.of(kind, records)) == records


@given(villages(most_needs=6, most_offers=6), st.randoms())
def test_volunteers_and_children_do_too_in_whatever_order(world, dice):
    for kind, records in zip((VOLUNTEERS.need, VOLUNTEERS.offer), world, strict=True):
        order = dice.sample(range(len(records)), len(records))
        table = Table.of(kind, records).rows(np.array(order, dtype=np.int64))

        assert list(table) == [records[row] for row in order]
        assert [table[at] for at in range(len(table))] == list(table)
        assert Table.joined(table, table) == [*table, *table]


@pytest.mark.parametrize("make", MAKERS)
def test_a_column_takes_and_refuses_what_the_records_own_field_does(make):
    plain = make()
    for field in fields(plain):
        for odd in ODD:
            try:
                expected = [plain, make(**{field.name: odd})]
            except BadRecord:
                expected = [plain]
            values = {name: [getattr(plain, name)] * 2 for name, _ in stated_fields(type(plain))}
            values[field.name][1] = odd

            table, left_out = Table.read(type(plain), values, 2)

            assert list(table) == expected, (field.name, odd)
            assert bool(left_out) == (len(expected) == 1)
            assert set(left_out) <= {f"{plain.side}.{field.name}"}


@pytest.mark.parametrize("identity", IDENTITIES)
def test_a_name_among_ten_thousand_codes_is_left_out_and_never_told(identity):
    need = a_care()
    values = {name: [getattr(need, name)] * 10_000 for name, _ in stated_fields(type(need))}
    values["code"] = [f"n-{at}" for at in range(10_000)]
    values["code"][7_000] = identity
    values["organisations"] = ([3, 5_000, 9_999], ["s1", identity, "s2"])

    table, left_out = Table.read(type(need), values, 10_000)

    assert left_out == {"need.code": 1, "need.organisations": 1}
    assert len(table) == 9_998
    assert {"n-7000", "n-5000", identity}.isdisjoint(table.values("code"))
    assert [own for own in table.values("organisations") if own] == [{"s1"}, {"s2"}]


def test_a_run_over_columns_is_the_run_over_records():
    dice = random.Random(4)
    needs = [a_care(f"N{at}", urgency=dice.randint(0, 3)) for at in range(30)]
    offers = [a_volunteer(f"V{at}", reach_km=dice.randint(5, 40)) for at in range(9)]
    tables = Table.of(VOLUNTEERS.need, needs), Table.of(VOLUNTEERS.offer, offers)

    by_records, by_columns = (
        propose(*world, kind=VOLUNTEERS) for world in ((needs, offers), tables)
    )

    assert by_records == by_columns
    assert by_records.certificate.pack() == by_columns.certificate.pack()


@given(
    st.lists(st.sampled_from("abcdef"), max_size=6), st.lists(st.sampled_from("abcx"), max_size=6)
)
def test_codes_are_found_where_they_stand(codes, asked):
    codes = sorted(set(codes), reverse=True)

    found = rows_of(np.array(codes, "S2"), np.array(asked, "S5"))

    assert found.tolist() == [codes.index(one) if one in codes else -1 for one in asked]


def test_whoever_shares_a_code_is_found_with_everybody_who_has_it():
    needs = (np.array([0, 1, 1]), np.array([b"s1", b"s2", b"s9"]))
    offers = (np.array([4, 5, 6]), np.array([b"s2", b"s1", b"s2"]))

    assert matching_rows(needs, offers).tolist() == [[0, 5], [1, 4], [1, 6]]
