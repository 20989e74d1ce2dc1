"""档案请求: what guardians want corrected or deleted, answered in writing within 15 days."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.guardians import guardian_file, guardian_requests
from vocabulary.dates import today
from vocabulary.errors import AlreadyDecided, BadInput
from web.core import file_copies, proof, requests
from web.core.access import current_viewer, may
from web.core.messages import sentence
from web.forms.guardian import BARS, AnswerForm

bp = Blueprint("guardian_requests", __name__)


@bp.get("/guardian-requests/")
@may(Act.ANSWER_GUARDIAN)
def index() -> str:
    """List what waits first, the longest waiting on top."""
    found = guardian_requests.queue(requests.session(), current_viewer(), now=requests.now())
    requests.note_read("child.read", [f"child:{one['child']['ref']}" for one in found])
    return render_template("staff/guardian_requests/index.html", found=found)


@bp.route("/guardian-requests/<string:ref>", methods=["GET", "POST"])
@may(Act.ANSWER_GUARDIAN)
def detail(ref: str) -> str | Response:
    """Show one request, what has to be done first, and take the written answer."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    card, form = guardian_requests.request(session, viewer, ref, now=now), AnswerForm()
    if form.validate_on_submit() and _answered(ref, form):
        flash("答复记下了，监护人手机上会收到链接。", "success")
        return redirect(url_for(".index"), 303)
    if form.is_submitted():
        requests.keep_nothing()
    requests.note_read("child.read", [f"child:{card['child']['ref']}"])
    return render_template(
        "staff/guardian_requests/detail.html", card=card, form=form, bar=BARS.get(card["bar"])
    )


@bp.get("/guardian-requests/<string:ref>/copy.pdf")
@may(Act.ANSWER_GUARDIAN)
@proof.proven
def copy(ref: str) -> Response:
    """Give the copy that a guardian without a telephone asked for, to print and bring."""
    card = guardian_file.copy_for(requests.session(), current_viewer(), ref)
    requests.note_read("child.copy", [f"child:{card['ref']}"])
    return file_copies.paper(card, printed_on=today(requests.now()))


def _answered(ref: str, form: AnswerForm) -> bool:
    try:
        guardian_requests.answer(
            requests.session(),
            current_viewer(),
            ref,
            agrees=form.agrees.data == "yes",
            words=form.words.data or "",
            now=requests.now(),
        )
    except BadInput as refusal:
        form.agrees.errors = [BARS[str(refusal.params["reason"])]]
    except AlreadyDecided as refusal:
        form.form_errors.append(sentence(refusal))
    else:
        return True
    return False
