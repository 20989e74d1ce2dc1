"""What the books must satisfy: statements that return one row, a sentence, for each breach."""

import re
from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.checking.check_words import ACCOUNTS, BOOKINGS, FACTS, SUBJECTS, in_words
from services.checking.pinned import line
from vocabulary.enums import AccountKind, FactKind, TransactionKind


def _used_on(day: str) -> str:
    """Write SQL for vocabulary.dates.used_on: what was noted after the day's year, on that later day."""
    noted = "SHANGHAI_DAY(l.noted_at)"
    year = "SUBSTR(CAST({} AS TEXT), 1, 4)"
    return f"CASE WHEN {year.format(day)} < {year.format(noted)} THEN {noted} ELSE {day} END"


# Facts and transactions that nothing took back. What was bridged or cancelled is asked as a set:
# asked fact by fact, a region would take a day.
_LIVE = f"""
live AS (SELECT f.*, CASE WHEN f.stipend_id IS NULL THEN 'gift' ELSE 'stipend' END AS what,
           COALESCE(f.stipend_id, f.gift_id) AS subject_id
         FROM facts f WHERE f.cancels_id IS NULL
         AND NOT EXISTS (SELECT 1 FROM facts c WHERE c.cancels_id = f.id)),
standing AS (SELECT t.* FROM transactions t WHERE t.reverses_id IS NULL
             AND NOT EXISTS (SELECT 1 FROM transactions r WHERE r.reverses_id = t.id)),
moves(fact, kind, debit, credit) AS (VALUES
  ('promised', 'opened', 'promised', 'owed'),
  ('received', 'funded', 'prepaid', 'promised'),
  ('received', 'repaid', 'prepaid', 'gap_fund'),
  ('bridged', 'bridged', 'gap_fund', 'promised'),
  ('sent', 'sent', 'in_transit', 'bank'),
  ('handed_over', 'handed_over', 'owed', 'in_transit'),
  ('returned', 'returned', 'bank', 'in_transit'),
  ('written_off', 'written_off', 'owed', 'in_transit')),
subjects(what, id, match_id, due_on, amount_fen) AS (
  SELECT 'stipend', id, match_id, due_on, amount_fen FROM stipends
  UNION ALL SELECT 'gift', id, match_id, due_on, amount_fen FROM gifts),
moving AS (SELECT l.id, l.kind, CASE WHEN l.kind <> 'received' THEN l."on"
             WHEN COALESCE(s.due_on, g.due_on) <= l."on" THEN {_used_on('l."on"')}
             ELSE {_used_on("COALESCE(s.due_on, g.due_on)")} END AS "on", l."by",
             m.kind AS transaction_kind, l.what, l.subject_id
           FROM live l LEFT JOIN stipends s ON l.what = 'stipend' AND s.id = l.subject_id
           LEFT JOIN gifts g ON l.what = 'gift' AND g.id = l.subject_id
           JOIN moves m ON m.fact = l.kind
             AND (l.kind <> 'received' OR (m.kind = 'repaid') = ((l.what, l.subject_id) IN (
               SELECT what, subject_id FROM live WHERE kind = 'bridged')))
           WHERE NOT (l.kind IN ('promised', 'received', 'bridged') AND (l.what, l.subject_id) IN (
             SELECT what, subject_id FROM live WHERE kind = 'cancelled'))),
moved AS (SELECT t.id, t.kind, t."on", t."by", t.stipend_id, t.gift_id,
            CASE WHEN t.stipend_id IS NULL THEN 'gift' ELSE 'stipend' END AS what,
            COALESCE(t.stipend_id, t.gift_id) AS subject_id
          FROM standing t WHERE (t.stipend_id IS NOT NULL OR t.gift_id IS NOT NULL)
            AND t.kind NOT IN ('lost', 'kept', 'kept_paid'))
"""


def _words(kind: type[StrEnum]) -> str:
    return ", ".join(f"'{word.value}'" for word in kind)


def _named(what: str, key: str) -> str:
    """Write SQL for a subject's public name on the child's side, or its row when that is lost."""
    return f"""({in_words(what, SUBJECTS)} || ' ' || COALESCE((SELECT m.child_ref || '-' ||
        REPLACE(SUBSTR(CAST(named.due_on AS TEXT), 1, 7), '-', '')
        FROM subjects named JOIN matches m ON m.id = named.match_id
        WHERE named.what = {what} AND named.id = {key}), '（第 ' || {key} || ' 行）'))"""


_WITH = f"WITH {_LIVE}"
# Restricted money pays in the fund's place: services/earmarks/checks.py says where it may.
_FUNDS = "REPLACE(p.account, 'earmarked', 'gap_fund')"
_OPENED_WITH = """(SELECT -q.amount FROM postings q WHERE q.account = 'owed' AND q.transaction_id = (
    SELECT MIN(o.id) FROM transactions o WHERE o.stipend_id = w.subject_id AND o.kind = 'opened'))"""
_DATES = tuple(f"{kind.value}_on" for kind in FactKind)
_PIVOT = ", ".join(
    f"MAX(CASE WHEN kind = '{kind.value}' THEN \"on\" END) AS {kind.value}_on" for kind in FactKind
)


def _dates_statement(table: str, key: str) -> str:
    differ = " OR ".join(f"s.{column} IS DISTINCT FROM e.{column}" for column in _DATES)
    what = f"'{key.removesuffix('_id')}'"
    return f"""{_WITH}
        SELECT {_named(what, "s.id")} || '：日期和事实不一致', s.match_id
        FROM {table} s LEFT JOIN (SELECT {key}, {_PIVOT} FROM live
                                  WHERE {key} IS NOT NULL GROUP BY {key}) e ON e.{key} = s.id
        WHERE {differ} ORDER BY s.id"""


STATEMENTS: dict[str, tuple[str, ...]] = {
    "postings_per_transaction": (
        """SELECT '第 ' || transaction_id || ' 笔账：分录合计是 ' || SUM(amount) || ' 分，不是零'
           FROM postings GROUP BY transaction_id HAVING SUM(amount) <> 0 ORDER BY 1""",
    ),
    "postings_total": (
        """SELECT '全部分录合计是 ' || SUM(amount) || ' 分，不是零' FROM postings
           HAVING SUM(amount) <> 0""",
    ),
    "empty_transactions": (
        """SELECT '第 ' || t.id || ' 笔账：不到两条分录' FROM transactions t
           LEFT JOIN postings p ON p.transaction_id = t.id GROUP BY t.id HAVING COUNT(p.id) < 2
           ORDER BY t.id""",
        """SELECT '第 ' || p.id || ' 条分录：不属于任何一笔账' FROM postings p
           WHERE NOT EXISTS (SELECT 1 FROM transactions t WHERE t.id = p.transaction_id)""",
        f"""SELECT '第 ' || id || ' 笔账（' || {in_words("kind", BOOKINGS)} ||
                   '）：和哪笔助学金、到账都没关系'
           FROM transactions WHERE (kind IN ('received', 'interest', 'bank_fee',
                            'paid_out', 'provider_fee', 'redirected',
                            'unclaimed', 'reclaimed', 'given_back', 'rested',
                            'unrested', 'rest_to_fund', 'rest_paid'))
             <> (stipend_id IS NULL AND gift_id IS NULL)
           ORDER BY id""",
    ),
    "posting_words": (
        f"""SELECT '第 ' || id || ' 条分录：科目或金额不成立' FROM postings
            WHERE account NOT IN ({_words(AccountKind)})
               OR ROUND(amount) <> amount OR amount = 0 ORDER BY id""",
        f"""SELECT '第 ' || id || ' 笔账：种类不认得' FROM transactions
            WHERE kind NOT IN ({_words(TransactionKind)}) ORDER BY id""",
    ),
    "one_stipend": (
        """SELECT '结对 ' || COALESCE(m.child_ref, '（第 ' || s.match_id || ' 行）') || '：' || s.due_on ||
                  ' 开出了 ' || COUNT(*) || ' 笔'
           FROM stipends s LEFT JOIN matches m ON m.id = s.match_id
           GROUP BY s.match_id, m.child_ref, s.due_on HAVING COUNT(*) > 1
           ORDER BY s.match_id, s.due_on""",
    ),
    "fact_dates": (
        _dates_statement("stipends", "stipend_id"),
        _dates_statement("gifts", "gift_id"),
        f"""{_WITH} SELECT '第 ' || id || ' 条事实：种类不认得' FROM live
            WHERE kind NOT IN ({_words(FactKind)})""",
        f"""{_WITH} SELECT {_named("'stipend'", "stipend_id")} || '：“' ||
                {in_words("kind", FACTS)} || '”记了 ' || COUNT(*) || ' 次'
            FROM live WHERE stipend_id IS NOT NULL GROUP BY stipend_id, kind HAVING COUNT(*) > 1""",
        f"""{_WITH} SELECT {_named("'gift'", "gift_id")} || '：“' ||
                {in_words("kind", FACTS)} || '”记了 ' || COUNT(*) || ' 次'
            FROM live WHERE gift_id IS NOT NULL GROUP BY gift_id, kind HAVING COUNT(*) > 1""",
    ),
    "ledger_against_facts": (
        f"""{_WITH} SELECT {_named("f.what", "f.subject_id")} || '：' ||
                   {in_words("f.kind", BOOKINGS)} || '没有入账'
            FROM (SELECT what, subject_id, transaction_kind AS kind FROM moving
                  EXCEPT SELECT what, subject_id, kind FROM moved) f""",
        f"""{_WITH} SELECT {_named("t.what", "t.subject_id")} || '：账上有' ||
                   {in_words("t.kind", BOOKINGS)} || '，却没有这个事实'
            FROM (SELECT what, subject_id, kind FROM moved
                  EXCEPT SELECT what, subject_id, transaction_kind FROM moving) t""",
        f"""{_WITH} SELECT {_named("t.what", "t.subject_id")} || '：' ||
                   {in_words("t.kind", BOOKINGS)} || '入了 ' || COUNT(*) || ' 次账'
            FROM moved t GROUP BY t.what, t.subject_id, t.kind HAVING COUNT(*) > 1""",
        # Where the books agree with what they opened it with, the row alone may be what changed.
        f"""{_WITH} SELECT {_named("w.what", "w.subject_id")} || '：' ||
                   {in_words("w.kind", BOOKINGS)} || '入账的金额或科目不对',
                   CASE WHEN w.legs = 2 AND w.debit = -w.credit AND w.debit = {_OPENED_WITH}
                        THEN w.match_id END, w.subject_id
            FROM (SELECT t.id, t.what, t.subject_id, t.kind, MIN(s.match_id) AS match_id,
                    COUNT(p.id) AS legs,
                    SUM(CASE WHEN {_FUNDS} = m.debit THEN p.amount ELSE 0 END) AS debit,
                    SUM(CASE WHEN {_FUNDS} = m.credit THEN p.amount ELSE 0 END) AS credit
            FROM moved t JOIN moves m ON m.kind = t.kind
            LEFT JOIN stipends s ON s.id = t.stipend_id LEFT JOIN gifts g ON g.id = t.gift_id
            LEFT JOIN postings p ON p.transaction_id = t.id
            WHERE s.id IS NOT NULL OR g.id IS NOT NULL
            GROUP BY t.id, t.what, t.subject_id, t.kind, s.amount_fen, g.amount_fen
            HAVING COUNT(p.id) <> 2
              OR SUM(CASE WHEN {_FUNDS} = m.debit THEN p.amount ELSE 0 END)
                 <> COALESCE(s.amount_fen, g.amount_fen)
              OR SUM(CASE WHEN {_FUNDS} = m.credit THEN p.amount ELSE 0 END)
                 <> -COALESCE(s.amount_fen, g.amount_fen)) w
            ORDER BY w.id""",
        # A promise is dated by its due day, and booked on the day of the run; money ahead is used on
        # the due day, or later (`used_on`). Grouped, not joined: no index leads from one to the other.
        f"""{_WITH} SELECT {_named("f.what", "f.subject_id")} || '：' ||
                   {in_words("f.kind", BOOKINGS)} || '入账的日期或经手人和事实的不同'
            FROM (SELECT what, subject_id, kind FROM (
                    SELECT what, subject_id, kind, "on", "by" FROM moved
                    UNION ALL SELECT what, subject_id, transaction_kind, "on", "by" FROM moving) b
                  GROUP BY what, subject_id, kind
                  HAVING MIN("by") <> MAX("by")
                    OR (kind <> 'opened' AND MIN("on") <> MAX("on"))) f
            ORDER BY f.what, f.subject_id""",
        """SELECT '第 ' || r.id || ' 笔账：没有如数冲回第 ' || r.reverses_id || ' 笔'
           FROM transactions r JOIN postings p ON p.transaction_id IN (r.id, r.reverses_id)
           WHERE r.reverses_id IS NOT NULL GROUP BY r.id, p.account HAVING SUM(p.amount) <> 0""",
    ),
    "accounts_of_done": (
        f"""{_WITH} SELECT {_named("f.what", "f.subject_id")} || '：已经办完，' ||
                   {in_words("f.account", ACCOUNTS)} || '还剩 ' || f.total || ' 分'
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
        """SELECT '第 ' || p.id || ' 条分录：记在了别的认捐上，不是结对 ' ||
                  COALESCE(m.child_ref, '（已不在）') || ' 的'
           FROM postings p JOIN transactions t ON t.id = p.transaction_id
           LEFT JOIN stipends s ON s.id = t.stipend_id LEFT JOIN gifts g ON g.id = t.gift_id
           LEFT JOIN matches m ON m.id = COALESCE(s.match_id, g.match_id)
           WHERE p.account IN ('prepaid', 'promised', 'owed', 'gap_fund')
             AND t.kind NOT IN ('received', 'interest', 'redirected', 'rested', 'unrested')
             AND t.rest_id IS NULL
             AND p.pledge_id IS DISTINCT FROM m.pledge_id ORDER BY p.id""",
        # What was undone went by the hand of then: it may have come back and gone by another.
        f"""{_WITH} SELECT '第 ' || p.id || ' 条分录：转交单位和批次的不同'
            FROM postings p JOIN standing t ON t.id = p.transaction_id
            JOIN stipends s ON s.id = t.stipend_id JOIN batches b ON b.id = s.batch_id
            WHERE p.account = 'in_transit'
              AND p.organisation_id IS DISTINCT FROM b.organisation_id ORDER BY p.id""",
    ),
    "balances": (
        """SELECT '认捐 ' || COALESCE((SELECT code FROM pledges WHERE pledges.id = pledge_id),
                                     '（不明）') || '：用出的比到账的多 ' || SUM(amount) || ' 分'
           FROM postings WHERE account = 'prepaid' GROUP BY pledge_id HAVING SUM(amount) > 0""",
        """SELECT COALESCE((SELECT name FROM organisations o WHERE o.id = organisation_id), '儿童主任') ||
                  '：转交的比拨付的多 ' || -SUM(amount) || ' 分'
           FROM postings WHERE account = 'in_transit' GROUP BY organisation_id
           HAVING SUM(amount) < 0""",
    ),
    "receipts_booked": (
        """SELECT '到账合计 ' || r.total || ' 分，账上是 ' || b.total || ' 分'
           FROM (SELECT COALESCE(SUM(amount_fen), 0) AS total FROM receipts) r,
                (SELECT COALESCE(SUM(p.amount), 0) AS total FROM postings p
                 JOIN transactions t ON t.id = p.transaction_id
                 WHERE t.kind = 'received' AND p.account IN ('bank', 'at_wechat', 'at_alipay')) b
           WHERE r.total <> b.total""",
        """SELECT '银行流水里的利息和手续费合计 ' || (k.total + w.total) || ' 分，账上是 '
                  || b.total || ' 分'
           FROM (SELECT COALESCE(SUM(amount_fen), 0) AS total FROM statement_lines
                 WHERE is_kept AND kind IN ('interest', 'fee')) k,
                (SELECT COALESCE(SUM(amount_fen), 0) AS total FROM payouts
                 WHERE was = 'fee' AND state = 'settled') w,
                (SELECT COALESCE(SUM(p.amount), 0) AS total FROM postings p
                 JOIN transactions t ON t.id = p.transaction_id
                 WHERE t.kind IN ('interest', 'bank_fee') AND p.account = 'bank') b
           WHERE k.total + w.total <> b.total""",
        """SELECT '认捐 ' || COALESCE(p.code, '（第 ' || e.pledge_id || ' 行）') ||
                  '：到账和账上的预付差 ' || SUM(e.fen) || ' 分'
           FROM (SELECT v.pledge_id, r.amount_fen AS fen, 0 AS is_posted
                 FROM vault_receipts v JOIN receipts r ON r.id = v.receipt_id
                 UNION ALL SELECT p.pledge_id, p.amount, 1 FROM postings p
                 JOIN transactions t ON t.id = p.transaction_id
                 WHERE t.kind = 'received' AND p.account = 'prepaid') e
           LEFT JOIN pledges p ON p.id = e.pledge_id
           WHERE p.kind IS NULL OR p.kind = 'child' OR (is_posted = 1 AND e.fen < 0)
           GROUP BY e.pledge_id, p.code HAVING SUM(e.fen) <> 0 ORDER BY e.pledge_id""",
        """SELECT '待核对到账合计 ' || r.total || ' 分，账上是 ' || b.total || ' 分'
           FROM (SELECT COALESCE(SUM(amount_fen), 0) AS total FROM receipts
                 WHERE NOT is_matched AND gone_on IS NULL) r,
                (SELECT COALESCE(-SUM(amount), 0) AS total FROM postings
                 WHERE account = 'unmatched') b
           WHERE r.total <> b.total""",
        """SELECT '到账 ' || r.ref || '：写着已对上认捐，其实没有；或反过来'
           FROM receipts r LEFT JOIN vault_receipts v ON v.receipt_id = r.id
           WHERE r.is_matched <> (v.receipt_id IS NOT NULL) ORDER BY r.id""",
    ),
}


def run(session: Session, statements: Sequence[str]) -> list[str]:
    """Return what the statements name: a sentence, and the match and instalment it is wholly about."""
    spoken = [_spoken(one, session.get_bind().dialect.name) for one in statements]
    return [line(*row) for sql in spoken for row in session.execute(text(sql))]


_INSTANT = re.compile(r"SHANGHAI_DAY\((.*?)\)")


def _spoken(statement: str, dialect: str) -> str:
    """Say it as the database does: that two may differ in being empty, and the day of an instant."""
    if dialect == "sqlite":
        plain = statement.replace("IS DISTINCT FROM", "IS NOT")
        return _INSTANT.sub(r"DATE(\1, '+8 hours')", plain)
    return _INSTANT.sub(r"CAST(\1 + INTERVAL '8 hours' AS DATE)", statement)
