"""A notice's words: drawn at delivery through the gate, with the eyes its recipient has then."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.children import Consent
from models.notices import AccessLink
from services import links
from services.notices import notices
from services.notices.notices import Recipient
from tests.factories import a_child, a_match, a_pledge, a_school
from tests.services.outbox import (
    PHONE,
    Gate,
    a_donor,
    a_handed_over,
    a_worker,
    ask_for_link,
    deliver,
    state,
    the_notice,
)
from vocabulary.dates import today
from vocabulary.enums import (
    FactKind,
    NoticeKind,
    NoticeStatus,
    RecipientKind,
)


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

    assert the_notice(session).text == "和“河边的白桦”结对了。每一笔到了哪一步，这里都看得到。"
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
