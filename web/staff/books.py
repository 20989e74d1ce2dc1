"""The auditor's desk: balances, entries and checks, codes only."""

from flask import Blueprint, render_template

from privacy.permissions import Act
from services import books, checks
from web.core import check_words, requests
from web.core.access import current_viewer, may

bp = Blueprint("books", __name__, url_prefix="/books")


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
    )


@bp.get("/check")
@may(Act.SEE_BOOKS)
def check() -> str:
    """Compare everything with everything, now."""
    report = checks.report(requests.session(), current_viewer(), now=requests.now())
    return render_template(
        "staff/books/check.html", title="核对结果", report=report, words=check_words
    )
