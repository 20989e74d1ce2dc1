"""A person's own messages; the paying desk also releases what is late."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import PERMISSIONS, Act
from services import leaps
from services.gate import Card
from services.notices import inbox
from services.notices.notice_texts import title_of
from vocabulary.enums import NoticeKind, RecipientKind, Role
from web.core import requests
from web.core.access import current_viewer, for_roles, may

bp = Blueprint("notices", __name__, url_prefix="/notices")

READERS = (
    Role.CASE_WORKER,
    Role.APPROVER,
    Role.COLLECTING_DESK,
    Role.PAYING_DESK,
    Role.CUSTODIAN,
    Role.AUDITOR,
    Role.STATISTICS,
    Role.ADMINISTRATOR,
)
LAST_PAGE = 50
_LEADS_TO = {
    NoticeKind.PROPOSALS_WAIT: ("staff.matches.queue", "去审批"),
    NoticeKind.RUN_WAITS: ("staff.matching_runs.index", "去看看"),
    NoticeKind.FAMILY_DISPUTE: ("staff.stipends.index", "去核实"),
    NoticeKind.HARM_SUSPECTED: ("staff.harm.index", "去接手"),
    NoticeKind.MONEY_BACK: ("staff.stipends.index", "看退回的"),
    NoticeKind.MOVED_MONEY_BACK: ("staff.stipends.index", "看退回的"),
    NoticeKind.UNCLAIMED_DUE: ("staff.unclaimed.index", "去决定"),
    NoticeKind.FUND_RUNS_OUT: ("staff.gap_fund.index", "看备用金"),
    NoticeKind.SCHOOL_SILENT: ("staff.stipends.index", "看这一批"),
    NoticeKind.JOB_ALARM: ("staff.health.index", "看运行状况"),
    NoticeKind.HONEY_OPENED: ("staff.incidents.index", "看是谁"),
    NoticeKind.CARE_WAITS: ("staff.care.index", "去决定"),
    NoticeKind.CARE_LEAVES: ("staff.care.index", "去安排"),
    NoticeKind.VISIT_WORRIES: ("staff.visits.index", "去打电话"),
    NoticeKind.TRIAL_OVER: ("staff.care.index", "去决定"),
    NoticeKind.FRIEND_ASKED: ("staff.letters.index", "看信件"),
}


@bp.get("/")
@for_roles(*READERS)
def index() -> str:
    """List the viewer's messages, newest first."""
    session, viewer = requests.session(), current_viewer()
    page = min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
    found = inbox.messages(session, viewer, page=page)
    shown = found[: inbox.PAGE]
    requests.note_read("notices.read", [f"notice:{card['ref']}" for card in shown])
    releases = viewer.has(*PERMISSIONS[Act.RELEASE_LATE])
    return render_template(
        "staff/notices/index.html",
        title="消息",
        messages=[_with_way(card) for card in shown],
        unread=inbox.unread(session, viewer),
        late=_late(inbox.late(session, viewer)) if releases else [],
        leap=leaps.found(session, viewer) if releases else None,
        now=requests.now(),
        page=page,
        has_older=len(found) > inbox.PAGE,
    )


def _with_way(card: Card) -> Card:
    """Add where the message leads, if that page is there."""
    endpoint, words = _LEADS_TO.get(card["kind"], ("", ""))
    is_there = endpoint in current_app.view_functions
    way = {"href": url_for(endpoint), "label": words} if is_there else None
    return card.and_also(way=way)


def _late(counts: dict[NoticeKind, int]) -> list[tuple[str, int]]:
    return [(_title(kind), count) for kind, count in counts.items()]


def _title(kind: NoticeKind) -> str:
    """Return a headline of a kind, whoever receives it."""
    for to in RecipientKind:
        try:
            return title_of(to, kind)
        except KeyError:
            continue
    raise KeyError(kind)


@bp.post("/<string:ref>/read")
@for_roles(*READERS)
def read(ref: str) -> Response:
    """Mark one message as read."""
    inbox.mark_read(requests.session(), current_viewer(), ref, now=requests.now())
    return _back()


@bp.post("/read")
@for_roles(*READERS)
def read_all() -> Response:
    """Mark everything as read."""
    count = inbox.mark_all_read(requests.session(), current_viewer(), now=requests.now())
    flash(f"{count} 条都标成看过了。", "success")
    return _back()


@bp.post("/release")
@may(Act.RELEASE_LATE)
def release() -> Response:
    """Let what is more than 36 hours late leave."""
    count = inbox.release_held(requests.session(), current_viewer(), now=requests.now())
    flash(f"放行了 {count} 条，几分钟内发出；夜里的早上八点发。", "success")
    return _back()


@bp.post("/clock")
@may(Act.RELEASE_LATE)
def confirm_clock() -> Response:
    """Keep that today is today: payments and jobs go on."""
    asked = leaps.confirm(requests.session(), current_viewer(), now=requests.now())
    flash(
        "日期核对过了，可以拨付；停着的通知还要你放行。" if asked else "已经核对过了。", "success"
    )
    return _back()


@bp.post("/drop")
@may(Act.RELEASE_LATE)
def drop() -> Response:
    """Send nothing of what is late."""
    count = inbox.drop_held(requests.session(), current_viewer(), now=requests.now())
    flash(f"{count} 条不发了，各人的页面上照样看得到。", "success")
    return _back()


def _back() -> Response:
    arguments: dict[str, Any] = {"page": page} if (page := request.args.get("page")) else {}
    return redirect(url_for(".index", **arguments), 303)
