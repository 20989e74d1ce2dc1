"""Who is not there any more behind a pledge: forgotten at his own wish, or dead; never which of both.

Part of services/vault/vault.py.
"""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.vault import Donor, VaultPledge


def since(session: Session, pledge_id: int | None) -> date | None:
    """Return from which day nobody reads behind a pledge; None while somebody does."""
    return since_each(session, [pledge_id]).get(pledge_id) if pledge_id else None


def since_each(session: Session, pledge_ids: Collection[int]) -> Mapping[int, date]:
    """Return those of the pledges (keys) behind which nobody reads, with the day, in one question."""
    rows = session.execute(
        select(VaultPledge.pledge_id, Donor.forgotten_on, Donor.died_on)
        .join(Donor, VaultPledge.donor_id == Donor.id)
        .where(VaultPledge.pledge_id.in_(pledge_ids))
    )
    days = {key: [day for day in found if day] for key, *found in rows}
    return {key: min(found) for key, found in days.items() if found}
