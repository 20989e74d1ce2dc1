"""The paying desk: one sum per hand and month, from our account with our memo. No child, no donor."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from privacy.permissions import Act
from services import batches, returns, unique_sums
from vocabulary.errors import AlreadyDecided, WrongState
from vocabulary.money import format_yuan_short
from web.core import requests
from web.core.access import current_viewer, may
from web.core.messages import sentence
from web.forms.batches import SendForm

bp = Blueprint("batches", __name__, url_prefix="/batches")


@bp.get("/")
@may(Act.SEND_BATCH)
def index() -> str:
    """List what is to be sent and what was."""
    session, viewer = requests.session(), current_viewer()
    to_send = batches.to_send(session, viewer)
    return render_template(
        "staff/batches/index.html",
        title="拨付",
        to_send=to_send,
        odd=unique_sums.in_batches(session, viewer, [card["ref"] for card in to_send]),
        returning=returns.expected(session, viewer),
        sent=batches.sent(session, viewer),
        total_fen=sum(card["total_fen"] for card in to_send),
        form=SendForm(),
    )


@bp.post("/<string:ref>/send")
@may(Act.SEND_BATCH)
def send(ref: str) -> Response:
    """Record that the bank took a batch's sum."""
    if SendForm().validate_on_submit():
        try:
            card = batches.send(requests.session(), current_viewer(), ref, now=requests.now())
        except (AlreadyDecided, WrongState) as refusal:
            requests.keep_nothing()
            flash(sentence(refusal), "warning")
        else:
            total = format_yuan_short(card["total_fen"])
            flash(f"记下了：{card['memo']}，{total} 已拨付，学校会收到通知。", "success")
    return redirect(url_for(".index"), 303)
