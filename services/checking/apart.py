"""A damaged record is set apart: nothing of it is opened, sent, given back or told until it is whole.

The comparison of the books names it (`pinned`); a later one that finds nothing of it lets it go on.
What others are owed does not wait for it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from models.pledges import Match
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.batches import unsent
from services.checking.pinned import Pinned
from vocabulary.dates import today


def named(session: Session, found: Sequence[Pinned]) -> list[str]:
    """Return the matches that findings are wholly about, each once, by their ref on the child's side."""
    keys = {one.match_id for one in found if one.match_id is not None}
    refs = select(Match.child_ref).where(Match.id.in_(keys)).order_by(Match.id)
    return list(session.scalars(refs)) if keys else []


def keep(
    session: Session,
    by: Viewer,
    refs: Collection[str],
    *,
    are_all: bool,
    now: datetime,
) -> None:
    """Set these matches apart; let go on what was apart and is named no more, if these `are_all`."""
    require(by, Act.SEE_BOOKS)
    fresh = _of(session, Match.child_ref.in_(refs), Match.apart_on.is_(None)) if refs else {}
    _mark(session, by, fresh, today(now), "match.set_apart", now=now)
    if fresh:
        unsent.take_apart(session, fresh)
    if are_all:
        whole = _of(session, Match.apart_on.is_not(None), Match.child_ref.not_in(refs))
        _mark(session, by, whole, None, "match.whole_again", now=now)


def _of(session: Session, *where: ColumnElement[bool]) -> dict[int, str]:
    """Return keys and refs alone: a damaged row may not be readable as a whole."""
    rows = session.execute(select(Match.id, Match.child_ref).where(*where).order_by(Match.id))
    return {key: ref for key, ref in rows}


def _mark(
    session: Session,
    by: Viewer,
    matches: Mapping[int, str],
    day: date | None,
    act: str,
    *,
    now: datetime,
) -> None:
    if not matches:
        return
    session.execute(
        update(Match)
        .where(Match.id.in_(matches))
        .values(apart_on=day)
        .execution_options(synchronize_session=False)
    )
    done = [(by, f"match:{ref}") for ref in matches.values()]
    trace.record_all(session, act, done, now=now)
