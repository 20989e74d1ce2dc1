"""Who lost his standing between queueing and delivery gets nothing; nor does a donor who died."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.children import Child
from services.notices import notices
from services.pledges import changes
from services.vault import vault
from tests.factories import OTHER_BANNER, a_pledge, viewer
from tests.services.outbox import (
    PHONE,
    Gate,
    a_donor,
    a_handed_over,
    a_worker,
    deliver,
    state,
    the_notice,
)
from vocabulary import clock
from vocabulary.enums import (
    AccountStatus,
    FactKind,
    GrantStatus,
    NoticeKind,
    NoticeStatus,
    Role,
    StopReason,
)


def role_ends(session: Session, account: Account) -> None:
    grant = session.scalars(select(Grant).where(Grant.account_id == account.id)).one()
    grant.status = GrantStatus.ENDED


def account_ends(_session: Session, account: Account) -> None:
    account.status = AccountStatus.ENDED


def account_is_locked(_session: Session, account: Account) -> None:
    account.status = AccountStatus.LOCKED


def child_moves_away(session: Session, _account: Account) -> None:
    child = session.scalars(select(Child)).one()
    child.banner_code = child.region_code = OTHER_BANNER


@pytest.mark.parametrize("loses", [role_ends, account_ends, account_is_locked, child_moves_away])
def test_who_lost_his_standing_before_delivery_gets_nothing(
    session: Session, now: datetime, loses
) -> None:
    stipend, child_side, _ = a_handed_over(session, now)
    state(session, FactKind.DISPUTED, stipend, now)
    to, sms, mail = a_worker(session, phone="13900000009"), Gate(), Gate()
    notices.queue(session, to, NoticeKind.FAMILY_DISPUTE, f"stipend:{child_side}", now=now)
    loses(session, session.get_one(Account, to.id))

    deliver(session, sms, mail)

    notice = the_notice(session)
    assert (notice.status, notice.text, notice.sent_text) == (NoticeStatus.DROPPED, None, None)
    assert sms.sent == mail.sent == []


def test_who_keeps_it_is_told(session: Session, now: datetime) -> None:
    """The same as above without the loss: so that the test above can fail."""
    stipend, child_side, _ = a_handed_over(session, now)
    state(session, FactKind.DISPUTED, stipend, now)
    to, sms = a_worker(session, phone="13900000009"), Gate()
    notices.queue(session, to, NoticeKind.FAMILY_DISPUTE, f"stipend:{child_side}", now=now)

    deliver(session, sms)

    assert "陈雨桐" in (the_notice(session).text or "")
    assert len(sms.sent) == 1


@pytest.mark.parametrize("reason", [StopReason.DIED, StopReason.MONEY])
def test_a_donor_who_died_is_written_to_no_more_from_that_hour_on(
    session: Session, now: datetime, reason: StopReason
) -> None:
    """By whatever pledge it was said, also before the stop takes effect."""
    first, second = a_pledge(session, PHONE)[0], a_pledge(session, PHONE)[0]
    to, sms = a_donor(session), Gate()
    me = viewer(Role.DONOR, donor_id=to.id, actor=f"donor:{vault.donor_ref_of(session, to.id)}")
    subject = f"pledge:{second.donor_ref}"
    notices.queue(session, to, NoticeKind.PLEDGE_CONFIRMED, subject, now=now)
    changes.stop(session, me, first.donor_ref, reason=reason, now=clock.now())

    deliver(session, sms)

    notice = the_notice(session)
    is_told = reason is not StopReason.DIED
    assert len(sms.sent) == is_told
    assert (notice.text is not None) == is_told
    assert (notice.status is NoticeStatus.DELIVERED) == is_told
