"""Changes made by two: asked with a reason by one, compared with the paper by another (law 8)."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services import organisations
from services.children import amendments, child_file
from services.routes import shared_cards
from vocabulary.enums import AmendmentKind
from vocabulary.errors import AlreadyDecided
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import onto, saying, typed
from web.core.filters import full_day
from web.forms.amendments import AccountForm, AgreeForm, IdentityForm

bp = Blueprint("amendments", __name__)

Answer = str | Response
REASONS = {
    "as_before": "和现在登记的一样，没有要改的",
    "id_checksum": "身份证号有误，请对照户口本再看一遍",
    "already_known": "系统里已有这个身份证号，可能在别的旗县。先查一查是不是同一个孩子",
    "holder_differs": "户名和档案里这个人的姓名不一样了，或他不再是监护人",
    "not_in_charge": "这个人不再照管孩子了，电话不用改",
    "bad_account": "账号只有数字，请照开户许可证再看一遍",
    "differs": "和第一个人填的不一样。请对着原件再看一遍；是第一个人填错了，就点“不改”",
}
FIRST = "第一次登记，有盖章的开户证明。"
_ASKED = "记下了。另一位同事对过原件以后才改。"
_ONE_WAITS = {AlreadyDecided.code: "已经有一处修改在等第二个人，办完再提新的。"}


@bp.get("/amendments/")
@may(Act.AMEND)
def index() -> str:
    """List what waits for a second person."""
    session, viewer = requests.session(), current_viewer()
    waiting = amendments.waiting(session, viewer)
    requests.note_read(
        "child.read", [f"child:{c['child']['ref']}" for c in waiting if "child" in c]
    )
    agreed = amendments.agreed(session, viewer)
    return render_template("staff/amendments/index.html", waiting=waiting, agreed=agreed)


@bp.route("/children/<string:ref>/identity", methods=["GET", "POST"])
@may(Act.AMEND)
def identity(ref: str) -> Answer:
    """Ask for another name or number of a child."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    child = child_file.detail(session, viewer, ref, now=now)
    form = IdentityForm(name=child["name"])
    if form.validate_on_submit():
        with onto(form, REASONS | _ONE_WAITS):
            amendments.ask_identity(session, viewer, ref, **typed(form), now=now)
            flash(_ASKED, "success")
            return redirect(url_for("staff.children.detail", ref=ref), 303)
    requests.note_read("child.read", [f"child:{ref}"])
    return render_template("staff/amendments/identity.html", form=form, child=child)


@bp.route("/schools/<string:ref>/account", methods=["GET", "POST"])
@may(Act.CHANGE_ACCOUNT)
def account(ref: str) -> Answer:
    """Ask for a school's first or another account."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    school = organisations.detail(session, viewer, ref)
    name, bank = school["account_name"], school["account_bank"]
    form = AccountForm(name=name, bank=bank, reason="" if name else FIRST)
    if form.validate_on_submit():
        with onto(form, REASONS | _ONE_WAITS):
            amendments.ask_account(session, viewer, ref, **typed(form), now=now)
            flash(_ASKED, "success")
            return redirect(url_for("staff.schools.detail", ref=ref), 303)
    return render_template("staff/amendments/account.html", form=form, school=school)


@bp.route("/amendments/<string:ref>", methods=["GET", "POST"])
@may(Act.CHANGE_ACCOUNT)
def detail(ref: str) -> Answer:
    """Show one change; a second person compares it with the paper and agrees."""
    session, viewer = requests.session(), current_viewer()
    card = amendments.detail(session, viewer, ref)
    form = AgreeForm()
    if form.validate_on_submit():
        again, now = form.again.data or "", requests.now()
        with onto(form, REASONS):
            holds_on = amendments.agree(session, viewer, ref, again=again, now=now)
            flash(_agreed(holds_on, is_phone=card["kind"] is AmendmentKind.KIN_PHONE), "success")
            return redirect(url_for(".index"), 303)
    if card.has("child"):
        requests.note_read("child.read", [f"child:{card['child']['ref']}"])
    shared = shared_cards.beside(requests.session(), current_viewer(), ref)
    return render_template("staff/amendments/detail.html", form=form, card=card, shared=shared)


def _agreed(holds_on: date | None, *, is_phone: bool) -> str:
    """Say what the second yes does: what replaces something else holds days later."""
    if holds_on is None:
        return "改好了。"
    if is_phone:
        return f"记下了，{full_day(holds_on)}起用新电话，旧电话上、家里别的人和本旗同事会收到通知。"
    return f"记下了，{full_day(holds_on)}起用新的，在那以前两边都不付。学校的人或监护人会收到通知。"


@bp.post("/amendments/<string:ref>/turn-down")
@may(Act.AMEND)
def turn_down(ref: str) -> Response:
    """Leave things as they are."""
    with saying("记下了，照原来的不改。"):
        amendments.turn_down(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".index"), 303)
