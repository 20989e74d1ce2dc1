"""Another person takes over paying: with a yes of his own, and nothing of the one before."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.run import Run
from jobs.stipends import open_and_fund
from models.notices import Notice
from models.pledges import Match, Pledge
from models.stipends import Stipend
from models.vault import Donor, PayerMove, VaultContact, VaultPledge
from privacy import viewers
from services.books import receipts
from services.books.receipts import BankLine
from services.donors import donors, naming
from services.donors.naming import Called
from services.giving import handing_over, moving
from services.guardians import families
from services.pairing import market
from services.pledges import changes
from services.vault import forgetting_donors, vault
from tests.factories import a_child, a_match, a_pledge, a_school, viewer
from tests.services.giving.test_gifts import found
from tests.services.outbox import PHONE, Gate, a_donor, deliver
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import (
    ChildStatus,
    MatchStatus,
    MoveStatus,
    Naming,
    NoticeKind,
    PledgeStatus,
    Rhythm,
    Role,
    StopReason,
)
from vocabulary.errors import AlreadyDecided, BadInput, NotFound
from vocabulary.money import Fen

ENGINE = viewers.engine("pledges")
OTHER = "13900000002"
NOVEMBER, DECEMBER, JANUARY = (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))
ASKED = at(date(2026, 11, 10))


class Story:
    """A donor with one child since November, and whom he asks."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.pledge, self.reference = a_pledge(session, PHONE)
        self.child = a_child(session, a_school(session), status=ChildStatus.SUPPORTED)
        self.match = a_match(session, self.pledge, self.child, starts_on=NOVEMBER)
        self.me = viewer(Role.DONOR, donor_id=a_donor(session).id, actor="donor:ME")

    def pay(self, reference: str, yuan: int, on: date) -> None:
        line = BankLine(reference, Fen(yuan * 100), on)
        receipts.record(self.session, viewer(Role.COLLECTING_DESK), line, now=at(on))
        self.session.commit()

    def run(self, on: date) -> None:
        self.session.commit()
        with clock.moved_to(at(on)):
            Run(self.session, "stipends", period=on).execute(open_and_fund)

    def ask(self) -> str:
        return moving.ask(self.session, self.me, self.pledge.donor_ref, OTHER, now=ASKED)

    @property
    def other(self):
        donor_id = vault.find_donor_by_contact(self.session, OTHER)
        return viewer(Role.DONOR, donor_id=donor_id, actor="donor:OTHER")

    def accepted(self) -> tuple[str, str]:
        """Ask, say yes, and return the new pledge's ref and payment reference."""
        asked = self.ask()
        ref = moving.accept(self.session, self.other, asked, now=ASKED)
        new = self.session.scalars(select(Pledge).where(Pledge.donor_ref == ref)).one()
        return ref, vault.reference_of(self.session, new.id)

    def months(self) -> list[tuple[str, bool]]:
        rows = self.session.execute(
            select(Stipend.due_on, Match.pledge_id).join(Match).order_by(Stipend.due_on)
        )
        return [(f"{day:%m}", key == self.pledge.id) for day, key in rows]


@pytest.fixture
def story(session: Session, now) -> Story:
    return Story(session)


def test_the_child_misses_no_month_and_gets_none_twice(session: Session, story: Story) -> None:
    story.pay(story.reference, 100, NOVEMBER)
    story.run(NOVEMBER)
    _, reference = story.accepted()
    story.pay(reference, 300, date(2026, 11, 20))
    for day in (date(2026, 11, 21), DECEMBER, JANUARY, date(2027, 2, 1)):
        story.run(day)

    assert story.months() == [("11", True), ("12", False), ("01", False), ("02", False)]
    session.refresh(story.pledge)
    assert (story.pledge.status, story.pledge.stop_reason) == (
        PledgeStatus.ENDED, StopReason.HANDED_ON,
    )  # fmt: skip
    assert story.pledge.ends_on == DECEMBER
    assert story.child.status is ChildStatus.SUPPORTED
    assert session.scalars(select(PayerMove.status)).one() is MoveStatus.DONE
    assert found(session, date(2027, 2, 1)) == []


def test_what_the_one_before_paid_ahead_is_used_first(session: Session, story: Story) -> None:
    story.pay(story.reference, 300, NOVEMBER)
    story.run(NOVEMBER)
    _, reference = story.accepted()
    story.pay(reference, 300, date(2026, 11, 20))
    for day in (date(2026, 11, 21), DECEMBER, JANUARY, date(2027, 2, 1)):
        story.run(day)

    assert story.months() == [("11", True), ("12", True), ("01", True), ("02", False)]


def test_until_the_first_money_of_the_other_nothing_changes(session: Session, story: Story) -> None:
    story.pay(story.reference, 1_000, NOVEMBER)
    story.accepted()
    for day in (NOVEMBER, DECEMBER, date(2027, 3, 1)):
        story.run(day)

    assert {mine for _, mine in story.months()} == {True}
    assert session.scalars(select(PayerMove.status)).one() is MoveStatus.LAPSED
    states = session.scalars(select(Pledge.status).order_by(Pledge.id)).all()
    assert states == [PledgeStatus.CONFIRMED, PledgeStatus.ENDED]


def test_the_new_payer_has_everything_of_his_own_and_inherits_nothing(
    session: Session, story: Story
) -> None:
    naming.choose(
        session, story.me, story.pledge.donor_ref, Called(Naming.NAMED, name="王建国"), now=ASKED
    )
    story.pay(story.reference, 100, NOVEMBER)
    story.run(NOVEMBER)
    ref, reference = story.accepted()
    story.pay(reference, 100, date(2026, 11, 20))
    for day in (date(2026, 11, 21), DECEMBER):
        story.run(day)

    new = session.scalars(select(Pledge).where(Pledge.donor_ref == ref)).one()
    assert (new.naming, new.alias, vault.name_of(session, new.id)) == (Naming.SEALED, None, None)
    assert reference != story.reference
    assert new.code != story.pledge.code
    card = donors.pledge(session, story.other, ref, now=at(DECEMBER))
    assert card["payments"] == [(date(2026, 11, 20), 10_000)]
    assert [one["due_on"] for one in card["supports"][0].instalments] == [DECEMBER]
    names = session.scalars(select(Match.code_name).order_by(Match.id)).all()
    assert len(set(names)) == 2
    with pytest.raises(NotFound):
        donors.pledge(session, story.other, story.pledge.donor_ref, now=at(DECEMBER))
    assert donors.pledge(session, story.me, story.pledge.donor_ref, now=at(DECEMBER))["payments"]


def test_the_family_reads_the_same_sums_on_the_same_days(session: Session, story: Story) -> None:
    story.pay(story.reference, 100, NOVEMBER)
    story.run(NOVEMBER)
    before = families.coming_to(session, story.child.id, now=ASKED)
    _, reference = story.accepted()
    story.pay(reference, 100, date(2026, 11, 20))
    story.run(date(2026, 11, 21))

    assert families.coming_to(session, story.child.id, now=ASKED) == before


def test_while_he_waits_the_engine_gives_him_no_other_child(session: Session, story: Story) -> None:
    _, reference = story.accepted()
    story.pay(reference, 100, date(2026, 11, 20))

    assert [one.id for one in market.open_pledges(session)] == []


@pytest.mark.parametrize("how", ["declines", "is silent", "is taken back"])
def test_a_stranger_who_does_not_take_it_is_forgotten(
    session: Session, story: Story, how: str
) -> None:
    ref = story.ask()
    if how == "declines":
        moving.decline(session, story.other, ref, now=ASKED)
    if how == "is silent":
        handing_over.settle(session, ENGINE, on=date(2026, 11, 25), now=at(date(2026, 11, 25)))
    if how == "is taken back":
        moving.undo(session, story.me, ref, now=ASKED)

    assert len(session.scalars(select(VaultContact)).all()) == 1
    assert vault.find_donor_by_contact(session, OTHER) is None
    assert story.pledge.status is PledgeStatus.CONFIRMED


def test_who_is_asked_reads_no_sum_and_no_child_on_the_lock_screen_and_gets_a_link(
    session: Session, story: Story
) -> None:
    sms = Gate()
    with clock.moved_to(ASKED):
        story.ask()
        deliver(session, sms)

    (message,) = sms.sent
    assert message.text.startswith("【微光】有人请你接着付一份给孩子的认捐，愿不愿意都好：")
    assert "/d/" in message.text
    assert "100" not in message.text.partition("http")[0]


def test_both_are_told_what_became_of_it(session: Session, story: Story) -> None:
    story.pay(story.reference, 100, NOVEMBER)
    story.run(NOVEMBER)
    _, reference = story.accepted()
    with clock.moved_to(ASKED):
        deliver(session)
    story.pay(reference, 100, date(2026, 11, 20))
    story.run(date(2026, 11, 21))
    story.run(DECEMBER)
    with clock.moved_to(at(DECEMBER)):
        deliver(session)

    kinds = (NoticeKind.TAKE_OVER_ANSWERED, NoticeKind.TAKE_OVER_DONE)
    told = session.scalars(
        select(Notice.text).where(Notice.kind.in_(kinds)).order_by(Notice.id)
    ).all()
    assert told == [
        "你请人接着付的那一份：对方愿意。等对方第一笔到账，从下一期起由对方付；那以前照旧由你付。",
        "从12月1日那一期起，由你请的人接着付，你这一份就到这里。谢谢你。",
    ]


def test_nobody_asks_himself_or_for_anothers_pledge_or_from_the_forms_own_phone(
    session: Session, story: Story
) -> None:
    with pytest.raises(BadInput):
        moving.ask(session, story.me, story.pledge.donor_ref, PHONE, now=ASKED)
    with pytest.raises(BadInput):
        moving.ask(session, story.me, story.pledge.donor_ref, "没有号码", now=ASKED)
    phone = viewer(Role.DONOR, donor_id=story.me.donor_id, pledge_id=story.pledge.id)
    with pytest.raises(NotFound):
        moving.ask(session, phone, story.pledge.donor_ref, OTHER, now=ASKED)
    theirs, _ = a_pledge(session, "c@example.org")
    with pytest.raises(NotFound):
        moving.ask(session, story.me, theirs.donor_ref, OTHER, now=ASKED)


def test_only_who_is_asked_answers_and_only_once(session: Session, story: Story) -> None:
    ref = story.ask()
    with pytest.raises(NotFound):
        moving.accept(session, story.me, ref, now=ASKED)
    moving.accept(session, story.other, ref, now=ASKED)

    with pytest.raises(AlreadyDecided):
        moving.accept(session, story.other, ref, now=ASKED)
    with pytest.raises(AlreadyDecided):
        moving.undo(session, story.me, ref, now=ASKED)
    assert len(session.scalars(select(VaultPledge)).all()) == 2


def test_once_the_day_is_set_the_old_pledge_takes_no_other_wish(
    session: Session, story: Story
) -> None:
    _, reference = story.accepted()
    story.pay(reference, 100, date(2026, 11, 20))
    story.run(date(2026, 11, 21))

    with pytest.raises(AlreadyDecided):
        changes.pause(session, story.me, story.pledge.donor_ref, months=1, now=ASKED)
    change = donors.pledge(session, story.me, story.pledge.donor_ref, now=ASKED)["change"]
    with pytest.raises(AlreadyDecided):
        changes.undo(session, story.me, change["ref"], now=ASKED)


def test_a_new_payer_who_wants_to_be_forgotten_first_leaves_things_as_they_were(
    session: Session, story: Story
) -> None:
    story.pay(story.reference, 1_000, NOVEMBER)
    story.accepted()
    forgetting_donors.forget(session, story.other, now=ASKED)
    for day in (DECEMBER, JANUARY):
        story.run(day)

    assert {mine for _, mine in story.months()} == {True}
    assert session.scalars(select(Match.status)).all() == [MatchStatus.ACTIVE]
    assert session.scalars(select(PayerMove.status)).one() is MoveStatus.LAPSED


def test_an_asked_donor_who_is_known_keeps_his_own_pledges(session: Session, story: Story) -> None:
    a_pledge(session, OTHER)
    ref = story.ask()
    moving.decline(session, story.other, ref, now=ASKED)

    assert vault.find_donor_by_contact(session, OTHER) is not None
    assert len(session.scalars(select(Donor)).all()) == 2


def test_a_month_that_another_has_paid_already_is_not_the_new_payers_either(
    session: Session, story: Story
) -> None:
    story.match.starts_on = JANUARY
    _, reference = story.accepted()
    story.pay(reference, 300, date(2026, 11, 20))
    for day in (date(2026, 11, 21), DECEMBER, JANUARY, date(2027, 2, 1)):
        story.run(day)

    assert story.months() == [("01", False), ("02", False)]


def test_a_yes_to_other_terms_than_those_of_the_day_it_is_paid_hands_nothing_over(
    session: Session, story: Story
) -> None:
    story.pay(story.reference, 300, NOVEMBER)
    story.run(NOVEMBER)
    ref, reference = story.accepted()
    to = (Fen(20_000), Rhythm.MONTH)
    changes.change_terms(session, story.me, story.pledge.donor_ref, to=to, now=ASKED)
    story.run(DECEMBER)
    story.pay(reference, 300, date(2026, 12, 20))
    for day in (date(2026, 12, 21), JANUARY):
        story.run(day)

    new = session.scalars(select(Pledge).where(Pledge.donor_ref == ref)).one()
    assert (new.status, new.follows_id) == (PledgeStatus.CONFIRMED, None)
    assert story.months() == [("11", True), ("12", True), ("01", True)]
    assert session.scalars(select(PayerMove.status)).one() is MoveStatus.LAPSED


@pytest.mark.parametrize(
    ("has_paid", "said"),
    [
        (False, "请不要再付。要是已经付了，钱还在你名下，会请你来定怎么用。"),
        (True, "你付过的钱都在，留作你自己的一份，会给它另配一个孩子。"),
    ],
)
def test_who_said_yes_is_told_that_nothing_came_of_it(
    session: Session, story: Story, has_paid: bool, said: str
) -> None:
    story.pay(story.reference, 300, NOVEMBER)
    story.run(NOVEMBER)
    _, reference = story.accepted()
    to = (Fen(20_000), Rhythm.MONTH)
    changes.change_terms(session, story.me, story.pledge.donor_ref, to=to, now=ASKED)
    story.run(DECEMBER)
    if has_paid:
        story.pay(reference, 300, date(2026, 12, 20))
    story.run(date(2026, 12, 21))
    with clock.moved_to(at(date(2026, 12, 21))):
        deliver(session)

    off = select(Notice).where(Notice.kind == NoticeKind.TAKE_OVER_OFF)
    (told,) = session.scalars(off).all()
    assert told.recipient_id == story.other.donor_id
    assert told.text == "你答应接着付的那一份，这回没有接成。" + said
