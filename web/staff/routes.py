"""发放途径: by whom a child's money comes, its card, and what of it needs the case staff."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.children import amendments, child_file
from services.gate import Card
from services.routes import asking, cards, deciding, desk, silence
from vocabulary.dates import today
from vocabulary.enums import Route
from vocabulary.errors import AlreadyDecided, BadInput, NotFound, WrongState
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import onto, saying, typed
from web.forms.routes import CardForm, MoveForm, RouteForm

bp = Blueprint("routes", __name__)

Answer = str | Response
REASONS = {
    "not_between": "从今天起，一年以内的日子",
    "say_why": "请写一句为什么，以后查得到",
    "no_school": "档案里没有学校，先改学校",
    "no_card": "还没有能收款的卡。先登记卡，两个人对过、三天以后再改",
    "no_hand": "请选是哪一家机构或单位",
    "unit_collects": "这个单位在代收同事的捐款，不能又转交。请另选一家",
    "guardian_works_there": "档案里写着有监护人在这个单位工作，不能由它转交。请换一种转交方式",
    "ask_guardians": "先问过家里再勾。有监护人在这个单位工作的，换一种转交方式",
    "as_before": "和现在的一样，没有要改的",
    "card_length": "卡号是 16 到 19 位数字，请照卡再看一遍",
    "card_checksum": "卡号有一位不对，请照卡再看一遍",
    "anothers_card": "这张卡登记给了另一个孩子，户名是别人。一张卡只能是一位监护人的",
    "holder_differs": "户名和档案里这个人的姓名不一样。卡只能是监护人或孩子本人的",
    "not_guardian": "这个人现在不是监护人，请再选",
}
_ONE_WAITS = {AlreadyDecided.code: "这个孩子已经有一处修改在等第二个人，办完再提新的。"}
_ANSWERED = dict.fromkeys(
    (NotFound.code, WrongState.code), "这一家刚刚有了回话，或已经改过了，没有再改。"
)
_ASKED = "记下了。另一位同事对过卡，再等三天才用，监护人会收到短信。"


@bp.get("/routes/")
@may(Act.CHANGE_ROUTE)
def index() -> str:
    """Show what needs somebody: private arrangements first, in red."""
    return _desk(MoveForm(formdata=None))


def _desk(form: MoveForm) -> str:
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    found = desk.overview(session, viewer, now=now)
    of_children = ("personal", "waiting", "shared", "unseen")
    listed = [card for part in of_children for card in found[part]]
    named = [card["child"]["ref"] for card in listed if card.has("child")]
    named += [card["ref"] for card in found["cards"]]
    requests.note_read("child.list", [f"child:{ref}" for ref in named])
    return render_template("staff/routes/index.html", found=found, form=form)


@bp.post("/routes/move")
@may(Act.CHANGE_ROUTE)
def move() -> Answer:
    """Let a silent hand's children go another way."""
    form = MoveForm()
    if form.validate_on_submit():
        session, viewer, now = requests.session(), current_viewer(), requests.now()
        route, note = Route(form.route.data), form.note.data or ""
        answered = saying(said=_ANSWERED, but=(NotFound, WrongState))
        with answered, onto(form, REASONS, but=(BadInput,)):
            count = silence.move(session, viewer, form.batch.data or "", route, note, now=now)
            flash(f"{count} 个孩子下一批起改了路。没交的钱已请那边退回。", "success")
        if not form.errors:
            return redirect(url_for(".index"), 303)
    return _desk(form)


@bp.route("/children/<string:ref>/route", methods=["GET", "POST"])
@may(Act.CHANGE_ROUTE)
def change(ref: str) -> Answer:
    """Decide by whom a child's money comes."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    child = _child(ref)
    form = RouteForm(from_on=today(now))
    form.offer(deciding.hands(session, viewer))
    if form.validate_on_submit():
        with onto(form, REASONS):
            deciding.decide(session, viewer, ref, form.way(), now=now)
            flash("记下了。还没拨付的助学金跟着走，一笔不多、一笔不少。", "success")
            return redirect(url_for("staff.children.detail", ref=ref), 303)
    requests.note_read("child.read", [f"child:{ref}"])
    history, card = deciding.history(session, viewer, ref), cards.of_child(session, viewer, ref)
    return render_template(
        "staff/routes/change.html", child=child, form=form, history=history, card=card
    )


@bp.route("/children/<string:ref>/card", methods=["GET", "POST"])
@may(Act.CHANGE_ACCOUNT)
def card(ref: str) -> Answer:
    """Ask for a child's first or another card."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    child, form = _child(ref), CardForm()
    form.offer(child["name"], cards.holders(session, viewer, ref))
    if form.validate_on_submit():
        with onto(form, REASONS | _ONE_WAITS):
            asking.ask_card(session, viewer, ref, **typed(form), now=now)
            flash(_ASKED, "success")
            return redirect(url_for("staff.children.detail", ref=ref), 303)
    requests.note_read("child.read", [f"child:{ref}"])
    stands = cards.of_child(session, viewer, ref)
    waits = amendments.find_open(session, viewer, ref)
    return render_template(
        "staff/routes/card.html", child=child, form=form, card=stands, amendment=waits, now=now
    )


def _child(ref: str) -> Card:
    return child_file.detail(requests.session(), current_viewer(), ref, now=requests.now())
