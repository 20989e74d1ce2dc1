"""The red button on every child's page, whichever door it stands behind: the telephone first."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from services import harm
from vocabulary.enums import Called
from web.core import requests
from web.core.access import current_viewer
from web.core.labels import label

Guard = Callable[[Callable[..., Any]], Callable[..., Any]]


class HarmForm(FlaskForm):
    """Who was called; no word of what was seen."""

    called = RadioField(
        "打给谁了",
        [InputRequired("请选打给谁了")],
        choices=[
            SelectChoice(one.value, "还没有打，先记下" if one is Called.NOT_YET else label(one))
            for one in Called
        ],
    )


def attach(bp: Blueprint, guard: Guard) -> None:
    """Hang the button's two pages on a door's `harm` blueprint."""
    bp.add_url_rule("/children/<string:ref>/harm", "report", guard(report), methods=["GET", "POST"])
    bp.add_url_rule("/harm/<string:ref>", "told", guard(told))


def _door() -> str:
    return (request.blueprint or "").partition(".")[0]


def report(ref: str) -> str | Response:
    """Say whom to call first; keep that the button was pressed, and tell the banner."""
    session, viewer = requests.session(), current_viewer()
    child = harm.child_of(session, viewer, ref)
    form = HarmForm()
    if form.validate_on_submit():
        called = Called(form.called.data)
        kept = harm.report(session, viewer, ref, called=called, now=requests.now())
        return redirect(url_for(".told", ref=kept), 303)
    if request.method == "POST":
        requests.keep_nothing()
    else:
        requests.note_read("child.read", [f"child:{child['ref']}"])
    return render_template(f"{_door()}/harm/report.html", child=child, form=form, door=_door())


def told(ref: str) -> str:
    """Show the reporter the receipt and what happens next."""
    session, viewer = requests.session(), current_viewer()
    receipt = harm.receipt(session, viewer, ref)
    requests.note_read("harm.read", [f"harm:{ref}"])
    return render_template(f"{_door()}/harm/told.html", receipt=receipt, door=_door())
