"""`check` names what is damaged, kind by kind."""

import re
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from models import triggers
from models.pledges import Match
from models.stipends import Stipend
from services import trace
from tests.factories import viewer
from tests.services.checks.damaging import damage, found
from vocabulary.enums import Role

pytestmark = pytest.mark.sqlite_only

_CHINESE = re.compile("[\u4e00-\u9fff]")
_ENGLISH = re.compile(r"\b(?:the|its|is|are|has|not|of|that|row|match|fact|pledge)\b")
_COPY = (
    "CREATE TABLE copy AS SELECT * FROM stipends",
    "DROP TABLE stipends",
    "ALTER TABLE copy RENAME TO stipends",
)
DAMAGE: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "a posting's sum": (
        {"postings_per_transaction", "postings_total", "ledger_against_facts"},
        ("UPDATE postings SET amount = amount + 1 WHERE rowid = 3",),
    ),
    "a whole transaction's sums, evenly": (
        {"ledger_against_facts"},
        ("UPDATE postings SET amount = amount * 2 WHERE transaction_id = 2",),
    ),
    "a deleted posting": (
        {
            "postings_per_transaction",
            "postings_total",
            "empty_transactions",
            "ledger_against_facts",
        },
        ("DELETE FROM postings WHERE id = 3",),
    ),
    "a transaction without postings": (
        {"empty_transactions", "ledger_against_facts"},
        ("DELETE FROM postings WHERE transaction_id = 2",),
    ),
    "a deleted transaction": (
        {"foreign_keys", "empty_transactions", "ledger_against_facts"},
        ("DELETE FROM transactions WHERE id = 2",),
    ),
    "an account nobody knows": (
        {"posting_words", "ledger_against_facts"},
        ("UPDATE postings SET account = 'pocket' WHERE id = 3",),
    ),
    "a transaction's kind": (
        {"posting_words", "ledger_against_facts"},
        ("UPDATE transactions SET kind = 'gone' WHERE id = 2",),
    ),
    "a deleted stipend": (
        {"foreign_keys", "due_against_done"},
        ("DELETE FROM stipends WHERE due_on = '2026-11-01'",),
    ),
    "a stipend deleted with all that hung on it": (
        {"due_against_done"},
        (
            "DELETE FROM facts WHERE stipend_id = 3",
            "DELETE FROM postings WHERE transaction_id IN"
            " (SELECT id FROM transactions WHERE stipend_id = 3)",
            "DELETE FROM transactions WHERE stipend_id = 3",
            "DELETE FROM stipends WHERE id = 3",
        ),
    ),
    "a second stipend": (
        {"foreign_keys", "unique_keys", "one_stipend", "fact_dates"},
        (
            *_COPY,
            "INSERT INTO stipends SELECT 99, "
            + ", ".join(c.name for c in Stipend.__table__.columns if c.name != "id")
            + " FROM stipends WHERE id = 1",
        ),
    ),
    "a stipend's sum": (
        {"ledger_against_facts"},
        ("UPDATE stipends SET amount_fen = 1 WHERE id = 1",),
    ),
    "a date without its fact": (
        {"fact_dates"},
        ("UPDATE stipends SET confirmed_on = '2026-11-02' WHERE id = 2",),
    ),
    "a fact's day": ({"fact_dates"}, ("UPDATE facts SET \"on\" = '2020-01-01' WHERE id = 1",)),
    "a fact's kind": (
        {"fact_dates", "ledger_against_facts"},
        ("UPDATE facts SET kind = 'nonsense' WHERE id = 1",),
    ),
    "a deleted fact": (
        {"fact_dates", "ledger_against_facts"},
        ("DELETE FROM facts WHERE kind = 'handed_over' AND stipend_id = 1",),
    ),
    "an edited trace": (
        {"chain_ordinary"},
        ("UPDATE trace_ordinary SET actor = 'account:OTHER' WHERE seq = 1",),
    ),
    "a trace that is no entry any more": (
        {"chain_ordinary"},
        ("UPDATE trace_ordinary SET at = 'yesterday', detail = '{' WHERE seq = 2",),
    ),
    "a removed trace": ({"chain_custodian"}, ("DELETE FROM trace_custodian WHERE seq = 1",)),
    "a match that lost its schedule": (
        {"due_against_done"},
        ("UPDATE matches SET rhythm = 'week'",),
    ),
    "a match with a nonsense state": (
        {"due_against_done"},
        ("UPDATE matches SET status = 'happy'",),
    ),
    "a receipt's sum": ({"receipts_booked"}, ("UPDATE receipts SET amount_fen = 5",)),
    "the last entries of a chain cut off": (
        {"chain_ordinary"},
        ("DELETE FROM trace_ordinary WHERE seq > (SELECT MAX(seq) - 2 FROM trace_ordinary)",),
    ),
    "a whole chain": ({"chain_custodian"}, ("DELETE FROM trace_custodian",)),
    "a forged last entry": (
        {"chain_ordinary"},
        (
            "INSERT INTO trace_ordinary SELECT seq + 1, at, actor, act, subject, why, detail,"
            " digest, 'f' FROM trace_ordinary ORDER BY seq DESC LIMIT 1",
        ),
    ),
    "a chain's head set back": ({"chain_ordinary"}, ("UPDATE chain_heads SET seq = seq - 1",)),
    "the chains' heads": ({"chain_ordinary", "chain_custodian"}, ("DELETE FROM chain_heads",)),
    "an invented fact": (
        {"facts_traced"},
        (
            'INSERT INTO facts (stipend_id, kind, "on", "by", evidence, noted_at) VALUES'
            " (2, 'confirmed', '2026-11-02', 'family:X', 'word', '2026-11-02 01:00:00.000000')",
            "UPDATE stipends SET confirmed_on = '2026-11-02' WHERE id = 2",
        ),
    ),
    "a fact taken away with its date": (
        {"facts_traced", "missing_rows"},
        (
            "DELETE FROM facts WHERE kind = 'confirmed'",
            "UPDATE stipends SET confirmed_on = NULL WHERE id = 1",
        ),
    ),
    "an instalment's sum, everywhere": (
        {"opened_by_runs", "stipends_of_matches"},
        (
            "UPDATE stipends SET amount_fen = 90000 WHERE id = 3",
            "UPDATE postings SET amount = amount * 9 WHERE transaction_id IN"
            " (SELECT id FROM transactions WHERE stipend_id = 3)",
        ),
    ),
    "what a match gives, everywhere": (
        {"opened_by_runs"},
        (
            "UPDATE matches SET instalment_fen = 90000",
            "UPDATE stipends SET amount_fen = 90000",
            "UPDATE postings SET amount = amount * 9 WHERE transaction_id IN"
            " (SELECT id FROM transactions WHERE stipend_id IS NOT NULL)",
            "UPDATE postings SET amount = amount * 9 WHERE transaction_id = 1",
            "UPDATE receipts SET amount_fen = amount_fen * 9",
        ),
    ),
    "an invented instalment": (
        {"opened_by_runs", "schedule", "facts_traced", "ledger_against_facts"},
        (
            "INSERT INTO stipends (match_id, due_on, amount_fen, run_id, is_funded, promised_on)"
            " SELECT match_id, '2026-11-11', amount_fen, run_id, 0, promised_on FROM stipends"
            " WHERE id = 1",
            'INSERT INTO facts (stipend_id, kind, "on", "by", evidence, noted_at) SELECT 4, kind,'
            ' "on", "by", evidence, \'2026-11-11 00:00:00.000000\' FROM facts WHERE id = 1',
        ),
    ),
    "an instalment outside of its match's dates": (
        {"stipends_of_matches"},
        ("UPDATE matches SET ends_on = '2026-10-15'",),
    ),
    "an instalment said to be funded": (
        {"stipends_of_matches"},
        ("UPDATE stipends SET is_funded = 1 WHERE id = 3",),
    ),
    "an instalment's batch": (
        {"batches"},
        ("UPDATE stipends SET batch_id = NULL WHERE id = 1",),
    ),
    "a batch's day": ({"batches"}, ("UPDATE batches SET sent_on = NULL",)),
    "a batch's state": ({"histories"}, ("UPDATE batches SET status = 'closed'",)),
    "the day of a booking": (
        {"ledger_against_facts"},
        ("UPDATE transactions SET \"on\" = '2020-01-01' WHERE kind = 'sent'",),
    ),
    "the hand of a booking": (
        {"ledger_against_facts"},
        ("UPDATE transactions SET \"by\" = 'account:OTHER' WHERE kind = 'handed_over'",),
    ),
    "a reason to open nothing beside what was opened": (
        {"stipends_of_matches"},
        (
            "INSERT INTO set_aside (match_id, due_on, reason, run_id)"
            " SELECT match_id, due_on, 'paused', run_id FROM stipends WHERE id = 1",
        ),
    ),
    "an invented due day": (
        {"schedule"},
        ("INSERT INTO periods VALUES ('month', '2000-01-01', '2026-11-15')",),
    ),
    "a lost instalment behind a reason that was settled": (
        {"due_against_done", "opened_by_runs"},
        (
            "DELETE FROM facts WHERE stipend_id = 3",
            "DELETE FROM postings WHERE transaction_id IN"
            " (SELECT id FROM transactions WHERE stipend_id = 3)",
            "DELETE FROM transactions WHERE stipend_id = 3",
            "DELETE FROM stipends WHERE id = 3",
            "INSERT INTO set_aside (match_id, due_on, reason, run_id, resolved_on)"
            " VALUES (1, '2026-11-01', 'paused', 1, '2026-11-01')",
        ),
    ),
    "a donor's money spent for another": (
        {"whose_postings"},
        (
            "UPDATE postings SET pledge_id = NULL WHERE account = 'prepaid' AND transaction_id IN"
            " (SELECT id FROM transactions WHERE kind = 'funded')",
        ),
    ),
    "money at another hand": (
        {"whose_postings", "accounts_of_done"},
        (
            "UPDATE postings SET organisation_id = NULL WHERE account = 'in_transit' AND"
            " transaction_id IN (SELECT id FROM transactions WHERE kind = 'handed_over')",
        ),
    ),
    "a done instalment whose accounts are not at zero": (
        {"accounts_of_done", "ledger_against_facts"},
        (
            "UPDATE postings SET account = 'bank', organisation_id = NULL WHERE"
            " account = 'in_transit' AND transaction_id IN"
            " (SELECT id FROM transactions WHERE kind = 'handed_over' AND stipend_id = 1)",
        ),
    ),
    "a transaction about nothing": (
        {"empty_transactions"},
        (
            "INSERT INTO transactions (kind, \"on\", \"by\") VALUES ('sent', '2026-11-01', 'x')",
            "INSERT INTO postings (transaction_id, account, amount) SELECT MAX(id), 'bank', -5"
            " FROM transactions",
            "INSERT INTO postings (transaction_id, account, amount) SELECT MAX(id), 'unmatched', 5"
            " FROM transactions",
        ),
    ),
    "a receipt twice": (
        {"receipts_booked", "traced_records"},
        (
            "INSERT INTO receipts (ref, payment_reference, amount_fen, received_on, is_matched,"
            " recorded_by, recorded_at) SELECT 'COPY', payment_reference, amount_fen, received_on,"
            " 1, recorded_by, recorded_at FROM receipts",
        ),
    ),
    "a receipt taken away with its booking": (
        {"traced_records"},
        (
            "DELETE FROM postings WHERE transaction_id = 1",
            "DELETE FROM transactions WHERE id = 1",
            "DELETE FROM vault_receipts",
            "DELETE FROM receipts",
        ),
    ),
    "a receipt said to be unmatched": (
        {"receipts_booked"},
        ("UPDATE receipts SET is_matched = 0",),
    ),
    "a receipt's pledge": ({"receipts_booked"}, ("DELETE FROM vault_receipts",)),
    "a stranger's trigger": (
        {"triggers"},
        (
            "CREATE TRIGGER helper AFTER INSERT ON postings BEGIN"
            " UPDATE receipts SET amount_fen = amount_fen; END",
        ),
    ),
    "a salt that no key opens": (
        {"month_pages"},
        (
            "INSERT INTO month_heads (month, published_on, size, head, chained) VALUES"
            " ('2026-10-01', '2026-11-02', 1, '00', '00')",
            "INSERT INTO month_leaves (head_id, place, leaf, fact_id, code, salt) VALUES"
            " (1, 0, '00', 1, 'CODE', X'00ff')",
        ),
    ),
    "a table gone": (
        {"unique_keys", "due_against_done"},
        ("DROP TABLE set_aside",),
    ),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_is_found_and_named(world: Session, now: datetime, what: str) -> None:
    expected, statements = DAMAGE[what]

    damage(world, *statements)

    lines = found(world, now)
    assert expected <= set(lines)
    said = [line for name, some in lines.items() if name != "integrity" for line in some]
    assert [line for line in said if not _CHINESE.search(line) or _ENGLISH.search(line)] == []


@pytest.mark.parametrize("one", triggers.declared(), ids=lambda one: one.name)
def test_a_dropped_trigger_is_found(world: Session, now: datetime, one: triggers.Declared) -> None:
    triggers.drop(world.connection(), one)

    assert found(world, now) == {"triggers": [f"触发器 {one.name} 不在了，或被改过"]}


def test_more_handed_over_than_sent_and_more_spent_than_paid_are_found(
    world: Session, now: datetime
) -> None:
    damage(
        world,
        "UPDATE postings SET amount = amount * 9 WHERE transaction_id IN "
        "(SELECT id FROM transactions WHERE kind IN ('handed_over', 'funded'))",
    )

    assert "balances" in found(world, now)


def test_an_approval_in_another_persons_name_is_found(world: Session, now: datetime) -> None:
    match, approver = world.query(Match).one(), viewer(Role.APPROVER)
    match.decided_by = approver.actor
    trace.record(world, approver, "match.approve", f"match:{match.child_ref}", now=now)
    world.commit()
    assert found(world, now) == {}

    damage(world, "UPDATE matches SET decided_by = 'account:OTHER'")

    assert set(found(world, now)) == {"traced_records"}
