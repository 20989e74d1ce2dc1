"""Reports that somebody fears for a child: the list of work, and who sees to each."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.danger import harm, protection
from vocabulary.enums import HarmOutcome
from web.core import harm as button
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import saying
from web.forms.harm import AboutForm, CloseForm

bp = Blueprint("harm", __name__)
button.attach(bp, may(Act.ANSWER_HARM))


@bp.get("/harm")
@may(Act.ANSWER_HARM)
def index() -> str:
    """List the reports, those nobody has taken up first."""
    found = harm.reports(requests.session(), current_viewer())
    requests.note_read("harm.read", [f"harm:{one['ref']}" for one in found])
    return render_template("staff/harm/index.html", reports=found)


@bp.post("/harm/<string:ref>/take-up")
@may(Act.ANSWER_HARM)
def take_up(ref: str) -> Response:
    """Take one up; the second to do so is told."""
    with saying("记下了，由你接手。先确认孩子现在安全。"):
        harm.take_up(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for("staff.harm.index"), 303)


@bp.get("/harm/<string:ref>/case")
@may(Act.ANSWER_HARM)
def detail(ref: str) -> str:
    """Show one report: whom it is about, what of the child's money waits, how it ended."""
    return _detail(ref, CloseForm(formdata=None))


def _detail(ref: str, form: CloseForm) -> str:
    card = harm.detail(requests.session(), current_viewer(), ref)
    naming = AboutForm(formdata=None)
    button.offer_colleagues(naming)
    requests.note_read("harm.read", [f"harm:{ref}"])
    return render_template("staff/harm/detail.html", card=card, form=form, naming=naming)


@bp.post("/harm/<string:ref>/about")
@may(Act.ANSWER_HARM)
def name(ref: str) -> Response:
    """Keep whom it is about; from this moment they stand near none of it."""
    session, viewer, form = requests.session(), current_viewer(), AboutForm()
    button.offer_colleagues(form)
    card = harm.detail(session, viewer, ref)
    if form.validate_on_submit() and form.read() == protection.NOT_SAID:
        requests.keep_nothing()
        flash("先选一个人，或者一处单位。", "warning")
    elif not form.errors and card["closed"] is None:
        protection.name_later(session, viewer, ref, form.read(), now=requests.now())
        flash("记下了。写进来的人从现在起看不到这份报告。", "success")
    else:
        requests.keep_nothing()
    return redirect(url_for(".detail", ref=ref), 303)


@bp.post("/harm/<string:ref>/close")
@may(Act.CLOSE_HARM)
def close(ref: str) -> str | Response:
    """Say how it ended, as a second person."""
    form = CloseForm()
    if not form.validate_on_submit():
        requests.keep_nothing()
        return _detail(ref, form)
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    with saying("结案了。没有别的报告时，孩子回到学校和村里的名单，还没拨的钱走回原来的路。"):
        protection.close(session, viewer, ref, outcome=HarmOutcome(form.outcome.data), now=now)
    return redirect(url_for(".detail", ref=ref), 303)
