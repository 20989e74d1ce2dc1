"""最近活动: what one's own login did lately, where it is signed in, and ending one or all others."""

from flask import flash, redirect, render_template, url_for
from flask import session as cookie
from flask_login import login_user
from werkzeug.wrappers import Response

from services.accounts import activity, passwords, sign_ins
from services.gate import Card
from vocabulary.enums import Activity, Role
from web.auth import bp
from web.core import devices, proof, requests, sessions
from web.core.access import SIGN_IN, SignedIn, current_viewer, signed_in
from web.core.labels import label

# What its owner should look at twice.
_CAREFUL = frozenset(
    {Activity.FAILED_TRY, Activity.WRONG_CODE, Activity.FACTOR_RESET, Activity.RECOVERY_USED}
)


@bp.get("/account/activity")
@signed_in
def recent() -> str:
    """List one's own events by day: no hour, no address."""
    session, viewer = requests.session(), current_viewer()
    found = activity.mine(session, viewer)
    code = cookie.get(SIGN_IN, "")
    return render_template(
        "auth/activity.html",
        events=[_in_words(card) for card in found],
        sign_ins=sign_ins.mine(session, viewer, code=code, now=requests.now()),
    )


def _in_words(card: Card) -> Card:
    role = f"：{label(Role(card['about']))}" if card["about"] else ""
    times = f"，{card['times']} 次" if card["times"] > 1 else ""
    return card.and_also(
        words=f"{label(card['kind'])}{role}{times}", is_careful=card["kind"] in _CAREFUL
    )


@bp.post("/account/sign-ins/<string:ref>/end")
@signed_in
@proof.proven
def end_one(ref: str) -> Response:
    """End one sign-in; this device's own by signing out."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    sign_ins.end_one(session, viewer, ref, now=now, device=devices.kind())
    flash("那台设备已经退出。", "success")
    return redirect(url_for("auth.recent"), 303)


@bp.post("/account/end-others")
@signed_in
@proof.proven
def end_others() -> Response:
    """End every other session; this device stays."""
    viewer = current_viewer()
    stamp = passwords.end_sessions(
        requests.session(), viewer, now=requests.now(), device=devices.kind()
    )
    login_user(SignedIn(viewer.account_id or 0, stamp, viewer))
    sessions.renew()
    flash("别的设备都已退出，这台还在。", "success")
    return redirect(url_for("auth.recent"), 303)
