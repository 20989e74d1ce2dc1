"""How values look on a page, and what every template may ask for."""

from datetime import date, datetime
from functools import cache
from typing import Any

from babel import support
from flask import Flask, current_app, request
from flask_babel import get_locale
from wtforms.i18n import messages_path

from config import Mode, Operator
from extensions import db
from privacy.viewers import Viewer
from services.accounts import corner
from services.care import abilities
from services.gate import Card
from vocabulary.classes import grade_label
from vocabulary.dates import SHANGHAI, today
from vocabulary.enums import VisitSign
from vocabulary.money import format_yuan, format_yuan_short
from web.core import care_words, requests
from web.core.access import current_viewer
from web.core.labels import label
from web.core.menus import counted_in, menu_of


def init_app(app: Flask) -> None:
    """Bind to the application."""
    app.jinja_env.filters.update(
        yuan=format_yuan,
        yuan_short=format_yuan_short,
        in_yuan=in_yuan,
        day=day,
        full_day=full_day,
        coming=coming,
        month_name=month_name,
        full_month=full_month,
        clock_time=clock_time,
        label=label,
        sign=sign,
        care_times=care_times,
        her_times=her_times,
        grade=grade_label,
    )
    app.context_processor(_shared)
    app.before_request(_give_form_words)


def _give_form_words() -> None:
    """Hand every request the form library's sentences: it would read their file for each form."""
    request.wtforms_translations = _form_words()  # type: ignore[attr-defined]


@cache
def _form_words() -> support.NullTranslations:
    return support.Translations.load(messages_path(), [get_locale()], domain="wtforms")


def _shared() -> dict[str, Any]:
    viewer = current_viewer()
    person = corner.of(db.session(), viewer, counted_in(viewer.roles))
    return {
        "operator": operator_facts(),
        "viewer": viewer,
        "menu": menu_of(viewer, person),
        "me": _me(viewer, person),
    }


def _me(viewer: Viewer, person: Card) -> dict[str, str] | None:
    """Return the signed-in person's name and title; None for links and the public."""
    if not person.has("name"):
        return None
    roles = "、".join(label(role) for role in sorted(viewer.roles))
    place = person["place"]["name"]
    return {"name": person["name"], "title": f"{place} · {roles}", "place": place, "roles": roles}


def operator_facts() -> dict[str, Any]:
    """Return who runs this installation, as the pages' footers say it."""
    settings = current_app.config["SETTINGS"]
    operator: Operator = settings.operator
    return {
        "name": operator.name,
        "qualification": operator.qualification,
        "filing": operator.filing,
        "hotline": operator.hotline,
        "bank_name": operator.bank_name,
        "bank_account": operator.bank_account,
        "bank_holder": operator.bank_holder,
        "officer": operator.officer,
        "is_demo": settings.mode is not Mode.PRODUCTION,
    }


def _local(value: date | datetime) -> date:
    return value.astimezone(SHANGHAI).date() if isinstance(value, datetime) else value


def day(value: date | datetime | None) -> str:
    """11月21日; empty for none."""
    if value is None:
        return ""
    local = _local(value)
    return f"{local.month}月{local.day}日"


def her_times(said: str) -> str:
    """Say a volunteer's own words, and beside them what the engine reads off them where it differs."""
    read = care_words.times(sorted(abilities.times_of(said))) or "都可以"
    return said if read == said else f"{said}（配对时算{read}）"


def care_times(kept: str) -> str:
    """Name the times at which somebody may come for a need, as the need keeps them."""
    return care_words.times(kept.split())


def sign(code: str) -> str:
    """Name what a volunteer noticed, from the code that a visit keeps."""
    return label(VisitSign(code))


def full_day(value: date | datetime | None) -> str:
    """2026年11月21日; empty for none."""
    return f"{_local(value).year}年{day(value)}" if value is not None else ""


def coming_day(value: date, on: date) -> str:
    """12月1日 within the year of `on`, 2027年9月1日 beyond it."""
    return day(value) if value.year == on.year else full_day(value)


def coming(value: date | None) -> str:
    """Name a day still to come, with its year once it is not this one; empty for none."""
    return coming_day(value, today(requests.now())) if value else ""


def month_name(value: date | None) -> str:
    """11月; empty for none."""
    return f"{value.month}月" if value is not None else ""


def full_month(value: date | None) -> str:
    """2026年11月; empty for none."""
    return f"{value.year}年{value.month}月" if value is not None else ""


def clock_time(value: datetime | None) -> str:
    """11月21日 08:30, Shanghai time; empty for none."""
    return f"{day(value)} {value.astimezone(SHANGHAI):%H:%M}" if value is not None else ""


def in_yuan(fen: int) -> str:
    """100元, as it is spoken."""
    return f"{format_yuan_short(fen).removeprefix('¥')}元"
