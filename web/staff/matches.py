"""The approval desk: a queue with reasons, decided by somebody who did not act before."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from privacy.permissions import CASE_STAFF, Act
from privacy.viewers import Viewer
from services.fund import handing_on
from services.gate import Card
from services.pairing import approvals, matches, swapping, whole_costs
from services.pairing.approvals import Shown
from vocabulary.classes import grade_label
from vocabulary.dates import today
from vocabulary.enums import DeclineReason, MatchStatus
from vocabulary.schedule import STANDARD, next_due
from web.core import addresses, one_more_words, pledge_words, reasons, requests
from web.core.access import current_viewer, for_roles, may
from web.core.acting import WHATEVER, saying
from web.core.filters import coming_day
from web.forms.matches import DeclineForm

bp = Blueprint("matches", __name__, url_prefix="/matches")
_DAY = timedelta(days=1)
case_staff = for_roles(*sorted(CASE_STAFF))
_FILTERS = (
    (Shown.ALL, "全部", "total"),
    (Shown.LATE, "逾期", "late"),
    (Shown.MINE, "你经手的", "mine"),
)


@bp.get("/")
@case_staff
def queue() -> str:
    """Show what waits; on a wide screen the first of them beside it."""
    return _desk("staff/matches/queue.html", None, DeclineForm())


@bp.get("/<string:ref>")
@case_staff
def detail(ref: str) -> str:
    """Show one proposal: the pair, why, what else there was, and the decision."""
    return _desk("staff/matches/detail.html", ref, DeclineForm())


@bp.get("/<string:ref>/whole")
@case_staff
def whole(ref: str) -> str:
    """Show what the whole of that night's pairs loses without this one, or with another."""
    found = whole_costs.costs(requests.session(), current_viewer(), ref)
    requests.note_read("child.read", _children_of(found))
    others = [_whole_other(ref, other) for other in found.get("others", [])]
    return render_template(
        "staff/matches/whole.html",
        title="不这样配，整体少多少",
        match=found["match"],
        whole=found,
        without=reasons.loss(found["without"]) if found.has("without") else None,
        others=others,
        changes=one_more_words.lines(
            found,
            hers="若这份认捐再多帮一个孩子",
            name_of=lambda other: f"认捐 {other['code']} ",
            may_fit_better=False,
        ),
    )


def _children_of(found: Card) -> list[str]:
    """Return whose names one page shows: the child's own, the next best, whom a place more brings."""
    more = found["more"]["children"] if found.get("more") else []
    others = [one["child"] for one in found.get("others", []) if one["side"] == "child"]
    refs = [found["match"]["child"]["ref"], *(one["ref"] for one in [*others, *more] if one)]
    return [f"child:{ref}" for ref in dict.fromkeys(refs)]


def _whole_other(ref: str, other: Card) -> dict[str, str]:
    row = _other(other, reasons.loss(other["cost"]))
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    if other["side"] == "pledge" and swapping.may(session, viewer, ref, other["code"], now=now):
        row |= {
            "href": url_for("staff.swaps.swap", ref=ref, code=other["code"]),
            "act": "换成这一份",
        }
    return row


def _desk(template: str, ref: str | None, form: DeclineForm) -> str:
    show = _show()
    desk = approvals.desk(
        requests.session(), current_viewer(), ref=ref, show=show, now=requests.now()
    )
    requests.note_read("child.read", children_on(desk))
    on = today(requests.now())
    current = desk["current"]
    return render_template(
        template,
        title="待审批",
        desk=desk,
        match=current,
        one_page=ref is not None,
        terms=pledge_words,
        form=form,
        show=show,
        filters=_filters(desk, show),
        rows=rows_of(desk, show, on=on),
        why=reasons.rows(current["reasons"]) if current else [],
        others=[_other(other, reasons.why_not(other)) for other in desk["others"]],
        warnings=[reasons.WARNINGS[warned] for warned in desk["warnings"]],
        stopped=not reasons.STOPS.isdisjoint(desk["warnings"]),
        blocked=reasons.BLOCKS.get(desk["block"]),
        after=_after(desk),
        **_outlook(current),
        today=on,
    )


def _outlook(current: Card | None) -> dict[str, Any]:
    """Say when the proposal in hand pays first; later than the next due day where others paid."""
    if current is None or current["status"] is not MatchStatus.PROPOSED:
        return {"first_due": None, "nothing_left": False, "begins_later": False}
    on = today(requests.now())
    first = next_due(STANDARD[current["rhythm"]], on)
    if not current["had_others"]:
        return {"first_due": coming_day(first, on), "nothing_left": False, "begins_later": False}
    ref = current["child_ref"]
    span = handing_on.outlook(requests.session(), current_viewer(), ref, now=requests.now())
    return {
        "first_due": coming_day(max(span.first_due, first), on),
        "nothing_left": span.is_empty,
        "begins_later": span.first_due > first,
    }


def _show() -> Shown:
    asked = request.args.get("show", Shown.ALL)
    return Shown(asked) if asked in set(Shown) else Shown.ALL


def children_on(desk: Card) -> list[str]:
    """Name every child whose record the page shows, once."""
    shown = [card["child"]["ref"] for card in desk["rows"]]
    shown += [desk["current"]["child"]["ref"]] if desk["current"] else []
    shown += [other["child"]["ref"] for other in desk["others"] if other["child"]]
    return [f"child:{ref}" for ref in dict.fromkeys(shown)]


def _filters(desk: Card, show: Shown) -> list[dict[str, Any]]:
    return [
        {
            "label": words,
            "count": desk[count],
            "active": kind is show,
            "href": url_for(".queue", show=None if kind is Shown.ALL else kind.value),
        }
        for kind, words, count in _FILTERS
    ]


def rows_of(desk: Card, show: Shown, *, on: date) -> list[dict[str, Any]]:
    """Return the lines of the list, each with its way and what stands against deciding it."""
    viewer, current = current_viewer(), desk["current"]
    in_hand = current["child_ref"] if current else None
    way = addresses.of_refs("staff.matches.detail", show=None if show is Shown.ALL else show)
    return [
        _row(card, viewer, on=on)
        | {"href": way(card["child_ref"]), "current": card["child_ref"] == in_hand}
        for card in desk["rows"]
    ]


def _row(card: Card, viewer: Viewer, *, on: date) -> dict[str, Any]:
    late = (on - card["decide_by"]).days
    row = {
        "name": card["child"]["name"],
        "place": _place(card),
        "reason": reasons.in_few_words(card["best_reason"]),
        "waited": f"等了 {(on - card['need']['since_on']).days} 天",
        "left": f"还有 {-late} 天" if late else "今天到期",
    }
    if approvals.acted_before(card, viewer):
        own = "你回避" if card.has("aside") else _own_part(card, viewer)
        row["pill"] = {"kind": "mine", "text": own}
    elif late > 0:
        row["pill"] = {"kind": "wait", "text": f"逾期 {late} 天"}
    return row


def _own_part(card: Card, viewer: Viewer) -> str:
    return "你提出的" if card["proposed_by"] == viewer.actor else "你登记的"


def _place(card: Card) -> str:
    child = card["child"]
    words = [grade_label(child["grade"]), card["place"]["name"]]
    return " · ".join(word for word in words if word)


def _other(other: Card, why: str) -> dict[str, str]:
    if other["side"] == "pledge":
        return {"name": "另一份认捐", "why": f"{other['code']}：{why}"}
    return {"name": other["child"]["name"] if other["child"] else "外地一位", "why": why}


def _after(desk: Card) -> str:
    """Return the ref of the proposal to go to after this one is decided; empty for none."""
    if desk["current"] is None:
        return ""
    refs = [card["child_ref"] for card in desk["rows"]]
    here = desk["current"]["child_ref"]
    left = refs[refs.index(here) + 1 :] + refs[: refs.index(here)] if here in refs else refs
    return next(iter(left), "")


@bp.post("/<string:ref>/approve")
@may(Act.APPROVE_MATCH)
def approve(ref: str) -> Response:
    """Approve, and go on to the next."""
    with saying(but=WHATEVER):
        card = matches.approve(requests.session(), current_viewer(), ref, now=requests.now())
        on, rhythm = today(requests.now()), STANDARD[card["rhythm"]]
        # Where a term is paid already he begins after it: later than the next due day.
        first = coming_day(next_due(rhythm, max(on, card["starts_on"] - _DAY)), on)
        flash(f"{card['child']['name']}结对了，第一笔 {first}拨付。", "success")
        return _onward()
    return _back(ref)


@bp.post("/<string:ref>/decline")
@may(Act.DECIDE_MATCH)
def decline(ref: str) -> str | Response:
    """Say no with a coded reason, and go on to the next."""
    form = DeclineForm()
    if not form.validate_on_submit():
        requests.keep_nothing()
        return _desk("staff/matches/detail.html", ref, form)
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    reason, note = DeclineReason(form.reason.data), form.note.data
    with saying("记下了。这一对不再提，今晚给两边重新配。", but=WHATEVER):
        matches.decline(session, viewer, ref, reason=reason, note=note, now=now)
        return _onward()
    return _back(ref)


@bp.post("/<string:ref>/aside")
@case_staff
def aside(ref: str) -> Response:
    """Keep out of this child's matches (回避); somebody else decides."""
    with saying("记下了：你回避，这个孩子的结对由另一位同事决定。", but=WHATEVER):
        matches.step_aside(requests.session(), current_viewer(), ref, now=requests.now())
        return _onward()
    return _back(ref)


@bp.get("/turned-down")
@case_staff
def turned_down() -> str:
    """List pairs that are not proposed any more, with the reason."""
    cards = approvals.turned_down(requests.session(), current_viewer())
    requests.note_read("child.read", [f"child:{card['child']['ref']}" for card in cards])
    return render_template("staff/matches/turned_down.html", title="不再提的", cards=cards)


@bp.post("/<string:ref>/lift")
@may(Act.DECIDE_MATCH)
def lift(ref: str) -> Response:
    """Let a pair be proposed again."""
    with saying("放开了，今晚重新配的时候会再算上这一对。", but=WHATEVER):
        matches.lift(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".turned_down"), 303)


def _back(ref: str) -> Response:
    """Go to the page of the proposal, which shows how it stands now."""
    return redirect(url_for(".detail", ref=ref), 303)


def _onward() -> Response:
    after = request.form.get("after", "")
    target = url_for(".detail", ref=after) if after.isalnum() else url_for(".queue")
    return redirect(target, 303)
