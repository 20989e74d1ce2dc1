"""Adding a sum once for one child: chosen, its effect read, agreed to; undone until its day."""

from functools import partial

from flask import Blueprint
from werkzeug.wrappers import Response

from services.donors import donors
from services.giving import gifts
from vocabulary.enums import GiftOccasion
from vocabulary.errors import NotFound, Refused
from web.core import requests
from web.core.access import behind_link, current_viewer
from web.donor import asking, pledge_effects
from web.forms.giving import GiftForm

bp = Blueprint("gifts", __name__)


@bp.route("/children/<string:ref>/gift", methods=["GET", "POST"])
@behind_link("donor_link")
def add(ref: str) -> str | Response:
    """Ask for a gift, once its day and its money were seen."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    pledge, child = donors.support(session, viewer, ref, now=now)
    form = GiftForm(occasion=(child.milestone or GiftOccasion.JUST).value)
    if form.validate_on_submit() and not asking.wants_edit():
        try:
            seen = gifts.foresee(session, viewer, child.ref, amount=form.fen(), now=now)
        except NotFound:
            raise
        except Refused as refusal:
            return asking.refused(refusal)
        mark = f"{seen.due_on}/{seen.amount}/{seen.to_pay}"
        if not asking.is_yes(mark):
            words = pledge_effects.of_gift(child, seen, form.said())
            return asking.show_effect(form, mark, **words)
        give = partial(gifts.ask, amount=form.fen(), occasion=form.said(), now=now)
        act = partial(give, session, viewer, child.ref)
        return asking.ask(act, pledge_effects.said_of_gift(seen))
    return asking.show("gift", form, pledge, child=child, first_day=gifts.first_day(now))


@bp.post("/gifts/<string:ref>/undo")
@behind_link("donor_link")
def undo(ref: str) -> Response:
    """Take a gift back before its day."""
    act = partial(gifts.undo, requests.session(), current_viewer(), ref, now=requests.now())
    return asking.ask(act, "撤回了，另加的这一份不给了。")
