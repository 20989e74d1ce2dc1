"""The name on a donor's own paper: his unit's or group's, or what he chose for the pledge.

Nobody else ever draws it.
"""

from sqlalchemy.orm import Session

from models.pledges import Pledge
from privacy.viewers import Viewer
from services import gate
from services.vault import givers, vault
from vocabulary.enums import Naming

KIND_PERSON = "爱心人士"


def called(session: Session, viewer: Viewer, ref: str) -> str:
    """Return how a pledge's donor is called on his paper. Raises NotFound for another's."""
    pledge = gate.row(session, viewer, Pledge, Pledge.donor_ref == ref)
    giver = givers.find(session, pledge.id)
    if giver is not None:
        return giver.name
    name = vault.name_of(session, pledge.id) if pledge.naming is Naming.NAMED else None
    return name or (pledge.alias if pledge.naming is Naming.ALIAS else None) or KIND_PERSON
