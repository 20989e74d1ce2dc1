"""What the books must satisfy: statements that return one row, a sentence, for each breach."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.orm import Session

from vocabulary.enums import AccountKind, FactKind, TransactionKind

# Facts and transactions that nothing took back.
_LIVE = """
live AS (SELECT f.* FROM facts f WHERE f.cancels_id IS NULL
         AND NOT EXISTS (SELECT 1 FROM facts c WHERE c.cancels_id = f.id)),
standing AS (SELECT t.* FROM transactions t WHERE t.reverses_id IS NULL
             AND NOT EXISTS (SELECT 1 FROM transactions r WHERE r.reverses_id = t.id)),
moves(fact, kind, debit, credit) AS (VALUES
  ('promised', 'opened', 'promised', 'owed'),
  ('received', 'funded', 'prepaid', 'promised'),
  ('sent', 'sent', 'in_transit', 'bank'),
  ('handed_over', 'handed_over', 'owed', 'in_transit'),
  ('returned', 'returned', 'bank', 'in_transit'),
  ('written_off', 'written_off', 'owed', 'in_transit')),
subjects(what, id, match_id, due_on, amount_fen) AS (
  SELECT 'stipend', id, match_id, due_on, amount_fen FROM stipends
  UNION ALL SELECT 'gift', id, match_id, due_on, amount_fen FROM gifts),
moving AS (SELECT l.id, l.kind, m.kind AS transaction_kind,
             CASE WHEN l.stipend_id IS NULL THEN 'gift' ELSE 'stipend' END AS what,
             COALESCE(l.stipend_id, l.gift_id) AS subject_id
           FROM live l JOIN moves m ON m.fact = l.kind
           WHERE NOT (l.kind IN ('promised', 'received') AND EXISTS (
             SELECT 1 FROM live c WHERE c.kind = 'cancelled'
             AND (c.stipend_id = l.stipend_id OR c.gift_id = l.gift_id)))),
moved AS (SELECT t.id, t.kind, t.stipend_id, t.gift_id,
            CASE WHEN t.stipend_id IS NULL THEN 'gift' ELSE 'stipend' END AS what,
            COALESCE(t.stipend_id, t.gift_id) AS subject_id
          FROM standing t WHERE t.stipend_id IS NOT NULL OR t.gift_id IS NOT NULL)
"""


def _words(kind: type[StrEnum]) -> str:
    return ", ".join(f"'{word.value}'" for word in kind)


def _named(what: str, key: str) -> str:
    """Write SQL for a subject's public name on the child's side, or its row when that is lost."""
    return f"""({what} || ' ' || COALESCE((SELECT m.child_ref || '-' ||
        REPLACE(SUBSTR(s.due_on, 1, 7), '-', '') FROM subjects s JOIN matches m ON m.id = s.match_id
        WHERE s.what = {what} AND s.id = {key}), 'row ' || {key}))"""


_WITH = f"WITH {_LIVE}"
_DATES = tuple(f"{kind.value}_on" for kind in FactKind)
_PIVOT = ", ".join(
    f"MAX(CASE WHEN kind = '{kind.value}' THEN \"on\" END) AS {kind.value}_on" for kind in FactKind
)


def _dates_statement(table: str, key: str) -> str:
    differ = " OR ".join(f"s.{column} IS DISTINCT FROM e.{column}" for column in _DATES)
    what = f"'{key.removesuffix('_id')}'"
    return f"""{_WITH}
        SELECT {_named(what, "s.id")} || ': its dates are not those of its facts'
        FROM {table} s LEFT JOIN (SELECT {key}, {_PIVOT} FROM live
                                  WHERE {key} IS NOT NULL GROUP BY {key}) e ON e.{key} = s.id
        WHERE {differ} ORDER BY s.id"""


STATEMENTS: dict[str, tuple[str, ...]] = {
    "postings_per_transaction": (
        """SELECT 'transaction ' || transaction_id || ': its postings sum to ' || SUM(amount)
           FROM postings GROUP BY transaction_id HAVING SUM(amount) <> 0 ORDER BY 1""",
    ),
    "postings_total": (
        """SELECT 'all postings together sum to ' || SUM(amount) FROM postings
           HAVING SUM(amount) <> 0""",
    ),
    "empty_transactions": (
        """SELECT 'transaction ' || t.id || ' has fewer than two postings' FROM transactions t
           LEFT JOIN postings p ON p.transaction_id = t.id GROUP BY t.id HAVING COUNT(p.id) < 2
           ORDER BY t.id""",
        """SELECT 'posting ' || p.id || ' belongs to no transaction' FROM postings p
           WHERE NOT EXISTS (SELECT 1 FROM transactions t WHERE t.id = p.transaction_id)""",
        """SELECT 'transaction ' || id || ' (' || kind || ') is about no instalment, gift or receipt'
           FROM transactions WHERE (kind = 'received') <> (stipend_id IS NULL AND gift_id IS NULL)
           ORDER BY id""",
    ),
    "posting_words": (
        f"""SELECT 'posting ' || id || ' has no sound account or sum' FROM postings
            WHERE account NOT IN ({_words(AccountKind)})
               OR ROUND(amount) <> amount OR amount = 0 ORDER BY id""",
        f"""SELECT 'transaction ' || id || ' is of no known kind' FROM transactions
            WHERE kind NOT IN ({_words(TransactionKind)}) ORDER BY id""",
    ),
    "one_stipend": (
        """SELECT 'match ' || COALESCE(m.child_ref, 'row ' || s.match_id) || ' has ' || COUNT(*) ||
                  ' stipends for ' || s.due_on
           FROM stipends s LEFT JOIN matches m ON m.id = s.match_id
           GROUP BY s.match_id, s.due_on HAVING COUNT(*) > 1 ORDER BY s.match_id, s.due_on""",
    ),
    "fact_dates": (
        _dates_statement("stipends", "stipend_id"),
        _dates_statement("gifts", "gift_id"),
        f"""{_WITH} SELECT 'fact ' || id || ' is of no known kind' FROM live
            WHERE kind NOT IN ({_words(FactKind)})""",
        f"""{_WITH} SELECT {_named("'stipend'", "stipend_id")} || ' has ' || COUNT(*) || ' facts ' || kind
            FROM live WHERE stipend_id IS NOT NULL GROUP BY stipend_id, kind HAVING COUNT(*) > 1""",
        f"""{_WITH} SELECT {_named("'gift'", "gift_id")} || ' has ' || COUNT(*) || ' facts ' || kind
            FROM live WHERE gift_id IS NOT NULL GROUP BY gift_id, kind HAVING COUNT(*) > 1""",
    ),
    "ledger_against_facts": (
        f"""{_WITH} SELECT {_named("f.what", "f.subject_id")} || ': ' || f.kind || ' is not in the books'
            FROM (SELECT what, subject_id, transaction_kind AS kind FROM moving
                  EXCEPT SELECT what, subject_id, kind FROM moved) f""",
        f"""{_WITH} SELECT {_named("t.what", "t.subject_id")} || ': the books say ' || t.kind ||
                   ', no fact does'
            FROM (SELECT what, subject_id, kind FROM moved
                  EXCEPT SELECT what, subject_id, transaction_kind FROM moving) t""",
        f"""{_WITH} SELECT {_named("t.what", "t.subject_id")} || ' was booked ' || COUNT(*) ||
                   ' times as ' || t.kind
            FROM moved t GROUP BY t.what, t.subject_id, t.kind HAVING COUNT(*) > 1""",
        f"""{_WITH} SELECT {_named("t.what", "t.subject_id")} || ': ' || t.kind ||
                   ' was not booked with its sum'
            FROM moved t JOIN moves m ON m.kind = t.kind
            LEFT JOIN stipends s ON s.id = t.stipend_id LEFT JOIN gifts g ON g.id = t.gift_id
            LEFT JOIN postings p ON p.transaction_id = t.id
            WHERE s.id IS NOT NULL OR g.id IS NOT NULL GROUP BY t.id
            HAVING COUNT(p.id) <> 2
              OR SUM(CASE WHEN p.account = m.debit THEN p.amount ELSE 0 END)
                 <> COALESCE(s.amount_fen, g.amount_fen)
              OR SUM(CASE WHEN p.account = m.credit THEN p.amount ELSE 0 END)
                 <> -COALESCE(s.amount_fen, g.amount_fen)
            ORDER BY t.id""",
        """SELECT 'transaction ' || r.id || ' does not undo transaction ' || r.reverses_id
           FROM transactions r JOIN postings p ON p.transaction_id IN (r.id, r.reverses_id)
           WHERE r.reverses_id IS NOT NULL GROUP BY r.id, p.account HAVING SUM(p.amount) <> 0""",
    ),
    "accounts_of_done": (
        f"""{_WITH} SELECT {_named("f.what", "f.subject_id")} || ' is done, yet ' || f.account ||
                   ' stands at ' || f.total || ' fen'
            FROM (SELECT CASE WHEN t.stipend_id IS NULL THEN 'gift' ELSE 'stipend' END AS what,
                    COALESCE(t.stipend_id, t.gift_id) AS subject_id, p.account,
                    SUM(p.amount) AS total
                  FROM postings p JOIN transactions t ON t.id = p.transaction_id
                  LEFT JOIN stipends s ON s.id = t.stipend_id LEFT JOIN gifts g ON g.id = t.gift_id
                  WHERE p.account IN ('promised', 'owed', 'in_transit')
                    AND COALESCE(s.handed_over_on, s.cancelled_on, s.written_off_on,
                                 g.handed_over_on, g.cancelled_on, g.written_off_on) IS NOT NULL
                  GROUP BY t.stipend_id, t.gift_id, p.account, p.pledge_id, p.organisation_id
                  HAVING SUM(p.amount) <> 0) f""",
    ),
    "whose_postings": (
        """SELECT 'posting ' || p.id || ' is on another pledge than the match ' ||
                  COALESCE(m.child_ref, 'that is lost')
           FROM postings p JOIN transactions t ON t.id = p.transaction_id
           LEFT JOIN stipends s ON s.id = t.stipend_id LEFT JOIN gifts g ON g.id = t.gift_id
           LEFT JOIN matches m ON m.id = COALESCE(s.match_id, g.match_id)
           WHERE p.account IN ('prepaid', 'promised', 'owed') AND t.kind <> 'received'
             AND p.pledge_id IS DISTINCT FROM m.pledge_id ORDER BY p.id""",
        # What was undone went by the hand of then: it may have come back and gone by another.
        f"""{_WITH} SELECT 'posting ' || p.id || ' is on another hand than its batch'
            FROM postings p JOIN standing t ON t.id = p.transaction_id
            JOIN stipends s ON s.id = t.stipend_id JOIN batches b ON b.id = s.batch_id
            WHERE p.account = 'in_transit'
              AND p.organisation_id IS DISTINCT FROM b.organisation_id ORDER BY p.id""",
    ),
    "balances": (
        """SELECT 'a pledge has spent ' || SUM(amount) || ' fen more than was paid for it (pledge ' ||
                  COALESCE((SELECT code FROM pledges WHERE pledges.id = pledge_id), 'unknown') || ')'
           FROM postings WHERE account = 'prepaid' GROUP BY pledge_id HAVING SUM(amount) > 0""",
        """SELECT 'more was handed over than was sent: ' || SUM(amount) || ' fen in transit at ' ||
                  COALESCE((SELECT name FROM organisations o WHERE o.id = organisation_id), 'a village')
           FROM postings WHERE account = 'in_transit' GROUP BY organisation_id
           HAVING SUM(amount) < 0""",
    ),
    "receipts_booked": (
        """SELECT 'receipts sum to ' || r.total || ' fen, the books say ' || b.total
           FROM (SELECT COALESCE(SUM(amount_fen), 0) AS total FROM receipts) r,
                (SELECT COALESCE(SUM(p.amount), 0) AS total FROM postings p
                 JOIN transactions t ON t.id = p.transaction_id
                 WHERE t.kind = 'received' AND p.account = 'bank') b
           WHERE r.total <> b.total""",
        """SELECT 'pledge ' || COALESCE(p.code, 'row ' || e.pledge_id) || ': its receipts and its ' ||
                  'payments in the books differ by ' || SUM(e.fen) || ' fen'
           FROM (SELECT v.pledge_id, r.amount_fen AS fen, 0 AS is_posted
                 FROM vault_receipts v JOIN receipts r ON r.id = v.receipt_id
                 UNION ALL SELECT p.pledge_id, p.amount, 1 FROM postings p
                 JOIN transactions t ON t.id = p.transaction_id
                 WHERE t.kind = 'received' AND p.account = 'prepaid') e
           LEFT JOIN pledges p ON p.id = e.pledge_id
           WHERE p.kind IS NULL OR p.kind = 'child' OR (is_posted = 1 AND e.fen < 0)
           GROUP BY e.pledge_id HAVING SUM(e.fen) <> 0 ORDER BY e.pledge_id""",
        """SELECT 'unmatched receipts sum to ' || r.total || ' fen, the books say ' || b.total
           FROM (SELECT COALESCE(SUM(amount_fen), 0) AS total FROM receipts
                 WHERE NOT is_matched) r,
                (SELECT COALESCE(-SUM(amount), 0) AS total FROM postings
                 WHERE account = 'unmatched') b
           WHERE r.total <> b.total""",
        """SELECT 'receipt ' || r.ref || ' is matched to no pledge, or is not said to be matched'
           FROM receipts r LEFT JOIN vault_receipts v ON v.receipt_id = r.id
           WHERE r.is_matched <> (v.receipt_id IS NOT NULL) ORDER BY r.id""",
    ),
}


def run(session: Session, statements: Sequence[str]) -> list[str]:
    """Return what the statements name."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    spoken = (s.replace("IS DISTINCT FROM", "IS NOT") if is_sqlite else s for s in statements)
    return [str(line) for sql in spoken for line in session.execute(text(sql)).scalars()]
