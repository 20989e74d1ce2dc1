"""The inbox that the doors share: officer, director, volunteer, and the donor behind his link.

A page of it shows days, never instants, and no handle of a message: those of others shift with
what a donor does alone.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.gate import Card
from services.notices import inbox
from vocabulary.enums import NoticeKind
from web.core import requests
from web.core.access import current_viewer

Guard = Callable[[Callable[..., Any]], Callable[..., Any]]
LAST_PAGE = 50
_TO_LIST = frozenset({NoticeKind.BATCH_SENT, NoticeKind.SCHOOL_REMINDER})
_TO_PAY = frozenset({NoticeKind.PAYMENT_DUE, NoticeKind.MONEY_RUNS_OUT, NoticeKind.PAYMENT_LATE})


def attach(bp: Blueprint, guard: Guard) -> None:
    """Hang the inbox on a door's `inbox` blueprint."""
    bp.add_url_rule("/inbox", "index", guard(index))
    bp.add_url_rule("/inbox/read", "read", guard(read), methods=["POST"])


def _door() -> str:
    return (request.blueprint or "").partition(".")[0]


def _folder() -> str:
    """Return whose pages these are: every hand shares one set."""
    return _door() if _door() in ("donor", "volunteer") else "hand"


def index() -> str:
    """List the viewer's messages, newest first, each with the way on."""
    session, viewer = requests.session(), current_viewer()
    page = min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
    found = inbox.messages(session, viewer, page=page)
    shown = found[: inbox.PAGE]
    requests.note_read("notices.read", [f"notice:{card['ref']}" for card in shown])
    return render_template(
        f"{_folder()}/inbox/index.html",
        door=_door(),
        messages=[card.and_also(way=_way(card)) for card in shown],
        unread=inbox.unread(session, viewer),
        is_one_pledge=viewer.pledge_id is not None,
        page=page,
        has_older=len(found) > inbox.PAGE and page < LAST_PAGE,
    )


def read() -> Response:
    """Mark everything as read."""
    inbox.mark_all_read(requests.session(), current_viewer(), now=requests.now())
    flash("都标成看过了。", "success")
    return redirect(url_for(f"{_door()}.inbox.index"), 303)


def _way(card: Card) -> dict[str, str] | None:
    """Say where a message leads at this door."""
    kind, (about, _, ref) = card["kind"], card["subject"].partition(":")
    if kind in _TO_LIST:
        return {"href": url_for(f"{_door()}.home"), "label": "看名单"}
    if kind in _TO_PAY:
        return {"href": url_for("donor.pledges.pay", ref=ref), "label": "怎么付"}
    if about == "care":
        return {"href": url_for("volunteer.care.show", ref=ref), "label": "看一看"}
    if about in ("match", "stipend") and _door() == "donor":
        ref = ref.partition("-")[0]
        return {"href": url_for("donor.matches.show", ref=ref), "label": "看每一笔"}
    return None
