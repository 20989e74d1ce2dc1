"""A copy of the child's file for its guardian: what its own family may see of it, and no more."""

from sqlalchemy import exists
from sqlalchemy.orm import Session, aliased

from models.children import Child, Consent, Kin
from models.guardian_requests import GuardianRequest
from models.organisations import Organisation
from models.pledges import Match
from models.routes import BankCard
from models.stipends import Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.gate import Card, Part
from services.guardians.guardian_wishes import as_guardian
from services.kin import as_it_stood
from vocabulary.enums import GuardianWish, Role

_SCHOOL = {"school": Part(Organisation, Organisation.id == Child.school_id, ("name",))}


def copy_for(session: Session, by: Viewer, request_ref: str) -> Card:
    """Return the copy that a guardian without a telephone asked for, with the family's own eyes.

    Raises NotFound for a request that is no wish for a copy.
    """
    require(by, Act.ANSWER_GUARDIAN)
    asked = (GuardianRequest.ref == request_ref, GuardianRequest.wish == GuardianWish.COPY)
    found = gate.row(session, by, GuardianRequest, *asked)
    family = Viewer(frozenset({Role.FAMILY}), actor=by.actor, child_id=found.child_id)
    return copy_of(session, family)


def copy_of(session: Session, viewer: Viewer) -> Card:
    """Return the file with kin, consents and instalments. Raises NotFound behind a slip."""
    child_id = as_guardian(viewer)
    card = gate.card(session, viewer, Child, Child.id == child_id, parts=_SCHOOL)
    parts = {"match": Part(Match, Match.id == Stipend.match_id, ("rhythm",))}
    charged = (Kin.child_id == child_id, Kin.until_on.is_(None))
    people = gate.rows(session, viewer, Kin, *charged, order_by=(Kin.id,))
    found = gate.cards(session, viewer, Kin, where=charged, order_by=(Kin.id,))
    kin = as_it_stood.at_home(session, viewer, found, [one.ref for one in people])
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
    way = way_of(session, viewer)
    return card.and_also(kin=kin, consents=consents, instalments=instalments, way=way)


def way_of(session: Session, viewer: Viewer) -> Card:
    """Return how the money comes, for the child's own guardian: route, and card (or None).

    The way that was decided: that a child in danger goes by another is told to nobody at home.
    Raises NotFound behind a slip.
    """
    child_id = as_guardian(viewer)
    child = gate.card(
        session, viewer, Child, Child.id == child_id, fields=("route",), parts=_SCHOOL
    )
    own, latest = (BankCard.child_id == child_id,), (BankCard.id.desc(),)
    stands = aliased(BankCard)
    in_use = exists().where(stands.child_id == child_id, stands.ended_on.is_(None))
    fields = ("holder", "bank", "tail", "since_on")
    # A family that a report names reads the card of before, as if it stood still.
    cards = gate.cards(
        session, viewer, BankCard, where=(*own, in_use), order_by=latest, fields=fields, limit=1
    )
    return child.and_also(card=cards[0] if cards else None)
