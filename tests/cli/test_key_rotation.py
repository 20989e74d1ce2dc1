"""`keys rotate`: every row goes over, a killed run goes on, a wrong old key leaves all as it was."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

import config
from app import create_app
from extensions import db
from gateways import keyfiles
from gateways.keyfiles import BadSettings
from gateways.uploads import LocalFiles
from models import Base, keys
from models.children import Child, Kin
from models.naming import PledgeNaming
from models.vault import VaultContact, VaultKey
from privacy import viewers
from services import workplaces
from services.checking import checks
from services.children import newcomers
from services.vault import rotation, vault
from tests.factories import a_child, a_match, a_pledge, a_school, an_account
from tests.plugins.installation import settings_in
from vocabulary import clock
from vocabulary.enums import Naming, Role
from vocabulary.errors import OtherKeys

CONTACTS = [f"1380000{n:04d}" for n in range(12)]
ROOT = Path(__file__).parents[2]

# Serves the command with small slices and kills itself, for good, after so many commits.
KILLED = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from services.vault import rotation
rotation.SLICE = 2
sys.argv = ["flask", "keys", "rotate", "{name}"]
from tests.plugins.installation import settings_in
from pathlib import Path
from app import create_app
app = create_app(settings_in(Path("{folder}")))
left = [{commits}]
@event.listens_for(Engine, "commit")
def _(connection):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
app.test_cli_runner().invoke(args=["keys", "rotate", "{name}"])
"""


@pytest.fixture
def filled(session: Session, now) -> Path:
    """Donors with contacts and aliases, children with numbers and phones, a photograph."""
    school = a_school(session)
    for n, contact in enumerate(CONTACTS):
        pledge, _ = a_pledge(session, contact)
        number = f"15072320160504{n:04d}"
        index = newcomers.id_index(number)
        child = a_child(session, school, name=f"孩子{n}", id_number=number, id_index=index)
        a_match(session, pledge, child)
        session.add(
            PledgeNaming(
                pledge_id=pledge.id,
                naming=Naming.ALIAS,
                alias=f"别名{n}",
                from_on=now.date(),
                chosen_on=now.date(),
            )
        )
    for kin in session.scalars(select(Kin)):
        kin.phone_index = newcomers.phone_index(kin.phone)
        kin.workplace, kin.workplace_index = "旗医院", workplaces.index("旗医院")
    an_account(session, Role.CASE_WORKER, login="worker")
    session.commit()
    folder = Path(db.engine.url.database).parent
    LocalFiles(folder / "uploads").store("AAAABBBB.jpg", b"a signed slip")
    session.rollback()
    return folder


def rotate(app, name: str):
    done = app.test_cli_runner().invoke(args=["keys", "rotate", name])
    db.session.rollback()
    return done


def all_is_well(session: Session, folder: Path) -> None:
    """Every sealed value opens, every index finds, and `check` is clean, under the files' keys."""
    ring, _ = config.load_keys(settings_in(folder))
    keys.install(ring)
    session.expire_all()
    for table in Base.registry.mappers:
        session.execute(select(table.class_.__table__)).all()
    for n, contact in enumerate(CONTACTS):
        donor_id = vault.find_donor_by_contact(session, contact)
        assert vault.contact_of(session, donor_id)[1] == contact
        index = newcomers.id_index(f"15072320160504{n:04d}")
        found = session.scalars(select(Child).where(Child.id_index == index)).one()
        assert found.name == f"孩子{n}"
    phone = newcomers.phone_index("13900000001")
    assert len(session.scalars(select(Kin).where(Kin.phone_index == phone)).all()) == len(CONTACTS)
    at = Kin.workplace_index == workplaces.index("旗医院")
    assert len(session.scalars(select(Kin).where(at)).all()) == len(CONTACTS)
    assert LocalFiles(folder / "uploads").read("AAAABBBB.jpg") == b"a signed slip"
    report = {
        c["name"]: c["findings"]
        for c in checks.report(session, viewers.console(), now=clock.now())["checks"]
    }
    assert report["triggers"] == report["chain_custodian"] == report["integrity"] == []


def raw(session: Session) -> dict[str, list]:
    session.rollback()
    names = ("vault_keys", "vault_contacts", "children", "kin", "pledge_namings", "accounts")
    return {
        name: [tuple(r) for r in session.execute(text(f"SELECT * FROM {name}"))] for name in names
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", keyfiles.ROTATED)
def test_a_new_key_opens_everything_and_the_old_one_is_kept_apart(app, session, filled, name):
    old, before = (filled / "keys" / f"{name}.key").read_text(), raw(session)
    session.rollback()

    done = rotate(app, name)

    assert done.exit_code == 0, done.output
    assert (filled / "keys" / f"{name}.key").read_text() != old
    (retired,) = (filled / "keys").glob(f"{name}.retired-*")
    assert retired.read_text() == old
    assert retired.stat().st_mode & 0o777 == 0o600
    assert not list((filled / "keys").glob("*.next"))
    assert raw(session) != before
    all_is_well(session, filled)


@pytest.mark.slow
def test_nothing_opens_under_the_old_key_any_more(app, session, filled):
    before = keys.ring()
    for name in ("vault", "sealing"):
        assert rotate(app, name).exit_code == 0

    keys.install(before)

    change = rotation.Change(before, before)
    for name, table in (("vault", "vault_keys"), ("sealing", "children")):
        step = rotation.steps(name)[table]
        with pytest.raises(OtherKeys):
            step(session, viewers.console(), change, 0)
        session.rollback()


@pytest.mark.slow
@pytest.mark.parametrize("name", keyfiles.ROTATED)
@pytest.mark.parametrize("commits", [1, 3])
def test_a_run_killed_in_the_middle_goes_on_where_it_was(app, session, filled, name, commits):
    session.rollback()
    db.session.remove()
    db.engine.dispose()
    script = KILLED.format(name=name, folder=filled, commits=commits)

    killed = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )

    assert killed.returncode == -signal.SIGKILL
    fresh = (filled / "keys" / f"{name}.key.next").read_text()
    with pytest.raises(BadSettings, match=f"keys rotate {name}"):
        create_app(settings_in(filled))
    keys.install(config.load_keys(settings_in(filled), is_rotating=True)[0])
    done = rotate(app, name)
    assert done.exit_code == 0, done.output
    assert (filled / "keys" / f"{name}.key").read_text() == fresh
    all_is_well(session, filled)


@pytest.mark.parametrize("name", ["vault", "sealing"])
def test_a_wrong_old_key_changes_nothing(app, session, filled, name):
    before = raw(session)
    session.rollback()
    ring = keys.ring()
    keys.install(
        keys.KeyRing(**{n: b"x" * 32 if n == name else getattr(ring, n) for n in keyfiles.ROTATED})
    )

    done = rotate(app, name)

    assert done.exit_code == 1
    assert "other_keys" in done.output
    assert raw(session) == before
    assert not list((filled / "keys").glob("*.next"))
    assert not list((filled / "keys").glob("*.retired-*"))
    keys.install(ring)


def test_a_missing_old_key_is_said_and_nothing_is_made(filled):
    (filled / "keys" / "vault.key").unlink()

    with pytest.raises(BadSettings, match="there is no key"):
        config.load_keys(settings_in(filled), {}, is_rotating=True)

    assert not (filled / "keys" / "vault.key").exists()


def test_a_key_in_a_variable_is_not_rotated(app, session, filled, monkeypatch):
    monkeypatch.setenv("KEY_VAULT", (filled / "keys" / "vault.key").read_text().split()[0])

    done = rotate(app, "vault")

    assert "KEY_VAULT" in str(done.exception)
    assert not list((filled / "keys").glob("*.next"))


def test_it_waits_for_a_server_to_stop(app, session, filled):
    with keyfiles.used(filled, alone=False):
        done = rotate(app, "vault")

    assert "stop `serve`" in str(done.exception)
    assert not list((filled / "keys").glob("*.next"))


def test_one_change_at_a_time(app, session, filled):
    shutil.copy(filled / "keys" / "vault.key", filled / "keys" / "vault.key.next")

    done = rotate(app, "index")

    assert "keys rotate vault" in str(done.exception)


def test_a_damaged_photograph_stops_nothing(app, session, filled):
    (filled / "uploads" / "AAAACCCC.jpg").write_bytes(b"no sealed file")

    done = rotate(app, "sealing")

    assert done.exit_code == 0
    assert "AAAACCCC.jpg" in done.output
    all_is_well(session, filled)


def test_every_blind_index_is_made_anew():
    """A column that finds by a hash must be in the list, or a new index key loses its rows."""
    listed = {column.key for column, _, _ in rotation.INDEXES} | {VaultContact.contact_index.key}
    found = {
        f"{m.class_.__tablename__}.{c.name}"
        for m in Base.registry.mappers
        for c in m.class_.__table__.columns
        if c.name.endswith("_index")
    }

    assert {name.split(".")[1] for name in found} == listed
    assert len(found) == len(rotation.INDEXES) + 1


def test_every_key_of_a_person_is_rewrapped(app, session, filled):
    before = dict(session.execute(select(VaultKey.donor_id, VaultKey.wrapped)).all())
    session.rollback()

    rotate(app, "vault")

    after = dict(session.execute(select(VaultKey.donor_id, VaultKey.wrapped)).all())
    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())
