"""爱心妈妈: who they are, and which papers each still lacks."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from privacy.permissions import Act
from services import places
from services.care import desk, leaving
from services.pairing import volunteer_logins, volunteers
from services.pairing.volunteers import Terms
from vocabulary.enums import Clearance, Sex
from vocabulary.errors import ActedBefore
from web.core import care_words, paging, requests
from web.core.access import current_viewer, may
from web.core.acting import WHATEVER, onto, saying
from web.forms.care import DayForm
from web.forms.volunteers import LoginForm, LoginNoForm, PaperForm, TermsForm

bp = Blueprint("volunteers", __name__, url_prefix="/volunteers")

PAGE = 50
_HOLDS = "她现在用的就是这个登录名。"
_WAITS = "记下了。要另一位同意才算数，请另一位同事打开这一页。"
_REASONS = {
    "backwards": "岁数前后反了，请再看一遍",
    "not_a_choice": "今天起一年以内的日子",
    "in_future": "日期还没到，请再看一遍",
    "not_insured": "保险要填到期日，今天或以后，最长 5 年",
    ActedBefore.code: "这是你自己的登录名，要由别的同事来绑。",
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
        with onto(form, _REASONS):
            volunteers.record_paper(
                requests.session(),
                current_viewer(),
                ref,
                Clearance(form.paper.data),
                on=form.on.data,
                now=requests.now(),
            )
            flash("记下了。", "success")
            return redirect(url_for(".detail", ref=ref), 303)
    return _detail(ref, form, LoginForm(formdata=None))


@bp.post("/<string:ref>/login")
@may(Act.CLEAR_VOLUNTEER)
def login(ref: str) -> str | Response:
    """Join her record with the login by which she sees it."""
    form = LoginForm()
    if form.validate_on_submit():
        with onto(form, _REASONS):
            holds = volunteer_logins.give(
                requests.session(), current_viewer(), ref, form.login.data or "", now=requests.now()
            )
            flash(_HOLDS if holds else _WAITS, "success")
            return redirect(url_for(".detail", ref=ref), 303)
    return _detail(ref, PaperForm(formdata=None), form)


@bp.post("/<string:ref>/login/agree")
@may(Act.CLEAR_VOLUNTEER)
def agree_login(ref: str) -> Response:
    """Let the login that waits hold, as the second person."""
    session, viewer = requests.session(), current_viewer()
    if volunteer_logins.standing(session, viewer, ref) is None:
        flash("没有登录名在等同意。", "danger")
        return redirect(url_for(".detail", ref=ref), 303)
    seen = request.form.get("login", "")
    with saying("绑好了。她登录后看得到自己的资格。", but=WHATEVER):
        volunteer_logins.agree(session, viewer, ref, login=seen, now=requests.now())
    return redirect(url_for(".detail", ref=ref), 303)


@bp.post("/<string:ref>/login/turn-down")
@may(Act.CLEAR_VOLUNTEER)
def turn_down_login(ref: str) -> str | Response:
    """Let the login that waits open nothing, with a reason."""
    form = LoginNoForm()
    if not form.validate_on_submit():
        requests.keep_nothing()
        return _detail(ref, PaperForm(formdata=None), LoginForm(formdata=None), no=form)
    session, viewer = requests.session(), current_viewer()
    if volunteer_logins.standing(session, viewer, ref) is None:
        flash("没有登录名在等同意。", "danger")
    else:
        because = form.because.data or ""
        volunteer_logins.turn_down(session, viewer, ref, because, now=requests.now())
        flash("记下了：不同意。这个登录名什么都看不到。", "success")
    return redirect(url_for(".detail", ref=ref), 303)


@bp.route("/<string:ref>/terms", methods=["GET", "POST"])
@may(Act.ENTER_VOLUNTEER)
def terms(ref: str) -> str | Response:
    """Keep with whom she may be paired."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    volunteer = volunteers.detail(session, viewer, ref, now=now)
    places, own = volunteers.workplaces(session, viewer, ref)
    form = TermsForm(data={**volunteer, "organisation": own})
    form.organisation.choices = [SelectChoice("", "没有，或不在名单里")] + [
        SelectChoice(one["ref"], one["name"]) for one in places
    ]
    if form.validate_on_submit():
        with onto(form, _REASONS):
            volunteers.set_terms(session, viewer, ref, _terms(form), now=now)
            flash("记下了，今晚起按这个配。", "success")
            return redirect(url_for(".detail", ref=ref), 303)
    requests.note_read("volunteer.read", [f"volunteer:{ref}"])
    return render_template("staff/volunteers/terms.html", volunteer=volunteer, form=form)


@bp.post("/<string:ref>/leaves")
@may(Act.NOTE_CARE_ANSWER)
def leaves(ref: str) -> str | Response:
    """Write down the day on which she stops, as she told by telephone."""
    form = DayForm()
    if form.validate_on_submit() and form.on.data is not None:
        session, viewer, now = requests.session(), current_viewer(), requests.now()
        with onto(form, _REASONS):
            leaving.note_notice(session, viewer, ref, form.on.data, now=now)
            flash("记下了。还没定下来的收回了，今晚起先给她的孩子找接着陪的人。", "success")
            return redirect(url_for(".detail", ref=ref), 303)
    return _detail(ref, PaperForm(formdata=None), LoginForm(formdata=None), day_form=form)


@bp.post("/<string:ref>/stays")
@may(Act.NOTE_CARE_ANSWER)
def stays(ref: str) -> Response:
    """Write down that she stays after all."""
    with saying("记下了，她接着陪。"):
        leaving.note_stay(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".detail", ref=ref), 303)


def _terms(form: TermsForm) -> Terms:
    return Terms(
        capacity=form.capacity.data or 1,
        wish_sex=Sex(form.wish_sex.data) if form.wish_sex.data else None,
        age_from=form.age_from.data or 0,
        age_to=form.age_to.data or 0,
        reach_km=form.reach_km.data or 1,
        organisation_ref=form.organisation.data or "",
        workplace=form.workplace.data or "",
        availability=form.availability.data or "",
    )


def _detail(
    ref: str,
    form: PaperForm,
    login_form: LoginForm,
    *,
    day_form: DayForm | None = None,
    no: LoginNoForm | None = None,
) -> str:
    volunteer = volunteers.detail(requests.session(), current_viewer(), ref, now=requests.now())
    requests.note_read("volunteer.read", [f"volunteer:{ref}"])
    pairs = desk.of_volunteer(requests.session(), current_viewer(), ref)
    if pairs:
        requests.note_read("child.read", [f"child:{one['child']['ref']}" for one in pairs])
    return render_template(
        "staff/volunteers/detail.html",
        volunteer=volunteer,
        form=form,
        login_form=login_form,
        day_form=day_form or DayForm(formdata=None),
        login=volunteer_logins.standing(requests.session(), current_viewer(), ref),
        refused=volunteer_logins.refused(requests.session(), current_viewer(), ref),
        login_no=no or LoginNoForm(formdata=None),
        pairs=pairs,
        words=care_words,
    )
