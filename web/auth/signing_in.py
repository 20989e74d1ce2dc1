"""Signing in, with a second step where there is one, and out."""

import re
from typing import Any

from flask import current_app, redirect, render_template, request, session, url_for
from flask_login import login_user
from werkzeug.wrappers import Response

from services.accounts import accounts, second_factor
from services.accounts.accounts import Place
from services.oversight import refusals
from vocabulary.enums import Role
from vocabulary.errors import TooManyTries, WrongPassword
from web.auth import bp
from web.core import devices, limits, proof, requests, sessions
from web.core.access import SignedIn, current_viewer, open_to_all
from web.core.menus import menu_of
from web.core.messages import sentence
from web.forms.auth import CodeForm, LoginForm

_HOMES = (
    (Role.SCHOOL_OFFICER, "school.home"),
    (Role.VILLAGE_DIRECTOR, "village.home"),
    (Role.VOLUNTEER, "volunteer.home"),
    (Role.UNIT_COLLECTOR, "unit.home"),
    (Role.UNIT_HAND, "unit_hand.home"),
)
_HALF_MINUTES = 10  # between the password and the code
WRONG_CODE = (
    "验证码不对，过了 30 秒，或者已经用过了。等手机上换了一个新的，再填一次。"
    "一直不对，请把手机的时间设成自动。"
)


def too_many(refusal: TooManyTries) -> str:
    """Say when to try again."""
    return f"试得太多了，请过 {refusal.params['minutes']} 分钟再试。"


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
                place=Place(request.remote_addr or "", devices.kind()),
            )
        except TooManyTries as refusal:
            refused = sentence(refusal)
            current_app.logger.warning("sign-in blocked")
        else:
            if found:
                return _after_password(*found)
            refused = sentence(WrongPassword())
            # With its time and nobody's name; whom it was about finds it by day (最近活动).
            current_app.logger.warning("sign-in refused")
    return render_template(
        "auth/login.html",
        form=form,
        kept=sessions.kept(),
        refused=refused,
        is_stub=request.args.get("next", "").startswith("/school/slips/"),
    )


def _after_password(account_id: int, stamp: str) -> str | Response:
    session.pop("half", None)
    if not second_factor.is_on(requests.session(), account_id):
        return _enter(account_id, stamp)
    sessions.end()
    session["half"] = [account_id, stamp, int(requests.now().timestamp())]
    return _code_page(CodeForm(formdata=None), "")


def _code_page(form: CodeForm, refused: str) -> str:
    way: dict[str, Any] = {
        name: request.args[name] for name in ("next", "sent") if name in request.args
    }
    return render_template(
        "auth/code.html",
        form=form,
        kept=sessions.kept(),
        refused=refused,
        action=url_for("auth.code", **way),
    )


@bp.route("/login/code", methods=["GET", "POST"])
@open_to_all
@limits.ON_PASSWORDS
def code() -> str | Response:
    """Take the second step: a code from the phone, or one from paper."""
    account_id, stamp, since = session.get("half") or (0, "", 0)
    if requests.now().timestamp() - since > _HALF_MINUTES * 60:
        return redirect(url_for("auth.login"), 303)
    form, refused = CodeForm(), ""
    if form.validate_on_submit():
        try:
            if _fits(account_id, form.code.data or ""):
                return _enter(account_id, stamp)
            refused = WRONG_CODE
            _keep_refusal(account_id, stamp, is_blocked=False)
        except TooManyTries as refusal:
            refused = too_many(refusal)
            _keep_refusal(account_id, stamp, is_blocked=True)
    return _code_page(form, refused)


def _keep_refusal(account_id: int, stamp: str, *, is_blocked: bool) -> None:
    """Whoever stands between password and code is known: keep that the code did not fit."""
    viewer = accounts.find_viewer(requests.session(), account_id, stamp, now=requests.now())
    if viewer is not None:
        refusals.note_proof(requests.session(), viewer, is_blocked=is_blocked, now=requests.now())


def _fits(account_id: int, typed: str) -> bool:
    return second_factor.passes(
        requests.session(), account_id, typed, now=requests.now(), device=devices.kind()
    )


def _enter(account_id: int, stamp: str) -> str | Response:
    has_two = "half" in session
    viewer = accounts.enter(
        requests.session(), account_id, stamp, now=requests.now(), device=devices.kind()
    )
    sessions.end()
    if viewer is None:
        return redirect(url_for("auth.login"))
    login_user(SignedIn(account_id, stamp, viewer))
    sessions.begin()
    proof.note_second_step() if has_two else proof.note()
    return go_on(home_of_viewer())


def go_on(otherwise: str) -> str | Response:
    """Go where the person wanted to go; what was being sent is sent by one more press."""
    target = request.args.get("next", "")
    if not is_ours(target):
        return redirect(otherwise, 303)
    if "sent" in request.args or sessions.kept():
        return render_template("auth/resume.html", fields=sessions.restored(), action=target)
    return redirect(target, 303)


def home_of_viewer() -> str:
    """Return the address of the first page of the signed-in person's role."""
    viewer = current_viewer()
    endpoint = next((e for role, e in _HOMES if viewer.has(role)), None)
    if endpoint is not None:
        return url_for(endpoint)
    menu = menu_of(viewer, {})
    first: str = menu[0]["href"] if menu else url_for("auth.account")
    return first


def is_ours(target: str) -> bool:
    """Say whether an address leads to a page of this house: browsers drop tabs and turn slashes."""
    return re.fullmatch(r"/(?![/\\])[!-\[\]-~]*", target) is not None


@bp.post("/logout")
@open_to_all
def logout() -> Response:
    """End this device's session, and whatever the browser may still hold of it."""
    sessions.end()
    answer = redirect(url_for("public.home"), 303)
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer
