"""One instalment, as the family reads of it and as the donor does."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.children import Child
from models.pledges import Match
from models.stipends import Batch, Stipend
from privacy.viewers import Viewer
from services import gate
from services.gate import Part
from services.notices.facts.days import Facts, days
from services.routes.ways import OF_OFFICE
from vocabulary.dates import add_months
from vocabulary.enums import Route
from vocabulary.errors import NotFound

_HAND_WORDS = {
    Route.SCHOOL: "学校",
    Route.VILLAGE: "村里",
    Route.CARD: "银行",
    Route.INSTITUTION: "福利机构",
    Route.WORK_UNIT: "单位",
    Route.OFFICE: "旗妇联",
    Route.PERSONAL: "旗妇联",
}
# Where a child is looked after tells a donor too much of it.
_TO_DONOR = {Route.CARD: "银行", Route.INSTITUTION: "当地", Route.WORK_UNIT: "当地"}


def of_stipend(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """One month: its days, who hands it over, and to whom may read it the child."""
    match_ref, _, month = ref.partition("-")
    first = _read_month(month)
    parts = {
        "match": Part(Match, Match.id == Stipend.match_id, ("code_name",)),
        "child": Part(Child, Child.id == Match.child_id, ("name",)),
    }
    card = gate.card(
        session,
        viewer,
        Stipend,
        _side(viewer, match_ref),
        Stipend.due_on >= first,
        Stipend.due_on < add_months(first, 1),
        parts=parts,
    )
    facts = {"month": f"{card['due_on'].month}月", "hand": _hand(session, viewer, match_ref, first)}
    if card.has("child") and card["child"].has("name"):
        facts["child"] = card["child"]["name"]
    if _is_feared_for(session, viewer):
        facts["feared"] = "1"
    return facts | days(
        card,
        handed="handed_over_on",
        confirmed="confirmed_on",
        disputed="disputed_on",
    )


def _is_feared_for(session: Session, viewer: Viewer) -> bool:
    """Say of a family whether its child is in danger now: who reads the message may be the danger."""
    own = (Child.id == viewer.child_id, Child.in_danger.is_(True))
    return viewer.child_id is not None and session.scalar(select(Child.id).where(*own)) is not None


def _side(viewer: Viewer, match_ref: str) -> ColumnElement[bool]:
    """Name a stipend by its match's ref on the viewer's own side of the wall."""
    column = Match.donor_ref if viewer.donor_id is not None else Match.child_ref
    return Stipend.match_id.in_(select(Match.id).where(column == match_ref))


def _hand(session: Session, viewer: Viewer, match_ref: str, first: date) -> str:
    """Say who handed it over: the school, the village, or to the family the banner's own office.

    A donor reads of the child's ordinary hand: that it is another one now would tell him why.
    """
    row = session.execute(
        select(Batch.route, Child.school_id, Child.route.label("usual"))
        .join(Stipend, Stipend.batch_id == Batch.id)
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .where(
            (Match.donor_ref == match_ref) | (Match.child_ref == match_ref),
            Stipend.due_on >= first,
            Stipend.due_on < add_months(first, 1),
        )
    ).one_or_none()
    if row is None:
        return "学校"
    if viewer.donor_id is None:
        return _HAND_WORDS[row.route]
    # The village's own director may have brought it once, because its family was drawn.
    if row.route in (*OF_OFFICE, Route.VILLAGE):
        is_schools = row.usual is not Route.VILLAGE and row.school_id is not None
        usual = Route.SCHOOL if is_schools else Route.VILLAGE
        return _TO_DONOR.get(row.usual, _HAND_WORDS[usual])
    return _TO_DONOR.get(row.route, _HAND_WORDS[row.route])


def _read_month(text: str) -> date:
    if len(text) != 6 or not text.isdecimal():  # noqa: PLR2004 yyyymm
        raise NotFound()
    return date(int(text[:4]), int(text[4:]), 1)
