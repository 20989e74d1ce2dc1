"""What waits at a desk, and what an administrator is told."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.children import Child
from models.harm import HarmReport
from models.incidents import HoneyOpening
from models.notices import Notice
from models.pledges import Match
from models.reveals import Reveal
from models.security import FactorReset
from models.trace import StateChange
from privacy.viewers import Viewer
from services import gate
from services.gate import Part
from services.notices.facts.days import Facts, days
from services.notices.facts.matches import of_match
from services.notices.notice_words import CALLED, JOB_NAMES, TROUBLES
from services.reveals import reveals
from vocabulary.dates import today
from vocabulary.enums import AmendmentStatus, MatchStatus, NoticeStatus, Route, Trouble
from vocabulary.errors import NotFound


def of_proposals(session: Session, viewer: Viewer, _region_code: str, _now: datetime) -> Facts:
    """How many pairs wait for the viewer, and since when."""
    waiting = gate.cards(
        session,
        viewer,
        Match,
        fields=("proposed_on",),
        where=(Match.status == MatchStatus.PROPOSED,),
        order_by=(Match.proposed_on,),
    )
    if not waiting:
        raise NotFound()
    return {"proposals": str(len(waiting))} | days(waiting[0], oldest="proposed_on")


def of_harm(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """A report that a child may be harmed, to those who may answer it."""
    parts = {"child": Part(Child, Child.id == HarmReport.child_id, ("name",))}
    card = gate.card(session, viewer, HarmReport, HarmReport.ref == ref, parts=parts)
    facts = {"called": CALLED[card["called"]]}
    if card.has("child") and card["child"].has("name"):
        facts["child"] = card["child"]["name"]
    return facts


def of_job(_session: Session, _viewer: Viewer, rest: str, _now: datetime) -> Facts:
    """A job and what is wrong with it; no person is in it."""
    name, _, trouble = rest.partition(":")
    trouble = trouble.rpartition(":")[2]
    return {"job": JOB_NAMES.get(name, name), "trouble": TROUBLES[Trouble(trouble)]}


def of_factor(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """The day on which one's own second step was taken off: the row shows to administrators only."""
    done = StateChange.to_state == AmendmentStatus.DONE
    at = session.scalar(
        select(StateChange.at)
        .join(FactorReset, FactorReset.id == StateChange.record_id)
        .where(
            StateChange.kind == FactorReset.__tablename__,
            done,
            FactorReset.ref == ref,
            FactorReset.account_id == viewer.account_id,
        )
    )
    if at is None:
        raise NotFound()
    return {"reset": f"{today(at).month}月{today(at).day}日"}


def of_honey(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """The day on which a planted record was opened."""
    card = gate.card(session, viewer, HoneyOpening, HoneyOpening.ref == ref)
    day = today(card["at"])
    return {"opened": f"{day.month}月{day.day}日"}


def of_late(session: Session, _viewer: Viewer, _day: str, _now: datetime) -> Facts:
    """How many late messages wait for one person to let them go."""
    held = session.scalar(
        select(func.count(Notice.id)).where(Notice.is_held, Notice.status == NoticeStatus.WAITING)
    )
    if not held:
        raise NotFound()
    return {"held": str(held)}


def of_reveal(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """Whether something is asked, or known, at this moment; a donor's is named by his match."""
    found = reveals.page_of(session, viewer, ref)
    facts = {"asked": "1"} if found["question"] == "open" else {}
    if found["known"] is not None:
        facts["known"] = "1"
    if viewer.donor_id is not None:
        facts |= of_match(session, viewer, ref, _now)
    return facts


def of_reveal_check(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """The child whose wish to meet is to be looked at."""
    parts = {"child": Part(Child, Child.id == Reveal.child_id, ("name",))}
    card = gate.card(session, viewer, Reveal, Reveal.ref == ref, parts=parts)
    return {"child": card["child"]["name"]} if card.has("child") else {}


def of_child(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """Name a child whose private arrangement still stands; moved to another way, nothing is said."""
    card = gate.card(session, viewer, Child, Child.ref == ref, fields=("name", "route"))
    return {"child": card["name"]} if card["route"] is Route.PERSONAL else {}


def nothing(_session: Session, _viewer: Viewer, _ref: str, _now: datetime) -> Facts:
    """No fact: the sentence says it all."""
    return {}
