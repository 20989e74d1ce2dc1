"""The nights' matching: how well each run was proved, and whom it leaves waiting."""

from typing import Any

from flask import Blueprint, render_template

from privacy.permissions import Act
from services.gate import Card
from services.pairing import run_reports
from vocabulary.enums import Category, Sex, Stage
from web.core import reasons, requests
from web.core.access import current_viewer, may
from web.core.labels import label

bp = Blueprint("matching_runs", __name__, url_prefix="/matching")

_KINDS = {
    "banner": "旗县", "sex": "性别", "stage": "学段", "urgency": "急不急", "category": "类别",
    "disability": "病残",
    "ethnicity": "民族",
}  # fmt: skip
_DISABILITY = {"yes": "重病或残疾", "no": "其他孩子"}
_ENUMS = {"sex": Sex, "stage": Stage, "category": Category}


@bp.get("/")
@may(Act.SEE_FAIRNESS)
def index() -> str:
    """List the latest runs."""
    found = run_reports.runs(requests.session(), current_viewer())
    return render_template("staff/matching_runs/index.html", runs=found)


@bp.get("/<string:ref>")
@may(Act.SEE_FAIRNESS)
def detail(ref: str) -> str:
    """Show one run's report: who was met and who waits, group by group."""
    found = run_reports.report(requests.session(), current_viewer(), ref)
    kinds = [
        (_KINDS[kind], [share | {"name": _name(kind, share, found)} for share in rows])
        for kind, rows in found["kinds"].items()
        if rows
    ]
    flagged = [(title, row) for title, rows in kinds for row in rows if row["is_flagged"]]
    return render_template(
        "staff/matching_runs/detail.html", report=found, kinds=kinds, flagged=flagged
    )


def _name(kind: str, share: dict[str, Any], report: Card) -> str:
    group = share["group"]
    if kind in _ENUMS:
        return label(_ENUMS[kind](group))
    if kind == "disability":
        return _DISABILITY[group]
    if kind == "urgency":
        return reasons.LEVELS[int(group)]
    return str(report["names"].get(group, group))
