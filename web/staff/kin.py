"""Who looks after a child changed: another telephone, none, or an end. Their links die with it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.children import child_file
from services.kin import changes
from services.routes import asking
from vocabulary.enums import KinEnd
from vocabulary.errors import AlreadyDecided, BadInput
from web.core import requests
from web.core.access import current_viewer, may
from web.core.messages import sentence
from web.forms.children import KinChangeForm
from web.staff.children import phone_in, say

bp = Blueprint("kin", __name__, url_prefix="/children/<string:ref>/kin")
_ASKED = "记下了。另一位同事问过家里，再过三天才用；在那以前，新号码上什么也收不到。"
_DONE = "改好了。以前发到那个电话的链接都打不开了。"


@bp.route("/<string:kin_ref>", methods=["GET", "POST"])
@may(Act.VERIFY_CHILD)
def change(ref: str, kin_ref: str) -> str | Response:
    """Show the form; write the change down."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    child = child_file.detail(session, viewer, ref, now=now)
    one = changes.one(session, viewer, ref, kin_ref)
    form = KinChangeForm()
    if form.validate_on_submit() and _changed(form, ref, kin_ref):
        flash(_ASKED if form.change.data == "phone" else _DONE, "success")
        return redirect(url_for("staff.children.detail", ref=ref), 303)
    if request.method == "POST":
        requests.keep_nothing()
    requests.note_read("child.read", [f"child:{ref}"])
    return render_template("staff/kin/change.html", child=child, one=one, form=form)


def _changed(form: KinChangeForm, ref: str, kin_ref: str) -> bool:
    who, now = (requests.session(), current_viewer(), ref, kin_ref), requests.now()
    try:
        if form.change.data == "phone":
            _ask(form, ref, kin_ref)
        elif form.change.data == "lost":
            changes.lose_phone(*who, now=now)
        else:
            changes.relieve(*who, why=KinEnd(form.change.data), now=now)
    except BadInput as refusal:
        say(form, refusal)
    except AlreadyDecided as refusal:
        form.form_errors.append(sentence(refusal))
    else:
        return True
    return False


def _ask(form: KinChangeForm, ref: str, kin_ref: str) -> None:
    """Let the other telephone wait for a second person. Raises BadInput."""
    phone, reason = phone_in(form.phone), form.reason.data or ""
    if not phone:
        raise BadInput(field="phone", reason="missing")
    if not reason:
        raise BadInput(field="reason", reason="missing")
    session, by, now = requests.session(), current_viewer(), requests.now()
    try:
        asking.ask_phone(session, by, ref, kin_ref, phone=phone, reason=reason, now=now)
    except AlreadyDecided as refusal:
        raise BadInput(field="phone", reason="one_waits") from refusal
