"""Money that came back: what a hand could not deliver returns to our account and may be sent again.

The hand says so on its list, the paying desk records that the sum is back, batch by batch and
without a child. The child's case staff then send it again, by the hand that the child has by then,
or leave it on our account for the child.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, literal, select, update
from sqlalchemy.orm import Session

from models.children import Child
from models.organisations import Organisation
from models.pledges import Match
from models.regions import Region
from models.stipends import Batch, Fact, Settlement, Stipend
from models.transfers import Transfer
from privacy.permissions import CASE_STAFF, Act, as_case_staff, require
from privacy.viewers import Viewer
from services import gate, trace
from services.danger.protection import accused_in
from services.gate import Card, Part
from services.handover import office_staff
from services.handover.hand_lists import is_line
from services.lifecycle import advance
from services.notices import notices
from services.routes import arrivals
from services.stipends import facts, news
from services.stipends.facts import Basis
from vocabulary.dates import today
from vocabulary.enums import BatchStatus, Evidence, FactKind, NoticeKind, TransferStatus
from vocabulary.errors import AlreadyDecided, BadInput, WrongState
from vocabulary.money import Fen
from vocabulary.refs import stipend_ref
from vocabulary.stipends import SENT_BACK

COMES_BACK = (
    Stipend.sent_on.is_not(None),
    Stipend.not_handed_over_on.is_not(None),
    Stipend.snag.in_(SENT_BACK),
    Stipend.returned_on.is_(None),
    Stipend.written_off_on.is_(None),
)
_AGAIN, _BOUNCED = "sent_again", "bounced"
# What rests on a sending, the last first; the family's "no" was about that sending.
_LIFTED = (FactKind.RETURNED, FactKind.DISPUTED, FactKind.NOT_HANDED_OVER, FactKind.SENT)


@dataclass(frozen=True, slots=True)
class Sum:
    """What the desk read on its page: so many instalments, so much money."""

    count: int
    total_fen: Fen


def expected(session: Session, viewer: Viewer) -> list[Card]:
    """List the batches of which a hand sends money back, with how many lines and what sum."""
    require(viewer, Act.RECORD_RETURN)
    rows = session.execute(
        select(Batch.ref, func.count(Stipend.id), func.sum(Stipend.amount_fen))
        .join(Stipend, Stipend.batch_id == Batch.id)
        .where(*COMES_BACK)
        .group_by(Batch.ref)
    )
    sums = {ref: (count, total) for ref, count, total in rows}
    parts = {
        "hand": Part(Organisation, Organisation.id == Batch.organisation_id, ("name",)),
        "place": Part(Region, Region.code == Batch.region_code, ("name",)),
    }
    found = gate.cards(
        session,
        viewer,
        Batch,
        parts=parts,
        where=(Batch.ref.in_(sums),),
        order_by=(Batch.month, Batch.memo),
    )
    return [c.and_also(count=sums[c["ref"]][0], total_fen=sums[c["ref"]][1]) for c in found]


def record(
    session: Session, by: Viewer, batch_ref: str, read: Sum, *, on: date, now: datetime
) -> None:
    """State that what comes back of a batch was on our account on a day; its sum is the record's.

    Raises BadInput(on) for a day before it was sent or to come, AlreadyDecided when the hand
    changed its list since the desk read it, or somebody was first.
    """
    require(by, Act.RECORD_RETURN)
    batch = gate.row(session, by, Batch, Batch.ref == batch_ref)
    if batch.sent_on is None or not batch.sent_on <= on <= today(now):
        raise BadInput(field="on", reason="not_between")
    back = _coming_back(session, batch)
    if not back or read != Sum(len(back), _total(back)):
        raise AlreadyDecided()
    take_in(session, batch, on=on, by=by, now=now)


def _coming_back(session: Session, batch: Batch) -> Sequence[Stipend]:
    mine = select(Stipend).where(Stipend.batch_id == batch.id, *COMES_BACK)
    return session.scalars(mine.order_by(Stipend.id)).all()


def sums_coming_back(session: Session, batch_ids: Collection[int]) -> Mapping[int, Fen]:
    """Return what their hands send back of batches (keys), where they send anything."""
    rows = session.execute(
        select(Stipend.batch_id, func.sum(Stipend.amount_fen))
        .where(Stipend.batch_id.in_(batch_ids), *COMES_BACK)
        .group_by(Stipend.batch_id)
    )
    return {key: Fen(total) for key, total in rows if key is not None}


def take_in(session: Session, batch: Batch, *, on: date, by: Viewer, now: datetime) -> None:
    """Book what a hand sent back of a batch as ours again, and tell its case staff."""
    back = _coming_back(session, batch)
    basis = Basis(Evidence.BANK)
    facts.record(session, FactKind.RETURNED, back, on=on, by=by, now=now, basis=basis)
    detail = {"count": len(back), "fen": _total(back)}
    trace.record(session, by, "batch.returned", f"batch:{batch.ref}", now=now, detail=detail)
    _tell_staff(session, batch, NoticeKind.MONEY_BACK, now=now)
    _tell_where_they_live(session, batch, back, now=now)


def bounce(session: Session, batch: Batch, *, on: date, by: Viewer, now: datetime) -> None:
    """Take a whole batch back that the bank could not deliver: each line goes again by itself.

    The hand never had it, so that nobody is asked child by child. Case staff and the hand are told
    to look at the account; the lines stand in the next batch that is filled.
    """
    lines = session.scalars(
        select(Stipend).where(Stipend.batch_id == batch.id).order_by(Stipend.id)
    ).all()
    arrivals.take_back(session, batch, on=on, by=by, now=now)
    basis = Basis(Evidence.BANK, detail=_BOUNCED)
    facts.record(session, FactKind.RETURNED, lines, on=on, by=by, now=now, basis=basis)
    # Told while the lines still say whom a report about one of them names.
    _tell_staff(session, batch, NoticeKind.BATCH_BOUNCED, now=now)
    news.batch_bounced(session, batch, now=now)
    for stipend in lines:
        reopen(session, stipend, by=by, now=now)
    batch.bounced_on = on
    if batch.status is not BatchStatus.CLOSED:  # a card's is, once it was said to have come
        advance(session, batch, BatchStatus.CLOSED, by=by, now=now, reason=_BOUNCED)
    detail = {"count": len(lines), "fen": _total(lines)}
    trace.record(session, by, "batch.bounced", f"batch:{batch.ref}", now=now, detail=detail)


def _tell_staff(session: Session, batch: Batch, kind: NoticeKind, *, now: datetime) -> None:
    """Tell the hand's case staff; a batch of which more comes back later is told again."""
    subject = f"batch:{batch.ref}"
    ever = select(func.count(Fact.id)).where(Fact.kind == FactKind.RETURNED)
    rung = session.scalar(ever) or 0
    roles = sorted(CASE_STAFF)
    but = office_staff.named_in(session, batch)
    notices.to_roles(session, roles, batch.region_code, kind, subject, now=now, rung=rung, but=but)


def _tell_where_they_live(
    session: Session, batch: Batch, back: Sequence[Stipend], *, now: datetime
) -> None:
    """Tell the banner that took a child over since: it alone can send the money again."""
    latest = (
        select(func.max(Transfer.id))
        .where(Transfer.child_id == Child.id, Transfer.status == TransferStatus.ACCEPTED)
        .correlate(Child)
        .scalar_subquery()
    )
    moved = session.execute(
        select(Transfer.ref, Child.id, Child.banner_code)
        .join(Child, Child.id == Transfer.child_id)
        .join(Match, Match.child_id == Child.id)
        .where(
            Transfer.id == latest,
            Match.id.in_({one.match_id for one in back}),
            ~literal(batch.region_code).startswith(func.substr(Child.banner_code, 1, 6)),
        )
        .distinct()
        .order_by(Transfer.ref)
    ).all()
    kind, roles = NoticeKind.MOVED_MONEY_BACK, sorted(CASE_STAFF)
    rung = session.scalar(select(func.count(Fact.id)).where(Fact.kind == FactKind.RETURNED)) or 0
    for ref, child_id, banner in moved:
        but = accused_in(session, child_id)
        notices.to_roles(
            session, roles, banner, kind, f"transfer:{ref}", now=now, rung=rung, but=but
        )


def _total(stipends: Sequence[Stipend]) -> Fen:
    return Fen(sum(stipend.amount_fen for stipend in stipends))


def returned(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one instalment that came back, and by whom it would go now. Raises NotFound."""
    require(viewer, Act.SEND_AGAIN)
    card = gate.card(
        session,
        as_case_staff(viewer),
        Stipend,
        *is_line(ref),
        Stipend.returned_on.is_not(None),
        fields=("due_on", "amount_fen", "sent_on", "returned_on", "confirmed_on", "snag"),
        parts={
            "match": Part(Match, Match.id == Stipend.match_id, ("child_ref",)),
            "child": Part(Child, Child.id == Match.child_id, ("ref", "name", "route")),
            "school": Part(Organisation, Organisation.id == Child.school_id, ("name",)),
        },
    )
    return card.and_also(ref=stipend_ref(card["match"]["child_ref"], card["due_on"]))


def send_again(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Let an instalment that came back go with the next batch, as if it had not been sent.

    Every fact of the first sending is cancelled by a further one. Raises WrongState when it did
    not come back, or the family says that it has it.
    """
    require(by, Act.SEND_AGAIN)
    stipend = gate.row(session, as_case_staff(by), Stipend, *is_line(ref))
    if stipend.returned_on is None or stipend.confirmed_on is not None:
        raise WrongState(
            from_state="confirmed" if stipend.confirmed_on else "sent", to_state=_AGAIN
        )
    reopen(session, stipend, by=by, now=now)
    trace.record(session, by, "stipend.send_again", f"stipend:{ref}", now=now)


def reopen(session: Session, stipend: Stipend, *, by: Viewer, now: datetime) -> None:
    """Cancel every fact of a sending, so that the instalment stands in the next batch."""
    basis, day = Basis(Evidence.LEDGER, detail=_AGAIN), today(now)
    for kind in _LIFTED:
        if facts.dates_of(stipend)[kind] is not None:
            facts.take_back(session, kind, stipend, on=day, by=by, now=now, basis=basis)
    stipend.snag = stipend.handed_fen = stipend.batch_id = None
    session.execute(
        update(Settlement)
        .where(Settlement.stipend_id == stipend.id, Settlement.lifted_on.is_(None))
        .values(lifted_on=day)
        .execution_options(synchronize_session=False)
    )
    session.flush()
