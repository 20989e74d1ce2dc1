"""Pledges by their code, for case staff: what they give and to whom, never who gives."""

from flask import Blueprint, render_template, request

from privacy.permissions import Act
from services.pledges import pledge_lists
from services.pledges.pledge_lists import PAGE, Listed
from web.core import paging, pledge_words, requests
from web.core.access import current_viewer, may

bp = Blueprint("pledges", __name__, url_prefix="/pledges")

_LISTS = {
    Listed.WAITING: "等结对",
    Listed.MATCHED: "已结对",
    Listed.PAUSED: "已暂停",
    Listed.ENDED: "已结束",
}


@bp.get("/")
@may(Act.SEE_PLEDGES)
def index() -> str:
    """List pledges by state; unasked, the first list that has some."""
    session, viewer = requests.session(), current_viewer()
    asked, counts = request.args.get("show", ""), pledge_lists.counts(session, viewer)
    first = next((listed for listed in _LISTS if counts[listed]), Listed.WAITING)
    show = Listed(asked) if asked in set(Listed) else first
    return render_template(
        "staff/pledges/index.html",
        title="认捐",
        show_words=_LISTS[show],
        cards=pledge_lists.listing(session, viewer, show, page=paging.wanted()),
        filters=paging.pills(_LISTS, counts, chosen=show, name="show"),
        paging=paging.beside(counts[show], PAGE, "份", show=show.value),
        terms=pledge_words,
    )


@bp.get("/<string:code>")
@may(Act.SEE_PLEDGES)
def detail(code: str) -> str:
    """Show one pledge with its matches."""
    card = pledge_lists.detail(requests.session(), current_viewer(), code)
    requests.note_read("child.read", [f"child:{one['child']['ref']}" for one in card["matches"]])
    return render_template(
        "staff/pledges/detail.html", title=f"认捐 {code}", card=card, terms=pledge_words
    )
