"""`check` tells states from findings, and no act afterwards hides a damage."""

from datetime import date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from jobs.run import Run
from jobs.stipends import open_and_fund
from models.stipends import Stipend
from privacy import viewers
from services import trace
from services.accountancy import waiting
from services.checking import checks
from services.stipends import facts
from services.stipends.facts import Basis
from tests.factories import a_child, a_match, a_pledge, a_school, viewer
from tests.services.checks.damaging import damage, found
from vocabulary.dates import at
from vocabulary.enums import Evidence, FactKind, Role
from vocabulary.errors import WrongState


def test_a_sound_database_has_no_finding_and_its_states_are_counted(
    world: Session, now: datetime
) -> None:
    assert found(world, now) == {}
    assert waiting.states(world, viewers.console(), now=now) == {
        "due_without_money": 1,
        "funded_not_sent": 0,
        "sent_not_handed_over": 1,
        "late": 0,
        "in_dispute": 0,
        "held_up": 0,
        "held_children": 0,
        "set_aside": 0,
        "unmatched_receipts": 0,
        "sent_without_debit": 0,
        "waiting_debits": 0,
        "waiting_credits": 0,
        "received_without_credit": 1,
        "returned_without_credit": 0,
        "kept_by_hands": 0,
        "rests_waiting": 0,
    }


def test_the_heads_of_both_chains_are_told_so_that_they_can_be_kept_elsewhere(
    world: Session, now: datetime
) -> None:
    before = checks.report(world, viewers.console(), now=now)["heads"]
    trace.record(world, viewers.console(), "test.act", "tests:X", now=now)

    after = checks.report(world, viewers.console(), now=now)["heads"]

    assert after["custodian"] == before["custodian"]
    assert after["ordinary"]["seq"] == before["ordinary"]["seq"] + 1
    assert after["ordinary"]["digest"] != before["ordinary"]["digest"]


@pytest.mark.sqlite_only
def test_what_was_cut_off_a_chain_stays_missed_when_acts_go_on(
    world: Session, now: datetime
) -> None:
    damage(world, "DELETE FROM trace_ordinary WHERE seq = (SELECT MAX(seq) FROM trace_ordinary)")
    for _ in range(2):
        trace.record(world, viewers.console(), "test.act", "tests:X", now=now)
    world.commit()

    assert "chain_ordinary" in found(world, now)


@pytest.mark.sqlite_only
def test_a_head_taken_away_stays_missed_when_acts_go_on(world: Session, now: datetime) -> None:
    damage(world, "DELETE FROM chain_heads")
    trace.record(world, viewers.console(), "test.act", "tests:X", now=now)
    world.commit()

    assert {"chain_ordinary", "chain_custodian"} <= set(found(world, now))


def test_a_write_off_clears_what_is_owed_and_on_its_way(world: Session, now: datetime) -> None:
    second = world.query(Stipend).order_by(Stipend.due_on).all()[1]
    by = viewer(Role.APPROVER)
    day, basis = date(2026, 11, 21), Basis(Evidence.WORD)
    facts.record(world, FactKind.WRITTEN_OFF, [second], on=day, by=by, now=now, basis=basis)
    trace.record(world, by, "stipend.write_off", "stipend:X", now=now)
    world.commit()

    assert found(world, now) == {}
    left = text(
        "SELECT account, SUM(amount) FROM postings JOIN transactions t ON t.id = transaction_id"
        " WHERE t.stipend_id = 2 GROUP BY account HAVING SUM(amount) <> 0 ORDER BY account"
    )
    assert world.execute(left).all() == [("bank", -10_000), ("prepaid", 10_000)]
    with pytest.raises(WrongState):
        facts.record(world, FactKind.HANDED_OVER, [second], on=day, by=by, now=now, basis=basis)


def test_silence_is_found_from_noon_of_the_day_after_approval(
    session: Session, now: datetime
) -> None:
    a_match(
        session,
        a_pledge(session)[0],
        a_child(session, a_school(session)),
        starts_on=date(2026, 12, 1),
    )
    session.commit()

    assert found(session, at(date(2026, 12, 1), 11)) == {}
    silence = found(session, at(date(2026, 12, 1), 12))["due_against_done"]
    assert [line.partition("：")[2] for line in silence] == [
        "2026-12-01 应开的没有开出，也没写原因"
    ]


def test_a_match_approved_today_waits_for_tomorrows_run(session: Session, now: datetime) -> None:
    a_match(
        session,
        a_pledge(session)[0],
        a_child(session, a_school(session)),
        decided_on=date(2026, 11, 20),
    )
    session.commit()

    assert found(session, at(date(2026, 11, 20), 18)) == {}
    assert found(session, at(date(2026, 11, 21), 18)) != {}


def test_what_was_set_aside_with_a_reason_is_no_finding(session: Session, now: datetime) -> None:
    child = a_child(session, a_school(session))
    a_match(session, a_pledge(session)[0], child)
    session.execute(text("UPDATE consents SET withdrawn_on = '2026-08-01'"))
    session.commit()
    Run(session, "stipends", period=date(2026, 11, 21)).execute(open_and_fund)

    assert found(session, now) == {}
    assert waiting.states(session, viewers.console(), now=now)["set_aside"] == 3
