"""What the gap fund's books must satisfy: one row, a sentence, for each breach."""

_CHILDS_SIDE = "COALESCE(m.child_ref, '（第 ' || s.match_id || ' 行）')"
_OWN = """FROM stipends s JOIN matches m ON m.id = s.match_id
          WHERE m.stands_in_for_id IS NOT NULL AND s.cancelled_on IS NULL"""

_GONE = """(SELECT r.id, r.ref, r.amount_fen, r.unclaimed, r.gone_on, u.status, u.asked_by,
            u.decided_by, u.paid_on
            FROM receipts r LEFT JOIN unclaimed u ON u.id = (
              SELECT MAX(d.id) FROM unclaimed d WHERE d.receipt_id = r.id AND d.status = 'done')
            WHERE r.unclaimed IS NOT NULL)"""
STATEMENTS: dict[str, tuple[str, ...]] = {
    "unclaimed": (
        f"""SELECT '到账 ' || g.ref || '：没有人认领就处理了，却不是两个人决定的' FROM {_GONE} g
            WHERE g.status IS NULL OR g.decided_by IS NULL OR g.decided_by = g.asked_by
            ORDER BY g.id""",
        """SELECT '到账 ' || r.ref || '：写着没有人认领，却对上了认捐，或冲销过' FROM receipts r
           WHERE r.unclaimed IS NOT NULL AND (r.is_matched OR r.is_taken_back) ORDER BY r.id""",
        """SELECT '到账 ' || r.ref || '：没有人认领，账上走没走说不清' FROM receipts r
           WHERE (r.gone_on IS NOT NULL AND r.unclaimed IS NULL)
              OR (r.unclaimed = 'to_fund' AND r.gone_on IS NULL) ORDER BY r.id""",
        """SELECT '无人认领的到账：' || e.what || '合计 ' || e.asked || ' 分，账上是 ' || e.booked || ' 分'
           FROM (SELECT '转入备用金' AS what,
                   (SELECT COALESCE(SUM(amount_fen), 0) FROM receipts
                    WHERE unclaimed = 'to_fund') AS asked,
                   (SELECT COALESCE(SUM(-p.amount), 0) FROM postings p
                    JOIN transactions t ON t.id = p.transaction_id
                    WHERE t.kind IN ('unclaimed', 'reclaimed') AND p.account = 'gap_fund') AS booked
                 UNION ALL SELECT '退回付款人',
                   (SELECT COALESCE(SUM(amount_fen), 0) FROM receipts
                    WHERE unclaimed = 'give_back' AND gone_on IS NOT NULL),
                   (SELECT COALESCE(SUM(-p.amount), 0) FROM postings p
                    JOIN transactions t ON t.id = p.transaction_id
                    WHERE t.kind = 'given_back' AND p.account = 'bank')) e
           WHERE e.asked <> e.booked""",
    ),
    "gap_fund": (
        """SELECT '爱心备用金：用出的比到账的多 ' || SUM(amount) || ' 分'
           FROM postings WHERE account = 'gap_fund' HAVING SUM(amount) > 0""",
        """SELECT '给爱心备用金的到账合计 ' || r.total || ' 分，账上是 ' || b.total || ' 分'
           FROM (SELECT COALESCE(SUM(one.amount_fen), 0) AS total FROM receipts one
                 JOIN vault_receipts v ON v.receipt_id = one.id
                 JOIN pledges p ON p.id = v.pledge_id AND p.kind = 'gap_fund') r,
                (SELECT COALESCE(-SUM(p.amount), 0) AS total FROM postings p
                 JOIN transactions t ON t.id = p.transaction_id
                 WHERE t.kind = 'received' AND p.account IN ('gap_fund', 'earmarked')) b
           WHERE r.total <> b.total""",
        """SELECT '第 ' || p.transaction_id || ' 笔账：利息没有进爱心备用金' FROM postings p
           JOIN transactions t ON t.id = p.transaction_id
           WHERE t.kind = 'interest' AND p.account NOT IN ('bank', 'gap_fund') ORDER BY p.id""",
        # Nobody owes the fund's own instalments: no donor's money may have gone into one.
        f"""SELECT '结对 ' || {_CHILDS_SIDE} || '：' || s.due_on || ' 由备用金接着给，却记了捐赠人到账'
            {_OWN} AND s.received_on IS NOT NULL ORDER BY s.id""",
        f"""SELECT '结对 ' || {_CHILDS_SIDE} || '：' || s.due_on || ' 捐赠人和备用金各付了一次'
            {_OWN} AND EXISTS (SELECT 1 FROM stipends r WHERE r.match_id = m.stands_in_for_id
                               AND r.due_on = s.due_on AND r.cancelled_on IS NULL) ORDER BY s.id""",
        f"""SELECT '结对 ' || {_CHILDS_SIDE} || '：' || s.due_on || ' 备用金付了两次'
            {_OWN} AND EXISTS (SELECT 1 FROM stipends r JOIN matches o ON o.id = r.match_id
                               WHERE o.need_id = m.need_id AND o.stands_in_for_id IS NOT NULL
                               AND r.due_on = s.due_on AND r.cancelled_on IS NULL AND r.id < s.id)
            ORDER BY s.id""",
        """SELECT '结对 ' || m.child_ref || '：备用金接着给的，说不出是接谁的'
           FROM matches m LEFT JOIN pledges p ON p.id = m.pledge_id
           WHERE (m.stands_in_for_id IS NOT NULL OR COALESCE(m.occasion, '') IN ('surgery', 'shortfall'))
                 <> (COALESCE(p.kind, '') = 'bridge')
           ORDER BY m.id""",
    ),
}
