"""Money that came back: recorded by the record's own sum, sent again or kept; and what is lost."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.ledger import Posting
from models.notices import Notice
from models.stipends import Fact, Settlement, Stipend
from privacy import viewers
from services.batches import batches, filling, returns
from services.batches.returns import Sum
from services.books import write_offs
from services.checking import checks
from services.donors import donors
from services.guardians import families
from services.handover import answers, handovers
from services.handover.answers import Reply
from services.stipends import stipend_lists
from services.stipends.stipend_lists import Listed
from services.vault import vault
from tests.factories import (
    OTHER_BANNER,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    viewer,
)
from tests.services.outbox import Gate, a_worker, deliver
from vocabulary.enums import (
    AccountKind,
    Answer,
    BatchStatus,
    FactKind,
    NoticeKind,
    Outcome,
    Role,
    Route,
    Snag,
    StipendStatus,
    WriteOffReason,
)
from vocabulary.errors import (
    ActedBefore,
    AlreadyDecided,
    BadInput,
    NotFound,
    NotPermitted,
    WrongState,
)
from vocabulary.money import Fen
from vocabulary.refs import stipend_ref
from vocabulary.telling import Telling

SENT, BACK = date(2026, 11, 3), date(2026, 11, 18)
READ = Sum(1, Fen(10_000))


class World:
    """A school with two pupils on a sent batch; the desk, case staff, a donor and a family."""

    def __init__(self, session: Session) -> None:
        self.school = a_school(session)
        self.children = [a_child(session, self.school), a_child(session, self.school, name="斯琴")]
        self.pledge, pledge = (a_pledge(session, f"1380000000{n}")[0] for n in (1, 2))
        self.matches = [
            a_match(session, its, child)
            for its, child in zip((self.pledge, pledge), self.children, strict=True)
        ]
        self.batch = a_sent_batch(session, self.school, *self.matches, on=SENT)
        self.officer = viewer(Role.SCHOOL_OFFICER, organisation_id=self.school.id)
        self.desk = viewer(Role.PAYING_DESK)
        self.staff = viewer(Role.CASE_WORKER, actor="account:worker")
        self.approver = viewer(Role.APPROVER, actor="account:approver")
        self.ref, self.other_ref = (stipend_ref(one.child_ref, SENT) for one in self.matches)
        self.stipend = session.scalars(
            select(Stipend).where(Stipend.match_id == self.matches[0].id)
        ).one()
        session.flush()

    def family(self):
        return viewer(Role.FAMILY, child_id=self.children[0].id, stipend_id=self.stipend.id,
                      organisation_id=self.school.id)  # fmt: skip

    def donor(self, session: Session):
        return viewer(Role.DONOR, donor_id=vault.donor_of_pledge(session, self.pledge.id))


@pytest.fixture
def world(session):
    return World(session)


def come_back(session: Session, world: World, now, snag: Snag = Snag.REFUSED) -> None:
    handovers.note_snag(session, world.officer, world.ref, snag, now=now)
    returns.record(session, world.desk, world.batch.ref, READ, on=BACK, now=now)


def balance(session: Session, account: AccountKind) -> int:
    total = select(func.coalesce(func.sum(Posting.amount), 0)).where(Posting.account == account)
    return session.scalar(total)


BOOKS = {
    "postings_total", "fact_dates", "ledger_against_facts", "accounts_of_done", "whose_postings",
    "balances", "batches", "facts_traced",
}  # fmt: skip


def findings(session: Session, now) -> list[str]:
    """What the nightly check says of the books, but for the factories' money out of nowhere."""
    session.commit()
    found = checks.report(session, viewers.console(), now=now)["checks"]
    lines = [line for one in found if one["name"] in BOOKS for line in one["findings"]]
    return [line for line in lines if "比到账的多" not in line and "没有哪条工作记录" not in line]


@pytest.mark.parametrize("snag", [Snag.REFUSED, Snag.UNDELIVERABLE])
def test_what_nobody_took_comes_back_with_the_sum_of_the_record(session, world, now, snag) -> None:
    handovers.note_snag(session, world.officer, world.ref, snag, now=now)
    (card,) = returns.expected(session, world.desk)
    assert (card["ref"], card["count"], card["total_fen"]) == (world.batch.ref, 1, 10_000)
    assert not card.has("child")

    returns.record(session, world.desk, world.batch.ref, READ, on=BACK, now=now)

    assert world.stipend.returned_on == BACK
    assert balance(session, AccountKind.BANK) == -10_000
    assert balance(session, AccountKind.IN_TRANSIT) == 10_000
    assert balance(session, AccountKind.OWED) == -20_000
    assert returns.expected(session, world.desk) == []
    assert findings(session, now) == []


def test_a_list_that_changed_since_it_was_read_records_nothing(session, world, now) -> None:
    handovers.note_snag(session, world.officer, world.ref, Snag.REFUSED, now=now)
    handovers.note_snag(session, world.officer, world.other_ref, Snag.UNDELIVERABLE, now=now)

    with pytest.raises(AlreadyDecided):
        returns.record(session, world.desk, world.batch.ref, READ, on=BACK, now=now)
    for day in (SENT - timedelta(days=1), now.date() + timedelta(days=1)):
        with pytest.raises(BadInput):
            returns.record(
                session, world.desk, world.batch.ref, Sum(2, Fen(20_000)), on=day, now=now
            )
    returns.record(session, world.desk, world.batch.ref, Sum(2, Fen(20_000)), on=BACK, now=now)
    with pytest.raises(AlreadyDecided):
        returns.record(session, world.desk, world.batch.ref, Sum(2, Fen(20_000)), on=BACK, now=now)


def test_who_pays_records_it_and_who_knows_the_child_decides(session, world, now) -> None:
    for stranger in (world.staff, world.officer, viewer(Role.COLLECTING_DESK)):
        with pytest.raises(NotPermitted):
            returns.record(session, stranger, world.batch.ref, READ, on=BACK, now=now)
    come_back(session, world, now)
    for stranger in (world.desk, world.officer):
        with pytest.raises(NotPermitted):
            returns.send_again(session, stranger, world.ref, now=now)
    elsewhere = viewer(Role.CASE_WORKER, regions=(OTHER_BANNER,))
    with pytest.raises(NotFound):
        returns.send_again(session, elsewhere, world.ref, now=now)


def test_everybody_reads_what_came_back_and_nobody_why(session, world, now) -> None:
    come_back(session, world, now)

    told = donors.support(session, world.donor(session), world.matches[0].donor_ref, now=now)[1]
    assert (told.latest["telling"], told.latest["returned_on"]) == (Telling.RETURNED, BACK)
    assert not told.latest.has("snag")
    page = families.page(session, world.family(), now=now)
    assert (page["returned_on"], page["answer"]) == (BACK, None)
    (batch,) = handovers.list_for(session, world.officer, now=now)
    assert [one["ref"] for one in batch["gone"]] == [world.ref]
    assert (batch["snags"], batch["left_count"]) == ([], 1)
    held = stipend_lists.listing(session, world.staff, Listed.HELD, now=now)
    assert [(one["ref"], one["status"]) for one in held] == [(world.ref, StipendStatus.RETURNED)]


def test_what_came_back_is_beyond_the_hand(session, world, now) -> None:
    come_back(session, world, now)

    for act in (
        lambda: handovers.hand_over_one(session, world.officer, world.ref, now=now),
        lambda: handovers.clear_snag(session, world.officer, world.ref, now=now),
        lambda: handovers.note_snag(session, world.officer, world.ref, Snag.ON_LEAVE, now=now),
    ):
        with pytest.raises(WrongState):
            act()
    assert world.stipend.not_handed_over_on is not None


def test_it_goes_again_by_another_hand_and_ends_at_zero(session, world, now) -> None:
    come_back(session, world, now)
    world.children[0].route = Route.VILLAGE

    returns.send_again(session, world.staff, world.ref, now=now)

    stipend = world.stipend
    assert (stipend.sent_on, stipend.returned_on, stipend.batch_id) == (None, None, None)
    assert stipend.received_on is not None
    engine = viewers.engine("test")
    assert filling.build(session, engine, [stipend.id], on=now.date(), now=now) == 1
    session.expire(stipend)
    (open_one,) = batches.to_send(session, world.desk)
    assert (open_one.has("hand"), open_one["total_fen"]) == (False, 10_000)
    batches.send(session, world.desk, open_one["ref"], now=now)
    director = viewer(Role.VILLAGE_DIRECTOR, regions=(world.children[0].region_code,))
    handovers.hand_over_one(session, director, world.ref, now=now)
    handovers.hand_over_one(session, world.officer, world.other_ref, now=now)

    session.expire_all()
    assert stipend.handed_over_on == now.date()
    for account in (AccountKind.IN_TRANSIT, AccountKind.OWED, AccountKind.PROMISED):
        assert balance(session, account) == 0
    assert balance(session, AccountKind.BANK) == -20_000
    assert findings(session, now) == []


def test_a_batch_that_was_sent_keeps_the_sum_that_the_bank_has(session, world, now) -> None:
    world.batch.sent_count, world.batch.sent_fen = 2, Fen(20_000)
    come_back(session, world, now)

    returns.send_again(session, world.staff, world.ref, now=now)

    (card,) = batches.sent(session, world.desk)
    assert (card["count"], card["total_fen"]) == (2, 20_000)


def test_only_what_came_back_goes_again_and_not_what_the_family_has(session, world, now) -> None:
    with pytest.raises(WrongState):
        returns.send_again(session, world.staff, world.ref, now=now)
    answers.answer(session, world.family(), Reply(Answer.RECEIVED), now=now)
    come_back(session, world, now)

    with pytest.raises(WrongState):
        returns.send_again(session, world.staff, world.ref, now=now)


def test_a_no_about_the_first_sending_does_not_speak_of_the_second(session, world, now) -> None:
    answers.answer(session, world.family(), Reply(Answer.NOT_RECEIVED), now=now)
    settler = viewer(Role.CASE_WORKER, actor="account:settler")
    answers.settle(session, settler, world.ref, Outcome.NOT_RECEIVED, "学校退了", now=now)
    come_back(session, world, now)

    returns.send_again(session, world.staff, world.ref, now=now)

    assert (world.stipend.disputed_on, world.stipend.sent_on) == (None, None)
    assert session.scalars(select(Settlement.lifted_on)).all() == [now.date()]
    said = select(Fact.kind).where(Fact.stipend_id == world.stipend.id, Fact.cancels_id.is_(None))
    assert FactKind.DISPUTED in session.scalars(said).all()
    assert families.page(session, world.family(), now=now)["is_settled"] is False
    assert findings(session, now) == []


def test_two_people_write_off_what_was_lost_on_its_way(session, world, now) -> None:
    ref = write_offs.ask(session, world.staff, world.ref, reason=WriteOffReason.LOST, now=now)
    with pytest.raises(AlreadyDecided):
        write_offs.ask(session, world.approver, world.ref, reason=WriteOffReason.STOLEN, now=now)
    with pytest.raises(NotPermitted):
        write_offs.agree(session, world.staff, ref, now=now)
    assert write_offs.count_waiting(session, world.approver) == 1

    write_offs.agree(session, world.approver, ref, now=now)

    assert world.stipend.written_off_on == now.date()
    handovers.hand_over_one(session, world.officer, world.other_ref, now=now)
    for account in (AccountKind.IN_TRANSIT, AccountKind.OWED, AccountKind.PROMISED):
        assert balance(session, account) == 0
    assert world.batch.status is BatchStatus.CLOSED
    assert findings(session, now) == []
    with pytest.raises(AlreadyDecided):
        write_offs.agree(session, world.approver, ref, now=now)


def test_an_approver_does_not_agree_to_what_he_asked_himself(session, world, now) -> None:
    ref = write_offs.ask(session, world.approver, world.ref, reason=WriteOffReason.LOST, now=now)

    with pytest.raises(ActedBefore):
        write_offs.agree(session, world.approver, ref, now=now)
    assert write_offs.detail(session, world.approver, ref)["may_agree"] is False
    write_offs.turn_down(session, world.staff, ref, now=now)
    assert world.stipend.written_off_on is None


def test_what_arrived_or_came_back_is_not_written_off(session, world, now) -> None:
    ref = write_offs.ask(session, world.staff, world.ref, reason=WriteOffReason.LOST, now=now)
    come_back(session, world, now)
    with pytest.raises(WrongState):
        write_offs.agree(session, world.approver, ref, now=now)
    handovers.hand_over_one(session, world.officer, world.other_ref, now=now)
    with pytest.raises(WrongState):
        write_offs.ask(session, world.staff, world.other_ref, reason=WriteOffReason.LOST, now=now)


def test_what_was_written_off_is_said_and_asks_nothing_of_the_hand(session, world, now) -> None:
    ref = write_offs.ask(session, world.staff, world.ref, reason=WriteOffReason.LOST, now=now)
    write_offs.agree(session, world.approver, ref, now=now)

    told = donors.support(session, world.donor(session), world.matches[0].donor_ref, now=now)[1]
    assert told.latest["telling"] is Telling.WRITTEN_OFF
    assert families.page(session, world.family(), now=now)["written_off_on"] == now.date()
    (batch,) = handovers.list_for(session, world.officer, now=now)
    assert [one["state"] for one in batch["gone"]] == [StipendStatus.WRITTEN_OFF]
    assert [one["ref"] for one in batch["todo"]] == [world.other_ref]
    with pytest.raises(WrongState):
        handovers.hand_over_one(session, world.officer, world.ref, now=now)


def test_the_banners_case_staff_hear_of_money_that_came_back(session, world, now) -> None:
    worker = a_worker(session)
    come_back(session, world, now)

    told = select(Notice).where(Notice.kind == NoticeKind.MONEY_BACK)
    notice = session.scalars(told).one()
    assert notice.recipient_id == worker.id

    deliver(session, Gate())

    assert notice.text == (
        "吉文中学：11月这一批有 1 笔没能交到孩子家，钱退回了我们的账户。"
        "请打电话问清，再让它随下一批重新发，或先替孩子留着。"
    )


def test_what_comes_back_of_the_same_batch_later_is_told_again(session, world, now) -> None:
    a_worker(session)
    come_back(session, world, now)
    returns.send_again(session, world.staff, world.ref, now=now)
    handovers.note_snag(session, world.officer, world.other_ref, Snag.REFUSED, now=now)

    returns.record(session, world.desk, world.batch.ref, READ, on=BACK, now=now)

    told = select(func.count(Notice.id)).where(Notice.kind == NoticeKind.MONEY_BACK)
    assert session.scalar(told) == 2
