"""The vault's keys: each donor's own, wrapped under the vault key. Part of services/vault/vault.py."""

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import keys
from models.vault import Donor, VaultKey
from vocabulary.errors import NotFound

PLACE = "vault_keys.wrapped"


def wrap(cipher: AESGCM, person_key: bytes) -> bytes:
    """Wrap a donor's own key under a vault key."""
    return keys.seal_bytes(cipher, person_key, place=PLACE)


def unwrap(cipher: AESGCM, wrapped: bytes) -> bytes:
    """Return a donor's own key. Raises InvalidTag under another vault key."""
    return keys.unseal_bytes(cipher, wrapped, place=PLACE)


def make(session: Session, donor_id: int) -> AESGCM:
    """Give a donor a key of his own."""
    person_key = AESGCM.generate_key(256)
    wrapped = wrap(keys.ring().vault_cipher, person_key)
    session.add(VaultKey(donor_id=donor_id, wrapped=wrapped))
    return AESGCM(person_key)


def cipher_of(session: Session, donor_id: int) -> tuple[AESGCM, str]:
    """Return a donor's own cipher and ref. Raises NotFound for a forgotten donor."""
    row = session.execute(
        select(VaultKey.wrapped, Donor.ref)
        .join(Donor, Donor.id == VaultKey.donor_id)
        .where(VaultKey.donor_id == donor_id)
    ).first()
    if row is None:
        raise NotFound()
    return AESGCM(unwrap(keys.ring().vault_cipher, row[0])), row[1]
