"""One day of the house as its people and jobs live it, every step of it safe to be taken up again.

The stipend run; an order of what waits; each line given to the bank, which is asked first; the
bank's statement; the outbox. A process may die anywhere in it: who comes next does the same day.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from gateways.messages import Message, Outcome
from jobs import notices as outbox
from jobs.run import Run
from jobs.stipends import open_and_fund
from services.batches import bank_answers, batches, orders
from services.batches.bank_answers import Told
from services.books import receipts
from services.books.receipts import BankLine
from services.notices.delivery import House
from services.statements import statement_desk, statement_reading
from services.writing import begin_writing
from tests.factories import a_child, a_match, a_pledge, a_school, an_account, viewer
from tests.faults.bank import Bank, Naughty, NoAnswer, paid_today
from tests.faults.ticks import ticks
from tests.services.gap_fund import feed
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import BankAnswer, Channel, Role
from vocabulary.errors import BadInput
from vocabulary.money import Fen

PAYING = viewer(Role.PAYING_DESK, actor="account:paying")
COLLECTING = viewer(Role.COLLECTING_DESK, actor="account:collecting", regions=("150000000000",))
HOUSE = House("https://weiguang.example.org", "0470-5551234")
STEP = timedelta(minutes=20)  # longer than a lease, and than a claim lives
STARTS = date(2026, 10, 1)
Behaves = Callable[[], Naughty]
Act = Callable[[Session, datetime], object]


def always_well() -> Naughty:
    return Naughty.OK


@dataclass(frozen=True, slots=True)
class Post:
    """A way out with a book of its own; each call may be answered in six ways."""

    path: Path
    behaves: Behaves = always_well

    def send(self, message: Message) -> Outcome:
        behaves = self.behaves()
        with ticks.around("post"):
            if behaves is Naughty.REFUSES:
                return Outcome.REFUSED
            with self.path.open("a") as file:
                file.write(json.dumps({"key": message.key, "text": message.text}) + "\n")
        return Outcome.SENT if behaves in (Naughty.OK, Naughty.TWICE) else Outcome.UNKNOWN

    def book(self) -> list[str]:
        """The keys of what it took, as often as it took it."""
        if not self.path.exists():
            return []
        return [json.loads(line)["key"] for line in self.path.read_text().splitlines()]


@dataclass(frozen=True, slots=True)
class Office:
    """The house on one day, beside its bank and its provider of SMS."""

    bank: Bank
    post: Post
    behaves: Behaves = always_well

    def day(self, session: Session) -> str:
        """Do all that is to be done today."""
        self.run(session)
        self.order(session)
        self.pay(session)
        self.read_statement(session)
        self.tell(session)
        return "a day"

    def run(self, session: Session) -> None:
        """Open, fund, bridge and batch."""
        Run(session, "stipends", period=today(clock.now())).execute(open_and_fund)

    def tell(self, session: Session) -> None:
        """Empty the outbox."""
        ways = {Channel.SMS: self.post, Channel.MAIL: self.post}
        Run(session, "notices", period=today(clock.now())).execute(
            lambda run: outbox.deliver(run, gateways=ways, house=HOUSE)
        )

    def unfinished(self, session: Session) -> list[str]:
        """Name what this house began beside its payments and has not ended."""
        return []

    def order(self, session: Session) -> None:
        """Give the bank an order of all that may be ordered."""
        waiting = [
            card["ref"] for card in orders.with_accounts(session, PAYING) if card["may_order"]
        ]
        if waiting:
            in_a_request(session, lambda s, now: orders.prepare(s, PAYING, waiting, now=now))

    def pay(self, session: Session) -> None:
        """Hand each line over that is not answered, but ask first whether it was."""
        for card in batches.with_the_bank(session, PAYING):
            line = bank_answers.line(session, PAYING, card["ref"])
            session.rollback()
            told = self._told(card["memo"], line["fen"])
            is_news = not (line["answer"] is told.answer is BankAnswer.UNCLEAR)
            if is_news:
                say = _saying(card["ref"], told)
                in_its_time(session, say)

    def _told(self, memo: str, fen: int) -> Told:
        on, note = today(clock.now()), "柜台王姐"
        try:
            known = self.bank.ask(memo)
            if known is not None:
                return Told(BankAnswer.PAID, on=max(date.fromisoformat(known.on), on), note=note)
            self.bank.pay(paid_today(memo, fen, on), self.behaves(), lambda: None)
        except NoAnswer:
            return Told(BankAnswer.UNCLEAR, note=note)
        except ValueError:
            return Told(BankAnswer.NOT_PAID, note=note)
        return Told(BankAnswer.PAID, on=on, note=note)

    def read_statement(self, session: Session) -> None:
        """Take in the bank's own book, all of it every day: a line counts once."""
        if not self.bank.book():
            return
        read = statement_reading.judged(session, COLLECTING, "流水.csv", self.bank.statement())
        session.rollback()
        refs: list[str] = []

        def keep(s: Session, now: datetime) -> None:
            refs.append(statement_desk.keep(s, COLLECTING, "流水.csv", read, now=now))

        if not in_its_time(session, keep):
            return
        in_a_request(session, lambda s, now: statement_desk.book(s, COLLECTING, refs[0], now=now))


def _saying(ref: str, told: Told) -> Act:
    return lambda s, now: bank_answers.answer(s, PAYING, ref, told, now=now)


def in_a_request(session: Session, act: Act) -> None:
    """One writing transaction, committed once."""
    session.rollback()
    begin_writing(session)
    act(session, clock.now())
    session.commit()


def in_its_time(session: Session, act: Act) -> bool:
    """Do it, unless our clock is behind the bank's: then it is refused, and tried another day."""
    try:
        in_a_request(session, act)
    except BadInput as refusal:
        if refusal.params["reason"] not in {"in_future", "not_between"}:
            raise
        return False
    return True


def a_house(session: Session, now: datetime) -> None:
    """Two schools with accounts, four children: paid, in part, from the fund, and not at all."""
    schools = [a_school(session, name) for name in ("吉文中学", "阿里河小学")]
    for n, school in enumerate(schools):
        school.account_number = f"62170000000000{n:02d}"
        an_account(
            session, Role.SCHOOL_OFFICER, login=f"school{n}", organisation_id=school.id,
            phone=f"1390000010{n}",
        )  # fmt: skip
    for n in range(4):
        pledge, reference = a_pledge(session, f"138{n:08d}")
        a_match(session, pledge, a_child(session, schools[n % 2]), starts_on=STARTS)
        if n < 2:
            line = BankLine(reference, Fen(20_000 - 10_000 * n), date(2026, 9, 3))
            receipts.record(session, COLLECTING, line, now=now)
    feed(session, 20_000)
    session.commit()
