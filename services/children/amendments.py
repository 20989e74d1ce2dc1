"""Changes that two people make: a child's name and number, a school's account (law 8).

One asks and says why; another compares with the paper, types the number again, and agrees. An
account that replaces another holds three whole days later: meanwhile nothing is paid to the school,
and whoever answered for the old account may still object.
"""

from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.children import Child
from models.organisations import Organisation
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import by_two, gate, trace
from services.batches.school_accounts import plain_number
from services.children import child_file
from services.children.newcomers import id_index, known_numbers
from services.gate import Card, Part
from services.rosters.identities import Identity, IdState, read_identity
from services.routes import holding
from services.routes.holding import subject_of
from vocabulary.dates import today
from vocabulary.enums import AmendmentKind, AmendmentStatus, ChildStatus
from vocabulary.errors import AlreadyDecided, BadInput, WrongState

_PARTS = {
    "child": Part(Child, Child.id == Amendment.child_id, ("ref", "name")),
    "school": Part(
        Organisation,
        Organisation.id == Amendment.organisation_id,
        ("ref", "name", "account_name", "account_bank"),
    ),
}
_IS_OPEN = Amendment.status.in_((AmendmentStatus.ASKED, AmendmentStatus.AGREED))


def ask_identity(
    session: Session, by: Viewer, ref: str, *, name: str, number: str, reason: str, now: datetime
) -> str:
    """Ask for another name or resident's number of a child; return the amendment's ref.

    An empty number leaves the one that stands. Raises BadInput(field), AlreadyDecided while
    another change of this child waits.
    """
    require(by, Act.AMEND)
    child = gate.row(session, by, Child, Child.ref == ref)
    if child.status is ChildStatus.ENDED:
        raise WrongState(from_state=child.status.value, to_state="amended")
    right = _read(number).number if number else None
    is_new = right is not None and right != child.id_number
    if is_new and known_numbers(session, by, [id_index(right or "")]):
        raise BadInput(field="number", reason="already_known")
    if name == child.name and not is_new:
        raise BadInput(field="name", reason="as_before")
    new = Amendment(
        kind=AmendmentKind.CHILD_IDENTITY,
        child_id=child.id,
        name=name,
        number=right if is_new else None,
    )
    return keep(session, by, new, reason=reason, now=now)


def _read(number: str) -> Identity:
    identity = read_identity(number)
    if identity.state in (IdState.BAD, IdState.LOST, IdState.MISSING):
        raise BadInput(field="number", reason="id_checksum")
    return identity


def ask_account(  # noqa: PLR0913 an account is three words
    session: Session,
    by: Viewer,
    ref: str,
    *,
    name: str,
    bank: str,
    number: str,
    reason: str,
    now: datetime,
) -> str:
    """Ask for a school's first or another account; return the amendment's ref.

    Raises BadInput(field), AlreadyDecided while another change of this school waits.
    """
    require(by, Act.AMEND)
    school = gate.row(session, by, Organisation, Organisation.ref == ref)
    plain = plain_number(number)
    if not plain.isdecimal():
        raise BadInput(field="number", reason="bad_account")
    stands = (school.account_name, school.account_bank, plain_number(school.account_number or ""))
    if (name, bank, plain) == stands:
        raise BadInput(field="name", reason="as_before")
    new = Amendment(
        kind=AmendmentKind.SCHOOL_ACCOUNT,
        organisation_id=school.id,
        name=name,
        bank=bank,
        number=plain,
    )
    return keep(session, by, new, reason=reason, now=now)


def keep(session: Session, by: Viewer, new: Amendment, *, reason: str, now: datetime) -> str:
    """Let a change wait for a second person. Raises AlreadyDecided while another one waits."""
    same = (
        Amendment.child_id == new.child_id
        if new.child_id
        else Amendment.organisation_id == new.organisation_id
    )
    if session.scalar(select(Amendment.id).where(_IS_OPEN, same)) is not None:
        raise AlreadyDecided()
    new.reason, new.asked_by, new.asked_on = reason, by.actor, today(now)
    session.add(new)
    session.flush()
    trace.record(
        session, by, "amendment.ask", subject_of(session, new), now=now, why=new.kind.value
    )
    return new.ref


def agree(session: Session, by: Viewer, ref: str, *, again: str, now: datetime) -> date | None:
    """Make a change as its second person, who typed the number `again` from the paper.

    Returns the day from which it holds, None for at once.
    Raises ActedBefore for whoever asked, BadInput when the two numbers differ, AlreadyDecided.
    """
    require(by, Act.AMEND)
    amendment = gate.row(session, by, Amendment, Amendment.ref == ref)
    by_two.check_second(by, amendment)
    _compare(amendment, again)
    holding.check(session, amendment)
    waits = holding.waits(session, amendment)
    to = AmendmentStatus.AGREED if waits else AmendmentStatus.DONE
    by_two.decide(session, by, amendment, to, now=now)
    if amendment.kind is AmendmentKind.CHILD_IDENTITY:
        _write_identity(session, by, amendment)
    elif waits:
        holding.announce(session, amendment, now=now)
    else:
        holding.write(session, by, amendment, now=now)
    session.flush()
    trace.record(session, by, "amendment.agree", subject_of(session, amendment), now=now)
    return amendment.holds_on


def _compare(amendment: Amendment, again: str) -> None:
    """Refuse a number that differs from the first person's: one of them misread the paper."""
    is_identity = amendment.kind is AmendmentKind.CHILD_IDENTITY
    typed = read_identity(again).number if is_identity else holding.read_again(amendment, again)
    if amendment.number and typed != amendment.number:
        raise BadInput(field="again", reason="differs")


def turn_down(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Leave things as they are; whoever asked may take it back too.

    So an account that was agreed to and does not hold yet is stopped.
    """
    require(by, Act.AMEND)
    amendment = gate.row(session, by, Amendment, Amendment.ref == ref)
    to, waiting = AmendmentStatus.TURNED_DOWN, (AmendmentStatus.ASKED, AmendmentStatus.AGREED)
    by_two.decide(session, by, amendment, to, now=now, waiting=waiting)
    trace.record(session, by, "amendment.turn_down", subject_of(session, amendment), now=now)


def _write_identity(session: Session, by: Viewer, amendment: Amendment) -> None:
    """Write name and number; sex and birthday follow the number."""
    child = session.get_one(Child, amendment.child_id)
    amendment.name_before, child.name = child.name, amendment.name
    if amendment.number is None:
        return
    if known_numbers(session, by, [id_index(amendment.number)]):
        raise BadInput(field="again", reason="already_known")
    identity = _read(amendment.number)
    amendment.number_before, child.id_number = child.id_number, amendment.number
    child.id_index = id_index(amendment.number)
    if identity.sex not in (None, child.sex):
        amendment.sex_before = child.sex
    child.sex, child.birth_on = identity.sex or child.sex, identity.birth or child.birth_on


def waiting(session: Session, viewer: Viewer) -> list[Card]:
    """List what waits for a second person in the viewer's part, the longest waiting first."""
    return _cards(session, viewer, Amendment.status == AmendmentStatus.ASKED)


def agreed(session: Session, viewer: Viewer) -> list[Card]:
    """List the accounts that both agreed to and that hold in some days."""
    return _cards(session, viewer, Amendment.status == AmendmentStatus.AGREED)


def count_waiting(session: Session, viewer: Viewer) -> int:
    """Count what waits for a second person who is not the viewer."""
    waits = Amendment.status == AmendmentStatus.ASKED
    return gate.count(session, viewer, Amendment, waits, Amendment.asked_by != viewer.actor)


def find_open(session: Session, viewer: Viewer, subject_ref: str) -> Card | None:
    """Return the change that waits for a child or a school of this ref, or None."""
    children = select(Child.id).where(Child.ref == subject_ref)
    schools = select(Organisation.id).where(Organisation.ref == subject_ref)
    mine = Amendment.child_id.in_(children) | Amendment.organisation_id.in_(schools)
    return next(iter(_cards(session, viewer, _IS_OPEN, mine)), None)


def detail(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one change, with who asked and whether a number is to be typed again."""
    card = gate.card(session, viewer, Amendment, Amendment.ref == ref, parts=_PARTS)
    numbered = gate.count(
        session, viewer, Amendment, Amendment.ref == ref, Amendment.number.is_not(None)
    )
    return _named(session, viewer, card).and_also(has_number=bool(numbered))


def _cards(session: Session, viewer: Viewer, *where: ColumnElement[bool]) -> list[Card]:
    order = (Amendment.asked_on, Amendment.id)
    found = gate.cards(session, viewer, Amendment, parts=_PARTS, where=where, order_by=order)
    return [_named(session, viewer, card) for card in found]


def _named(session: Session, viewer: Viewer, card: Card) -> Card:
    asker = child_file.name_of(session, viewer, card["asked_by"])
    return card.and_also(asked_by_name=asker, is_mine=card["asked_by"] == viewer.actor)
