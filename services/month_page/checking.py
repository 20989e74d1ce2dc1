"""Are the months' heads still those that were published? Leaves against head, head against trace."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models.month_pages import MonthHead, MonthLeaf
from models.stipends import Fact
from models.trace import OrdinaryEntry
from services.month_page.publishing import SIGNS, Entry, leaves_of, written
from vocabulary import merkle
from vocabulary.dates import add_months, at


def damaged(session: Session) -> list[str]:
    """Name every head that its leaves, the chain or the trace do not bear out, or that is gone."""
    traced, found, before = _traced(session), [], merkle.FIRST
    for row in session.execute(select(MonthHead.__table__).order_by(MonthHead.month)):
        month = f"{row.month:%Y-%m}"
        noted = traced.pop(f"month_head:{month}", None)
        if noted != (row.head, row.chained) or not _is_sound(session, row, before):
            found.append(f"{month} 的校验码：和公布时的不一样")
        before = bytes.fromhex(row.chained)
    found += [f"{subject}：公布过，数据里没有了" for subject in traced]
    return found + _changed(session) + _left_out(session)


def _is_sound(session: Session, row: Row[Any], before: bytes) -> bool:
    leaves, month = leaves_of(session, row.id), f"{row.month:%Y-%m}"
    head = merkle.head(leaves)
    chained = merkle.chained(before, month=month, size=row.size, head=head)
    return (len(leaves), head.hex(), chained.hex()) == (row.size, row.head, row.chained)


def _changed(session: Session) -> list[str]:
    """Name every entry that is not what its leaf was hashed from."""
    rows = session.execute(
        select(MonthLeaf.leaf, *(getattr(MonthLeaf, name) for name in Entry._fields))
        .where(MonthLeaf.code.is_not(None))
        .order_by(MonthLeaf.id)
    )
    return [
        f"校验码下的 {code}：和它的内容对不上"
        for leaf, code, *rest in rows
        if merkle.leaf_hash(written(Entry(code, *rest))).hex() != leaf
    ]


def _traced(session: Session) -> dict[str, tuple[str, str]]:
    rows = session.execute(
        select(OrdinaryEntry.subject, OrdinaryEntry.detail).where(
            OrdinaryEntry.act == "month.publish"
        )
    )
    return {subject: (detail["head"], detail["chained"]) for subject, detail in rows}


def _left_out(session: Session) -> list[str]:
    """Name every sum that was known to have left, or come back, and stands under no head."""
    last = session.execute(
        select(MonthHead.month, MonthHead.published_on).order_by(MonthHead.month.desc()).limit(1)
    ).one_or_none()
    if last is None:
        return []
    under = select(MonthLeaf.fact_id).where(MonthLeaf.fact_id.is_not(None))
    rows = session.scalars(
        select(Fact.id)
        .where(
            Fact.kind.in_(SIGNS),
            Fact.on < add_months(last.month, 1),
            Fact.noted_at < at(last.published_on, 0),
            Fact.id.not_in(under),
        )
        .order_by(Fact.id)
    )
    return [f"第 {key} 条事实：拨付或退回过，却不在任何一个月的校验码下" for key in rows]
