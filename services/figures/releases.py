"""Publishing: the one gate through which a number reaches strangers, once and for good.

A month is published after its last day, a quarter with its last month. What was published is never
counted again, so that nobody learns what came in later by asking twice; what the rule hides is
worked out in privacy/publishing.py, a new release beside the old ones.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import exists, func, insert, select
from sqlalchemy.orm import Session

from models.figures import Figure, Release
from models.regions import Region
from models.stipends import Stipend
from privacy.permissions import Act, require
from privacy.publishing import TENS, WHOLE, Count, Knowledge, Published, by_month, by_quarter
from privacy.viewers import Viewer
from services import trace
from services.figures import counting
from vocabulary.dates import add_months, first_of_month, months_between, today
from vocabulary.enums import FigureKind, FigureSpan, FigureState, RegionLevel

REGION = "150000000000"
QUARTER = 3
# A family's word is told of a league at the finest: of a banner its schools might feel meant.
_FINER = (FigureKind.HANDED_OVER, FigureKind.SUPPORTED, FigureKind.WAITING)
_FLOWS = (FigureKind.HANDED_OVER, FigureKind.CONFIRMED)
Line = tuple[FigureKind, str, Published]


def due(session: Session, viewer: Viewer, *, now: datetime) -> list[date]:
    """Return the months that are over and not published; the first after the first hand-over."""
    require(viewer, Act.PUBLISH_FIGURES)
    this = first_of_month(today(now))
    of_months = select(func.max(Release.starts_on)).where(Release.span == FigureSpan.MONTH)
    last = session.scalar(of_months)
    if last is None:
        has_begun = session.scalar(select(exists().where(Stipend.handed_over_on < this)))
        return [add_months(this, -1)] if has_begun else []
    return [add_months(last, n) for n in range(1, months_between(last, this))]


def publish(session: Session, by: Viewer, month: date, *, now: datetime) -> None:
    """Publish a month, and the quarter that it ends. The database refuses a second time."""
    require(by, Act.PUBLISH_FIGURES)
    as_of, day = add_months(month, 1) - timedelta(days=1), today(now)
    made = Release(span=FigureSpan.MONTH, starts_on=month, as_of=as_of, published_on=day)
    _release(session, by, made, _of_month(session, month, as_of), now=now)
    if month.month % QUARTER == 0:
        first = add_months(month, 1 - QUARTER)
        lines = _of_quarter(session, first, month, as_of)
        made = Release(span=FigureSpan.QUARTER, starts_on=first, as_of=as_of, published_on=day)
        _release(session, by, made, lines, now=now)


def _of_month(session: Session, month: date, as_of: date) -> list[Line]:
    counted, leagues = counting.of_leagues(session, month, as_of), _leagues(session)
    lines: list[Line] = []
    for kind in FigureKind:
        counts = {code: counted[kind].get(code, Count(0)) for code in leagues}
        whole, parts = by_month(counts)
        lines += [(kind, REGION, whole), *((kind, code, one) for code, one in parts.items())]
    return lines


def _of_quarter(session: Session, first: date, month: date, as_of: date) -> list[Line]:
    """Return the banners' numbers that may be shown; of the others not even that they are few."""
    counted = counting.of_banners(session, first, as_of)
    return [
        (kind, code, one)
        for kind in _FINER
        for code, one in _of_kind(session, kind, counted[kind], first, month)
        if one.state is FigureState.SHOWN
    ]


def _of_kind(
    session: Session, kind: FigureKind, counts: Mapping[str, Count], first: date, month: date
) -> Iterable[tuple[str, Published]]:
    """Publish one kind league by league, each beside all that is published of it by then."""
    since = first if kind in _FLOWS else month
    reader, hidden = _reader(session, kind, since, month)
    for league in _leagues(session):
        inside = {code: one for code, one in counts.items() if code.startswith(league[:4])}
        shown, reader = by_quarter(inside, of=league, reader=reader, hidden=hidden)
        yield from shown.items()


def _reader(
    session: Session, kind: FigureKind, since: date, month: date
) -> tuple[Knowledge, list[str]]:
    """Return what the months of a quarter tell of one kind, and which of their counts are hidden."""
    columns = (Release.starts_on, Figure.region_code, Figure.state, Figure.shown)
    rows = session.execute(
        select(*columns)
        .join(Release, Release.id == Figure.release_id)
        .where(
            Figure.kind == kind,
            Release.span == FigureSpan.MONTH,
            Release.starts_on.between(since, month),
        )
        .order_by(Release.starts_on, Figure.region_code)
    )
    reader, hidden = Knowledge(), []
    months = [add_months(since, n) for n in range(months_between(since, month) + 1)]
    for starts_on, code, state, shown in rows:
        reader.learn(_key(starts_on, code), Published(state, shown).bounds(TENS))
        if state is not FigureState.SHOWN:
            hidden.append(_key(starts_on, code))
    leagues = _leagues(session)
    for one in months:
        reader.relate(_key(one, REGION), [_key(one, league) for league in leagues])
    for league in leagues:
        reader.relate(league, [_key(one, league) for one in months])
    return reader, hidden


def _key(month: date, code: str) -> str:
    return f"{month}:{WHOLE if code == REGION else code}"


def _leagues(session: Session) -> list[str]:
    rows = select(Region.code).where(Region.level == RegionLevel.LEAGUE).order_by(Region.code)
    return list(session.scalars(rows))


def _release(
    session: Session, by: Viewer, release: Release, lines: list[Line], *, now: datetime
) -> None:
    """Put a release and its figures down; their digest stands in the trace as well."""
    told = ((kind, code, one.state, one.number) for kind, code, one in lines)
    release.digest = digest_of(told)
    session.add(release)
    session.flush()
    if lines:
        session.execute(insert(Figure), [_row(release, *line) for line in lines])
    subject = f"release:{release.span.value}:{release.starts_on}"
    detail = {"digest": release.digest, "figures": len(lines)}
    trace.record(session, by, "figures.publish", subject, now=now, detail=detail)


def _row(release: Release, kind: FigureKind, code: str, one: Published) -> dict[str, object]:
    return {
        "release_id": release.id,
        "kind": kind,
        "region_code": code,
        "state": one.state,
        "shown": one.number,
    }


def digest_of(lines: Iterable[tuple[str, str, str, int | None]]) -> str:
    """Hash the figures of a release, in whatever order they come."""
    written = sorted(f"{kind} {code} {state} {shown}" for kind, code, state, shown in lines)
    return hashlib.sha256("\n".join(written).encode()).hexdigest()
