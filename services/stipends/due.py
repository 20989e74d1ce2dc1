"""What is due: every match joined with the due days of its rhythm, in SQL."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from models.children import Consent
from models.jobs import Period
from models.pledges import Match, PledgeChange
from models.stipends import Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services.routes import calendar
from services.writing import insert_into
from vocabulary.enums import ChangeKind, ChangeStatus, MatchStatus, Purpose, Rhythm
from vocabulary.schedule import STANDARD, Scheme, due_days, first_due

ROWS_A_SLICE = 2_000
_DAY = timedelta(days=1)

# A run says the same for every slice: its statements are written once, and these filled in.
FIRST, LAST = (bindparam(name, type_=Integer) for name in ("first_key", "last_key"))
AFTER, MOST = (bindparam(name, type_=Integer) for name in ("after_key", "most_rows"))
OF_RUN, BY_WHOM = bindparam("of_run", type_=Integer), bindparam("by_whom", type_=String)
UNTIL = bindparam("until_day", type_=Date)
_REACHED = bindparam("reached_day", type_=Date)
# As an expression: by an index on the status each slice would walk all matches once more.
_STATUS = func.coalesce(Match.status, Match.status)


class Keys(NamedTuple):
    """One slice's keys, in order, and whether no other slice follows."""

    keys: Sequence[int]
    is_last: bool


def fill_periods(session: Session, by: Viewer, *, until: date) -> None:
    """Write every due day of the standard schemes from the first match's start through `until`.

    Those of a holiday too whose last batch day has come (services/routes/calendar.py).
    """
    require(by, Act.RUN_STIPENDS)
    until = calendar.reaches(session, on=until)
    start = session.scalar(select(func.min(Match.starts_on)))
    if start is None:
        return
    known = {(rhythm, anchor): said for rhythm, anchor, *said in session.execute(_known_periods())}
    new = [
        {"rhythm": scheme.rhythm, "anchor": scheme.anchor, "due_on": day}
        for scheme in STANDARD.values()
        for first, last in _unknown(scheme, known, start=start, until=until)
        for day in due_days(scheme, start=first, until=last)
    ]
    if new:
        rows = insert_into(session, Period.__table__).on_conflict_do_nothing()
        session.connection().execute(rows, new)


@cache
def _known_periods() -> Select[Rhythm, date, date, date, int]:
    days = (func.min(Period.due_on), func.max(Period.due_on), func.count())
    return select(Period.rhythm, Period.anchor, *days).group_by(Period.rhythm, Period.anchor)


def _unknown(
    scheme: Scheme, known: Mapping[Any, Sequence[Any]], *, start: date, until: date
) -> list[tuple[date, date]]:
    """Return from when until when days are to be written: all of it where one has gone missing."""
    first, last, count = known.get((scheme.rhythm, scheme.anchor), (start, start, -1))
    if count != first_due(scheme, last) - first_due(scheme, first) + 1:
        return [(start, until)]
    return [(start, first - _DAY), (last + _DAY, until)]


def count_due(session: Session, by: Viewer, *, on: date) -> tuple[int, int]:
    """Return (instalments due by `on`, those already opened), over all matches."""
    require(by, Act.RUN_STIPENDS)
    connection = session.connection()
    values = {"until_day": on, "reached_day": calendar.reaches(session, on=on)}
    due, opened = (connection.execute(query, values).scalar() or 0 for query in _counts())
    return due, opened


@cache
def _counts() -> tuple[Select[Any], Select[Any]]:
    due = select(func.count()).select_from(Match).join(Period, on_schedule(UNTIL))
    return due, select(func.count(Stipend.id)).where(Stipend.due_on <= _REACHED)


def matches_to_open(session: Session, by: Viewer, *, on: date, after: int) -> Keys:
    """Return the keys, in order, of the next matches with something due that is not opened.

    As many as have a slice's worth of instalments together, and at least one.
    """
    require(by, Act.RUN_STIPENDS)
    values = {"until_day": on, "after_key": after, "most_rows": ROWS_A_SLICE}
    rows = session.connection().execute(_to_open(), values).scalars().all()
    keys = list(dict.fromkeys(rows))
    is_last = len(rows) < ROWS_A_SLICE
    # The last one of a full slice may have been cut off in its middle: it begins the next.
    return Keys(keys if is_last or len(keys) == 1 else keys[:-1], is_last)


@cache
def _to_open() -> Select[Any]:
    return (
        select(Match.id)
        .join(Period, on_schedule(UNTIL))
        .where(Match.id > AFTER, ~is_open(), Match.apart_on.is_(None))
        .order_by(Match.id)
        .limit(MOST)
    )


def matches_apart(session: Session, by: Viewer, *, on: date) -> Sequence[int]:
    """Return the keys of matches set apart as damaged with something due that is not opened."""
    require(by, Act.RUN_STIPENDS)
    return session.scalars(
        select(Match.id)
        .join(Period, on_schedule(on))
        .where(Match.apart_on.is_not(None), ~is_open())
        .distinct()
        .order_by(Match.id)
    ).all()


def on_schedule(on: date | BindParameter[date]) -> ColumnElement[bool]:
    """Join a match with the due days of its rhythm within its own dates."""
    return and_(
        Period.rhythm == Match.rhythm,
        or_(*(and_(Period.rhythm == r, Period.anchor == s.anchor) for r, s in STANDARD.items())),
        _STATUS.in_((MatchStatus.ACTIVE, MatchStatus.ENDED)),
        Period.due_on >= Match.starts_on,
        or_(Period.due_on <= on, calendar.comes_early(on)),
        or_(Match.ends_on.is_(None), Period.due_on < Match.ends_on),
    )


def is_paused() -> ColumnElement[bool]:
    """Say in SQL that a pause of the donor's covers the due day; a gift was asked for by itself."""
    paused = exists().where(
        PledgeChange.pledge_id == Match.pledge_id,
        PledgeChange.kind == ChangeKind.PAUSE,
        PledgeChange.status == ChangeStatus.APPLIED,
        PledgeChange.effective_on <= Period.due_on,
        or_(PledgeChange.until_on.is_(None), Period.due_on < PledgeChange.until_on),
    )
    return and_(Match.occasion.is_(None), paused)


def has_consent() -> ColumnElement[bool]:
    """Say in SQL that a consent held on the due day.

    What was due before it was withdrawn is paid; a newer consent opens nothing that fell due before
    it was given.
    """
    return exists().where(
        Consent.child_id == Match.child_id,
        Consent.purpose == Purpose.SPONSORSHIP,
        Consent.given_on <= Period.due_on,
        or_(Consent.withdrawn_on.is_(None), Consent.withdrawn_on > Period.due_on),
    )


def is_open() -> ColumnElement[bool]:
    """Say in SQL that the instalment stands already."""
    return exists().where(Stipend.match_id == Match.id, Stipend.due_on == Period.due_on)
