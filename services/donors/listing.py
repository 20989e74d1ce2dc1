"""The weekly list of children: who stands on it, and how much of each a donor reads.

A week has one list: its Monday's, or that of the first run after a Monday that was missed. In
between nothing on it moves but by a withdrawn consent, and one list differs from the last by five
children at least or not at all: whoever watches from several accounts sees no single child come or go.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from models.children import Child, Consent, Need
from models.listings import ListedChild, Listing
from models.pledges import Match
from privacy.generalising import FEWEST_ALIKE, Profile, coarsened
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.children.readiness import AGREES_FROM
from services.pairing.market import IS_LIVE, MATCHABLE, is_cover
from vocabulary.dates import age_on, today
from vocabulary.enums import NeedKind, NeedStatus, Purpose, Sex, Stage
from vocabulary.money import UNIT
from vocabulary.schedule import STEP_MONTHS

_FEW = 500
# By its class, no child of these is near 14, the age of a child's own yes.
_TOO_YOUNG = (Stage.PRESCHOOL, Stage.PRIMARY)


class Facts(NamedTuple):
    """What the list holds of a child."""

    sex: Sex | None
    stage: Stage
    league: str
    is_waiting: bool


Children = Mapping[int, Facts]


def freeze(session: Session, by: Viewer, *, period: date, now: datetime) -> int:
    """Take up who is to be listed in the period's week, once; return how many rows moved.

    Fewer than five changes wait for the next week.
    """
    if is_frozen(session, by, on=period):
        return 0
    week = _week(period)
    before, fresh = _kept(session), to_list(session, on=today(now))
    moved = {key for key in before.keys() | fresh.keys() if before.get(key) != fresh.get(key)}
    session.add(Listing(week_on=week))
    session.flush()
    changes = len(moved) if len(moved) >= FEWEST_ALIKE else 0
    if changes:
        _move(session, moved, before, fresh, week=week)
        _say_words(session)
    detail = {"listed": len(fresh if changes else before), "changes": changes}
    trace.record(session, by, "listing.freeze", f"listing:{week}", now=now, detail=detail)
    return changes


def is_frozen(session: Session, by: Viewer, *, on: date) -> bool:
    """Say whether the list of a day's week was taken up; a missed Monday is made up on the next day."""
    require(by, Act.FREEZE_LISTING)
    return session.scalar(select(Listing.id).where(Listing.week_on == _week(on))) is not None


def _week(on: date) -> date:
    return on - timedelta(days=on.weekday())


def take_off(session: Session, child_id: int) -> None:
    """Let a child leave the list at once: its consent is withdrawn.

    Where four are left of five, those are told of in coarser words from this moment.
    """
    session.flush()
    session.execute(delete(ListedChild).where(ListedChild.child_id == child_id))
    _say_words(session)


def _kept(session: Session) -> dict[int, Facts]:
    known = ListedChild
    rows = session.execute(
        select(known.child_id, known.sex, known.stage, known.league_code, known.is_waiting)
    )
    return {key: Facts(sex, stage, league, waits) for key, sex, stage, league, waits in rows}


def _move(
    session: Session, moved: set[int], before: Children, fresh: Children, *, week: date
) -> None:
    keys, risen = sorted(moved), _risen(session)
    for at in range(0, len(keys), _FEW):
        session.execute(delete(ListedChild).where(ListedChild.child_id.in_(keys[at : at + _FEW])))
    rows = [
        _row(key, fresh[key])
        | {"risen_on": week if _rises(before.get(key), fresh[key]) else risen.get(key)}
        for key in keys
        if key in fresh
    ]
    if rows:
        session.execute(insert(ListedChild), rows)


def _risen(session: Session) -> dict[int, date | None]:
    """Return since when children stand in a higher stage than they were first listed in."""
    one = ListedChild
    rows = session.execute(select(one.child_id, one.risen_on).where(one.risen_on.is_not(None)))
    return {key: day for key, day in rows}


def _rises(before: Facts | None, after: Facts) -> bool:
    stages = list(Stage)
    return before is not None and stages.index(before.stage) < stages.index(after.stage)


def _row(child_id: int, facts: Facts) -> dict[str, object]:
    return {
        "child_id": child_id,
        "sex": facts.sex,
        "stage": facts.stage,
        "league_code": facts.league,
        "is_waiting": facts.is_waiting,
    }


def _say_words(session: Session) -> None:
    """Put the words on the list that five children fit; only rows whose words change are touched."""
    one = ListedChild
    columns = (one.stage, one.league_code, one.shown_stage, one.shown_league)
    rows = session.execute(select(*columns, func.count()).group_by(*columns)).all()
    sizes: dict[Profile, int] = {}
    for stage, league, _, _, count in rows:
        sizes[Profile(stage, league)] = sizes.get(Profile(stage, league), 0) + count
    said = coarsened(sizes)
    stale = {
        Profile(stage, league)
        for stage, league, *shown, _ in rows
        if tuple(shown) != said[Profile(stage, league)]
    }
    for profile in sorted(stale):
        session.execute(
            update(one)
            .where(one.stage == profile.stage, one.league_code == profile.league)
            .values(shown_stage=said[profile].stage, shown_league=said[profile].league)
        )


def to_list(session: Session, *, on: date) -> dict[int, Facts]:
    """Return who would be listed on a day: verified and agreed to, with or without a sponsor."""
    known = (Child.id, Child.sex, Child.stage, Child.league_code)
    told = or_(Child.agreed_on.is_not(None), Child.stage.in_(_TOO_YOUNG))
    agreed = session.execute(select(*known).where(*_stands(on), told))
    facts = {key: (sex, stage, league) for key, sex, stage, league in agreed}
    # Birthdays are sealed, so those who said nothing are looked at one by one.
    silent = select(*known, Child.birth_on).where(*_stands(on), ~told)
    for key, sex, stage, league, birth_on in session.execute(silent):
        if birth_on is not None and age_on(birth_on, on) < AGREES_FROM:
            facts[key] = (sex, stage, league)
    waiting = set(session.scalars(_in_need()))
    return {
        key: Facts(sex, stage, league, is_waiting=sex is not None and key in waiting)
        for key, (sex, stage, league) in facts.items()
    }


def _in_need() -> Select[int]:
    """Say in SQL what the matcher asks of a need: a test holds the two together."""
    months = case(STEP_MONTHS, value=Match.rhythm)
    covered = (
        select(func.coalesce(func.sum(Match.instalment_fen / months), 0))
        .where(Match.need_id == Need.id, IS_LIVE, is_cover())
        .correlate(Need)
        .scalar_subquery()
    )
    return select(Need.child_id).where(
        Need.kind == NeedKind.FINANCIAL,
        Need.status == NeedStatus.OPEN,
        Need.monthly_fen - covered >= UNIT,
    )


def _stands(on: date) -> tuple[ColumnElement[bool], ...]:
    consented = exists().where(
        Consent.child_id == Child.id,
        Consent.purpose == Purpose.SPONSORSHIP,
        Consent.given_on <= on,
        or_(Consent.withdrawn_on.is_(None), Consent.withdrawn_on > on),
    )
    return Child.status.in_(MATCHABLE), Child.verified_on.is_not(None), consented
