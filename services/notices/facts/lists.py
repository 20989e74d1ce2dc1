"""A list that was sent, and what changes an account, a card or a telephone."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.children import Child
from models.organisations import Organisation
from models.stipends import Batch, Stipend
from privacy.permissions import CASE_STAFF
from privacy.viewers import Viewer
from services import gate
from services.gate import Card, Part
from services.handover import office_left
from services.notices.facts.days import Facts, days
from services.routes import unseen
from vocabulary.enums import AmendmentStatus, Route

_BATCH_HANDS = {
    Route.OFFICE: "旗里自己转交的",
    Route.PERSONAL: "旗里自己转交的",
    Route.CARD: "打卡的一笔",
}
_ASK_BANK = "请打电话问银行，把银行的话记在“拨付”里。"
_ASK_HOME = "请到“发放途径”看是哪一家，打电话问卡里到了没有。"


def of_batch(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """A list to hand over: how many lines, what is left, by when."""
    parts = {"hand": Part(Organisation, Organisation.id == Batch.organisation_id, ("name",))}
    card = gate.card(session, viewer, Batch, Batch.ref == ref, parts=parts)
    inside = Stipend.batch_id == select(Batch.id).where(Batch.ref == ref).scalar_subquery()
    silent = (
        Stipend.handed_over_on.is_(None),
        Stipend.not_handed_over_on.is_(None),
        Stipend.written_off_on.is_(None),
    )
    left = gate.count(session, viewer, Stipend, inside, *silent)
    left += office_left.count_of(session, viewer, ref, is_open=True)
    listed = gate.count(session, viewer, Stipend, inside)
    facts = {
        "batch_month": f"{card['month'].month}月",
        "memo": card["memo"],
        "listed": str(listed + office_left.count_of(session, viewer, ref)),
        "hand_name": _batch_hand(card),
    }
    if left:
        facts["left"] = str(left)
    if gate.count(session, viewer, Batch, Batch.ref == ref, unseen.is_unseen()):
        is_staff = viewer.has(*CASE_STAFF)
        facts |= {"unseen": "1", "who_asks": _ASK_HOME if is_staff else _ASK_BANK}
    if viewer.has(*CASE_STAFF):
        back = gate.count(session, viewer, Stipend, inside, Stipend.returned_on.is_not(None))
        facts |= {"back": str(back)} if back else {}
    return facts | days(card, sent="sent_on", hand_over_by="hand_over_by", bounced="bounced_on")


def _batch_hand(card: Card) -> str:
    """Name a batch's hand for staff: an organisation, the village, the office, or a card."""
    if card.has("hand"):
        return str(card["hand"]["name"])
    return _BATCH_HANDS.get(card.get("route", Route.VILLAGE), "村里")


def of_amendment(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """A school's other account, a child's card or telephone, while it can still be stopped."""
    parts = {
        "school": Part(Organisation, Organisation.id == Amendment.organisation_id, ("name",)),
        "child": Part(Child, Child.id == Amendment.child_id, ("name",)),
    }
    waits = Amendment.status == AmendmentStatus.AGREED
    card = gate.card(session, viewer, Amendment, Amendment.ref == ref, waits, parts=parts)
    facts = days(card, holds="holds_on")
    if card.has("school"):
        facts |= {"school": card["school"]["name"], "account_name": card["name"]}
    if card.has("child") and card["child"].has("name"):
        facts["child"] = card["child"]["name"]
    return facts


def of_class_link(_session: Session, viewer: Viewer, _ref: str, _now: datetime) -> Facts:
    """Nothing but that the list waits: the recipient is the link's own class teacher."""
    return {"live": "1"} if viewer.batch_id is not None else {}
