"""A volunteer's own children: what she is asked, her answer, and after two agreed the child."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from services.care import answering, hers, leaving
from services.care.answering import No
from vocabulary.enums import CareRefusal, Role
from vocabulary.errors import BadInput, NotFound, NotPermitted, Refused
from web.core import care_words, requests
from web.core.access import current_viewer, for_roles
from web.core.acting import saying
from web.core.messages import sentence
from web.forms.care import DayForm, HerNoForm

bp = Blueprint("care", __name__, url_prefix="/care")
MOTHER = for_roles(Role.VOLUNTEER)


@bp.route("/leave", methods=["GET", "POST"])
@MOTHER
def leave() -> str | Response:
    """Say from which day on she stops; a successor is sought first."""
    form = DayForm()
    if form.validate_on_submit() and form.on.data is not None:
        try:
            leaving.give_notice(
                requests.session(), current_viewer(), form.on.data, now=requests.now()
            )
        except BadInput:
            form.on.errors = [f"最早 {leaving.NOTICE_DAYS} 天以后，最晚一年以内"]
        else:
            flash("记下了，谢谢你陪到现在。旗妇联会和你约交接和告别的日子。", "success")
            return redirect(url_for("volunteer.home"), 303)
    if form.is_submitted():
        requests.keep_nothing()
    return render_template("volunteer/care/leave.html", form=form, days=leaving.NOTICE_DAYS)


@bp.post("/stay")
@MOTHER
def stay() -> Response:
    """Take the notice back."""
    with saying("记下了，你接着陪。"):
        leaving.stay(requests.session(), current_viewer(), now=requests.now())
    return redirect(url_for("volunteer.home"), 303)


@bp.get("/<string:ref>")
@MOTHER
def show(ref: str) -> str:
    """Show what she is asked: kinds and bands, never who it is."""
    return _page(ref, HerNoForm())


def _page(ref: str, form: HerNoForm) -> str:
    card = hers.proposal(requests.session(), current_viewer(), ref, now=requests.now())
    return render_template(
        "volunteer/care/show.html", match=card, about=care_words.about(card["about"]), form=form
    )


@bp.post("/<string:ref>/yes")
@MOTHER
def accept(ref: str) -> Response:
    """Say yes."""
    try:
        answering.accept(requests.session(), current_viewer(), ref, now=requests.now())
    except (NotFound, NotPermitted):
        raise
    except Refused as refusal:
        return _told(ref, refusal)
    flash("谢谢你。旗妇联两位工作人员看过以后告诉你，最多 7 天。", "success")
    return redirect(url_for("volunteer.home"), 303)


@bp.post("/<string:ref>/no")
@MOTHER
def decline(ref: str) -> str | Response:
    """Say no with a reason; nobody thinks less of her."""
    form = HerNoForm()
    if not form.validate_on_submit():
        requests.keep_nothing()
        return _page(ref, form)
    no = No(CareRefusal(form.reason.data), form.note.data or "")
    try:
        answering.decline(requests.session(), current_viewer(), ref, no, now=requests.now())
    except (NotFound, NotPermitted):
        raise
    except Refused as refusal:
        return _told(ref, refusal)
    flash("记下了，没有关系。有合适的再来问你。", "success")
    return redirect(url_for("volunteer.home"), 303)


def _told(ref: str, refusal: Refused) -> Response:
    requests.keep_nothing()
    flash(sentence(refusal), "danger")
    return redirect(url_for(".show", ref=ref), 303)


@bp.get("/<string:ref>/child")
@MOTHER
def child(ref: str) -> str:
    """Show her child: what a visit needs, and the red button."""
    card = hers.child(requests.session(), current_viewer(), ref, now=requests.now())
    requests.note_read("child.read", [f"child:{card['child']['ref']}"])
    return render_template("volunteer/care/child.html", match=card, words=care_words)
