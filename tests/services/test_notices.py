"""The outbox: once each, drawn at delivery, never twice out of the house, silent at night."""

import re
import string
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateways.messages import Message, Outcome
from jobs import notices as job
from jobs.run import Run
from jobs.stipends import open_and_fund
from models.accounts import Grant
from models.children import Consent
from models.jobs import JobRun
from models.notices import AccessLink, Notice
from models.stipends import Batch, Stipend
from services import batches, drawing, facts, inbox, links, notices, receipts, vault
from services.delivery import House
from services.facts import Basis
from services.notice_texts import TEXTS
from services.notices import Recipient
from services.receipts import BankLine
from tests.factories import (
    BANNER,
    LEAGUE,
    OTHER_BANNER,
    a_child,
    a_match,
    a_pledge,
    a_school,
    an_account,
    viewer,
)
from vocabulary import clock
from vocabulary.dates import at, today
from vocabulary.enums import (
    Channel,
    Evidence,
    FactKind,
    GrantStatus,
    NoticeKind,
    NoticeStatus,
    RecipientKind,
    Role,
)
from vocabulary.errors import NotFound, NotPermitted
from vocabulary.money import Fen
from vocabulary.quiet import is_quiet, morning_after

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


class Killed(BaseException):
    """The process ends here: nothing after it runs."""


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


def test_the_same_notice_twice_is_one(session: Session, now: datetime) -> None:
    to = a_worker(session)

    for _ in range(2):
        notices.queue(session, to, NoticeKind.JOB_ALARM, "job:stipends:2026-11-21:silent", now=now)
    notices.queue(
        session, to, NoticeKind.JOB_ALARM, "job:stipends:2026-11-21:silent", now=now, rung=1
    )

    assert session.scalars(select(Notice.rung).order_by(Notice.rung)).all() == [0, 1]


def test_roles_are_told_within_their_regions_only(session: Session, now: datetime) -> None:
    here = an_account(session, Role.APPROVER, login="here").id
    above = an_account(session, Role.APPROVER, login="above", region_code=LEAGUE).id
    an_account(session, Role.APPROVER, login="elsewhere", region_code=OTHER_BANNER)
    an_account(session, Role.CASE_WORKER, login="another-role")
    ended = an_account(session, Role.APPROVER, login="ended")
    grant = session.scalars(select(Grant).where(Grant.account_id == ended.id)).one()
    grant.status = GrantStatus.ENDED

    notices.to_roles(
        session, (Role.APPROVER,), BANNER, NoticeKind.PROPOSALS_WAIT, f"queue:{BANNER}", now=now
    )

    told = session.scalars(select(Notice.recipient_id).order_by(Notice.recipient_id)).all()
    assert told == sorted([here, above])


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"),
    [(20, 59, False), (21, 0, True), (23, 59, True), (0, 0, True), (7, 59, True), (8, 0, False)],
)
def test_the_night_is_from_21_to_8_in_inner_mongolia(
    session: Session, now: datetime, hour: int, minute: int, *, quiet: bool
) -> None:
    instant = at(today(now), hour, minute)

    assert is_quiet(instant) is quiet
    assert not is_quiet(morning_after(instant))
    assert timedelta() < morning_after(instant) - instant <= timedelta(hours=24)


def test_a_message_of_the_night_leaves_in_the_morning(session: Session, now: datetime) -> None:
    to, sms = a_worker(session, phone="13900000009"), Gate()
    an_account(session, Role.ADMINISTRATOR, login="root")
    for hour, minute, left in ((22, 0, 0), (23, 59, 0), (24, 1, 0), (31, 58, 0), (32, 0, 1)):
        instant = at(today(now)) + timedelta(hours=hour - 9, minutes=minute)
        with clock.moved_to(instant):
            subject = "job:stipends:2026-11-21:silent"
            notices.queue(session, to, NoticeKind.JOB_ALARM, subject, now=instant)
            deliver(session, sms)

        assert len(sms.sent) == left, (hour, minute)

    notice = the_notice(session)
    assert notice.inbox_at == at(today(now), 22)  # the inbox does not ring
    assert notice.delivered_at == at(today(now) + timedelta(days=1), 8)


def test_a_link_that_its_donor_waits_for_leaves_at_night_too(
    session: Session, now: datetime
) -> None:
    to, sms = a_donor(session), Gate()
    with clock.moved_to(at(today(now), 23)):
        ask_for_link(session, to, clock.now())
        deliver(session, sms)

    assert [message.to for message in sms.sent] == [PHONE]


def test_a_private_link_is_made_at_delivery_and_its_token_not_kept(
    session: Session, now: datetime
) -> None:
    to, sms = a_donor(session), Gate()
    ask_for_link(session, to, now)
    session.commit()
    before = session.scalar(select(func.count()).select_from(AccessLink))

    deliver(session, sms)

    text = sms.sent[0].text
    token = text.partition("/d/")[2].split()[0]
    notice = the_notice(session)
    assert before == 0
    assert links.open_donor(session, token, now=now).donor_id == to.id
    assert notice.sent_text == text.replace(f"/d/{token}", "/…")
    assert notice.text is None
    assert token not in repr(sms.sent[0])


def test_a_donor_by_mail_gets_a_mail(session: Session, now: datetime) -> None:
    to, sms, mail = a_donor(session, "li@example.org"), Gate(), Gate()
    ask_for_link(session, to, now)

    deliver(session, sms, mail)

    assert [message.to for message in mail.sent] == ["li@example.org"]
    assert sms.sent == []


def test_the_text_is_drawn_at_delivery_with_the_recipients_eyes(
    session: Session, now: datetime
) -> None:
    stipend, child_side, _ = a_handed_over(session, now)
    state(session, FactKind.DISPUTED, stipend, now)
    to = a_worker(session, phone="13900000009")
    subject = f"stipend:{child_side}"
    notices.queue(session, to, NoticeKind.FAMILY_DISPUTE, subject, now=now)
    sms = Gate()

    deliver(session, sms)

    notice = the_notice(session)
    assert notice.text == (
        "陈雨桐：11月的助学金，家里说没收到或数不对。三天内给家里回电话；核对时不要说是谁讲的。"
    )
    assert [message.text for message in sms.sent] == ["【微光】有一笔助学金要核实。登录后看消息。"]
    assert notice.subject == subject


def test_a_role_that_ended_before_delivery_drops_the_notice(
    session: Session, now: datetime
) -> None:
    stipend, child_side, _ = a_handed_over(session, now)
    state(session, FactKind.DISPUTED, stipend, now)
    to = a_worker(session)
    notices.queue(session, to, NoticeKind.FAMILY_DISPUTE, f"stipend:{child_side}", now=now)
    grant = session.scalars(select(Grant).where(Grant.account_id == to.id)).one()
    grant.status = GrantStatus.ENDED

    deliver(session)

    notice = the_notice(session)
    assert (notice.status, notice.text) == (NoticeStatus.DROPPED, None)


def test_a_consent_withdrawn_before_delivery_drops_the_news_of_a_match(
    session: Session, now: datetime
) -> None:
    child = a_child(session, a_school(session))
    match = a_match(session, a_pledge(session, PHONE)[0], child)
    to, sms = a_donor(session), Gate()
    notices.queue(session, to, NoticeKind.MATCHED, f"match:{match.donor_ref}", now=now)
    for consent in session.scalars(select(Consent).where(Consent.child_id == child.id)):
        consent.withdrawn_on = today(now)

    deliver(session, sms)

    assert the_notice(session).status is NoticeStatus.DROPPED
    assert sms.sent == []


def test_a_donor_is_told_of_his_match_by_its_code_name(session: Session, now: datetime) -> None:
    match = a_match(session, a_pledge(session, PHONE)[0], a_child(session, a_school(session)))
    to, sms = a_donor(session), Gate()
    notices.queue(session, to, NoticeKind.MATCHED, f"match:{match.donor_ref}", now=now)

    deliver(session, sms)

    assert (
        the_notice(session).text == "和“河边的白桦”结对了，小学。每一笔到了哪一步，这里都看得到。"
    )
    assert [m.text for m in sms.sent] == ["【微光】结对好了。看明细：打开你的专用链接。"]


def test_another_donor_draws_nothing_from_a_match_that_is_not_his(
    session: Session, now: datetime
) -> None:
    match = a_match(session, a_pledge(session, PHONE)[0], a_child(session, a_school(session)))
    other, sms = a_donor(session, "13800000002"), Gate()
    notices.queue(session, other, NoticeKind.MATCHED, f"match:{match.donor_ref}", now=now)

    deliver(session, sms)

    assert the_notice(session).status is NoticeStatus.DROPPED
    assert sms.sent == []


def test_a_family_is_told_without_a_name(session: Session, now: datetime) -> None:
    _, child_side, _ = a_handed_over(session, now)
    child_id = session.scalar(select(Consent.child_id).limit(1))
    to, sms = Recipient(RecipientKind.FAMILY, child_id), Gate()
    notices.queue(session, to, NoticeKind.HANDED_OVER, f"stipend:{child_side}", now=now)

    deliver(session, sms)

    assert [(message.to, message.text) for message in sms.sent] == [
        (
            "13900000001",
            "【微光】11月的助学金，学校说已转交。没收到请打 0470-5551234，或扫签收单上的码。",
        )
    ]


def test_a_family_that_answered_meanwhile_is_not_asked(session: Session, now: datetime) -> None:
    stipend, child_side, _ = a_handed_over(session, now)
    child_id = session.scalar(select(Consent.child_id).limit(1))
    to, sms = Recipient(RecipientKind.FAMILY, child_id), Gate()
    notices.queue(session, to, NoticeKind.HANDED_OVER, f"stipend:{child_side}", now=now)
    state(session, FactKind.CONFIRMED, stipend, now)

    deliver(session, sms)

    assert sms.sent == []
    assert the_notice(session).status is NoticeStatus.DROPPED


def test_a_donor_reads_that_the_family_has_it(session: Session, now: datetime) -> None:
    stipend, _, donor_side = a_handed_over(session, now)
    state(session, FactKind.CONFIRMED, stipend, now)
    to, sms = a_donor(session), Gate()
    notices.queue(session, to, NoticeKind.CONFIRMED, f"stipend:{donor_side}", now=now)

    deliver(session, sms)

    assert the_notice(session).text == "11月的一笔，11月21日家里说收到了。"
    assert [message.text for message in sms.sent] == [
        "【微光】11月的一笔，家里已签收。看明细：打开你的专用链接。"
    ]


def test_the_donors_side_of_a_stipend_says_nothing_to_staff(
    session: Session, now: datetime
) -> None:
    stipend, _, donor_side = a_handed_over(session, now)
    state(session, FactKind.DISPUTED, stipend, now)
    to = a_worker(session)
    notices.queue(session, to, NoticeKind.FAMILY_DISPUTE, f"stipend:{donor_side}", now=now)

    deliver(session)

    assert the_notice(session).status is NoticeStatus.DROPPED


def killed_at(session: Session, moment: str) -> Callable[[Message], Outcome]:
    """A way out in which the process dies before or after the message was taken over."""
    taken: list[Message] = []

    def send(message: Message) -> Outcome:
        if moment == "after":
            taken.append(message)
        raise Killed

    send.taken = taken  # type: ignore[attr-defined]
    return send


@pytest.mark.faults
@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_sms_whose_sender_was_killed_is_never_sent_again(
    session: Session, now: datetime, moment: str
) -> None:
    an_account(session, Role.ADMINISTRATOR, login="root")
    ask_for_link(session, a_donor(session), now)
    dying, later = Gate(), Gate()
    dying.send = killed_at(session, moment)  # type: ignore[method-assign]
    with pytest.raises(Killed):
        deliver(session, dying)
    assert session.scalars(select(Notice.status)).all() == [NoticeStatus.SENDING]

    for minutes in (1, 20, 600):
        with clock.moved_to(now + timedelta(minutes=minutes)):
            deliver(session, later)

    told = session.execute(select(Notice.kind, Notice.status).order_by(Notice.id)).all()
    assert later.sent == []
    assert told == [
        (NoticeKind.PRIVATE_LINK, NoticeStatus.UNCLEAR),
        (NoticeKind.JOB_ALARM, NoticeStatus.DELIVERED),
    ]


@pytest.mark.faults
def test_a_mail_whose_sender_was_killed_is_sent_again_under_the_same_key(
    session: Session, now: datetime
) -> None:
    ask_for_link(session, a_donor(session, "li@example.org"), now)
    dying, later = Gate(), Gate()
    dying.send = killed_at(session, "after")  # type: ignore[method-assign]
    with pytest.raises(Killed):
        deliver(session, mail=dying)

    for minutes in (1, 20, 30, 40):
        with clock.moved_to(now + timedelta(minutes=minutes)):
            deliver(session, mail=later)

    first = dying.send.taken[0]  # type: ignore[attr-defined]
    assert [message.key for message in later.sent] == [first.key]
    assert the_notice(session).status is NoticeStatus.DELIVERED


def test_an_unclear_sms_is_its_own_state_and_final(session: Session, now: datetime) -> None:
    an_account(session, Role.ADMINISTRATOR, login="root")
    ask_for_link(session, a_donor(session), now)
    sms = Gate(Outcome.UNKNOWN)

    deliver(session, sms)
    with clock.moved_to(now + timedelta(hours=3)):
        deliver(session, sms)

    statuses = session.scalars(select(Notice.status).order_by(Notice.id)).all()
    assert (len(sms.sent), statuses[0]) == (1, NoticeStatus.UNCLEAR)


def test_what_fails_is_tried_again_later_and_at_last_told_to_administrators(
    session: Session, now: datetime
) -> None:
    an_account(session, Role.ADMINISTRATOR, login="root")
    ask_for_link(session, a_donor(session), now)
    sms = Gate(*[Outcome.FAILED] * 9)

    tried = []
    for minutes in (0, 4, 5, 34, 36, 156, 157, 700, 1300):
        with clock.moved_to(now + timedelta(minutes=minutes)):
            deliver(session, sms)
        tried.append(len(sms.sent))

    rows = session.execute(select(Notice.kind, Notice.status, Notice.text).order_by(Notice.id))
    assert tried == [1, 1, 2, 2, 3, 4, 4, 5, 5]
    assert rows.all() == [
        (NoticeKind.PRIVATE_LINK, NoticeStatus.FAILED, None),
        (
            NoticeKind.JOB_ALARM,
            NoticeStatus.DELIVERED,
            "通知：有几条没送出去。请看“运行状况”。",
        ),
    ]


def test_a_refused_address_fails_at_once(session: Session, now: datetime) -> None:
    ask_for_link(session, a_donor(session), now)
    sms = Gate(Outcome.REFUSED)

    deliver(session, sms)

    assert the_notice(session).status is NoticeStatus.FAILED


def test_what_is_36_hours_late_waits_for_one_persons_release(
    session: Session, now: datetime
) -> None:
    an_account(session, Role.PAYING_DESK, login="desk")
    desk = viewer(Role.PAYING_DESK)
    to, sms = a_donor(session), Gate()
    for rung in range(3):
        ask_for_link(session, to, now, rung)
    ask_for_link(session, to, now + timedelta(hours=30), rung=3)

    monday = now + timedelta(hours=48)
    with clock.moved_to(monday):
        deliver(session, sms)
        deliver(session, sms)
        on_time = len(sms.sent)
        waiting = inbox.late(session, desk)
        digests = session.scalars(
            select(Notice.text).where(Notice.kind == NoticeKind.LATE_RELEASE)
        ).all()
        freed = inbox.release_held(session, desk, now=monday)
        deliver(session, sms)

    assert (on_time, waiting, freed) == (1, {NoticeKind.PRIVATE_LINK: 3}, 3)
    assert digests == [
        "有 3 条通知晚了 36 小时以上，先停着没发。由拨付岗在消息页核对后一次放行，或者不发了。"
    ]
    assert len(sms.sent) == 4


def test_what_is_late_may_also_be_left_unsent(session: Session, now: datetime) -> None:
    desk, sms = viewer(Role.PAYING_DESK), Gate()
    ask_for_link(session, a_donor(session), now)
    with clock.moved_to(now + timedelta(hours=37)):
        deliver(session, sms)
        dropped = inbox.drop_held(session, desk, now=clock.now())
        deliver(session, sms)

    assert (dropped, sms.sent) == (1, [])
    assert the_notice(session).status is NoticeStatus.DROPPED


def test_only_the_paying_desk_releases(session: Session, now: datetime) -> None:
    with pytest.raises(NotPermitted):
        inbox.release_held(session, viewer(Role.CASE_WORKER), now=now)


def test_an_inbox_is_its_owners_alone(session: Session, now: datetime) -> None:
    to, other = a_worker(session), a_worker(session, login="li")
    subject = "job:stipends:2026-11-21:silent"
    notices.queue(session, to, NoticeKind.JOB_ALARM, subject, now=now)
    deliver(session)
    owner = viewer(Role.CASE_WORKER, account_id=to.id)
    stranger = viewer(Role.CASE_WORKER, account_id=other.id)

    card = inbox.messages(session, owner)[0]

    assert dict(card) == {
        "ref": card["ref"],
        "kind": NoticeKind.JOB_ALARM,
        "subject": subject,
        "text": "每天的助学金：到点没有跑。请看“运行状况”。",
        "inbox_at": now,
        "read_at": None,
        "title": "定时任务要看一下",
    }
    assert (inbox.unread(session, owner), inbox.unread(session, stranger)) == (1, 0)
    assert inbox.messages(session, stranger) == []
    with pytest.raises(NotFound):
        inbox.mark_read(session, stranger, card["ref"], now=now)
    inbox.mark_read(session, owner, card["ref"], now=now)
    assert inbox.unread(session, owner) == 0


def test_reading_all_leaves_others_messages_unread(session: Session, now: datetime) -> None:
    to, other = a_worker(session), a_worker(session, login="li")
    for one in (to, other):
        notices.queue(session, one, NoticeKind.JOB_ALARM, "job:stipends:1:silent", now=now)
    deliver(session)

    marked = inbox.mark_all_read(session, viewer(Role.CASE_WORKER, account_id=to.id), now=now)

    assert marked == 1
    assert inbox.unread(session, viewer(Role.CASE_WORKER, account_id=other.id)) == 1


def test_every_kind_of_notice_has_a_text() -> None:
    spoken = {kind for texts in TEXTS.values() for kind in texts}

    assert spoken == set(NoticeKind)


def test_every_subject_that_may_be_queued_can_be_drawn() -> None:
    assert set(drawing._SOURCES) == notices.SUBJECTS


def _placeholders(text: str | None) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text or "") if name}


def test_what_donors_read_on_a_lock_screen_names_no_child_school_or_sum() -> None:
    names = set().union(*(_placeholders(t.outside) for t in TEXTS[RecipientKind.DONOR].values()))

    assert names <= {"month", "effective", "link"}


def test_what_families_and_staff_read_on_a_lock_screen_names_nobody() -> None:
    families = TEXTS[RecipientKind.FAMILY].values()
    staff = TEXTS[RecipientKind.ACCOUNT].values()

    assert all("child" not in _placeholders(t.outside) for t in (*families, *staff))
    assert all("memo" not in _placeholders(t.outside) for t in staff)


def test_an_sms_fits_into_two_parts() -> None:
    longest = {"link": "https://weiguang.example.org/d/" + "X" * 32, "month": "12月"}
    filler = {"hand_over_by": "12月31日", "batch_month": "12月", "hotline": "0470-1234567"}
    filler |= {"effective": "12月31日", "code": "123456", "hand": "学校"}
    filler |= {"job": "每天的助学金", "trouble": "该办的没有都办"}
    texts = [t.outside for kinds in TEXTS.values() for t in kinds.values() if t.outside]

    assert [t for t in texts if len(t.format(**longest, **filler)) > 134] == []
    assert all(re.match("【微光】", t) for t in texts)


def test_the_stipend_run_asks_each_donor_once_for_what_no_money_covers(
    session: Session, now: datetime
) -> None:
    pledge, _ = a_pledge(session, PHONE)
    school = a_school(session)
    for name in ("甲", "乙"):
        a_match(session, pledge, a_child(session, school, name=name))
    session.commit()

    told = []
    for _ in range(2):
        run = Run(session, "stipends", period=today(now))
        run.execute(open_and_fund)
        told.append(run.notices)

    assert told == [1, 0]
    assert session.scalars(select(Notice.kind)).all() == [NoticeKind.PAYMENT_DUE]


def test_whoever_hands_over_is_told_that_the_money_is_on_the_way(
    session: Session, now: datetime
) -> None:
    pledge, reference = a_pledge(session, PHONE)
    school = a_school(session)
    a_match(session, pledge, a_child(session, school))
    an_account(session, Role.SCHOOL_OFFICER, login="teacher", organisation_id=school.id)
    other = a_school(session, name="别的学校")
    an_account(session, Role.SCHOOL_OFFICER, login="other", organisation_id=other.id)
    line = BankLine(reference, Fen(30_000), today(now))
    receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=now)
    session.commit()
    Run(session, "stipends", period=today(now)).execute(open_and_fund)
    batch = session.scalars(select(Batch)).one()
    batches.send(session, viewer(Role.PAYING_DESK), batch.ref, now=now)

    deliver(session)

    sent = select(Notice.text).where(Notice.kind == NoticeKind.BATCH_SENT)
    assert session.scalars(sent).all() == [
        f"11月的助学金已拨付，备注 {batch.memo}，共 3 位。请在12月5日前转交。"
    ]
