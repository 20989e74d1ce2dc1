"""What staff read of the random question: whom to ask, how far each batch is, and how it was drawn.

Case staff alone read of families, and each of them only of those whose match another approved and
from whose matches he does not keep out (law 8). The auditor reads how each draw was made and
whether it comes out the same again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from models.children import Child, Kin
from models.family_checks import FamilyAsk, FamilyDraw
from models.organisations import Organisation
from models.pledges import Match, Recusal
from models.regions import Region
from models.stipends import Batch, Stipend
from privacy.permissions import Act, as_case_staff, require
from privacy.viewers import Viewer
from services import gate
from services.family_checks import draws
from services.family_checks.asking import has_answered, is_with_family
from services.gate import Card, Part
from services.guardians import families
from services.handover import answers
from services.handover.answers import Reply
from services.handover.hand_lists import is_line
from services.kin import as_it_stood
from vocabulary.dates import today
from vocabulary.enums import CheckWay, Role
from vocabulary.errors import NotFound
from vocabulary.refs import stipend_ref

SHOWN = 60
CALLED_AFTER = timedelta(days=7)
VISITED_AFTER = timedelta(days=14)
_LINE = ("due_on", "amount_fen", "sent_on", "handed_over_on")


def batches(session: Session, viewer: Viewer) -> list[Card]:
    """List the newest draws of the viewer's part: batch, hand, how many were asked and answered."""
    parts = {
        "batch": Part(Batch, Batch.id == FamilyDraw.batch_id, ("ref", "month", "number", "memo")),
        "hand": Part(Organisation, Organisation.id == Batch.organisation_id, ("name",)),
        "place": Part(Region, Region.code == Batch.region_code, ("name",)),
    }
    found = gate.cards(
        session,
        _as_staff(viewer),
        FamilyDraw,
        parts=parts,
        order_by=(FamilyDraw.drawn_on.desc(), FamilyDraw.id.desc()),
        limit=SHOWN,
    )
    counts = _counts(session, [card["ref"] for card in found])
    return [card.and_also(**counts.get(card["ref"], _NONE)) for card in found]


_NONE = {"asked": 0, "answered": 0, "waiting": 0}


def _counts(session: Session, refs: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
    """Count by draw who was asked, who answered whatever, and of whom nothing is known yet."""
    asked = FamilyAsk.asked_on.is_not(None)
    columns = {
        "asked": asked,
        "answered": and_(asked, has_answered()),
        "waiting": and_(asked, ~has_answered(), is_with_family()),
    }
    rows = session.execute(
        select(FamilyDraw.ref, *(func.sum(case((one, 1), else_=0)) for one in columns.values()))
        .join(FamilyAsk, FamilyAsk.draw_id == FamilyDraw.id)
        .join(Stipend, Stipend.id == FamilyAsk.stipend_id)
        .where(FamilyDraw.ref.in_(refs))
        .group_by(FamilyDraw.ref)
    )
    return {ref: dict(zip(columns, found, strict=True)) for ref, *found in rows}


def to_ask(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List whom somebody has to call or visit, the longest asked first; never who was let alone."""
    return [one for one in _open(session, viewer, now=now) if one["step"] != "wait"]


def line(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return one family still to be asked. Raises NotFound, also for whoever approved its match."""
    found = _open(session, viewer, *is_line(ref), now=now)
    if len(found) != 1:
        raise NotFound()
    return found[0]


def answer(session: Session, by: Viewer, ref: str, reply: Reply, *, now: datetime) -> None:
    """Enter what a drawn family said to whoever called or visited it: "由…代办"."""
    line(session, by, ref, now=now)
    answers.answer(session, _as_staff(by), reply, ref=ref, now=now)


def _open(
    session: Session, viewer: Viewer, *where: ColumnElement[bool], now: datetime
) -> list[Card]:
    staff = _as_staff(viewer)
    out = select(Recusal.child_id).where(Recusal.actor == viewer.actor)
    parts = {
        "line": Part(Stipend, Stipend.id == FamilyAsk.stipend_id, _LINE),
        "match": Part(Match, Match.id == Stipend.match_id, ("child_ref",)),
        "child": Part(Child, Child.id == Match.child_id, ("ref", "name", "address", "languages")),
        "kin": Part(Kin, families.guardian(), ("ref", "relation", "name", "phone")),
        "place": Part(Region, Region.code == Child.region_code, ("name",)),
    }
    open_ones = (
        FamilyAsk.asked_on.is_not(None),
        ~has_answered(),
        is_with_family(),
        Match.decided_by.is_distinct_from(viewer.actor),
        Match.child_id.not_in(out),
    )
    order = (FamilyAsk.asked_on, FamilyAsk.id)
    found = gate.cards(
        session, staff, FamilyAsk, parts=parts, where=(*open_ones, *where), order_by=order
    )
    near = as_it_stood.with_kin(session, staff, [card for card in found if card.has("child")])
    return [_with_step(card, on=today(now)) for card in near]


def _with_step(card: Card, *, on: date) -> Card:
    ref = stipend_ref(card["match"]["child_ref"], card["line"]["due_on"])
    return card.and_also(ref=ref, step=step_of(card["way"], card["asked_on"], on=on))


def step_of(way: CheckWay, asked_on: date, *, on: date) -> str:
    """Say what comes next for a family without an answer: "wait", "call", or "visit"."""
    if on >= asked_on + VISITED_AFTER:
        return "visit"
    return "call" if way is CheckWay.CALL or on >= asked_on + CALLED_AFTER else "wait"


def in_village(session: Session, viewer: Viewer, *, now: datetime) -> set[str]:
    """Return the refs of lines whose families a child director is asked to ask: her own village's.

    Never of what she handed over herself: the table itself shows her none of these.
    """
    require(viewer, Act.ANSWER_FOR_FAMILY)
    director = replace(viewer, roles=viewer.roles & {Role.VILLAGE_DIRECTOR})
    parts = {
        "line": Part(Stipend, Stipend.id == FamilyAsk.stipend_id, ("due_on",)),
        "match": Part(Match, Match.id == Stipend.match_id, ("child_ref",)),
    }
    found = gate.cards(
        session,
        director,
        FamilyAsk,
        parts=parts,
        where=(FamilyAsk.asked_on.is_not(None), ~has_answered(), is_with_family()),
    )
    cards = [_with_step(card, on=today(now)) for card in found]
    return {card["ref"] for card in cards if card["step"] != "wait"}


def audited(session: Session, viewer: Viewer) -> list[Card]:
    """List the newest draws with their seeds, and whether each comes out the same again."""
    require(viewer, Act.SEE_FAMILY_CHECKS)
    auditor = replace(viewer, roles=viewer.roles & {Role.AUDITOR})
    batch = Part(Batch, Batch.id == FamilyDraw.batch_id, ("ref", "month", "number"))
    order = (FamilyDraw.drawn_on.desc(), FamilyDraw.ref)
    found = gate.cards(
        session, auditor, FamilyDraw, parts={"batch": batch}, order_by=order, limit=SHOWN
    )
    refs = [card["ref"] for card in found]
    made = session.scalars(select(FamilyDraw).where(FamilyDraw.ref.in_(refs)))
    same = {one.ref: draws.repeats(session, one) for one in made}
    return [card.and_also(repeats=same[card["ref"]]) for card in found]


def _as_staff(viewer: Viewer) -> Viewer:
    require(viewer, Act.SEE_FAMILY_CHECKS)
    return as_case_staff(viewer)
