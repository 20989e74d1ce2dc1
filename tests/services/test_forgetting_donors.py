"""A donor asks to be forgotten, or has died: what becomes of his money, and that nothing is left."""

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from jobs import outbox
from jobs.run import Run
from models.ledger import Posting, Receipt
from models.naming import PledgeNaming
from models.notices import AccessLink, Notice
from models.pledges import Pledge, PledgeChange
from models.trace import CustodianEntry, OrdinaryEntry
from models.vault import Donor, VaultContact, VaultKey, VaultName
from privacy import viewers
from services import links
from services.books import receipts
from services.books.receipts import BankLine
from services.checking import checks
from services.links import Subject
from services.pledges import pledges, taking_effect
from services.pledges.pledges import PledgeTerms
from services.upkeep import backup
from services.upkeep.backup import Places, Wish
from services.vault import forgetting_donors, vault
from services.vault.forgetting_donors import Ending
from tests.factories import a_child, a_match, a_school, viewer
from vocabulary.dates import at
from vocabulary.enums import (
    LinkPurpose,
    Naming,
    PledgeEnd,
    PledgeStatus,
    Rhythm,
    Role,
)
from vocabulary.errors import LinkExpired, NotFound
from vocabulary.money import Fen

CONTACT, NAME = "13812345678", "王小明"
SEPTEMBER = date(2026, 9, 1)
KEY, CONSOLE = b"k" * 32, viewers.console()
CUSTODIAN = viewer(Role.CUSTODIAN)


def given(session: Session, *, months: int, is_matched: bool = True, **more):
    """A named donor's pledge, so many months paid; matched to a child since September."""
    terms = PledgeTerms(
        instalment_fen=Fen(10_000),
        rhythm=Rhythm.MONTH,
        not_relative=True,
        naming=Naming.NAMED,
        name=NAME,
        **more,
    )
    made = pledges.offer(session, terms, CONTACT, now=at(SEPTEMBER))
    pledge = session.scalars(select(Pledge).where(Pledge.donor_ref == made.ref)).one()
    if months:
        line = BankLine(
            f"{NAME}转来 {made.reference}", Fen(months * 10_000), SEPTEMBER, payer_name=NAME
        )
        receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=at(SEPTEMBER))
    if is_matched:
        a_match(session, pledge, a_child(session, a_school(session)), starts_on=date(2026, 12, 1))
    session.flush()
    return pledge


def me(session: Session) -> viewers.Viewer:
    donor_id = vault.find_donor_by_contact(session, CONTACT)
    ref = vault.donor_ref_of(session, donor_id)
    return viewer(Role.DONOR, actor=f"donor:{ref}", donor_id=donor_id)


def link(session, now, **subject) -> str:
    purpose = LinkPurpose.DONOR_HOME
    return links.make(session, viewers.engine(), purpose, Subject(**subject), now=now)


def the_change(session: Session) -> PledgeChange:
    return session.scalars(select(PledgeChange)).one()


def test_what_is_paid_is_given_first_and_the_pledge_ends_when_it_is_used_up(session, now):
    given(session, months=3)
    (said,) = forgetting_donors.outlook(session, me(session), now=now)

    forgetting_donors.forget(session, me(session), now=now)

    assert (said.ending, said.on) == (Ending.PAID_OUT, date(2027, 3, 1))
    assert the_change(session).effective_on == date(2027, 3, 1)


def test_without_money_a_pledge_ends_on_its_next_due_day(session, now):
    pledge = given(session, months=0)
    forgetting_donors.forget(session, me(session), now=now)

    taking_effect.apply_changes(session, viewers.engine(), on=date(2026, 12, 1), now=now)

    assert the_change(session).effective_on == date(2026, 12, 1)
    assert pledge.status is PledgeStatus.ENDED


def test_a_pledge_that_still_waits_for_its_child_gives_exactly_what_was_paid(session, now):
    pledge = given(session, months=7, is_matched=False)
    (said,) = forgetting_donors.outlook(session, me(session), now=now)

    forgetting_donors.forget(session, me(session), now=now)

    assert (said.ending, said.times) == (Ending.COUNTED, 7)
    assert (pledge.until, pledge.until_count) == (PledgeEnd.COUNT, 7)
    assert pledge.status is PledgeStatus.CONFIRMED
    assert session.scalars(select(PledgeChange)).all() == []


def test_a_counted_pledge_is_never_made_longer(session, now):
    pledge = given(session, months=7, is_matched=False, until=PledgeEnd.COUNT, until_count=5)

    forgetting_donors.forget(session, me(session), now=now)

    assert pledge.until_count == 5


def test_nothing_is_left_of_him_but_codes_and_the_books(session, now):
    given(session, months=3)
    him = me(session)
    token = link(session, now, donor_id=him.donor_id)
    session.commit()
    Run(session, "notices", period=now.date()).execute(outbox.deliver)
    books = session.scalars(select(Posting.amount).order_by(Posting.id)).all()

    forgetting_donors.forget(session, him, now=now)
    session.expire_all()

    for table in (VaultContact, VaultKey, VaultName):
        assert session.scalars(select(table)).all() == []
    assert session.get_one(Donor, him.donor_id).forgotten_on == now.date()
    assert vault.find_donor_by_contact(session, CONTACT) is None
    with pytest.raises(NotFound):
        vault.contact_of(session, him.donor_id)
    with pytest.raises(LinkExpired):
        links.open_donor(session, token, now=now)
    assert {row.revoked_at for row in session.scalars(select(AccessLink))} == {now}
    notices_kept = session.scalars(select(Notice)).all()
    assert notices_kept
    assert {(row.text, row.sent_text) for row in notices_kept} == {(None, None)}
    (receipt,) = session.scalars(select(Receipt)).all()
    assert receipt.payer_name is None
    assert NAME not in receipt.payment_reference
    assert session.scalars(select(Posting.amount).order_by(Posting.id)).all() == books
    assert {row.waiver for row in session.scalars(select(PledgeNaming))} == {None}


def test_the_remark_that_held_his_name_gives_way_to_the_code(session, now):
    pledge = given(session, months=0)
    reference = vault.reference_of(session, pledge.id)
    desk = viewer(Role.COLLECTING_DESK)
    unmatched = receipts.record(
        session, desk, BankLine(f"{NAME}捐款", Fen(10_000), SEPTEMBER), now=now
    )
    receipts.assign(session, desk, unmatched["ref"], reference, now=now)
    session.flush()
    kept = session.execute(text("SELECT payment_reference, remark FROM receipts")).one()
    assert kept.payment_reference == ""
    assert NAME.encode() not in kept.remark
    assert receipts.one(session, desk, unmatched["ref"])["remark"] == f"{NAME}捐款"

    forgetting_donors.forget(session, me(session), now=now)
    session.expire_all()

    stands = session.execute(select(Receipt.payment_reference, Receipt.remark)).all()
    assert stands == [(reference, None)]


@pytest.mark.sqlite_only
def test_the_bytes_of_the_file_lose_him_too(app, session, now):
    given(session, months=1)
    him = me(session)
    session.commit()
    sealed = session.scalars(select(VaultContact.value)).one()
    wrapped = session.scalars(select(VaultKey.wrapped)).one()

    forgetting_donors.forget(session, him, now=now)
    session.commit()
    session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    session.rollback()

    file = Path(app.instance_path) / "weiguang.db"
    left = file.read_bytes()
    assert sealed not in left
    assert wrapped not in left


def test_another_donors_things_stay(session, now):
    given(session, months=1)
    other = vault.register(session, "13900000077", now=now)

    forgetting_donors.forget(session, me(session), now=now)

    assert vault.contact_of(session, other)[1] == "13900000077"


def test_the_link_of_one_pledge_forgets_nobody(session, now):
    pledge = given(session, months=1)
    phone = viewer(Role.DONOR, actor="donor:D", donor_id=me(session).donor_id, pledge_id=pledge.id)

    with pytest.raises(NotFound):
        forgetting_donors.forget(session, phone, now=now)

    assert vault.find_donor_by_contact(session, CONTACT) is not None


def test_the_act_stands_in_the_custodians_chain_alone(session, now):
    given(session, months=1)
    him, before = me(session), len(session.scalars(select(OrdinaryEntry)).all())

    forgetting_donors.forget(session, him, now=now)

    last = session.scalars(select(CustodianEntry).order_by(CustodianEntry.seq.desc())).first()
    assert (last.act, last.subject) == ("donor.forget", him.actor)
    assert len(session.scalars(select(OrdinaryEntry)).all()) == before


@pytest.fixture
def places(app, tmp_path: Path) -> Places:
    instance = Path(app.instance_path)
    return Places(instance / "weiguang.db", instance / "uploads", tmp_path / "backups")


@pytest.mark.sqlite_only
def test_an_older_backup_does_not_bring_him_back(session, places, now, tmp_path):
    given(session, months=1)
    him = me(session)
    other = vault.register(session, "13900000077", now=now)
    session.commit()
    old = backup.make(places, CONSOLE, key=KEY, now=now)
    forgetting_donors.forget(session, him, now=now + timedelta(days=9))
    session.commit()
    session.rollback()
    backup.make(places, CONSOLE, key=KEY, now=now + timedelta(days=10))

    # On a new machine: nothing but the folder of backups is left.
    fresh = Places(tmp_path / "new" / "weiguang.db", tmp_path / "new" / "uploads", places.folder)
    fresh.database.parent.mkdir()
    later = now + timedelta(days=10)
    backup.restore(fresh, CONSOLE, Wish(Path(old["file"])), key=KEY, now=later)
    with closing(sqlite3.connect(fresh.database)) as restored:
        marked = restored.execute("SELECT ref FROM vault_donors WHERE forgotten_on IS NOT NULL")
        assert [ref for (ref,) in marked] == [him.actor.removeprefix("donor:")]
        assert restored.execute("SELECT COUNT(*) FROM vault_contacts").fetchone() == (2,)

    backup.restore(places, CONSOLE, Wish(Path(old["file"]), is_forced=True), key=KEY, now=later)
    session.expire_all()
    with pytest.raises(NotFound):
        vault.contact_of(session, him.donor_id)
    assert len(found_by_check(session, later)) == 1
    assert forgetting_donors.forget_again(session, CONSOLE, now=later) == 1
    assert found_by_check(session, later) == []
    assert forgetting_donors.forget_again(session, CONSOLE, now=later) == 0
    session.expire_all()
    assert vault.find_donor_by_contact(session, CONTACT) is None
    assert session.scalars(select(Receipt.payer_name)).all() == [None]
    assert [one.ending for one in _outlooks(session, him, now)] == [Ending.PAID_OUT]
    assert vault.contact_of(session, other)[1] == "13900000077"


def found_by_check(session, now) -> list[str]:
    report = checks.report(session, CONSOLE, now=now)
    return next(c["findings"] for c in report["checks"] if c["name"] == "forgotten_donors")


def _outlooks(session, him, now):
    return forgetting_donors.outlook(session, him, now=now)


@pytest.mark.sqlite_only
def test_a_restore_without_its_key_store_forgets_nobody_for_good(session, places, now):
    given(session, months=1)
    session.commit()
    made = backup.make(places, CONSOLE, key=KEY, now=now)
    store = Path(made["keystore"])
    aside = store.rename(store.with_name("elsewhere"))
    session.rollback()

    backup.restore(places, CONSOLE, Wish(Path(made["file"]), is_forced=True), key=KEY, now=now)
    assert forgetting_donors.forget_again(session, CONSOLE, now=now) == 0
    session.rollback()
    again = Wish(Path(made["file"]), aside, is_forced=True)
    backup.restore(places, CONSOLE, again, key=KEY, now=now + timedelta(hours=1))

    assert vault.contact_of(session, 1)[1] == CONTACT
