"""A guardian takes a consent back herself: asked once more, from today, in one transaction."""

from datetime import date

import pytest
from sqlalchemy import select

from extensions import db
from models.children import Child, Consent
from models.harm import HarmAccused, HarmReport
from models.listings import ListedChild
from models.notices import Notice
from models.trace import OrdinaryEntry
from services import gate
from services.guardians import guardian_consents
from services.letters import letter_links
from services.vault import vault
from tests.factories import a_child, a_list, a_match, a_pledge, a_school, an_account, viewer
from tests.web.test_guardian_file import mark_of, page
from vocabulary.enums import Called, ChildStatus, Complained, NoticeKind, Purpose, Role
from vocabulary.errors import NoConsent, NotFound

CONSENTS = "/family/file/consents"


@pytest.fixture
def child(app, session):
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)
    an_account(session, Role.CASE_WORKER, login="wulan")
    child = a_child(session, a_school(session), status=ChildStatus.SUPPORTED)
    session.commit()
    return child


@pytest.fixture
def guardian(client, session, child, now):
    token = letter_links.make(session, viewer(Role.ENGINE), f"letters:{child.ref}", now=now)
    session.commit()
    client.get(f"/p/{token}")
    return client


def press(client, purpose, act):
    said = {"purpose": purpose, "act": act, "mark": mark_of(page(client, CONSENTS))}
    return client.post(CONSENTS, data=said)


def standing(session, child):
    own = (Consent.child_id == child.id, Consent.withdrawn_on.is_(None))
    return set(session.scalars(select(Consent.purpose).where(*own)))


def test_she_is_told_what_follows_before_anything_ends(guardian, session, child) -> None:
    answer = press(guardian, "sponsorship", "look")

    assert "收回“接受资助”的同意？" in answer.text
    assert "孩子马上不再给捐赠人看" in answer.text
    assert "已经到日子的钱照样给" in answer.text
    assert standing(session, child) == {Purpose.CASE_FILE, Purpose.SPONSORSHIP}


def test_the_second_press_takes_the_child_out_of_the_donors_view(
    guardian, session, child, now
) -> None:
    pledge = a_pledge(session)[0]
    a_match(session, pledge, child)
    for _ in range(9):
        a_child(session)
    a_list(session, now=now)
    donor = viewer(
        Role.DONOR, regions=(), actor="donor:x", donor_id=vault.donor_of_pledge(session, pledge.id)
    )
    own = select(ListedChild.id).where(ListedChild.child_id == child.id)
    session.commit()
    assert session.scalars(own).all() != []

    answer = press(guardian, "sponsorship", "yes")

    assert answer.status_code == 303
    assert standing(session, child) == {Purpose.CASE_FILE}
    assert session.scalars(own).all() == []
    assert gate.cards(session, donor, Child) == []
    assert "已经收回的" in page(guardian, CONSENTS)


def test_without_the_files_consent_no_other_goes_on(guardian, session, child) -> None:
    session.add(
        Consent(
            child_id=child.id, purpose=Purpose.LETTERS, version="1", given_on=date(2026, 1, 5),
            recorded_by="x",
        )
    )  # fmt: skip
    session.commit()

    press(guardian, "case_file", "yes")

    assert standing(session, child) == set()
    assert "没有可以收回的" in page(guardian, CONSENTS)


def test_the_case_staff_hear_of_it_and_the_record_says_whose_link_it_was(
    guardian, session, child, now
) -> None:
    press(guardian, "sponsorship", "yes")

    told = session.scalars(
        select(Notice.subject).where(Notice.kind == NoticeKind.CONSENT_TAKEN_BACK)
    ).all()
    entry = session.scalars(
        select(OrdinaryEntry).where(OrdinaryEntry.act == "consent.withdraw")
    ).one()
    assert len(told) == 1
    assert told[0].startswith("consent:")
    assert (entry.actor, entry.why) == (f"family:{child.ref}", "sponsorship")
    assert entry.detail["behind"]
    assert "收回一项同意" in page(guardian, "/family/activity")
    worker = viewer(Role.CASE_WORKER)
    facts = guardian_consents.notice_facts(session, worker, told[0].partition(":")[2], now)
    assert facts == {"child": child.name, "purpose": "接受资助"}


def test_whom_a_report_names_hears_nothing_of_it(guardian, session, child, now) -> None:
    worker = viewer(Role.CASE_WORKER)
    report = HarmReport(
        child_id=child.id, called=next(iter(Called)), reported_by="x", reported_at=now
    )
    session.add(report)
    session.flush()
    session.add(
        HarmAccused(
            report_id=report.id, whom=Complained.OFFICE, actor=worker.actor, named_by="x",
            named_at=now,
        )
    )  # fmt: skip
    session.commit()

    press(guardian, "sponsorship", "yes")

    consent = session.scalars(select(Consent).where(Consent.withdrawn_on.is_not(None))).one()
    with pytest.raises(NotFound):
        guardian_consents.notice_facts(session, worker, consent.ref, now)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "请选一项"),
        ({"purpose": "letters"}, "这一项已经收回了"),
        ({"purpose": "nonsense"}, "这一项已经收回了"),
    ],
)
def test_nothing_chosen_or_nothing_agreed_to_is_said_and_ends_nothing(
    guardian, session, child, said, words
) -> None:
    mark = mark_of(page(guardian, CONSENTS))

    answer = guardian.post(CONSENTS, data=said | {"act": "yes", "mark": mark})

    assert answer.status_code == 200
    assert words in answer.text
    assert standing(session, child) == {Purpose.CASE_FILE, Purpose.SPONSORSHIP}


def test_a_page_of_another_childs_link_takes_nothing_back(guardian, session, child, now) -> None:
    old = mark_of(page(guardian, CONSENTS))
    other = a_child(session, name="别家的孩子")
    token = letter_links.make(session, viewer(Role.ENGINE), f"letters:{other.ref}", now=now)
    session.commit()
    guardian.get(f"/p/{token}")

    answer = guardian.post(CONSENTS, data={"purpose": "sponsorship", "act": "yes", "mark": old})

    assert answer.status_code == 303
    assert standing(session, other) == {Purpose.CASE_FILE, Purpose.SPONSORSHIP}


def test_a_slip_which_a_school_prints_takes_nothing_back(session, child, now) -> None:
    slip = viewer(Role.FAMILY, actor=f"family:{child.ref}", child_id=child.id, stipend_id=1)

    with pytest.raises(NotFound):
        guardian_consents.take_back(session, slip, Purpose.SPONSORSHIP, now=now)


def test_twice_is_refused(session, child, now) -> None:
    family = viewer(Role.FAMILY, actor=f"family:{child.ref}", child_id=child.id)
    guardian_consents.take_back(session, family, Purpose.SPONSORSHIP, now=now)

    with pytest.raises(NoConsent):
        guardian_consents.take_back(session, family, Purpose.SPONSORSHIP, now=now)
