"""The donors' side: contacts, and the mapping of donor, pledge and payment reference.

Only vault_keys, purses and forgetting_donors touch the vault's tables beside it. What happens here
goes to the custodian's chain.
"""

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from models import keys
from models.ledger import Receipt
from models.pledges import Pledge
from models.vault import (
    Donor,
    PaidNote,
    VaultContact,
    VaultMember,
    VaultName,
    VaultPledge,
    VaultReceipt,
)
from services.vault import vault_keys
from vocabulary.dates import today
from vocabulary.enums import ContactKind
from vocabulary.errors import BadInput, NotFound
from vocabulary.money import Fen
from vocabulary.refs import payment_reference

_PHONE = re.compile(r"^1[3-9]\d{9}$")
_MAIL = re.compile(r"^[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}$")
CONTACT_PLACE = "vault_contacts.contact_index"


def read_contact(text: str) -> tuple[ContactKind, str]:
    """Tell a phone from a mail address and normalise it. Raises BadInput for neither."""
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = re.sub(r"[\s\-()]", "", plain).removeprefix("+86").removeprefix("0086")
    if _PHONE.match(digits):
        return ContactKind.PHONE, digits
    if _MAIL.match(plain) and len(plain) <= 120:  # noqa: PLR2004 RFC 5321 allows little more
        return ContactKind.MAIL, plain.lower()
    raise BadInput(field="contact", reason="not_a_contact")


def find_donor_by_contact(session: Session, contact: str, *, even_dead: bool = False) -> int | None:
    """Return the key of the donor who lives, or with `even_dead` of one who died; or None.

    The caller answers all alike.
    """
    _, value = read_contact(contact)
    index = keys.blind_index(CONTACT_PLACE, value)
    alive = () if even_dead else (Donor.died_on.is_(None),)
    return session.scalar(
        select(VaultContact.donor_id)
        .join(Donor, Donor.id == VaultContact.donor_id)
        .where(VaultContact.contact_index == index, *alive)
        .order_by(Donor.died_on.is_not(None), Donor.id)
        .limit(1)
    )


def register(session: Session, contact: str, *, now: datetime) -> int:
    """Return the key of the donor with this contact, made anew if there is none.

    A known contact costs what a new one does: it is entered again, and taken back.
    """
    known = find_donor_by_contact(session, contact)
    trial = session.begin_nested()
    fresh = _enter(session, contact, now=now)
    if known is None:
        trial.commit()
        return fresh
    trial.rollback()
    return known


def _enter(session: Session, contact: str, *, now: datetime) -> int:
    kind, value = read_contact(contact)
    donor = Donor(since_on=today(now))
    session.add(donor)
    session.flush()
    own = vault_keys.make(session, donor.id)
    sealed = keys.seal(own, value, place=f"donor:{donor.ref}")
    session.add(
        VaultContact(
            donor_id=donor.id,
            kind=kind,
            value=sealed,
            contact_index=keys.blind_index(CONTACT_PLACE, value),
        )
    )
    session.flush()
    return donor.id


def contact_of(session: Session, donor_id: int) -> tuple[ContactKind, str]:
    """Open a donor's contact. Raises NotFound for a forgotten donor."""
    contact = session.scalar(select(VaultContact).where(VaultContact.donor_id == donor_id).limit(1))
    if contact is None:
        return _members_contact(session, donor_id)
    cipher, ref = vault_keys.cipher_of(session, donor_id)
    return contact.kind, keys.unseal(cipher, contact.value, place=f"donor:{ref}")


def _members_contact(session: Session, donor_id: int) -> tuple[ContactKind, str]:
    """Open where the link of a group's member goes. Raises NotFound for who has none."""
    row = session.get(VaultMember, donor_id)
    if row is None or row.contact is None or row.contact_kind is None:
        raise NotFound()
    cipher, ref = vault_keys.cipher_of(session, donor_id)
    return row.contact_kind, keys.unseal(cipher, row.contact, place=f"member_contact:{ref}")


def way_to(session: Session, donor_id: int) -> tuple[ContactKind, str]:
    """Open a donor's contact for delivery. Raises NotFound for who is forgotten or has died."""
    if session.get_one(Donor, donor_id).died_on is not None:
        raise NotFound()
    return contact_of(session, donor_id)


def keep_name(session: Session, pledge_id: int, name: str) -> None:
    """Keep the name that one pledge's family may read, under its donor's own key."""
    donor_id = donor_of_pledge(session, pledge_id)
    cipher, ref = vault_keys.cipher_of(session, donor_id)
    drop_name(session, pledge_id)
    sealed = keys.seal(cipher, name, place=f"name:{ref}")
    session.add(VaultName(pledge_id=pledge_id, donor_id=donor_id, value=sealed))
    session.flush()


def drop_name(session: Session, pledge_id: int) -> None:
    """Forget the name that one pledge's family could read."""
    session.execute(delete(VaultName).where(VaultName.pledge_id == pledge_id))


def name_of(session: Session, pledge_id: int) -> str | None:
    """Open the name of a named donor, for its pledge's family and himself; None when none is kept."""
    row = session.scalar(select(VaultName).where(VaultName.pledge_id == pledge_id))
    if row is None:
        return None
    cipher, ref = vault_keys.cipher_of(session, row.donor_id)
    return keys.unseal(cipher, row.value, place=f"name:{ref}")


def file_pledge(session: Session, donor_id: int, pledge: Pledge) -> str:
    """Join donor and pledge under a fresh payment reference, and return the reference."""
    reference = payment_reference()
    while find_pledge_by_reference(session, reference) is not None:
        reference = payment_reference()
    session.add(VaultPledge(pledge_id=pledge.id, donor_id=donor_id, payment_reference=reference))
    session.flush()
    return reference


def reference_of(session: Session, pledge_id: int) -> str:
    """Return the payment reference of a pledge, for its donor."""
    found = session.scalar(
        select(VaultPledge.payment_reference).where(VaultPledge.pledge_id == pledge_id)
    )
    if found is None:
        raise NotFound()
    return found


def find_pledge_by_reference(session: Session, reference: str) -> int | None:
    """Return the pledge's key for posting money; it is never shown beside the reference."""
    return session.scalar(
        select(VaultPledge.pledge_id).where(VaultPledge.payment_reference == reference)
    )


def pledges_by_reference(session: Session, references: Collection[str]) -> dict[str, int]:
    """Return the pledges' keys by reference, as `find_pledge_by_reference`, for a whole list."""
    wanted = sorted({reference for reference in references if reference})
    rows = session.execute(
        select(VaultPledge.payment_reference, VaultPledge.pledge_id).where(
            VaultPledge.payment_reference.in_(wanted)
        )
    )
    return {reference: pledge_id for reference, pledge_id in rows}


def references(session: Session) -> dict[str, int]:
    """Return every payment reference given out, with its pledge's key, for reading a statement."""
    rows = session.execute(select(VaultPledge.payment_reference, VaultPledge.pledge_id))
    return {reference: pledge_id for reference, pledge_id in rows}


def donor_of_pledge(session: Session, pledge_id: int) -> int:
    """Return the donor's key, for addressing a notice."""
    found = session.scalar(select(VaultPledge.donor_id).where(VaultPledge.pledge_id == pledge_id))
    if found is None:
        raise NotFound()
    return found


def donors_of_pledges(session: Session, pledge_ids: Collection[int]) -> dict[int, int]:
    """Return the donors' keys by pledge; money that no donor stands behind has none."""
    rows = session.execute(
        select(VaultPledge.pledge_id, VaultPledge.donor_id).where(
            VaultPledge.pledge_id.in_(pledge_ids)
        )
    )
    return {pledge_id: donor_id for pledge_id, donor_id in rows}


def pledges_beside(session: Session, pledge_id: int) -> frozenset[int]:
    """Return the keys of all pledges of this pledge's donor, itself counted in."""
    donor = select(VaultPledge.donor_id).where(VaultPledge.pledge_id == pledge_id).scalar_subquery()
    beside = session.scalars(select(VaultPledge.pledge_id).where(VaultPledge.donor_id == donor))
    return frozenset(beside) | {pledge_id}


def file_receipt(session: Session, receipt_id: int, pledge_id: int) -> None:
    """Keep which pledge a payment was posted to, out of both desks' sight."""
    session.add(VaultReceipt(receipt_id=receipt_id, pledge_id=pledge_id))


def pledge_of_receipt(session: Session, receipt_id: int) -> int | None:
    """Return the key of the pledge a payment was posted to, or None."""
    own = VaultReceipt.receipt_id == receipt_id
    return session.scalar(select(VaultReceipt.pledge_id).where(own))


def note_paid(session: Session, pledge_id: int, amount: Fen, *, now: datetime) -> None:
    """Keep a donor's word that he has paid; the same word of the same day once."""
    said = {
        "payment_reference": reference_of(session, pledge_id),
        "amount_fen": amount,
        "noted_on": today(now),
    }
    if session.scalar(select(PaidNote.id).filter_by(**said)) is None:
        session.add(PaidNote(**said))
        session.flush()


def payers_of(session: Session, pledge_id: int) -> list[str]:
    """Return the payers' names on the bank lines of a pledge, each once, whoever was its contact."""
    return _payers(session, VaultReceipt.pledge_id == pledge_id)


def payers_now(session: Session, pledge_id: int, donor_id: int) -> list[str]:
    """Return the payers' names of its contact of now alone: he is told that a custodian read them."""
    his = or_(VaultReceipt.donor_id.is_(None), VaultReceipt.donor_id == donor_id)
    return _payers(session, VaultReceipt.pledge_id == pledge_id, his)


def _payers(session: Session, *which: ColumnElement[bool]) -> list[str]:
    names = session.scalars(
        select(Receipt.payer_name)
        .join(VaultReceipt, VaultReceipt.receipt_id == Receipt.id)
        .where(Receipt.corrects_id.is_(None), *which)
        .order_by(Receipt.received_on, Receipt.id)
    )
    return list(dict.fromkeys(name for name in names if name))


def donor_ref_of(session: Session, donor_id: int) -> str:
    """Return the donor's own ref, for the custodian's chain and his notices' subjects."""
    return session.scalars(select(Donor.ref).where(Donor.id == donor_id)).one()
