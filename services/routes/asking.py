"""Asked by one, for another to compare: a child's card, its family's or a school's telephone (law 8)."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.organisations import Organisation
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.children import amendments
from services.kin import phones
from services.routes import cards
from vocabulary.enums import AmendmentKind


def ask_card(  # noqa: PLR0913 a card is four words
    session: Session,
    by: Viewer,
    ref: str,
    *,
    holder: str,
    name: str,
    bank: str,
    number: str,
    reason: str,
    now: datetime,
) -> str:
    """Ask for a child's first or another card; return the amendment's ref. Raises as `cards.asked`."""
    require(by, Act.AMEND)
    said = {"holder_ref": holder, "name": name, "bank": bank, "number": number}
    return amendments.keep(
        session, by, cards.asked(session, by, ref, **said), reason=reason, now=now
    )


def ask_phone(
    session: Session,
    by: Viewer,
    child_ref: str,
    ref: str,
    *,
    phone: str,
    reason: str,
    now: datetime,
) -> str:
    """Ask for a guardian's or carer's other telephone; return the amendment's ref.

    Raises as `phones.asked`, AlreadyDecided while another change of this child waits.
    """
    require(by, Act.AMEND)
    new = phones.asked(session, by, child_ref, ref, phone=phone)
    return amendments.keep(session, by, new, reason=reason, now=now)


def ask_contact(
    session: Session, by: Viewer, ref: str, *, name: str, phone: str, reason: str, now: datetime
) -> str:
    """Ask for another telephone of a school's: one person alone could turn a warning to himself."""
    require(by, Act.AMEND)
    school = gate.row(session, by, Organisation, Organisation.ref == ref)
    kind = AmendmentKind.SCHOOL_CONTACT
    new = Amendment(kind=kind, organisation_id=school.id, name=name, number=phone)
    return amendments.keep(session, by, new, reason=reason, now=now)
