"""A lost phone: two administrators take a person's second step off together."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.accounts import account_lists, factor_resets
from vocabulary.errors import Refused
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import saying
from web.forms.accounts import ResetForm

bp = Blueprint("factor_resets", __name__, url_prefix="/accounts/<string:ref>/second-step")


@bp.route("/", methods=["GET", "POST"])
@may(Act.GRANT_ROLE)
def ask(ref: str) -> str | Response:
    """Ask why, and wait for a second administrator."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    form = ResetForm()

    if form.validate_on_submit():
        with saying("记下了，等另一位管理员同意。", but=(Refused,)):
            factor_resets.ask(session, viewer, ref, reason=form.reason.data, now=now)
        return redirect(url_for("staff.accounts.detail", ref=ref), 303)
    requests.keep_nothing()
    return render_template(
        "staff/factor_resets/ask.html",
        title="取消手机验证码",
        form=form,
        person=account_lists.show(session, viewer, ref, now=now),
    )


@bp.post("/<string:reset>/agree")
@may(Act.GRANT_ROLE)
def agree(ref: str, reset: str) -> Response:
    """Agree as the second administrator."""
    session, viewer = requests.session(), current_viewer()
    own = factor_resets.of_account(session, viewer, ref, reset)

    with saying("取消了，所有设备都已退出，已经告诉本人。", but=(Refused,)):
        factor_resets.agree(session, viewer, own, now=requests.now())
    return redirect(url_for("staff.accounts.detail", ref=ref), 303)


@bp.post("/<string:reset>/keep")
@may(Act.GRANT_ROLE)
def keep(ref: str, reset: str) -> Response:
    """Leave it as it is."""
    session, viewer = requests.session(), current_viewer()
    own = factor_resets.of_account(session, viewer, ref, reset)

    with saying("记下了，照原来的不动。", but=(Refused,)):
        factor_resets.turn_down(session, viewer, own, now=requests.now())
    return redirect(url_for("staff.accounts.detail", ref=ref), 303)
