"""How a donor is called towards one child, under his own key. Part of services/vault/vault.py."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import keys
from models.reveals import VaultWords
from models.vault import Donor, VaultContact
from services.vault import vault, vault_keys
from vocabulary.errors import NotFound


def keep(session: Session, reveal_id: int, pledge_id: int, *, name: str, city: str | None) -> None:
    """Seal a donor's name and city for one child's family."""
    donor_id = vault.donor_of_pledge(session, pledge_id)
    cipher, ref = vault_keys.cipher_of(session, donor_id)
    session.execute(delete(VaultWords).where(VaultWords.reveal_id == reveal_id))
    session.add(
        VaultWords(
            reveal_id=reveal_id,
            donor_id=donor_id,
            name=keys.seal(cipher, name, place=f"words:{ref}"),
            city=keys.seal(cipher, city, place=f"words:{ref}") if city else None,
        )
    )
    session.flush()


def find(session: Session, reveal_id: int) -> tuple[str, str | None] | None:
    """Open a donor's name and city for the one family he agreed to; None when he is forgotten."""
    row = session.scalar(select(VaultWords).where(VaultWords.reveal_id == reveal_id))
    if row is None:
        return None
    try:
        cipher, ref = vault_keys.cipher_of(session, row.donor_id)
    except NotFound:
        return None
    place = f"words:{ref}"
    city = keys.unseal(cipher, row.city, place=place) if row.city else None
    return keys.unseal(cipher, row.name, place=place), city


def is_reachable(session: Session, donor_id: int) -> bool:
    """Say whether a donor lives and can still be written to."""
    found = (
        select(VaultContact.id)
        .join(Donor, Donor.id == VaultContact.donor_id)
        .where(VaultContact.donor_id == donor_id, Donor.died_on.is_(None))
    )
    return session.scalar(found.limit(1)) is not None
