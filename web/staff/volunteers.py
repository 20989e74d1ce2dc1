"""爱心妈妈: who they are, and which papers each still lacks."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services import places, volunteers
from vocabulary.enums import Clearance
from vocabulary.errors import BadInput
from web.core import paging, requests
from web.core.access import current_viewer, may
from web.forms.volunteers import LoginForm, PaperForm

bp = Blueprint("volunteers", __name__, url_prefix="/volunteers")

PAGE = 50
_REASONS = {
    "in_future": "日期还没到，请再看一遍",
    "not_insured": "保险要填到期日，今天或以后，最长 5 年",
    "unknown": "这里没有这个爱心妈妈的登录名，请向管理员核对",
    "taken": "这个登录名已经是另一位爱心妈妈的了，请再看一遍",
}


@bp.get("/")
@may(Act.CLEAR_VOLUNTEER)
def index() -> str:
    """List the volunteers of the viewer's part with what each lacks."""
    viewer = current_viewer()
    code = places.chosen(viewer, request.args.get("banner"))
    total = volunteers.count(requests.session(), viewer, code=code)
    found = volunteers.listing(
        requests.session(),
        viewer,
        code=code,
        now=requests.now(),
        limit=PAGE,
        offset=PAGE * (paging.wanted() - 1),
    )
    requests.note_read("volunteer.list", [f"volunteer:{card['ref']}" for card in found])
    return render_template(
        "staff/volunteers/index.html",
        volunteers=found,
        total=total,
        paging=paging.beside(total, PAGE, "位", banner=code),
    )


@bp.route("/<string:ref>", methods=["GET", "POST"])
@may(Act.CLEAR_VOLUNTEER)
def detail(ref: str) -> str | Response:
    """Show one volunteer; keep a paper that staff have seen."""
    form = PaperForm()
    if form.validate_on_submit():
        try:
            volunteers.record_paper(
                requests.session(),
                current_viewer(),
                ref,
                Clearance(form.paper.data),
                on=form.on.data,
                now=requests.now(),
            )
        except BadInput as refusal:
            form.on.errors = [_REASONS[str(refusal.params["reason"])]]
        else:
            flash("记下了。", "success")
            return redirect(url_for(".detail", ref=ref), 303)
    return _detail(ref, form, LoginForm(formdata=None))


@bp.post("/<string:ref>/login")
@may(Act.CLEAR_VOLUNTEER)
def login(ref: str) -> str | Response:
    """Join her record with the login by which she sees it."""
    form = LoginForm()
    if form.validate_on_submit():
        try:
            volunteers.give_login(
                requests.session(), current_viewer(), ref, form.login.data or "", now=requests.now()
            )
        except BadInput as refusal:
            form.login.errors = [_REASONS[str(refusal.params["reason"])]]
        else:
            flash("绑好了。她登录后看得到自己的资格。", "success")
            return redirect(url_for(".detail", ref=ref), 303)
    return _detail(ref, PaperForm(formdata=None), form)


def _detail(ref: str, form: PaperForm, login_form: LoginForm) -> str:
    if request.method == "POST":
        requests.keep_nothing()
    volunteer = volunteers.detail(requests.session(), current_viewer(), ref, now=requests.now())
    requests.note_read("volunteer.read", [f"volunteer:{ref}"])
    return render_template(
        "staff/volunteers/detail.html", volunteer=volunteer, form=form, login_form=login_form
    )
