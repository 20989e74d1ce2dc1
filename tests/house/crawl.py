"""Walks the site as one viewer: every link found, then every GET rule with sample handles."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from models import Base

LINK = re.compile(r"""(?:href|src|action|data-refresh)="(/[^"#]*)""")
PAGES_AT_MOST = 400


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything an observer gets from one address."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    statements: int = 0


def look(client: FlaskClient, address: str) -> Seen:
    """Fetch one address, without following redirects."""
    return seen_of(client.get(address))


def seen_of(answer: TestResponse) -> Seen:
    """Everything that came over the wire but the date: the status with its phrase, headers, body."""
    headers = tuple((k, v) for k, v in answer.headers.items() if k != "Date")
    return Seen(answer.status_code, (("", answer.status), *headers), answer.get_data())


def crawl(
    client: FlaskClient, starts: Iterable[str], *, look: Callable[..., Seen] = look
) -> dict[str, Seen]:
    """Follow every link of the site from the starts; return what each address showed."""
    found: dict[str, Seen] = {}
    waiting = list(starts)
    while waiting and len(found) < PAGES_AT_MOST:
        address = waiting.pop(0)
        if address in found or address.startswith("/static/"):
            continue
        seen = look(client, address)
        found[address] = seen
        waiting += [unescape(link) for link in LINK.findall(seen.body.decode("utf-8", "ignore"))]
        location = dict(seen.headers).get("Location", "")
        if location.startswith("/"):
            waiting.append(location)
    return found


def get_rules(app: Flask) -> Iterator[Rule]:
    """Yield every rule that answers GET, but static files."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != "static":
            yield rule


def sample_refs(session: Session) -> dict[str, list[str]]:
    """Return up to two refs of every table that has one, by column."""
    refs: dict[str, list[str]] = {}
    for mapper in Base.registry.mappers:
        for column in mapper.class_.__table__.columns:
            if column.name in {"ref", "code", "child_ref", "memo"}:
                rows = session.scalars(select(column).order_by(column).limit(2)).all()
                refs[f"{mapper.class_.__tablename__}.{column.name}"] = list(rows)
    return refs


# The table whose handles a subject's pages take; others take a child's.
_HANDLES = {
    "accounts": "accounts.ref",
    "audit_samples": "audit_samples.ref",
    "batches": "batches.ref",
    "care": "care_matches.ref",
    "classes": "batches.ref",
    "custody_requests": "custody_requests.ref",
    "disputes": "matches.child_ref",
    "evidence": "uploads.ref",
    "fading": "care_matches.ref",
    "handovers": "matches.child_ref",
    "imports": "imports.ref",
    "letters": "letters.ref",
    "matches": "matches.child_ref",
    "orders": "payment_orders.ref",
    "pledges": "pledges.code",
    "returns": "batches.ref",
    "reveals": "reveals.ref",
    "schools": "organisations.ref",
    "slips": "batches.ref",
    "visits": "care_matches.ref",
    "volunteers": "volunteers.ref",
    "write_offs": "write_offs.ref",
    "kept": "kept_sums.ref",
    "surgeries": "surgeries.ref",
    "unclaimed": "unclaimed.ref",
}


def samples_for(rule: Rule, refs: Mapping[str, list[str]]) -> list[str]:
    """Return a handle that something of the rule's kind has, and one that nothing has."""
    subject = rule.endpoint.split(".")[-2] if "." in rule.endpoint else ""
    return [*refs.get(_HANDLES.get(subject, "children.ref"), [])[:1], "MISSING"]


# What nobody offers, and an attacker tries: another order, another page, a filter by what is hidden.
WISHES = "sort=payer&order=desc&by=contact&q=1380&page=2&limit=1&fields=all"


def probes(
    app: Flask, refs: dict[str, list[str]], is_asked: Callable[[str], bool] = lambda _: True
) -> list[str]:
    """Fill every rule with a sample of its own kind of handle, and with a missing one.

    A rule without a handle is asked with wishes of one's own too.
    """
    addresses = []
    for rule in (rule for rule in get_rules(app) if is_asked(rule.endpoint)):
        if not rule.arguments:
            addresses += [rule.rule, f"{rule.rule}?{WISHES}"]
            continue
        for sample in samples_for(rule, refs):
            addresses.append(re.sub(r"<(?:[a-z]+(?:\([^)]*\))?:)?[a-z_]+>", sample, rule.rule))
    return addresses
