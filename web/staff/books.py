"""The auditor's desk: balances, entries and checks, codes only."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.accountancy import bank_balance, comparing
from services.books import books, kept_lists
from services.checking import checks
from services.notices.notice_words import JOB_NAMES
from vocabulary.dates import today
from web.core import check_words, requests
from web.core.access import current_viewer, may

bp = Blueprint("books", __name__, url_prefix="/books")
_MONTH = len("2026-11")


@bp.get("/")
@may(Act.SEE_BOOKS)
def index() -> str:
    """Show the trial balance and the latest entries."""
    session, viewer = requests.session(), current_viewer()
    return render_template(
        "staff/books/index.html",
        title="账目核对",
        balance=books.trial_balance(session, viewer),
        entries=books.entries(session, viewer),
        latest=comparing.latest(session, viewer),
    )


@bp.get("/check")
@may(Act.SEE_BOOKS)
def check() -> str:
    """Compare everything with everything, now."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    report = checks.report(session, viewer, now=now)
    return render_template(
        "staff/books/check.html",
        title="核对结果",
        report=report,
        words=check_words,
        jobs=JOB_NAMES,
        since={name: _waited(day, now=today(now)) for name, day in report["oldest"].items()},
        latest=comparing.latest(session, viewer),
        bank=bank_balance.compared(session, viewer),
        owed=kept_lists.owed(session, viewer),
    )


def _waited(day: str | None, *, now: date) -> str:
    """Say since when the oldest has waited; empty for none."""
    if day is None:
        return ""
    if len(day) == _MONTH:
        return f"{day} 起"
    since = date.fromisoformat(day[:10])
    return f"{since:%Y-%m-%d}，{max((now - since).days, 0)} 天了"


@bp.post("/check")
@may(Act.SEE_BOOKS)
def keep() -> Response:
    """Compare, and keep the outcome: it stops money from leaving, or lets it leave again."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    report = checks.report(session, viewer, now=now)
    found = comparing.keep(session, viewer, report, now=now)
    own = sum(check["contained"] for check in report["checks"])
    if found and found == own:
        flash(f"有 {found} 处对不上，记下了，都只关单独放着的：它们先不动，别的照常付。", "warning")
    elif found:
        flash(f"有 {found} 处对不上，记下了。查清以前，钱先不往外付。", "warning")
    else:
        flash("都对得上，记下了。钱可以照常往外付。", "success")
    return redirect(url_for(".check"), 303)
