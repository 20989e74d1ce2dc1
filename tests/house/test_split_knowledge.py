"""Law 7: nobody holds both halves. Everything a role can fetch over fourteen months is joined.

Payer's side: payment references, payers' names, receipts, donors' contacts. Child's side: names,
refs of children and of their matches, schools, pledge codes. Only the custodian, on a request that
two people agreed to, sees one beside the other.
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cli.twins import cast
from extensions import db
from models.accounts import Account
from models.children import Child
from models.ledger import Receipt
from models.notices import Notice
from models.organisations import Organisation
from models.pledges import Match, Pledge
from models.stipends import Batch
from models.vault import Donor, VaultPledge
from tests.house.crawl import crawl, look, probes, sample_refs
from tests.house.observing import enter, opens_to
from tests.house.worlds import BELOW, FIRST, STARTS, world
from vocabulary.enums import OrganisationKind, RecipientKind

pytestmark = pytest.mark.slow

# One of each role is enough here: the twins look with two where two may differ.
STAFF = tuple(name for name in cast.LOW if name not in {"other_banner", "other_school"})
HIGH = ("collector", "custodian")
DESK = "collector"
# The custodian asks about a pledge by its code or its payment reference; the first donor and his
# child's family agreed to know each other. Nothing else is declared.
DECLARED = {("custodian", "pledge code"), ("other_donor", "child")}
NOBODYS_NAME = "别人"  # how the script calls every payer but the secret one
BLOCK = re.compile(r"</?(?:tr|li|p|section|article|dl|form|h\d)\b")
TAG = re.compile(r"<[^>]*>")
TOKEN = re.compile(r"[0-9A-Za-z]{6,}")


@dataclass(frozen=True)
class Handles:
    """Every handle of one kind, of either side."""

    payer: Mapping[str, frozenset[str]]
    child: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Town:
    """The running world, who looks at it, and what each sees."""

    app: Flask
    links: dict
    seen: dict[str, str]
    handles: Handles
    payments: frozenset[tuple[int, str]]


def handles_of(session: Session) -> Handles:
    """Read both sides' handles from the tables, past every gate."""

    def all_of(column) -> frozenset[str]:
        return frozenset(value for value in session.scalars(select(column)) if value)

    # A unit's name stands on its clerk's own door: it is no child's.
    of_units = select(Organisation.name).where(Organisation.kind == OrganisationKind.WORK_UNIT)
    units = frozenset(session.scalars(of_units))
    return Handles(
        payer={
            "payment reference": all_of(VaultPledge.payment_reference),
            "payer": all_of(Receipt.payer_name) - {NOBODYS_NAME},
            "receipt": all_of(Receipt.ref),
            "contact": frozenset({*cast.OTHERS.values(), BELOW[1]}),
            "donor": all_of(Donor.ref),
        },
        child={
            "child": all_of(Child.name) | all_of(Child.ref),
            "match": all_of(Match.child_ref),
            "pledge code": all_of(Pledge.code),
            "school": all_of(Organisation.name) - units,
        },
    )


def payments_of(session: Session) -> frozenset[tuple[int, str]]:
    """Return the (yuan, day) that occur once among what came in: such a pair names a payment."""
    rows = session.execute(select(Receipt.amount_fen, Receipt.received_on))
    pairs = Counter((amount // 100, f"{day.month}月{day.day}日") for amount, day in rows)
    return frozenset(pair for pair, times in pairs.items() if times == 1)


def plain(body: bytes) -> str:
    """Return a page, or the parts of a workbook, as text."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return "\n".join(book.read(name).decode("utf-8", "ignore") for name in book.namelist())
    page = re.sub(r'nonce="[^"]*"', "", body.decode("utf-8", "ignore"))
    return unescape(re.sub(r'name="(?:csrf_token|key)"[^>]*>', "", page))


def sight(app: Flask, observer: str, links: dict) -> str:
    """Everything that one observer can fetch, and the messages written to him."""
    # What is shut to him by its very door shows nothing (test_authorisation asks each of them).
    doors = (lambda _: True) if observer in HIGH else opens_to(app, observer)
    with app.app_context():
        asked = probes(app, sample_refs(db.session()), doors)
        addresses = [address for address in asked if "MISSING" not in address]
        told = messages(db.session(), observer)
    client = app.test_client()
    if observer in HIGH:
        typed = {"login": observer, "password": cast.PASSWORD}
        assert client.post("/login", data=typed).status_code in (302, 303)
    else:
        client = enter(app, observer, links)
    found = crawl(client, STARTS)
    found |= {a: look(client, a) for a in addresses if a not in found}
    # A refusal or a redirect repeats what was asked for at most; it shows nothing of ours.
    pages = [plain(one.body) for one in found.values() if one.status == 200]
    return "\n".join([*pages, *told])


def messages(session: Session, observer: str) -> list[str]:
    """What left the house, or came into the inbox, for an observer's login."""
    login = cast.LOW[observer].login if observer in cast.LOW else observer
    rows = session.execute(
        select(Notice.text, Notice.sent_text)
        .join(Account, Account.id == Notice.recipient_id)
        .where(Notice.recipient_kind == RecipientKind.ACCOUNT, Account.login == login)
    )
    return [words for row in rows for words in row if words]


@pytest.fixture(scope="module")
def town(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("split") / "instance"
    with world(template, folder, FIRST) as (app, links):
        with app.app_context():
            handles, payments = handles_of(db.session()), payments_of(db.session())
        guests = [name for name in links if name not in {"other_family", "third_donor"}]
        observers = (*STAFF, *HIGH, *guests)
        seen = {observer: sight(app, observer, links) for observer in observers}
        yield Town(app, links, seen, handles, payments)


def kinds_in(page: str, side: Mapping[str, frozenset[str]]) -> set[str]:
    return {kind for kind, words in side.items() if any(word in page for word in words)}


def both_sides(seen: Mapping[str, str], handles: Handles) -> list[tuple[str, str, str]]:
    """Return who sees handles of both sides: (observer, the payer's kind, the child's kind)."""
    return [
        (observer, paid, child)
        for observer, page in seen.items()
        for paid in sorted(kinds_in(page, handles.payer))
        for child in sorted(kinds_in(page, handles.child))
        if (observer, child) not in DECLARED
    ]


def shared_tokens(town: Town, seen: Mapping[str, str]) -> set[tuple[str, str]]:
    """Return (observer, code): codes of the collecting desk's pages that stand on others' too.

    What the public sees as well (versions, addresses), and words of the pages themselves, are no
    handles; neither is a donor's own payment reference on his own page, or on that of the unit's
    clerk who collects for it: he typed the unit's code for that, and the clerk sees no child.
    """
    common = set(TOKEN.findall(town.seen["public"])) | page_words(town)
    desk = set(TOKEN.findall(seen[DESK])) - common
    others = set(seen) - {DESK, "other_donor", "custodian", "public"}
    told = {"unit_collector": town.handles.payer["payment reference"]}
    return {
        (who, code)
        for who in others
        for code in desk & set(TOKEN.findall(seen[who])) - told.get(who, frozenset())
    }


def page_words(town: Town) -> set[str]:
    """Words that are in the templates and scripts, and addresses of the pages: the same for all."""
    root = Path(town.app.root_path)
    files = [*root.glob("templates/**/*"), *root.glob("static/*.*"), *root.glob("web/**/*.py")]
    words = {
        word
        for path in files
        if path.is_file() and path.suffix in {".html", ".js", ".css", ".py", ".svg"}
        for word in TOKEN.findall(path.read_text(encoding="utf-8", errors="ignore"))
    }
    return words | set(TOKEN.findall(" ".join(str(rule) for rule in town.app.url_map.iter_rules())))


def shared_payments(town: Town, seen: Mapping[str, str]) -> list[tuple[str, int, str]]:
    """Return (observer, yuan, day): a payment's sum and day in one line of somebody else's page."""
    others = set(seen) - {DESK, "other_donor", "custodian"}
    found = []
    for who in sorted(others):
        lines = [TAG.sub(" ", f"<{line}") for line in BLOCK.split(seen[who].replace(",", ""))]
        for yuan, day in sorted(town.payments):
            sum_ = re.compile(rf"(?<!\d){yuan}(?:\.00)?(?!\d)")
            when = re.compile(rf"(?<!\d){day}")
            if any(when.search(line) and sum_.search(line) for line in lines):
                found.append((who, yuan, day))
    return found


def test_no_role_sees_both_sides(town: Town) -> None:
    assert both_sides(town.seen, town.handles) == []


def test_no_code_of_the_collecting_desk_stands_on_anybody_elses_pages(town: Town) -> None:
    assert shared_tokens(town, town.seen) == set()


def test_no_sum_and_day_of_a_payment_stands_in_a_line_of_anybody_else(town: Town) -> None:
    assert town.payments
    assert shared_payments(town, town.seen) == []


def test_each_side_is_seen_by_those_whose_work_it_is(town: Town) -> None:
    """Otherwise the three above would be empty of meaning."""
    payer = {who: kinds_in(page, town.handles.payer) for who, page in town.seen.items()}
    child = {who: kinds_in(page, town.handles.child) for who, page in town.seen.items()}

    assert payer[DESK] >= {"payment reference", "payer"}
    assert payer["custodian"] >= {"payment reference"}
    assert payer["other_donor"] >= {"payment reference"}
    assert child["case_worker"] >= {"child", "match", "pledge code", "school"}
    assert child["school_officer"] >= {"child"}
    assert child["auditor"] >= {"child", "school"}
    assert [payer[who] for who in ("statistics", "administrator", "public")] == [set()] * 3


LEAKS = {
    "the bank's memo is the payer's reference": (
        Batch, "memo", lambda s: s.scalars(select(VaultPledge.payment_reference)).first(),
        "paying_desk", "tokens",
    ),
    "a pledge's code is its payment reference": (
        Pledge, "code", lambda s: s.scalars(select(VaultPledge.payment_reference)).first(),
        "case_worker", "sides",
    ),
    "the desk books under the child's ref": (
        Receipt, "payment_reference", lambda s: s.scalars(select(Child.ref)).first(),
        DESK, "sides",
    ),
    "the payer's name is the child's": (
        Receipt, "payer_name", lambda s: s.scalars(select(Child.name)).first(),
        DESK, "sides",
    ),
    "a school has the donor's contact": (
        Organisation, "name", lambda s: BELOW[1],
        "case_worker", "sides",
    ),
}  # fmt: skip


@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_is_seen(town: Town, leak: str) -> None:
    table, column, value, observer, by = LEAKS[leak]
    with planted(town.app, table, column, value):
        seen = town.seen | {who: sight(town.app, who, town.links) for who in {observer, DESK}}

    sides, tokens = both_sides(seen, town.handles), shared_tokens(town, seen)

    assert observer in {who for who, *_ in (sides if by == "sides" else tokens)}


def test_a_planted_sum_and_day_is_seen(town: Town) -> None:
    yuan, day = sorted(town.payments)[0]
    with planted(town.app, Notice, "text", lambda _: f"{day}到账 {yuan:,} 元"):
        seen = town.seen | {"case_worker": sight(town.app, "case_worker", town.links)}

    assert ("case_worker", yuan, day) in shared_payments(town, seen)


@contextmanager
def planted(app: Flask, table, column: str, value) -> Iterator[None]:
    """Put a value into every row that a constraint lets have it, and back afterwards."""
    field = getattr(table, column)
    with app.app_context():
        session = db.session()
        before = {row.id: getattr(row, column) for row in session.scalars(select(table))}
        leaked, unique = value(session), field.property.columns[0].unique
        session.rollback()
        for key in [max(before)] if unique else before:
            session.execute(_put(table, key, {column: leaked}))
        session.commit()
    try:
        yield
    finally:
        with app.app_context():
            for key, old in before.items():
                db.session.execute(_put(table, key, {column: old}))
            db.session.commit()


def _put(table, key: int, values: dict):
    """Write past the session: a sealed column cannot be compared in Python."""
    written = update(table).where(table.id == key).values(values)
    return written.execution_options(synchronize_session=False)
