"""What changes a child's record: visit, consent, school, kin, needs and its end."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services import places
from services.children import child_file, children, consents
from services.children.children import NewKin
from services.gate import Card
from vocabulary.enums import ChildStatus, EndReason, KinRole, NeedKind, Purpose, Route, Sex
from vocabulary.errors import (
    ActedBefore,
    AlreadyDecided,
    BadInput,
    NoConsent,
    NotFound,
    WrongState,
)
from vocabulary.grades import stage_of
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import saying
from web.core.messages import sentence
from web.forms import children as forms
from web.staff.children import need_of, phone_in, say, schools_of

bp = Blueprint("child_acts", __name__, url_prefix="/children/<string:ref>")

Answer = str | Response
_PHONE_WAITS = "加好了。电话要两个人：另一位同事问过家里，再等三天才用，在等第二个人的修改里。"
_NO_GUARDIAN = "档案里还没有监护人。照料人不能代签，请先把监护人加上。"


def _page(view: str, ref: str, form: FlaskForm, act: Callable[[], None], done: str) -> Answer:
    """Show a form about one child; on a good answer act, say so, and go back to the file."""
    if form.validate_on_submit() and _acted(form, act):
        flash(done, "success")
        return redirect(url_for("staff.children.detail", ref=ref), 303)
    if request.method == "POST":
        requests.keep_nothing()
    requests.note_read("child.read", [f"child:{ref}"])
    return render_template(f"staff/children/{view}.html", child=_child(ref), form=form)


def _acted(form: FlaskForm, act: Callable[[], None]) -> bool:
    """Act, or put on the form why not."""
    try:
        act()
    except BadInput as refusal:
        say(form, refusal)
    except NoConsent:
        form.form_errors.append(_NO_GUARDIAN)
    except (ActedBefore, WrongState) as refusal:
        form.form_errors.append(sentence(refusal))
    else:
        return True
    return False


def _child(ref: str) -> Card:
    return child_file.detail(requests.session(), current_viewer(), ref, now=requests.now())


def _who() -> tuple[Any, Any]:
    return requests.session(), current_viewer()


@bp.route("/verify", methods=["GET", "POST"])
@may(Act.CONFIRM_CHILD)
def verify(ref: str) -> Answer:
    """Confirm a record after the home visit; whoever entered it reads why he cannot."""
    form = forms.VisitForm()

    def act() -> None:
        word = {"yes": True, "no": False}.get(form.word.data or "")
        children.verify(*_who(), ref, child_agrees=word, now=requests.now())

    return _page("verify", ref, form, act, "核实好了。")


@bp.route("/word", methods=["GET", "POST"])
@may(Act.VERIFY_CHILD)
def word(ref: str) -> Answer:
    """Keep the child's own word, asked again."""
    form = forms.WordForm()

    def act() -> None:
        consents.record_word(*_who(), ref, agrees=form.word.data == "yes", now=requests.now())

    return _page("word", ref, form, act, "记下了。")


@bp.route("/consent", methods=["GET", "POST"])
@may(Act.VERIFY_CHILD)
def consent(ref: str) -> Answer:
    """Keep a signed paper of the guardian's."""
    form = forms.ConsentForm()

    def act() -> None:
        consents.record(
            *_who(),
            ref,
            purposes=[Purpose(one) for one in form.purposes.data or []],
            given_on=form.given_on.data,
            now=requests.now(),
        )

    return _page("consent", ref, form, act, "同意书记下了。")


@bp.route("/consent/<string:purpose>/withdraw", methods=["GET", "POST"])
@may(Act.VERIFY_CHILD)
def withdraw(ref: str, purpose: str) -> Answer:
    """Ask once more, then end a consent from today."""
    form = forms.WithdrawForm()
    if purpose not in list(Purpose):
        raise NotFound()
    what = Purpose(purpose)

    def act() -> None:
        consents.withdraw(*_who(), ref, purpose=what, now=requests.now())

    form.purpose = what
    return _page("withdraw", ref, form, act, "同意已撤回，从今天起算。")


@bp.route("/school", methods=["GET", "POST"])
@may(Act.VERIFY_CHILD)
def school(ref: str) -> Answer:
    """Move a child to another school, grade or class."""
    child = _child(ref)
    form = forms.SchoolForm(
        school=child["school"]["ref"] if child.has("school") else "",
        grade="" if child["grade"] is None else str(child["grade"]),
        class_name=child["class_name"],
        route=child["route"].value,
    )
    form.offer(schools_of(child["banner_code"]))
    form.offer_way(child["route"])

    def act() -> None:
        children.change_school(
            *_who(),
            ref,
            school_ref=form.school.data or None,
            grade=int(form.grade.data),
            class_name=form.class_name.data or None,
            stage=stage_of(int(form.grade.data)),
            route=Route(form.route.data),
            now=requests.now(),
        )

    return _page("school", ref, form, act, "学校改好了。还没拨付的助学金跟着走。")


@bp.route("/basics", methods=["GET", "POST"])
@may(Act.VERIFY_CHILD)
def basics(ref: str) -> Answer:
    """Fill in sex, birthday and place where a roster left them open."""
    child = _child(ref)
    form = forms.BasicsForm(
        sex=child["sex"].value if child["sex"] else None,
        birth_on=child["birth_on"],
        township=child["region_code"][:9].ljust(12, "0"),
        address=child["address"],
    )
    form.offer(
        [(one["name"], places.townships(*_who(), one["code"])) for one in places.banners(*_who())]
    )

    def act() -> None:
        waits = children.fill_in(
            *_who(),
            ref,
            sex=Sex(form.sex.data),
            birth_on=form.birth_on.data,
            region_code=form.township.data,
            address=form.address.data or None,
            now=requests.now(),
        )
        if waits:
            flash("有只给女孩的钱在等，性别要另一位同事照户口本再填一遍才算。", "warning")

    return _page("basics", ref, form, act, "存好了。")


@bp.route("/kin", methods=["GET", "POST"])
@may(Act.VERIFY_CHILD)
def kin(ref: str) -> Answer:
    """Add a guardian or a carer."""
    form = forms.KinForm()

    def act() -> None:
        new = NewKin(
            form.name.data or "",
            form.relation.data or "",
            phone_in(form.phone),
            KinRole(form.kin_role.data),
            form.workplace.data or None,
        )
        try:
            children.add_kin(*_who(), ref, new, now=requests.now())
        except AlreadyDecided as refusal:
            raise BadInput(field="phone", reason="one_waits") from refusal

    waits = form.phone.data and _child(ref)["status"] is not ChildStatus.DRAFT
    return _page("kin", ref, form, act, _PHONE_WAITS if waits else "加好了。")


@bp.route("/need", methods=["GET", "POST"])
@may(Act.VERIFY_CHILD)
def need(ref: str) -> Answer:
    """Add one kind of help that the child needs."""
    form = forms.NeedForm()

    def act() -> None:
        children.add_need(*_who(), ref, need_of(form, NeedKind(form.kind.data)), now=requests.now())

    return _page("need", ref, form, act, "需求加好了。")


@bp.post("/need/<string:need_ref>/close")
@may(Act.VERIFY_CHILD)
def close_need(ref: str, need_ref: str) -> Response:
    """Close a need that is met or gone."""
    with saying("这项需求关掉了。已经结好的对照常。"):
        children.close_need(*_who(), need_ref, reason="no longer needed", now=requests.now())
    return redirect(url_for("staff.children.detail", ref=ref), 303)


@bp.route("/end", methods=["GET", "POST"])
@may(Act.VERIFY_CHILD)
def end(ref: str) -> Answer:
    """End a child's record with a coded reason."""
    form = forms.EndForm()

    def act() -> None:
        children.end(*_who(), ref, reason=EndReason(form.reason.data), now=requests.now())

    return _page("end", ref, form, act, "档案结束了。今天以前到期的助学金照常给。")
