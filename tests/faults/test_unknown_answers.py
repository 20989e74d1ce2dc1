"""A gateway takes something over and its answer is lost. Unknown is a state of its own: it ends by asking
under the same key or by the bank's statement, never by a new key and never by a second try.

The SMS provider is a real program with a book of its own; the bank is tests/faults/bank.py.
"""

import json
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateways.messages import Askable, Outcome
from gateways.sms import AskableSms, SmsCommand
from jobs import notices as job
from jobs.run import Run
from models.notices import Notice
from models.payment_orders import PaymentOrder
from models.stipends import Batch, Fact
from tests.faults.bank import Bank, Naughty
from tests.faults.judging import findings, unsettled
from tests.faults.office import STEP, Office, Post, a_house
from tests.services.outbox import HOUSE, Gate, a_donor, ask_for_link
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import BatchStatus, Channel, FactKind, NoticeStatus

pytestmark = [pytest.mark.faults, pytest.mark.slow]

PROVIDER = """
import json, pathlib, sys, time
book, behaves = pathlib.Path(sys.argv[1]), sys.argv[2]
told = json.load(sys.stdin)
known = [json.loads(line)["key"] for line in book.read_text().splitlines()]
if sys.argv[3:] == ["ask"]:
    sys.exit({"dumb": 1}.get(behaves, 0 if told["key"] in known else 66))
if behaves == "refuses":
    sys.exit(67)
if behaves != "lost on the way":
    for _ in range(2 if behaves == "twice" else 1):
        with book.open("a") as file:
            file.write(json.dumps(told) + chr(10))
if behaves == "times out":
    time.sleep(30)
sys.exit({"ok": 0, "twice": 0}.get(behaves, 1))
"""


class Provider:
    """A provider's two programs, and the book that both look into."""

    def __init__(self, folder: Path) -> None:
        self.program, self.book = folder / "provider.py", folder / "book"
        self.program.write_text(PROVIDER)
        self.book.touch()

    def way(self, behaves: str, *, may_ask: bool = True) -> SmsCommand:
        send = (sys.executable, str(self.program), str(self.book), behaves)
        timeout = 1 if behaves == "times out" else 20
        if not may_ask:
            return SmsCommand(send, timeout)
        return AskableSms(send, timeout, asks=(*send, "ask"))

    def taken(self) -> list[str]:
        return [json.loads(line)["key"] for line in self.book.read_text().splitlines()]


@pytest.fixture
def provider(tmp_path: Path) -> Provider:
    return Provider(tmp_path)


def delivered(session: Session, way: SmsCommand, at: datetime) -> list[NoticeStatus]:
    session.commit()
    ways = {Channel.SMS: way, Channel.MAIL: Gate()}
    with clock.moved_to(at):
        Run(session, "notices", period=today(at)).execute(
            lambda run: job.deliver(run, gateways=ways, house=HOUSE)
        )
    session.expire_all()
    return list(session.scalars(select(Notice.status).order_by(Notice.id)))


@pytest.fixture
def one(session: Session, now: datetime) -> Session:
    ask_for_link(session, a_donor(session), now)
    return session


@pytest.mark.parametrize("behaves", ["times out", "500"])
def test_what_was_taken_before_the_answer_was_lost_is_found_by_asking(
    one: Session, provider: Provider, now: datetime, behaves: str
) -> None:
    first = delivered(one, provider.way(behaves), now)
    second = delivered(one, provider.way("ok"), now + STEP)

    assert (first, second) == ([NoticeStatus.UNCLEAR], [NoticeStatus.DELIVERED])
    assert len(provider.taken()) == 1


def test_what_never_arrived_goes_again_under_the_same_key(
    one: Session, provider: Provider, now: datetime
) -> None:
    first = delivered(one, provider.way("lost on the way"), now)
    second = delivered(one, provider.way("ok"), now + STEP)

    assert (first, second) == ([NoticeStatus.UNCLEAR], [NoticeStatus.DELIVERED])
    assert provider.taken() == [one.scalars(select(Notice.ref)).one()]


@pytest.mark.parametrize("may_ask", [True, False])
def test_where_nobody_knows_it_stays_unknown_and_is_never_sent_again(
    one: Session, provider: Provider, now: datetime, *, may_ask: bool
) -> None:
    way = provider.way("dumb", may_ask=may_ask)
    states = [delivered(one, way, now + timedelta(hours=8 * n)) for n in range(12)]

    assert states == [[NoticeStatus.UNCLEAR]] * 12
    assert len(provider.taken()) == 1
    assert isinstance(way, Askable) is may_ask


@pytest.mark.parametrize(
    ("behaves", "state", "taken"),
    [("ok", NoticeStatus.DELIVERED, 1), ("refuses", NoticeStatus.FAILED, 0),
     ("twice", NoticeStatus.DELIVERED, 2)],
)  # fmt: skip
def test_a_clear_answer_is_asked_about_no_more(  # noqa: PLR0917
    one: Session, provider: Provider, now: datetime, behaves: str, state: NoticeStatus, taken: int
) -> None:
    """Its book may say it twice where the provider itself doubled: we gave it once."""
    assert delivered(one, provider.way(behaves), now) == [state]
    assert delivered(one, provider.way("ok"), now + STEP) == [state]
    assert len(provider.taken()) == taken


def test_an_asking_program_that_is_gone_says_nothing(provider: Provider) -> None:
    gone = AskableSms((), asks=("/nowhere/ask",))

    assert gone.ask("KEY") is Outcome.UNKNOWN


@pytest.mark.parametrize("behaves", list(Naughty))
def test_the_bank_may_do_what_it_likes_each_sum_leaves_once_under_one_memo(
    session: Session, now: datetime, tmp_path: Path, behaves: Naughty
) -> None:
    a_house(session, now)
    once = Counter[str]()

    def first_time() -> Naughty:
        once["calls"] += 1
        return behaves if once["calls"] <= 2 else Naughty.OK

    office = Office(Bank(tmp_path / "bank"), Post(tmp_path / "post"), first_time)
    memos = []
    for n in range(4):
        with clock.moved_to(now + n * STEP):
            office.day(session)
        memos.append(sorted(session.scalars(select(Batch.memo))))
        assert findings(session, office, now + n * STEP) == [], n

    assert unsettled(session, office, now + 3 * STEP) == []
    assert len({tuple(found) for found in memos}) == 1
    assert [entry.key for entry in office.bank.book()] == [
        entry.purpose for entry in office.bank.book()
    ]
    sent = session.scalars(select(Fact.stipend_id).where(Fact.kind == FactKind.SENT)).all()
    assert len(sent) == len(set(sent)) > 0
    if behaves is Naughty.REFUSES:
        assert len(session.scalars(select(PaymentOrder.id)).all()) == 2


def test_an_unknown_payment_is_shown_as_unknown_until_the_bank_has_said(
    session: Session, now: datetime, tmp_path: Path
) -> None:
    a_house(session, now)
    office = Office(Bank(tmp_path / "bank"), Post(tmp_path / "post"), lambda: Naughty.SLOW)
    with clock.moved_to(now):
        Run(session, "stipends", period=today(now)).execute(_opening)
        office.order(session)
        office.pay(session)
        unknown = session.scalars(select(Batch.status)).all()
        office.pay(session)  # asked: it still works on them
        still = session.scalars(select(Batch.status)).all()
        office.pay(session)
    session.expire_all()

    assert set(unknown) == set(still) == {BatchStatus.UNCLEAR}
    assert set(session.scalars(select(Batch.status))) == {BatchStatus.SENT}
    assert len(office.bank.book()) == len(unknown)


def _opening(run: Run) -> None:
    from jobs.stipends import open_and_fund

    open_and_fund(run)
