"""What is left of stopped pledges: the books against the questions, the answers and the bank."""

STATEMENTS: dict[str, tuple[str, ...]] = {
    "rests": (
        """SELECT '认捐 ' || COALESCE((SELECT code FROM pledges WHERE pledges.id = p.pledge_id),
                  '（不明）') || '：停捐余下的钱用出的比有的多 ' || SUM(p.amount) || ' 分'
           FROM postings p WHERE p.account = 'rest' GROUP BY p.pledge_id HAVING SUM(p.amount) > 0""",
        # Money waits there exactly where somebody's word is waited for, or it is being paid back.
        """SELECT '认捐 ' || COALESCE(d.code, '（不明）') || '：停捐余下 ' ||
                  COALESCE(b.fen, 0) || ' 分，却没有在等谁的话；或反过来'
           FROM (SELECT pledge_id FROM rests UNION SELECT pledge_id FROM postings
                 WHERE account = 'rest') k
           LEFT JOIN pledges d ON d.id = k.pledge_id
           LEFT JOIN (SELECT pledge_id, -SUM(amount) AS fen FROM postings
                      WHERE account = 'rest' GROUP BY pledge_id) b ON b.pledge_id = k.pledge_id
           LEFT JOIN rests r ON r.pledge_id = k.pledge_id AND r.status IN ('waiting', 'paying')
           WHERE (COALESCE(b.fen, 0) <> 0) <> (r.id IS NOT NULL) ORDER BY d.code""",
        """SELECT '第 ' || t.id || ' 笔账：停捐余下的钱动了，捐赠人却没有这样说' FROM transactions t
           LEFT JOIN rests r ON r.id = t.rest_id LEFT JOIN rest_answers a ON a.rest_id = r.id
           WHERE (t.kind IN ('rested', 'unrested', 'rest_to_fund', 'rest_paid')) <>
                 (t.rest_id IS NOT NULL)
              OR (t.kind = 'rest_to_fund' AND COALESCE(a.way, '') <> 'to_fund')
              OR (t.kind = 'rest_paid' AND COALESCE(a.way, '') <> 'pay_back')
              OR (t.kind = 'unrested' AND NOT (COALESCE(a.way, '') = 'next_child'
                  OR (a.id IS NULL AND r.status = 'withdrawn'))) ORDER BY t.id""",
        """SELECT '认捐 ' || COALESCE(d.code, '（不明）') || '：捐赠人说的是 ' || a.fen ||
                  ' 分，账上动了 ' || COALESCE(SUM(p.amount), 0) || ' 分'
           FROM rest_answers a JOIN rests r ON r.id = a.rest_id
           LEFT JOIN pledges d ON d.id = r.pledge_id
           LEFT JOIN transactions t ON t.rest_id = r.id AND t.kind <> 'rested'
           LEFT JOIN postings p ON p.transaction_id = t.id AND p.account = 'rest'
           WHERE r.status = 'done' GROUP BY a.id, a.fen, d.code
           HAVING COALESCE(SUM(p.amount), 0) <> a.fen ORDER BY d.code""",
        """SELECT '退款 ' || b.memo || '：没有两个人核对、拨付岗放行，就退了' FROM pay_backs b
           WHERE b.paid_on IS NOT NULL AND (b.made_by IS NULL OR b.agreed_by IS NULL
             OR b.made_by = b.agreed_by OR b.released_by IS NULL OR b.account IS NULL)
           ORDER BY b.id""",
        # What the bank refused is made out anew: together, what waits and what went is the rest.
        """SELECT '停捐要退的余款：账上 ' || COALESCE(b.fen, 0) || ' 分，在办的 ' ||
                  COALESCE(w.fen, 0) || ' 分'
           FROM rests r
           LEFT JOIN (SELECT rest_id, SUM(p.amount) AS fen FROM (
               SELECT t.rest_id, -p.amount AS amount FROM postings p
               JOIN transactions t ON t.id = p.transaction_id WHERE p.account = 'rest') p
               GROUP BY rest_id) b ON b.rest_id = r.id
           LEFT JOIN (SELECT v.rest_id, SUM(o.fen) AS fen FROM pay_backs o
               JOIN vault_pay_backs v ON v.pay_back_id = o.id
               WHERE o.status IN ('waits', 'made', 'agreed', 'released') GROUP BY v.rest_id) w
               ON w.rest_id = r.id
           WHERE r.status = 'paying' AND COALESCE(b.fen, 0) <> COALESCE(w.fen, 0)
           ORDER BY r.id""",
        """SELECT '停捐退款合计 ' || e.asked || ' 分，账上是 ' || e.booked || ' 分'
           FROM (SELECT (SELECT COALESCE(SUM(fen), 0) FROM pay_backs
                         WHERE paid_on IS NOT NULL AND bounced_on IS NULL) AS asked,
                        (SELECT COALESCE(SUM(-p.amount), 0) FROM postings p
                         JOIN transactions t ON t.id = p.transaction_id
                         WHERE t.kind = 'rest_paid' AND p.account = 'bank') AS booked) e
           WHERE e.asked <> e.booked""",
        """SELECT '退款 ' || b.memo || '：不属于任何一笔停捐余款' FROM pay_backs b
           WHERE NOT EXISTS (SELECT 1 FROM vault_pay_backs v WHERE v.pay_back_id = b.id)
           ORDER BY b.id""",
    ),
}
