"""The red button: who fears for a child is heard at once, and the fear stands until it is taken up.

What was seen is told on the telephone, never typed here. Nothing of it reaches a school, nor
whoever it is about; the child leaves every low view in the same transaction (`protection`).
"""

from collections.abc import Collection
from datetime import date, datetime
from functools import partial

from sqlalchemy import ColumnElement, literal, or_, select
from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.base import Condition
from models.children import Child, near_hand
from models.harm import HarmAccused, HarmClosed, HarmReport, HarmTaken, goes_round
from models.pledges import Match
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.children import child_file
from services.danger import protection
from services.danger.protection import NOT_SAID, About
from services.gate import Card, Part
from services.notices import notices
from vocabulary.dates import today
from vocabulary.enums import Called, GrantStatus, NoticeKind, Role, Trouble
from vocabulary.errors import AlreadyDecided, NotFound

PAGE = 100
_TAKEN = Part(HarmTaken, HarmTaken.report_id == HarmReport.id)
_CLOSED = Part(HarmClosed, HarmClosed.report_id == HarmReport.id, ("outcome", "closed_at"))
_IS_OPEN = HarmReport.id.not_in(select(HarmTaken.report_id))


def child_of(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return the name and ref of a child, named by its own ref or by one of its instalments'.

    Raises NotFound for a child that the viewer does not stand near.
    """
    require(viewer, Act.REPORT_HARM)
    fields = ("ref", "name")
    return gate.card(session, viewer, Child, _is_child(ref), fields=fields)


def report(
    session: Session,
    by: Viewer,
    ref: str,
    *,
    called: Called,
    now: datetime,
    about: About = NOT_SAID,
) -> str:
    """Keep that harm is suspected and tell the banner's case staff at once, at night too.

    Returns the receipt. The same again from the same person, before anybody took it up, is one; whom
    it names more is kept.
    """
    require(by, Act.REPORT_HARM)
    child = _near(session, by, ref)
    same = (HarmReport.child_id == child.id, HarmReport.reported_by == by.actor)
    said = session.scalar(select(HarmReport).where(*same, HarmReport.called == called, _IS_OPEN))
    if said is not None:
        protection.name(session, by, said, child, about, now=now)
        return said.ref
    kept = HarmReport(child_id=child.id, called=called, reported_by=by.actor, reported_at=now)
    session.add(kept)
    session.flush()
    protection.name(session, by, kept, child, about, now=now)
    protection.shield(session, child)
    trace.record(
        session, by, "child.harm_suspected", f"child:{child.ref}", now=now, why=called.value
    )
    _tell(session, kept.ref, child.id, child.banner_code, now=now)
    return kept.ref


def _near(session: Session, by: Viewer, ref: str) -> Child:
    """Return the child; a hand finds it although another's report took it off her list."""
    known = session.scalars(select(Child).where(_is_child(ref), near_hand(by))).one_or_none()
    return known or gate.row(session, by, Child, _is_child(ref))


def _tell(
    session: Session, ref: str, child_id: int, banner_code: str, *, now: datetime, rung: int = 0
) -> None:
    """Queue a report to every case worker and approver over the child but those it is about.

    Whom another report names hears of his own like anybody: silence would tell him. Where nobody
    else is left, the administrators hear that somebody must be given the role.
    """
    accused = protection.accused_in(session, child_id)
    to_roles = partial(notices.to_roles, session, now=now, rung=rung, but=accused)
    kind, alarm, subject = NoticeKind.HARM_SUSPECTED, NoticeKind.JOB_ALARM, f"harm:{ref}"
    if not to_roles(sorted(CASE_STAFF), banner_code, kind, subject):
        unheard = f"job:harm:{today(now).isoformat()}:{Trouble.UNHEARD}"
        to_roles((Role.ADMINISTRATOR,), None, alarm, unheard)
    own = notices.find_account(session, _unnamed_reporter(session, ref, accused))
    if own is not None:
        notices.queue(session, own, kind, subject, now=now, rung=rung)


def _unnamed_reporter(session: Session, ref: str, accused: Collection[str]) -> str:
    """Return who of the staff among the accused pressed this button, unless that very report names him."""
    staff = (
        select(literal("account:") + Account.ref)
        .join(Grant, Grant.account_id == Account.id)
        .where(Grant.role.in_(CASE_STAFF), Grant.status == GrantStatus.GRANTED)
    )
    named = select(HarmAccused.id).where(
        HarmAccused.report_id == HarmReport.id, HarmAccused.actor == HarmReport.reported_by
    )
    by_staff = (HarmReport.reported_by.in_(accused), HarmReport.reported_by.in_(staff))
    own = select(HarmReport.reported_by).where(HarmReport.ref == ref, *by_staff, ~named.exists())
    return session.scalar(own) or ""


def remind(session: Session, by: Viewer, *, on: date, now: datetime) -> None:
    """Tell the same people again on every day on which nobody has taken a report up."""
    require(by, Act.RUN_STIPENDS)
    rows = session.execute(
        select(HarmReport.ref, HarmReport.reported_at, Child.id, Child.banner_code)
        .join(Child, Child.id == HarmReport.child_id)
        .where(_IS_OPEN)
        .order_by(HarmReport.id)
    )
    for ref, reported_at, child_id, banner_code in rows:
        days = (on - today(reported_at)).days
        if days > 0:
            _tell(session, ref, child_id, banner_code, now=now, rung=days)


def _is_child(ref: str) -> Condition:
    of_match = select(Match.child_id).where(Match.child_ref == ref.partition("-")[0])
    return or_(Child.ref == ref, Child.id.in_(of_match))


def receipt(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return what its reporter may know: when, who was called, and whether it was taken up."""
    require(viewer, Act.REPORT_HARM)
    return gate.card(session, viewer, HarmReport, HarmReport.ref == ref, parts={"taken": _TAKEN})


def reports(session: Session, viewer: Viewer) -> list[Card]:
    """List the reports about the viewer's children, those nobody took up first, newest first."""
    require(viewer, Act.ANSWER_HARM)
    return [_with_names(session, viewer, card) for card in _listed(session, viewer)]


def detail(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one report with whom it is about and how it ended. Raises NotFound."""
    require(viewer, Act.ANSWER_HARM)
    found = _listed(session, viewer, HarmReport.ref == ref)
    if not found:
        raise NotFound()
    return protection.case(session, viewer, _with_names(session, viewer, found[0]))


def _listed(session: Session, viewer: Viewer, *where: Condition) -> list[Card]:
    parts = {
        "taken": _TAKEN,
        "closed": _CLOSED,
        "child": Part(Child, Child.id == HarmReport.child_id, ("ref", "name", "class_label")),
    }
    is_closed = HarmReport.id.in_(select(HarmClosed.report_id))
    return gate.cards(
        session,
        viewer,
        HarmReport,
        parts=parts,
        where=(goes_round(viewer), *where),
        order_by=(_IS_OPEN.desc(), is_closed, HarmReport.reported_at.desc(), HarmReport.id.desc()),
        limit=PAGE,
    )


def not_taken_up(viewer: Viewer) -> ColumnElement[int]:
    """Count in SQL the reports about the viewer's children that nobody has taken up."""
    require(viewer, Act.ANSWER_HARM)
    return gate.tally(viewer, HarmReport, _IS_OPEN, goes_round(viewer))


def _with_names(session: Session, viewer: Viewer, card: Card) -> Card:
    taken = card["taken"]["taken_by"] if card.has("taken") else None
    return card.and_also(
        is_mine=taken == viewer.actor,
        reporter=_reporter(session, viewer, card["reported_by"]),
        taker=child_file.name_of(session, viewer, taken),
    )


def _reporter(session: Session, viewer: Viewer, actor: str) -> str:
    """Name who reported; a class teacher's link has no name."""
    return "班主任" if actor.startswith("class:") else child_file.name_of(session, viewer, actor)


def take_up(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Say that the viewer sees to a report from now on. Raises AlreadyDecided for the second."""
    require(by, Act.ANSWER_HARM)
    found = gate.row(session, by, HarmReport, HarmReport.ref == ref, goes_round(by))
    if session.scalar(select(HarmTaken.id).where(HarmTaken.report_id == found.id)) is not None:
        raise AlreadyDecided()
    session.add(HarmTaken(report_id=found.id, taken_by=by.actor, taken_at=now))
    session.flush()
    trace.record(session, by, "harm.take_up", f"harm:{ref}", now=now)
