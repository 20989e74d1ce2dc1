"""转入转出: a child handed over to another banner, and accepted there."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services import places
from services.children import child_file, transfer_lists, transfers
from services.children.transfers import Arrival
from services.gate import Card
from vocabulary.enums import Route
from vocabulary.errors import BadInput, NotPermitted
from vocabulary.grades import stage_of
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import NO_LONGER, onto, saying
from web.forms.transfers import AnswerTransferForm, ArrivalForm, TransferForm
from web.staff.children import schools_of

bp = Blueprint("transfers", __name__)

Answer = str | Response
REASONS = {
    "no_banner": "请选要转到的旗县",
    "say_why": "请写几句，那边照着办",
    "other_banner": "请选你们旗的苏木乡镇",
    "no_school": "没有选学校，钱换一个人转交",
    "no_card": "档案里没有能收款的卡，先选别的，卡登记好再改",
    "no_hand": "请选由谁转交",
}
_REFUSED = (BadInput, NotPermitted, *NO_LONGER)


@bp.get("/transfers/")
@may(Act.VERIFY_CHILD)
def index() -> str:
    """List what comes, what went, and what was answered."""
    found = transfer_lists.listing(requests.session(), current_viewer())
    refs = [one["ref"] for part in ("coming", "going", "done") for one in found[part]]
    requests.note_read("transfer.list", [f"transfer:{ref}" for ref in refs])
    return render_template("staff/transfers/index.html", found=found, form=FlaskForm())


@bp.route("/children/<string:ref>/transfer", methods=["GET", "POST"])
@may(Act.VERIFY_CHILD)
def ask(ref: str) -> Answer:
    """Hand a child over."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    child, form = child_file.detail(session, viewer, ref, now=now), TransferForm()
    form.offer(transfer_lists.banners(session, viewer, ref))
    if form.validate_on_submit():
        with onto(form, REASONS, but=_REFUSED):
            to, words = form.to.data, form.words.data or ""
            transfers.ask(session, viewer, ref, to=to, words=words, now=now)
            flash("交过去了，等那边接。接了以前，孩子和钱都照旧归你们。", "success")
            return redirect(url_for("staff.children.detail", ref=ref), 303)
    requests.note_read("child.read", [f"child:{ref}"])
    waits = transfer_lists.find_open(session, viewer, ref)
    return render_template("staff/transfers/ask.html", child=child, form=form, waits=waits)


@bp.route("/transfers/<string:ref>", methods=["GET", "POST"])
@may(Act.CHANGE_ROUTE)
def accept(ref: str) -> Answer:
    """Accept a child that another banner hands over."""
    form = ArrivalForm()
    card = _offer(ref, form)
    if form.validate_on_submit():
        session, viewer, now = requests.session(), current_viewer(), requests.now()
        with onto(form, REASONS, but=_REFUSED):
            child = transfers.accept(session, viewer, ref, _arrival(form), now=now)
            flash("接过来了。还没拨付的助学金从现在起走你们这边，一个月也不断。", "success")
            return redirect(url_for("staff.children.detail", ref=child), 303)
    return _page(card, form)


def _offer(ref: str, form: ArrivalForm) -> Card:
    session, viewer = requests.session(), current_viewer()
    card = transfer_lists.detail(session, viewer, ref)
    towns = places.townships(session, viewer, card["to_code"])
    form.offer([(card["to_name"], towns)], schools_of(card["to_code"]))
    return card


def _arrival(form: ArrivalForm) -> Arrival:
    grade = int(form.grade.data)
    return Arrival(
        region_code=form.township.data,
        address=form.address.data or None,
        school_ref=form.school.data or None,
        grade=grade,
        class_name=form.class_name.data or None,
        stage=stage_of(grade),
        route=Route(form.route.data),
    )


def _page(card: Card, form: ArrivalForm, answer: AnswerTransferForm | None = None) -> str:
    requests.note_read("transfer.read", [f"transfer:{card['ref']}"])
    answer = answer or AnswerTransferForm(formdata=None)
    return render_template("staff/transfers/accept.html", card=card, form=form, answer=answer)


@bp.post("/transfers/<string:ref>/turn-down")
@may(Act.VERIFY_CHILD)
def turn_down(ref: str) -> Answer:
    """Leave the child with its banner, and say why."""
    form, answer = ArrivalForm(formdata=None), AnswerTransferForm()
    card, why = _offer(ref, form), answer.answer.data or ""
    if answer.validate_on_submit():
        session, viewer, now = requests.session(), current_viewer(), requests.now()
        with onto(answer, REASONS, but=_REFUSED):
            transfers.turn_down(session, viewer, ref, answer=why, now=now)
            flash("记下了，没有接。那边会收到你写的话。", "success")
            return redirect(url_for(".index"), 303)
    return _page(card, form, answer)


@bp.post("/transfers/<string:ref>/take-back")
@may(Act.VERIFY_CHILD)
def take_back(ref: str) -> Response:
    """Keep the child after all."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    with saying("收回了，孩子还在你们这里。", but=_REFUSED):
        transfers.take_back(session, viewer, ref, now=now)
    return redirect(url_for(".index"), 303)
