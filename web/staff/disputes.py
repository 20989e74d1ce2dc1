"""待核实: what families said did not come, what was found out, and answers given by telephone."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services import uploads
from services.gate import Card
from services.handover import answers
from vocabulary.enums import Outcome
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NotFound
from vocabulary.refs import read_slip_code
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import onto
from web.core.messages import sentence
from web.forms.answers import CallForm, SettleForm

bp = Blueprint("disputes", __name__)


@bp.get("/disputes")
@may(Act.SETTLE_DISPUTE)
def index() -> str:
    """List open ones, oldest first."""
    found = answers.disputes(requests.session(), current_viewer())
    requests.note_read("stipend.read", [f"stipend:{one['ref']}" for one in found])
    return render_template("staff/disputes/index.html", disputes=found)


@bp.route("/disputes/<string:ref>", methods=["GET", "POST"])
@may(Act.SETTLE_DISPUTE)
def settle(ref: str) -> str | Response:
    """Keep what was found out, by somebody who had no part in it."""
    one = answers.dispute(requests.session(), current_viewer(), ref)
    photos = uploads.of_line(requests.session(), current_viewer(), ref)
    form = SettleForm()
    if form.validate_on_submit():
        outcome, reason = Outcome(form.outcome.data), form.reason.data or ""
        session, viewer, now = requests.session(), current_viewer(), requests.now()
        with onto(form):
            answers.settle(session, viewer, ref, outcome, reason, now=now)
            flash("核实的结果记下了。学校那边什么也看不到。", "success")
            return redirect(_after(one, outcome), 303)
    requests.note_read("stipend.read", [f"stipend:{ref}"])
    return render_template("staff/disputes/settle.html", one=one, photos=photos, form=form)


def _after(one: Card, outcome: Outcome) -> str:
    """Say what is next: what a hand kept is written off and sent again, asked for at once."""
    if outcome is Outcome.NOT_RECEIVED and one["handed_over_on"] is not None:
        return url_for("staff.write_offs.ask", ref=one["ref"])
    return url_for("staff.disputes.index")


@bp.route("/disputes/call", methods=["GET", "POST"])
@may(Act.SETTLE_DISPUTE)
def call() -> str | Response:
    """Enter what a family said on the telephone, by the code on its slip."""
    form = CallForm()
    if form.validate_on_submit() and _enter(form):
        flash("记下了，由你代办。", "success")
        return redirect(url_for("staff.disputes.index"), 303)
    if request.method == "POST":
        requests.keep_nothing()
    return render_template("staff/disputes/call.html", form=form)


def _enter(form: CallForm) -> bool:
    """Keep the answer, or say on the form why not."""
    try:
        ref = read_slip_code(form.code.data or "")
        answers.answer(
            requests.session(), current_viewer(), form.reply(), ref=ref, now=requests.now()
        )
    except NotFound:
        form.code.errors = ["没有找到这个编号，请再看一遍"]
    except BadInput as refusal:
        form.say(refusal)
    except (ActedBefore, AlreadyDecided) as refusal:
        form.form_errors.append(sentence(refusal))
    else:
        return True
    return False
