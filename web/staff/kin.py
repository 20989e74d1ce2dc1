"""Who looks after a child changed: another telephone, none, another place of work, or an end."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.children import child_file
from services.kin import changes, employers
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
_WORK = "记下了。同一个单位的人，不配给这个孩子，也不替他转交。"
_SAID = {"phone": _ASKED, "work": _WORK}


@bp.route("/<string:kin_ref>", methods=["GET", "POST"])
@may(Act.VERIFY_CHILD)
def change(ref: str, kin_ref: str) -> str | Response:
    """Show the form; write the change down."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    child = child_file.detail(session, viewer, ref, now=now)
    one = changes.one(session, viewer, ref, kin_ref)
    form = KinChangeForm(workplace=one["workplace"])
    if form.validate_on_submit() and _changed(form, ref, kin_ref):
        flash(_SAID.get(form.change.data, _DONE), "success")
        return redirect(url_for("staff.children.detail", ref=ref), 303)
    if request.method == "POST":
        requests.keep_nothing()
    requests.note_read("child.read", [f"child:{ref}"])
    return render_template("staff/kin/change.html", child=child, one=one, form=form)


def _changed(form: KinChangeForm, ref: str, kin_ref: str) -> bool:
    try:
        _change(form, ref, kin_ref)
    except BadInput as refusal:
        say(form, refusal)
    except AlreadyDecided as refusal:
        form.form_errors.append(sentence(refusal))
    else:
        return True
    return False


def _change(form: KinChangeForm, ref: str, kin_ref: str) -> None:
    who, now = (requests.session(), current_viewer(), ref, kin_ref), requests.now()
    match form.change.data:
        case "phone":
            _ask(form, ref, kin_ref)
        case "lost":
            changes.lose_phone(*who, now=now)
        case "work":
            employers.say(*who, form.workplace.data or "", now=now)
        case _:
            changes.relieve(*who, why=KinEnd(form.change.data), now=now)


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
