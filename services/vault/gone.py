"""Who is not there any more behind a pledge: forgotten at his own wish, or dead; never which of both.

Part of services/vault/vault.py.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.vault import Donor, VaultPledge


def since(session: Session, pledge_id: int | None) -> date | None:
    """Return from which day nobody reads behind a pledge; None while somebody does."""
    found = session.execute(
        select(Donor.forgotten_on, Donor.died_on)
        .join(VaultPledge, VaultPledge.donor_id == Donor.id)
        .where(VaultPledge.pledge_id == pledge_id)
    ).first()
    return min((day for day in found or () if day), default=None)
