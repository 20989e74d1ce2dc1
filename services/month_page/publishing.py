"""Publishes a month's head: a leaf for every sum that left or came back, and others that fill up.

Built once a month is over, in the job "month-pages", beside the figures and apart from the audit
chains. A leaf holds a random code, the month it is for, the sum, the batch day, and a salt that its
donor alone reads; leaves stand in the order of their hashes, which says nothing. What is corrected
later is a further leaf in a later month; a head is never written again.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, exists, func, insert, select
from sqlalchemy.orm import Session, aliased

from models.month_pages import MonthHead, MonthLeaf
from models.stipends import Fact, Gift, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from vocabulary import merkle
from vocabulary.dates import add_months, first_of_month, months_between, today
from vocabulary.enums import FactKind
from vocabulary.money import Fen
from vocabulary.refs import new_ref, new_token

# As many as a small month has, so that no tree shows how small it was; then by powers of two.
LEAST = 256
FORMAT = "weiguang-entry-1"
_CODE = 12
SIGNS = {FactKind.SENT: 1, FactKind.RETURNED: -1}


class Entry(NamedTuple):
    """What one leaf says."""

    code: str
    salt: str
    period: date
    amount_fen: int
    batch_on: date


def written(entry: Entry) -> bytes:
    """Write an entry the one way in which it is hashed."""
    parts = (
        FORMAT,
        entry.code,
        entry.salt,
        f"{entry.period:%Y-%m}",
        str(entry.amount_fen),
        f"{entry.batch_on:%Y-%m-%d}",
    )
    return "|".join(parts).encode()


def due(session: Session, by: Viewer, *, now: datetime) -> list[date]:
    """Return the months that are over and have no head; the first after the first batch."""
    require(by, Act.PUBLISH_MONTH)
    this = first_of_month(today(now))
    last = session.scalar(select(func.max(MonthHead.month)))
    if last is None:
        left = exists().where(Fact.kind == FactKind.SENT, Fact.on < this)
        return [add_months(this, -1)] if session.scalar(select(left)) else []
    return [add_months(last, n) for n in range(1, months_between(last, this))]


def publish(session: Session, by: Viewer, month: date, *, now: datetime) -> int:
    """Publish a month's head; return how many entries it has. The database refuses a second time."""
    require(by, Act.PUBLISH_MONTH)
    rows = session.execute(_new(until=add_months(month, 1) - timedelta(days=1))).all()
    leaves = [_leaf(row) for row in rows]
    size = merkle.padded(len(leaves), least=LEAST)
    leaves += [_filling() for _ in range(size - len(leaves))]
    leaves.sort(key=lambda leaf: leaf["leaf"])
    head = merkle.head([bytes.fromhex(leaf["leaf"]) for leaf in leaves])
    made = MonthHead(month=month, published_on=today(now), size=size, head=head.hex())
    made.chained = merkle.chained(
        _before(session, month), month=f"{month:%Y-%m}", size=size, head=head
    ).hex()
    session.add(made)
    session.flush()
    placed = [{**leaf, "head_id": made.id, "place": at} for at, leaf in enumerate(leaves)]
    session.execute(insert(MonthLeaf), placed)
    subject, detail = f"month_head:{month:%Y-%m}", {"head": made.head, "chained": made.chained}
    trace.record(session, by, "month.publish", subject, now=now, detail=detail)
    return len(rows)


def _before(session: Session, month: date) -> bytes:
    last = select(MonthHead.chained).where(MonthHead.month < month)
    found = session.scalar(last.order_by(MonthHead.month.desc()).limit(1))
    return bytes.fromhex(found) if found else merkle.FIRST


def _new(*, until: date) -> Select[int, FactKind, date, int | None, date, Fen]:
    """Select what left or came back by a day and stands under no head, and what took such back."""
    earlier = aliased(MonthLeaf)
    return (
        select(
            Fact.id,
            Fact.kind,
            Fact.on,
            Fact.cancels_id,
            func.coalesce(Stipend.due_on, Gift.due_on).label("due_on"),
            func.coalesce(Stipend.amount_fen, Gift.amount_fen).label("amount_fen"),
        )
        .outerjoin(Stipend, Stipend.id == Fact.stipend_id)
        .outerjoin(Gift, Gift.id == Fact.gift_id)
        .where(
            Fact.kind.in_(SIGNS),
            Fact.on <= until,
            ~exists().where(earlier.fact_id == Fact.id),
        )
        .order_by(Fact.id)
    )


def _leaf(row: Any) -> dict[str, Any]:
    sign = SIGNS[row.kind] * (-1 if row.cancels_id is not None else 1)
    entry = Entry(
        code=new_ref("month_code", _CODE),
        salt=new_token("month_salt"),
        period=first_of_month(row.due_on),
        amount_fen=sign * row.amount_fen,
        batch_on=row.on,
    )
    return {**entry._asdict(), "fact_id": row.id, "leaf": merkle.leaf_hash(written(entry)).hex()}


def _filling() -> dict[str, Any]:
    """Make a leaf about nothing, which nobody can tell from one about something."""
    leaf = merkle.leaf_hash(new_token("month_filling").encode()).hex()
    return dict.fromkeys(("fact_id", *Entry._fields)) | {"leaf": leaf}


def leaves_of(session: Session, head_id: int) -> Sequence[bytes]:
    """Return the leaf hashes under a head, in their order."""
    found = select(MonthLeaf.leaf).where(MonthLeaf.head_id == head_id).order_by(MonthLeaf.place)
    return [bytes.fromhex(leaf) for leaf in session.scalars(found)]
