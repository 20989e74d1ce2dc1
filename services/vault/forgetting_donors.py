"""A donor asks to be forgotten: his pledges run out, and nothing more reaches him.

Money that is there stays with its purpose: a pledge ends on the first due day that it no longer
pays for. The books keep codes only. Part of services/vault/vault.py.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from models.pledges import Pledge
from models.vault import Donor, VaultContact, VaultGiver, VaultKey, VaultMember, VaultName
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.donors import donors
from services.gate import Card
from services.pledges import changes
from services.vault import erasing
from vocabulary.dates import today
from vocabulary.enums import (
    Chain,
    PledgeEnd,
    PledgeKind,
    PledgeStatus,
    Role,
    StopReason,
)
from vocabulary.schedule import STANDARD, next_due


class Ending(StrEnum):
    """How a pledge ends by itself: at its next due day, when paid out, after its paid times."""

    OVER = "over"
    NEXT_DUE = "next_due"
    PAID_OUT = "paid_out"
    COUNTED = "counted"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What becomes of one pledge and its money: `on` is the first day not given, `times` are left."""

    pledge: Card
    ending: Ending
    on: date | None = None
    paid_until: date | None = None
    times: int = 0


def outlook(session: Session, viewer: Viewer, *, now: datetime) -> list[Outlook]:
    """Say what would become of every pledge of a donor. Raises NotFound from one pledge's link."""
    require(viewer, Act.FORGET_DONOR)
    gate.row(session, viewer, Donor)
    return _outlooks(session, viewer, now=now)


def forget(session: Session, viewer: Viewer, *, now: datetime) -> None:
    """End a donor's pledges and forget who he is; it cannot be undone.

    Raises NotFound from the link of one pledge: whoever typed a contact is not yet its owner.
    """
    require(viewer, Act.FORGET_DONOR)
    donor = gate.row(session, viewer, Donor)
    end_pledges(session, viewer, reason=StopReason.NOT_SAID, now=now)
    donor.forgotten_on = today(now)
    erasing.erase(session, viewer, donor, now=now)
    subject = f"donor:{donor.ref}"
    trace.record(session, viewer, "donor.forget", subject, now=now, chain=Chain.CUSTODIAN)


def forget_again(session: Session, by: Viewer, *, now: datetime) -> int:
    """Forget everyone on the list of the forgotten who came back with a backup; return how many."""
    require(by, Act.KEEP_BACKUPS)
    back = [
        exists().where(table.donor_id == Donor.id)
        for table in (VaultContact, VaultKey, VaultName, VaultGiver, VaultMember)
    ]
    found = session.scalars(
        select(Donor).where(Donor.forgotten_on.is_not(None), or_(*back)).order_by(Donor.id)
    ).all()
    for donor in found:
        his = in_his_place(by, donor)
        end_pledges(session, his, reason=StopReason.NOT_SAID, now=now)
        erasing.erase(session, his, donor, now=now)
        subject = f"donor:{donor.ref}"
        trace.record(session, by, "donor.forget_again", subject, now=now, chain=Chain.CUSTODIAN)
    return len(found)


def in_his_place(by: Viewer, donor: Donor) -> Viewer:
    """Act on his pledges; the trace names who really acts."""
    return Viewer(frozenset({Role.DONOR}), actor=by.actor, donor_id=donor.id)


def _outlooks(session: Session, his: Viewer, *, now: datetime) -> list[Outlook]:
    cards = donors.home(session, his, now=now).pledges
    return [_outlook(card, on=today(now)) for card in cards]


def _outlook(card: Card, *, on: date) -> Outlook:
    """Work out when a pledge's own money ends."""
    if card["status"] is PledgeStatus.ENDED:
        return Outlook(card, Ending.OVER)
    times = card["prepaid_fen"] // (card["instalment_fen"] * card["children_wanted"])
    waits = card["status"] is PledgeStatus.CONFIRMED and not card["supports"]
    if waits and times and card["kind"] is PledgeKind.CHILD:
        return Outlook(card, Ending.COUNTED, times=times)
    covered = [day for _, day in card["runway"].covered] if card["supports"] else []
    paid_until = max(covered, default=None)
    ends = next_due(STANDARD[card["rhythm"]], max(on, paid_until or on))
    ending = Ending.PAID_OUT if paid_until and paid_until > on else Ending.NEXT_DUE
    return Outlook(card, ending, on=ends, paid_until=paid_until)


def end_pledges(
    session: Session,
    his: Viewer,
    *,
    reason: StopReason,
    now: datetime,
    but_groups: bool = False,
) -> None:
    """Stop what a donor gives once it is no longer paid for; a successor's day, once set, stays."""
    for one in _outlooks(session, his, now=now):
        if but_groups and one.pledge["is_group"]:
            continue
        ref = one.pledge["donor_ref"]
        if one.ending is Ending.COUNTED:
            _count_down(session, his, one, now=now)
        elif one.ending is not Ending.OVER and not _is_handed_on(one.pledge):
            changes.stop(session, his, ref, reason=reason, now=now, paid_until=one.paid_until)


def _is_handed_on(pledge: Card) -> bool:
    """Say whether a successor's day is set: he stops then, and nothing goes on without his money."""
    change = pledge["change"]
    return change is not None and change["stop_reason"] is StopReason.HANDED_ON


def _count_down(session: Session, his: Viewer, one: Outlook, *, now: datetime) -> None:
    """Let a pledge that still waits for its child give what was paid for, and no more."""
    if one.pledge["change"] is not None:
        changes.undo(session, his, one.pledge["change"]["ref"], now=now)
    pledge = gate.row(session, his, Pledge, Pledge.donor_ref == one.pledge["donor_ref"])
    said = pledge.until_count if pledge.until is PledgeEnd.COUNT else None
    pledge.until, pledge.until_count = PledgeEnd.COUNT, min(one.times, said or one.times)
    session.flush()
