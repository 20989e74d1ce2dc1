"""What two people agreed to, by kind: whether it waits three days, who hears of it, what it writes."""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.children import Child
from models.organisations import Organisation
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.batches import school_accounts
from services.batches.school_accounts import plain_number
from services.kin import phones
from services.lifecycle import advance
from services.rosters.values import read_phone
from services.routes import cards
from vocabulary.dates import today
from vocabulary.enums import AmendmentKind, AmendmentStatus
from vocabulary.errors import BadInput

_ANNOUNCE: dict[AmendmentKind, Callable[..., None]] = {
    AmendmentKind.SCHOOL_ACCOUNT: school_accounts.announce,
    AmendmentKind.CHILD_CARD: cards.announce,
    AmendmentKind.KIN_PHONE: phones.announce,
}
# What else has to be so still on the day on which it begins to hold.
_STILL: dict[AmendmentKind, Callable[[Session, Amendment], bool]] = {
    AmendmentKind.CHILD_CARD: cards.is_holders,
    AmendmentKind.KIN_PHONE: phones.is_in_charge,
}


def waits(session: Session, amendment: Amendment) -> bool:
    """Say whether it holds three days later: any card or family's telephone, and what replaces."""
    if amendment.kind in (AmendmentKind.CHILD_CARD, AmendmentKind.KIN_PHONE):
        return True
    return school_accounts.replaces_one(session, amendment)


def read_again(amendment: Amendment, typed: str) -> str | None:
    """Return what the second person typed as the first one's is kept."""
    if amendment.kind in (AmendmentKind.SCHOOL_CONTACT, AmendmentKind.KIN_PHONE):
        return read_phone(typed).number
    return plain_number(typed)


def check(session: Session, amendment: Amendment) -> None:
    """Raise BadInput when the record does not have a card's holder any more, or a telephone's."""
    if amendment.kind is AmendmentKind.CHILD_CARD and not cards.is_holders(session, amendment):
        raise BadInput(field="again", reason="holder_differs")
    if amendment.kind is AmendmentKind.KIN_PHONE and not phones.is_in_charge(session, amendment):
        raise BadInput(field="again", reason="not_in_charge")


def announce(session: Session, amendment: Amendment, *, now: datetime) -> None:
    """Say from when on it holds, and tell whoever answered for what stood before."""
    _ANNOUNCE[amendment.kind](session, amendment, now=now)


def write(session: Session, by: Viewer, amendment: Amendment, *, now: datetime) -> None:
    """Let it hold; what stood before is kept beside it."""
    if amendment.kind is AmendmentKind.CHILD_CARD:
        cards.write(session, amendment, on=today(now))
    elif amendment.kind is AmendmentKind.KIN_PHONE:
        phones.write(session, by, amendment, now=now)
    elif amendment.kind is AmendmentKind.SCHOOL_CONTACT:
        _write_contact(session, amendment)
    else:
        school_accounts.write(session, amendment)


def _write_contact(session: Session, amendment: Amendment) -> None:
    school = session.get_one(Organisation, amendment.organisation_id)
    amendment.name_before, amendment.number_before = school.contact_name, school.contact_phone
    school.contact_name, school.contact_phone = amendment.name or None, amendment.number
    session.flush()


def take_effect(session: Session, by: Viewer, *, on: date, now: datetime) -> int:
    """Let everything hold whose three days are over by `on`; return how many. Safe to repeat.

    What belongs to somebody who ceased to look after the child meanwhile is turned down.
    """
    require(by, Act.RUN_STIPENDS)
    due = select(Amendment).where(
        Amendment.status == AmendmentStatus.AGREED, Amendment.holds_on <= on
    )
    found = session.scalars(due.order_by(Amendment.id)).all()
    for amendment in found:
        _let_hold(session, by, amendment, now=now)
    return len(found)


def _let_hold(session: Session, by: Viewer, amendment: Amendment, *, now: datetime) -> None:
    asks = _STILL.get(amendment.kind)
    fails = asks is not None and not asks(session, amendment)
    to = AmendmentStatus.TURNED_DOWN if fails else AmendmentStatus.DONE
    advance(session, amendment, to, by=by, now=now)
    if not fails:
        write(session, by, amendment, now=now)
    trace.record(session, by, "amendment.holds", subject_of(session, amendment), now=now)


def subject_of(session: Session, amendment: Amendment) -> str:
    """Return what a change is about, as the trace names it."""
    if amendment.child_id:
        return f"child:{session.get_one(Child, amendment.child_id).ref}"
    return f"organisation:{session.get_one(Organisation, amendment.organisation_id).ref}"
