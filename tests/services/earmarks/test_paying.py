"""Restricted money pays those whom it fits, gets its own back, and never anybody else's."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.pledges import Match
from models.stipends import Stipend
from services.books import receipts
from services.earmarks.purse import Pot, Purse, Source, Use
from services.fund import bridging
from tests.factories import viewer
from tests.services.earmarks.world import held, restricted, source_of
from tests.services.gap_fund import (
    DECEMBER,
    OCTOBER,
    SEPTEMBER,
    broken,
    feed,
    instalments,
    left,
    pay,
    run,
    sponsored,
)
from vocabulary.dates import at
from vocabulary.enums import EarmarkKind, MatchStatus, Role, Sex
from vocabulary.errors import WrongState
from vocabulary.money import Fen


def _of(session: Session, match: Match) -> Stipend:
    return session.scalars(select(Stipend).where(Stipend.match_id == match.id)).one()


def test_a_girl_is_paid_from_what_is_for_girls_and_a_boy_is_not(session: Session) -> None:
    girl, _ = sponsored(session, sex=Sex.FEMALE)
    boy, _ = sponsored(session, "13800000002", sex=Sex.MALE)
    pledge, _ = restricted(session, EarmarkKind.GIRLS, 50_000)

    work = run(session, SEPTEMBER)

    assert (work.bridged, work.counts["failed"]) == (1, 0)
    assert instalments(session, girl) == [(SEPTEMBER, "fund")]
    assert instalments(session, boy) == [(SEPTEMBER, "nobody")]
    assert source_of(session, _of(session, girl)) == pledge.id
    assert (held(session, pledge), left(session)) == (40_000, 0)
    assert broken(session, SEPTEMBER) == {}


def test_a_thousand_boys_never_stand_before_a_girl(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridging, "ROWS_A_SLICE", 1)
    boy, _ = sponsored(session, sex=Sex.MALE)
    girl, _ = sponsored(session, "13800000002", sex=Sex.FEMALE)
    restricted(session, EarmarkKind.GIRLS, 50_000)

    run(session, SEPTEMBER)

    assert instalments(session, girl) == [(SEPTEMBER, "fund")]
    assert instalments(session, boy) == [(SEPTEMBER, "nobody")]


def test_free_money_is_spared_where_restricted_money_fits(session: Session) -> None:
    girl, _ = sponsored(session, sex=Sex.FEMALE)
    boy, _ = sponsored(session, "13800000002", sex=Sex.MALE)
    restricted(session, EarmarkKind.GIRLS, 10_000)
    feed(session, 10_000)

    run(session, SEPTEMBER)

    assert instalments(session, girl) == [(SEPTEMBER, "fund")]
    assert instalments(session, boy) == [(SEPTEMBER, "fund")]


def test_what_the_donor_pays_late_goes_back_to_the_restriction(session: Session) -> None:
    girl, reference = sponsored(session, sex=Sex.FEMALE)
    pledge, _ = restricted(session, EarmarkKind.GIRLS, 50_000)
    run(session, SEPTEMBER)

    pay(session, reference, 10_000, SEPTEMBER)
    run(session, SEPTEMBER)

    assert instalments(session, girl) == [(SEPTEMBER, "repaid")]
    assert (held(session, pledge), left(session)) == (50_000, 0)
    assert broken(session, SEPTEMBER) == {}


def test_a_girl_whose_sponsor_stopped_is_carried_by_money_for_girls_alone(session: Session) -> None:
    girl, reference = sponsored(session, sex=Sex.FEMALE)
    boy, other = sponsored(session, "13800000002", sex=Sex.MALE)
    for one in (reference, other):
        pay(session, one, 10_000, SEPTEMBER)
    run(session, SEPTEMBER)
    for match in (girl, boy):
        match.ends_on, match.status = OCTOBER, MatchStatus.ENDED
    pledge, _ = restricted(session, EarmarkKind.GIRLS, 50_000)

    run(session, OCTOBER)

    own = session.scalars(select(Match).where(Match.stands_in_for_id.is_not(None))).all()
    assert [match.child_id for match in own] == [girl.child_id]
    assert held(session, pledge) == 40_000
    assert broken(session, OCTOBER) == {}


def test_a_wrong_booking_is_taken_back_from_where_it_lies(session: Session) -> None:
    pledge, reference = restricted(session, EarmarkKind.GIRLS, 50_000)
    desk = viewer(Role.COLLECTING_DESK)
    (booked,) = receipts.recent(session, desk)
    feed(session, 99_900)

    receipts.take_back(
        session, desk, booked["ref"], first="account:first", reason="wrong", now=at(SEPTEMBER)
    )

    assert reference
    assert (held(session, pledge), left(session)) == (0, 99_900)
    assert broken(session, SEPTEMBER) == {}


def test_a_booking_whose_restricted_money_is_spent_is_not_taken_back(session: Session) -> None:
    sponsored(session, sex=Sex.FEMALE)
    restricted(session, EarmarkKind.GIRLS, 50_000)
    feed(session, 99_900)
    run(session, SEPTEMBER)
    desk = viewer(Role.COLLECTING_DESK)
    (booked,) = [one for one in receipts.recent(session, desk) if one["amount_fen"] == 50_000]

    with pytest.raises(WrongState):
        receipts.take_back(
            session, desk, booked["ref"], first="account:first", reason="wrong", now=at(SEPTEMBER)
        )


def test_the_narrowest_purse_pays_first_and_none_pays_in_parts() -> None:
    girls = Pot(1, EarmarkKind.GIRLS, None, 15_000)
    own = Pot(2, EarmarkKind.ONE_CHILD, 7, 10_000)
    purse = Purse(5_000, [own, girls])
    use = Use(7, Sex.FEMALE)

    taken = [purse.take(Fen(10_000), use) for _ in range(3)]

    assert taken == [Source(2), Source(1), None]
    assert purse.take(Fen(5_000), use) == Source(1)
    assert purse.take(Fen(5_000), use) == Source(None)
    assert purse.take(Fen(1), use) is None


def test_a_cancelled_instalment_gives_back_to_the_restriction(session: Session) -> None:
    from services.stipends import facts
    from services.stipends.facts import Basis
    from vocabulary.enums import Evidence, FactKind

    girl, _ = sponsored(session, sex=Sex.FEMALE)
    pledge, _ = restricted(session, EarmarkKind.GIRLS, 50_000)
    run(session, SEPTEMBER)
    stipend = _of(session, girl)
    engine = viewer(Role.ENGINE)

    facts.record(
        session,
        FactKind.CANCELLED,
        [stipend],
        on=DECEMBER,
        by=engine,
        now=at(DECEMBER),
        basis=Basis(Evidence.LEDGER),
    )

    assert held(session, pledge) == 50_000
