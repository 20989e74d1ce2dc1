"""What is left of a pledge he has stopped: the donor says what becomes of it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.gate import Card
from services.giving import resting
from vocabulary.enums import RestWay
from vocabulary.errors import AlreadyDecided, BadInput
from web.core import requests
from web.core.access import behind_link, current_viewer
from web.forms.rests import RestForm

bp = Blueprint("rests", __name__, url_prefix="/rests")
_CHANGED = "刚才又有变动，余下的数不一样了。看一眼新的数，再选一次。"
_DONE = {
    RestWay.NEXT_CHILD: "记下了。工作人员核对、同意以后结对，结好了告诉你。",
    RestWay.TO_FUND: "记下了，转进了爱心备用金。谢谢你。",
    RestWay.PAY_BACK: "记下了。两个人核对户名以后，由银行退回原来的账户。",
}


@bp.route("/<string:ref>", methods=["GET", "POST"])
@behind_link("donor_link")
def show(ref: str) -> str | Response:
    """Show how much is left and the three ways, each with what it does; keep the one he says."""
    session, viewer, form = requests.session(), current_viewer(), RestForm()
    card = resting.one(session, viewer, ref)
    form.offer(card["ways"])
    requests.note_read("rest.read", [f"rest:{card['ref']}"])
    if form.validate_on_submit():
        if form.seen.data != str(card["fen"]):
            form.form_errors.append(_CHANGED)
        else:
            return _answer(ref, str(form.way.data))
    if request.method == "POST":
        requests.keep_nothing()
    form.seen.data = str(card["fen"])
    return _page(card, form)


def _answer(ref: str, way: str) -> Response:
    try:
        resting.answer(requests.session(), current_viewer(), ref, way, now=requests.now())
    except (AlreadyDecided, BadInput):
        requests.keep_nothing()
        flash("你已经定过了，定了什么写在下面。", "warning")
    else:
        flash(_DONE[RestWay(way)], "success")
    return redirect(url_for(".show", ref=ref), 303)


def _page(card: Card, form: RestForm) -> str:
    return render_template("donor/rests/show.html", rest=card, form=form)
