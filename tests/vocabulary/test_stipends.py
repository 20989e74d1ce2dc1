"""One status from the facts; which fact may follow which, and which may be taken back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocabulary.enums import FactKind, StipendStatus
from vocabulary.errors import WrongState
from vocabulary.stipends import check_fact, check_take_back, school_status_of, status_of

DAY = date(2026, 11, 1)
ALL = st.sets(st.sampled_from(FactKind))


def facts(*kinds: FactKind) -> dict[FactKind, date | None]:
    return {kind: DAY if kind in kinds else None for kind in FactKind}


@given(ALL)
def test_nothing_a_family_said_changes_what_a_school_sees(kinds: set[FactKind]) -> None:
    silent = kinds - {FactKind.CONFIRMED, FactKind.DISPUTED}

    assert school_status_of(facts(*kinds)) is school_status_of(facts(*silent))


@given(ALL, st.sampled_from(FactKind))
def test_a_fact_never_follows_itself(kinds: set[FactKind], kind: FactKind) -> None:
    with pytest.raises(WrongState):
        check_fact(kind, facts(*kinds, kind))


_PETALS = (FactKind.PROMISED, FactKind.RECEIVED, FactKind.SENT, FactKind.HANDED_OVER)


@given(st.integers(1, 4), st.sampled_from(_PETALS))
def test_only_the_last_of_the_money_facts_is_taken_back(count: int, kind: FactKind) -> None:
    present = facts(*_PETALS[:count])

    if kind is _PETALS[count - 1]:
        check_take_back(kind, present)
    else:
        with pytest.raises(WrongState):
            check_take_back(kind, present)


@pytest.mark.parametrize(
    ("kinds", "kind"),
    [
        (
            (FactKind.PROMISED, FactKind.RECEIVED, FactKind.SENT, FactKind.HANDED_OVER),
            FactKind.SENT,
        ),
        ((FactKind.PROMISED, FactKind.RECEIVED), FactKind.PROMISED),
        ((FactKind.PROMISED, FactKind.CANCELLED), FactKind.CANCELLED),
        ((FactKind.PROMISED,), FactKind.SENT),
    ],
)
def test_such_a_fact_stays(kinds: tuple[FactKind, ...], kind: FactKind) -> None:
    with pytest.raises(WrongState):
        check_take_back(kind, facts(*kinds))


def test_a_hand_over_can_be_taken_back_although_the_family_confirmed() -> None:
    kinds = (FactKind.PROMISED, FactKind.RECEIVED, FactKind.SENT, FactKind.HANDED_OVER)

    check_take_back(FactKind.HANDED_OVER, facts(*kinds, FactKind.CONFIRMED))


def test_the_five_petals_in_order() -> None:
    kinds: list[FactKind] = []
    states = []
    for kind in (
        FactKind.PROMISED, FactKind.RECEIVED, FactKind.SENT,
        FactKind.HANDED_OVER, FactKind.CONFIRMED,
    ):  # fmt: skip
        check_fact(kind, facts(*kinds))
        kinds.append(kind)
        states.append(status_of(facts(*kinds)))

    assert states == [
        StipendStatus.DUE, StipendStatus.FUNDED, StipendStatus.SENT, StipendStatus.HANDED_OVER,
        StipendStatus.CONFIRMED,
    ]  # fmt: skip


def test_money_that_came_back_is_not_handed_over_and_what_was_handed_over_does_not_come_back() -> (
    None
):
    sent = (FactKind.PROMISED, FactKind.RECEIVED, FactKind.SENT)

    with pytest.raises(WrongState):
        check_fact(FactKind.HANDED_OVER, facts(*sent, FactKind.RETURNED))
    with pytest.raises(WrongState):
        check_fact(FactKind.RETURNED, facts(*sent, FactKind.HANDED_OVER))
