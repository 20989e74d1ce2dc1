"""The bank's own balance against the books: each statement says what lay there on its last day."""

# What statements have shown, as the books took it: receipts, interest and fees, what providers paid
# out, our batches, and what left or came back and still waits for a person's word. Of several
# statements of one day the first is the one no other leads to, the last the one none goes on from.
SHOWN = """
shown(fen, day) AS (
  SELECT amount_fen, shown_on FROM receipts WHERE shown_on IS NOT NULL
  UNION ALL SELECT amount_fen, "on" FROM payouts WHERE NOT (COALESCE(was, '') = 'fee' AND state = 'settled')
  UNION ALL SELECT p.amount, t."on" FROM postings p JOIN transactions t ON t.id = p.transaction_id
    WHERE p.account = 'bank' AND t.kind IN ('interest', 'bank_fee', 'paid_out')),
taken AS (SELECT id, first_on, last_on, opening_fen, closing_fen FROM statements
  WHERE status = 'taken' AND opening_fen IS NOT NULL AND closing_fen IS NOT NULL),
first AS (SELECT opening_fen, first_on FROM taken a ORDER BY first_on,
  CASE WHEN EXISTS (SELECT 1 FROM taken b WHERE b.id <> a.id AND b.first_on = a.first_on
    AND b.last_on = a.first_on AND b.closing_fen = a.opening_fen) THEN 1 ELSE 0 END, id DESC LIMIT 1),
last AS (SELECT closing_fen, last_on FROM taken a ORDER BY last_on DESC,
  CASE WHEN EXISTS (SELECT 1 FROM taken b WHERE b.id <> a.id AND b.last_on = a.last_on
    AND b.first_on = a.last_on AND b.opening_fen = a.closing_fen) THEN 1 ELSE 0 END, id DESC LIMIT 1),
held AS (SELECT last.closing_fen, last.last_on, first.opening_fen,
    first.opening_fen + (SELECT COALESCE(SUM(fen), 0) FROM shown
      WHERE day >= first.first_on AND day <= last.last_on) AS told
  FROM first CROSS JOIN last)
"""

STATEMENTS: dict[str, tuple[str, ...]] = {
    "bank_balance": (
        f"""WITH {SHOWN} SELECT '银行流水到 ' || last_on || ' 的余额比账上记下的各行合起来' ||
            CASE WHEN closing_fen > told THEN '多 ' ELSE '少 ' END || ABS(closing_fen - told) ||
            ' 分，说不出原因：多半少传了一段流水，或冲销了流水上有的到账'
            FROM held WHERE closing_fen <> told""",  # noqa: S608 no word of a person's stands in it
    ),
    "unknown_debits": (
        """SELECT '流水上 ' || "on" || ' 支出 ' || -amount_fen || ' 分，问了也说不清是什么钱'
           FROM payouts WHERE was = 'unknown' AND state = 'unsettled' ORDER BY id""",
    ),
}
