"""Many lines booked, sent or answered at once: the very rows that one by one writes."""

from datetime import date

import pytest
from sqlalchemy import event, func, select

from models.ledger import Posting, Receipt, Transaction
from models.notices import Notice
from models.stipends import Batch, Fact, Stipend
from privacy.viewers import Viewer
from services import trace
from services.batches import batches
from services.books import receipts
from services.books.receipts import BankLine
from services.handover import answers
from services.handover.answers import Reply
from tests.factories import a_child, a_match, a_pledge, a_school, a_sent_batch, viewer
from vocabulary.enums import (
    Answer,
    BatchStatus,
    Chain,
    Evidence,
    FactKind,
    NoticeKind,
    Role,
)
from vocabulary.errors import BadInput, NotFound, WrongState
from vocabulary.money import Fen

DESK = viewer(Role.COLLECTING_DESK, regions=("150000000000",))
PAYING = viewer(Role.PAYING_DESK, regions=("150000000000",))
CAME, SENT = date(2026, 10, 20), date(2026, 11, 3)
YES = Reply(Answer.RECEIVED)


def statements(session, act) -> int:
    made: list[str] = []
    note = lambda *args: made.append(args[2])  # noqa: E731
    session.flush()
    event.listen(session.get_bind(), "before_cursor_execute", note)
    act()
    event.remove(session.get_bind(), "before_cursor_execute", note)
    return len(made)


def bank_lines(session, first: int, count: int) -> list[BankLine]:
    references = [a_pledge(session, f"138{n:08}")[1] for n in range(first, first + count)]
    return [BankLine(one, Fen(10_000 + n), CAME) for n, one in enumerate(references)]


def booked(session) -> list[tuple[object, ...]]:
    """Every receipt's sum and whether it was matched, and every leg, in order."""
    legs = select(Transaction.kind, Transaction.on, Posting.account, Posting.amount)
    legs = legs.join(Transaction, Transaction.id == Posting.transaction_id)
    found = session.execute(select(Receipt.amount_fen, Receipt.is_matched).order_by(Receipt.id))
    return [*map(tuple, found), *map(tuple, session.execute(legs.order_by(Posting.id)))]


def test_lines_booked_at_once_are_written_as_one_by_one(session, now) -> None:
    lines = [*bank_lines(session, 0, 3), BankLine("谢谢你们", Fen(5), CAME)]
    trial = session.begin_nested()
    for line in lines:
        receipts.record(session, DESK, line, now=now)
    one_by_one = booked(session)
    trial.rollback()

    assert receipts.record_all(session, DESK, lines, now=now) == 4
    assert booked(session) == one_by_one
    assert trace.broken_entries(session, Chain.CUSTODIAN) == []


def test_20_lines_are_booked_in_as_many_statements_as_2(session, now) -> None:
    few, many = bank_lines(session, 0, 2), bank_lines(session, 10, 20)

    counts = [
        statements(session, lambda lines=lines: receipts.record_all(session, DESK, lines, now=now))
        for lines in (few, many)
    ]

    assert counts[0] == counts[1]


def test_one_number_of_the_bank_is_not_booked_twice_in_a_list(session, now) -> None:
    twice = [BankLine("x", Fen(1), CAME, line="B-1"), BankLine("y", Fen(2), CAME, line="B-1")]

    with pytest.raises(BadInput):
        receipts.record_all(session, DESK, twice, now=now)

    assert session.scalar(select(func.count(Receipt.id))) == 0


def handed(session, school, count: int) -> list[Viewer]:
    """Families whose school says it has handed over."""
    first = (session.scalar(select(func.count(Stipend.id))) or 0) + 100
    matches = [
        a_match(
            session, a_pledge(session, f"139{n:08}")[0], a_child(session, school, name=f"生{n}")
        )
        for n in range(first, first + count)
    ]
    batch = a_sent_batch(session, school, *matches, on=SENT)
    rows = session.execute(
        select(Stipend.id, Stipend.match_id).where(Stipend.batch_id == batch.id)
    ).all()
    child_of = {match.id: match.child_id for match in matches}
    return [
        viewer(
            Role.FAMILY, actor=f"family:{key}", stipend_id=key, child_id=child_of[match_id],
            organisation_id=school.id,
        )
        for key, match_id in rows
    ]  # fmt: skip


def test_families_answering_at_once_each_say_it_themselves(session, now) -> None:
    families = handed(session, a_school(session), 3)

    assert answers.answer_all(session, families, YES, now=now) == 3
    assert answers.answer_all(session, families, YES, now=now) == 0

    said = select(Fact.stipend_id, Fact.by, Fact.evidence).where(Fact.kind == FactKind.CONFIRMED)
    assert session.execute(said.order_by(Fact.id)).all() == [
        (one.stipend_id, one.actor, Evidence.LINK) for one in families
    ]
    told = select(func.count(Notice.id)).where(Notice.kind == NoticeKind.CONFIRMED)
    assert session.scalar(told) == 3
    assert trace.broken_entries(session, Chain.ORDINARY) == []


def test_a_stranger_among_families_stops_them_all(session, now) -> None:
    families = handed(session, a_school(session), 2)
    stranger = viewer(Role.FAMILY, actor="family:X", stipend_id=99_999, child_id=1)

    with pytest.raises(NotFound):
        answers.answer_all(session, [*families, stranger], YES, now=now)

    assert session.scalar(select(func.count()).where(Fact.kind == FactKind.CONFIRMED)) == 0


def ready(session, name: str, school_count: int = 1) -> list[str]:
    """The refs of open batches, each of one school, that hold one funded instalment."""
    refs = []
    for number in range(school_count):
        school = a_school(session, f"{name}{number}")
        contact = f"137{len(name):04}{number:04}"
        match = a_match(session, a_pledge(session, contact)[0], a_child(session, school))
        batch = a_sent_batch(session, school, match, on=SENT)
        line = select(Stipend).where(Stipend.batch_id == batch.id)
        stipend = session.scalars(line).one()
        stipend.sent_on, batch.sent_on, batch.status = None, None, BatchStatus.OPEN
        session.flush()
        refs.append(batch.ref)
    return refs


def test_4_batches_are_sent_in_as_many_statements_as_1(session, now) -> None:
    one, four = ready(session, "一校"), ready(session, "大中学", 4)

    counts = [
        statements(session, lambda refs=refs: batches.send_all(session, PAYING, refs, now=now))
        for refs in (one, four)
    ]

    assert counts[0] == counts[1]
    rows = session.execute(select(Batch.status, Batch.sent_count, Batch.sent_fen)).all()
    assert rows == [(BatchStatus.SENT, 1, 10_000)] * 5


def test_a_batch_that_was_sent_stops_the_others(session, now) -> None:
    first, second = ready(session, "二小学", 2)
    batches.send(session, PAYING, first, now=now)

    with pytest.raises(WrongState):
        batches.send_all(session, PAYING, [second, first], now=now)

    status = select(Batch.status).where(Batch.ref == second)
    assert session.scalar(status) is BatchStatus.OPEN
