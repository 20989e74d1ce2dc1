"""Two people press one button at one moment: one wins, one is told, nothing is doubled."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jobs.run import Run
from jobs.stipends import open_and_fund
from models.ledger import Receipt, Transaction
from models.pledges import Match, Pledge
from models.stipends import Fact
from privacy import viewers
from services.batches import batches
from services.books import receipts
from services.books.receipts import BankLine
from services.checking import checks
from services.handover import answers, handovers
from services.handover.answers import Reply
from services.pairing import matches
from services.writing import begin_writing
from tests.factories import a_child, a_match, a_pledge, a_school, a_sent_batch, viewer
from tests.faults.processes import Work, at_once
from vocabulary.enums import Answer, FactKind, MatchStatus, PledgeStatus, Role
from vocabulary.money import Fen

pytestmark = pytest.mark.faults


def in_a_request(act: Callable[[Session], Any]) -> Work:
    """Do what the web does around an unsafe method: one writing transaction, committed once."""

    def work(session: Session) -> str:
        begin_writing(session)
        act(session)
        session.commit()
        return "done"

    return work


def count(session: Session, what: Any, *where: Any) -> int:
    session.rollback()
    return session.scalar(select(func.count(what)).where(*where)) or 0


def books_are_sound(session: Session, now: datetime) -> bool:
    found = checks.report(session, viewers.console(), now=now)["checks"]
    mine = ("postings_per_transaction", "postings_total", "ledger_against_facts", "fact_dates",
            "chain_ordinary", "chain_custodian", "receipts_booked")  # fmt: skip
    return not any(check["count"] for check in found if check["name"] in mine)


def test_one_of_two_officers_confirms_the_list(session: Session, now: datetime) -> None:
    school = a_school(session)
    own = [a_match(session, a_pledge(session, f"1380000000{n}")[0], a_child(session, school))
           for n in range(3)]  # fmt: skip
    ref = a_sent_batch(session, school, *own, on=date(2026, 11, 1)).ref
    session.commit()
    officers = [
        viewer(Role.SCHOOL_OFFICER, organisation_id=school.id, actor=f"account:{n}")
        for n in range(2)
    ]

    ends = at_once(*(
        in_a_request(lambda s, by=by: handovers.confirm_all(s, by, ref, now=now))
        for by in officers
    ))  # fmt: skip

    assert ends == ["AlreadyDecided", "done"]
    assert count(session, Fact.id, Fact.kind == FactKind.HANDED_OVER) == 3
    assert books_are_sound(session, now)


def test_one_of_two_approvers_approves(session: Session, now: datetime) -> None:
    school = a_school(session)
    child = a_child(session, school)
    match = a_match(
        session, a_pledge(session)[0], child, status=MatchStatus.PROPOSED, decided_by=None,
        decided_on=None, starts_on=None, need_id=1,
    )  # fmt: skip
    ref = match.child_ref
    session.commit()
    people = [viewer(Role.APPROVER, actor=f"account:{n}") for n in range(2)]

    ends = at_once(*(
        in_a_request(lambda s, by=by: matches.approve(s, by, ref, now=now)) for by in people
    ))  # fmt: skip

    assert ends[1] == "done"
    assert ends[0] in ("AlreadyDecided", "WrongState")
    assert count(session, Match.id, Match.status == MatchStatus.ACTIVE) == 1
    assert books_are_sound(session, now)


def test_a_form_sent_twice_books_the_money_once(session: Session, now: datetime) -> None:
    _, reference = a_pledge(session, status=PledgeStatus.OFFERED, confirmed_on=None)
    session.commit()
    line = BankLine(reference, Fen(20_000), date(2026, 11, 3))
    desk = viewer(Role.COLLECTING_DESK)

    ends = at_once(*(
        in_a_request(lambda s: receipts.record(s, desk, line, now=now, form_key="one form"))
        for _ in range(3)
    ))  # fmt: skip

    assert ends == ["done"] * 3
    assert (count(session, Receipt.id), count(session, Transaction.id)) == (1, 1)
    assert session.scalars(select(Pledge.status)).all() == [PledgeStatus.CONFIRMED]
    assert books_are_sound(session, now)


def test_one_bank_line_is_booked_once(session: Session, now: datetime) -> None:
    _, reference = a_pledge(session)
    session.commit()
    line = BankLine(reference, Fen(20_000), date(2026, 11, 3), line="BANK-1")
    desk = viewer(Role.COLLECTING_DESK)

    ends = at_once(*(in_a_request(lambda s: receipts.record(s, desk, line, now=now)),) * 2)

    assert ends == ["BadInput", "done"]
    assert (count(session, Receipt.id), count(session, Transaction.id)) == (1, 1)
    assert books_are_sound(session, now)


def test_unmatched_money_is_given_to_one_pledge_once(session: Session, now: datetime) -> None:
    references = [a_pledge(session, f"1380000000{n}")[1] for n in range(2)]
    desk = viewer(Role.COLLECTING_DESK)
    line = BankLine("谢谢", Fen(20_000), date(2026, 11, 3))
    ref = receipts.record(session, desk, line, now=now)["ref"]
    session.commit()

    ends = at_once(*(
        in_a_request(lambda s, to=to: receipts.assign(s, desk, ref, to, now=now))
        for to in references
    ))  # fmt: skip

    assert ends == ["AlreadyDecided", "done"]
    assert count(session, Transaction.id) == 2
    assert books_are_sound(session, now)


def test_a_batch_is_sent_once(session: Session, now: datetime) -> None:
    school = a_school(session)
    pledge, reference = a_pledge(session)
    a_match(session, pledge, a_child(session, school))
    line = BankLine(reference, Fen(30_000), date(2026, 9, 3))
    receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=now)
    session.commit()
    Run(session, "stipends", period=date(2026, 11, 21)).execute(open_and_fund)
    desk = viewer(Role.PAYING_DESK)
    (batch,) = batches.to_send(session, desk)

    ends = at_once(*(in_a_request(lambda s: batches.send(s, desk, batch["ref"], now=now)),) * 2)

    assert ends[1] == "done"
    assert ends[0] in ("AlreadyDecided", "WrongState")
    assert count(session, Fact.id, Fact.kind == FactKind.SENT) == 3
    assert books_are_sound(session, now)


def test_a_family_that_taps_twice_is_heard_once(session: Session, now: datetime) -> None:
    school = a_school(session)
    child = a_child(session, school)
    batch = a_sent_batch(session, school, a_match(session, a_pledge(session)[0], child))
    session.commit()
    family = viewer(Role.FAMILY, child_id=child.id, stipend_id=1, actor=f"family:{child.ref}")
    assert batch.id == 1

    ends = at_once(*(
        in_a_request(lambda s: answers.answer(s, family, Reply(Answer.RECEIVED), now=now)),
    ) * 3)  # fmt: skip

    assert ends == ["done"] * 3
    assert count(session, Fact.id, Fact.kind == FactKind.CONFIRMED) == 1
    assert books_are_sound(session, now)
