"""Every rule of the url map, asked by everybody of the town: each method, each kind of handle.

At a door that is open to somebody each of its methods meets each kind of handle. Behind others'
doors a day asks each rule of each person once; by which method and with whose handle goes round, so
that over the persons each rule meets all of them. `make test-full` asks the whole product.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.house.crawl import Seen, seen_of
from tests.house.decided import DECIDED, EVERYBODY, OPEN
from tests.house.forms import forms_of, kind_of
from tests.house.observing import (
    ABSENT,
    EVERYTHING,
    MALFORMED,
    OF_THE_MACHINE,
    PART,
    TRIED,
    Observations,
    counted,
)
from tests.house.places import Town
from tests.house.test_authorisation import absent, address, is_opened, rules
from tests.plugins.examples import PROFILE
from vocabulary import clock

OWN, OTHER, MISSING, WRONG = HANDLES = ("own", "other", "missing", "malformed")
NAMED, ODD = ("GET", "POST"), ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")
# Who is behind the guardian's link to a reveal opens a page that the matrix has no role for.
PRIVATE = "private"
OWN_PAGES = ("private.show", "private_own.lately", "private_own.end_links")
MAY = DECIDED | {f"family.{page}": ({PRIVATE}, "") for page in OWN_PAGES}
EVERY_PERSON = (*sorted(EVERYBODY), PRIVATE)
# They see who pays; towards a child's identity they are low.
HIGH = frozenset({"collecting_desk", "custodian"})
# A role's second one is asked with make test-full.
PEOPLE = tuple(who for who in EVERY_PERSON if PROFILE == "full" or who != "case_deputy")
KINDS_OF_LINK = {
    "donor": "donor_link",
    "family": "slip_link",
    "guardian": "letters_link",
    "class_teacher": "class_link",
    PRIVATE: "reveal_link",
}
# A year is nobody's own: another donor has the same.
YEARS = {"donors_year", "donors_own_year"}
DEAD_ENDS = ("/login?next=", "/relink?expired", "/c/closed", "/family/closed")


@dataclass(frozen=True, slots=True)
class Cell:
    """One request: at which rule, by which method, with whose handle, and whether filled in."""

    rule: Rule
    method: str
    handle: str
    address: str
    is_filled: bool = False

    @property
    def key(self) -> str:
        return f"{self.method}{' filled' if self.is_filled else ''} {self.address}"


@dataclass(slots=True)
class Told:
    """What a town showed: its answers; (rule, method, handle) asked, (person, rule) met, rules
    that opened and to whom; and where a word stood that may stand nowhere.
    """

    seen: Observations = field(default_factory=dict)
    asked: set[tuple[str, str, str]] = field(default_factory=set)
    met: set[tuple[str, str]] = field(default_factory=set)
    opened: dict[str, set[str]] = field(default_factory=dict)
    hits: list[tuple[str, str]] = field(default_factory=list)


def seen_by_the_second(town: Town) -> Town:
    """Let the donor who looks be the second one: what is another's to him is the first donor's."""
    town.links["donor"] = town.links["second_donor"]
    for (who, kind), own in list(town.own.items()):
        if who == "donor" and kind not in YEARS and town.others[who, kind]:
            other, *more = town.others[who, kind]
            town.give(kind, who, other, own, *more)
    return town


def come_in(app: Flask, town: Town, who: str) -> FlaskClient:
    """The browser of one person, signed in or with the link's cookie."""
    client, instant = app.test_client(), int(clock.now().timestamp())
    with client.session_transaction() as cookie:
        if who in town.sessions:
            account_id, stamp = town.sessions[who]
            cookie |= {"_user_id": f"{account_id}:{stamp}", "_fresh": True}
            cookie |= {"since": instant, "seen": instant, "proof": instant}
        elif who in KINDS_OF_LINK:
            cookie[KINDS_OF_LINK[who]] = town.links[who]
    return client


def look_round(app: Flask, town: Town, who: str, told: Told, *, words: Sequence[bytes]) -> None:
    """Let one person ask his cells, reading before writing; what an answer would keep is undone.

    `words` may stand in no answer.
    """
    client, forms = come_in(app, town, who), {}
    kept = dict(client._cookies)
    asked = sorted(cells(app, town, who), key=lambda one: one.method != "GET")
    with counted(app) as count:
        for cell in asked:
            before = count[0]
            sent = forms.get(kind_of(cell.address), EVERYTHING) if cell.is_filled else None
            found = client.open(cell.address, method=cell.method, data=sent, headers={TRIED: "1"})
            _note(told, who, cell, found, statements=count[0] - before, words=words)
            if cell.method == "GET":
                forms = _forms(found, cell.address) | forms
            found.close()
            client._cookies.clear()  # some sign out, some come in by another link
            client._cookies.update(kept)


def _note(
    told: Told,
    who: str,
    cell: Cell,
    found: TestResponse,
    *,
    statements: int,
    words: Sequence[bytes],
) -> None:
    whole = seen_of(found)
    body = OF_THE_MACHINE.sub(b"", whole.body)
    # Only whether two are the same is asked, and there are a million of them.
    digest = hashlib.sha256(repr(whole.headers).encode() + body).digest()
    told.seen[who, cell.key] = Seen(whole.status, (), digest, statements)
    told.asked.add((cell.rule.endpoint, cell.method, cell.handle))
    told.met.add((who, cell.rule.endpoint))
    told.hits += [(who, cell.key)] if any(word in body for word in words) else []
    is_his = is_opened(found, ()) and not (found.location or "").startswith(DEAD_ENDS)
    if is_his and cell.handle == OWN and cell.method in NAMED:
        told.opened.setdefault(cell.rule.endpoint, set()).add(who)


def _forms(found: TestResponse, at: str) -> dict[str, dict[str, str]]:
    if found.mimetype != "text/html" or found.status_code == ABSENT:
        return {}
    return {kind_of(one.action): one.sent for one in forms_of(found.text, at)}


def cells(app: Flask, town: Town, who: str) -> Iterator[Cell]:
    """Yield what one person asks."""
    for n, rule in enumerate(rules(app)):
        if opens_to(rule, who):
            yield from _open_cells(rule, town, who, n + EVERY_PERSON.index(who))
        else:
            turned_away = [one for one in PEOPLE if one not in HIGH and not opens_to(rule, one)]
            turn = turned_away.index(who) if who in turned_away else 0
            yield from _shut_cells(rule, town, who, turn)


def opens_to(rule: Rule, who: str) -> bool:
    """Say whether a door is somebody's own; what is open to all is the stranger's."""
    roles, _ = MAY[rule.endpoint]
    return who == "public" if roles is OPEN else who in roles


def addresses(rule: Rule, town: Town, who: str) -> dict[str, list[str]]:
    """Return a rule's addresses by whose handle they hold: his own, or as its owner sees it."""
    if not rule.arguments:
        return {OWN: [rule.rule]}
    roles, kind = MAY[rule.endpoint]
    if who not in roles or (who, kind) not in town.own:
        holders = ("public", *sorted(EVERYBODY))
        who = next(one for one in holders if (one, kind) in town.own)
    found = {
        OWN: [address(rule, town.own[who, kind])],
        OTHER: [address(rule, one) for one in town.others[who, kind]],
        MISSING: [address(rule, absent(rule))],
        WRONG: [PART.sub(MALFORMED, rule.rule)],
    }
    return {handle: ones for handle, ones in found.items() if ones}


def address_of(app: Flask, town: Town, endpoint: str, who: str) -> str:
    """Return the address of a rule with one's own handle."""
    rule = next(one for one in rules(app) if one.endpoint == endpoint)
    return addresses(rule, town, who)[OWN][0]


def _open_cells(rule: Rule, town: Town, who: str, turn: int) -> Iterator[Cell]:
    found = addresses(rule, town, who)
    for method in _named(rule):
        for handle, ones in found.items():
            for one in ones:
                yield Cell(rule, method, handle, one, is_filled=method == "POST")
    if "POST" in _named(rule):
        yield Cell(rule, "POST", OWN, found[OWN][0])
    yield Cell(rule, "HEAD", OWN, found[OWN][0])
    odd = list(product(found, ODD))
    for handle, method in odd if PROFILE == "full" else [odd[turn % len(odd)]]:
        yield Cell(rule, method, handle, found[handle][0])


def _shut_cells(rule: Rule, town: Town, who: str, turn: int) -> Iterator[Cell]:
    found = addresses(rule, town, who)
    every = list(product((*_named(rule), *ODD), found))
    # First what the rule names with each kind of handle, then each odd method once.
    named = list(product(_named(rule), found))
    of_a_day = [*named, *((method, list(found)[at % len(found)]) for at, method in enumerate(ODD))]
    for method, handle in every if PROFILE == "full" else [of_a_day[turn % len(of_a_day)]]:
        yield Cell(rule, method, handle, found[handle][0], is_filled=method == "POST")


def _named(rule: Rule) -> list[str]:
    return [method for method in NAMED if method in (rule.methods or ())]
