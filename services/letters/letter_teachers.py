"""Which teachers a letter names, for the moderator: the words of the letter, and the school's own.

Only the child's side is looked up; of a donor nothing is asked (services/letters/letter_known.py).
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.children import Child
from models.letters import Letter
from models.organisations import Organisation
from privacy.screening import Mark
from privacy.teachers import named_in
from vocabulary.enums import GrantStatus, Role


def named(session: Session, letter: Letter, text: str, found: Iterable[Mark]) -> tuple[str, ...]:
    """Return the teachers that a text names, as it names them."""
    return named_in(text, found, _of_school(session, letter.child_id)) if text else ()


def _of_school(session: Session, child_id: int) -> list[str]:
    """Name the school's contact and those who work there with a login."""
    school = select(Child.school_id).where(Child.id == child_id).scalar_subquery()
    contact = select(Organisation.contact_name).where(Organisation.id == school)
    officers = (
        select(Account.name)
        .join(Grant, Grant.account_id == Account.id)
        .where(
            Account.organisation_id == school,
            Grant.role == Role.SCHOOL_OFFICER,
            Grant.status == GrantStatus.GRANTED,
        )
    )
    return [name for query in (contact, officers) for name in session.scalars(query) if name]
