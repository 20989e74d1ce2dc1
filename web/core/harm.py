"""The red button on every child's page, whichever door it stands behind: the telephone first."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import CASE_STAFF
from services.danger import harm, protection
from vocabulary.enums import Called
from web.core import requests
from web.core.access import current_viewer
from web.forms.harm import AboutForm, HarmForm

Guard = Callable[[Callable[..., Any]], Callable[..., Any]]


def attach(bp: Blueprint, guard: Guard) -> None:
    """Hang the button's two pages on a door's `harm` blueprint."""
    bp.add_url_rule("/children/<string:ref>/harm", "report", guard(report), methods=["GET", "POST"])
    bp.add_url_rule("/harm/<string:ref>", "told", guard(told))


def _door() -> str:
    return (request.blueprint or "").partition(".")[0]


def _folder() -> str:
    return "staff" if _door() == "staff" else "hand"


def offer_colleagues(form: AboutForm) -> None:
    """Let staff name one colleague; other doors know no names and choose a kind."""
    if current_viewer().has(*CASE_STAFF):
        form.offer(protection.colleagues(requests.session(), current_viewer()))


def report(ref: str) -> str | Response:
    """Say whom to call first; keep that the button was pressed, and tell the banner."""
    session, viewer, form = requests.session(), current_viewer(), HarmForm()
    offer_colleagues(form)
    if form.validate_on_submit():
        called, about = Called(form.called.data), form.read()
        kept = harm.report(session, viewer, ref, called=called, about=about, now=requests.now())
        return redirect(url_for(".told", ref=kept), 303)
    child = harm.child_of(session, viewer, ref)
    if request.method == "POST":
        requests.keep_nothing()
    else:
        requests.note_read("child.read", [f"child:{child['ref']}"])
    return render_template(f"{_folder()}/harm/report.html", child=child, form=form, door=_door())


def told(ref: str) -> str:
    """Show the reporter the receipt and what happens next."""
    session, viewer = requests.session(), current_viewer()
    receipt = harm.receipt(session, viewer, ref)
    requests.note_read("harm.read", [f"harm:{ref}"])
    return render_template(f"{_folder()}/harm/told.html", receipt=receipt, door=_door())
