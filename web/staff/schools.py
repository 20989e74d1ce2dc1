"""Schools: where they are, whom to call, how many children on record."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services import amendments, organisations, places
from services.organisations import NewSchool
from services.rosters.values import read_phone
from vocabulary.errors import BadInput
from web.core import paging, requests
from web.core.access import current_viewer, may
from web.forms.schools import ContactForm, SchoolForm

bp = Blueprint("schools", __name__, url_prefix="/schools")

PAGE = 50
_REASONS = {
    "already_known": "本旗已经有这所学校了，不用再加",
    "bad_phone": "电话是 11 位手机号，或带区号的座机，请再看一遍",
}


@bp.get("/")
@may(Act.VERIFY_CHILD)
def index() -> str:
    """List the schools of the viewer's part."""
    viewer = current_viewer()
    code = places.chosen(viewer, request.args.get("banner"))
    total = organisations.count(requests.session(), viewer, code=code)
    found = organisations.listing(
        requests.session(), viewer, code=code, limit=PAGE, offset=PAGE * (paging.wanted() - 1)
    )
    return render_template(
        "staff/schools/index.html",
        schools=found,
        total=total,
        paging=paging.beside(total, PAGE, "所", banner=code),
    )


@bp.get("/<string:ref>")
@may(Act.VERIFY_CHILD)
def detail(ref: str) -> str:
    """Show one school."""
    school = organisations.detail(requests.session(), current_viewer(), ref)
    return render_template(
        "staff/schools/detail.html",
        school=school,
        amendment=amendments.find_open(requests.session(), current_viewer(), ref),
    )


@bp.route("/new", methods=["GET", "POST"])
@may(Act.ENTER_SCHOOL)
def new() -> str | Response:
    """Enter a school by hand."""
    session, viewer, form = requests.session(), current_viewer(), SchoolForm()
    banners = places.banners(session, viewer)
    form.offer([(one["name"], places.townships(session, viewer, one["code"])) for one in banners])
    if form.validate_on_submit():
        try:
            ref = organisations.enter(session, viewer, _school(form), now=requests.now())
        except BadInput as refusal:
            _say(form, refusal)
        else:
            flash("学校加好了。接着登记收款账户，由两个人办。", "success")
            return redirect(url_for(".detail", ref=ref), 303)
    if request.method == "POST":
        requests.keep_nothing()
    return render_template("staff/schools/new.html", form=form)


@bp.route("/<string:ref>/complete", methods=["GET", "POST"])
@may(Act.ENTER_SCHOOL)
def complete(ref: str) -> str | Response:
    """Write whom to call."""
    session, viewer = requests.session(), current_viewer()
    school = organisations.detail(session, viewer, ref)
    form = ContactForm(contact=school["contact_name"], phone=school["contact_phone"])
    if form.validate_on_submit():
        try:
            organisations.complete(session, viewer, ref, **_contact(form), now=requests.now())
        except BadInput as refusal:
            _say(form, refusal)
        else:
            flash("存好了。", "success")
            return redirect(url_for(".detail", ref=ref), 303)
    if request.method == "POST":
        requests.keep_nothing()
    return render_template("staff/schools/complete.html", form=form, school=school)


def _school(form: SchoolForm) -> NewSchool:
    whom = _contact(form)
    return NewSchool(
        name=form.name.data or "",
        region_code=form.township.data,
        contact_name=whom["name"],
        contact_phone=whom["phone"],
    )


def _contact(form: ContactForm) -> dict[str, str | None]:
    phone = read_phone(form.phone.data or "").number
    if form.phone.data and phone is None:
        raise BadInput(field="phone", reason="bad_phone")
    return {"name": form.contact.data or None, "phone": phone}


def _say(form: ContactForm, refusal: BadInput) -> None:
    """Put a refusal beside the field that it is about."""
    form[str(refusal.params["field"])].errors = [_REASONS[str(refusal.params["reason"])]]
