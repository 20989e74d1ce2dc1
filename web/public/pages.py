"""Pages that anyone may read."""

from typing import Any

from flask import render_template

from services.figures import figures
from services.figures.figures import Month, Quarter
from vocabulary.errors import FiguresDamaged
from vocabulary.unclaimed import months
from web.core import requests
from web.core.access import open_to_all
from web.core.filters import day, month_name
from web.core.messages import sentence
from web.public import bp


@bp.get("/")
@open_to_all
def home() -> str:
    """Say in one screen what this does, with rounded totals."""
    month, damaged = _month()
    leagues = _on_map(month) if month else []
    return render_template(
        "public/home.html",
        totals=_words(month),
        leagues=leagues,
        damaged=damaged,
        unclaimed_months=months(),
    )


@bp.get("/totals")
@open_to_all
def totals() -> str:
    """Show what was published last: a month by league in tens, a quarter by banner in fives."""
    month, damaged = _month()
    quarter, damaged_quarter = _quarter()
    return render_template(
        "public/totals.html",
        totals=_words(month),
        leagues=month.leagues if month else [],
        on_map=_on_map(month) if month else [],
        quarter=_words_of(quarter),
        damaged=damaged or damaged_quarter,
    )


def _month() -> tuple[Month | None, str]:
    """Return the last month and, where it cannot be shown, the sentence that says so."""
    try:
        return figures.public_month(requests.session()), ""
    except FiguresDamaged as refusal:
        return None, sentence(refusal)


def _words(month: Month | None) -> dict[str, Any] | None:
    if month is None:
        return None
    found = month.totals
    return {
        "handed_over": found.handed_over,
        "confirmed": found.confirmed,
        "supported": found.supported,
        "waiting": found.waiting,
        "asked": found.asked,
        "answered": found.answered,
        "month_label": f"{found.month.year}年{month_name(found.month)}",
        "as_of": day(found.as_of),
        "published_on": day(found.published_on),
    }


def _quarter() -> tuple[Quarter | None, str]:
    try:
        return figures.public_quarter(requests.session()), ""
    except FiguresDamaged as refusal:
        return None, sentence(refusal)


def _words_of(quarter: Quarter | None) -> dict[str, Any] | None:
    if quarter is None:
        return None
    months = f"{month_name(quarter.starts_on)}到{month_name(quarter.as_of)}"
    return {"label": f"{quarter.starts_on.year}年{months}", "banners": quarter.banners}


def _on_map(month: Month) -> list[dict[str, Any]]:
    return [
        {"name": one.name, "text": one.waiting, "step": one.step, "value": one.value}
        for one in month.leagues
    ]
