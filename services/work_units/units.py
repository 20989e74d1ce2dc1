"""Which work units there are: an administrator enters one before its clerk gets an account."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.organisations import Organisation
from models.regions import Region
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card
from vocabulary.dates import today
from vocabulary.enums import OrganisationKind
from vocabulary.errors import BadInput

NAME_LENGTH = 80
_UNIT = Organisation.kind == OrganisationKind.WORK_UNIT


def listing(session: Session, viewer: Viewer) -> list[Card]:
    """List the work units by name."""
    require(viewer, Act.GRANT_ROLE)
    return gate.cards(session, viewer, Organisation, where=(_UNIT,), order_by=(Organisation.name,))


def enter(session: Session, by: Viewer, name: str, region_code: str, *, now: datetime) -> str:
    """Enter a work unit and return its ref. Raises BadInput for a name that stands there already."""
    require(by, Act.GRANT_ROLE)
    said = name.strip()
    if not 1 < len(said) <= NAME_LENGTH:
        raise BadInput(field="name", reason="no_name")
    if session.query(Region.code).filter_by(code=region_code).scalar() is None:
        raise BadInput(field="region", reason="unknown_place")
    place = Organisation.region_code == region_code
    if gate.count(session, by, Organisation, Organisation.name == said, place):
        raise BadInput(field="name", reason="name_taken")
    unit = Organisation(
        kind=OrganisationKind.WORK_UNIT,
        name=said,
        region_code=region_code,
        entered_on=today(now),
    )
    session.add(unit)
    session.flush()
    trace.record(session, by, "work_unit.enter", f"organisation:{unit.ref}", now=now)
    return unit.ref
