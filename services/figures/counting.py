"""The exact counts behind public figures. They leave services/figures/releases.py rounded or not at all."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.children import Child
from models.family_checks import FamilyAsk
from models.pledges import Match
from models.stipends import Fact, Stipend
from privacy.publishing import Count
from vocabulary.enums import ChildStatus, FactKind, FigureKind, MatchStatus

Asked = Select[str, int, int, int]
Counts = Mapping[FigureKind, Mapping[str, Count]]


def of_leagues(session: Session, first: date, as_of: date) -> Counts:
    """Count by league: instalments from one day to another, children on the last."""
    return {kind: _plain(found) for kind, found in _all(session, Child.league_code, first, as_of)}


def of_banners(session: Session, first: date, as_of: date) -> Counts:
    """Count the same by banner, with the people and schools behind each number."""
    return dict(_all(session, Child.banner_code, first, as_of))


def _plain(found: Mapping[str, Count]) -> dict[str, Count]:
    return {code: Count(count.things) for code, count in found.items()}


def _all(
    session: Session, part: InstrumentedAttribute[str], first: date, as_of: date
) -> list[tuple[FigureKind, dict[str, Count]]]:
    on_list, supported = _on_list(as_of), Child.id.in_(_supported_on(as_of))
    asked = {
        FigureKind.HANDED_OVER: _instalments(part, Stipend.handed_over_on, first, as_of),
        FigureKind.CONFIRMED: _instalments(part, Stipend.confirmed_on, first, as_of),
        FigureKind.ASKED: _asked(part, first, as_of),
        FigureKind.ANSWERED: _asked(part, first, as_of).where(_answered_by(as_of)),
        FigureKind.SUPPORTED: _counted(part).where(on_list, supported),
        FigureKind.WAITING: _counted(part).where(on_list, not_(supported)),
    }
    return [(kind, _found(session, query.group_by(part))) for kind, query in asked.items()]


def _counted(part: InstrumentedAttribute[str]) -> Asked:
    people, schools = func.count(Child.id.distinct()), func.count(Child.school_id.distinct())
    return select(part, func.count(), people, schools).select_from(Child)


def _found(session: Session, query: Asked) -> dict[str, Count]:
    return {code: Count(*numbers) for code, *numbers in session.execute(query)}


def _instalments(
    part: InstrumentedAttribute[str],
    day: InstrumentedAttribute[date | None],
    first: date,
    as_of: date,
) -> Asked:
    return (
        _counted(part)
        .join(Match, Match.child_id == Child.id)
        .join(Stipend, Stipend.match_id == Match.id)
        .where(day.between(first, as_of))
    )


def _asked(part: InstrumentedAttribute[str], first: date, as_of: date) -> Asked:
    """Families that were asked at random: whether they said a word, never which (law 15)."""
    return (
        _counted(part)
        .join(Match, Match.child_id == Child.id)
        .join(Stipend, Stipend.match_id == Match.id)
        .join(FamilyAsk, FamilyAsk.stipend_id == Stipend.id)
        .where(FamilyAsk.asked_on.between(first, as_of))
    )


def _answered_by(as_of: date) -> ColumnElement[bool]:
    """Its first word counts: what it says later, and what staff found out, changes no figure."""
    said = (FactKind.CONFIRMED, FactKind.DISPUTED)
    return Stipend.id.in_(select(Fact.stipend_id).where(Fact.kind.in_(said), Fact.on <= as_of))


def _on_list(as_of: date) -> ColumnElement[bool]:
    return and_(
        Child.status.in_((ChildStatus.OPEN, ChildStatus.SUPPORTED, ChildStatus.ENDED)),
        Child.verified_on <= as_of,
        or_(Child.ended_on.is_(None), Child.ended_on > as_of),
    )


def _supported_on(as_of: date) -> ColumnElement[int]:
    return (
        select(Match.child_id)
        .where(
            Match.status.in_((MatchStatus.ACTIVE, MatchStatus.ENDED)),
            Match.starts_on <= as_of,
            or_(Match.ends_on.is_(None), Match.ends_on > as_of),
        )
        .scalar_subquery()
    )
