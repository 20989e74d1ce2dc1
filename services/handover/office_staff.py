"""Who hands over for a banner's own office: its case staff, but those whom a report names."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.pledges import Match
from models.stipends import Batch, Stipend
from privacy.permissions import CASE_STAFF
from privacy.viewers import Viewer, region_prefix
from services.accounts.accounts import in_force
from services.danger.protection import accused_in
from services.routes.ways import OF_OFFICE
from vocabulary.enums import AccountStatus


class Colleague(NamedTuple):
    """One login of the case staff, and where it works."""

    key: int
    actor: str
    region_code: str

    def covers(self, region_code: str) -> bool:
        """Say whether a division lies in the colleague's part."""
        return region_code.startswith(region_prefix(self.region_code))


def is_its(batch: Batch) -> bool:
    """Say whether a banner's own office hands a batch over."""
    return batch.route in OF_OFFICE


def colleagues(session: Session, *, on: date) -> list[Colleague]:
    """Return all who are case staff on a day."""
    rows = session.execute(
        select(Account.id, Account.ref, Account.region_code)
        .join(Grant, Grant.account_id == Account.id)
        .where(Grant.role.in_(CASE_STAFF), in_force(on), Account.status == AccountStatus.ACTIVE)
        .distinct()
        .order_by(Account.id)
    )
    return [Colleague(key, f"account:{ref}", code) for key, ref, code in rows]


def is_another(
    session: Session,
    viewer: Viewer,
    child_id: int,
    region_code: str,
    staff: Sequence[Colleague],
) -> bool:
    """Say whether somebody else of the case staff covers a division, and no report names him."""
    barred = {viewer.actor, *accused_in(session, child_id)}
    return any(one.covers(region_code) and one.actor not in barred for one in staff)


def named_in(session: Session, batch: Batch) -> frozenset[str]:
    """Return the logins that a report about a child of a batch names; of a school's batch none."""
    if batch.organisation_id is not None:
        return frozenset()
    children = select(Match.child_id).join(Stipend, Stipend.match_id == Match.id)
    keys = session.scalars(children.where(Stipend.batch_id == batch.id)).all()
    return frozenset(actor for key in keys for actor in accused_in(session, key))


def named_about(session: Session, stipend_ids: Sequence[int]) -> frozenset[str]:
    """Return the logins that a report about a child of these instalments names."""
    children = select(Match.child_id).join(Stipend, Stipend.match_id == Match.id)
    keys = session.scalars(children.where(Stipend.id.in_(stipend_ids))).all()
    return frozenset(actor for key in keys for actor in accused_in(session, key))


def hands_of(session: Session, batches: Sequence[Batch], *, on: date) -> dict[int, list[int]]:
    """Return the accounts that hear of each office's batch, by the batch's key."""
    staff = colleagues(session, on=on) if batches else []
    return {batch.id: _hearing(staff, batch, named_in(session, batch)) for batch in batches}


def _hearing(staff: Sequence[Colleague], batch: Batch, named: Collection[str]) -> list[int]:
    return [one.key for one in staff if one.covers(batch.region_code) and one.actor not in named]
