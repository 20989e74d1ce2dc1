"""A copy of the child's file for its guardian: what its own family may see of it, and no more."""

from sqlalchemy.orm import Session

from models.children import Child, Consent, Kin
from models.organisations import Organisation
from models.pledges import Match
from models.stipends import Stipend
from privacy.viewers import Viewer
from services import gate
from services.gate import Card, Part
from services.guardian_requests import as_guardian

_SCHOOL = {"school": Part(Organisation, Organisation.id == Child.school_id, ("name",))}


def copy_of(session: Session, viewer: Viewer) -> Card:
    """Return the file with kin, consents and instalments. Raises NotFound behind a slip."""
    child_id = as_guardian(viewer)
    card = gate.card(session, viewer, Child, Child.id == child_id, parts=_SCHOOL)
    parts = {"match": Part(Match, Match.id == Stipend.match_id, ("rhythm",))}
    kin = gate.cards(session, viewer, Kin, where=(Kin.child_id == child_id,), order_by=(Kin.id,))
    consents = gate.cards(
        session, viewer, Consent, where=(Consent.child_id == child_id,), order_by=(Consent.id,)
    )
    instalments = gate.cards(
        session,
        viewer,
        Stipend,
        parts=parts,
        where=(Match.child_id == child_id,),
        order_by=(Stipend.due_on, Stipend.id),
    )
    return card.and_also(kin=kin, consents=consents, instalments=instalments)
