"""Which volunteer writes with a child: asked for, agreed to by a second person, and ended."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from privacy.permissions import Act
from services.letters import letter_friends
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NoConsent, NotFound
from web.core import requests
from web.core.access import current_viewer, may
from web.core.messages import sentence
from web.forms.letters import FriendForm

bp = Blueprint("letter_friends", __name__)
_NOT_CLEARED = "她现在还缺一样资格，补齐以后再来。"
_HAS_ENOUGH = "她已经和两个孩子通信，一个人最多两个。请选另一位。"


@bp.route("/children/<string:ref>/letter-friends", methods=["GET", "POST"])
@may(Act.MODERATE_LETTERS)
def index(ref: str) -> str | Response:
    """Show with whom a child writes; begin another friendship."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    child = letter_friends.of_child(session, viewer, ref, now=now)
    form = FriendForm()
    form.volunteer.choices = [SelectChoice(one["ref"], one["name"]) for one in child["ready"]]
    if form.validate_on_submit() and _begun(form, ref):
        flash("记下了。另一位同事同意以后，两边才能写信。", "success")
        return redirect(request.path, 303)
    if request.method == "POST":
        requests.keep_nothing()
    requests.note_read("child.read", [f"child:{ref}"])
    return render_template("staff/letter_friends/index.html", child=child, form=form)


def _begun(form: FriendForm, ref: str) -> bool:
    session, by, now = requests.session(), current_viewer(), requests.now()
    try:
        letter_friends.begin(session, by, ref, form.volunteer.data or "", now=now)
    except (BadInput, NotFound) as refusal:
        is_full = refusal.params.get("reason") == "has_enough"
        form.volunteer.errors = [_HAS_ENOUGH if is_full else _NOT_CLEARED]
        return False
    except (ActedBefore, NoConsent) as refusal:
        form.form_errors.append(sentence(refusal))
        return False
    return True


@bp.post("/letter-friends/<string:ref>/agree")
@may(Act.CLEAR_VOLUNTEER)
def agree(ref: str) -> Response:
    """Be the second person."""
    session, by, now = requests.session(), current_viewer(), requests.now()
    try:
        child_ref = letter_friends.agree(session, by, ref, now=now)
    except (ActedBefore, AlreadyDecided, NoConsent) as refusal:
        return _not_agreed(sentence(refusal))
    except BadInput as refusal:
        return _not_agreed(
            _HAS_ENOUGH if refusal.params["reason"] == "has_enough" else _NOT_CLEARED
        )
    flash("好了，她和孩子可以写信了，信都先到“信件”。", "success")
    return redirect(url_for(".index", ref=child_ref), 303)


def _not_agreed(words: str) -> Response:
    requests.keep_nothing()
    flash(words, "warning")
    return redirect(url_for("staff.letters.index"), 303)


@bp.post("/letter-friends/<string:ref>/end")
@may(Act.MODERATE_LETTERS)
def end(ref: str) -> Response:
    """End a friendship."""
    session, by = requests.session(), current_viewer()
    child_ref = letter_friends.end(session, by, ref, now=requests.now())
    flash("结束了，两边不再转信。", "success")
    return redirect(url_for(".index", ref=child_ref), 303)
