"""A pledge is restricted when it is made, for good."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.earmarks import Earmark
from models.pledges import Match, Pledge
from vocabulary.dates import today
from vocabulary.enums import EarmarkKind


def mark(
    session: Session,
    pledge: Pledge,
    kind: EarmarkKind | None,
    *,
    now: datetime,
    for_child_of: Match | None = None,
) -> None:
    """Keep what all money under a pledge is for; None for a pledge without restriction."""
    if kind is None:
        return
    child_id = for_child_of.child_id if for_child_of else None
    made = Earmark(pledge_id=pledge.id, kind=kind, child_id=child_id, since_on=today(now))
    session.add(made)
    session.flush()


def marked(session: Session, pledge_ids: Collection[int]) -> frozenset[int]:
    """Return which of the pledges (keys) are restricted."""
    if not pledge_ids:
        return frozenset()
    rows = session.scalars(select(Earmark.pledge_id).where(Earmark.pledge_id.in_(pledge_ids)))
    return frozenset(rows)


def givers(session: Session, earmark_ids: Collection[int]) -> Mapping[int, int]:
    """Return the giving pledge (key) of each restriction (key)."""
    if not earmark_ids:
        return {}
    rows = session.execute(select(Earmark.id, Earmark.pledge_id).where(Earmark.id.in_(earmark_ids)))
    return {key: pledge_id for key, pledge_id in rows}
