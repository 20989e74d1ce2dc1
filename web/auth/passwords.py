"""The first password by a one-time link, one's own account, and signing out everywhere."""

from flask import flash, redirect, render_template, url_for
from flask_login import login_user
from werkzeug.wrappers import Response
from wtforms import Field

from services.accounts import passwords, second_factor
from vocabulary.errors import BadInput, LinkExpired, TooManyTries, WrongCode
from web.auth import bp
from web.auth.signing_in import too_many
from web.core import devices, limits, requests, sessions
from web.core.access import SignedIn, current_viewer, open_to_all, signed_in
from web.core.messages import sentence
from web.forms.auth import FirstPasswordForm, InvitedForm, PasswordForm

REASONS = {
    "too_short": f"密码至少 {passwords.SHORTEST} 个字，可以用一句话",
    "too_long": f"密码最多 {passwords.LONGEST} 个字",
    "too_common": "这个密码太常见，别人一猜就中，换一个",
    "holds_login": "密码里不要有登录名，换一个",
    "wrong": "现在的密码不对，请再填一次",
}


@bp.route("/first-password/<string:token>", methods=["GET", "POST"])
@open_to_all
@limits.ON_PASSWORDS
def first_password(token: str) -> str | Response | tuple[str, int]:
    """Let the holder of a one-time link choose a password; it works once."""
    try:
        person = passwords.invited(requests.session(), token, now=requests.now())
    except LinkExpired:
        return render_template("auth/dead_link.html"), 410
    form = InvitedForm() if person["needs_code"] else FirstPasswordForm()
    if form.validate_on_submit() and _set_first(token, form):
        flash(f"密码设好了。请用登录名 {person['login']} 登录。", "success")
        return redirect(url_for("auth.login"), 303)
    return render_template("auth/first_password.html", form=form, person=person)


def _set_first(token: str, form: FirstPasswordForm) -> bool:
    """Set the password; wrong digits are counted, and kept although the page is shown again."""
    password, code = form.password.data or "", form.data.get("code") or ""
    try:
        passwords.set_first(requests.session(), token, password, now=requests.now(), code=code)
    except WrongCode as refusal:
        form["code"].errors = [sentence(refusal)]
        return False
    except BadInput as refusal:
        _say(form.password, refusal)
        requests.keep_nothing()
        return False
    return True


@bp.route("/account", methods=["GET", "POST"])
@signed_in
@limits.ON_PASSWORDS
def account() -> str | Response:
    """Show one's own account, and change its password: every other device is signed out."""
    form = PasswordForm()
    viewer = current_viewer()
    if form.validate_on_submit():
        try:
            stamp = passwords.change(
                requests.session(),
                viewer,
                form.old.data or "",
                form.password.data or "",
                now=requests.now(),
                device=devices.kind(),
            )
        except TooManyTries as refusal:
            form.old.errors = [too_many(refusal)]
            return _account(form)
        except BadInput as refusal:
            _say(form.old if refusal.params["field"] == "old" else form.password, refusal)
            if refusal.params["reason"] != "wrong":
                requests.keep_nothing()
            return _account(form)
        login_user(SignedIn(viewer.account_id or 0, stamp, viewer))
        sessions.renew()
        flash("密码改好了，别的设备都已退出。", "success")
        return redirect(url_for("auth.account"), 303)
    return _account(form)


def _account(form: PasswordForm) -> str:
    standing = second_factor.standing(requests.session(), current_viewer())
    return render_template("auth/account.html", form=form, has_second_step=standing["is_on"])


@bp.post("/account/sign-out-everywhere")
@signed_in
def sign_out_everywhere() -> Response:
    """End every session of one's own account, this one too."""
    passwords.end_sessions(
        requests.session(), current_viewer(), now=requests.now(), device=devices.kind()
    )
    sessions.leave()
    flash("所有设备都已退出。", "success")
    return redirect(url_for("auth.login"), 303)


def _say(field: Field, refusal: BadInput) -> None:
    field.errors = [*field.errors, REASONS[str(refusal.params["reason"])]]
