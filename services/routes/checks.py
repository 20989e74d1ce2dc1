"""Payment orders, ways and cards against what was written down when they were made."""

from collections.abc import Iterable
from dataclasses import astuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.keys import Unreadable
from models.payment_orders import PaymentOrder, PaymentOrderLine
from models.stipends import Batch
from models.trace import OrdinaryEntry
from services.batches.orders import Payment, digest_of
from services.checking import book_checks
from services.checking.pinned import Pinned

STATEMENTS: dict[str, tuple[str, ...]] = {
    "ways": (
        """SELECT '孩子 ' || c.ref || '：怎么转交和最后定下的不一样'
           FROM children c JOIN child_routes r ON r.child_id = c.id
           WHERE r.began_on IS NOT NULL AND r.replaced_on IS NULL
             AND (r.route <> c.route OR r.hand_id IS DISTINCT FROM c.hand_id) ORDER BY c.id""",
        """SELECT '孩子 ' || c.ref || '：有 ' || COUNT(*) || ' 条转交方式同时有效'
           FROM children c JOIN child_routes r ON r.child_id = c.id
           WHERE r.began_on IS NOT NULL AND r.replaced_on IS NULL
           GROUP BY c.id, c.ref HAVING COUNT(*) > 1 ORDER BY c.ref""",
        """SELECT '批次 ' || b.ref || '：转交方式和收款的不相符' FROM batches b
           WHERE (b.route = 'card') <> (b.card_id IS NOT NULL)
              OR (b.route IN ('school', 'institution', 'work_unit')) <>
                 (b.organisation_id IS NOT NULL) ORDER BY b.id""",
        """SELECT '批次 ' || b.ref || '：打到了别的孩子的卡上'
           FROM batches b JOIN bank_cards k ON k.id = b.card_id
           JOIN stipends s ON s.batch_id = b.id JOIN matches m ON m.id = s.match_id
           WHERE m.child_id <> k.child_id GROUP BY b.id, b.ref ORDER BY b.id""",
        """SELECT '第 ' || p.id || ' 条分录：卡和批次的不同'
           FROM postings p JOIN transactions t ON t.id = p.transaction_id
           JOIN stipends s ON s.id = t.stipend_id JOIN batches b ON b.id = s.batch_id
           WHERE p.account = 'in_transit' AND t.reverses_id IS NULL
             AND NOT EXISTS (SELECT 1 FROM transactions r WHERE r.reverses_id = t.id)
             AND p.card_id IS DISTINCT FROM b.card_id ORDER BY p.id""",
    ),
}


def ways(session: Session) -> list[str]:
    """Name children, batches and postings whose ways contradict each other."""
    return book_checks.run(session, STATEMENTS["ways"])


def orders(session: Session) -> list[str]:
    """Compare every payment order with its own lines, and with what the trace kept of its making.

    Who writes another account into an order, and its digest too, must forge the chain as well.
    """
    kept = _kept(session)
    lines = _lines(session)
    return [
        _said(order, why)
        for order in session.scalars(select(PaymentOrder).order_by(PaymentOrder.id))
        for why in _against(order, lines.get(order.id, []), kept.pop(order.ref, None))
    ] + [f"拨付单 {ref}：工作记录里有，数据里没有了" for ref in kept]


_UNREADABLE = "里面有读不出来的，不能交给银行；放回去重做就能付"


def _said(order: PaymentOrder, why: str) -> str:
    said = f"拨付单 {order.ref}：{why}"
    return Pinned(said, None) if why == _UNREADABLE else said


def _against(order: PaymentOrder, lines: list[Payment], kept: str | None) -> Iterable[str]:
    if any(isinstance(value, Unreadable) for line in lines for value in astuple(line)):
        yield _UNREADABLE
    elif digest_of(lines) != order.digest:
        yield "里面写的和做的时候不一样"
    if kept is None:
        yield "没有哪条工作记录做过它"
    elif kept != order.digest:
        yield "摘要和工作记录里的不一样"


def _kept(session: Session) -> dict[str, str]:
    made = select(OrdinaryEntry.subject, OrdinaryEntry.detail)
    rows = session.execute(made.where(OrdinaryEntry.act == "order.prepare"))
    return {subject.partition(":")[2]: detail["digest"] for subject, detail in rows}


def _lines(session: Session) -> dict[int, list[Payment]]:
    found: dict[int, list[Payment]] = {}
    rows = session.execute(
        select(PaymentOrderLine)
        .join(Batch, Batch.id == PaymentOrderLine.batch_id)
        .order_by(PaymentOrderLine.order_id, Batch.memo)
    ).scalars()
    for row in rows:
        line = Payment(row.payee, row.number, row.bank, row.fen, row.words)
        found.setdefault(row.order_id, []).append(line)
    return found
