"""Accounts and roles: two administrators work together, neither for himself."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Field

from privacy.permissions import Act
from services.accounts import account_lists, factor_resets, grants, staffing, way_in
from services.accounts.account_lists import Listed
from services.accounts.grants import Term
from services.accounts.staffing import NewAccount
from services.gate import Card
from vocabulary.enums import GrantStatus, Role
from vocabulary.errors import (
    ActedBefore,
    BadInput,
    NotFound,
    Refused,
    RolesExclude,
    TooManyTries,
)
from web.core import addresses, paging, requests
from web.core.access import current_viewer, may
from web.core.acting import saying
from web.core.messages import sentence
from web.forms.accounts import AccountForm, EndForm, RoleForm

bp = Blueprint("accounts", __name__, url_prefix="/accounts")

REASONS = {
    "bad_login": "登录名用 3 到 40 个小写字母和数字，字母开头，例如 wulan2",
    "login_taken": "这个登录名已经有人用了，换一个",
    "no_name": "请填姓名",
    "unknown_place": "在所选的旗县里没有找到这个地方，请写全名",
    "several_places": "所选的旗县里有几个同名的地方，请写全名",
    "unknown_organisation": "在所选的旗县里没有找到这个单位，请照单位名单上的全名写",
    "bad_phone": "手机号是 11 位数字，请再看一遍",
    "bad_mail": "邮箱不完整，请再看一遍",
    "before_from": "最后一天要在今天以后，也不能早于第一天",
    "already_held": "这个角色他已经有了，或者正等人同意",
    "not_grantable": "这个帐号已停用，不能再加角色",
    "needs_school": "资助专干要先有学校：停用这个帐号，重新建一个填上学校的",
    "unit_collects": "这个单位在代收同事的捐款，不能又转交。换一个单位的帐号",
    "unit_hands": "这个单位在转交助学金，不能又代收。换一个单位的帐号",
    "needs_unit": "单位经办人要先有工作单位：先在“工作单位”里登记，再重新建一个填上单位的帐号",
    "needs_village": "儿童主任要定到嘎查村或苏木乡镇：停用这个帐号，重新建一个",
}
_LISTS = {Listed.OPEN: "在用的", Listed.WAITING: "等第二个人", Listed.ENDED: "已停用"}


@bp.get("/")
@may(Act.GRANT_ROLE)
def index() -> str:
    """List accounts by state; what waits for a second person is said first."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    asked = request.args.get("list", Listed.OPEN)
    chosen = Listed(asked) if asked in set(Listed) else Listed.OPEN
    counts = account_lists.counts(session, viewer, now=now)
    return render_template(
        "staff/accounts/index.html",
        accounts=account_lists.listing(session, viewer, chosen, page=paging.wanted(), now=now),
        filters=paging.pills(_LISTS, counts, chosen=chosen, name="list"),
        chosen=chosen.value,
        to_agree=account_lists.to_agree(session, viewer, now=now),
        paging=paging.beside(counts[chosen], account_lists.PAGE, "个", list=chosen.value),
    )


@bp.route("/new", methods=["GET", "POST"])
@may(Act.GRANT_ROLE)
def new() -> str | Response:
    """Make an account and show its one-time link once."""
    form = AccountForm()
    form.offer_places(staffing.places(requests.session(), current_viewer()))
    if form.validate_on_submit():
        try:
            ref, token = staffing.make(
                requests.session(), current_viewer(), _person(form), now=requests.now()
            )
        except BadInput as refusal:
            _say(form, refusal)
        else:
            return _show_link(ref, token)
    requests.keep_nothing()
    return render_template("staff/accounts/new.html", form=form)


def _person(form: AccountForm) -> NewAccount:
    region = form.region.data
    if form.place.data:
        region = staffing.place_below(requests.session(), current_viewer(), region, form.place.data)
    return NewAccount(
        login=form.login.data or "",
        name=form.name.data or "",
        region_code=region,
        organisation_name=form.organisation.data or "",
        phone=form.phone.data or "",
        mail=form.mail.data or "",
    )


def _show_link(ref: str, token: str) -> str:
    person = account_lists.show(requests.session(), current_viewer(), ref, now=requests.now())
    return render_template(
        "staff/accounts/link.html",
        person=person,
        address=addresses.public("auth.first_password", token=token),
    )


@bp.get("/<string:ref>")
@may(Act.GRANT_ROLE)
def detail(ref: str) -> str:
    """Show one account with its roles, and what this administrator may do about them."""
    return _detail(ref, RoleForm(formdata=None))


def _detail(ref: str, form: RoleForm) -> str:
    person = account_lists.show(requests.session(), current_viewer(), ref, now=requests.now())
    standing = [g for g in person["grants"] if not g["is_over"]]
    form.offer_roles(_held(person))
    return render_template(
        "staff/accounts/detail.html",
        person=person,
        form=form,
        way_in=way_in.standing(requests.session(), current_viewer(), ref, now=requests.now()),
        factor=factor_resets.standing(requests.session(), current_viewer(), ref),
        standing=[g for g in standing if g["status"] is not GrantStatus.ENDED],
        past=[g for g in person["grants"] if g["is_over"] or g["status"] is GrantStatus.ENDED],
    )


def _held(person: Card) -> frozenset[Role]:
    return frozenset(
        g["role"]
        for g in person["grants"]
        if g["status"] is not GrantStatus.ENDED and not g["is_over"]
    )


@bp.post("/<string:ref>/roles")
@may(Act.GRANT_ROLE)
def ask(ref: str) -> str | Response:
    """Ask for a role; a second administrator agrees."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    form = RoleForm()
    form.offer_roles(_held(account_lists.show(session, viewer, ref, now=now)))
    if form.validate_on_submit():
        term = Term(form.from_on.data, form.until_on.data)
        try:
            grants.ask(session, viewer, ref, Role(form.role.data), term=term, now=now)
        except BadInput as refusal:
            _say(form, refusal)
        except (RolesExclude, ActedBefore) as refusal:
            form.role.errors = [sentence(refusal)]
        else:
            flash("记下了，等另一位管理员同意后生效。", "success")
            return redirect(url_for(".detail", ref=ref), 303)
    requests.keep_nothing()
    return _detail(ref, form)


@bp.post("/<string:ref>/roles/<string:grant>/agree")
@may(Act.GRANT_ROLE)
def agree(ref: str, grant: str) -> Response:
    """Agree as the second person."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    person = account_lists.show(session, viewer, ref, now=now)
    if grant not in {one["ref"] for one in person["grants"]}:
        raise NotFound()

    with saying("同意了，下一次打开页面就生效。", but=(Refused,)):
        grants.agree(session, viewer, grant, now=now)
    return redirect(url_for(".detail", ref=ref), 303)


@bp.route("/<string:ref>/roles/<string:grant>/end", methods=["GET", "POST"])
@may(Act.GRANT_ROLE)
def end_role(ref: str, grant: str) -> str | Response:
    """Ask why, then end a role at once."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    person = account_lists.show(session, viewer, ref, now=now)
    role = next((g["role"] for g in person["grants"] if g["ref"] == grant), None)
    if role is None:
        raise NotFound()
    form = EndForm()

    if form.validate_on_submit():
        with saying("这个角色已结束，马上生效。", but=(Refused,)):
            grants.end(session, viewer, grant, reason=form.reason.data, now=now)
        return redirect(url_for(".detail", ref=ref), 303)
    requests.keep_nothing()
    return render_template("staff/accounts/end_role.html", form=form, person=person, role=role)


@bp.route("/<string:ref>/end", methods=["GET", "POST"])
@may(Act.GRANT_ROLE)
def end(ref: str) -> str | Response:
    """Ask why, then end an account with all its roles and sessions."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    person = account_lists.show(session, viewer, ref, now=now)
    form = EndForm()

    if form.validate_on_submit():
        with saying("帐号已停用，所有设备都已退出。", but=(Refused,)):
            staffing.end(session, viewer, ref, reason=form.reason.data, now=now)
        return redirect(url_for(".detail", ref=ref), 303)
    requests.keep_nothing()
    return render_template("staff/accounts/end.html", form=form, person=person)


@bp.post("/<string:ref>/sign-out")
@may(Act.GRANT_ROLE)
def sign_out(ref: str) -> Response:
    """End every sign-in of somebody whose phone or computer is lost."""
    with saying("所有设备都已退出，本人要重新登录。", but=(Refused,)):
        staffing.sign_out(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".detail", ref=ref), 303)


@bp.post("/<string:ref>/link")
@may(Act.GRANT_ROLE)
def link(ref: str) -> str | Response:
    """Make a new one-time link for somebody who cannot get in, and show it once."""
    try:
        token = staffing.new_link(requests.session(), current_viewer(), ref=ref, now=requests.now())
    except TooManyTries:
        requests.keep_nothing()
        flash("今天已经给过五条链接了，明天再给。", "danger")
        return redirect(url_for(".detail", ref=ref), 303)
    except (BadInput, ActedBefore) as refusal:
        requests.keep_nothing()
        flash(sentence(refusal), "danger")
        return redirect(url_for(".detail", ref=ref), 303)
    return _show_link(ref, token)


@bp.post("/<string:ref>/code")
@may(Act.GRANT_ROLE)
def code(ref: str) -> str | Response:
    """Make the six digits beside another administrator's link, and show them once."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    try:
        digits = way_in.give_code(session, viewer, ref, now=now)
    except ActedBefore as refusal:
        requests.keep_nothing()
        flash(sentence(refusal), "danger")
        return redirect(url_for(".detail", ref=ref), 303)
    person = account_lists.show(session, viewer, ref, now=now)
    return render_template("staff/accounts/code.html", person=person, code=digits)


def _say(form: AccountForm | RoleForm, refusal: BadInput) -> None:
    field: Field = form[str(refusal.params["field"])]
    field.errors = [*field.errors, REASONS[str(refusal.params["reason"])]]
