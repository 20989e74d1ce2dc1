"""The database thief: what lies on the disk, searched for every name, number and contact put in.

Every spelling of each (tests/house/searching.py); the outbox stands for the provider and is searched
for all but contacts. tests/house/test_world_at_rest.py does so for fourteen months of a whole house.
"""

import base64
import gzip
import io
import logging
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from extensions import db
from gateways.uploads import LocalFiles
from models import keys
from models.amendments import Amendment
from models.ledger import Receipt
from models.vault import VaultPledge
from services import uploads
from services.books import receipts
from services.books.receipts import BankLine
from services.children import children
from services.children.newcomers import NewChild, NewKin
from services.importing import imports
from services.pairing import volunteers
from services.pairing.volunteers import NewVolunteer
from services.papers import wishes
from services.pledges import pledges
from services.pledges.pledges import PledgeTerms
from services.vault import vault
from tests.factories import TOWNSHIP, a_child, a_match, a_pledge, a_school, a_sent_batch, an_account
from tests.factories import viewer as made_viewer
from tests.house.places import SENT, VILLAGE
from tests.house.searching import KEY, Searched, spellings
from tests.services.statements.bank import a_csv, book
from vocabulary.enums import AmendmentKind, ImportKind, Naming, ReceiptWay, Rhythm, Role, Sex, Stage
from vocabulary.money import Fen
from vocabulary.refs import stipend_ref

# What somebody would know them by. All invented; no word of it stands in the house's own texts.
PEOPLE = {
    "child": "阿如娜齐木格",
    "child's number": "150723201603150021",
    "child's address": "向阳街九号三单元",
    "child's remark": "跟着瘸腿的姥爷",
    "guardian": "敖敏达来",
    "guardian's phone": "13947061238",
    "donor's phone": "18604700321",
    "donor's mail": "lan.tian1977@mail.example",
    "donor's alias": "守林人老白桦",
    "payer": "额尔敦毕力格",
    "volunteer": "乌仁其其格玛",
    "volunteer's phone": "15847098123",
    "volunteer's number": "150723199803206288",
    "listed": "哈斯巴根格日乐",
    "corrected name": "阿茹娜齐木格勒",
    "staff": "莫德格玛",
    "staff's phone": "13734801199",
    "school's account": "6217001234567890123",
    "bank's remark": "阿里河林场工会",
    "name for a receipt": "白音那嘎日迪",
    "bank line's payer": "苏德毕力格图",
}
CONTACTS = {"donor's phone", "donor's mail", "guardian's phone", "staff's phone"}


def test_the_search_would_find_each_spelling() -> None:
    """It can fail: every spelling is found in what holds it, alone and among other bytes."""
    for who, word in PEOPLE.items():
        search = Searched([word])
        for kind, ways in spellings(word).items():
            for way in (one for one in ways if len(one) >= KEY):
                held = b"\xff\x00xy" + way + b"|"
                assert ("a", word, kind) in set(search.found_in("a", held)), (who, kind)
        for before in (b"", b"a", b"ab"):
            coded = base64.b64encode(before + word.encode() + b"tail")
            assert "base64" in {kind for _, _, kind in search.found_in("a", coded)}, who


def test_initials_of_a_name_count_where_they_stand_alone_and_longer_ones_anywhere() -> None:
    search = Searched([PEOPLE["guardian"], PEOPLE["bank's remark"], "李想"])

    def kinds(held: bytes) -> set[tuple[str, str]]:
        return {(word, kind) for _, word, kind in search.found_in("a", held)}

    assert kinds(b"INSERT INTO kin VALUES(3,'amdl',NULL)") == {("敖敏达来", "initials")}
    assert kinds(b"samdlx amdl2 lx") == set()
    assert kinds(b"xxALHLCGHxx") == {(PEOPLE["bank's remark"], "initials")}
    assert kinds(b"\xff amdl \xfe") == set()  # noise is no text
    assert kinds(b"say aomindalai") == {("敖敏达来", "pinyin")}


@pytest.fixture
def disk(app: Flask, session: Session, now: datetime) -> Iterator[Path]:
    """An installation in which all of them were entered by its own services, and seen on pages."""
    lines: list[str] = []
    listener = logging.Handler(logging.DEBUG)
    listener.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger().addHandler(listener)
    folder: Path = app.config["SETTINGS"].instance
    _enter(session, now, LocalFiles(folder / "uploads"))
    session.commit()
    _look(app)
    db.session.remove()
    done = app.test_cli_runner().invoke(args=["backup", str(folder / "backups")])
    assert done.exit_code == 0, done.output
    (folder / "heard.log").write_text("\n".join([*lines, done.output]))
    logging.getLogger().removeHandler(listener)
    return folder


def _enter(session: Session, now: datetime, files: LocalFiles) -> None:
    p = PEOPLE
    worker = made_viewer(Role.CASE_WORKER)
    school = a_school(session)
    school.account_number = p["school's account"]
    kin = NewKin(p["guardian"], "奶奶", p["guardian's phone"])
    child = NewChild(
        name=p["child"], sex=Sex.FEMALE, region_code=VILLAGE, stage=Stage.PRIMARY,
        id_number=p["child's number"], address=p["child's address"], remark=p["child's remark"],
        school_ref=school.ref, grade=4, class_name="2班", kin=(kin,), consented_on=SENT,
    )  # fmt: skip
    children.enter(session, worker, child, now=now)
    pupil = a_child(session, school, name=p["child"])
    terms = PledgeTerms(
        instalment_fen=Fen(10_000), rhythm=Rhythm.MONTH, not_relative=True,
        naming=Naming.ALIAS, alias=p["donor's alias"],
    )  # fmt: skip
    for contact in (p["donor's phone"], p["donor's mail"]):
        made = pledges.offer(session, terms, contact, now=now)
        line = BankLine(made.reference, Fen(10_000), SENT, payer_name=p["payer"], line=contact[:3])
        receipts.record(session, made_viewer(Role.COLLECTING_DESK), line, now=now)
    of_it = select(VaultPledge.pledge_id).where(VaultPledge.payment_reference == made.reference)
    named = p["name for a receipt"]
    wishes.keep(session, session.scalars(of_it).one(), 2026, ReceiptWay.SEALED, named, now=now)
    payer, remark = p["bank line's payer"], p["bank's remark"]
    book(session, a_csv(f"20261119,,100.00,700.00,{payer},{made.reference} {remark},A7"), now)
    new = NewVolunteer(
        p["volunteer"], TOWNSHIP, phone=p["volunteer's phone"], id_number=p["volunteer's number"]
    )
    volunteers.enter(session, worker, new, now=now)
    table = f"姓名,性别,手机号\n{p['listed']},女,{new.phone}\n".encode()
    imports.preview(session, worker, ImportKind.VOLUNTEERS, "报名表.csv", table, now=now)
    kind = AmendmentKind.CHILD_IDENTITY
    change = {"name": p["corrected name"], "name_before": p["child"], "number": p["child's number"]}
    session.add(
        Amendment(
            kind=kind,
            child_id=pupil.id,
            asked_by="account:x",
            reason=p["child"],
            asked_on=SENT,
            **change,
        )
    )
    an_account(session, Role.CASE_WORKER, login="worker", name=p["staff"], phone=p["staff's phone"])
    match = a_match(session, a_pledge(session)[0], pupil)
    a_sent_batch(session, school, match, on=SENT)
    officer = made_viewer(Role.SCHOOL_OFFICER, organisation_id=school.id)
    uploads.hand_over_with_photo(
        session,
        officer,
        stipend_ref(match.child_ref, SENT),
        _photo(p["child"]),
        files=files,
        now=now,
    )


def _photo(name: str) -> bytes:
    image = Image.new("RGB", (64, 64), "#a8324f")
    exif = image.getexif()
    exif[0x010E] = name
    exif.get_ifd(0x8825)[1] = "N"
    made = io.BytesIO()
    image.save(made, "JPEG", exif=exif, comment=name.encode())
    return made.getvalue()


def _look(app: Flask) -> None:
    """Let pages be read and searched, and fail, so that logs and traces have their chance."""
    from tests.factories import PASSWORD

    client = app.test_client()
    client.post("/login", data={"login": "worker", "password": PASSWORD})
    for path in ("/staff/children/", "/staff/volunteers/", "/staff/amendments/"):
        client.get(path, query_string={"q": PEOPLE["child"], "page": "1"})
    client.post("/staff/children/find", data={"q": PEOPLE["child"]}, follow_redirects=True)
    client.post("/login", data={"login": PEOPLE["staff"], "password": PEOPLE["staff's phone"]})
    client.post("/relink", data={"contact": PEOPLE["donor's mail"]})


def everything(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file but the keys, zipped ones opened; and the database as a thief would dump it."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or "keys" in path.parts:
            continue
        held = path.read_bytes()
        yield str(path.relative_to(folder)), held
        if held[:2] == b"\x1f\x8b":
            yield f"{path.name} unzipped", gzip.decompress(held)
    thief = sqlite3.connect(folder / "weiguang.db")
    dumped = "\n".join(thief.iterdump()).encode()
    thief.close()
    yield "dump", dumped


def assert_the_house_is_full(session: Session) -> None:
    """With the keys all that was put in can be read."""
    found = {receipt.payer_name for receipt in session.query(Receipt)}
    contacts = {vault.contact_of(session, row.id)[1] for row in session.query(vault.Donor)}
    assert PEOPLE["payer"] in found
    assert {PEOPLE["donor's phone"], PEOPLE["donor's mail"]} <= contacts
    session.rollback()


@pytest.mark.slow
def test_nobody_is_found_on_the_disk(disk: Path, session: Session) -> None:
    """Database, write-ahead log, backup, photographs, and every line that was logged."""
    assert_the_house_is_full(session)
    searched = dict(everything(disk))
    search, whose = Searched(PEOPLE.values()), {word: who for who, word in PEOPLE.items()}
    found = [hit for name, held in searched.items() for hit in search.found_in(name, held)]
    hits = {(name, whose[word], kind) for name, word, kind in found}
    hits -= {hit for hit in hits if hit[0].startswith("outbox/") and hit[1] in CONTACTS}

    assert {"weiguang.db", "heard.log", "dump"} <= searched.keys()
    assert any(name.startswith("backups/") for name in searched)
    assert any(name.startswith("uploads/") for name in searched)
    assert hits == set()


def test_a_sealed_value_says_by_which_way_it_was_sealed_and_opens_by_no_other() -> None:
    cipher = AESGCM(bytes(32))
    sealed = keys.seal(cipher, "孟和", place="kin.name")
    other = bytes([sealed[0] + 1]) + sealed[1:]

    assert sealed[:1] == keys.AES_256_GCM
    assert keys.unseal(cipher, sealed, place="kin.name") == "孟和"
    for blob, place in ((other, "kin.name"), (sealed, "kin.phone"), (sealed[1:], "kin.name")):
        with pytest.raises(InvalidTag):
            keys.unseal(cipher, blob, place=place)


def test_every_sealed_column_and_every_donors_key_carries_the_mark(session) -> None:
    a_pledge(session, "13800000001")
    a_child(session)
    session.flush()
    raw = [
        session.execute(text(f"SELECT {column} FROM {table}")).scalars().all()
        for table, column in (
            ("children", "name"),
            ("kin", "phone"),
            ("vault_contacts", "value"),
            ("vault_keys", "wrapped"),
        )
    ]
    assert all(raw)
    assert {bytes(one[:1]) for found in raw for one in found if one} == {keys.AES_256_GCM}
