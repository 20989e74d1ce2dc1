"""Children: found, read, entered by hand. What changes a record is web/staff/child_acts.py."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import Field

from privacy.permissions import Act
from services import organisations, places
from services.children import amendments, assignments, child_file, child_search, children
from services.children.children import NewChild, NewKin, NewNeed
from services.children.readiness import is_above_banner
from services.oversight import file_access
from services.pairing import approvals
from services.rosters.values import read_phone
from vocabulary.enums import CareTime, Category, ChildStatus, NeedKind, OrganisationKind, Role, Sex
from vocabulary.errors import BadInput
from vocabulary.grades import stage_of
from web.core import drafts, paging, requests
from web.core.access import current_viewer, may
from web.forms.children import ChildForm, NeedFields
from web.forms.places import leagues_of

bp = Blueprint("children", __name__, url_prefix="/children")

SCHOOLS_AT_MOST = 300
TYPED, LONGEST = "child_typed", 40
# What a service calls it, where a form says otherwise.
_FIELD_OF = {"given_on": "consented_on", "child_agrees": "word"}
_LISTS = {
    "live": "全部",
    "draft": "待入户核实",
    "held": "待补材料",
    "open": "待结对",
    "supported": "已结对",
    "ended": "已结束",
}
REASONS = {
    "already_known": "系统里已有这个身份证号，可能在别的旗县。请先查一查，别重复录入",
    "id_checksum": "身份证号有误，请对照户口本再看一遍",
    "sex_mismatch": "和身份证号显示的性别不一样，请核对",
    "by_two": "已经登记了性别，一个人不能改。去“改姓名、身份证号”，两个人照户口本核对，性别跟着身份证号走",
    "birth_mismatch": "和身份证号里的出生日期不一样，请核对",
    "in_future": "日期还没到，请再看一遍",
    "not_asked": "满 8 岁的孩子要问他本人，请选他怎么说",
    "missing": "请填上",
    "one_waits": "这个孩子已经有一处修改在等第二个人，办完再填电话",
    "no_phone": "现在就没有电话",
    "guardians_only": "只记监护人的工作单位，照料人不用填",
    "same_phone": "和现在的一样，没有要改的",
    "no_school": "没有学校，选别的转交方式",
    "not_between": "从今天起，一年以内的日子",
    "bad_phone": "电话是 11 位手机号，或带区号的座机，请再看一遍",
}


@bp.get("/")
@may(Act.VERIFY_CHILD)
def index() -> str:
    """List the children of the viewer's part by state, or find some by name or number."""
    viewer = current_viewer()
    code = places.chosen(viewer, request.args.get("banner"))
    show = request.args.get("show", "live")
    show = show if show in _LISTS else "live"
    typed = str(drafts.find(TYPED) or "") if "found" in request.args else ""
    found = _found(typed, code, show)
    requests.note_read("child.list", [f"child:{card['ref']}" for card in found])
    counts = child_search.counts(requests.session(), viewer, code=code)
    return render_template(
        "staff/children/index.html",
        children=found,
        typed=typed,
        code=code,
        show=show,
        leagues=leagues_of(places.banners(requests.session(), viewer)),
        needs_banner=bool(typed) and child_search.needs_banner(typed, code),
        filters=paging.pills(
            _LISTS, counts, chosen=None if typed else show, name="show", banner=code
        ),
        paging=paging.beside(counts[show], child_search.PAGE, "位", show=show, banner=code)
        if not typed
        else None,
    )


@bp.post("/find")
@may(Act.VERIFY_CHILD)
def find() -> Response:
    """Take what a child is looked for by: no name or number ever stands in an address."""
    typed = request.form.get("q", "").strip()[:LONGEST]
    drafts.keep(TYPED, typed)
    banner = request.form.get("banner") or None
    return redirect(url_for(".index", found="yes" if typed else None, banner=banner), 303)


def _found(typed: str, code: str, show: str) -> list[Any]:
    session, viewer = requests.session(), current_viewer()
    if typed:
        return child_search.search(session, viewer, typed, code=code)
    return child_search.listing(session, viewer, code=code, show=show, page=paging.wanted())


@bp.get("/<string:ref>")
@may(Act.VERIFY_CHILD)
def detail(ref: str) -> str:
    """Show one child's file; the reading is traced."""
    child = child_file.detail(requests.session(), current_viewer(), ref, now=requests.now())
    requests.note_read("child.read", [f"child:{ref}"])
    return render_template(
        "staff/children/detail.html",
        child=child,
        matches=approvals.of_child(requests.session(), current_viewer(), ref),
        amendment=amendments.find_open(requests.session(), current_viewer(), ref),
        may_propose=child["status"] in (ChildStatus.OPEN, ChildStatus.SUPPORTED),
        may_assign=current_viewer().has(Role.APPROVER),
        access=file_access.find_mine(requests.session(), current_viewer(), ref, now=requests.now()),
        holder=assignments.holder_of(requests.session(), current_viewer(), ref),
    )


@bp.route("/new", methods=["GET", "POST"])
@may(Act.VERIFY_CHILD)
def new() -> str | Response:
    """Enter a child by hand; somebody else verifies it at home."""
    viewer, form = current_viewer(), ChildForm()
    code = places.chosen(viewer, request.args.get("banner"))
    banners = places.banners(requests.session(), viewer)
    code = banners[0]["code"] if is_above_banner(code) and banners else code
    form.offer(places.townships(requests.session(), viewer, code), schools_of(code))
    if form.validate_on_submit():
        try:
            ref = children.enter(requests.session(), viewer, _child(form), now=requests.now())
        except BadInput as refusal:
            say(form, refusal)
        else:
            flash("录好了。下一步：由另一位同事入户核实。", "success")
            return redirect(url_for(".detail", ref=ref), 303)
    if request.method == "POST":
        requests.keep_nothing()
    return render_template(
        "staff/children/new.html",
        form=form,
        banners=banners,
        leagues=leagues_of(banners),
        code=code,
    )


def schools_of(code: str) -> list[Any]:
    """List the schools of a division's banner for a form."""
    banner = organisations.banner_of(code)
    found = organisations.listing(
        requests.session(), current_viewer(), code=banner, limit=SCHOOLS_AT_MOST, offset=0
    )
    return [one for one in found if one["kind"] is OrganisationKind.SCHOOL]


def _child(form: ChildForm) -> NewChild:
    named, works = form.guardian.data or "", form.workplace.data or None
    kin = NewKin(named, form.relation.data or "", phone_in(form.phone), workplace=works)
    kinds = [NeedKind(kind) for kind in form.needs.data or []]
    return NewChild(
        name=form.name.data or "",
        sex=Sex(form.sex.data) if form.sex.data else None,
        region_code=form.township.data,
        stage=stage_of(int(form.grade.data)),
        birth_on=form.birth_on.data,
        id_number=form.id_number.data or None,
        ethnicity=form.ethnicity.data or None,
        languages=form.languages.data or "",
        address=form.address.data or None,
        school_ref=form.school.data or None,
        grade=int(form.grade.data),
        class_name=form.class_name.data or None,
        category=Category(form.category.data),
        remark=form.remark.data or None,
        kin=(kin,),
        needs=tuple(need_of(form, kind) for kind in kinds),
        consented_on=form.consented_on.data,
    )


def need_of(form: NeedFields, kind: NeedKind) -> NewNeed:
    """Return one need of a form; the sum belongs to money alone."""
    fen = form.monthly_fen if kind is NeedKind.FINANCIAL else None
    times = [CareTime(one) for one in form.times.data or []]
    return NewNeed(kind, fen, int(form.urgency.data), form.detail.data or None, times)


def phone_in(field: Field) -> str | None:
    """Return the telephone of a field, plain; None for none. Raises BadInput."""
    if not field.data:
        return None
    number = read_phone(field.data).number
    if number is None:
        raise BadInput(field="phone", reason="bad_phone")
    return number


def say(form: FlaskForm, refusal: BadInput) -> None:
    """Put a refusal beside the field that it is about."""
    named = str(refusal.params["field"])
    field: Field = form[named if named in form else _FIELD_OF[named]]
    field.errors = [REASONS[str(refusal.params["reason"])]]
