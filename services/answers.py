"""What a family says to "did it come?": its own word, by its link or entered by a helper.

A "no" is seen by case staff and by nobody who handed over (law 15); it may be changed until it is
settled, and every answer is a fact.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from models.children import Child
from models.organisations import Organisation
from models.pledges import Match
from models.stipends import Batch, Fact, Settlement, Stipend
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer
from services import facts, gate, news, notices, trace
from services.facts import Basis
from services.gate import Card, Part
from services.hand_lists import is_line
from vocabulary.dates import today
from vocabulary.enums import Answer, Evidence, FactKind, Language, NoticeKind, Outcome, Role
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NotFound, WrongState
from vocabulary.money import Fen
from vocabulary.refs import stipend_ref

LONGEST_REASON = 200
_ANSWERS = (FactKind.CONFIRMED, FactKind.DISPUTED)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; `amount` is what came when the sum was wrong, `language` what was spoken."""

    answer: Answer
    amount: Fen | None = None
    language: Language | None = None


def answer(
    session: Session, by: Viewer, reply: Reply, *, now: datetime, ref: str | None = None
) -> None:
    """Keep a family's answer; an earlier one is taken back by a further fact.

    A family answers for the instalment of its own slip; a village director or case worker names
    the instalment and says "由…代办". Raises AlreadyDecided once it is settled, ActedBefore for a
    helper who handed it over herself.
    """
    stipend = _answerable(session, by, ref)
    if _is_settled(session, stipend):
        raise AlreadyDecided()
    _check(reply, stipend)
    if reply.answer is Answer.RECEIVED and stipend.confirmed_on is not None:
        return
    _withdraw(session, stipend, by=by, now=now)
    kind = FactKind.CONFIRMED if reply.answer is Answer.RECEIVED else FactKind.DISPUTED
    evidence = Evidence.LINK if by.has(Role.FAMILY) else Evidence.ASSISTED
    basis = Basis(
        evidence, detail=reply.answer.value, amount_fen=reply.amount, language=reply.language
    )
    facts.record(session, kind, [stipend], on=today(now), by=by, now=now, basis=basis)
    trace.record(
        session, by, f"stipend.{kind.value}", f"stipend:{_ref_of(session, stipend)}", now=now
    )
    _tell(session, stipend, kind, now=now)


def disputes(session: Session, viewer: Viewer) -> list[Card]:
    """List what families said did not come or was a wrong sum and nobody settled, oldest first."""
    staff = _as_staff(viewer)
    found = gate.cards(
        session,
        staff,
        Stipend,
        fields=("due_on", "amount_fen", "sent_on", "handed_over_on", "disputed_on"),
        parts={
            "match": Part(Match, Match.id == Stipend.match_id, ("child_ref", "decided_by")),
            "child": Part(Child, Child.id == Match.child_id, ("ref", "name", "class_label")),
            "batch": Part(Batch, Batch.id == Stipend.batch_id, ("memo", "month")),
            "hand": Part(Organisation, Organisation.id == Batch.organisation_id, ("name",)),
            "said": Part(Fact, _effective(FactKind.DISPUTED), _SAID),
        },
        where=(Stipend.disputed_on.is_not(None), ~_settled()),
        order_by=(Stipend.disputed_on, Stipend.id),
    )
    return [_with_ref(card) for card in found]


def dispute(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one open dispute. Raises NotFound."""
    found = next((card for card in disputes(session, viewer) if card["ref"] == ref), None)
    if found is None:
        raise NotFound()
    return found


def settle(
    session: Session, by: Viewer, ref: str, outcome: Outcome, reason: str, *, now: datetime
) -> None:
    """Keep what was found out. If the money is with the family now, its word replaces the "no".

    Raises ActedBefore for whoever approved the match, handed this line over or entered what the
    family said (law 8).
    """
    require(by, Act.SETTLE_DISPUTE)
    stipend = gate.row(session, _as_staff(by), Stipend, *is_line(ref))
    if stipend.disputed_on is None:
        raise WrongState(from_state="none", to_state="settled")
    if _is_settled(session, stipend):
        raise AlreadyDecided()
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise BadInput(field="reason", reason="missing_or_too_long")
    if by.actor in _acted(session, stipend):
        raise ActedBefore()
    if outcome is not Outcome.NOT_RECEIVED:
        _turn_into_yes(session, stipend, outcome, by=by, now=now)
    session.add(
        Settlement(
            stipend_id=stipend.id,
            outcome=outcome,
            reason=reason.strip(),
            settled_by=by.actor,
            settled_on=today(now),
        )
    )
    trace.record(session, by, "dispute.settle", f"stipend:{ref}", now=now, why=outcome.value)


def _answerable(session: Session, by: Viewer, ref: str | None) -> Stipend:
    if by.has(Role.FAMILY):
        family = replace(by, roles=frozenset({Role.FAMILY}))
        return gate.row(session, family, Stipend, Stipend.id == by.stipend_id)
    require(by, Act.ANSWER_FOR_FAMILY)
    helper = replace(by, roles=by.roles & (CASE_STAFF | {Role.VILLAGE_DIRECTOR}))
    stipend = gate.row(session, helper, Stipend, *is_line(ref or ""))
    if by.actor == _handed_over_by(session, stipend):
        raise ActedBefore()
    return stipend


def _check(reply: Reply, stipend: Stipend) -> None:
    if reply.amount is None:
        return
    if reply.answer is not Answer.WRONG_SUM or reply.amount == stipend.amount_fen:
        raise BadInput(field="amount", reason="not_a_wrong_sum")


def _withdraw(session: Session, stipend: Stipend, *, by: Viewer, now: datetime) -> None:
    basis = Basis(Evidence.WORD)
    for kind in _ANSWERS:
        if facts.dates_of(stipend)[kind] is not None:
            facts.take_back(session, kind, stipend, on=today(now), by=by, now=now, basis=basis)


def _turn_into_yes(
    session: Session, stipend: Stipend, outcome: Outcome, *, by: Viewer, now: datetime
) -> None:
    _withdraw(session, stipend, by=by, now=now)
    basis = Basis(Evidence.ASSISTED, detail=outcome.value)
    facts.record(session, FactKind.CONFIRMED, [stipend], on=today(now), by=by, now=now, basis=basis)
    news.confirmed(session, stipend, now=now)


def _tell(session: Session, stipend: Stipend, kind: FactKind, *, now: datetime) -> None:
    """Tell the donor a yes, the banner's case staff a no."""
    if kind is FactKind.CONFIRMED:
        news.confirmed(session, stipend, now=now)
        return
    banner = session.scalar(
        select(Child.banner_code)
        .join(Match, Match.child_id == Child.id)
        .where(Match.id == stipend.match_id)
    )
    subject = f"stipend:{_ref_of(session, stipend)}"
    rung = _times_disputed(session, stipend)
    notices.to_roles(
        session, sorted(CASE_STAFF), banner, NoticeKind.FAMILY_DISPUTE, subject, now=now, rung=rung
    )


def _times_disputed(session: Session, stipend: Stipend) -> int:
    """Count earlier disputes: a family that says no again is heard again."""
    said = select(func.count(Fact.id)).where(
        Fact.stipend_id == stipend.id, Fact.kind == FactKind.DISPUTED, Fact.cancels_id.is_(None)
    )
    return (session.scalar(said) or 1) - 1


_SAID = ("on", "by", "detail", "amount_fen", "language", "evidence")


def _effective(kind: FactKind) -> ColumnElement[bool]:
    later = aliased(Fact)
    return and_(
        Fact.stipend_id == Stipend.id,
        Fact.kind == kind,
        Fact.cancels_id.is_(None),
        ~exists().where(later.cancels_id == Fact.id),
    )


def _settled() -> ColumnElement[bool]:
    return exists().where(Settlement.stipend_id == Stipend.id, Settlement.lifted_on.is_(None))


def _is_settled(session: Session, stipend: Stipend) -> bool:
    mine = (Settlement.stipend_id == stipend.id, Settlement.lifted_on.is_(None))
    return session.scalar(select(Settlement.id).where(*mine)) is not None


def _handed_over_by(session: Session, stipend: Stipend) -> str | None:
    return session.scalar(
        select(Fact.by)
        .join(Stipend, Stipend.id == Fact.stipend_id)
        .where(Stipend.id == stipend.id, _effective(FactKind.HANDED_OVER))
    )


def _acted(session: Session, stipend: Stipend) -> set[str | None]:
    decided_by = session.scalar(select(Match.decided_by).where(Match.id == stipend.match_id))
    told = select(Fact.by).where(Fact.stipend_id == stipend.id, Fact.kind.in_(_ANSWERS))
    return {decided_by, _handed_over_by(session, stipend), *session.scalars(told)}


def _ref_of(session: Session, stipend: Stipend) -> str:
    child_ref = session.scalars(select(Match.child_ref).where(Match.id == stipend.match_id)).one()
    return stipend_ref(child_ref, stipend.due_on)


def _with_ref(card: Card) -> Card:
    due_on: date = card["due_on"]
    return card.and_also(ref=stipend_ref(card["match"]["child_ref"], due_on))


def _as_staff(viewer: Viewer) -> Viewer:
    require(viewer, Act.SETTLE_DISPUTE)
    return replace(viewer, roles=viewer.roles & CASE_STAFF)
