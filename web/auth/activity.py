"""最近活动: what one's own login did lately, and ending every other session."""

from flask import flash, redirect, render_template, url_for
from flask_login import login_user
from werkzeug.wrappers import Response

from services.accounts import activity, passwords
from services.gate import Card
from vocabulary.enums import Activity, Role
from web.auth import bp
from web.core import devices, requests
from web.core.access import SignedIn, current_viewer, signed_in
from web.core.labels import label

# What its owner should look at twice.
_CAREFUL = frozenset(
    {Activity.FAILED_TRY, Activity.WRONG_CODE, Activity.FACTOR_RESET, Activity.RECOVERY_USED}
)


@bp.get("/account/activity")
@signed_in
def recent() -> str:
    """List one's own events by day: no hour, no address."""
    found = activity.mine(requests.session(), current_viewer())
    return render_template("auth/activity.html", events=[_in_words(card) for card in found])


def _in_words(card: Card) -> Card:
    role = f"：{label(Role(card['about']))}" if card["about"] else ""
    times = f"，{card['times']} 次" if card["times"] > 1 else ""
    return card.and_also(
        words=f"{label(card['kind'])}{role}{times}", is_careful=card["kind"] in _CAREFUL
    )


@bp.post("/account/end-others")
@signed_in
def end_others() -> Response:
    """End every other session; this device stays."""
    viewer = current_viewer()
    stamp = passwords.end_sessions(
        requests.session(), viewer, now=requests.now(), device=devices.kind()
    )
    login_user(SignedIn(viewer.account_id or 0, stamp, viewer))
    flash("别的设备都已退出，这台还在。", "success")
    return redirect(url_for("auth.recent"), 303)
