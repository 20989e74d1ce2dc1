"""The family door: behind the code of its slip, without a name; two equal honest answers."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask import session as cookie
from flask_login import current_user
from werkzeug.wrappers import Response

from privacy.viewers import Viewer
from services import links
from services.gate import Card
from services.guardians import families
from services.handover import answers, slips
from services.handover.answers import Reply
from vocabulary.enums import Answer, Role
from vocabulary.errors import AlreadyDecided, BadInput, LinkExpired
from vocabulary.refs import read_slip_code, token_hash
from web.core import requests
from web.core.access import behind_link, current_viewer, link_viewer, open_to_all, remember_link
from web.core.reveals import Guard
from web.family import file, letters, own, reveals, visits
from web.forms.answers import SENTENCES, WrongDayForm, WrongSumForm

FAMILY = behind_link("slip_link")

bp = Blueprint("family", __name__, url_prefix="/family")
slip = Blueprint("slip", __name__, url_prefix="/s")

# Where each hand may use a scanned slip; never where the family answers.
_DOORS = (
    (Role.SCHOOL_OFFICER, "school"),
    (Role.VILLAGE_DIRECTOR, "village"),
    (Role.UNIT_HAND, "unit_hand"),
    (Role.CLASS_TEACHER, "classroom"),
)


@slip.get("/<string:token>")
@open_to_all
def enter(token: str) -> Response:
    """Lead a family to its page, and whoever hands over to the hand-over of that line."""
    hand = _hand()
    if hand is not None:
        code = slips.code_of_link(requests.session(), hand, token, now=requests.now())
        return redirect(_for_hand(hand, code))
    g.link_viewer = links.open_slip(requests.session(), token, now=requests.now())
    remember_link("slip_link", token)
    return redirect(url_for("family.home"))


@bp.get("/")
@FAMILY
def home() -> str:
    """Ask whether it came, and say what comes next."""
    page = families.page(requests.session(), _family(), now=requests.now())
    requests.note_read("stipend.read", [f"stipend:{page['ref']}"])
    is_changing = "change" in request.args and not page["is_settled"]
    return render_template("family/home.html", page=page, slip=_mark(page), is_changing=is_changing)


@bp.post("/answer")
@FAMILY
def answer() -> Response:
    """Keep 收到了 or 没有收到."""
    said = request.form.get("answer", "")
    if said not in {Answer.RECEIVED, Answer.NOT_RECEIVED}:
        abort(400)
    return _keep(Reply(Answer(said)))


@bp.route("/wrong-sum", methods=["GET", "POST"])
@FAMILY
def wrong_sum() -> str | Response:
    """Keep 收到了，但是数不对, with the sum if it is known."""
    page = families.page(requests.session(), _family(), now=requests.now())
    form = WrongSumForm()
    if form.validate_on_submit():
        try:
            return _keep(Reply(Answer.WRONG_SUM, amount=form.amount_fen()))
        except BadInput:
            form.amount.errors = ["和应收的数一样。数对的话，请回上一页点“收到了”"]
    if request.method == "POST":
        requests.keep_nothing()
    return render_template("family/wrong_sum.html", page=page, slip=_mark(page), form=form)


@bp.route("/wrong-day", methods=["GET", "POST"])
@FAMILY
def wrong_day() -> str | Response:
    """Keep 收到了，但是日子不对, with the day if it is known."""
    page = families.page(requests.session(), _family(), now=requests.now())
    form = WrongDayForm()
    if form.validate_on_submit():
        try:
            return _keep(Reply(Answer.WRONG_DAY, came_on=form.came_on.data))
        except BadInput as refusal:
            form.came_on.errors = [SENTENCES[str(refusal.params["reason"])]]
    if request.method == "POST":
        requests.keep_nothing()
    return render_template("family/wrong_day.html", page=page, slip=_mark(page), form=form)


@bp.get("/closed")
@open_to_all
def closed() -> str:
    """Say that a slip's code no longer opens, and whom to call."""
    return render_template("family/closed.html")


def _for_hand(hand: Viewer, code: str) -> str:
    """Return where a hand goes with a scanned slip; a director helps a school's families."""
    door = next(door for role, door in _DOORS if hand.has(role))
    if door == "village":
        ref = read_slip_code(code)
        line = families.village_line(requests.session(), hand, ref)
        if line["is_by_school"]:
            return url_for("village.families.answer", ref=ref)
    return url_for(f"{door}.slips.scanned", code=code)


def _mark(page: Card) -> str:
    """Return what tells this slip's page from another's, and nothing else."""
    return token_hash(page["ref"])[:12]


def _keep(reply: Reply) -> Response:
    """Keep an answer; one from the page of a slip scanned earlier is asked for again."""
    page = families.page(requests.session(), _family(), now=requests.now())
    if request.form.get("slip", _mark(page)) != _mark(page):
        requests.keep_nothing()
        flash("刚才那一页是另一张签收单的，没有记。请再扫一次那张单子上的码。", "warning")
        return redirect(url_for("family.home"), 303)
    try:
        answers.answer(requests.session(), _family(), reply, now=requests.now())
    except AlreadyDecided:
        requests.keep_nothing()
    return redirect(url_for("family.home"), 303)


def _family() -> Viewer:
    """Return the family; a device on which a hand works never speaks for one."""
    if _hand() is not None:
        abort(404)
    family: Viewer = g.link_viewer
    return family


def _by_itself(kind: str) -> Guard:
    """Guard a page that a family alone opens, never the device of a hand."""

    def guard(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def entered(*args: Any, **kwargs: Any) -> Any:
            _family()
            return view(*args, **kwargs)

        return behind_link(kind)(entered)

    return guard


def _hand() -> Viewer | None:
    """Return the account or class teacher whose device this is."""
    if current_user.is_authenticated:
        return current_viewer()
    if not cookie.get("class_link"):
        return None
    try:
        return link_viewer("class_link")
    except LinkExpired:
        return None


for part in (
    *reveals.parts(_by_itself("slip_link"), _by_itself("reveal_link")),
    *letters.parts(_by_itself("slip_link"), _by_itself("letters_link")),
    *file.parts(_by_itself("slip_link"), _by_itself("letters_link")),
    visits.part(_by_itself("letters_link")),
    *own.parts(_by_itself("letters_link"), _by_itself("reveal_link")),
):
    bp.register_blueprint(part)
