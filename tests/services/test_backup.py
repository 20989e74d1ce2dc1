"""Backups that restore, tell nothing to a thief, and forget a donor after thirty days."""

import hashlib
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from gateways import database_files, sealed_files
from gateways.sealed_files import Damaged, opening, sealing
from models import keys
from privacy import viewers
from privacy.viewers import Viewer
from services.upkeep import backup
from services.upkeep.backup import Places, Wish
from services.vault import vault
from tests.factories import a_child, a_match, a_pledge, a_school, viewer
from vocabulary.enums import Role
from vocabulary.errors import (
    BackupDamaged,
    BackupTooNew,
    NotFound,
    NotPermitted,
    OtherKeys,
    WouldReplace,
)

pytestmark = pytest.mark.sqlite_only

KEY, OTHER = b"k" * 32, b"o" * 32
BY = viewers.console()
CONTACT = "13812345678"
IDENTITIES = ("陈雨桐", "陈奶奶", "13900000001", CONTACT, "吉文中学")


@pytest.fixture
def places(app, tmp_path: Path) -> Places:
    instance = Path(app.instance_path)
    (instance / "uploads").mkdir()
    (instance / "uploads" / "AAAABBBB.jpg").write_bytes(b"a signed slip")
    return Places(instance / "weiguang.db", instance / "uploads", tmp_path / "backups")


@pytest.fixture
def filled(session: Session, places: Places) -> Places:
    a_match(session, a_pledge(session, CONTACT)[0], a_child(session, a_school(session)))
    session.commit()
    return places


def digests(file: Path) -> dict[str, str]:
    with closing(sqlite3.connect(file)) as connection:
        names = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        tables = [name for (name,) in connection.execute(names)]
        return {
            name: hashlib.sha256(
                repr(sorted(connection.execute(f'SELECT * FROM "{name}"'), key=repr)).encode()
            ).hexdigest()
            for name in tables
        }


def wreck(session: Session, places: Places) -> None:
    session.rollback()
    session.get_bind().dispose()
    with places.database.open("r+b") as file:
        file.write(b"\0" * 8192)
    (places.uploads / "AAAABBBB.jpg").unlink()


def force(made) -> Wish:
    return Wish(Path(made["file"]), is_forced=True)


def test_a_wrecked_installation_comes_back_as_it_was(session, filled, now) -> None:
    before = digests(filled.database)
    made = backup.make(filled, BY, key=KEY, now=now)

    wreck(session, filled)
    restored = backup.restore(filled, BY, force(made), key=KEY, now=now + timedelta(hours=1))

    assert digests(filled.database) == before
    assert before["vault_keys"] != hashlib.sha256(b"[]").hexdigest()
    assert (filled.uploads / "AAAABBBB.jpg").read_bytes() == b"a signed slip"
    assert (restored["uploads"], restored["donors_with_keys"]) == (1, 1)
    assert vault.contact_of(session, 1)[1] == CONTACT


def test_an_empty_installation_is_filled_without_force(session, filled, now, tmp_path) -> None:
    made = backup.make(filled, BY, key=KEY, now=now)
    empty = Places(tmp_path / "new" / "weiguang.db", tmp_path / "new" / "uploads", filled.folder)
    empty.database.parent.mkdir()

    backup.restore(empty, BY, Wish(Path(made["file"])), key=KEY, now=now)

    assert digests(empty.database) == digests(filled.database)


def test_data_are_not_replaced_without_force_and_kept_apart_with_it(session, filled, now) -> None:
    made = backup.make(filled, BY, key=KEY, now=now)
    a_child(session, name="后来的孩子")
    session.commit()
    later = digests(filled.database)

    with pytest.raises(WouldReplace):
        backup.restore(filled, BY, Wish(Path(made["file"])), key=KEY, now=now)
    assert digests(filled.database) == later

    restored = backup.restore(filled, BY, force(made), key=KEY, now=now + timedelta(hours=1))
    session.rollback()
    assert digests(filled.database) != later
    again = Wish(Path(restored["before"]), is_forced=True)
    backup.restore(filled, BY, again, key=KEY, now=now + timedelta(hours=2))
    assert digests(filled.database) == later


def test_nobody_is_readable_in_what_a_thief_takes(session, filled, now) -> None:
    backup.make(filled, BY, key=KEY, now=now)
    live = filled.database.read_bytes() + filled.database.with_name("weiguang.db-wal").read_bytes()
    assert "吉文中学".encode() in live  # the search finds what is there to be found

    taken = b"".join(file.read_bytes() for file in filled.folder.iterdir())

    for text in (*IDENTITIES, "a signed slip", "SQLite format"):
        for encoding in ("utf-8", "gb18030", "utf-16-le"):
            assert text.encode(encoding) not in taken
    assert sorted(file.suffix for file in filled.folder.iterdir()) == [".backup", ".keystore"]
    assert {file.stat().st_mode & 0o777 for file in filled.folder.iterdir()} == {0o600}


def test_the_main_file_holds_no_donors_key(session, filled, now, tmp_path) -> None:
    copy = tmp_path / "copy.db"

    apart = database_files.copy_without_keys(filled.database, copy)

    with closing(sqlite3.connect(filled.database)) as live:
        (wrapped,) = live.execute("SELECT wrapped FROM vault_keys").fetchone()
    assert [one for _, one in apart] == [wrapped]
    assert wrapped not in copy.read_bytes()


def test_a_donor_forgotten_since_stays_forgotten_after_a_restore(session, filled, now) -> None:
    old = backup.make(filled, BY, key=KEY, now=now)
    session.rollback()
    with closing(sqlite3.connect(filled.database)) as live, live:
        live.execute("DELETE FROM vault_keys")
        live.execute("UPDATE vault_donors SET forgotten_on = '2026-11-21'")

    restored = backup.restore(filled, BY, force(old), key=KEY, now=now + timedelta(hours=1))

    assert restored["donors_with_keys"] == 0
    with pytest.raises(NotFound):
        vault.contact_of(session, 1)


def test_a_restore_takes_the_newest_key_store_so_an_old_file_opens_nobody_forgotten(
    session, filled, now, tmp_path
) -> None:
    old = backup.make(filled, BY, key=KEY, now=now)
    session.rollback()
    with closing(sqlite3.connect(filled.database)) as live, live:
        live.execute("DELETE FROM vault_keys")
        live.execute("UPDATE vault_donors SET forgotten_on = '2026-11-21'")
    backup.make(filled, BY, key=KEY, now=now + timedelta(days=1))
    fresh = Places(tmp_path / "new.db", tmp_path / "new-uploads", filled.folder)

    restored = backup.restore(fresh, BY, Wish(Path(old["file"])), key=KEY, now=now)

    assert restored["donors_with_keys"] == 0


def test_key_stores_live_thirty_days_and_backups_longer(filled, now) -> None:
    made = [
        backup.make(filled, BY, key=KEY, now=now + timedelta(days=days)) for days in (0, 1, 30, 31)
    ]

    assert [one["keystores_removed"] for one in made] == [0, 0, 0, 1]
    assert [Path(one["file"]).exists() for one in made] == [True] * 4
    assert [Path(one["keystore"]).exists() for one in made] == [False, True, True, True]


def test_old_backups_go_but_the_first_of_each_month_and_other_peoples_files(filled, now) -> None:
    made = [
        backup.make(filled, BY, key=KEY, now=now + timedelta(days=days)) for days in (0, 1, 15, 45)
    ]
    stranger = filled.folder / "somebody.backup"
    stranger.write_text("x")

    assert backup.prune_backups(filled.folder, BY, now=now + timedelta(days=45)) == 1
    assert [Path(one["file"]).exists() for one in made] == [True, False, True, True]
    assert stranger.exists()


@pytest.mark.parametrize("damage", ["cut", "changed", "added", "empty", "other"])
def test_a_damaged_backup_is_refused_and_nothing_is_touched(session, filled, now, damage) -> None:
    made = backup.make(filled, BY, key=KEY, now=now)
    file, before = Path(made["file"]), digests(filled.database)
    whole = file.read_bytes()
    middle = len(whole) // 2
    file.write_bytes(
        {
            "cut": whole[:-20],
            "changed": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
            "added": whole + b"more",
            "empty": b"",
            "other": b"PK\x03\x04 a zip",
        }[damage]
    )

    with pytest.raises(BackupDamaged):
        backup.restore(filled, BY, force(made), key=KEY, now=now)
    assert digests(filled.database) == before


def test_another_backup_key_opens_nothing(filled, now) -> None:
    made = backup.make(filled, BY, key=KEY, now=now)

    with pytest.raises(BackupDamaged):
        backup.restore(filled, BY, force(made), key=OTHER, now=now)


def test_records_sealed_under_other_keys_are_refused(filled, now) -> None:
    made = backup.make(filled, BY, key=KEY, now=now)
    ring = keys.ring()
    keys.install(keys.KeyRing(b"1" * 32, ring.index, ring.vault))
    try:
        with pytest.raises(OtherKeys):
            backup.restore(filled, BY, force(made), key=KEY, now=now)
    finally:
        keys.install(ring)


def test_a_backup_of_a_later_version_is_refused(filled, now) -> None:
    made = backup.make(filled, BY, key=KEY, now=now)
    wish = Wish(Path(made["file"]), is_forced=True, known_revisions=frozenset({"0000_before"}))

    with pytest.raises(BackupTooNew):
        backup.restore(filled, BY, wish, key=KEY, now=now)


def test_a_backup_taken_while_somebody_writes_holds_what_was_committed(
    session, filled, now, tmp_path
) -> None:
    a_child(session, name="还没存下的孩子")
    session.flush()

    made = backup.make(filled, BY, key=KEY, now=now)
    session.rollback()

    fresh = Places(tmp_path / "new.db", tmp_path / "new-uploads", filled.folder)
    backup.restore(fresh, BY, Wish(Path(made["file"])), key=KEY, now=now)
    assert digests(fresh.database) == digests(filled.database)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.ADMINISTRATOR, Role.CUSTODIAN])
def test_no_account_takes_or_restores_backups(filled, now, role) -> None:
    by: Viewer = viewer(role)

    with pytest.raises(NotPermitted):
        backup.make(filled, by, key=KEY, now=now)
    with pytest.raises(NotPermitted):
        backup.restore(filled, by, Wish(filled.database), key=KEY, now=now)


@pytest.mark.parametrize("size", [0, 1, sealed_files.CHUNK, sealed_files.CHUNK + 1, 3_000_000])
def test_a_sealed_file_gives_back_what_it_was_given(tmp_path, size) -> None:
    data, file = bytes(i % 251 for i in range(size)), tmp_path / "sealed"

    with sealing(file, KEY, purpose="test") as out:
        out.write(data)

    with opening(file, KEY, purpose="test") as source:
        assert source.read() == data
    with pytest.raises(Damaged), opening(file, KEY, purpose="another") as source:
        source.read()


def test_a_sealed_file_that_fails_half_way_leaves_nothing(tmp_path) -> None:
    def fail_half_way() -> None:
        with sealing(tmp_path / "sealed", KEY, purpose="test") as out:
            out.write(b"x" * 10)
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()

    assert list(tmp_path.iterdir()) == []
