"""What tests of the outbox share: ways out that remember, recipients, and something to tell."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateways.messages import Message, Outcome
from jobs import notices as job
from jobs.run import Run
from models.jobs import JobRun
from models.notices import Notice
from models.stipends import Stipend
from services.notices import notices
from services.notices.delivery import House
from services.notices.notices import Recipient
from services.stipends import facts
from services.stipends.facts import Basis
from services.vault import vault
from tests.factories import a_child, a_match, a_pledge, a_school, an_account, viewer
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import Channel, Evidence, FactKind, NoticeKind, RecipientKind, Role

HOUSE = House("https://weiguang.example.org", "0470-5551234")
PHONE = "13800000001"


class Gate:
    """A way out that keeps what it was given and answers as told."""

    def __init__(self, *answers: Outcome) -> None:
        self.sent: list[Message] = []
        self.answers = list(answers)

    def send(self, message: Message) -> Outcome:
        self.sent.append(message)
        return self.answers.pop(0) if self.answers else Outcome.SENT


def deliver(session: Session, sms: Gate | None = None, mail: Gate | None = None) -> dict[str, int]:
    session.commit()
    ways = {Channel.SMS: sms or Gate(), Channel.MAIL: mail or Gate()}
    run = Run(session, "notices", period=today(clock.now()))
    return run.execute(lambda run: job.deliver(run, gateways=ways, house=HOUSE))


def the_notice(session: Session) -> Notice:
    session.expire_all()
    return session.scalars(select(Notice)).one()


def a_donor(session: Session, contact: str = PHONE) -> Recipient:
    donor_id = vault.register(session, contact, now=clock.now())
    return Recipient(RecipientKind.DONOR, donor_id)


def ask_for_link(session: Session, to: Recipient, now: datetime, rung: int = 0) -> None:
    notices.queue(session, to, NoticeKind.PRIVATE_LINK, "donor:D1", now=now, rung=rung)


def a_worker(session: Session, login: str = "zhang", **more: object) -> Recipient:
    account = an_account(session, Role.CASE_WORKER, login=login, **more)
    return Recipient(RecipientKind.ACCOUNT, account.id)


def a_handed_over(session: Session, now: datetime) -> tuple[Stipend, str, str]:
    """An instalment of November that the school has handed over: it, and its two refs."""
    match = a_match(session, a_pledge(session, PHONE)[0], a_child(session, a_school(session)))
    day = today(now).replace(day=1)
    run = JobRun(name="stipends", period=day, started_at=now)
    session.add(run)
    session.flush()
    stipend = Stipend(match_id=match.id, due_on=day, amount_fen=match.instalment_fen, run_id=run.id)
    session.add(stipend)
    session.flush()
    for kind in (FactKind.PROMISED, FactKind.RECEIVED, FactKind.SENT, FactKind.HANDED_OVER):
        state(session, kind, stipend, now)
    month = f"{day:%Y%m}"
    return stipend, f"{match.child_ref}-{month}", f"{match.donor_ref}-{month}"


def state(session: Session, kind: FactKind, stipend: Stipend, now: datetime) -> None:
    by = viewer(Role.CASE_WORKER)
    facts.record(
        session, kind, [stipend], on=today(now), by=by, now=now, basis=Basis(Evidence.WORD)
    )


def a_confirmed_pledge(session: Session) -> tuple[Recipient, str]:
    """A donor, and the subject of the news that his pledge is in force."""
    pledge, _ = a_pledge(session, PHONE)
    return a_donor(session), f"pledge:{pledge.donor_ref}"
