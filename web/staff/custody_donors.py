"""The custodian enters that a donor has died, and finds the record of a receipt waived."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.donors import naming
from services.vault import forgetting_donors
from vocabulary.errors import BadInput
from web.core import requests
from web.core.access import current_viewer, may
from web.forms.custody_donors import DeathForm

bp = Blueprint("custody_donors", __name__, url_prefix="/custody/donors")


@bp.route("/", methods=["GET", "POST"])
@may(Act.NOTE_DEATH)
def index() -> str | Response:
    """Take the entry; list those entered before, and the receipts waived."""
    form = DeathForm()
    if form.validate_on_submit() and _is_kept(form):
        flash("记下了。从现在起，什么消息都不会再发给这位捐赠人。", "success")
        return redirect(url_for(".index"), 303)
    if request.method == "POST":
        requests.keep_nothing()
    session, viewer = requests.session(), current_viewer()
    asked = (request.args.get("record") or "").strip().upper()
    waived = naming.waived(session, viewer, ref=asked or None)
    died = forgetting_donors.died(session, viewer)
    requests.note_read("custody.donors", [f"donor:{one['ref']}" for one in died])
    words = {"title": "去世登记和票据记录", "asked": asked, "waived": waived, "died": died}
    return render_template("staff/custody_donors/index.html", form=form, **words)


def _is_kept(form: DeathForm) -> bool:
    told, why = form.contact.data or "", form.why.data or ""
    try:
        forgetting_donors.note_death(
            requests.session(), current_viewer(), told, why=why, now=requests.now()
        )
    except BadInput:
        form.contact.errors = [
            "没有找到这位捐赠人，或者已经登记过了。请核对付款编号、手机号或邮箱。"
        ]
        return False
    return True


@bp.post("/<string:ref>/take-back")
@may(Act.NOTE_DEATH)
def take_back(ref: str) -> Response:
    """Undo an entry made in error."""
    now = requests.now()
    forgetting_donors.take_back_death(requests.session(), current_viewer(), ref, now=now)
    flash("撤回了。认捐照旧，原来的链接不会复活，他可以自己换一条新的。", "success")
    return redirect(url_for(".index"), 303)
