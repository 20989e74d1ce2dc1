"""What staff read of children that move between banners: what comes, what went, what was answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.base import in_banners
from models.children import Child
from models.regions import Region
from models.transfers import Transfer
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.gate import Card
from services.handover import office_left
from vocabulary.enums import RegionLevel, TransferStatus
from vocabulary.errors import NotFound

SHOWN = 200


def banners(session: Session, viewer: Viewer, ref: str) -> list[Card]:
    """List every banner but the child's own, in the order of the tree."""
    require(viewer, Act.VERIFY_CHILD)
    child = gate.row(session, viewer, Child, Child.ref == ref)
    others = (Region.level == RegionLevel.BANNER, Region.code != child.banner_code)
    order = (Region.code,)
    return gate.cards(
        session, viewer, Region, fields=("code", "name"), where=others, order_by=order
    )


def listing(session: Session, viewer: Viewer) -> Card:
    """Return the transfers of the viewer's part: coming (to accept), going (to wait for), done."""
    require(viewer, Act.VERIFY_CHILD)
    waits = Transfer.status == TransferStatus.ASKED
    oldest = (Transfer.asked_on, Transfer.id)
    newest = (Transfer.decided_on.desc(), Transfer.id.desc())
    return Card(
        {
            "coming": _cards(
                session, viewer, waits, in_banners(Transfer.to_code, viewer), order=oldest
            ),
            "going": _cards(
                session, viewer, waits, in_banners(Transfer.from_code, viewer), order=oldest
            ),
            "done": _cards(session, viewer, ~waits, order=newest),
        }
    )


def detail(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one transfer that waits for the viewer's banner. Raises NotFound for any other."""
    require(viewer, Act.VERIFY_CHILD)
    mine = (Transfer.ref == ref, in_banners(Transfer.to_code, viewer))
    found = _cards(session, viewer, *mine, order=(Transfer.id,))
    if not found:
        raise NotFound()
    return found[0].and_also(is_mine=found[0]["asked_by"] == viewer.actor)


def _cards(
    session: Session, viewer: Viewer, *where: ColumnElement[bool], order: tuple[Any, ...]
) -> list[Card]:
    found = gate.cards(session, viewer, Transfer, where=where, order_by=order, limit=SHOWN)
    codes = {card[end] for card in found for end in ("from_code", "to_code")}
    rows = session.execute(select(Region.code, Region.name).where(Region.code.in_(codes)))
    names = {code: name for code, name in rows}
    return [
        card.and_also(from_name=names[card["from_code"]], to_name=names[card["to_code"]])
        for card in found
    ]


def find_open(session: Session, viewer: Viewer, child_ref: str) -> Card | None:
    """Return the transfer that waits for a child of the viewer's, or None."""
    children = select(Child.id).where(Child.ref == child_ref)
    waits = (Transfer.child_id.in_(children), Transfer.status == TransferStatus.ASKED)
    return next(iter(_cards(session, viewer, *waits, order=(Transfer.id,))), None)


def notice_facts(session: Session, viewer: Viewer, ref: str, _now: datetime) -> dict[str, str]:
    """Return what a notice may say of a transfer: names of child and banners, and what was decided."""
    found = _cards(session, viewer, Transfer.ref == ref, order=(Transfer.id,))
    if not found:
        raise NotFound()
    card = found[0]
    names = {"from_banner": card["from_name"], "to_banner": card["to_name"]}
    facts = {"child": card["name"], **names}
    if card["status"] is TransferStatus.ASKED:
        facts["waits"] = "1"
    elif card["status"] is TransferStatus.ACCEPTED:
        facts["decided"] = "那边接了，往后由那边照看，钱跟着走"
        held = office_left.still_held(session, viewer, ref)
        if held:
            facts["decided"] += f"；旗里手上还有 {held} 笔没交到，请在“旗里转交”里交给家里或退回"
    elif card["status"] is TransferStatus.TURNED_DOWN:
        facts["decided"] = f"那边没有接，说“{card['answer']}”。孩子和钱都还在你们这里"
    return facts
