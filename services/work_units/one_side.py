"""A work unit collects from its colleagues (代收), or hands over to children (转交): never both.

The law forbids both for one match. To refuse that pair by pair would tell whoever is refused which
donor pays which child; so the whole unit is on one side, for good, and a refusal tells of the unit
alone (docs/security/work-units.md).
"""

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.organisations import Organisation
from models.routes import ChildRoute
from models.stipends import Batch
from models.work_units import Collection
from services.checking import book_checks
from vocabulary.enums import GrantStatus, Role
from vocabulary.errors import BadInput

STATEMENTS = (
    """WITH sides AS (
  SELECT o.name, o.id,
    EXISTS (SELECT 1 FROM unit_collections c WHERE c.organisation_id = o.id)
      OR EXISTS (SELECT 1 FROM unit_colleagues c WHERE c.organisation_id = o.id)
      OR EXISTS (SELECT 1 FROM grants g JOIN accounts a ON a.id = g.account_id
                 WHERE a.organisation_id = o.id AND g.role = 'unit_collector'
                   AND g.status <> 'ended') AS collects,
    EXISTS (SELECT 1 FROM child_routes r WHERE r.hand_id = o.id)
      OR EXISTS (SELECT 1 FROM batches b WHERE b.organisation_id = o.id)
      OR EXISTS (SELECT 1 FROM grants g JOIN accounts a ON a.id = g.account_id
                 WHERE a.organisation_id = o.id AND g.role = 'unit_hand'
                   AND g.status <> 'ended') AS hands_over
  FROM organisations o WHERE o.kind = 'work_unit')
SELECT '单位 ' || name || '：又代收，又转交' FROM sides
WHERE collects AND hands_over ORDER BY id""",
    """SELECT '帐号 ' || a.ref || '：又管代收，又管转交' FROM accounts a
       JOIN grants g ON g.account_id = a.id
       WHERE g.role IN ('unit_collector', 'unit_hand') AND g.status <> 'ended'
       GROUP BY a.id, a.ref HAVING COUNT(DISTINCT g.role) > 1 ORDER BY a.id""",
)


def breaches(session: Session) -> list[str]:
    """Name the units, and the people, that are on both sides."""
    return book_checks.run(session, STATEMENTS)


def check(session: Session, organisation_id: int | None, role: Role) -> None:
    """Refuse a unit's clerk of one side where the unit is on the other. Raises BadInput(role)."""
    if role is Role.UNIT_HAND and collects(session, organisation_id):
        raise BadInput(field="role", reason="unit_collects")
    if role is Role.UNIT_COLLECTOR and hands_over(session, organisation_id):
        raise BadInput(field="role", reason="unit_hands")


def collects(session: Session, organisation_id: int | None) -> bool:
    """Say whether a unit began to collect, or has somebody to do so."""
    own = Organisation.id == organisation_id
    return session.scalar(select(Organisation.id).where(own, does_collect())) is not None


def hands_over(session: Session, organisation_id: int | None) -> bool:
    """Say whether a child's money ever came by a unit, or it has somebody to hand it over."""
    own = Organisation.id == organisation_id
    came = or_(
        exists().where(ChildRoute.hand_id == Organisation.id).correlate(Organisation),
        exists().where(Batch.organisation_id == Organisation.id).correlate(Organisation),
        _has_clerk(Role.UNIT_HAND),
    )
    return session.scalar(select(Organisation.id).where(own, came)) is not None


def does_collect() -> ColumnElement[bool]:
    """Say in SQL that an organisation collects."""
    began = exists().where(Collection.organisation_id == Organisation.id).correlate(Organisation)
    return or_(began, _has_clerk(Role.UNIT_COLLECTOR))


def _has_clerk(role: Role) -> ColumnElement[bool]:
    """Somebody has the role, or was asked for and waits for the second administrator."""
    return (
        exists()
        .where(
            Account.organisation_id == Organisation.id,
            Grant.account_id == Account.id,
            Grant.role == role,
            Grant.status != GrantStatus.ENDED,
        )
        .correlate(Organisation)
    )
