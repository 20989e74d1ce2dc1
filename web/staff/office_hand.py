"""旗里转交: what the banner's own staff hand over themselves, where no school or village may."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services.handover import office_hand, office_left
from web.core import requests
from web.core.access import current_viewer, may
from web.core.acting import saying

bp = Blueprint("office_hand", __name__, url_prefix="/office")


@bp.get("/")
@may(Act.HAND_OVER_AS_OFFICE)
def index() -> str:
    """List what is to be handed over, then what was."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    lines = office_hand.lines(session, viewer, now=now)
    left, away = office_left.lines(session, viewer, now=now), office_left.away(session, viewer)
    requests.note_read("child.read", [f"child:{one['child']['ref']}" for one in [*lines, *away]])
    return render_template("staff/office_hand/index.html", lines=lines, left=left, away=away)


@bp.post("/<string:ref>/hand-over")
@may(Act.HAND_OVER_AS_OFFICE)
def hand_over(ref: str) -> Response:
    """State that it was put into the family's hands."""
    return _said(office_hand.hand_over, ref, "记下了，已转交。点错了，今天零点前可以收回。")


@bp.post("/<string:ref>/could-not")
@may(Act.HAND_OVER_AS_OFFICE)
def could_not(ref: str) -> Response:
    """State that it could not be given."""
    return _said(office_hand.could_not, ref, "记下了。钱退回账户以后，在“暂未转交”里再拨。")


@bp.post("/<string:ref>/take-back")
@may(Act.HAND_OVER_AS_OFFICE)
def take_back(ref: str) -> Response:
    """Take a wrong word of today back."""
    return _said(office_hand.take_back, ref, "收回了。")


def _said(act: Callable[..., None], ref: str, words: str) -> Response:
    with saying(words):
        act(requests.session(), current_viewer(), ref, now=requests.now())
    return redirect(url_for(".index"), 303)
