"""The views that every hand shares: school officer, class teacher, village director, unit's clerk.

Each door attaches them to its own blueprint behind its own guard; one set of templates (hand/)
serves all, and reads off `door` what differs.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateways.uploads import LocalFiles
from privacy.viewers import Viewer
from services import uploads
from services.gate import Card
from services.handover import handovers, slips
from services.handover.slips import Printing
from vocabulary.enums import Evidence, Snag
from vocabulary.errors import (
    ActedBefore,
    AlreadyDecided,
    BadInput,
    NotCleared,
    Refused,
    TooLate,
    WrongState,
)
from vocabulary.refs import read_slip_code, slip_code
from web.core import harm, inboxes, requests
from web.core.access import current_viewer
from web.core.messages import sentence
from web.forms.handovers import PHOTO_FAULTS, CodeForm, ConfirmForm, PhotoForm, SnagForm

Page = str | Response
Guard = Callable[[Callable[..., Any]], Callable[..., Any]]


def attach(bp: Blueprint, guard: Guard, *, prints: bool) -> None:
    """Hang the shared views on a door's `handovers` blueprint."""
    both = ["GET", "POST"]
    for rule, view, methods in (
        ("/batches/<string:ref>", show, ["GET"]),
        ("/batches/<string:ref>/confirm", confirm, both),
        ("/stipends/<string:ref>/hand-over", hand_over, ["POST"]),
        ("/stipends/<string:ref>/snag", snag, both),
        ("/stipends/<string:ref>/clear", clear, ["POST"]),
        ("/stipends/<string:ref>/take-back", take_back, ["POST"]),
        ("/stipends/<string:ref>/photo", photo, both),
    ):
        bp.add_url_rule(rule, view.__name__, guard(view), methods=methods)
    if prints:
        bp.add_url_rule(
            "/batches/<string:ref>/slips", "slips", guard(print_slips), methods=["POST"]
        )


def parts(guard: Guard, *, prints: bool) -> tuple[Blueprint, ...]:
    """Return what each hand's door has: the list's acts, the signed slips, and the red button."""
    handed, signed = Blueprint("handovers", __name__), Blueprint("slips", __name__)
    worries = Blueprint("harm", __name__)
    attach(handed, guard, prints=prints)
    attach_slips(signed, guard)
    harm.attach(worries, guard)
    return handed, signed, worries


def own_parts(guard: Guard) -> tuple[Blueprint, ...]:
    """Return what a hand with a login has besides: its messages, and every batch it ever got."""
    inbox, before = Blueprint("inbox", __name__), Blueprint("batches", __name__)
    inboxes.attach(inbox, guard)
    before.add_url_rule("/batches", "index", guard(past))
    return inbox, before


def attach_slips(bp: Blueprint, guard: Guard) -> None:
    """Hang the scanning of signed slips on a door's `slips` blueprint."""
    bp.add_url_rule("/slips", "index", guard(enter_code), methods=["GET", "POST"])
    bp.add_url_rule("/slips/<string:code>", "scanned", guard(scanned), methods=["GET", "POST"])


def hand() -> Viewer:
    """Return who hands over: the link's viewer behind a class link, else the account's."""
    return g.get("link_viewer") or current_viewer()


def door() -> str:
    """Return the name of the door that the request came through: school, village, classroom."""
    return (request.blueprint or "").partition(".")[0]


def current() -> list[Card]:
    """Return the hand's current batches, and note that they were read."""
    batches = handovers.list_for(requests.session(), hand(), now=requests.now())
    requests.note_read("batch.read", [f"batch:{one['ref']}" for one in batches])
    return batches


def home() -> str:
    """Show this month's list: who is next, who is left, who has it."""
    return _page("home", batches=current(), has_past=hand().batch_id is None)


def past() -> str:
    """List every batch the hand ever got, newest first."""
    return _page("batches/index", batches=handovers.past(requests.session(), hand()))


def show(ref: str) -> Page:
    """Show one batch, current or past."""
    batch = handovers.batch(requests.session(), hand(), ref, now=requests.now())
    requests.note_read("batch.read", [f"batch:{ref}"])
    return _page("handovers/show", batch=batch)


def confirm(ref: str) -> Page:
    """Take the exceptions first, then confirm all others with one action."""
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            count = _confirmed(ref, form)
        except BadInput:
            form.form_errors.append("有一位“只交了一部分”的数不对：要比应交的少。")
        except (ActedBefore, AlreadyDecided, NotCleared) as refusal:
            return _home(_said_before(ref, refusal), "warning")
        else:
            return _home(f"记下了，{count} 位已转交。点错了，今天零点前可以收回。")
    batch = handovers.batch(requests.session(), hand(), ref, now=requests.now())
    names = {one["ref"]: one for one in batch["todo"]}
    if request.method == "POST":
        requests.keep_nothing()
    else:
        form = ConfirmForm(data={"lines": [{"ref": ref} for ref in names]})
        requests.note_read("batch.read", [f"batch:{ref}"])
    return _page("handovers/confirm", batch=batch, form=form, names=names)


def _confirmed(ref: str, form: ConfirmForm) -> int:
    """Confirm what stood on the page that was sent: the list is not read again for it."""
    return handovers.confirm_all(
        requests.session(),
        hand(),
        ref,
        form.exceptions(),
        now=requests.now(),
        evidence=Evidence(form.evidence.data),
        shown=form.shown(),
    )


def _said_before(ref: str, refusal: Refused) -> str:
    """Tell a double click from a list that was half stated meanwhile; nothing was kept of either."""
    if isinstance(refusal, (ActedBefore, NotCleared)):
        return sentence(refusal)
    now = handovers.batch(requests.session(), hand(), ref, now=requests.now())
    if now["todo"]:
        return "有几位刚才已经记过了，这一次一位也没有记。请看现在的名单，再确认余下的。"
    return "这份名单刚才已经确认过了，这一次没有重复记。"


def hand_over(ref: str) -> Response:
    """State that one line was handed over, on paper."""
    act = handovers.hand_over_one
    return _act(
        lambda: act(
            requests.session(), hand(), ref, now=requests.now(), evidence=Evidence.SLIP_PAPER
        ),
        "记下了，已转交。点错了，今天零点前可以收回。",
    )


def clear(ref: str) -> Response:
    """Put a line back among those to hand over."""
    act = handovers.clear_snag
    return _act(
        lambda: act(requests.session(), hand(), ref, now=requests.now()), "放回待转交里了。"
    )


def take_back(ref: str) -> Response:
    """Take a wrong tap back."""
    act = handovers.take_back
    return _act(lambda: act(requests.session(), hand(), ref, now=requests.now()), "收回了。")


def snag(ref: str) -> Page:
    """State why one line did not go as listed."""
    line = handovers.line(requests.session(), hand(), ref, now=requests.now())
    form = SnagForm(data={"snag": _asked_for()})
    if form.validate_on_submit():
        try:
            handovers.note_snag(
                requests.session(), hand(), ref, form.exception(), now=requests.now()
            )
        except BadInput:
            form.handed.errors = ["已交的数要比应交的少，比 0 多"]
        except (ActedBefore, AlreadyDecided, NotCleared, WrongState) as refusal:
            return _home(sentence(refusal), "warning")
        else:
            return _home("记下了。")
    return _line_page("handovers/snag", line, form)


def photo(ref: str) -> Page:
    """Hand over on the photograph of the signed slip; a refused file leaves all as it was."""
    line = handovers.line(requests.session(), hand(), ref, now=requests.now())
    form = PhotoForm()
    if form.validate_on_submit():
        try:
            _keep_photo(line, form)
        except BadInput as refusal:
            form.photo.errors = [PHOTO_FAULTS[str(refusal.params["reason"])]]
        except (AlreadyDecided, NotCleared) as refusal:
            return _home(sentence(refusal), "warning")
        else:
            return _home("照片收好了，已转交。")
    return _line_page("handovers/photo", line, form)


def print_slips(ref: str) -> Response:
    """Make the slips of a batch as a PDF."""
    settings = current_app.config["SETTINGS"]
    printing = Printing(settings.public_url, settings.operator.hotline)
    only = request.form.getlist("only") or None
    drawing = slips.print_slips(
        requests.session(), hand(), ref, printing, now=requests.now(), only=only
    )
    # Drawn while it is sent, after the commit: nobody waits for the database meanwhile.
    response = Response((draw() for draw in (drawing,)), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="slips-{ref}.pdf"'
    return response


def enter_code() -> Page:
    """Take a slip's code as it was typed."""
    form = CodeForm()
    if form.validate_on_submit():
        try:
            code = slip_code(read_slip_code(form.code.data or ""))
        except Refused:
            form.code.errors = ["编号是 16 位，四个一组，例如 7KQ2-M8TD-4XWA-2611"]
        else:
            return redirect(url_for(f"{door()}.slips.scanned", code=code), 303)
    if request.method == "POST":
        requests.keep_nothing()
    return _page("slips/index", form=form)


def scanned(code: str) -> Page:
    """Show the line of a scanned slip, and take its signature as what the hand-over rests on."""
    line = slips.line_of(requests.session(), hand(), code, now=requests.now())
    if request.method == "POST":
        act, ref = handovers.hand_over_one, line["ref"]
        return _act(
            lambda: act(
                requests.session(), hand(), ref, now=requests.now(), evidence=Evidence.SLIP_SCAN
            ),
            "签收单记下了，已转交。",
        )
    requests.note_read("stipend.read", [f"stipend:{line['ref']}"])
    return _page("slips/scanned", line=line, code=code)


def _keep_photo(line: Card, form: PhotoForm) -> None:
    files = LocalFiles(current_app.config["SETTINGS"].uploads)
    content = form.photo.data.read() if form.photo.data else b""
    act = uploads.add_photo if line["is_handed_over"] else uploads.hand_over_with_photo
    act(requests.session(), hand(), line["ref"], content, files=files, now=requests.now())


def _act(act: Callable[[], None], said: str) -> Response:
    try:
        act()
    except (ActedBefore, AlreadyDecided, NotCleared, WrongState, TooLate) as refusal:
        requests.keep_nothing()
        return _home(sentence(refusal), "warning")
    return _home(said)


def _asked_for() -> str | None:
    """Return the snag that the button on the list named, if it is one."""
    named = request.args.get("kind", "")
    return named if named in set(Snag) else None


def _line_page(name: str, line: Card, form: SnagForm | PhotoForm) -> str:
    if request.method == "POST":
        requests.keep_nothing()
    else:
        requests.note_read("stipend.read", [f"stipend:{line['ref']}"])
    return _page(name, line=line, form=form)


def _home(said: str, category: str = "success") -> Response:
    if category != "success":
        requests.keep_nothing()
    flash(said, category)
    return redirect(url_for(f"{door()}.home"), 303)


def _page(name: str, **parts: object) -> str:
    return render_template(f"hand/{name}.html", door=door(), **parts)
