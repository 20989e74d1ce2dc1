import pytest

from matching import BadRecord, propose
from tests.matching.worlds import a_need, an_offer

IDENTITIES = [
    "乌兰",
    "N乌兰1",
    "Wu Lan",
    "lan@example.com",
    "13800138000",
    "8613800138000",
    "D13800138000",
    "pledge-13800138000",
    "150121201203054321",
    "15012120120305432X",
    "N-15012120120305432x",
    "150121120305432",
]


@pytest.mark.parametrize("code", IDENTITIES)
def test_a_code_that_looks_like_an_identity_is_refused(code):
    with pytest.raises(BadRecord) as need_refused:
        a_need(code)
    with pytest.raises(BadRecord) as offer_refused:
        an_offer(code)
    with pytest.raises(BadRecord) as excluded_refused:
        an_offer(excluded=frozenset({code}))

    refusals = (need_refused, offer_refused, excluded_refused)
    assert [refused.value.field for refused in refusals] == [
        "need.code",
        "offer.code",
        "offer.excluded",
    ]
    assert not any(code in str(refused.value) for refused in refusals)


@pytest.mark.parametrize(
    "code",
    ["K7QX", "n-0001", "4f1c9a02-7be1-4c55-9b0a-123456789012", "9f86d081884c7d659a2feaa0c55ad015"],
)
def test_a_random_code_is_taken(code):
    assert a_need(code).code == an_offer(code).code == code


@pytest.mark.parametrize(
    "change",
    [
        {"units_open": -1},
        {"units_open": 1.5},
        {"units_open": True},
        {"sex": "女"},
        {"stage": "kindergarten"},
        {"urgency": 4},
        {"waiting_days": -1},
        {"months_left": -1},
        {"league": "1501"},
        {"banner": "150121001000"},
        {"banner": "乌兰浩特市"},
    ],
)
def test_a_need_that_makes_no_sense_is_refused_with_its_field(change):
    (field,) = change

    with pytest.raises(BadRecord) as refused:
        a_need(**change)

    assert refused.value.field == f"need.{field}"


@pytest.mark.parametrize(
    "change",
    [
        {"units": -2},
        {"units_per_child": 5},
        {"units_per_child": 0},
        {"children_at_most": -1},
        {"wish_sex": "X"},
        {"wish_stage": "night school"},
        {"wish_league": "1501"},
        {"scope": "150121001000"},
        {"scope": "呼和浩特"},
        {"rhythm": "weekly"},
        {"waiting_days": -1},
    ],
)
def test_an_offer_that_makes_no_sense_is_refused_with_its_field(change):
    (field,) = change

    with pytest.raises(BadRecord) as refused:
        an_offer(**change)

    assert refused.value.field == f"offer.{field}"


def test_a_record_takes_no_field_that_names_a_person():
    with pytest.raises(TypeError):
        a_need(name="x")


@pytest.mark.parametrize(
    ("needs", "offers", "field"),
    [
        ([a_need("N1"), a_need("N2"), a_need("N1")], [], "needs"),
        ([], [an_offer("O1"), an_offer("O1")], "offers"),
    ],
)
def test_a_code_that_stands_twice_is_refused(needs, offers, field):
    with pytest.raises(BadRecord) as refused:
        propose(needs, offers)

    assert refused.value.field == field
