"""What restricted money must satisfy, asked anew of all that stands: one row for each breach.

The database refuses it posting by posting; this finds what was written with the rules switched off.
"""

_WHOSE = "COALESCE((SELECT code FROM pledges WHERE pledges.id = p.pledge_id), '（不明）')"
_STANDS = """t.reverses_id IS NULL
             AND NOT EXISTS (SELECT 1 FROM transactions u WHERE u.reverses_id = t.id)"""

# The sex that stood on the day of a posting: a number corrected later makes no breach of it, and on
# the day of the correction either may have stood.
_WAS_A_GIRL = """('F' = COALESCE((SELECT a.sex_before FROM amendments a WHERE a.child_id = c.id
      AND a.sex_before IS NOT NULL AND a.decided_on > t."on" ORDER BY a.decided_on, a.id LIMIT 1),
      c.sex, '') OR EXISTS (SELECT 1 FROM amendments a WHERE a.child_id = c.id
      AND a.sex_before = 'F' AND a.decided_on = t."on"))"""

STATEMENTS: dict[str, tuple[str, ...]] = {
    "earmarks": (
        f"""SELECT '认捐 ' || {_WHOSE} || '：限定用途的钱用到了别处（第 ' || p.id || ' 条分录）'
            FROM postings p JOIN transactions t ON t.id = p.transaction_id
            JOIN earmarks e ON e.pledge_id = p.pledge_id
            LEFT JOIN stipends s ON s.id = t.stipend_id LEFT JOIN gifts g ON g.id = t.gift_id
            LEFT JOIN matches m ON m.id = COALESCE(s.match_id, g.match_id)
            LEFT JOIN children c ON c.id = m.child_id
            WHERE p.amount > 0 AND p.account IN ('earmarked', 'prepaid') AND {_STANDS}
              AND t.kind NOT IN ('received', 'redirected', 'rested')
              AND CASE e.kind WHEN 'girls' THEN NOT {_WAS_A_GIRL}
                              WHEN 'one_child' THEN c.id IS DISTINCT FROM e.child_id
                              ELSE COALESCE(g.purpose, '') <> 'surgery'
                                AND COALESCE(m.occasion, '') <> 'surgery' END
            ORDER BY p.id""",
        f"""SELECT '认捐 ' || {_WHOSE} || '：没有限定用途，却记在限定用途的账上'
            FROM postings p WHERE p.account = 'earmarked' AND NOT EXISTS (
              SELECT 1 FROM earmarks e WHERE e.pledge_id = p.pledge_id) ORDER BY p.id""",
        f"""SELECT '认捐 ' || {_WHOSE} || '：没有捐赠人同意，改了 ' || p.amount || ' 分的用途'
            FROM postings p JOIN transactions t ON t.id = p.transaction_id
            WHERE t.kind = 'redirected' AND p.amount > 0 AND NOT EXISTS (
              SELECT 1 FROM redirections r JOIN earmarks e ON e.id = r.earmark_id
              JOIN redirection_answers a ON a.redirection_id = r.id AND a.says_yes
              WHERE r.id = t.redirection_id AND e.pledge_id = p.pledge_id
                AND r.amount_fen >= p.amount AND p.account IN ('earmarked', 'prepaid'))
            ORDER BY p.id""",
        """SELECT '第 ' || t.id || ' 笔账：改用途的钱没有进备用金' FROM transactions t
           JOIN postings p ON p.transaction_id = t.id
           WHERE t.kind = 'redirected' AND p.amount < 0 AND p.account <> 'gap_fund'""",
        f"""SELECT '认捐 ' || {_WHOSE} || '：限定用途的钱用出的比到账的多 ' || SUM(p.amount) || ' 分'
            FROM postings p WHERE p.account = 'earmarked'
            GROUP BY p.pledge_id HAVING SUM(p.amount) > 0""",
        # What a restriction bridged goes back to it, and nothing else does.
        f"""SELECT '第 ' || t.id || ' 笔账：垫付的和补回的不是同一笔限定用途的钱'
            FROM transactions t JOIN postings p ON p.transaction_id = t.id
            LEFT JOIN stipends s ON s.id = t.stipend_id LEFT JOIN gifts g ON g.id = t.gift_id
            LEFT JOIN earmarks e ON e.id = COALESCE(s.earmark_id, g.earmark_id)
            WHERE t.kind IN ('bridged', 'repaid') AND {_STANDS}
              AND p.account IN ('earmarked', 'gap_fund')
              AND (p.account = 'earmarked') <> (e.id IS NOT NULL AND e.pledge_id = p.pledge_id)
            ORDER BY t.id""",
        """SELECT '认捐 ' || COALESCE(p.code, '（第 ' || f.pledge_id || ' 行）') ||
                   '：到账和限定用途的账差 ' || SUM(f.fen) || ' 分'
            FROM (SELECT v.pledge_id, r.amount_fen AS fen FROM vault_receipts v
                  JOIN receipts r ON r.id = v.receipt_id
                  JOIN pledges g ON g.id = v.pledge_id AND g.kind = 'gap_fund'
                  JOIN earmarks e ON e.pledge_id = v.pledge_id
                  UNION ALL SELECT p.pledge_id, p.amount FROM postings p
                  JOIN transactions t ON t.id = p.transaction_id
                  WHERE t.kind = 'received' AND p.account = 'earmarked') f
            LEFT JOIN pledges p ON p.id = f.pledge_id
            GROUP BY f.pledge_id, p.code HAVING SUM(f.fen) <> 0 ORDER BY f.pledge_id""",
    ),
    "no_fees": (
        """SELECT '第 ' || p.transaction_id || ' 笔账：手续费从捐给孩子的钱里出了'
           FROM postings p WHERE p.account IN ('prepaid', 'promised', 'owed', 'in_transit',
                                               'unmatched', 'gap_fund', 'earmarked', 'rest')
             AND EXISTS (SELECT 1 FROM postings f WHERE f.transaction_id = p.transaction_id
                         AND f.account = 'bank_fees') ORDER BY p.id""",
        """SELECT '第 ' || t.id || ' 笔账：手续费记到了一笔助学金上' FROM transactions t
           JOIN postings p ON p.transaction_id = t.id AND p.account = 'bank_fees'
           WHERE t.stipend_id IS NOT NULL OR t.gift_id IS NOT NULL ORDER BY t.id""",
    ),
    "losses": (
        """SELECT '核销 ' || w.ref || '：备用金承担了，账上却没有；或反过来' FROM write_offs w
           JOIN (SELECT o.stipend_id, COUNT(o.paid_again_on) AS said,
                   (SELECT COUNT(*) FROM transactions t WHERE t.kind = 'lost'
                    AND t.stipend_id = o.stipend_id) AS booked
                 FROM write_offs o GROUP BY o.stipend_id) n ON n.stipend_id = w.stipend_id
           WHERE n.said <> n.booked ORDER BY w.id""",
        """SELECT '第 ' || t.id || ' 笔账：损失的金额或科目不对' FROM transactions t
           JOIN postings p ON p.transaction_id = t.id JOIN stipends s ON s.id = t.stipend_id
           WHERE t.kind = 'lost' GROUP BY t.id, s.amount_fen
           HAVING COUNT(p.id) <> 2
             OR SUM(CASE WHEN p.account = 'gap_fund' THEN p.amount ELSE 0 END) <> s.amount_fen
             OR SUM(CASE WHEN p.account = 'bank' THEN p.amount ELSE 0 END) <> -s.amount_fen
           ORDER BY t.id""",
        """SELECT '第 ' || t.id || ' 笔账：记了损失，却没有两个人同意的核销' FROM transactions t
           WHERE t.kind = 'lost' AND NOT EXISTS (
             SELECT 1 FROM write_offs w WHERE w.stipend_id = t.stipend_id AND w.status = 'done'
             AND w.paid_again_on IS NOT NULL) ORDER BY t.id""",
    ),
}
