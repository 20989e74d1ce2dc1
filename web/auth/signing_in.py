"""Signing in and out."""

from flask import redirect, render_template, request, session, url_for
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from services import accounts
from vocabulary.enums import Role
from vocabulary.errors import TooManyTries, WrongPassword
from web.auth import bp
from web.core import limits, requests, sessions
from web.core.access import SignedIn, current_viewer, open_to_all
from web.core.menus import menu_of
from web.core.messages import sentence
from web.forms.auth import LoginForm

_HOMES = (
    (Role.SCHOOL_OFFICER, "school.home"),
    (Role.VILLAGE_DIRECTOR, "village.home"),
    (Role.VOLUNTEER, "volunteer.home"),
)


@bp.route("/login", methods=["GET", "POST"])
@open_to_all
@limits.ON_PASSWORDS
def login() -> str | Response:
    """Take a login and a password; a wrong one costs a count and says no more than that."""
    form, refused = LoginForm(), ""
    if form.validate_on_submit():
        try:
            found = accounts.sign_in(
                requests.session(),
                form.login.data or "",
                form.password.data or "",
                now=requests.now(),
            )
        except TooManyTries as refusal:
            refused = sentence(refusal)
        else:
            if found:
                return _enter(*found)
            refused = sentence(WrongPassword())
    return render_template("auth/login.html", form=form, kept=sessions.kept(), refused=refused)


def _enter(account_id: int, stamp: str) -> str | Response:
    viewer = accounts.find_viewer(requests.session(), account_id, stamp, now=requests.now())
    if viewer is None:
        return redirect(url_for("auth.login"))
    session.clear()
    login_user(SignedIn(account_id, stamp, viewer))
    sessions.begin()
    target = request.args.get("next", "")
    if sessions.kept() and _is_ours(target):
        return render_template("auth/resume.html", fields=sessions.restored(), action=target)
    return redirect(target if _is_ours(target) else home_of_viewer(), 303)


def home_of_viewer() -> str:
    """Return the address of the first page of the signed-in person's role."""
    viewer = current_viewer()
    endpoint = next((e for role, e in _HOMES if viewer.has(role)), None)
    if endpoint is not None:
        return url_for(endpoint)
    menu = menu_of(viewer)
    first: str = menu[0]["href"] if menu else url_for("auth.account")
    return first


def _is_ours(target: str) -> bool:
    return target.startswith("/") and not target.startswith(("//", "/\\"))


@bp.post("/logout")
@open_to_all
def logout() -> Response:
    """End this device's session."""
    logout_user()
    session.clear()
    return redirect(url_for("public.home"), 303)
