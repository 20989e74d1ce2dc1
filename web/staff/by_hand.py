"""A pair proposed by hand, for a reason the engine cannot know; somebody else decides (law 8)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import CASE_STAFF
from services.children import child_file
from services.gate import Card
from services.pairing import proposing
from vocabulary.errors import NoLongerFits, NotFound, NotPermitted, Refused
from web.core import pledge_words, reasons, requests
from web.core.access import current_viewer, for_roles
from web.core.messages import sentence
from web.forms.matches import PairForm

bp = Blueprint("by_hand", __name__, url_prefix="/children/<string:ref>/propose")

_NO_FIT = "这份认捐和孩子现在不合条件了，换一份。"


@bp.route("/", methods=["GET", "POST"])
@for_roles(*sorted(CASE_STAFF))
def new(ref: str) -> str | Response:
    """Choose one of the pledges that fit, and say why."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    needs = proposing.choices(session, viewer, ref, now=now)
    form = PairForm()
    form.offer(needs)
    if form.validate_on_submit() and _proposed(ref, form):
        flash("提出来了，等审批人决定。你提出的，自己不能批。", "success")
        return redirect(url_for("staff.children.detail", ref=ref), 303)
    if request.method == "POST":
        requests.keep_nothing()
    requests.note_read("child.read", [f"child:{ref}"])
    return render_template(
        "staff/by_hand/new.html",
        child=child_file.detail(session, viewer, ref, now=now),
        form=form,
        needs=needs,
        about=_about(needs),
        missed=[(need, reasons.removed(need)) for need in needs if not need["pledges"]],
    )


def _proposed(ref: str, form: PairForm) -> bool:
    need_ref, _, code = form.pair.data.partition(".")
    try:
        proposing.propose_pair(
            requests.session(),
            current_viewer(),
            pledge_code=code,
            child_ref=ref,
            need_ref=need_ref,
            note=form.note.data,
            now=requests.now(),
        )
    except (NotFound, NotPermitted):
        raise
    except NoLongerFits:
        form.pair.errors = [_NO_FIT]
    except Refused as refusal:
        form.form_errors.append(sentence(refusal))
    else:
        return True
    return False


def _about(needs: list[Card]) -> dict[str, str]:
    """Say of each choice until when it gives and what its donor wished for."""
    return {
        f"{need['ref']}.{one['code']}": (
            f"{pledge_words.until(one)}。心愿：{pledge_words.wishes(one)}。"
        )
        for need in needs
        for one in need["pledges"]
    }
