"""A card's payment that a person marked as sent and no statement shows: it comes to an end all the same.

No hand can say what became of it. After a week the paying desk is told to ask the bank; after two the
family is asked, and the case staff are told whom to call. What the bank says ends it: paid, and the
card has it as if the statement had come; not paid, and the instalment goes again. A debit that shows
up later all the same stands unsettled, as paid twice. An answer that comes after two people gave it
up for lost ends that loss (services/books/late_words.py).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from models.children import Child, Kin
from models.pledges import Match
from models.stipends import Batch, Stipend
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.accountancy.waiting import DEBIT_DAYS
from services.batches import returns
from services.batches.bank_answers import SHORTEST_NOTE, Told
from services.books import late_words
from services.gate import Card, Part
from services.guardians import families as kin_of
from services.handover import handing, office_staff
from services.kin import as_it_stood
from services.lifecycle import advance
from services.notices import addressing, notices
from services.notices.notices import Recipient
from vocabulary.dates import today
from vocabulary.enums import (
    BankAnswer,
    BatchStatus,
    LossEnd,
    NoticeKind,
    RecipientKind,
    Role,
    Route,
)
from vocabulary.errors import AlreadyDecided, BadInput, NotFound
from vocabulary.refs import stipend_ref

SHOWN = 200
DESK_AFTER, FAMILY_AFTER = timedelta(days=DEBIT_DAYS), timedelta(days=14)
_NOT_PAID = "not_paid"


def is_unseen() -> ColumnElement[bool]:
    """Say in SQL that a batch is a card's, was marked as sent, and neither bank nor statement spoke."""
    return (
        (Batch.route == Route.CARD)
        & (Batch.status == BatchStatus.SENT)
        & Batch.bank_on.is_(None)
        & Batch.bank_said.is_(None)
    )


def remind(session: Session, by: Viewer, *, on: date, now: datetime) -> int:
    """Tell the paying desk after one week and two, then the families and their staff; once each."""
    require(by, Act.RUN_STIPENDS)
    found = _sent_before(session, on - DESK_AFTER)
    for batch in found:
        is_late = batch.sent_on is not None and batch.sent_on <= on - FAMILY_AFTER
        kind, subject, rung = NoticeKind.CARD_UNSEEN, f"batch:{batch.ref}", 2 if is_late else 1
        desk, place = (Role.PAYING_DESK,), batch.region_code
        notices.to_roles(session, desk, place, kind, subject, now=now, rung=rung)
        if is_late:
            staff, named = sorted(CASE_STAFF), office_staff.named_in(session, batch)
            notices.to_roles(session, staff, place, kind, subject, now=now, rung=rung, but=named)
            _ask_family(session, batch, now=now)
    return len(found)


def _sent_before(session: Session, day: date) -> Sequence[Batch]:
    unseen = select(Batch).where(is_unseen(), Batch.sent_on <= day)
    return session.scalars(unseen.order_by(Batch.id)).all()


def _ask_family(session: Session, batch: Batch, *, now: datetime) -> None:
    """Ask behind the link that any drawn family gets; a family in fear is asked nothing."""
    rows = session.execute(
        select(Match.child_id, Match.child_ref, Stipend.due_on)
        .join(Stipend, Stipend.match_id == Match.id)
        .join(Child, Child.id == Match.child_id)
        .where(Stipend.batch_id == batch.id, _is_unanswered(), Child.in_danger.is_(False))
        .order_by(Stipend.id)
    ).all()
    for child_id, child_ref, due_on in rows:
        if addressing.reaches_family(session, child_id, now=now):
            to = Recipient(RecipientKind.FAMILY, child_id)
            subject = f"stipend:{stipend_ref(child_ref, due_on)}"
            notices.queue(session, to, NoticeKind.FAMILY_ASKED, subject, now=now)


def _is_unanswered() -> ColumnElement[bool]:
    return (
        Stipend.sent_on.is_not(None)
        & Stipend.returned_on.is_(None)
        & Stipend.confirmed_on.is_(None)
        & Stipend.disputed_on.is_(None)
    )


def families(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List whom to call: what was marked as sent to a card two weeks ago and nobody spoke of since."""
    require(viewer, Act.CHANGE_ROUTE)
    late = select(Batch.id).where(is_unseen(), Batch.sent_on <= today(now) - FAMILY_AFTER)
    found = gate.cards(
        session,
        viewer,
        Stipend,
        fields=("due_on", "amount_fen", "sent_on"),
        parts={
            "match": Part(Match, Match.id == Stipend.match_id, ("child_ref",)),
            "child": Part(Child, Child.id == Match.child_id, ("ref", "name")),
            "kin": Part(Kin, kin_of.guardian(), ("ref", "relation", "phone")),
        },
        where=(Stipend.batch_id.in_(late), _is_unanswered()),
        order_by=(Stipend.sent_on, Stipend.id),
        limit=SHOWN,
    )
    return as_it_stood.with_kin(session, viewer, [card for card in found if card.has("child")])


def payment(session: Session, viewer: Viewer, batch_ref: str) -> Card:
    """Return one such payment as the paying desk reads it. Raises NotFound for any other."""
    require(viewer, Act.SEND_BATCH)
    found = gate.cards(
        session,
        viewer,
        Batch,
        fields=("ref", "memo", "month", "sent_on", "sent_fen", "status", "bank_on"),
        where=(Batch.ref == batch_ref, or_(is_unseen(), late_words.is_given_up())),
    )
    if not found:
        raise NotFound()
    return found[0].and_also(is_given_up=found[0]["status"] is BatchStatus.CLOSED)


def answerable(session: Session, viewer: Viewer) -> list[Card]:
    """List the payments given up for lost that the bank may still speak of, the newest first."""
    require(viewer, Act.SEND_BATCH)
    return gate.cards(
        session,
        viewer,
        Batch,
        fields=("ref", "memo", "sent_on", "sent_fen", "bank_on"),
        where=(late_words.is_given_up(),),
        order_by=(Batch.sent_on.desc(), Batch.id.desc()),
        limit=SHOWN,
    )


def say(
    session: Session, by: Viewer, batch_ref: str, told: Told, *, now: datetime
) -> Sequence[LossEnd]:
    """Keep what somebody at the bank said of one such payment; return how losses ended by it.

    Raises BadInput(note) where nobody was asked, BadInput(on) for a day before the batch or to come,
    AlreadyDecided when the statement or somebody else was first.
    """
    require(by, Act.SEND_BATCH)
    batch = gate.row(session, by, Batch, Batch.ref == batch_ref, Batch.route == Route.CARD)
    asked = or_(is_unseen(), late_words.is_given_up())
    if session.scalar(select(Batch.id).where(Batch.id == batch.id, asked)) is None:
        raise AlreadyDecided()
    _check(batch, told, now=now)
    is_paid = told.answer is BankAnswer.PAID
    batch.bank_said, batch.bank_said_on = told.answer, told.on if is_paid else today(now)
    batch.bank_said_note = told.note.strip()
    ended = late_words.hear(session, batch, told.answer, by=by, now=now)
    if not is_paid:
        _go_again(session, batch, by=by, now=now)
    elif ended:
        handing.close_or_reopen(session, batch, by=by, now=now)
    trace.record(
        session, by, "batch.bank_said", f"batch:{batch_ref}", now=now, why=told.answer.value
    )
    session.flush()
    return ended


def _check(batch: Batch, told: Told, *, now: datetime) -> None:
    if len(told.note.strip()) < SHORTEST_NOTE:
        raise BadInput(field="note", reason="nobody_asked")
    if told.answer is BankAnswer.UNCLEAR:
        raise BadInput(field="answer", reason="not_an_end")
    if told.answer is not BankAnswer.PAID:
        return
    if told.on is None or not batch.opened_on <= told.on <= today(now):
        raise BadInput(field="on", reason="not_between")


def _go_again(session: Session, batch: Batch, *, by: Viewer, now: datetime) -> None:
    """Let what never left stand in the next batch; the card is blamed for nothing."""
    lines = select(Stipend).where(Stipend.batch_id == batch.id, Stipend.cancelled_on.is_(None))
    for stipend in session.scalars(lines.order_by(Stipend.id)).all():
        if stipend.confirmed_on is not None:
            raise AlreadyDecided()  # the family has it: whoever spoke at the bank is wrong
        returns.reopen(session, stipend, by=by, now=now)
    if batch.status is not BatchStatus.CLOSED:
        advance(session, batch, BatchStatus.CLOSED, by=by, now=now, reason=_NOT_PAID)
