"""Schools: where they are, whom to call, how many children on record."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from privacy.permissions import Act
from privacy.viewers import Viewer
from services import organisations, places
from services.children import amendments
from services.gate import Card
from services.organisations import NewSchool
from services.rosters.values import read_phone
from services.routes import asking
from vocabulary.enums import OrganisationKind
from vocabulary.errors import AlreadyDecided, BadInput
from web.core import paging, requests
from web.core.access import current_viewer, may
from web.core.acting import onto
from web.forms.schools import ContactForm, SchoolForm

bp = Blueprint("schools", __name__, url_prefix="/schools")

PAGE = 50
_REASONS = {
    "already_known": "本旗已经有这所学校了，不用再加",
    "two_people": "换电话要另一位同事对过；原来的电话不能清掉",
    "bad_phone": "电话是 11 位手机号，或带区号的座机，请再看一遍",
    AlreadyDecided.code: "这所学校已经有一处修改在等第二个人，办完再提新的。",
}
_WHY = "学校换了联系电话。"


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
        with onto(form, _REASONS):
            ref = organisations.enter(session, viewer, _school(form), now=requests.now())
            flash("学校加好了。接着登记收款账户，由两个人办。", "success")
            return redirect(url_for(".detail", ref=ref), 303)
    return render_template("staff/schools/new.html", form=form)


@bp.route("/<string:ref>/complete", methods=["GET", "POST"])
@may(Act.ENTER_SCHOOL)
def complete(ref: str) -> str | Response:
    """Write whom to call."""
    session, viewer = requests.session(), current_viewer()
    school = organisations.detail(session, viewer, ref)
    form = ContactForm(contact=school["contact_name"], phone=school["contact_phone"])
    if form.validate_on_submit():
        with onto(form, _REASONS):
            flash(_completed(ref, school, form), "success")
            return redirect(url_for(".detail", ref=ref), 303)
    return render_template("staff/schools/complete.html", form=form, school=school)


def _completed(ref: str, school: Card, form: ContactForm) -> str:
    """Write the contact; another telephone in the first one's place waits for a second person."""
    session, viewer, now, whom = *_who(), requests.now(), _contact(form)
    if school["contact_phone"] and whom["phone"] and whom["phone"] != school["contact_phone"]:
        name, phone = whom["name"] or "", whom["phone"]
        asking.ask_contact(session, viewer, ref, name=name, phone=phone, reason=_WHY, now=now)
        return "记下了。换电话要两个人：另一位同事打到学校问过，再输一遍才换。"
    organisations.complete(session, viewer, ref, **whom, now=now)
    return "存好了。"


def _who() -> tuple[Session, Viewer]:
    return requests.session(), current_viewer()


def _school(form: SchoolForm) -> NewSchool:
    whom = _contact(form)
    return NewSchool(
        name=form.name.data or "",
        region_code=form.township.data,
        contact_name=whom["name"],
        contact_phone=whom["phone"],
        kind=OrganisationKind.INSTITUTION if form.is_home.data else OrganisationKind.SCHOOL,
    )


def _contact(form: ContactForm) -> dict[str, str | None]:
    phone = read_phone(form.phone.data or "").number
    if form.phone.data and phone is None:
        raise BadInput(field="phone", reason="bad_phone")
    return {"name": form.contact.data or None, "phone": phone}
