"""One record of many is damaged in the file itself: it is set apart and said aloud, and everybody else
is paid on the day, to the fen; put right, it is paid once.
"""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from jobs.books import compare
from jobs.run import Run
from models.book_checks import BookCheck
from models.ledger import Posting
from models.notices import Notice
from models.pledges import Match
from models.stipends import Fact, Stipend
from privacy import viewers
from services.books import receipts
from services.books.receipts import BankLine
from services.checking import checks
from tests.factories import a_child, a_match, a_pledge, a_school, an_account
from tests.faults.bank import Bank
from tests.faults.judging import all_findings, findings
from tests.faults.office import COLLECTING, Office, Post
from tests.plugins.examples import PROFILE
from vocabulary import clock
from vocabulary.dates import at, today
from vocabulary.enums import AccountKind, FactKind, NoticeKind, Role
from vocabulary.money import Fen

pytestmark = pytest.mark.faults
STARTS, EVENING, DECEMBER = date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1)
MATCHES, BAD, HUNDRED = 5, 3, 10_000
DAY = timedelta(days=1)

DAMAGE = {
    "an instalment's sum, grown": (
        f"UPDATE stipends SET amount_fen = 90000 WHERE match_id = {BAD}",
        f"UPDATE stipends SET amount_fen = {HUNDRED} WHERE match_id = {BAD}",
    ),
    "an instalment's sum, shrunk": (
        f"UPDATE stipends SET amount_fen = 1 WHERE match_id = {BAD}",
        f"UPDATE stipends SET amount_fen = {HUNDRED} WHERE match_id = {BAD}",
    ),
    "what a match gives": (
        f"UPDATE matches SET instalment_fen = 20000 WHERE id = {BAD}",
        f"UPDATE matches SET instalment_fen = {HUNDRED} WHERE id = {BAD}",
    ),
    "a match's state": (
        f"UPDATE matches SET status = 'happy' WHERE id = {BAD}",
        f"UPDATE matches SET status = 'active' WHERE id = {BAD}",
    ),
    "a match's rhythm": (
        f"UPDATE matches SET rhythm = 'week' WHERE id = {BAD}",
        f"UPDATE matches SET rhythm = 'month' WHERE id = {BAD}",
    ),
    "money that is said to have come": (
        f"UPDATE stipends SET received_on = NULL, is_funded = false WHERE match_id = {BAD}",
        "UPDATE stipends SET received_on = '2026-11-03', is_funded = true"
        f" WHERE match_id = {BAD}",
    ),
    "a day on which it was sent": (
        f"UPDATE stipends SET sent_on = '2026-11-02' WHERE match_id = {BAD}",
        f"UPDATE stipends SET sent_on = NULL WHERE match_id = {BAD}",
    ),
}  # fmt: skip
OF_A_DAY = ("an instalment's sum, grown", "what a match gives", "money that is said to have come")


@pytest.fixture
def office(session: Session, tmp_path: Path) -> Office:
    """Five children of one school, each with money for three months; nothing was sent yet."""
    with clock.moved_to(at(EVENING)):
        school = a_school(session)
        school.account_number = "6217000000000001"
        an_account(session, Role.AUDITOR, login="auditor")
        own = {"organisation_id": school.id, "phone": "13900001001"}
        an_account(session, Role.SCHOOL_OFFICER, login="officer", **own)
        for n in range(MATCHES):
            pledge, reference = a_pledge(session, f"138{n:08d}")
            a_match(session, pledge, a_child(session, school), starts_on=STARTS)
            line = BankLine(reference, Fen(3 * HUNDRED), date(2026, 11, 3))
            receipts.record(session, COLLECTING, line, now=clock.now())
        session.commit()
        made = Office(Bank(tmp_path / "bank"), Post(tmp_path / "post"))
        made.run(session)
    return made


def compared(session: Session) -> BookCheck:
    """Let the night compare; return what it kept."""
    Run(session, "books", period=today(clock.now())).execute(compare)
    return session.scalars(select(BookCheck).order_by(BookCheck.id.desc())).first()


def by_hand(session: Session, statement: str) -> None:
    session.rollback()
    session.execute(text(statement))
    session.commit()


def named(session: Session) -> list[str]:
    """Which matches the findings name in their words."""
    report = checks.report(session, viewers.console(), now=clock.now())
    lines = [line for one in report["checks"] for line in one["findings"]]
    refs = session.scalars(select(Match.child_ref)).all()
    return [ref for ref in refs for line in lines if ref in line]


def paid(session: Session) -> dict[int, int]:
    """How many instalments of each match have left, by the facts."""
    session.rollback()
    rows = session.execute(
        select(Stipend.match_id, func.count(Fact.id))
        .join(Stipend, Stipend.id == Fact.stipend_id)
        .where(Fact.kind == FactKind.SENT)
        .group_by(Stipend.match_id)
    )
    return {key: count for key, count in rows}


def left(session: Session) -> int:
    total = select(-func.sum(Posting.amount)).where(
        Posting.account == AccountKind.BANK, Posting.amount < 0
    )
    return session.scalar(total) or 0


@pytest.mark.parametrize("what", DAMAGE if PROFILE == "full" else OF_A_DAY)
def test_one_damaged_record_waits_and_everybody_else_is_paid(
    session: Session, office: Office, what: str
) -> None:
    damage, mended = DAMAGE[what]
    others = {n: 1 for n in range(1, MATCHES + 1) if n != BAD}
    by_hand(session, damage)
    with clock.moved_to(at(EVENING)):
        kept = compared(session)
        assert kept.findings == kept.contained > 0, kept.counts
        own = session.scalar(select(Match.child_ref).where(Match.id == BAD))
        assert set(named(session)) == {own}
        apart = select(Match.id).where(Match.apart_on.is_not(None))
        assert session.scalars(apart).all() == [BAD]
        alarm = select(func.count(Notice.id)).where(Notice.kind == NoticeKind.BOOKS_ALARM)
        assert session.scalar(alarm) == 1
        office.day(session)
        assert paid(session) == others
    with clock.moved_to(at(DECEMBER)):
        compared(session)
        office.day(session)
        assert paid(session) == {n: 2 for n in others}
        report = checks.report(session, viewers.console(), now=clock.now())
        assert report["ok"] is False
        assert sum(entry.fen for entry in office.bank.book()) == left(session) == 8 * HUNDRED
        by_hand(session, mended)
        kept = compared(session)
        assert kept.findings == kept.contained == 0, kept.counts
        assert session.scalars(apart).all() == []
        office.day(session)
        assert paid(session) == {n: 2 for n in range(1, MATCHES + 1)}
        assert findings(session, office, clock.now()) == []
    with clock.moved_to(at(DECEMBER + DAY)):
        office.day(session)
        assert all_findings(session, office, clock.now()) == []
        assert sum(entry.fen for entry in office.bank.book()) == left(session) == 10 * HUNDRED
