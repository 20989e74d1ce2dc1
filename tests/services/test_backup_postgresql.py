"""On PostgreSQL a backup restores, forgets and refuses as it does with a file."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, delete, func, make_url, select, text, update
from sqlalchemy.orm import Session

from extensions import db
from gateways import database_dumps
from gateways.sealed_files import Damaged
from jobs import upkeep
from jobs.run import Run
from models import Base, triggers, vault_schema
from models.children import Child
from models.ledger import Posting
from models.vault import Donor, VaultContact, VaultKey
from privacy import viewers
from services.checking import checks
from services.upkeep import backup
from services.upkeep.backup import Places, Wish
from services.vault import vault
from tests.factories import a_child, a_match, a_pledge, a_school
from tests.plugins import databases
from vocabulary.errors import (
    BackupDamaged,
    BackupTooNew,
    DumpFailed,
    NoDatabasePrograms,
    NotFound,
    OtherDatabase,
    WouldReplace,
)

pytestmark = pytest.mark.postgresql_only
KEY = b"k" * 32
BY = viewers.console()
CONTACT = "13812345678"


@pytest.fixture
def places(app: Flask, tmp_path: Path) -> Places:
    instance = Path(app.instance_path)
    (instance / "uploads").mkdir()
    (instance / "uploads" / "AAAABBBB.jpg").write_bytes(b"a signed slip")
    url = app.config["SETTINGS"].database_url
    return Places(url, instance / "uploads", tmp_path / "backups")


@pytest.fixture
def filled(session: Session, places: Places) -> Places:
    a_match(session, a_pledge(session, CONTACT)[0], a_child(session, a_school(session)))
    session.commit()
    return places


def digests(session: Session) -> dict[str, str]:
    """What every table holds, and where it stands."""
    rows = session.execute(
        text("SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'vault')")
    ).all()
    found = {
        f"{schema}.{table}": session.scalar(
            text(
                f"SELECT md5(COALESCE(string_agg(t::text, '|' ORDER BY t::text), ''))"
                f" FROM {schema}.{table} t"
            )
        )
        for schema, table in rows
    }
    session.rollback()
    return found


def found(session: Session, now: datetime) -> set[str]:
    """The checks that find something."""
    report = checks.report(session, BY, now=now)
    return {one["name"] for one in report["checks"] if one["count"]}


def let_go(session: Session) -> None:
    session.rollback()
    db.engine.dispose()


def wish(made, **more) -> Wish:
    return Wish(Path(made["file"]), is_forced=True, **more)


def test_what_was_lost_comes_back_as_it_was(session, filled, now) -> None:
    before = digests(session)
    made = backup.make(filled, BY, key=KEY, now=now)
    session.execute(update(Child).values(grade=9))
    session.execute(delete(VaultKey))
    session.commit()
    (filled.uploads / "AAAABBBB.jpg").unlink()
    let_go(session)

    restored = backup.restore(filled, BY, wish(made), key=KEY, now=now + timedelta(hours=1))

    assert digests(session) == before
    assert (restored["uploads"], restored["donors_with_keys"]) == (1, 1)
    assert (filled.uploads / "AAAABBBB.jpg").read_bytes() == b"a signed slip"
    donor_id = session.scalars(select(Donor.id)).one()
    assert vault.contact_of(session, donor_id)[1] == CONTACT
    assert triggers.missing(session.connection()) == []
    assert vault_schema.outside(session.connection()) == []
    assert found(session, now) == {"due_against_done"}  # a match without its runs, as before


def test_a_table_of_a_later_schema_does_not_stand_beside_what_came_back(session, filled, now):
    made = backup.make(filled, BY, key=KEY, now=now)
    session.execute(text("CREATE TABLE later (id integer REFERENCES children (id))"))
    session.execute(text("CREATE TABLE vault.vault_later (id integer)"))
    session.commit()
    let_go(session)

    backup.restore(filled, BY, wish(made), key=KEY, now=now + timedelta(hours=1))

    assert not [name for name in digests(session) if "later" in name]


def test_the_database_in_a_backup_holds_no_key_of_a_donor(session, filled, now, tmp_path) -> None:
    kept = session.scalars(select(VaultKey.wrapped)).one()
    url = filled.database

    store = database_dumps.copy_without_keys(url, tmp_path / "x.dump")

    assert [key for _, key in store] == [kept]
    dump = "".join(str(row) for row in database_dumps._rows(tmp_path / "x.dump", "vault_keys"))
    assert dump == ""
    assert kept.hex() not in database_dumps._run("pg_restore", "--file=-", str(tmp_path / "x.dump"))


def test_a_donor_forgotten_since_stays_forgotten(session, filled, now) -> None:
    made = backup.make(filled, BY, key=KEY, now=now)
    donor = session.scalars(select(Donor)).one()
    donor.forgotten_on = now.date()
    session.execute(delete(VaultKey))
    session.execute(delete(VaultContact))
    session.commit()
    key = donor.id
    let_go(session)

    restored = backup.restore(filled, BY, wish(made), key=KEY, now=now + timedelta(hours=1))

    assert restored["donors_with_keys"] == 0
    assert session.get_one(Donor, key).forgotten_on is not None
    with pytest.raises(NotFound):
        vault.contact_of(session, key)


def test_data_is_not_replaced_without_force_and_is_kept_when_it_is(session, filled, now) -> None:
    made = backup.make(filled, BY, key=KEY, now=now)
    let_go(session)

    with pytest.raises(WouldReplace):
        backup.restore(filled, BY, Wish(Path(made["file"])), key=KEY, now=now)
    restored = backup.restore(filled, BY, wish(made), key=KEY, now=now + timedelta(hours=1))

    assert Path(restored["before"]).is_file()


def test_nothing_is_touched_when_the_present_cannot_be_kept(session, filled, now, monkeypatch):
    made = backup.make(filled, BY, key=KEY, now=now)
    before = digests(session)
    let_go(session)

    def fail(*_words: object, **_more: object) -> None:
        raise DumpFailed(program="pg_dump")

    monkeypatch.setattr(database_dumps, "copy_without_keys", fail)
    with pytest.raises(DumpFailed):
        backup.restore(filled, BY, wish(made), key=KEY, now=now + timedelta(hours=1))

    assert digests(session) == before


def test_a_restore_that_breaks_off_changes_nothing(session, filled, now, monkeypatch) -> None:
    made = backup.make(filled, BY, key=KEY, now=now)
    session.execute(update(Child).values(grade=9))
    session.commit()
    before = digests(session)
    let_go(session)
    whole = database_dumps._after

    def spoilt(path: Path) -> Path:
        file = whole(path)
        if file.exists():
            file.write_text(file.read_text() + "SELECT no_such_thing;\n")
        return file

    monkeypatch.setattr(database_dumps, "_after", spoilt)
    with pytest.raises(DumpFailed):
        backup.restore(filled, BY, wish(made), key=KEY, now=now + timedelta(hours=1))

    assert digests(session) == before


def test_a_backup_of_another_schema_or_of_a_file_is_refused(session, filled, now, monkeypatch):
    made = backup.make(filled, BY, key=KEY, now=now)
    let_go(session)

    known = frozenset({"9999"})
    with pytest.raises(BackupTooNew):
        backup.restore(filled, BY, wish(made, known_revisions=known), key=KEY, now=now)
    monkeypatch.setattr(database_dumps, "KIND", "another")
    with pytest.raises(OtherDatabase):
        backup.restore(filled, BY, wish(made), key=KEY, now=now)


def test_a_damaged_dump_is_named(tmp_path: Path, app: Flask) -> None:
    (tmp_path / "x").write_bytes(b"PGDMP nonsense")

    with pytest.raises(Damaged):
        database_dumps.verify(tmp_path / "x")


def test_a_wrong_key_is_refused(session, filled, now) -> None:
    made = backup.make(filled, BY, key=KEY, now=now)
    let_go(session)

    with pytest.raises(BackupDamaged):
        backup.restore(filled, BY, wish(made), key=b"o" * 32, now=now)


def test_without_the_programs_it_is_said_and_nothing_is_left_behind(filled, now, monkeypatch):
    monkeypatch.setattr(database_dumps, "_DEBIAN", Path("/nowhere"))
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(NoDatabasePrograms):
        backup.make(filled, BY, key=KEY, now=now)

    assert list(filled.folder.iterdir()) == []


def test_the_password_stands_on_no_command_line(filled, now, monkeypatch) -> None:
    asked = []
    real = database_dumps.subprocess.run

    def watched(words, **more):
        asked.append((words, more["env"].get("PGPASSWORD")))
        return real(words, **more)

    secret = filled.database.replace("weiguang@", "weiguang:geheim@")
    monkeypatch.setattr(database_dumps.subprocess, "run", watched)
    backup.make(Places(secret, filled.uploads, filled.folder), BY, key=KEY, now=now)

    assert "geheim" not in str([words for words, _ in asked])
    assert asked[0][1] == "geheim"


def test_the_nightly_job_keeps_a_backup(session, filled, now) -> None:
    run = Run(session, "backup", period=now.date())

    run.execute(upkeep.back_up)

    folder = Path(filled.uploads).parent / "backups"
    assert run.counts["done"] == 1
    assert {file.suffix for file in folder.iterdir()} == {".backup", ".keystore"}


def test_a_plain_role_reads_the_ordinary_tables_and_nothing_of_the_vault(session, filled) -> None:
    session.execute(text("DROP ROLE IF EXISTS reports"))
    session.execute(text("CREATE ROLE reports"))
    session.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reports"))
    session.execute(text("SET ROLE reports"))

    assert session.scalar(select(func.count(Child.id))) == 1
    refused = []
    for table in vault_schema.names():
        savepoint = session.begin_nested()
        try:
            session.execute(text(f"SELECT 1 FROM vault.{table}"))
        except Exception as error:
            refused.append((table, type(error.orig).__name__))
        savepoint.rollback()
    session.rollback()

    assert refused == [(table, "InsufficientPrivilege") for table in vault_schema.names()]
    assert len(refused) > 5


def test_as_the_manual_says_the_vaults_role_owns_it_and_our_login_is_no_superuser(
    session, filled
) -> None:
    """The steps of docs/deploy.md, in a database of their own."""
    url = make_url(filled.database)
    for step in (
        "CREATE ROLE service LOGIN", "CREATE ROLE weiguang_vault NOLOGIN",
        "GRANT weiguang_vault TO service", "CREATE DATABASE plainly OWNER service",
        "GRANT CREATE ON DATABASE plainly TO weiguang_vault",
    ):  # fmt: skip
        databases._do(step)
    own = create_engine(url.set(username="service", database="plainly"))
    try:
        with own.begin() as connection:
            Base.metadata.create_all(connection)
            vault_schema.set_apart(connection)
            triggers.install(connection)
        with own.connect() as connection:
            owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'vault'"
            assert connection.scalars(text(owners)).all() == ["weiguang_vault"]
            assert connection.scalar(select(func.count(VaultContact.id))) == 0
            assert triggers.missing(connection) == []
            assert vault_schema.outside(connection) == []
            vault_schema.set_apart(connection)  # a second time there is nothing to do
    finally:
        own.dispose()
        databases._do("DROP DATABASE plainly WITH (FORCE)")
        databases._do("DROP ROLE service")
        databases._do("DROP ROLE weiguang_vault")


def test_the_check_names_a_table_of_the_vault_that_stands_outside(session, filled, now) -> None:
    session.execute(text("ALTER TABLE vault.vault_names SET SCHEMA public"))

    assert found(session, now) == {"due_against_done", "triggers"}


@pytest.mark.parametrize(
    "act", ["UPDATE postings SET amount = 1", "DELETE FROM postings", "TRUNCATE postings CASCADE"]
)
def test_the_books_are_refused_a_change_after_a_restore(session, filled, now, act) -> None:
    session.add(Posting(transaction_id=_booked(session), account="bank", amount=1))
    session.commit()
    made = backup.make(filled, BY, key=KEY, now=now)
    let_go(session)
    backup.restore(filled, BY, wish(made), key=KEY, now=now + timedelta(hours=1))

    with pytest.raises(Exception, match="append-only"):
        session.execute(text(act))


def _booked(session: Session) -> int:
    row = text(
        'INSERT INTO transactions (kind, "on", "by") VALUES'
        " ('interest', DATE '2026-11-01', 'x') RETURNING id"
    )
    return int(session.scalar(row) or 0)
