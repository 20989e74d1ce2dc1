"""The first page of every staff role: a dashboard, or the one desk that the role works at."""

from datetime import datetime, timedelta
from typing import Any

from flask import current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import PERMISSIONS, Act
from services.children import amendments
from services.figures import figures_internal
from services.gate import Card
from services.notices.notice_words import JOB_NAMES
from services.upkeep import watch
from vocabulary.enums import ChildStatus, RegionLevel, Role
from vocabulary.leagues import LEAGUES
from web.core import requests
from web.core.access import current_viewer, for_roles
from web.core.filters import clock_time
from web.core.labels import label
from web.staff import bp

_SEE_FIGURES = PERMISSIONS[Act.SEE_FIGURES]
_DESKS = (
    (Role.COLLECTING_DESK, "staff.receipts.index"),
    (Role.PAYING_DESK, "staff.batches.index"),
    (Role.AUDITOR, "staff.books.index"),
    (Role.CUSTODIAN, "staff.custody.index"),
    (Role.ADMINISTRATOR, "staff.health.index"),
)
_TODO: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
    ("harm", "brick", "件担心孩子受伤害", "staff.harm.index", {}),
    ("disputes", "brick", "笔待核实", "staff.disputes.index", {}),
    ("silent", "brick", "批过了 14 天学校没说完", "staff.stipends.index", {}),
    ("proposals", "amber", "份拟结对等决定", "staff.matches.queue", {}),
    ("amendments", "amber", "处修改等你对原件", "staff.amendments.index", {}),
    ("drafts", "amber", "位孩子等入户核实", "staff.children.index", {"show": "draft"}),
    ("held", "lake", "位孩子待补材料", "staff.children.index", {"show": "held"}),
)
_TODO_TEXTS = {
    "harm": "还没有人接手，先办这件",
    "disputes": "家里说没收到或数不对",
    "silent": "打电话问，或改走别的渠道",
    "amendments": "姓名、身份证号、收款账户要两个人改",
    "drafts": "要由没有登记他的人去",
    "held": "补齐才能结对",
}
_NIGHTLY = ("matching", "stipends")
_A_NIGHT = timedelta(hours=30)
_STEPS = (5, 15, 30, 60)


@bp.get("/")
@for_roles(*sorted(_SEE_FIGURES | {role for role, _ in _DESKS}))
def home() -> str | Response:
    """Show the own part's figures, or lead to the desk of a role that has none."""
    viewer = current_viewer()
    if viewer.roles.isdisjoint(_SEE_FIGURES):
        return redirect(url_for(_desk()))
    session, now = requests.session(), requests.now()
    is_statistics = not viewer.has(Role.CASE_WORKER, Role.APPROVER)
    place = figures_internal.scope(session, viewer)
    waiting = figures_internal.waiting_children(session, viewer, now=now)
    return render_template(
        "staff/home.html",
        title="总览",
        place=place,
        now=now,
        watchdog=_watchdog(now),
        todo=[] if is_statistics else _todo(now),
        waiting=waiting,
        waiting_rows=[{"label": card["name"], "value": card["value"]} for card in waiting],
        waiting_sum=sum(card["value"] for card in waiting),
        waiting_long=sum(card["long"] for card in waiting),
        tiles=_tiles(waiting) if place["level"] is RegionLevel.REGION else None,
        funnel=_funnel(figures_internal.funnel(session, viewer, now=now)),
        since=figures_internal.year_starts(now),
        states=_states() if is_statistics else [],
        parts=figures_internal.by_part(session, viewer, now=now) if is_statistics else None,
    )


def _desk() -> str:
    viewer = current_viewer()
    return next(
        endpoint
        for role, endpoint in (*_DESKS, (None, "staff.notices.index"))
        if (role is None or viewer.has(role)) and endpoint in current_app.view_functions
    )


def _watchdog(now: datetime) -> dict[str, Any]:
    """Say what the night's jobs left undone first; green only when nothing is."""
    session, viewer = requests.session(), current_viewer()
    found = watch.told_by_runs(session, viewer, now=now)
    done = figures_internal.last_done(session, viewer)
    ran = "，".join(
        f"{JOB_NAMES[name]} {clock_time(done[name])} 办完" for name in _NIGHTLY if name in done
    )
    never = [JOB_NAMES[name] for name in _NIGHTLY if name not in done]
    worries = [f"{JOB_NAMES.get(f.name, f.name)}{label(f.trouble)}" for f in found]
    worries += [f"{name}还没有跑过" for name in never]
    old = [name for name in _NIGHTLY if name in done and done[name] < now - _A_NIGHT]
    worries += [f"{JOB_NAMES[name]}昨夜没有跑" for name in old]
    if not worries:
        return {"fine": True, "title": "昨夜该办的都办了", "text": f"{ran}。"}
    told = "装好后第一夜会跑。" if never and not found else "请告诉系统管理员。"
    return {"fine": False, "title": "；".join(worries), "text": f"{ran}。{told}" if ran else told}


def _todo(now: datetime) -> list[dict[str, Any]]:
    """List what waits today, the most pressing first; nothing that is zero."""
    session, viewer = requests.session(), current_viewer()
    counts = figures_internal.to_do(session, viewer, now=now).and_also(
        amendments=amendments.count_waiting(session, viewer)
    )
    late = f"{counts['late']} 份已逾期" if counts["late"] else "没有逾期的"
    texts = {**_TODO_TEXTS, "proposals": late}
    return [
        {
            "number": counts[key],
            "tone": tone,
            "title": title,
            "text": texts[key],
            "href": url_for(to, **dict[str, Any](args)),
        }
        for key, tone, title, to, args in _TODO
        if counts[key] and to in current_app.view_functions
    ]


def _tiles(waiting: list[Card]) -> list[dict[str, Any]]:
    values = {card["code"]: card["value"] for card in waiting}
    return [
        {
            "name": name,
            "value": values.get(code, 0),
            "text": str(values.get(code, 0)),
            "step": sum(values.get(code, 0) >= least for least in _STEPS),
        }
        for code, name in LEAGUES.items()
    ]


def _funnel(counts: Card) -> list[dict[str, Any]]:
    """Return the five facts, each with what is missing since the one before in words."""
    gaps = ("", "笔还没到账", "笔等拨付", "笔在学校手里", "笔等家里说")
    facts = ("promised", "received", "sent", "handed_over", "confirmed")
    rows, before = [], 0
    for fact, words in zip(facts, gaps, strict=True):
        gap = before - counts[fact]
        note = f"{gap} {words}" if words and gap > 0 else ""
        rows.append({"value": counts[fact], "text": f"{counts[fact]:,}", "note": note})
        before = counts[fact]
    return rows


def _states() -> list[tuple[str, int, str]]:
    counts = figures_internal.children_by_state(requests.session(), current_viewer())
    shown = (ChildStatus.DRAFT, ChildStatus.VERIFIED, ChildStatus.OPEN, ChildStatus.SUPPORTED)
    words = ("待入户核实", "已核实，待补材料", "待结对", "已结对")
    return [(word, counts[state], "位") for word, state in zip(words, shown, strict=True)]
