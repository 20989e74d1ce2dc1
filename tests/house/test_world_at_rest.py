"""The database thief in a whole house: fourteen months of it, and every word that was ever sealed there.

The word list is not written by hand: it is whatever anybody sealed while the story was played, so
that who was forgotten or corrected since is looked for as well; a test compares it with what every
sealed column still opens to. Looked through are the database file, its dump and write-ahead log, the
backups, the log, what lay in the rooms of temporary files, mail and messages, and what leaves by the
export routes. What an empty house holds too (words of its own tables) tells of nobody.
"""

import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import pytest
from flask import Flask
from sqlalchemy import select

from cli import twins
from cli.twins import cast
from extensions import db
from gateways import order_drawing
from models import Base, keys
from models.base import Sealed, SealedDate
from models.children import Child
from models.organisations import Organisation
from privacy.viewers import Viewer
from services.accounts import accounts
from services.batches import orders
from services.guardians import guardian_wishes
from services.guardians.guardian_wishes import Wish
from tests.house.observing import _as_kept, _parts_of, enter, exported, logged, ordered
from tests.house.searching import Hit, Searched
from tests.house.test_at_rest import everything
from tests.house.worlds import SECOND, Links, as_donor, running
from vocabulary import clock
from vocabulary.enums import ChildStatus, GuardianWish, Role

pytestmark = pytest.mark.slow

# Whom the house must not tell of: no village is called like him, no shop like his.
SECRET = (
    "敖日格乐图力古尔", "13604701932", "漳州芗城", "邹记五金配件店", "6217992046110358274", 9, "07:20",
)  # fmt: skip
# Days stand in every table, and codes tell of nobody without the vault.
NO_WORDS = {"children.birth_on"}
CODE = re.compile(r"(?=\d*[A-Z])[A-Z0-9]{6,}")
# What the sender of a message hands over: where it goes, and what it says to whom it is for.
HANDED_OVER = {"notices.text", "notices.sent_text", "donor", "kin.phone", "accounts.mail",
               "access_links.phone", "volunteers.phone", "organisations.contact_phone"}  # fmt: skip
# Donors' own, by the place under which it was sealed: no export of the house holds any of it.
OF_DONORS = {"donor", "name", "words", "letter", "receipt", "giver", "member", "member_contact",
             "receipts.payer_name", "receipts.remark", "pledges.alias", "pledge_namings.alias"}  # fmt: skip
# Rules that answer with a file, and are no export of the house's: whose paper it is, reads it.
OWN_PAPERS = {
    "donor.groups.paper", "donor.own_part.paper", "donor.papers.statement_paper",
    "donor.papers.certificate_paper", "donor.entries.proof",
}  # fmt: skip
# The bank's table of what goes back holds the payer's account by its very purpose.
TO_THE_BANK = {"staff.back_orders.sheet"}
TAKEN = {
    "staff.exports.fetch", "staff.orders.sheet", "staff.orders.paper", "family.file.paper",
    "staff.guardian_requests.copy", "public.months_file",
}  # fmt: skip


@dataclass
class Lived:
    """A house after its fourteen months: where it lies, what was sealed in it, what left it."""

    folder: Path
    sealed: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    left: dict[str, bytes] = field(default_factory=dict)

    def words(self, *places: str) -> list[str]:
        """Everything that was sealed (under these places), whole and in its parts."""
        found = {w for at, held in self.sealed.items() if not places or at in places for w in held}
        return sorted({part for word in found for part in (word, *word.split()) if _tells(part)})

    def place_of(self, word: str) -> set[str]:
        return {at for at, held in self.sealed.items() if any(word in one for one in held)}


def _tells(word: str) -> bool:
    """Two characters of a name tell; of letters and figures it takes five."""
    return len(word) >= (5 if word.isascii() else 2) and not CODE.fullmatch(word)


@contextmanager
def _listening(app: Flask, lived: Lived) -> Iterator[None]:
    """Hear what is sealed and logged, keep what temporary rooms held, and keep these in the house."""
    seal, empty = keys.seal, tempfile.TemporaryDirectory.cleanup
    rooms = lived.folder / "rooms"
    rooms.mkdir()

    def heard(cipher: object, value: str, *, place: str) -> bytes:
        lived.sealed[place.partition(":")[0]].add(value)
        return seal(cipher, value, place=place)  # type: ignore[arg-type]

    def kept(room: tempfile.TemporaryDirectory) -> None:
        shutil.copytree(room.name, rooms / Path(room.name).name, dirs_exist_ok=True)
        empty(room)

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(keys, "seal", heard))
        stack.enter_context(mock.patch.object(tempfile.TemporaryDirectory, "cleanup", kept))
        stack.enter_context(mock.patch.object(tempfile, "tempdir", str(rooms)))
        lines = stack.enter_context(logged(app))
        yield
    (lived.folder / "heard.log").write_text("\n".join(lines))


@pytest.fixture(scope="module")
def lived(empty_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """A house of its own, played, looked at, backed up and asked for every export."""
    folder = tmp_path_factory.mktemp("lived") / "house"
    shutil.copytree(empty_template, folder)
    one = Lived(folder)
    with running(folder) as app:
        with _listening(app, one):
            with app.app_context():
                links = twins.play(as_donor(SECRET), seed=1, second=as_donor(SECOND))
                db.session.remove()
            _read_and_fail(app)
            one.left = _exports(app, links)
            done = app.test_cli_runner().invoke(args=["backup", str(folder / "backups")])
            assert done.exit_code == 0, done.output
        with app.app_context():
            yield one


def _read_and_fail(app: Flask) -> None:
    """Let people search, mistype and be refused, so that logs and traces have their chance."""
    name, contact = SECRET[0], SECRET[1]
    client = app.test_client()
    for login in (name, contact, cast.LOW["case_worker"].login):
        client.post("/login", data={"login": login, "password": str(contact)})
    worker = enter(app, "case_worker", {})
    for word in (name, contact, cast.CHILDREN[0].name, "13900000092"):
        worker.post("/staff/children/find", data={"q": word}, follow_redirects=True)
        worker.get("/staff/children/", query_string={"q": word, "page": "x"})
        client.post("/relink", data={"contact": word})


def _exports(app: Flask, links: Links) -> dict[str, bytes]:
    """What leaves by the export routes: sheets part by part, papers with the words drawn on them."""
    sheets = {**exported(app, links), **ordered(app)}
    found = {f"{who} {what}": seen.body for (who, what), seen in sheets.items()}
    found |= {name: paper + _read(paper) for name, paper in _papers(app, links)}
    found["vouchers"] = _vouchers(app)
    return found | {"months": app.test_client().get("/months/all.json").get_data()}


def _papers(app: Flask, links: Links) -> Iterator[tuple[str, bytes]]:
    yield "guardian's copy", enter(app, "reader", links).get("/family/file/copy.pdf").get_data()
    with app.app_context():
        ref = _copy_wished()
        listed = orders.listing(db.session(), _payer())
        kept = [_as_kept(orders.detail(db.session(), _payer(), c["ref"]), _payer()) for c in listed]
    worker = enter(app, "case_worker", links)
    yield "staff's copy", worker.get(f"/staff/guardian-requests/{ref}/copy.pdf").get_data()
    yield from ((f"order {order.ref} paper", order_drawing.draw(order)) for order in kept)


def _copy_wished() -> str:
    session, now = db.session(), clock.now()
    child = session.scalars(select(Child).where(Child.status != ChildStatus.ENDED)).first()
    assert child
    family = Viewer(frozenset({Role.FAMILY}), f"family:{child.ref}", child_id=child.id)
    ref = guardian_wishes.ask(session, family, Wish(GuardianWish.COPY, "想留一份"), now=now)
    session.commit()
    return ref


def _payer() -> Viewer:
    return accounts.viewer_by_login(db.session(), cast.LOW["paying_desk"].login, now=clock.now())


def _vouchers(app: Flask) -> bytes:
    auditor = enter(app, "auditor", {})
    form = {"kind": "vouchers", "region": cast.LOW["auditor"].region_code, "month": "2026-09"}
    asked = auditor.post("/staff/exports/", data={**form, "reason": "核对凭证"})
    code = re.search(r"/staff/exports/(\w+)\.xlsx", auditor.get("/staff/exports/").text)
    assert (asked.status_code, bool(code)) == (303, True)
    return b"".join(inside for _, inside in _parts_of(auditor.post(code[0]).get_data()))


def _read(paper: bytes) -> bytes:
    assert paper[:4] == b"%PDF"
    return subprocess.run(["pdftotext", "-", "-"], input=paper, stdout=-1, check=True).stdout


def _opened() -> Iterator[tuple[str, str]]:
    """What every sealed column of the database opens to, with its place."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Sealed) and not isinstance(column.type, SealedDate):
                for value in db.session().scalars(select(column).where(column.is_not(None))):
                    yield column.type.place, value


def test_the_word_list_is_all_that_was_sealed(lived: Lived) -> None:
    """And what was forgotten since: it is searched for as well."""
    opened = list(_opened())

    assert len(opened) > 300
    assert {(at, value) for at, value in opened if value not in lived.sealed[at]} == set()
    assert {*SECRET[:5], *SECOND[:5]} <= set(lived.words())
    assert {cast.CHILDREN[0].name, "王桂英", "13900000092"} <= set(lived.words())
    assert lived.sealed.keys() >= OF_DONORS - {
        "giver",
        "member",
        "member_contact",
        "receipts.remark",
    }


def _organisations() -> set[str]:
    """Schools and units, their accounts' holders and banks are no persons: they stand in the clear."""
    one = Organisation
    columns = (one.name, one.account_name, one.account_bank)
    return {word for column in columns for word in db.session().scalars(select(column)) if word}


def _hits(lived: Lived, searched: dict[str, bytes], words: list[str]) -> list[Hit]:
    search = Searched(words)
    return [hit for name, held in searched.items() for hit in search.found_in(name, held)]


def test_nobody_of_fourteen_months_is_found_on_the_disk(lived: Lived, empty_template: Path) -> None:
    words = sorted(set(lived.words(*(lived.sealed.keys() - NO_WORDS))) - _organisations())
    searched = dict(everything(lived.folder))
    of_the_house = {(w, k) for _, w, k in _hits(lived, dict(everything(empty_template)), words)}

    found = [hit for hit in _hits(lived, searched, words) if hit[1:] not in of_the_house]

    outside = [hit for hit in found if hit[0].startswith("outbox/")]
    assert {hit for hit in outside if not lived.place_of(hit[1]) & HANDED_OVER} == set()
    assert {hit for hit in found if not hit[0].startswith("outbox/")} == set()
    assert len(words) > 250
    assert {word for word, _ in of_the_house}.isdisjoint(SECRET)
    assert len(of_the_house) < len(words) / 10
    assert {"weiguang.db", "heard.log", "dump"} <= searched.keys()
    for kind in ("backups/", "uploads/", "outbox/", "rooms/"):
        assert any(name.startswith(kind) for name in searched), kind


def test_no_export_holds_anything_of_a_donors(lived: Lived) -> None:
    # Who is somebody's guardian, or works here, and gives as well, is met as that.
    others = set(lived.words(*(lived.sealed.keys() - OF_DONORS - {"letters.original"})))
    words = [word for word in lived.words(*OF_DONORS) if word not in others]

    assert set(SECRET[:5]) <= set(words)
    assert _hits(lived, lived.left, words) == []
    assert len(lived.left) > 20


def test_the_exports_looked_through_hold_what_they_are_for(lived: Lived) -> None:
    """It can fail: a child's name is found in them."""
    found = {name for name, _, _ in _hits(lived, lived.left, lived.words("children.name"))}

    assert any(name.startswith("case_worker xlsx") for name in found)
    assert "guardian's copy" in found


def test_every_route_that_answers_with_a_file_is_taken_or_its_own_readers(lived: Lived) -> None:
    from flask import current_app

    ends = (".xlsx", ".pdf", ".json", ".csv")
    rules = {r.endpoint for r in current_app.url_map.iter_rules() if str(r).endswith(ends)}

    assert rules == OWN_PAPERS | TO_THE_BANK | TAKEN


PLANTED = {
    "a name kept for sorting": SECRET[0],
    "initials kept for a search": "argltlge",
    "a telephone turned round": "23910740631",
    "an employer as bytes": SECRET[3].encode().hex(),
    "a bank's remark by its sounds": "zoujiwujinpeijiandian",
}


@pytest.mark.parametrize("leak", sorted(PLANTED))
def test_a_leak_onto_the_disk_is_seen(lived: Lived, tmp_path: Path, leak: str) -> None:
    shutil.copy(lived.folder / "weiguang.db", tmp_path)
    thief = sqlite3.connect(tmp_path / "weiguang.db")
    with thief:
        thief.execute("CREATE TABLE installation_notes (words)")
        thief.execute("INSERT INTO installation_notes VALUES (?)", (PLANTED[leak],))
    thief.close()

    assert _hits(lived, dict(everything(tmp_path)), lived.words(*OF_DONORS)) != []
