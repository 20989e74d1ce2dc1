"""Matching runs: looked at before they are released, how well each was proved, whom it leaves waiting."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import PERMISSIONS, Act
from privacy.viewers import works_in
from services.gate import Card
from services.pairing import run_reports
from services.runs import drafting, releasing
from services.runs.sides import SIDES
from vocabulary.enums import Category, RunStatus, Sex, Stage
from web.core import reasons, requests
from web.core.access import current_viewer, may
from web.core.acting import WHATEVER, refused, saying
from web.core.labels import label

bp = Blueprint("matching_runs", __name__, url_prefix="/matching")

_KINDS = {
    "banner": "旗县", "sex": "性别", "stage": "学段", "urgency": "急不急", "category": "类别",
    "disability": "病残",
    "ethnicity": "民族",
}  # fmt: skip
_DISABILITY = {"yes": "重病或残疾", "no": "其他孩子"}
_ENUMS = {"sex": Sex, "stage": Stage, "category": Category}
SIDE_NAMES = {"pledges": "认捐", "volunteers": "爱心妈妈"}
_UNDER_WAY = (RunStatus.ASKED, RunStatus.RUNNING)
PHASES = {"pairing": "正在给每个孩子找合适的", "solving": "正在整体配"}


@bp.get("/")
@may(Act.SEE_FAIRNESS)
def index() -> str:
    """List the latest runs, what waits for somebody to look at it first."""
    viewer = current_viewer()
    found = run_reports.runs(requests.session(), viewer)
    waits = [run for run in found if run["status"] is RunStatus.DRAFT]
    return render_template(
        "staff/matching_runs/index.html",
        runs=[*waits, *(run for run in found if run["status"] is not RunStatus.DRAFT)],
        sides=SIDE_NAMES,
        may_ask=_may_release() and works_in(viewer, drafting.WHOLE),
    )


def _may_release() -> bool:
    return not current_viewer().roles.isdisjoint(PERMISSIONS[Act.RELEASE_RUN])


@bp.get("/<string:ref>")
@may(Act.SEE_FAIRNESS)
def detail(ref: str) -> str | Response:
    """Show one run: how far it is, or its report group by group and what is to be decided."""
    found = run_reports.report(requests.session(), current_viewer(), ref)
    if found["run"]["status"] in _UNDER_WAY:
        page = make_response(_under_way(found["run"]))
        page.headers["Refresh"] = "3"
        return page
    kinds = grouped(found)
    flagged = [(title, row) for title, rows in kinds for row in rows if row["is_flagged"]]
    return render_template(
        "staff/matching_runs/detail.html",
        report=found,
        kinds=kinds,
        flagged=flagged,
        may_release=_may_release(),
    )


def grouped(found: Card) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the groups of a report under the names that stand on the page."""
    return [
        (_KINDS[kind], [share | {"name": _name(kind, share, found)} for share in rows])
        for kind, rows in found["kinds"].items()
        if rows
    ]


def _under_way(run: Card) -> str:
    told = run["progress"]
    codes = told.get("banners", {})
    names = run_reports.banner_names(requests.session(), current_viewer(), codes)
    rows = [
        {"name": names.get(code, code), "needs": needs, "settled": settled, "met": met}
        for code, (needs, settled, met) in sorted(codes.items())
    ]
    return render_template(
        "staff/matching_runs/under_way.html",
        run=run,
        phase=PHASES.get(told.get("phase", "")),
        done=told.get("done", 0),
        of=told.get("of", 0),
        rows=rows,
        may_stop=_may_release() and works_in(current_viewer(), run["banner"] or drafting.WHOLE),
        side=SIDE_NAMES[run["kind"]],
    )


@bp.post("/ask")
@may(Act.RELEASE_RUN)
def ask() -> Response:
    """Ask for a run over the whole region now."""
    kind = request.form.get("kind", "")
    if kind not in SIDES:
        refused("先选是认捐还是爱心妈妈。")
        return redirect(url_for(".index"), 303)
    with saying("一分钟内开始配。配好以后先在这里看，再放行。", but=WHATEVER):
        drafting.ask(requests.session(), current_viewer(), kind, None, now=requests.now())
    return redirect(url_for(".index"), 303)


@bp.post("/<string:ref>/release")
@may(Act.RELEASE_RUN)
def release(ref: str) -> Response:
    """Let the pairs go to their desks."""
    with saying(but=WHATEVER):
        made = releasing.release(requests.session(), current_viewer(), ref, now=requests.now())
        flash(f"放行了，提给各旗县 {made} 对，时间从现在算起。", "success")
    return redirect(url_for(".detail", ref=ref), 303)


@bp.post("/<string:ref>/discard")
@may(Act.RELEASE_RUN)
def discard(ref: str) -> Response:
    """Put the run aside."""
    with saying("这一次不用了，谁也没有收到。今晚再配一次。", but=WHATEVER):
        releasing.discard(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".detail", ref=ref), 303)


@bp.post("/<string:ref>/stop")
@may(Act.RELEASE_RUN)
def stop(ref: str) -> Response:
    """Ask the run to stop."""
    with saying("正在停。什么也不会提出去。", but=WHATEVER):
        drafting.stop(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".detail", ref=ref), 303)


def _name(kind: str, share: dict[str, Any], report: Card) -> str:
    group = share["group"]
    if kind in _ENUMS:
        return label(_ENUMS[kind](group))
    if kind == "disability":
        return _DISABILITY[group]
    if kind == "urgency":
        return reasons.LEVELS[int(group)]
    return str(report["names"].get(group, group))
