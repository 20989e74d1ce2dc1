"""Entering a family's answer for it: 由…代办."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.guardians import families
from services.handover import answers
from vocabulary.enums import Role
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput
from web.core import requests
from web.core.access import current_viewer, for_roles
from web.core.messages import sentence
from web.forms.answers import AssistedForm

bp = Blueprint("families", __name__)


@bp.route("/families/<string:ref>/answer", methods=["GET", "POST"])
@for_roles(Role.VILLAGE_DIRECTOR)
def answer(ref: str) -> str | Response:
    """Take what the family said, in which language."""
    line = families.village_line(requests.session(), current_viewer(), ref)
    form = AssistedForm()
    if form.validate_on_submit():
        try:
            answers.answer(
                requests.session(), current_viewer(), form.reply(), ref=ref, now=requests.now()
            )
        except BadInput as refusal:
            form.say(refusal)
        except (ActedBefore, AlreadyDecided) as refusal:
            requests.keep_nothing()
            flash(sentence(refusal), "warning")
            return redirect(url_for("village.home"), 303)
        else:
            flash("记下了，由您代办。家里改主意，随时可以再记。", "success")
            return redirect(url_for("village.home"), 303)
    if request.method == "POST":
        requests.keep_nothing()
    else:
        requests.note_read("stipend.read", [f"stipend:{ref}"])
    return render_template("village/families/answer.html", line=line, form=form)
