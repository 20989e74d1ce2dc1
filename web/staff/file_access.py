"""查阅与分工: whose case a child is, and looks into the details of others' cases."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.children import assignments, child_file
from services.oversight import file_access
from vocabulary.enums import AccessReason, Role
from vocabulary.errors import BadInput
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import saying
from web.forms.custody import BecauseForm
from web.forms.file_access import AskForm, AssignForm

bp = Blueprint("file_access", __name__)


@bp.get("/file-access/")
@may(Act.ASK_FILE)
def index() -> str:
    """List the requests of the viewer's part, and to an approver whose cases the children are."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    found = file_access.requests(session, viewer, now=now)
    requests.note_read("child.read", [f"child:{one['child']['ref']}" for one in found])
    is_approver = viewer.has(Role.APPROVER)
    return render_template(
        "staff/file_access/index.html",
        found=found,
        places=assignments.places(session, viewer) if is_approver else [],
    )


@bp.route("/children/<string:ref>/ask-access", methods=["GET", "POST"])
@may(Act.ASK_FILE)
def ask(ref: str) -> str | Response:
    """Ask to see the details of a case, or open them at once in an emergency."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    child, form = child_file.detail(session, viewer, ref, now=now), AskForm()
    if form.validate_on_submit():
        is_urgent = "at_once" in request.form
        act = file_access.open_at_once if is_urgent else file_access.ask
        reason = AccessReason(form.reason.data)
        act(session, viewer, ref, reason=reason, words=form.words.data or "", now=now)
        said = (
            "打开了，24 小时内可以看。已经通知同事马上复核。"
            if is_urgent
            else "记下了。同事同意以后可以看 7 天。"
        )
        flash(said, "success")
        return redirect(url_for("staff.children.detail", ref=ref), 303)
    requests.note_read("child.read", [f"child:{ref}"])
    return render_template("staff/file_access/ask.html", child=child, form=form)


@bp.get("/file-access/<string:ref>")
@may(Act.ASK_FILE)
def detail(ref: str) -> str:
    """Show one request and, to whoever has a say, the answer."""
    return _page(ref, BecauseForm(formdata=None))


def _page(ref: str, form: BecauseForm) -> str:
    card = file_access.request(requests.session(), current_viewer(), ref, now=requests.now())
    requests.note_read("child.read", [f"child:{card['child']['ref']}"])
    return render_template("staff/file_access/detail.html", card=card, form=form)


@bp.post("/file-access/<string:ref>/agree")
@may(Act.ASK_FILE)
def agree(ref: str) -> Response:
    """Agree as the second person."""
    with saying("同意了，可以看 7 天。"):
        file_access.agree(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".index"), 303)


@bp.post("/file-access/<string:ref>/decline")
@may(Act.ASK_FILE)
def decline(ref: str) -> str | Response:
    """Decline as the second person; what was opened in an emergency is shut."""
    form = BecauseForm()
    if not form.validate_on_submit():
        requests.keep_nothing()
        return _page(ref, form)
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    with saying("记下了，没有同意。"):
        file_access.decline(session, viewer, ref, because=form.because.data or "", now=now)
    return redirect(url_for(".index"), 303)


@bp.route("/children/<string:ref>/assign", methods=["GET", "POST"])
@may(Act.ASSIGN_CHILD)
def assign(ref: str) -> str | Response:
    """Make a child a colleague's case."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    child, form = child_file.detail(session, viewer, ref, now=now), AssignForm()
    form.offer(assignments.colleagues(session, viewer, now=now))
    if form.validate_on_submit() and _given(
        form, lambda: assignments.assign(session, viewer, ref, to=form.to.data, now=now)
    ):
        flash("记下了，由这位同事负责。", "success")
        return redirect(url_for("staff.children.detail", ref=ref), 303)
    requests.note_read("child.read", [f"child:{ref}"])
    return render_template("staff/file_access/assign.html", child=child, form=form)


@bp.route("/file-access/places/<string:code>", methods=["GET", "POST"])
@may(Act.ASSIGN_CHILD)
def assign_place(code: str) -> str | Response:
    """Give a township's children that are nobody's case to one colleague."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    place, form = assignments.place(session, viewer, code), AssignForm()
    form.offer(assignments.colleagues(session, viewer, now=now))
    if form.validate_on_submit() and _given(
        form, lambda: assignments.assign_place(session, viewer, code, to=form.to.data, now=now)
    ):
        flash(f"{place['free']} 个孩子有了负责的同事。", "success")
        return redirect(url_for(".index"), 303)
    return render_template("staff/file_access/place.html", place=place, form=form)


def _given(form: AssignForm, act: Callable[[], object]) -> bool:
    try:
        act()
    except BadInput:
        form.to.errors = ["请从名单里选一位同事"]
    else:
        return True
    requests.keep_nothing()
    return False
