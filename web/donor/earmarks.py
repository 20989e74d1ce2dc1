"""What a donor's money is for, and the question whether it may help other children."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.donors import donors
from services.earmarks import for_child, redirecting
from services.gate import Card
from vocabulary.errors import AlreadyDecided, BadInput, TooLate
from vocabulary.money import format_yuan_short
from vocabulary.redirecting import WORDINGS
from web.core import requests
from web.core.access import behind_link, current_viewer
from web.core.labels import label
from web.forms.giving import KeepForm
from web.forms.pledge import SENTENCES

bp = Blueprint("earmarks", __name__, url_prefix="/earmarks")
_TOO_LATE = "答复的日子过了，钱照原来的用途留着。想改，打电话告诉我们。"
_SAID = "你已经答过了，答了什么写在下面。"


@bp.get("/")
@behind_link("donor_link")
def index() -> str:
    """Show what was asked and what was answered, each in the words of its day."""
    session, viewer = requests.session(), current_viewer()
    found = redirecting.questions(session, viewer, now=requests.now())
    # By nothing but himself: the case staff who asked know the questions by their refs (law 7).
    requests.note_read("earmark.read", [viewer.actor])
    return render_template("donor/earmarks/index.html", questions=[_worded(c) for c in found])


def _worded(card: Card) -> Card:
    words = WORDINGS[card["wording"]]
    said = {
        "sum": format_yuan_short(card["amount_fen"]),
        "use": label(card["earmark"]["kind"]),
        "why": label(card["reason"]),
    }
    return card.and_also(question=words.question.format(**said), yes=words.yes, no=words.no)


@bp.route("/children/<string:ref>", methods=["GET", "POST"])
@behind_link("donor_link")
def keep(ref: str) -> str | Response:
    """Give a sum once for one of the children he supports, and for nobody else."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    _, child = donors.support(session, viewer, ref, now=now)
    form = KeepForm()
    if form.validate_on_submit():
        try:
            made = for_child.give(session, viewer, child.ref, form.fen, now=now)
        except BadInput:
            form.amount.errors = [SENTENCES["amount"]]
        except AlreadyDecided:
            requests.keep_nothing()
            flash("这份资助已经结束了，没有记下。", "warning")
            return redirect(url_for("donor.home"), 303)
        else:
            flash(f"记下了，只用在“{child.code_name}”身上。钱到了才算。", "success")
            return redirect(url_for("donor.pledges.pay", ref=made), 303)
    if request.method == "POST":
        requests.keep_nothing()
    return render_template("donor/earmarks/keep.html", form=form, child=child)


@bp.post("/<string:ref>")
@behind_link("donor_link")
def answer(ref: str) -> Response:
    """Keep the donor's yes or no, once."""
    word = request.form.get("answer", "")
    try:
        redirecting.answer(requests.session(), current_viewer(), ref, word, now=requests.now())
    except (AlreadyDecided, TooLate, BadInput) as refusal:
        requests.keep_nothing()
        flash(_TOO_LATE if isinstance(refusal, TooLate) else _SAID, "warning")
    else:
        flash("记下了，谢谢你。" if word == "yes" else "记下了，照原来的用途。", "success")
    return redirect(url_for("donor.earmarks.index"), 303)
