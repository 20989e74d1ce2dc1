"""What the people of the twin worlds can do: each verb is the real service, done by its own person."""

from collections.abc import Callable, Sequence
from datetime import date
from random import Random

from sqlalchemy.orm import Session

from cli.demo.stage import Stage
from cli.twins import cast, people
from cli.twins.cast import Pupil
from cli.twins.donor import TwinDonor
from jobs import outbox
from jobs.run import Run
from jobs.schedule import BY_NAME
from privacy import viewers
from privacy.viewers import Viewer
from services import links
from services.accounts import accounts
from services.batches import bank_answers, batches, orders
from services.books import receipts
from services.books.receipts import BankLine
from services.children import children, consents
from services.donors import donor_links, donors
from services.handover import answers, class_lists, handovers, slips
from services.handover.answers import Reply
from services.handover.hand_lists import list_for
from services.links import Subject
from services.pairing import matches
from services.pledges import changes, pledges
from services.pledges.pledges import Offered, PledgeTerms
from services.vault import vault
from services.writing import begin_writing
from vocabulary import clock
from vocabulary.dates import at, today
from vocabulary.enums import (
    Answer,
    DeclineReason,
    EndReason,
    LinkPurpose,
    Outcome,
    Purpose,
    Rhythm,
    Snag,
    StopReason,
)
from vocabulary.errors import BadInput
from vocabulary.money import Fen

SECRET = "secret"  # noqa: S105 the story's name of him
HUNDRED = Fen(10_000)


class Story:
    """One world being lived: the clock stands where the step says, each verb commits once."""

    def __init__(
        self,
        session: Session,
        secret: TwinDonor,
        *,
        second: TwinDonor | None = None,
        pupils: Sequence[Pupil] = cast.CHILDREN,
    ) -> None:
        self.session = session
        self.stage = Stage(session, Random(0), date.max)  # noqa: S311 it draws nothing here
        known = {SECRET: secret} | ({"second": second} if second else {})
        self.contacts = {**cast.OTHERS, **{name: one.contact for name, one in known.items()}}
        if len(set(self.contacts.values())) < len(self.contacts):
            raise BadInput(field="phone", reason="another_donors_own")
        self.payers = {name: f"{one.name} {one.remark}".strip() for name, one in known.items()}
        self.pupils = pupils
        self.offered: dict[str, Offered] = {}
        self.asked: dict[str, str] = {}
        self.schools: dict[str, str] = {}
        self.children: dict[str, str] = {}
        self.fresh_slips: list[str] = []
        self.slips: list[str] = []
        self.classes: list[str] = []
        self.papers: dict[str, str] = {}
        self.matched: dict[str, str] = {}
        self.gone: set[str] = set()

    def live(self, act: Callable[["Story"], object], on: date, hour: int) -> None:
        """Carry out one step, then deliver the notices it queued, as the schedule does."""
        with clock.moved_to(at(on, hour)):
            self.session.rollback()
            begin_writing(self.session)
            act(self)
            self.session.commit()
            if not outbox.is_idle(self.session, viewers.engine("notices"), clock.now()):
                Run(self.session, "notices", period=on).execute(outbox.deliver)

    def links(self) -> dict[str, list[str]]:
        """Return the paths of those who come by a link, made as they are asked for today."""
        token = self.classes[-1]
        link = links.find(self.session, token, LinkPurpose.CLASS_LIST, now=clock.now())
        code = links.give_code(link, now=clock.now())
        first, third = (f"/d/{self._link(name)}" for name in ("first", "third"))
        self.session.commit()
        return {
            "family": [f"/s/{self.slips[-1]}"],
            "other_family": [f"/s/{self.slips[-2]}"],
            "class_teacher": [f"/c/{token}", code],
            "other_donor": [first],
            "third_donor": [third],
            "public": ["/"],
        }

    def who(self, login: str) -> Viewer:
        """Return the viewer of a login, as of now."""
        return self.stage.who(login)

    def job(self, name: str) -> None:
        """Run a job of the schedule, in transactions of its own."""
        self.session.commit()
        Run(self.session, name, period=today(clock.now())).execute(BY_NAME[name].body)
        begin_writing(self.session)

    # Staff

    def enter_everybody(self) -> None:
        """Enter accounts, schools and children."""
        self.schools = people.enter_schools(self.session)
        people.enter_accounts(self.session)
        people.agree_to_accounts(self.session)
        people.enter_volunteer(self.session)
        for pupil in self.pupils:
            self.children[pupil.name] = people.enter_child(self.session, pupil, self.schools)

    def enter_late_child(self) -> None:
        """Enter one child more."""
        pupil = cast.LATE_CHILD
        self.children[pupil.name] = people.enter_child(self.session, pupil, self.schools)

    def mistype_password(self, login: str) -> None:
        """Fail to sign in once."""
        accounts.sign_in(self.session, login, "mistyped", now=clock.now())

    def approve_all(self) -> None:
        """Approve what the engine proposed."""
        by = self.who("approver")
        for card in matches.queue(self.session, by):
            matches.approve(self.session, by, card["child_ref"], now=clock.now())

    def decline_first(self) -> None:
        """Turn the first proposal down, with a reason."""
        by = self.who("approver")
        ref = matches.queue(self.session, by)[0]["child_ref"]
        reason = DeclineReason.PAPERS_TO_CHECK
        matches.decline(self.session, by, ref, reason=reason, note=None, now=clock.now())

    def send_batches(self) -> None:
        """Send every batch that waits: in one order where the bank can be given it."""
        by, now = self.who("payer"), clock.now()
        found = orders.with_accounts(self.session, by)
        if able := [card["ref"] for card in found if card["may_order"]]:
            order = orders.prepare(self.session, by, able, now=now)
            bank_answers.all_paid(self.session, by, order, on=today(now), now=now)
        for card in batches.to_send(self.session, by):
            batches.send(self.session, by, card["ref"], now=clock.now())

    def settle_disputes(self) -> None:
        """Find out what became of the money that did not come: it was brought later."""
        by = self.who("worker")
        for card in answers.disputes(self.session, by):
            answers.settle(
                self.session, by, card["ref"], Outcome.CAME_LATER, "已补送到家", now=clock.now()
            )

    def withdraw_consent(self, name: str, purpose: Purpose) -> None:
        """Let a guardian withdraw a consent."""
        ref = self.children[name]
        consents.withdraw(self.session, self.who("worker"), ref, purpose=purpose, now=clock.now())

    def end_child(self, name: str) -> None:
        """Let a child leave: it has finished school."""
        ref, reason = self.children[name], EndReason.GRADUATED
        children.end(self.session, self.who("worker"), ref, reason=reason, now=clock.now())

    # School and families

    def hand_over(self, login: str, *, away: Snag | None = None) -> None:
        """Print slips and confirm the list; with `away`, its last pupil is not there."""
        by = self.who(login)
        for batch in list_for(self.session, by, now=clock.now()):
            waiting = [one["ref"] for one in batch["lines"] if one["is_open"] and not one["snag"]]
            if not waiting:
                continue
            made = slips.make_slips(self.session, by, batch["ref"], now=clock.now())
            self.fresh_slips += [one["token"] for one in made]
            said = {waiting[-1]: away} if away and len(waiting) > 1 else {}
            handovers.confirm_all(self.session, by, batch["ref"], said, now=clock.now())

    def take_back_one(self, login: str) -> None:
        """Take a wrong tap back on the day it was made."""
        by = self.who(login)
        done = next(
            line["ref"]
            for batch in list_for(self.session, by, now=clock.now())
            for line in batch["lines"]
            if line["is_handed_over"]
        )
        handovers.take_back(self.session, by, done, now=clock.now())

    def pass_class(self, login: str) -> None:
        """Pass the first class of the list to its teacher."""
        by = self.who(login)
        batch = list_for(self.session, by, now=clock.now())[0]
        label = batch["lines"][0]["class_label"]
        phone, now = "13900000093", clock.now()
        made = class_lists.pass_class(self.session, by, batch["ref"], label, phone=phone, now=now)
        self.classes.append(made["token"])

    def families_answer(self) -> None:
        """Let every family but the last say that it came."""
        fresh, self.fresh_slips = self.fresh_slips, []
        self.slips += fresh
        for token in fresh[:-1]:
            self._answer(token, Answer.RECEIVED)

    def answer_last(self, said: Answer) -> None:
        """Let the last family of the month answer."""
        if self.slips:
            self._answer(self.slips[-1], said)

    def _answer(self, token: str, said: Answer) -> None:
        family = links.open_slip(self.session, token, now=clock.now())
        amount = Fen(4_000) if said is Answer.WRONG_SUM else None  # no child gets that
        answers.answer(self.session, family, Reply(said, amount), now=clock.now())

    # Donors

    def pledge(self, name: str) -> None:
        """Pledge a hundred a month, any child first."""
        terms = PledgeTerms(instalment_fen=HUNDRED, rhythm=Rhythm.MONTH, not_relative=True)
        made = pledges.offer(self.session, terms, self.contacts[name], now=clock.now())
        self.offered[name] = made

    def pay(self, name: str, *, months: int) -> None:
        """Let a donor's money come in; the collecting desk books it."""
        line = BankLine(
            self.offered[name].reference,
            Fen(HUNDRED * months),
            today(clock.now()),
            payer_name=self.payers.get(name, "别人"),
        )
        receipts.record(self.session, self.who("collector"), line, now=clock.now())

    def say_paid(self, name: str) -> None:
        """Let a donor say that he has paid."""
        me, ref = self.donor(name), self.offered[name].ref
        pledges.said_paid(self.session, me, ref, HUNDRED, now=clock.now())

    def read(self, name: str) -> None:
        """Let a donor read his page."""
        donors.home(self.session, self.donor(name), now=clock.now())

    def ask_for_link(self, name: str) -> None:
        """Let a donor, or a stranger, ask for a link to his page."""
        contact = self.contacts.get(name, "stranger@example.org")
        donor_links.renew(self.session, contact, now=clock.now())

    def pause(self, name: str, *, months: int) -> None:
        """Pause for so many months."""
        me, ref = self.donor(name), self.offered[name].ref
        self.asked[name] = changes.pause(self.session, me, ref, months=months, now=clock.now())

    def resume(self, name: str) -> None:
        """Go on before the pause is over."""
        me, ref = self.donor(name), self.offered[name].ref
        self.asked[name] = changes.resume(self.session, me, ref, now=clock.now())

    def change_terms(self, name: str, *, yuan: int, rhythm: Rhythm) -> None:
        """Give another sum."""
        me, ref = self.donor(name), self.offered[name].ref
        to = Fen(yuan * 100), rhythm
        self.asked[name] = changes.change_terms(self.session, me, ref, to=to, now=clock.now())

    def stop(self, name: str) -> None:
        """Stop without giving a reason."""
        me, ref, reason = self.donor(name), self.offered[name].ref, StopReason.NOT_SAID
        self.asked[name] = changes.stop(self.session, me, ref, reason=reason, now=clock.now())

    def undo_last(self, name: str) -> None:
        """Take the last change back before it takes effect."""
        changes.undo(self.session, self.donor(name), self.asked[name], now=clock.now())

    def donor(self, name: str) -> Viewer:
        """Return a donor as he is behind a fresh link."""
        return links.open_donor(self.session, self._link(name), now=clock.now())

    def _link(self, name: str) -> str:
        """Make the link that a donor who asks for one gets by mail."""
        subject = Subject(donor_id=vault.find_donor_by_contact(self.session, self.contacts[name]))
        by = viewers.engine("notices")
        return links.make(self.session, by, LinkPurpose.DONOR_HOME, subject, now=clock.now())
