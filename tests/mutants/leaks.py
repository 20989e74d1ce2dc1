"""Small leaks, each as a careless change could plant it, and where the twins are expected to see it."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from unittest import mock

from flask import Flask, abort, redirect, request
from sqlalchemy import text

from extensions import db
from gateways.mail import SmtpMail
from services import gate
from services.figures import figures
from services.notices import delivery
from web.core import filters


@dataclass(frozen=True, slots=True)
class Secret:
    """What only the donor and his desk know."""

    contact: str
    payer: str
    city: str
    day: int
    hour: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.contact.encode()).hexdigest()[:12]


Plant = Callable[[Flask, Secret], AbstractContextManager]


@dataclass(frozen=True, slots=True)
class Leak:
    """One leak by name; the observer and the address expected to show it."""

    name: str
    observer: str
    address: str
    plant: Plant


def answering(change: Callable[[object, Secret], object]) -> Plant:
    """Change every answer on its way out."""

    @contextmanager
    def plant(app: Flask, secret: Secret) -> Iterator[None]:
        hooks = app.after_request_funcs.setdefault(None, [])
        # The last hook registered runs first: ours must run after the house's own.
        hooks.insert(0, lambda response: change(response, secret) or response)
        try:
            yield
        finally:
            hooks.pop(0)

    return plant


def asked(answer: Callable[[Secret], object]) -> Plant:
    """Answer before the view is asked."""

    @contextmanager
    def plant(app: Flask, secret: Secret) -> Iterator[None]:
        hooks = app.before_request_funcs.setdefault(None, [])
        hooks.insert(0, lambda: answer(secret))
        try:
            yield
        finally:
            hooks.pop(0)

    return plant


def wrapped(owner: object, name: str, change: Callable[[object, Secret], object]) -> Plant:
    """Let a function of the house return something else."""

    @contextmanager
    def plant(app: Flask, secret: Secret) -> Iterator[None]:
        real = getattr(owner, name)

        def leaky(*args: object, **kwargs: object) -> object:
            return change(real(*args, **kwargs), secret)

        with mock.patch.object(owner, name, leaky):
            yield

    return plant


def filtered(name: str, change: Callable[[object, Secret], object]) -> Plant:
    """Let a template filter write something else."""

    @contextmanager
    def plant(app: Flask, secret: Secret) -> Iterator[None]:
        real = app.jinja_env.filters[name]
        app.jinja_env.filters[name] = lambda *a, **k: change(real(*a, **k), secret)
        app.jinja_env.cache.clear()
        try:
            yield
        finally:
            app.jinja_env.filters[name] = real
            app.jinja_env.cache.clear()

    return plant


def set_header(name: str, value: Callable[[Secret], str]) -> Plant:
    def change(response, secret):
        response.headers[name] = value(secret)

    return answering(change)


def written(into: bytes, value: Callable[[Secret], str]) -> Plant:
    """Write into the page, before a mark that every page has."""

    def change(response, secret):
        if response.mimetype == "text/html":
            response.set_data(response.get_data().replace(into, value(secret).encode() + into, 1))

    return answering(change)


def _many_statements(secret: Secret) -> None:
    for _ in secret.contact:
        db.session.execute(text("SELECT 1"))


def _reorder_headers(response, secret):
    if secret.contact > "135":
        value = response.headers.pop("X-Frame-Options", "DENY")
        response.headers["X-Frame-Options"] = value


def _sorted_by_contact(cards, secret):
    return list(reversed(cards)) if isinstance(cards, list) and secret.contact > "137" else cards


def _set_cookie(response, secret):
    response.set_cookie("seen", secret.digest)


def _also(**values: Callable[[Secret], object]):
    def change(cards, secret):
        if not isinstance(cards, list):
            return cards
        made = {name: value(secret) for name, value in values.items()}
        return [card.and_also(**{k: v for k, v in made.items() if card.has(k)}) for card in cards]

    return change


def _badge(entries, secret):
    return [
        {**entry, "label": f"{entry['label']}（{len(secret.contact)}）"} if at == 0 else entry
        for at, entry in enumerate(entries)
    ]


def _status(secret: Secret):
    if "MISSING" in request.path:
        abort(403 if secret.contact > "137" else 404)


def _crash(secret: Secret):
    if "·" in secret.payer and request.path == "/totals":
        abort(500)


def _location(response, secret):
    if response.status_code in (302, 303):
        response.headers["Location"] += f"?r={secret.day}"


def _forwarded(secret: Secret):
    if request.path == "/healthz" and secret.hour > 12:
        return redirect("/")
    return None


def _retitled(text_of, secret):
    return f"{text_of}{secret.city}" if isinstance(text_of, str) else text_of


def _reworded(drawn, secret):
    return drawn and replace(drawn, outside=f"{drawn.outside}{secret.city}")


def _reply_to(letter, secret):
    letter["Reply-To"] = f"{secret.digest}@example.org"
    return letter


def _total(month, secret):
    return replace(month, totals=replace(month.totals, waiting=f"{secret.day}0"))


PAGE = b"</body>"
STAFF, QUEUE = "/staff/", "/staff/matches/"

LEAKS = (
    Leak("etag-from-row", "case_worker", STAFF, set_header("ETag", lambda s: f'"{s.digest}"')),
    Leak("last-modified-when-seen", "family", "/family/", set_header("Last-Modified", lambda s: f"{s.hour:02d}:00")),
    Leak("last-payer-header", "auditor", "/staff/books/", set_header("X-Last", lambda s: s.digest)),
    Leak("vary-by-donor", "public", "/", set_header("Vary", lambda s: "Cookie" if s.hour > 12 else "Accept")),
    Leak("cookie-from-phone", "public", "/", answering(_set_cookie)),
    Leak("header-order", "public", "/totals", answering(_reorder_headers)),
    Leak("location-of-redirect", "public", "/staff/", answering(_location)),
    Leak("length-of-hidden-text", "school_officer", "/school/", written(PAGE, lambda s: " " * len(s.payer))),
    Leak("stars-per-character", "case_worker", "/staff/pledges/", written(PAGE, lambda s: "*" * len(s.payer))),
    Leak("city-suffix", "family", "/family/", written(PAGE, lambda s: f"爱心人士（{s.city}）")),
    Leak("unsalted-hash-of-phone", "paying_desk", "/staff/batches/", written(PAGE, lambda s: f'<i data-k="{s.digest}">')),
    Leak("last-active", "case_worker", "/staff/pledges/", written(PAGE, lambda s: f"最近 {s.hour} 点来过")),
    Leak("pay-in-day", "paying_desk", "/staff/batches/", written(PAGE, lambda s: f"{s.day}日到账")),
    Leak("comment-in-html", "volunteer", "/volunteer/", written(PAGE, lambda s: f"<!-- {s.digest} -->")),
    Leak("title-attribute", "village_director", "/village/", written(PAGE, lambda s: f'<i title="{s.payer}">')),
    Leak("key-from-phone-in-form", "school_officer", "/school/", written(PAGE, lambda s: f'<input type="hidden" value="{s.digest}">')),
    Leak("unread-receipt", "other_donor", "/donor/", written(PAGE, lambda s: "已读" if s.hour > 12 else "未读")),
    Leak("statistics-cell", "statistics", STAFF, written(PAGE, lambda s: f"<td>{s.day}</td>")),
    Leak("custodian-chain-head", "auditor", "/staff/books/", written(PAGE, lambda s: f"<code>{s.digest}</code>")),
    Leak("mark-as-wide-as-the-name", "family", "/family/", written(PAGE, lambda s: "█" * len(s.payer))),
    Leak("order-by-contact", "case_worker", "/staff/children/", wrapped(gate, "cards", _sorted_by_contact)),
    Leak("memo-from-payer", "paying_desk", "/staff/batches/", wrapped(gate, "cards", _also(memo=lambda s: s.payer))),
    Leak("code-name-from-city", "other_donor", "/donor/", wrapped(gate, "ask", _also(code_name=lambda s: s.city))),
    Leak("order-by-payer", "auditor", "/staff/books/", wrapped(gate, "cards", _sorted_by_contact)),
    Leak("public-total", "public", "/totals", wrapped(figures, "public_month", _total)),
    Leak("count-badge", "case_worker", STAFF, wrapped(filters, "menu_of", _badge)),
    Leak("amount-with-remark", "other_donor", "/donor/", filtered("yuan_short", _retitled)),
    Leak("instant-for-day", "other_donor", "/donor/", filtered("full_day", lambda day, s: f"{day}{s.hour}:00")),
    Leak("label-by-city", "administrator", "/staff/accounts/", filtered("label", _retitled)),
    Leak("403-for-404", "other_banner", "/staff/pledges/MISSING", asked(_status)),
    Leak("error-for-a-rare-name", "public", "/totals", asked(_crash)),
    Leak("redirect-by-hour", "public", "/healthz", asked(_forwarded)),
    Leak("query-count", "school_officer", "/school/", asked(_many_statements)),
    Leak("message-text", "mail", "mail:", wrapped(delivery, "draw", _reworded)),
    Leak("reply-to", "mail", "mime:", wrapped(SmtpMail, "letter", _reply_to)),
)  # fmt: skip
