"""A donor asks to be forgotten, or has died: his pledges run out, and nothing more reaches him.

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
from services.vault import erasing, vault
from vocabulary.dates import today
from vocabulary.enums import (
    Chain,
    PledgeEnd,
    PledgeKind,
    PledgeStatus,
    Role,
    StopReason,
)
from vocabulary.errors import BadInput
from vocabulary.refs import find_payment_reference
from vocabulary.schedule import STANDARD, next_due

HER_WORDS_LENGTH = 200


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
    _end_pledges(session, viewer, reason=StopReason.NOT_SAID, now=now)
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
        his = _in_his_place(by, donor)
        _end_pledges(session, his, reason=StopReason.NOT_SAID, now=now)
        erasing.erase(session, his, donor, now=now)
        subject = f"donor:{donor.ref}"
        trace.record(session, by, "donor.forget_again", subject, now=now, chain=Chain.CUSTODIAN)
    return len(found)


def note_death(session: Session, by: Viewer, told: str, *, why: str, now: datetime) -> str:
    """Keep that a donor has died, found by his contact or payment reference; return his ref.

    From that moment nothing is written to him and his links are dead. Raises BadInput.
    """
    require(by, Act.NOTE_DEATH)
    if not 0 < len(why.strip()) <= HER_WORDS_LENGTH:
        raise BadInput(field="why", reason="missing")
    donor = _find(session, told)
    _end_pledges(session, _in_his_place(by, donor), reason=StopReason.DIED, now=now)
    donor.died_on, donor.died_because = today(now), why.strip()
    erasing.silence(session, by, donor, now=now)
    subject = f"donor:{donor.ref}"
    trace.record(session, by, "donor.died", subject, now=now, chain=Chain.CUSTODIAN)
    return donor.ref


def take_back_death(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Undo an entry made in error: stops that wait are undone, he may ask for a new link."""
    require(by, Act.NOTE_DEATH)
    donor = gate.row(session, by, Donor, Donor.ref == ref)
    his = _in_his_place(by, donor)
    for card in donors.home(session, his, now=now).pledges:
        change = card["change"]
        if change is not None and change["stop_reason"] is StopReason.DIED:
            changes.undo(session, his, change["ref"], now=now)
    donor.died_on = donor.died_because = None
    subject = f"donor:{ref}"
    trace.record(session, by, "donor.not_died", subject, now=now, chain=Chain.CUSTODIAN)


def died(session: Session, viewer: Viewer) -> list[Card]:
    """List the donors entered as dead, by ref and with who said so, latest first."""
    require(viewer, Act.NOTE_DEATH)
    return gate.cards(session, viewer, Donor, order_by=(Donor.died_on.desc(), Donor.id))


def _find(session: Session, told: str) -> Donor:
    """Find a donor by what his family knows of him. Raises BadInput."""
    reference = find_payment_reference(told)
    if reference:
        pledge_id = vault.find_pledge_by_reference(session, reference)
        donor_id = vault.donor_of_pledge(session, pledge_id) if pledge_id else None
    else:
        donor_id = vault.find_donor_by_contact(session, told)
    donor = session.get(Donor, donor_id) if donor_id else None
    if donor is None or donor.died_on is not None:
        raise BadInput(field="contact", reason="unknown")
    return donor


def _in_his_place(by: Viewer, donor: Donor) -> Viewer:
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


def _end_pledges(session: Session, his: Viewer, *, reason: StopReason, now: datetime) -> None:
    for one in _outlooks(session, his, now=now):
        ref = one.pledge["donor_ref"]
        if one.ending is Ending.COUNTED:
            _count_down(session, his, one, now=now)
        elif one.ending is not Ending.OVER:
            changes.stop(session, his, ref, reason=reason, now=now, paid_until=one.paid_until)


def _count_down(session: Session, his: Viewer, one: Outlook, *, now: datetime) -> None:
    """Let a pledge that still waits for its child give what was paid for, and no more."""
    if one.pledge["change"] is not None:
        changes.undo(session, his, one.pledge["change"]["ref"], now=now)
    pledge = gate.row(session, his, Pledge, Pledge.donor_ref == one.pledge["donor_ref"])
    said = pledge.until_count if pledge.until is PledgeEnd.COUNT else None
    pledge.until, pledge.until_count = PledgeEnd.COUNT, min(one.times, said or one.times)
    session.flush()
