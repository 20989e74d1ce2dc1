"""Money that came back: the paying desk records it, case staff send it again."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.batches import returns
from services.gate import Card
from vocabulary.errors import AlreadyDecided, NotFound
from vocabulary.money import format_yuan_short
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import onto, saying
from web.forms.returns import AgainForm, ReturnForm

bp = Blueprint("returns", __name__)
_SAID = {
    "not_between": "在拨付那天以后、今天以前",
    AlreadyDecided.code: "学校那边刚改过名单，笔数或金额变了。请重新打开这一页，再对一遍。",
}


@bp.route("/batches/<string:ref>/returned", methods=["GET", "POST"])
@may(Act.RECORD_RETURN)
def record(ref: str) -> str | Response:
    """Record the day on which a batch's returned sum was on our account."""
    card = _expected(ref)
    form = ReturnForm(count=card["count"], fen=card["total_fen"])
    if form.validate_on_submit():
        session, viewer, now = requests.session(), current_viewer(), requests.now()
        with onto(form, _SAID):
            returns.record(session, viewer, ref, form.read(), on=form.on.data, now=now)
            total = format_yuan_short(card["total_fen"])
            flash(f"记下了：{card['memo']} 退回 {total}。经办人来定怎么再给。", "success")
            return redirect(url_for("staff.batches.index"), 303)
    return render_template("staff/returns/record.html", card=card, form=form)


def _expected(ref: str) -> Card:
    found = returns.expected(requests.session(), current_viewer())
    card = next((one for one in found if one["ref"] == ref), None)
    if card is None:
        raise NotFound()
    return card


@bp.route("/stipends/<string:ref>/again", methods=["GET", "POST"])
@may(Act.SEND_AGAIN)
def again(ref: str) -> str | Response:
    """Let one instalment that came back go with the next batch."""
    session, viewer = requests.session(), current_viewer()
    card, form = returns.returned(session, viewer, ref), AgainForm()
    if form.validate_on_submit():
        with saying("记下了，下一批一起拨付。"):
            returns.send_again(session, viewer, ref, now=requests.now())
        return redirect(url_for("staff.stipends.index", show="held"), 303)
    requests.note_read("child.read", [f"child:{card['child']['ref']}"])
    return render_template("staff/returns/again.html", card=card, form=form)
