"""What the books must satisfy of payments through providers; each statement names a breach."""

STATEMENTS: dict[str, tuple[str, ...]] = {
    "online_payments": (
        """SELECT '线上订单 ' || o.number || '：写着已到账，却没有到账记录，或数不同'
           FROM online_orders o LEFT JOIN receipts r ON r.id = o.receipt_id
           WHERE (o.status IN ('paid', 'held')) <> (o.receipt_id IS NOT NULL)
              OR (o.receipt_id IS NOT NULL AND (r.id IS NULL OR r.amount_fen <> o.paid_fen
                  OR r.bank_line <> o.provider || ':' || o.number))
              OR (o.status = 'paid' AND o.paid_fen <> o.amount_fen)
              OR (o.status = 'held' AND o.paid_fen = o.amount_fen) ORDER BY o.id""",
        """SELECT '到账 ' || r.ref || '：写着线上付的，却没有这张订单'
           FROM receipts r LEFT JOIN online_orders o ON o.receipt_id = r.id
           WHERE r.corrects_id IS NULL AND o.id IS NULL
             AND (r.bank_line LIKE 'wechat:%' OR r.bank_line LIKE 'alipay:%') ORDER BY r.id""",
        """SELECT '线上订单 ' || o.number || '：付的人记在别的认捐上'
           FROM online_orders o LEFT JOIN vault_orders v ON v.order_id = o.id
           LEFT JOIN vault_receipts f ON f.receipt_id = o.receipt_id
           WHERE v.order_id IS NULL
              OR (o.status = 'paid' AND f.pledge_id IS NOT NULL AND f.pledge_id <> v.pledge_id)
           ORDER BY o.id""",
        """SELECT '支付平台 ' || h.provider || '：账上还有 ' || h.total || ' 分，订单减去结算是 '
                  || h.owed || ' 分'
           FROM (SELECT k.provider,
                   (SELECT COALESCE(SUM(amount), 0) FROM postings p
                    WHERE p.account = k.account) AS total,
                   (SELECT COALESCE(SUM(paid_fen), 0) FROM online_orders o
                    WHERE o.provider = k.provider AND o.receipt_id IS NOT NULL)
                   - (SELECT COALESCE(SUM(amount_fen + fee_fen), 0) FROM provider_payouts q
                      WHERE q.provider = k.provider) AS owed
                 FROM (SELECT 'wechat' AS provider, 'at_wechat' AS account
                       UNION ALL SELECT 'alipay', 'at_alipay') k) h
           WHERE h.total <> h.owed OR h.total < 0""",
        """SELECT '结算 ' || q.ref || '：减去手续费和里面的订单不相等'
           FROM provider_payouts q LEFT JOIN online_orders o ON o.payout_id = q.id
           GROUP BY q.id, q.ref, q.amount_fen, q.fee_fen, q.is_explained
           HAVING (q.is_explained AND COALESCE(SUM(o.paid_fen), 0) <> q.amount_fen + q.fee_fen)
              OR (NOT q.is_explained AND COUNT(o.id) > 0) ORDER BY q.id""",
    ),
}
