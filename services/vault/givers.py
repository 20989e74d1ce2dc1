"""Units and groups that give under one pledge: their names, and what each member has said to give.

Part of services/vault/vault.py. A name stands under its own person's key and goes with it; what was
said stays, under a code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from models import keys
from models.vault import (
    Donor,
    VaultGiver,
    VaultMember,
    VaultPledge,
    VaultReceipt,
    VaultShare,
)
from services.vault import vault, vault_keys
from vocabulary.dates import today
from vocabulary.enums import GiverKind
from vocabulary.errors import NotFound
from vocabulary.money import Fen


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gives when it is not one person."""

    kind: GiverKind
    name: str


@dataclass(frozen=True, slots=True)
class Share:
    """From a day on a member (by key and by ref) gives so much a time; 0: no more."""

    donor_id: int
    ref: str
    fen: Fen
    from_on: date


def keep(session: Session, pledge_id: int, giver: Giver, *, now: datetime) -> None:
    """Keep in whose name a pledge is given, under its contact's own key, in the place of the last."""
    donor_id = vault.donor_of_pledge(session, pledge_id)
    cipher, ref = vault_keys.cipher_of(session, donor_id)
    session.execute(delete(VaultGiver).where(VaultGiver.pledge_id == pledge_id))
    sealed = keys.seal(cipher, giver.name, place=f"giver:{ref}")
    session.add(
        VaultGiver(
            pledge_id=pledge_id,
            donor_id=donor_id,
            kind=giver.kind,
            name=sealed,
            since_on=today(now),
        )
    )
    session.flush()


def find(session: Session, pledge_id: int) -> Giver | None:
    """Return in whose name a pledge is given; None for one person's own."""
    row = session.scalar(select(VaultGiver).where(VaultGiver.pledge_id == pledge_id))
    if row is None:
        return None
    cipher, ref = vault_keys.cipher_of(session, row.donor_id)
    return Giver(row.kind, keys.unseal(cipher, row.name, place=f"giver:{ref}"))


def enter(session: Session, pledge_id: int, name: str, *, now: datetime) -> int:
    """Enter a member with a key of his own; return his key in the vault."""
    person = Donor(since_on=today(now))
    session.add(person)
    session.flush()
    own = vault_keys.make(session, person.id)
    sealed = keys.seal(own, name, place=f"member:{person.ref}")
    session.add(VaultMember(donor_id=person.id, pledge_id=pledge_id, name=sealed))
    session.flush()
    return person.id


def say(
    session: Session, pledge_id: int, donor_id: int, fen: Fen, *, from_on: date, now: datetime
) -> None:
    """Keep what a member gives a time from a day on. What was said before stays."""
    said = {"pledge_id": pledge_id, "donor_id": donor_id, "fen": fen, "from_on": from_on}
    session.add(VaultShare(**said, said_at=now))
    session.flush()


def shares(session: Session, pledge_id: int) -> Sequence[Share]:
    """Return all that was said of a pledge's members, in the order in which it was said."""
    rows = session.execute(
        select(VaultShare.donor_id, Donor.ref, VaultShare.fen, VaultShare.from_on)
        .join(Donor, Donor.id == VaultShare.donor_id)
        .where(VaultShare.pledge_id == pledge_id)
        .order_by(VaultShare.id)
    )
    return [Share(donor_id, ref, Fen(fen), from_on) for donor_id, ref, fen, from_on in rows]


def names(session: Session, pledge_id: int) -> dict[int, str]:
    """Open the names of a pledge's members, by their keys; who was forgotten has none."""
    rows = session.execute(
        select(VaultMember.donor_id, VaultMember.name).where(
            VaultMember.pledge_id == pledge_id,
        )
    ).all()
    return {key: _open(session, key, name) for key, name in rows}


def keep_contact(session: Session, donor_id: int, contact: str | None) -> None:
    """Keep where a member's own link goes, under his own key; None: he wants none."""
    row = session.get(VaultMember, donor_id)
    if row is None:
        raise NotFound()
    if contact is None:
        row.contact_kind = row.contact = None
    else:
        cipher, ref = vault_keys.cipher_of(session, donor_id)
        row.contact_kind, value = vault.read_contact(contact)
        row.contact = keys.seal(cipher, value, place=f"member_contact:{ref}")
    session.flush()


def reached(session: Session, pledge_id: int) -> frozenset[int]:
    """Return which members (keys) have a link of their own."""
    has = (VaultMember.pledge_id == pledge_id, VaultMember.contact.is_not(None))
    return frozenset(session.scalars(select(VaultMember.donor_id).where(*has)))


def pledge_of_member(session: Session, donor_id: int | None) -> int | None:
    """Return the pledge (key) that somebody gives to as one of several; None for anybody else."""
    if donor_id is None:
        return None
    return session.scalar(select(VaultMember.pledge_id).where(VaultMember.donor_id == donor_id))


def hand_on(session: Session, pledge_id: int, to: int) -> None:
    """Let another person be whom a group's pledge is reached by: what was under one key is under his.

    Reference, payments, members and their parts stay as they are. Only the group's own name goes
    over: letters, the wish for a receipt in his name and what the bank said of him stay with whose
    they are, and go with him.
    """
    filed = session.get_one(VaultPledge, pledge_id)
    old, old_ref = vault_keys.cipher_of(session, filed.donor_id)
    new, new_ref = vault_keys.cipher_of(session, to)
    for row in session.scalars(select(VaultGiver).where(VaultGiver.pledge_id == pledge_id)):
        name = keys.unseal(old, row.name, place=f"giver:{old_ref}")
        row.name, row.donor_id = keys.seal(new, name, place=f"giver:{new_ref}"), to
    paid = (VaultReceipt.pledge_id == pledge_id, VaultReceipt.donor_id.is_(None))
    session.execute(update(VaultReceipt).where(*paid).values(donor_id=filed.donor_id))
    filed.donor_id = to
    session.flush()


def _open(session: Session, donor_id: int, sealed: bytes) -> str:
    cipher, ref = vault_keys.cipher_of(session, donor_id)
    return keys.unseal(cipher, sealed, place=f"member:{ref}")


def member(session: Session, pledge_id: int, ref: str) -> Donor:
    """Return a member of a pledge by his ref, forgotten or not. Raises NotFound."""
    said = exists().where(VaultShare.donor_id == Donor.id, VaultShare.pledge_id == pledge_id)
    found = session.scalar(select(Donor).where(Donor.ref == ref, said))
    if found is None:
        raise NotFound()
    return found
