"""爱心妈妈 and children at the staff's desk: whom to call, what two decide, trials, the goodbye."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.care import answering, deciding, desk, leaving, visit_lists
from services.care.answering import No
from services.care.desk import Shown
from services.gate import Card
from vocabulary.dates import today
from vocabulary.enums import CareEnd, CareRefusal, CareStatus, VisitRhythm
from web.core import care_words, one_more_words, reasons, requests
from web.core.access import current_viewer, may
from web.core.acting import WHATEVER, refused, saying
from web.forms.care import DayForm, EndForm, HerNoForm, StaffNoForm

bp = Blueprint("care", __name__, url_prefix="/care")
Answer = str | Response
_FILTERS = (
    (Shown.DECIDE, "等两个人决定"),
    (Shown.ANSWER, "等她答复"),
    (Shown.TRIAL, "磨合期"),
    (Shown.PAIRED, "陪伴着"),
    (Shown.LEAVING, "要交接"),
)


@bp.get("/")
@may(Act.TURN_DOWN_CARE)
def index() -> str:
    """List one part of the desk; first what two people have to decide."""
    session, viewer = requests.session(), current_viewer()
    asked = request.args.get("show", Shown.DECIDE)
    show = Shown(asked) if asked in set(Shown) else Shown.DECIDE
    cards, counts = desk.listed(session, viewer, show), desk.counts(session, viewer)
    _note(cards)
    return render_template(
        "staff/care/index.html",
        show=show,
        cards=cards,
        filters=[_filter(one, words, counts[one], show) for one, words in _FILTERS],
        words=care_words,
        today=today(requests.now()),
    )


def _filter(one: Shown, words: str, count: int, show: Shown) -> dict[str, Any]:
    href = url_for(".index", show=None if one is Shown.DECIDE else one.value)
    return {"label": words, "count": count, "active": one is show, "href": href}


def _note(cards: list[Card]) -> None:
    requests.note_read("child.read", [f"child:{card['child']['ref']}" for card in cards])


def _note_pair(match: Card) -> None:
    """Say whose records one pair's page shows: its two sides, and the next best of both by name."""
    shown = [("child", match["child"]["ref"])]
    if match.has("volunteer"):
        shown.append(("volunteer", match["volunteer"]["ref"]))
    shown += [(one["side"], one["code"]) for one in match["others"] if one["name"]]
    for side, act in (("child", "child.read"), ("volunteer", "volunteer.read")):
        if refs := dict.fromkeys(ref for of, ref in shown if of == side):
            requests.note_read(act, [f"{side}:{ref}" for ref in refs])


@bp.get("/<string:ref>")
@may(Act.TURN_DOWN_CARE)
def detail(ref: str) -> str:
    """Show one pair: both sides, why, who else there was, and what is to do."""
    return _page(ref, HerNoForm(), StaffNoForm(), EndForm())


def _page(ref: str, her_no: HerNoForm, no: StaffNoForm, end_form: EndForm) -> str:
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    match = desk.detail(session, viewer, ref, now=now)
    _note_pair(match)
    return render_template(
        "staff/care/detail.html",
        match=match,
        why=care_words.rows(match["reasons"]),
        others=[
            {"name": one["name"] or "外地一位", "why": care_words.why_not(one)}
            for one in match["others"]
        ],
        blocked=care_words.BLOCKS.get(match["block"]),
        in_the_way=care_words.IN_THE_WAY.get(match["in_the_way"]),
        words=care_words,
        her_no=her_no,
        no=no,
        end_form=end_form,
        day_form=DayForm(formdata=None),
        today=today(now),
        visits=visit_lists.of_pair(session, viewer, ref),
        rhythms=list(VisitRhythm),
        is_late=match["status"] is CareStatus.PROPOSED and now >= match["answer_by"],
    )


@bp.get("/<string:ref>/whole")
@may(Act.TURN_DOWN_CARE)
def whole(ref: str) -> str:
    """Show what the whole of that run loses without this pair, or with another instead."""
    found = desk.whole_costs_of(requests.session(), current_viewer(), ref)
    _note_pair(Card({**found["match"], "others": [*found.get("others", []), *_gained(found)]}))
    others = [
        {"name": one["name"] or "外地一位", "why": reasons.loss(one["cost"])}
        for one in found.get("others", [])
    ]
    return render_template(
        "staff/care/whole.html",
        match=found["match"],
        whole=found,
        without=reasons.loss(found["without"]) if found.has("without") else None,
        others=others,
        changes=one_more_words.lines(
            found,
            hers="若她再有一个名额",
            name_of=lambda one: one["name"] or "外地一位",
            may_fit_better=True,
        ),
    )


def _gained(found: Card) -> list[dict[str, Any]]:
    """Return the children whom a place more would bring her, as the page names them."""
    children = found["more"]["children"] if found.get("more") else []
    return [{"side": "child", "code": one["ref"], "name": one["name"]} for one in children]


@bp.post("/<string:ref>/agree")
@may(Act.AGREE_CARE)
def agree(ref: str) -> Response:
    """Be one of the two; the second begins the trial."""
    begins = f"两个人都同意了，今天起磨合 {deciding.TRIAL_DAYS} 天。"
    with saying(said=care_words.IN_THE_WAY, but=WHATEVER):
        is_second = deciding.agree(requests.session(), current_viewer(), ref, now=requests.now())
        flash(begins if is_second else "记下了，还要另一位同事同意才开始。", "success")
    return _back(ref)


@bp.post("/<string:ref>/turn-down")
@may(Act.TURN_DOWN_CARE)
def turn_down(ref: str) -> Answer:
    """Say no with a coded reason."""
    form = StaffNoForm()
    if not form.validate_on_submit():
        requests.keep_nothing()
        return _page(ref, HerNoForm(formdata=None), form, EndForm(formdata=None))
    with saying("记下了。这一对不再提，她的名额空出来了。", but=WHATEVER):
        reason, note = CareRefusal(form.reason.data), form.note.data or ""
        who = requests.session(), current_viewer()
        deciding.turn_down(*who, ref, reason, note=note, now=requests.now())
    return _back(ref)


@bp.post("/<string:ref>/her-yes")
@may(Act.NOTE_CARE_ANSWER)
def her_yes(ref: str) -> Response:
    """Write down the yes she gave by telephone."""
    with saying("记下了：她愿意。请另外两位同事来决定。", but=WHATEVER):
        answering.accept_for(requests.session(), current_viewer(), ref, now=requests.now())
    return _back(ref)


@bp.post("/<string:ref>/her-no")
@may(Act.NOTE_CARE_ANSWER)
def her_no(ref: str) -> Answer:
    """Write down the no she gave by telephone."""
    form = HerNoForm()
    if not form.validate_on_submit():
        requests.keep_nothing()
        return _page(ref, form, StaffNoForm(formdata=None), EndForm(formdata=None))
    with saying("记下了：她这次不行，名额空出来了。", but=WHATEVER):
        no = No(CareRefusal(form.reason.data), form.note.data or "")
        answering.decline_for(requests.session(), current_viewer(), ref, no, now=requests.now())
    return _back(ref)


@bp.post("/<string:ref>/go-on")
@may(Act.TURN_DOWN_CARE)
def go_on(ref: str) -> Response:
    """Say after the trial that the two suit each other."""
    with saying("磨合好了，接着陪。", but=WHATEVER):
        deciding.go_on(requests.session(), current_viewer(), ref, now=requests.now())
    return _back(ref)


@bp.post("/<string:ref>/goodbye")
@may(Act.NOTE_CARE_ANSWER)
def goodbye(ref: str) -> Response:
    """Set the day of the last visit."""
    desk.detail(requests.session(), current_viewer(), ref, now=requests.now())
    form = DayForm()
    if not form.validate_on_submit() or form.on.data is None:
        refused("请选告别的日子。")
        return _back(ref)
    on = form.on.data
    with saying("记下了告别的日子，她的页面上也看得到。", but=WHATEVER):
        leaving.plan_goodbye(requests.session(), current_viewer(), ref, on, now=requests.now())
    return _back(ref)


@bp.post("/<string:ref>/end")
@may(Act.TURN_DOWN_CARE)
def end(ref: str) -> Answer:
    """End a pair."""
    form = EndForm()
    if not form.validate_on_submit():
        requests.keep_nothing()
        return _page(ref, HerNoForm(formdata=None), StaffNoForm(formdata=None), form)
    with saying("结束了，她的名额空出来了，以前的记录都在。", but=WHATEVER):
        reason = CareEnd(form.reason.data)
        deciding.end(requests.session(), current_viewer(), ref, reason, now=requests.now())
    return _back(ref)


def _back(ref: str) -> Response:
    return redirect(url_for(".detail", ref=ref), 303)


@bp.get("/turned-down")
@may(Act.TURN_DOWN_CARE)
def turned_down() -> str:
    """List pairs that are not proposed any more, with the reason."""
    cards = desk.turned_down(requests.session(), current_viewer())
    _note(cards)
    return render_template("staff/care/turned_down.html", cards=cards)


@bp.post("/<string:ref>/lift")
@may(Act.TURN_DOWN_CARE)
def lift(ref: str) -> Response:
    """Let a pair be proposed again."""
    with saying("放开了，今晚重新配的时候会再算上这一对。", but=WHATEVER):
        deciding.lift(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".turned_down"), 303)
