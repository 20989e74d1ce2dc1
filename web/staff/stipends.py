"""拨付与转交: what every instalment waits for, for case staff."""

from flask import Blueprint, render_template, request

from privacy.permissions import Act
from services import uploads
from services.books import kept_lists, write_offs
from services.stipends import stipend_lists
from services.stipends.stipend_lists import PAGE, Listed
from web.core import paging, requests
from web.core.access import current_viewer, may

bp = Blueprint("stipends", __name__, url_prefix="/stipends")

_LISTS = {
    Listed.NO_MONEY: "等到账",
    Listed.TO_SEND: "等拨付",
    Listed.AT_SCHOOL: "等学校回话",
    Listed.LATE: "学校逾期",
    Listed.HELD: "暂未转交",
    Listed.DISPUTED: "待核实",
    Listed.ASIDE: "没有开出",
    Listed.UNHEARD: "家里没回话",
    Listed.DONE: "已转交",
}


@bp.get("/")
@may(Act.SETTLE_DISPUTE)
def index() -> str:
    """List instalments by what they wait for."""
    session, viewer, now = requests.session(), current_viewer(), requests.now()
    asked = request.args.get("show", "")
    counts = stipend_lists.counts(session, viewer, now=now)
    show = Listed(asked) if asked in set(Listed) else _most_urgent(counts)
    cards = stipend_lists.listing(session, viewer, show, page=paging.wanted(), now=now)
    apart = stipend_lists.apart(session, viewer)
    requests.note_read("child.read", [f"child:{card['child']['ref']}" for card in [*cards, *apart]])
    return render_template(
        "staff/stipends/index.html",
        title="拨付与转交",
        show=show.value,
        show_words=_LISTS[show],
        to_agree=write_offs.count_waiting(session, viewer),
        kept_to_agree=kept_lists.count_waiting(session, viewer),
        cards=cards,
        apart=apart,
        photos=uploads.of_lines(session, viewer, [card["ref"] for card in cards if "ref" in card]),
        filters=paging.pills(_LISTS, counts, chosen=show, name="show"),
        paging=paging.beside(counts[show], PAGE, "笔", show=show.value),
    )


def _most_urgent(counts: dict[Listed, int]) -> Listed:
    """Open on what somebody must do something about."""
    order = (Listed.DISPUTED, Listed.LATE, Listed.NO_MONEY, Listed.ASIDE)
    return next((listed for listed in order if counts[listed]), Listed.AT_SCHOOL)
