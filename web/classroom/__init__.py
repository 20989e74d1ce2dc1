"""A class teacher's door: one class of one batch, on the first device that knew the code."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from services import links
from services.handover import class_lists
from vocabulary.enums import Role
from vocabulary.errors import LinkExpired, TooManyTries, WrongCode
from web.core import hands, lately, letters, requests
from web.core.access import behind_link, open_to_all, remember_link
from web.core.lately import Door
from web.core.messages import sentence
from web.forms.handovers import DeviceForm

TEACHER = behind_link("class_link")

helped = Blueprint("letters", __name__)
letters.attach(helped, TEACHER, "/children/<string:ref>/letter", role=Role.CLASS_TEACHER)

own = Blueprint("own", __name__)
_ENDED = (
    "这份名单在哪台手机上都打不开了，写过的“交到了”都还在。",
    "还要用，请资助专干重新生成链接，六位数会再发到您的手机。",
)
lately.attach(
    own, TEACHER, "/activity", Door("class_link", "classroom.home", "链接打不开了", _ENDED)
)

bp = Blueprint("classroom", __name__, url_prefix="/c")
bp.add_url_rule("/", "home", TEACHER(hands.home))
for part in (*hands.parts(TEACHER, prints=False), helped, own):
    bp.register_blueprint(part)


@bp.get("/closed")
@open_to_all
def closed() -> str:
    """Say that a list cannot be opened, whatever the reason."""
    return render_template("classroom/closed.html")


@bp.route("/<string:token>", methods=["GET", "POST"])
@open_to_all
def enter(token: str) -> str | Response:
    """Bind the first device that knows the six digits; the token leaves the address at once."""
    if cookie.get("class_link", "").startswith(f"{token}:"):
        return redirect(url_for("classroom.home"))
    form = DeviceForm()
    try:
        links.check_unbound(requests.session(), token, now=requests.now())
        if form.validate_on_submit() and _bind(token, form):
            return redirect(url_for("classroom.home"), 303)
    except LinkExpired:
        return redirect(url_for("classroom.closed"), 303)
    return render_template("classroom/enter.html", form=form, token=token)


@bp.post("/<string:token>/digits")
@open_to_all
def again(token: str) -> Response:
    """Send fresh digits to the telephone that the officer typed; nobody here says which it is."""
    try:
        class_lists.send_again(requests.session(), token, now=requests.now())
    except LinkExpired:
        return redirect(url_for(".closed"), 303)
    except TooManyTries:
        requests.keep_nothing()
        flash("今天发得太多了。请明天再来，或请资助专干重新生成链接。", "warning")
    else:
        flash("又发了一次，一两分钟就到。以前的六位数不能用了。", "success")
    return redirect(url_for(".enter", token=token), 303)


def _bind(token: str, form: DeviceForm) -> bool:
    """Bind this device; a wrong code is counted, and kept although the page is shown again."""
    code = (form.code.data or "").strip()
    kept = links.bind_device(requests.session(), token, code, now=requests.now())
    if kept is None:
        form.code.errors = [sentence(WrongCode())]
        return False
    remember_link("class_link", kept)
    cookie.permanent = True
    return True
