"""What hands kept: the books against what two people said, what went again, and what was paid back."""

_NAME = "COALESCE((SELECT b.memo FROM batches b WHERE b.id = k.batch_id), '（不明）')"
_DONE = "FROM kept_sums k WHERE k.status = 'done'"

STATEMENTS: dict[str, tuple[str, ...]] = {
    "kept": (
        f"""SELECT '批次 ' || {_NAME} || '：转交的人留下了钱，却不是两个人核定的'
            {_DONE} AND (k.decided_by IS NULL OR k.decided_by = k.asked_by) ORDER BY k.id""",
        """SELECT '第 ' || e.stipend_id || ' 笔助学金：转交的人还欠 ' || SUM(e.said) || ' 分，账上是 ' ||
                  SUM(e.booked) || ' 分'
           FROM (SELECT stipend_id, fen - paid_fen AS said, 0 AS booked FROM kept_sums
                 WHERE status = 'done'
                 UNION ALL SELECT COALESCE(t.stipend_id, 0), 0, p.amount FROM postings p
                 JOIN transactions t ON t.id = p.transaction_id WHERE p.account = 'kept') e
           GROUP BY e.stipend_id HAVING SUM(e.said) <> SUM(e.booked) OR SUM(e.booked) < 0
           ORDER BY e.stipend_id""",
        """SELECT '第 ' || t.stipend_id || ' 笔助学金：转交的人欠的和备用金先承担的差 ' ||
                  SUM(p.amount) || ' 分'
           FROM postings p JOIN transactions t ON t.id = p.transaction_id
           WHERE p.account IN ('kept', 'kept_borne')
           GROUP BY t.stipend_id HAVING SUM(p.amount) <> 0 ORDER BY t.stipend_id""",
        # Whose debt it is: the hand by which it went, and nobody else.
        """SELECT '第 ' || p.id || ' 条分录：留下的钱记在了别的单位名下' FROM postings p
           JOIN transactions t ON t.id = p.transaction_id
           WHERE p.account = 'kept' AND NOT EXISTS (
             SELECT 1 FROM kept_sums k JOIN batches b ON b.id = k.batch_id
             WHERE k.stipend_id = t.stipend_id AND k.status = 'done'
               AND COALESCE(b.organisation_id, 0) = COALESCE(p.organisation_id, 0)) ORDER BY p.id""",
        f"""SELECT '批次 ' || {_NAME} || '：还清的日子和还了多少不一致'
            {_DONE} AND (k.paid_on IS NOT NULL) <> (k.paid_fen = k.fen) ORDER BY k.id""",
        # It goes to the child once, alone, for that very sum and due day, and the fund pays it.
        f"""SELECT '批次 ' || {_NAME} || '：留下的一份补给孩子的，金额、日子或孩子不对'
            FROM kept_sums k JOIN stipends o ON o.id = k.stipend_id
            JOIN matches g ON g.id = o.match_id LEFT JOIN matches m ON m.id = k.match_id
            LEFT JOIN stipends s ON s.match_id = m.id
            WHERE k.status = 'done' AND k.write_off_id IS NULL
              AND (m.id IS NULL OR m.child_id <> g.child_id OR m.instalment_fen <> k.fen
                OR SUBSTR(CAST(m.starts_on AS TEXT), 1, 7) <> SUBSTR(CAST(o.due_on AS TEXT), 1, 7)
                OR m.occasion IS DISTINCT FROM 'shortfall'
                OR (s.id IS NOT NULL AND (s.amount_fen <> k.fen OR s.due_on <> m.starts_on
                    OR s.received_on IS NOT NULL OR s.earmark_id IS NOT NULL))) ORDER BY k.id""",  # noqa: S608 no word of a person's stands in it
        f"""SELECT '批次 ' || {_NAME} || '：整笔留下的，却没有两个人核销'
            FROM kept_sums k JOIN write_offs w ON w.id = k.write_off_id
            WHERE w.status <> 'done' OR w.stipend_id <> k.stipend_id OR w.reason <> 'kept'
            ORDER BY k.id""",  # noqa: S608 no word of a person's stands in it
        """SELECT '结对 ' || m.child_ref || '：补足的一份，说不出是补哪一笔' FROM matches m
           WHERE m.occasion = 'shortfall' AND NOT EXISTS (
             SELECT 1 FROM kept_sums k WHERE k.match_id = m.id AND k.status = 'done')
           ORDER BY m.id""",
    ),
}
