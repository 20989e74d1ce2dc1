"""Do records, trace and schedule agree? What a whole row's removal or invention leaves behind.

Every fact was noted by an act, and every act of that kind noted facts: who adds or removes rows must
forge a hash chain as well. What a run opened: services/checking/run_checks.py.
"""

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.checking.check_words import FACTS, in_words
from vocabulary.enums import Rhythm
from vocabulary.schedule import STANDARD, due_on, first_due

_APPENDED = (
    "facts",
    "transactions",
    "postings",
    "state_changes",
    "stipends",
    "gifts",
    "receipts",
    "releases",
    "figures",
)
_WITH_STATES = (
    ("children", "ref"),
    ("needs", "id"),
    ("pledges", "code"),
    ("matches", "child_ref"),
    ("batches", "ref"),
    ("pledge_changes", "ref"),
    ("gift_wishes", "ref"),
    ("vault_payer_moves", "ref"),
)
# Acts that never leave the facts as they were.
_MAKE_FACTS = (
    "batch.send",
    "stipend.hand_over",
    "stipend.snag",
    "stipend.clear_snag",
    "stipend.take_back",
    "stipend.send_again",
    "batch.returned",
    "batch.on_card",
    "batch.bounced",
    "write_off.agree",
    "write_off.make_good",
    "kept.agree",
    "kept.pay",
    "kept.made_good",
    "stipend.confirmed",
    "stipend.disputed",
    "stipends.open",
    "stipends.fund",
    "stipends.bridge",
    "surgeries.fund",
    "gift.promise",
    "gift.fund",
    "gift.send",
    "gift.hand_over",
    "gift.confirm",
)
_TRACES = (
    "(SELECT seq, at, actor, act, subject FROM trace_ordinary"
    " UNION ALL SELECT seq, at, actor, act, subject FROM trace_custodian)"
)
# A match has a ref for each side of the wall: a donor's reading names the donor's.
_NAMED = (
    ("match", "matches", ("child_ref", "donor_ref")),
    ("batch", "batches", ("ref",)),
    ("gift", "gifts", ("ref",)),
    ("gift_wish", "gift_wishes", ("ref",)),
    ("receipt", "receipts", ("ref",)),
)
_MATCH = (
    "COALESCE((SELECT child_ref FROM matches m WHERE m.id = s.match_id),"
    " '（第 ' || s.match_id || ' 行）')"
)
_OPENED_WITH = """COALESCE((SELECT -q.amount FROM postings q WHERE q.account = 'owed'
    AND q.transaction_id = (SELECT MIN(o.id) FROM transactions o
      WHERE o.stipend_id = s.id AND o.kind = 'opened')), s.amount_fen)"""


def _last_step(table: str, name: str) -> str:
    return f"""SELECT '{table} ' || r.{name} || '：状态是“' || r.status ||
               '”，经过里最后是“' || c.to_state || '”'{", r.id" if table == "matches" else ""}
        FROM {table} r JOIN (SELECT record_id, MAX(id) AS last FROM state_changes
                             WHERE kind = '{table}' GROUP BY record_id) h ON h.record_id = r.id
        JOIN state_changes c ON c.id = h.last WHERE c.to_state <> r.status ORDER BY r.id"""


def _named_by_trace(word: str, table: str, refs: tuple[str, ...]) -> str:
    named = f"SUBSTR(t.subject, {len(word) + 2})"
    gone = " AND ".join(
        f"NOT EXISTS (SELECT 1 FROM {table} r WHERE r.{ref} = {named})" for ref in refs
    )
    return f"""SELECT DISTINCT t.subject || '：工作记录里有，数据里没有了' FROM {_TRACES} t
        WHERE t.subject LIKE '{word}:%' AND {gone}"""


# PostgreSQL leaves a hole in the numbers wherever a transaction was undone.
WITHOUT_HOLES = {"missing_rows"}
STATEMENTS: dict[str, tuple[str, ...]] = {
    "forgotten_donors": (
        """SELECT '捐赠人 ' || d.ref || '：' || d.forgotten_on || ' 已经忘记，资料又回来了'
           FROM vault_donors d WHERE d.forgotten_on IS NOT NULL
             AND d.id IN (SELECT donor_id FROM vault_contacts UNION SELECT donor_id FROM vault_names
                          UNION SELECT donor_id FROM vault_givers
                          UNION SELECT donor_id FROM vault_members
                          UNION SELECT donor_id FROM vault_keys) ORDER BY d.ref""",
    ),
    "missing_rows": tuple(
        f"""SELECT '{table}：中间少了 ' || (MAX(id) - COUNT(*)) || ' 行'
            FROM {table} HAVING MAX(id) <> COUNT(*)"""
        for table in _APPENDED
    ),
    "facts_traced": (
        f"""SELECT '第 ' || f.id || ' 条事实（' || {in_words("f.kind", FACTS)} ||
                   '）：没有哪条工作记录写过它'
            FROM facts f JOIN (SELECT "by", noted_at FROM facts
                               EXCEPT SELECT actor, at FROM {_TRACES} t) n
              ON n."by" = f."by" AND n.noted_at = f.noted_at ORDER BY f.id""",
        f"""SELECT '工作记录里有“' || t.act || '”（' || t.subject || '，' || t.at ||
                   '），它记下的事实不见了'
            FROM {_TRACES} t JOIN (SELECT actor, at FROM {_TRACES} a
                  WHERE a.act IN ({", ".join(f"'{act}'" for act in _MAKE_FACTS)})
                  EXCEPT SELECT "by", noted_at FROM facts) n ON n.actor = t.actor AND n.at = t.at""",
    ),
    "traced_records": (
        *(_named_by_trace(*named) for named in _NAMED),
        """SELECT '结对 ' || m.child_ref || '：写着的审批人不是工作记录里同意它的人'
           FROM matches m JOIN trace_ordinary t
             ON t.subject = 'match:' || m.child_ref AND t.act = 'match.approve'
           WHERE m.decided_by IS DISTINCT FROM t.actor ORDER BY m.id""",
        """SELECT '到账 ' || r.ref || '：应登记过 1 次，记录里是 ' || COUNT(t.seq) || ' 次'
           FROM receipts r LEFT JOIN trace_custodian t
             ON t.subject = 'receipt:' || r.ref AND t.act = 'receipt.record'
           GROUP BY r.ref HAVING COUNT(t.seq) <> 1""",
    ),
    "histories": tuple(_last_step(*one) for one in _WITH_STATES),
    "stipends_of_matches": (
        f"""SELECT '结对 ' || {_MATCH} || '：' || s.due_on || ' 的助学金是 ' ||
                   s.amount_fen || ' 分，说好的是 ' || m.instalment_fen || ' 分',
            s.match_id
            FROM stipends s JOIN matches m ON m.id = s.match_id
            WHERE m.instalment_fen <> s.amount_fen ORDER BY s.id""",
        f"""SELECT '结对 ' || {_MATCH} || '：' || s.due_on || ' 开了助学金，状态却是“' || m.status || '”',
            s.match_id
            FROM stipends s JOIN matches m ON m.id = s.match_id
            WHERE m.status NOT IN ('active', 'ended') ORDER BY s.id""",
        f"""SELECT '结对 ' || {_MATCH} || '：' || s.due_on || ' 的助学金不在起止日期之内',
            s.match_id
            FROM stipends s JOIN matches m ON m.id = s.match_id
            WHERE s.cancelled_on IS NULL AND (s.due_on < m.starts_on OR s.due_on >= m.ends_on)
            ORDER BY s.id""",
        f"""SELECT '结对 ' || {_MATCH} || '：' || s.due_on || ' 已经开出，没有开出的原因却还挂着',
            s.match_id
            FROM stipends s JOIN set_aside a ON a.match_id = s.match_id AND a.due_on = s.due_on
            WHERE a.resolved_on IS NULL ORDER BY s.id""",
        # Withdrawn on the very day: the run of that morning came first.
        f"""SELECT '结对 ' || {_MATCH} || '：' || s.due_on || ' 开助学金时没有有效的同意书',
            s.match_id
            FROM stipends s JOIN matches m ON m.id = s.match_id
            WHERE NOT EXISTS (SELECT 1 FROM consents c WHERE c.child_id = m.child_id
                AND c.purpose = 'sponsorship' AND c.given_on <= s.due_on
                AND (c.withdrawn_on IS NULL OR c.withdrawn_on >= s.due_on)) ORDER BY s.id""",
        f"""SELECT '结对 ' || {_MATCH} || '：' || s.due_on || ' 的助学金，到账标记和到账日期不一致',
            s.match_id
            FROM stipends s
            WHERE s.is_funded <> (s.received_on IS NOT NULL OR s.bridged_on IS NOT NULL)
            ORDER BY s.id""",
    ),
    "batches": (
        f"""SELECT '结对 ' || {_MATCH} || '：' || s.due_on || ' 的助学金，拨付日期和批次的不一致',
            s.match_id
            FROM stipends s LEFT JOIN batches b ON b.id = s.batch_id
            WHERE s.cancelled_on IS NULL
              AND s.sent_on IS DISTINCT FROM b.sent_on ORDER BY s.id""",
        """SELECT '批次 ' || ref || '：状态是“' || status || '”，和拨付日期不符'
           FROM batches WHERE (status IN ('open', 'ordered', 'unclear')) <> (sent_on IS NULL)
           ORDER BY id""",
        """SELECT '批次 ' || b.ref || '：状态是“' || b.status || '”，拨付单上却不是'
           FROM batches b WHERE (b.status IN ('ordered', 'unclear')) <> EXISTS (
             SELECT 1 FROM payment_order_lines l WHERE l.batch_id = b.id
               AND (l.answer IS NULL OR l.answer = 'unclear')) ORDER BY b.id""",
        # Of a line whose row changed: with what the books opened it for, the sum would be right.
        f"""SELECT '批次 ' || b.ref || '：拨付单上是 ' || l.fen || ' 分，里面加起来是 ' ||
                  SUM(s.amount_fen) || ' 分', CASE WHEN SUM({_OPENED_WITH}) = l.fen THEN
                  MIN(CASE WHEN s.amount_fen <> {_OPENED_WITH} THEN s.match_id END) END,
                  MIN(CASE WHEN s.amount_fen <> {_OPENED_WITH} THEN s.id END)
           FROM batches b JOIN payment_order_lines l ON l.batch_id = b.id
           JOIN stipends s ON s.batch_id = b.id AND s.cancelled_on IS NULL
           WHERE b.status IN ('ordered', 'unclear') AND (l.answer IS NULL OR l.answer = 'unclear')
           GROUP BY b.id, b.ref, l.id, l.fen HAVING SUM(s.amount_fen) <> l.fen ORDER BY b.id""",
    ),
}


_DAYS = {
    # A rhythm that nobody knows is its match's own damage: `due_against_done` names it.
    "stipends": "SELECT DISTINCT m.rhythm, s.due_on FROM stipends s JOIN matches m"
    " ON m.id = s.match_id WHERE m.rhythm IN ('month', 'term', 'year')",
    "periods": "SELECT DISTINCT rhythm, due_on FROM periods",
}


def off_schedule(session: Session) -> list[str]:
    """Name the due days that the pure schedule does not have."""
    return [
        f"{table}：{day} 不是“{rhythm}”日程上的到期日"
        for table, statement in _DAYS.items()
        for rhythm, day in session.execute(text(statement)).all()
        if not _is_due(Rhythm(rhythm), date.fromisoformat(str(day)))
    ]


def _is_due(rhythm: Rhythm, day: date) -> bool:
    scheme = STANDARD[rhythm]
    return due_on(scheme, first_due(scheme, day)) == day
