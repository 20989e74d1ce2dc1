"""A family's own word about its instalment is kept: one family's, or that of several at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from models.children import Child
from models.pledges import Match, Recusal
from models.stipends import Fact, Settlement, Stipend
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Which
from services.handover.hand_lists import is_line
from services.notices import notices
from services.stipends import facts, news
from services.stipends.facts import Basis
from services.stipends.sides import Side, sides_of
from vocabulary.dates import today
from vocabulary.enums import Answer, Evidence, FactKind, Language, NoticeKind, Outcome, Role
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NotFound
from vocabulary.money import Fen
from vocabulary.refs import stipend_ref

ANSWERS = (FactKind.CONFIRMED, FactKind.DISPUTED)
Said = tuple[Viewer, Stipend]
_OF_SLIP = Which(Stipend, Stipend.id == bindparam("of_slip"))


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; `amount` is what came when the sum was wrong, `language` what was spoken.

    `came_on` is the day on which it came, where that is not the day its hand stated.
    """

    answer: Answer
    amount: Fen | None = None
    language: Language | None = None
    came_on: date | None = None


def answer(
    session: Session, by: Viewer, reply: Reply, *, now: datetime, ref: str | None = None
) -> None:
    """Keep a family's answer; an earlier one is taken back by a further fact.

    A family answers for the instalment of its own slip; a village director or case worker names
    the instalment and says "由…代办". Raises AlreadyDecided once it is settled, ActedBefore for a
    helper who handed it over herself, whether or not she took that back.
    """
    _keep(session, [(by, _answerable(session, by, ref))], reply, now=now)


def answer_all(session: Session, families: Sequence[Viewer], reply: Reply, *, now: datetime) -> int:
    """Keep the same answer of several families, each about its own slip, all or none.

    Each is looked up with its own eyes; what is written takes as many statements as for one.
    Returns how many said something new.
    """
    eyes = [replace(one, roles=one.roles & {Role.FAMILY}) for one in families]
    found = gate.rows_each(session, _OF_SLIP, [(one, {"of_slip": one.stipend_id}) for one in eyes])
    if not all(found):
        raise NotFound()
    said = [(family, rows[0]) for family, rows in zip(families, found, strict=True)]
    return _keep(session, said, reply, now=now) if said else 0


def _keep(session: Session, said: Sequence[Said], reply: Reply, *, now: datetime) -> int:
    if is_any_settled(session, [stipend.id for _, stipend in said]):
        raise AlreadyDecided()
    for _, stipend in said:
        _check(reply, stipend, on=today(now))
    is_yes = reply.answer is Answer.RECEIVED
    fresh = [(by, one) for by, one in said if not (is_yes and one.confirmed_on is not None)]
    if not fresh:
        return 0
    for by, stipend in fresh:
        withdraw(session, stipend, by=by, now=now)
    kind = FactKind.CONFIRMED if is_yes else FactKind.DISPUTED
    words = [(stipend, _basis(by, reply)) for by, stipend in fresh]
    facts.record_all(session, kind, words, on=today(now), by=fresh[0][0], now=now)
    _tell(session, fresh, kind, now=now)
    return len(fresh)


def _basis(by: Viewer, reply: Reply) -> Basis:
    return Basis(
        Evidence.LINK if by.has(Role.FAMILY) else Evidence.ASSISTED,
        detail=reply.answer.value,
        amount_fen=reply.amount,
        language=reply.language,
        came_on=reply.came_on,
        said_by=by,
    )


def _answerable(session: Session, by: Viewer, ref: str | None) -> Stipend:
    if by.has(Role.FAMILY):
        family = replace(by, roles=frozenset({Role.FAMILY}))
        return gate.row(session, family, Stipend, Stipend.id == by.stipend_id)
    require(by, Act.ANSWER_FOR_FAMILY)
    helper = replace(by, roles=by.roles & (CASE_STAFF | {Role.VILLAGE_DIRECTOR}))
    stipend = gate.row(session, helper, Stipend, *is_line(ref or ""))
    if by.actor in hands_of(session, stipend):
        raise ActedBefore()
    return stipend


def _check(reply: Reply, stipend: Stipend, *, on: date) -> None:
    """A sum or a day is said only where it differs from what the hand stated."""
    is_sum, is_day = reply.answer is Answer.WRONG_SUM, reply.answer is Answer.WRONG_DAY
    if reply.amount is not None and (not is_sum or reply.amount == stipend.amount_fen):
        raise BadInput(field="amount", reason="not_a_wrong_sum")
    stated = stipend.handed_over_on
    if is_day and stated is None:
        raise BadInput(field="came_on", reason="no_day_stated")
    day = reply.came_on
    if day is not None and (not is_day or day == stated or day > on):
        raise BadInput(field="came_on", reason="not_a_wrong_day")


def withdraw(session: Session, stipend: Stipend, *, by: Viewer, now: datetime) -> None:
    """Take back what a family said before, if it said anything."""
    basis = Basis(Evidence.WORD)
    for kind in ANSWERS:
        if facts.dates_of(stipend)[kind] is not None:
            facts.take_back(session, kind, stipend, on=today(now), by=by, now=now, basis=basis)


def _tell(session: Session, said: Sequence[Said], kind: FactKind, *, now: datetime) -> None:
    """Trace each answer; tell the donor a yes, the banner's case staff a no."""
    stipends = [stipend for _, stipend in said]
    sides = sides_of(session, stipends)
    done = [(by, _subject(sides[one.id], one)) for by, one in said]
    trace.record_all(session, f"stipend.{kind.value}", done, now=now)
    if kind is FactKind.CONFIRMED:
        news.confirmed(session, stipends, now=now, sides=sides)
        return
    for stipend in stipends:
        _tell_staff(session, stipend, sides[stipend.id], now=now)


def _tell_staff(session: Session, stipend: Stipend, side: Side, *, now: datetime) -> None:
    banner = session.scalar(select(Child.banner_code).where(Child.id == side.child_id))
    kind, rung = NoticeKind.FAMILY_DISPUTE, _times_disputed(session, stipend)
    subject = _subject(side, stipend)
    notices.to_roles(session, sorted(CASE_STAFF), banner, kind, subject, now=now, rung=rung)


def _subject(side: Side, stipend: Stipend) -> str:
    return f"stipend:{stipend_ref(side.child_ref, stipend.due_on)}"


def _times_disputed(session: Session, stipend: Stipend) -> int:
    """Count earlier disputes: a family that says no again is heard again."""
    said = select(func.count(Fact.id)).where(
        Fact.stipend_id == stipend.id, Fact.kind == FactKind.DISPUTED, Fact.cancels_id.is_(None)
    )
    return (session.scalar(said) or 1) - 1


def is_any_settled(session: Session, stipends: Collection[int]) -> bool:
    """Say whether one of the instalments (keys) was settled by staff."""
    mine = (Settlement.stipend_id.in_(stipends), Settlement.lifted_on.is_(None))
    return session.scalar(select(Settlement.id).where(*mine).limit(1)) is not None


def is_missing() -> ColumnElement[bool]:
    """Say in SQL that a hand said it gave an instalment, and staff found that it did not arrive."""
    found = exists().where(
        Settlement.stipend_id == Stipend.id,
        Settlement.outcome == Outcome.NOT_RECEIVED,
        Settlement.lifted_on.is_(None),
    )
    return and_(Stipend.handed_over_on.is_not(None), Stipend.confirmed_on.is_(None), found)


def effective(kind: FactKind) -> ColumnElement[bool]:
    """Join an instalment with its fact of a kind that was not taken back."""
    later = aliased(Fact)
    return and_(
        Fact.stipend_id == Stipend.id,
        Fact.kind == kind,
        Fact.cancels_id.is_(None),
        ~exists().where(later.cancels_id == Fact.id),
    )


def hands_of(session: Session, stipend: Stipend) -> set[str]:
    """Return who ever stated that an instalment was handed over, even if it was taken back."""
    said = (Fact.kind == FactKind.HANDED_OVER, Fact.cancels_id.is_(None))
    return set(session.scalars(select(Fact.by).where(Fact.stipend_id == stipend.id, *said)))


def acted(session: Session, stipend: Stipend) -> set[str | None]:
    """Return who approved the match, handed this line over or entered the family's answers.

    And who keeps out of the child's matches (回避).
    """
    decided_by = session.scalar(select(Match.decided_by).where(Match.id == stipend.match_id))
    child = select(Match.child_id).where(Match.id == stipend.match_id).scalar_subquery()
    out = session.scalars(select(Recusal.actor).where(Recusal.child_id == child))
    told = select(Fact.by).where(Fact.stipend_id == stipend.id, Fact.kind.in_(ANSWERS))
    return {decided_by, *hands_of(session, stipend), *session.scalars(told), *out}
