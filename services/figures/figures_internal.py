"""Exact figures of the viewer's own part of the tree: counts without a name, for staff only.

Nothing here is for the public or a donor; those are rounded in services/figures/figures.py.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from models.base import in_regions
from models.children import Child, Need
from models.harm import HarmReport, HarmTaken, goes_round
from models.incidents import Honey
from models.jobs import ABOUT_DONORS, JobRun
from models.pledges import Match
from models.regions import Region
from models.stipends import Batch, Settlement, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer, region_prefix
from services.gate import Card
from vocabulary.dates import school_year_of, today
from vocabulary.enums import (
    BatchStatus,
    ChildStatus,
    JobStatus,
    MatchStatus,
    NeedStatus,
    RegionLevel,
)

LONG_DAYS = 60
SILENT_DAYS = 14
_LEVELS = {2: RegionLevel.REGION, 4: RegionLevel.LEAGUE, 6: RegionLevel.BANNER}
_FINER = {2: 4, 4: 6, 6: 9, 9: 12}


def scope(session: Session, viewer: Viewer) -> Card:
    """Return the name, code and level of the part of the tree that the viewer works in."""
    require(viewer, Act.SEE_FIGURES)
    code = viewer.regions[0]
    name = session.scalar(select(Region.name).where(Region.code == code)) or ""
    level = _LEVELS.get(len(region_prefix(code)), RegionLevel.TOWNSHIP)
    return Card({"code": code, "name": name, "level": level})


def waiting_children(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """Count children who wait for a sponsor, in each part one step below the viewer's own.

    A part without one is not in the list. Most first.
    """
    require(viewer, Act.SEE_FIGURES)
    width = _FINER.get(len(region_prefix(viewer.regions[0])), 12)
    part = func.substr(Child.region_code, 1, width)
    long_ago = exists().where(
        Need.child_id == Child.id,
        Need.status == NeedStatus.OPEN,
        Need.since_on < today(now) - timedelta(days=LONG_DAYS),
    )
    rows = session.execute(
        select(part.label("part"), func.count().label("value"), _sum(long_ago).label("long"))
        .where(_here(viewer), Child.status == ChildStatus.OPEN)
        .group_by(part)
    ).all()
    names = _names(session, [row.part.ljust(12, "0") for row in rows])
    cards = [_part_card(row, names) for row in rows]
    return sorted(cards, key=lambda card: (-card["value"], card["code"]))


def _part_card(row: Row[Any], names: Mapping[str, str]) -> Card:
    code = row.part.ljust(12, "0")
    return Card(
        {"code": code, "name": names.get(code, ""), "value": row.value, "long": row.long or 0}
    )


def _names(session: Session, codes: list[str]) -> Mapping[str, str]:
    rows = session.execute(select(Region.code, Region.name).where(Region.code.in_(codes)))
    return {code: name for code, name in rows}


def last_done(session: Session, viewer: Viewer) -> Mapping[str, datetime]:
    """Return when each job last ended well."""
    require(viewer, Act.WATCH_JOBS)
    rows = session.execute(
        select(JobRun.name, func.max(JobRun.finished_at))
        .where(
            JobRun.status == JobStatus.DONE,
            JobRun.finished_at.is_not(None),
            JobRun.name.not_in(ABOUT_DONORS),
        )
        .group_by(JobRun.name)
    )
    return {name: at for name, at in rows if at}


def year_starts(now: datetime) -> date:
    """Return the first day of the school year, from which instalments are counted."""
    return date(school_year_of(today(now)), 9, 1)


def funnel(session: Session, viewer: Viewer, *, now: datetime) -> Card:
    """Count this school year's instalments by the five facts, and sum what each fact holds."""
    require(viewer, Act.SEE_FIGURES)
    since = year_starts(now)
    facts = {
        "promised": Stipend.id.is_not(None),
        "received": or_(Stipend.is_funded, Stipend.sent_on.is_not(None)),
        "sent": Stipend.sent_on.is_not(None),
        "handed_over": Stipend.handed_over_on.is_not(None),
        "confirmed": Stipend.confirmed_on.is_not(None),
    }
    columns = [_sum(holds).label(name) for name, holds in facts.items()]
    columns += [
        func.sum(case((holds, Stipend.amount_fen), else_=0)).label(f"{name}_fen")
        for name, holds in facts.items()
    ]
    row = session.execute(
        select(*columns)
        .select_from(Stipend)
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .where(_here(viewer), Stipend.due_on >= since, Stipend.cancelled_on.is_(None))
    ).mappings()
    return Card({"since": since} | {name: count or 0 for name, count in row.one().items()})


def to_do(session: Session, viewer: Viewer, *, now: datetime) -> Card:
    """Count what waits for case staff today: one statement."""
    require(viewer, Act.SEE_FIGURES)
    day = today(now)
    silent_since = day - timedelta(days=SILENT_DAYS)
    sent = and_(
        Batch.status == BatchStatus.SENT,
        Batch.sent_on <= silent_since,
        in_regions(Batch.region_code, viewer),
        exists().where(
            Stipend.batch_id == Batch.id,
            Stipend.handed_over_on.is_(None),
            Stipend.not_handed_over_on.is_(None),
            Stipend.written_off_on.is_(None),
        ),
    )
    settled = exists().where(Settlement.stipend_id == Stipend.id, Settlement.lifted_on.is_(None))
    proposed = Match.status == MatchStatus.PROPOSED
    draft, held = Child.status == ChildStatus.DRAFT, Child.held_because.is_not(None)
    taken = exists().where(HarmTaken.report_id == HarmReport.id)
    feared = HarmReport.child_id.in_(select(Child.id).where(_here(viewer))) & goes_round(viewer)
    counts = {
        "harm": select(func.count(HarmReport.id)).where(~taken, feared),
        "disputes": _of_stipends(viewer, and_(Stipend.disputed_on.is_not(None), ~settled)),
        "silent": select(func.count(Batch.id)).where(sent),
        "proposals": _of_matches(viewer, proposed),
        "late": _of_matches(viewer, and_(proposed, Match.decide_by < day)),
        "drafts": _of_children(viewer, draft),
        "held": _of_children(viewer, and_(held, Child.status != ChildStatus.ENDED)),
    }
    columns = [query.scalar_subquery().label(name) for name, query in counts.items()]
    return Card(dict(session.execute(select(*columns)).mappings().one()))


def children_by_state(session: Session, viewer: Viewer) -> Mapping[ChildStatus, int]:
    """Count the children of the viewer's part by the state of their record."""
    require(viewer, Act.SEE_FIGURES)
    rows = session.execute(
        select(Child.status, func.count()).where(_here(viewer)).group_by(Child.status)
    )
    found = {status: count for status, count in rows}
    return {status: found.get(status, 0) for status in ChildStatus}


def by_part(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """Return for each part below the viewer's own: children, supported, instalments, confirmed."""
    require(viewer, Act.SEE_FIGURES)
    width = _FINER.get(len(region_prefix(viewer.regions[0])), 12)
    since = year_starts(now)
    children = _children_of_parts(session, viewer, width)
    money = _money_of_parts(session, viewer, width, since)
    codes = sorted(children.keys() | money.keys())
    names = _names(session, [code.ljust(12, "0") for code in codes])
    none = {"open": 0, "supported": 0, "due": 0, "handed_over": 0, "confirmed": 0, "sum_fen": 0}
    return [
        Card(
            none
            | {"code": code, "name": names.get(code.ljust(12, "0"), "")}
            | children.get(code, {})
            | money.get(code, {})
        )
        for code in codes
    ]


def _children_of_parts(session: Session, viewer: Viewer, width: int) -> dict[str, dict[str, int]]:
    part = func.substr(Child.region_code, 1, width)
    rows = session.execute(
        select(
            part,
            _sum(Child.status == ChildStatus.OPEN),
            _sum(Child.status == ChildStatus.SUPPORTED),
        )
        .where(_here(viewer), Child.status.in_((ChildStatus.OPEN, ChildStatus.SUPPORTED)))
        .group_by(part)
    )
    return {code: {"open": waits, "supported": has} for code, waits, has in rows}


def _money_of_parts(
    session: Session, viewer: Viewer, width: int, since: date
) -> dict[str, dict[str, int]]:
    part = func.substr(Child.region_code, 1, width)
    confirmed = Stipend.confirmed_on.is_not(None)
    rows = session.execute(
        select(
            part,
            func.count(),
            _sum(Stipend.handed_over_on.is_not(None)),
            _sum(confirmed),
            func.sum(case((confirmed, Stipend.amount_fen), else_=0)),
        )
        .select_from(Stipend)
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .where(_here(viewer), Stipend.due_on >= since, Stipend.cancelled_on.is_(None))
        .group_by(part)
    )
    return {
        code: {"due": due, "handed_over": handed, "confirmed": said, "sum_fen": fen}
        for code, due, handed, said, fen in rows
    }


def _here(viewer: Viewer) -> ColumnElement[bool]:
    """Say that a child lives in the viewer's part; a honey record is no child and counts nowhere."""
    marked = select(Honey.child_id).where(Honey.child_id.is_not(None))
    return and_(in_regions(Child.region_code, viewer), Child.id.not_in(marked))


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _of_children(viewer: Viewer, condition: ColumnElement[bool]) -> Select[Any]:
    return select(func.count(Child.id)).where(_here(viewer), condition)


def _of_matches(viewer: Viewer, condition: ColumnElement[bool]) -> Select[Any]:
    query = select(func.count()).select_from(Match).join(Child, Child.id == Match.child_id)
    return query.where(_here(viewer), condition)


def _of_stipends(viewer: Viewer, condition: ColumnElement[bool]) -> Select[Any]:
    return _of_matches(viewer, condition).join(Stipend, Stipend.match_id == Match.id)
