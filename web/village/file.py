"""What a guardian wants of the child's file, written down for her: 由…代办."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.care import visit_lists
from services.guardians import families, guardian_wishes
from vocabulary.errors import BadInput
from web.core import requests
from web.core.access import current_viewer, may
from web.forms.guardian import HelpedWishForm

bp = Blueprint("file", __name__)


@bp.route("/families/<string:ref>/file", methods=["GET", "POST"])
@may(Act.HELP_GUARDIAN)
def show(ref: str) -> str | Response:
    """Take what the guardian wants; show the answers and the days of visits, to read aloud."""
    session, viewer, form = requests.session(), current_viewer(), HelpedWishForm()
    line = families.village_line(session, viewer, ref)
    if form.validate_on_submit() and _asked(ref, form):
        flash("记下了，由您代办。旗妇联 15 天里答复，答复写在这一页，请念给家里听。", "success")
        return redirect(url_for(".show", ref=ref), 303)
    if request.method == "POST":
        requests.keep_nothing()
    requests.note_read("child.read", [f"child:{line['child']['ref']}"])
    asked = guardian_wishes.helped(session, viewer, ref)
    visits = visit_lists.read_aloud(session, viewer, ref)
    return render_template(
        "village/file/show.html", line=line, form=form, asked=asked, visits=visits
    )


def _asked(ref: str, form: HelpedWishForm) -> bool:
    try:
        guardian_wishes.ask_for(
            requests.session(), current_viewer(), ref, form.wished(), now=requests.now()
        )
    except BadInput as refusal:
        form.say(refusal)
        return False
    return True
