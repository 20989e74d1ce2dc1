"""Pages that anyone may read."""

from typing import Any

from flask import render_template

from services import figures
from web.core import requests
from web.core.access import open_to_all
from web.core.filters import day, month_name
from web.public import bp


@bp.get("/")
@open_to_all
def home() -> str:
    """Say in one screen what this does, with rounded totals."""
    totals = _totals()
    leagues = _on_map(_leagues()) if totals else []
    return render_template("public/home.html", totals=totals, leagues=leagues)


@bp.get("/totals")
@open_to_all
def totals() -> str:
    """Show the public figures: the region and its leagues, last month, in tens."""
    leagues = _leagues()
    return render_template(
        "public/totals.html", totals=_totals(), leagues=leagues, on_map=_on_map(leagues)
    )


def _totals() -> dict[str, Any] | None:
    found = figures.public_totals(requests.session(), now=requests.now())
    if found is None:
        return None
    return {
        "handed_over": found.handed_over,
        "confirmed": found.confirmed,
        "supported": found.supported,
        "waiting": found.waiting,
        "month_label": f"{found.month.year}年{month_name(found.month)}",
        "as_of": day(found.as_of),
    }


def _leagues() -> list[figures.League]:
    return list(figures.public_leagues(requests.session(), now=requests.now()))


def _on_map(leagues: list[figures.League]) -> list[dict[str, Any]]:
    return [
        {"name": one.name, "text": one.waiting, "step": one.step, "value": one.value}
        for one in leagues
    ]
