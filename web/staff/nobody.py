"""Whom nobody fits today: which rule stands in the way, and which one would help most."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template

from privacy.permissions import CASE_STAFF
from services.gate import Card
from services.runs import nobody
from services.runs.sides import CARE, PLEDGES
from web.core import care_words, reasons, requests
from web.core.access import current_viewer, for_roles

bp = Blueprint("nobody", __name__, url_prefix="/nobody-fits")
case_staff = for_roles(*sorted(CASE_STAFF))


@bp.get("/pledges")
@case_staff
def pledges() -> str:
    """List children whose need no pledge fits."""
    return _page(PLEDGES, reasons.RULES, unit="份", others="认捐")


@bp.get("/care")
@case_staff
def care() -> str:
    """List children whom no volunteer fits."""
    return _page(CARE, care_words.RULES, unit="位", others="爱心妈妈")


def _page(kind: str, rules: Mapping[str, str], *, unit: str, others: str) -> str:
    found = nobody.waiting(requests.session(), current_viewer(), kind, now=requests.now())
    if found["rows"]:
        requests.note_read("child.read", [f"child:{row['ref']}" for row in found["rows"]])
    rows = [{"row": row, "lines": _lines(row, rules, unit)} for row in found["rows"]]
    helps = [
        f"放宽“{rules[one['rule']]}”：{one['needs']} 个孩子就有人合适了" for one in found["helps"]
    ]
    template = f"staff/nobody/{'care' if kind == CARE else 'pledges'}.html"
    return render_template(template, rows=rows, helps=helps, found=found, unit=unit, others=others)


def _lines(row: Card, rules: Mapping[str, str], unit: str) -> list[Any]:
    return reasons.in_the_way(row["removed"], row["relaxation"], rules=rules, unit=unit)
