"""The custodian's desk: asked by one, agreed by another, shown once, told to the donor (law 7)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateways.uploads import LocalFiles
from models.custody import CustodyRequest
from models.notices import Notice
from models.trace import CustodianEntry, OrdinaryEntry
from models.vault import VaultKey
from privacy import viewers
from services.custody import custody_desk, custody_requests
from services.custody.custody_requests import NewRequest
from services.vault import vault
from tests.factories import a_pledge, viewer
from tests.services.test_uploads import a_photo
from vocabulary.enums import AskedFor, CustodyReason, CustodyStatus, NoticeKind, RecipientKind, Role
from vocabulary.errors import (
    ActedBefore,
    AlreadyDecided,
    BadInput,
    Lapsed,
    NotFound,
    NotPermitted,
    ShownBefore,
)

ONE = viewer(Role.CUSTODIAN, actor="account:one")
OTHER = viewer(Role.CUSTODIAN, actor="account:other")
CONTACT = "13800000001"


@pytest.fixture
def files(tmp_path) -> LocalFiles:
    return LocalFiles(tmp_path / "uploads")


def ask(session: Session, handle: str, files: LocalFiles, now: datetime, **more) -> str:
    values = {"asked_for": AskedFor.CUSTODIAN, "reason": CustodyReason.WRONG_PAYMENT} | more
    return custody_requests.ask(session, ONE, NewRequest(handle, **values), files=files, now=now)


def test_an_identity_is_shown_once_to_who_asked_after_another_agreed(session, files, now) -> None:
    pledge, reference = a_pledge(session, CONTACT)
    ref = ask(session, pledge.code, files, now)

    with pytest.raises(AlreadyDecided):
        custody_requests.show(session, ONE, ref, now=now)
    custody_requests.agree(session, OTHER, ref, now=now)
    with pytest.raises(NotFound):
        custody_requests.show(session, OTHER, ref, now=now)
    seen = custody_requests.show(session, ONE, ref, now=now)

    assert (seen.pledge_code, seen.payment_reference, seen.contact) == (
        pledge.code,
        reference,
        CONTACT,
    )
    with pytest.raises(ShownBefore) as again:
        custody_requests.show(session, ONE, ref, now=now + timedelta(hours=1))
    assert f"{again.value.params['on']}" == "2026-11-21"


def test_a_payment_reference_leads_to_the_same_pledge(session, files, now) -> None:
    pledge, reference = a_pledge(session, CONTACT)
    ref = ask(session, f" {reference.lower()} ", files, now)
    custody_requests.agree(session, OTHER, ref, now=now)

    assert custody_requests.show(session, ONE, ref, now=now).pledge_code == pledge.code


def test_nobody_agrees_to_what_he_asked(session, files, now) -> None:
    ref = ask(session, a_pledge(session)[0].code, files, now)

    for act in (
        lambda: custody_requests.agree(session, ONE, ref, now=now),
        lambda: custody_requests.decline(session, ONE, ref, because="x", now=now),
    ):
        with pytest.raises(ActedBefore):
            act()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CUSTODIAN}))
def test_nobody_but_a_custodian_asks_reads_or_agrees(session, files, now, role) -> None:
    ref = ask(session, a_pledge(session)[0].code, files, now)
    stranger = viewer(role, actor="account:stranger")

    for act in (
        lambda: custody_desk.requests(session, stranger, now=now),
        lambda: custody_desk.request(session, stranger, ref, now=now),
        lambda: custody_requests.agree(session, stranger, ref, now=now),
        lambda: custody_requests.show(session, stranger, ref, now=now),
    ):
        with pytest.raises((NotPermitted, NotFound)):
            act()


def test_a_refusal_needs_a_reason_and_ends_the_request(session, files, now) -> None:
    ref = ask(session, a_pledge(session)[0].code, files, now)

    with pytest.raises(BadInput):
        custody_requests.decline(session, OTHER, ref, because="", now=now)
    custody_requests.decline(session, OTHER, ref, because="事由不成立", now=now)

    assert custody_desk.request(session, ONE, ref, now=now)["decided_because"] == "事由不成立"
    with pytest.raises(AlreadyDecided):
        custody_requests.agree(session, OTHER, ref, now=now)
    with pytest.raises(AlreadyDecided):
        custody_requests.show(session, ONE, ref, now=now)


def test_72_hours_after_the_agreement_it_is_too_late_to_look(session, files, now) -> None:
    ref = ask(session, a_pledge(session)[0].code, files, now)
    custody_requests.agree(session, OTHER, ref, now=now)
    late = now + timedelta(hours=72)

    with pytest.raises(Lapsed):
        custody_requests.show(session, ONE, ref, now=late)
    assert custody_desk.request(session, ONE, ref, now=late)["stands"] is CustodyStatus.LAPSED
    assert custody_requests.lapse(session, viewers.engine(), now=late) == 1
    assert session.scalars(select(CustodyRequest.status)).one() is CustodyStatus.LAPSED


def test_a_request_that_nobody_decides_lapses_after_a_week(session, files, now) -> None:
    ref = ask(session, a_pledge(session)[0].code, files, now)
    late = now + timedelta(days=7)

    with pytest.raises(Lapsed):
        custody_requests.agree(session, OTHER, ref, now=late)
    assert custody_requests.lapse(session, viewers.engine(), now=late - timedelta(hours=1)) == 0
    assert custody_requests.lapse(session, viewers.engine(), now=late) == 1


def test_every_step_is_a_mark_in_the_custodians_chain_and_none_in_the_other(
    session, files, now
) -> None:
    ref = ask(session, a_pledge(session)[0].code, files, now)
    custody_requests.agree(session, OTHER, ref, now=now)
    custody_requests.show(session, ONE, ref, now=now)

    marks = session.execute(select(CustodianEntry.actor, CustodianEntry.act, CustodianEntry.why))
    assert [tuple(mark) for mark in marks] == [
        (ONE.actor, "custody.ask", "wrong_payment"),
        (OTHER.actor, "custody.agree", "wrong_payment"),
        (ONE.actor, "custody.show", "wrong_payment"),
    ]
    assert session.scalars(select(OrdinaryEntry.act)).all() == []


def test_the_donor_hears_of_it_when_it_was_shown_and_not_before(session, files, now) -> None:
    pledge, _ = a_pledge(session)
    ref = ask(session, pledge.code, files, now)
    custody_requests.agree(session, OTHER, ref, now=now)
    told = select(Notice.recipient_id).where(Notice.kind == NoticeKind.IDENTITY_SHOWN)
    donor_id = vault.donor_of_pledge(session, pledge.id)
    donor = viewer(Role.DONOR, donor_id=donor_id)
    assert session.scalars(told).all() == []
    with pytest.raises(NotFound):
        custody_desk.notice_facts(session, donor, ref, now)

    custody_requests.show(session, ONE, ref, now=now)

    assert session.scalars(told.where(Notice.recipient_kind == RecipientKind.DONOR)).all() == [
        donor_id
    ]
    facts = custody_desk.notice_facts(session, donor, ref, now)
    assert facts == {"why": "钱打错了，要退回", "shown": "11月21日"}


def test_another_donor_learns_nothing_of_it(session, files, now) -> None:
    pledge, _ = a_pledge(session)
    ref = ask(session, pledge.code, files, now)
    custody_requests.agree(session, OTHER, ref, now=now)
    custody_requests.show(session, ONE, ref, now=now)
    other = vault.donor_of_pledge(session, a_pledge(session, "13800000009")[0].id)

    with pytest.raises(NotFound):
        custody_desk.notice_facts(session, viewer(Role.DONOR, donor_id=other), ref, now)


def test_the_identity_is_kept_nowhere_beside_the_vault(session, files, now) -> None:
    ref = ask(session, a_pledge(session, CONTACT)[0].code, files, now)
    custody_requests.agree(session, OTHER, ref, now=now)
    custody_requests.show(session, ONE, ref, now=now)

    rows = session.execute(select(CustodyRequest.__table__)).mappings().one()
    marks = session.execute(select(CustodianEntry.__table__)).mappings().all()
    assert CONTACT not in f"{dict(rows)}{[dict(mark) for mark in marks]}"


def test_a_forgotten_donor_has_no_identity_left(session, files, now) -> None:
    pledge, _ = a_pledge(session, CONTACT)
    ref = ask(session, pledge.code, files, now)
    custody_requests.agree(session, OTHER, ref, now=now)
    session.execute(VaultKey.__table__.delete())

    seen = custody_requests.show(session, ONE, ref, now=now)

    assert (seen.contact, seen.contact_kind) == ("", None)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"asked_for": AskedFor.AUTHORITY}, "document"),
        ({"reason": CustodyReason.OTHER}, "words"),
        ({"document": b"MZ not a paper"}, "document"),
    ],
)
def test_a_request_without_its_grounds_is_refused(session, files, now, more, field) -> None:
    pledge, _ = a_pledge(session)

    with pytest.raises(BadInput) as refusal:
        ask(session, pledge.code, files, now, **more)

    assert refusal.value.params["field"] == field
    assert list(files.names()) == []


def test_a_code_that_stands_for_nothing_is_refused(session, files, now) -> None:
    with pytest.raises(BadInput):
        ask(session, "NOTHING", files, now)


@pytest.mark.parametrize(
    ("content", "media_type"), [(b"%PDF-1.7 a ruling", "application/pdf"), (None, "image/jpeg")]
)
def test_a_legal_paper_is_kept_sealed_and_given_to_custodians(
    session, files, now, content, media_type
) -> None:
    paper = content or a_photo()
    ref = ask(session, a_pledge(session)[0].code, files, now, document=paper)

    kind, given = custody_desk.paper(session, OTHER, ref, files=files)

    assert kind == media_type
    assert given == content if content else given.startswith(b"\xff\xd8")
    (name,) = files.names()
    assert given not in (files.folder / name).read_bytes()
    with pytest.raises(NotPermitted):
        custody_desk.paper(session, viewer(Role.APPROVER), ref, files=files)


def test_the_same_request_twice_is_one(session, files, now) -> None:
    pledge, _ = a_pledge(session)

    assert ask(session, pledge.code, files, now) == ask(session, pledge.code, files, now)


def test_asking_by_code_and_by_reference_does_not_say_whether_they_are_one(
    session, files, now
) -> None:
    pledge, own = a_pledge(session, CONTACT)
    _, others = a_pledge(session, "13800000002")

    refs = {ask(session, handle, files, now) for handle in (pledge.code, own, others)}

    assert len(refs) == 3


def test_a_request_shown_by_two_at_once_is_shown_to_one(session, files, now) -> None:
    ref = ask(session, a_pledge(session)[0].code, files, now)
    custody_requests.agree(session, OTHER, ref, now=now)
    held = session.scalars(select(CustodyRequest)).one()
    assert held.status is CustodyStatus.AGREED
    session.execute(
        update(CustodyRequest)
        .values(status=CustodyStatus.SHOWN)
        .execution_options(synchronize_session=False)
    )

    with pytest.raises(AlreadyDecided):
        custody_requests.show(session, ONE, ref, now=now)
