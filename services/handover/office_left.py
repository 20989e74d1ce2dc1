"""Cash that a banner's office holds for a child who has moved to another banner since (转出).

Whoever has the money says what became of it: this office hands it over all the same, or gives it
back. The new one reads where it lies and states nothing. The old one reads the name that it wrote
on the transfer, and nothing of the file any more.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from models.base import in_banners, in_regions
from models.children import Child
from models.harm import cases_about
from models.pledges import Match
from models.regions import Region
from models.stipends import Batch, Stipend
from models.transfers import Transfer
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer
from services import gate
from services.gate import Card, Part
from services.handover.hand_lists import is_line
from services.handover.office_staff import Colleague, colleagues, is_another
from services.routes.ways import is_offices
from vocabulary.dates import today
from vocabulary.enums import FactKind, TransferStatus
from vocabulary.refs import stipend_ref
from vocabulary.stipends import school_status_of

SHOWN = 200
STATED = ("handed_over", "not_handed_over", "returned", "written_off")


def is_here() -> ColumnElement[bool]:
    """Say in SQL that the child of an instalment lives in the banner that its batch went to."""
    batch, match, child = aliased(Batch), aliased(Match), aliased(Child)
    return (
        select(batch.id)
        .join(match, match.id == Stipend.match_id)
        .join(child, child.id == match.child_id)
        .where(batch.id == Stipend.batch_id, batch.region_code == child.banner_code)
        .correlate(Stipend)
        .exists()
    )


def _left(viewer: Viewer) -> Select[int]:
    """Ask for what the viewer's office was sent and holds for a child that lives elsewhere now."""
    return (
        select(Stipend.id)
        .join(Batch, Batch.id == Stipend.batch_id)
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .where(
            is_offices(),
            Batch.sent_on.is_not(None),
            in_regions(Batch.region_code, viewer),
            Batch.region_code != Child.banner_code,
            Child.id.not_in(cases_about(viewer)),
            Stipend.cancelled_on.is_(None),
        )
    )


def find(session: Session, by: Viewer, ref: str) -> Stipend | None:
    """Return such an instalment for its office's word, or None; its batch says that it is theirs."""
    if not by.has(*CASE_STAFF):
        return None
    stipend = session.scalar(select(Stipend).where(Stipend.id.in_(_left(by)), *is_line(ref)))
    if stipend is not None:
        gate.row(session, by, Batch, Batch.id == stipend.batch_id)
    return stipend


def count_of(session: Session, viewer: Viewer, batch_ref: str, *, is_open: bool = False) -> int:
    """Count such lines of a batch, or those that nobody has spoken of."""
    if not viewer.has(*CASE_STAFF):
        return 0
    left = _left(viewer).where(Batch.ref == batch_ref, *(_unstated() if is_open else ())).subquery()
    return session.scalar(select(func.count()).select_from(left)) or 0


def still_held(session: Session, viewer: Viewer, transfer_ref: str) -> int:
    """Count what the viewer's office still holds for the child of one transfer."""
    child = select(Transfer.child_id).where(Transfer.ref == transfer_ref)
    left = _left(viewer).where(Child.id.in_(child), *_unstated()).subquery()
    return session.scalar(select(func.count()).select_from(left)) or 0


def lines(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List such money under the name on the transfer: what is open first, then the newest."""
    require(viewer, Act.HAND_OVER_AS_OFFICE)
    found = session.execute(_lines(viewer)).all()
    refs = {one.transfer_ref for one in found}
    known = gate.cards(
        session,
        viewer,
        Transfer,
        fields=("ref", "name", "to_code"),
        parts={"there": Part(Region, Region.code == Transfer.to_code, ("name",))},
        where=(Transfer.ref.in_(refs),),
    )
    cards = {card["ref"]: card for card in known}
    staff = colleagues(session, on=today(now)) if cards else []
    return [
        _line(session, viewer, one, cards[one.transfer_ref], staff, day=today(now))
        for one in found
        if one.transfer_ref in cards
    ]


def _lines(viewer: Viewer) -> Select[Any]:
    latest = (
        select(func.max(Transfer.id))
        .where(
            Transfer.child_id == Match.child_id,
            Transfer.from_code == Batch.region_code,
            Transfer.status == TransferStatus.ACCEPTED,
        )
        .correlate(Match, Batch)
        .scalar_subquery()
    )
    rows: Any = (
        select(
            Stipend,
            Match.child_id,
            Match.child_ref,
            Match.decided_by,
            Batch.region_code,
            Transfer.ref.label("transfer_ref"),
        )
        .join(Batch, Batch.id == Stipend.batch_id)
        .join(Match, Match.id == Stipend.match_id)
        .join(Transfer, Transfer.id == latest)
        .where(Stipend.id.in_(_left(viewer)))
        .order_by(Stipend.handed_over_on.is_not(None), Stipend.sent_on.desc(), Stipend.id)
        .limit(SHOWN)
    )
    lines: Select[Any] = rows
    return lines


def _line(
    session: Session,
    viewer: Viewer,
    one: Row[Any],
    card: Card,
    staff: Sequence[Colleague],
    *,
    day: date,
) -> Card:
    stipend: Stipend = one[0]
    states = {kind: getattr(stipend, f"{kind.value}_on") for kind in FactKind}
    is_mine = viewer.actor == one.decided_by
    return card.and_also(
        ref=stipend_ref(one.child_ref, stipend.due_on),
        to_name=card["there"]["name"],
        due_on=stipend.due_on,
        amount_fen=stipend.amount_fen,
        sent_on=stipend.sent_on,
        handed_over_on=stipend.handed_over_on,
        state=school_status_of(states),
        is_open=not any(getattr(stipend, f"{name}_on") for name in STATED),
        may_take_back=stipend.handed_over_on == day,
        for_another=is_mine and is_another(session, viewer, one.child_id, one.region_code, staff),
    )


def away(session: Session, viewer: Viewer) -> list[Card]:
    """List what another banner's office still holds for children of the viewer's part."""
    require(viewer, Act.HAND_OVER_AS_OFFICE)
    theirs = select(Batch.id).where(
        is_offices(), Batch.sent_on.is_not(None), ~in_banners(Batch.region_code, viewer)
    )
    found = gate.cards(
        session,
        viewer,
        Stipend,
        fields=("due_on", "amount_fen", "sent_on"),
        parts={
            "match": Part(Match, Match.id == Stipend.match_id, ("child_ref",)),
            "child": Part(Child, Child.id == Match.child_id, ("ref", "name")),
        },
        where=(
            Stipend.batch_id.in_(theirs),
            Stipend.cancelled_on.is_(None),
            Stipend.match_id.not_in(
                select(Match.id).where(Match.child_id.in_(cases_about(viewer)))
            ),
            *_unstated(),
        ),
        order_by=(Stipend.sent_on, Stipend.id),
        limit=SHOWN,
    )
    return [card for card in found if card.has("child")]


def _unstated() -> list[ColumnElement[bool]]:
    return [getattr(Stipend, f"{name}_on").is_(None) for name in STATED]
