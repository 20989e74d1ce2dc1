"""Honey records: a child and a donor who never were. Whoever opens one had no reason to.

The mark stands in a table that nobody lists. The gate notes an opening in `session.info`, the door
tells it (`sound`) in a transaction of its own, whatever became of the page.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child
from models.incidents import Honey, HoneyOpening
from models.pledges import Pledge
from models.regions import Region
from privacy.permissions import Act, require
from privacy.viewers import Viewer, region_prefix
from services import gate, notices, trace, vault
from services.gate import Card
from vocabulary.dates import today
from vocabulary.enums import (
    Chain,
    ChildStatus,
    EndReason,
    NoticeKind,
    PledgeStatus,
    Rhythm,
    Role,
    Stage,
    StopReason,
)
from vocabulary.errors import NotFound
from vocabulary.money import Fen
from vocabulary.refs import choose

GUARDS = (Role.ADMINISTRATOR, Role.CUSTODIAN)
SHOWN = 20
# Plain names of the region, drawn at random: no real child is meant.
_FAMILY = ("王", "李", "张", "刘", "陈", "白", "包", "何")
_GIVEN = ("浩然", "思雨", "子涵", "雨欣", "明轩", "佳怡", "晨曦", "俊杰")


def plant_child(session: Session, by: Viewer, banner_code: str, *, now: datetime) -> None:
    """Put a honey child among a banner's ended records, where no daily work leads."""
    require(by, Act.PLANT_HONEY)
    if session.get(Region, banner_code) is None or len(region_prefix(banner_code)) != 6:  # noqa: PLR2004 a banner's digits
        raise NotFound()
    child = Child(
        name=choose("honey", _FAMILY) + choose("honey", _GIVEN),
        region_code=banner_code,
        banner_code=banner_code,
        league_code=f"{banner_code[:4]}00000000",
        stage=Stage.PRIMARY,
        status=ChildStatus.ENDED,
        end_reason=EndReason.WITHDREW,
        ended_on=today(now),
        entered_by=by.actor,
        entered_on=today(now),
    )
    session.add(child)
    session.flush()
    _mark(session, by, Honey(child_id=child.id), now=now)


def plant_donor(session: Session, by: Viewer, contact: str, *, now: datetime) -> None:
    """Put a honey donor behind a contact of the operator's own, with one pledge long ended."""
    require(by, Act.PLANT_HONEY)
    donor_id = vault.register(session, contact, now=now)
    pledge = Pledge(
        instalment_fen=Fen(10_000),
        rhythm=Rhythm.MONTH,
        status=PledgeStatus.ENDED,
        offered_on=today(now),
        ends_on=today(now),
        stop_reason=StopReason.NOT_SAID,
    )
    session.add(pledge)
    session.flush()
    vault.file_pledge(session, donor_id, pledge)
    _mark(session, by, Honey(donor_id=donor_id), now=now)


def _mark(session: Session, by: Viewer, honey: Honey, *, now: datetime) -> None:
    session.add(honey)
    session.flush()
    trace.record(session, by, "honey.plant", "honey", now=now, chain=Chain.CUSTODIAN)


def note_donor(session: Session, viewer: Viewer, donor_id: int) -> None:
    """Note that a viewer opened a donor's identity, when the donor is a honey record."""
    if session.scalar(select(Honey.id).where(Honey.donor_id == donor_id)) is not None:
        gate.note_opening(session, viewer, "donor")


def sound(session: Session, *, now: datetime) -> bool:
    """Tell the guards at once of every opening that the gate noted; say whether there was one."""
    openings = session.info.pop(gate.OPENINGS, ())
    for viewer, kind in openings:
        opening = HoneyOpening(kind=kind, actor=viewer.actor, at=now)
        session.add(opening)
        session.flush()
        notices.to_roles(
            session, GUARDS, None, NoticeKind.HONEY_OPENED, f"honey:{opening.ref}", now=now
        )
        subject = f"honey:{opening.ref}"
        trace.record(session, viewer, "honey.opened", subject, now=now, chain=Chain.CUSTODIAN)
    return bool(openings)


def openings(session: Session, viewer: Viewer) -> list[Card]:
    """List the latest openings, for the health page and the register of incidents."""
    require(viewer, Act.SEE_INCIDENTS)
    newest = (HoneyOpening.id.desc(),)
    return gate.cards(session, viewer, HoneyOpening, order_by=newest, limit=SHOWN)
