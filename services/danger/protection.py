"""A child in danger: it leaves every low view at once, and its case goes round whom it is about.

The case opens with the first report and ends when a second person closes the last one. What a
school holds of its money stands there like that of a pupil who moved away; what has not left goes
by the banner's own hand meanwhile (services/handover/office_hand.py).
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.care import CareMatch
from models.children import Child
from models.harm import HarmAccused, HarmClosed, HarmReport, HarmTaken, goes_round
from models.letters import Letter, LetterFriend
from models.pledges import Match
from models.stipends import Stipend
from models.volunteers import Volunteer, VolunteerLogin
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer, region_prefix
from services import gate, trace
from services.batches import unsent
from services.children import child_file
from services.gate import Card
from vocabulary.dates import today
from vocabulary.enums import Complained, GrantStatus, HarmOutcome, Role
from vocabulary.errors import ActedBefore, AlreadyDecided, WrongState

_BANNER_DIGITS = 6
_HELD_BY = {
    Complained.SCHOOL: frozenset({Role.SCHOOL_OFFICER}),
    Complained.VILLAGE: frozenset({Role.VILLAGE_DIRECTOR}),
    Complained.OFFICE: CASE_STAFF,
}


@dataclass(frozen=True, slots=True)
class About:
    """Whom a fear is about: a kind of people, and of one's colleagues by the account's ref."""

    whom: Complained = Complained.UNKNOWN
    account_ref: str | None = None


NOT_SAID = About()


def shield(session: Session, child: Child) -> None:
    """Take a child out of every low view, and its money out of what has not yet left."""
    child.in_danger = True
    session.flush()
    unsent.take_out(session, child.id)


def name(
    session: Session, by: Viewer, report: HarmReport, child: Child, about: About, *, now: datetime
) -> None:
    """Keep whom a report is about; every login that it may mean stands near none of it.

    Raises NotFound for a colleague the viewer does not know.
    """
    if about.whom is Complained.UNKNOWN:
        return
    actors: list[str | None] = [*_logins(session, by, child, about)] or [None]
    known = select(HarmAccused.actor).where(
        HarmAccused.report_id == report.id, HarmAccused.whom == about.whom
    )
    named = set(session.scalars(known))
    for actor in (one for one in actors if one not in named):
        kept = HarmAccused(report_id=report.id, whom=about.whom, actor=actor)
        kept.named_by, kept.named_at = by.actor, now
        session.add(kept)
    session.flush()


def _logins(session: Session, by: Viewer, child: Child, about: About) -> list[str]:
    if about.account_ref is not None:
        found = gate.row(session, by, Account, Account.ref == about.account_ref)
        return [f"account:{found.ref}"]
    if about.whom is Complained.VOLUNTEER:
        return _friends(session, child)
    held = _HELD_BY.get(about.whom, frozenset())
    rows = session.execute(
        select(Account.ref, Account.region_code, Account.organisation_id)
        .join(Grant, Grant.account_id == Account.id)
        .where(Grant.role.in_(held), Grant.status == GrantStatus.GRANTED)
        .distinct()
        .order_by(Account.ref)
    )
    return [f"account:{row.ref}" for row in rows if _is_meant(about.whom, child, *row[1:])]


def _is_meant(whom: Complained, child: Child, region_code: str, school_id: int | None) -> bool:
    """Say whether a login is of the child's school, its village, or its banner's own office."""
    if whom is Complained.SCHOOL:
        return school_id is not None and school_id == child.school_id
    covers = child.region_code.startswith(region_prefix(region_code))
    is_banners = region_code[:_BANNER_DIGITS] == child.banner_code[:_BANNER_DIGITS]
    return covers and (whom is Complained.VILLAGE or is_banners)


def _friends(session: Session, child: Child) -> list[str]:
    """Return the logins of those who write or wrote with a child, and of its 爱心妈妈 now or once."""
    # Who was with it once is meant as well: a child often speaks of it only when she is gone.
    wrote = select(Letter.friend_id).where(
        Letter.child_id == child.id, Letter.friend_id.is_not(None)
    )
    writes = select(LetterFriend.volunteer_id).where(
        LetterFriend.child_id == child.id,
        LetterFriend.agreed_on.is_not(None) | LetterFriend.id.in_(wrote),
    )
    cares = select(CareMatch.volunteer_id).where(
        CareMatch.child_id == child.id, CareMatch.decided_by.is_not(None)
    )
    hers = Volunteer.id.in_(writes) | Volunteer.id.in_(cares)
    # A login that another took the place of is meant as well: she may have been with the child by it.
    held = (
        select(VolunteerLogin.account_id)
        .join(Volunteer, Volunteer.id == VolunteerLogin.volunteer_id)
        .where(hers, VolunteerLogin.waits.is_(False), VolunteerLogin.turned_down_by.is_(None))
    )
    now = select(Volunteer.account_id).where(hers, Volunteer.account_id.is_not(None))
    asked = (
        select(Account.ref).where(Account.id.in_(now) | Account.id.in_(held)).order_by(Account.ref)
    )
    return [f"account:{ref}" for ref in session.scalars(asked)]


def accused_in(session: Session, child_id: int) -> frozenset[str]:
    """Return the logins that any report about a child names: nothing of it is sent to them."""
    found = session.scalars(
        select(HarmAccused.actor)
        .join(HarmReport, HarmReport.id == HarmAccused.report_id)
        .where(HarmReport.child_id == child_id, HarmAccused.actor.is_not(None))
    )
    return frozenset(actor for actor in found if actor)


def names_family(session: Session, child_id: int) -> bool:
    """Say whether an open report about a child names its own family: whom of it, nobody knows."""
    named = exists().where(
        HarmAccused.report_id == HarmReport.id, HarmAccused.whom == Complained.FAMILY
    )
    return bool(session.scalar(select(exists().where(_is_open(child_id), named))))


def kept_from_family(session: Session, child_id: int) -> list[tuple[date, date]]:
    """Return the first and last day of each case that names somebody of the child's own family."""
    closed_at = select(HarmClosed.closed_at).where(HarmClosed.report_id == HarmReport.id)
    rows = session.execute(
        select(HarmReport.reported_at, closed_at.scalar_subquery())
        .join(HarmAccused, HarmAccused.report_id == HarmReport.id)
        .where(HarmReport.child_id == child_id, HarmAccused.whom == Complained.FAMILY)
    ).all()
    return [(today(start), date.max if end is None else today(end)) for start, end in rows]


def case(session: Session, viewer: Viewer, report: Card) -> Card:
    """Add to a report's card whom it is about, how it ended, and what of the child's money has not left."""
    rows = gate.cards(
        session,
        viewer,
        HarmAccused,
        where=(HarmAccused.report_id == _key(report["ref"]),),
        order_by=(HarmAccused.id,),
    )
    closed = gate.cards(
        session, viewer, HarmClosed, where=(HarmClosed.report_id == _key(report["ref"]),)
    )
    count, total = session.execute(
        select(func.count(Stipend.id), func.coalesce(func.sum(Stipend.amount_fen), 0))
        .join(Match, Match.id == Stipend.match_id)
        .join(HarmReport, HarmReport.child_id == Match.child_id)
        .where(
            HarmReport.ref == report["ref"],
            Stipend.is_funded,
            Stipend.sent_on.is_(None),
            Stipend.cancelled_on.is_(None),
        )
    ).one()
    return report.and_also(
        about=[
            row.and_also(
                who=child_file.name_of(session, viewer, row["actor"]) if row["actor"] else ""
            )
            for row in rows
        ],
        closed=closed[0] if closed else None,
        waiting=count,
        waiting_fen=total,
    )


def _key(ref: str) -> ColumnElement[int]:
    return select(HarmReport.id).where(HarmReport.ref == ref).scalar_subquery()


def colleagues(session: Session, viewer: Viewer) -> list[Card]:
    """List the logins of the viewer's part by name and ref, for naming one of them."""
    require(viewer, Act.ANSWER_HARM)
    working = exists().where(
        Grant.account_id == Account.id,
        Grant.status == GrantStatus.GRANTED,
        or_(*(Grant.role.in_(roles) for roles in _HELD_BY.values())),
    )
    found = gate.cards(session, viewer, Account, fields=("ref", "name"), where=(working,))
    return sorted(found, key=lambda one: (one["name"], one["ref"]))


def name_later(session: Session, by: Viewer, ref: str, about: About, *, now: datetime) -> None:
    """Keep whom a report is about, once its handler knows. Raises WrongState for a closed one."""
    require(by, Act.ANSWER_HARM)
    report = _open_report(session, by, ref)
    child = session.get_one(Child, report.child_id)
    name(session, by, report, child, about, now=now)
    trace.record(session, by, "harm.name", f"harm:{ref}", now=now)


def close(session: Session, by: Viewer, ref: str, *, outcome: HarmOutcome, now: datetime) -> None:
    """Say how it ended, as another person than who took it up (law 8).

    With the last open report about a child it stands in the low views again. Raises WrongState
    before it was taken up, ActedBefore for its handler.
    """
    require(by, Act.CLOSE_HARM)
    report = _open_report(session, by, ref)
    taker = session.scalar(select(HarmTaken.taken_by).where(HarmTaken.report_id == report.id))
    if taker is None:
        raise WrongState(from_state="open", to_state="closed")
    if taker == by.actor:
        raise ActedBefore()
    session.add(HarmClosed(report_id=report.id, outcome=outcome, closed_by=by.actor, closed_at=now))
    session.flush()
    child = session.get_one(Child, report.child_id)
    child.in_danger = bool(session.scalar(select(exists().where(_is_open(child.id)))))
    if not child.in_danger:
        session.flush()
        unsent.take_out(session, child.id)
    session.flush()
    trace.record(session, by, "harm.close", f"harm:{ref}", now=now, why=outcome.value)


def _open_report(session: Session, by: Viewer, ref: str) -> HarmReport:
    report = gate.row(session, by, HarmReport, HarmReport.ref == ref, goes_round(by))
    if session.scalar(select(HarmClosed.id).where(HarmClosed.report_id == report.id)) is not None:
        raise AlreadyDecided()
    return report


def _is_open(child_id: int) -> ColumnElement[bool]:
    closed = select(HarmClosed.report_id)
    return (HarmReport.child_id == child_id) & HarmReport.id.not_in(closed)
