"""What the gap fund's books must satisfy: one row, a sentence, for each breach."""

_CHILDS_SIDE = "COALESCE(m.child_ref, '（第 ' || s.match_id || ' 行）')"
_OWN = """FROM stipends s JOIN matches m ON m.id = s.match_id
          WHERE m.stands_in_for_id IS NOT NULL AND s.cancelled_on IS NULL"""

STATEMENTS: dict[str, tuple[str, ...]] = {
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
           WHERE (m.stands_in_for_id IS NOT NULL OR COALESCE(m.occasion, '') = 'surgery')
                 <> (COALESCE(p.kind, '') = 'bridge')
           ORDER BY m.id""",
    ),
}
