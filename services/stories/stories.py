"""What a replayed story needs beside the ordinary services: who its people are, and what arrived."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session

from models import keys
from models.children import Child
from models.organisations import Organisation
from models.pledges import Match, Pledge
from models.regions import Region
from models.reveals import Reveal
from models.stipends import Batch, Gift, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.reveals import reveal_links
from services.vault import vault
from vocabulary.enums import Chain, Role
from vocabulary.money import Fen


@dataclass(frozen=True, slots=True)
class Paid:
    """One confirmed instalment: of which pledge (its code), due on which day, how much."""

    pledge: str
    due_on: date
    amount: Fen


@contextmanager
def keys_kept() -> Iterator[None]:
    """Let the block install keys of its own; those of before are back after it."""
    ring = keys.ring()
    try:
        yield
    finally:
        keys.install(ring)


def find_place(session: Session, _viewer: Viewer, text: str) -> str | None:
    """Return the division code of "150723 吉文镇": the town, or its banner when the town is unknown."""
    code, _, name = text.strip().partition(" ")
    if not (code.isascii() and code.isdigit()) or len(code) > 12:  # noqa: PLR2004 digits of a code
        return None
    below = Region.code.like(f"{code.rstrip('0') or '0'}%")
    best = case((Region.name == name.strip(), 0), else_=1)
    return session.scalar(select(Region.code).where(below).order_by(best, Region.code).limit(1))


def officer_of(session: Session, by: Viewer, school_ref: str) -> Viewer:
    """Return the story's officer of a school."""
    require(by, Act.ENTER_CHILD)
    school = session.scalars(select(Organisation).where(Organisation.ref == school_ref)).one()
    return Viewer(
        frozenset({Role.SCHOOL_OFFICER}),
        actor=f"account:STORY{school_ref}",
        regions=(school.region_code,),
        organisation_id=school.id,
    )


def families_of(session: Session, by: Viewer, batch_refs: Collection[str]) -> list[Viewer]:
    """Return the families of batches' lines, each bound to its instalment, as its slip would."""
    require(by, Act.ENTER_CHILD)
    rows = session.execute(
        select(Stipend.id, Child.id, Child.ref, Child.school_id)
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .join(Batch, Batch.id == Stipend.batch_id)
        .where(Batch.ref.in_(batch_refs), Stipend.handed_over_on.is_not(None))
        .order_by(Stipend.batch_id, Stipend.id)
    )
    return [
        Viewer(
            frozenset({Role.FAMILY}),
            actor=f"family:{child_ref}",
            child_id=child_id,
            stipend_id=stipend_id,
            organisation_id=school_id,
        )
        for stipend_id, child_id, child_ref, school_id in rows
    ]


def family_of(session: Session, by: Viewer, match_ref: str) -> Viewer | None:
    """Return the family behind the newest slip of a match (either side's ref); None before one."""
    require(by, Act.ENTER_CHILD)
    row = session.execute(
        select(Stipend.id, Child.id, Child.ref, Child.school_id)
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .where(
            or_(Match.child_ref == match_ref, Match.donor_ref == match_ref),
            Stipend.sent_on.is_not(None),
        )
        .order_by(Stipend.due_on.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    stipend_id, child_id, child_ref, school_id = row
    return Viewer(
        frozenset({Role.FAMILY}),
        actor=f"family:{child_ref}",
        child_id=child_id,
        stipend_id=stipend_id,
        organisation_id=school_id,
    )


def guardian_of(session: Session, by: Viewer, pledge_ref: str, *, now: datetime) -> Viewer:
    """Return the guardian behind the link that the asking about a pledge brought her."""
    token = guardians_token(session, by, pledge_ref, now=now)
    return reveal_links.open_reveal(session, token, now=now)


def guardians_token(session: Session, by: Viewer, pledge_ref: str, *, now: datetime) -> str:
    """Make the link that goes to the guardian's telephone, of the newest asking about a pledge."""
    require(by, Act.ENTER_CHILD)
    ref = session.scalars(
        select(Reveal.ref)
        .join(Pledge, Pledge.id == Reveal.pledge_id)
        .where(Pledge.donor_ref == pledge_ref)
        .order_by(Reveal.id.desc())
        .limit(1)
    ).one()
    return reveal_links.make(session, by, f"reveal:{ref}", now=now)


def donor_of(session: Session, by: Viewer, pledge_ref: str) -> Viewer:
    """Return the donor of a pledge behind his own link."""
    require(by, Act.RUN_STIPENDS)
    pledge_id = session.scalars(select(Pledge.id).where(Pledge.donor_ref == pledge_ref)).one()
    donor_id = vault.donor_of_pledge(session, pledge_id)
    actor = f"donor:{vault.donor_ref_of(session, donor_id)}"
    return Viewer(frozenset({Role.DONOR}), actor=actor, donor_id=donor_id)


def donors_match(session: Session, by: Viewer, match_ref: str) -> str:
    """Return the donor's ref of a match, by the child's side's."""
    require(by, Act.RUN_STIPENDS)
    return session.scalars(select(Match.donor_ref).where(Match.child_ref == match_ref)).one()


def donor_across(session: Session, by: Viewer, match_ref: str) -> tuple[Viewer, str]:
    """Return the donor of a match behind his own link, and his ref of it, by the child's side's."""
    ref = donors_match(session, by, match_ref)
    pledge = select(Pledge.donor_ref).join(Match, Match.pledge_id == Pledge.id)
    own = session.scalars(pledge.where(Match.donor_ref == ref)).one()
    return donor_of(session, by, own), ref


def confirmed(session: Session, by: Viewer) -> list[Paid]:
    """List every instalment that its family confirmed, all of them, in order."""
    require(by, Act.RUN_STIPENDS)
    rows = session.execute(
        select(Pledge.code, Stipend.due_on, Stipend.amount_fen)
        .join(Match, Match.pledge_id == Pledge.id)
        .join(Stipend, Stipend.match_id == Match.id)
        .where(Stipend.confirmed_on.is_not(None))
        .order_by(Stipend.due_on, Stipend.id)
    )
    return [Paid(*row) for row in rows]


def confirmed_gifts(session: Session, by: Viewer) -> list[tuple[str, Fen]]:
    """List every gift that its family confirmed: of which child (its ref), how much."""
    require(by, Act.RUN_STIPENDS)
    rows = session.execute(
        select(Child.ref, Gift.amount_fen)
        .join(Match, Match.child_id == Child.id)
        .join(Gift, Gift.match_id == Match.id)
        .where(Gift.confirmed_on.is_not(None))
        .order_by(Gift.id)
    )
    return [(ref, amount) for ref, amount in rows]


def tell(session: Session, by: Viewer, act: str, subject: str, *, why: str, now: datetime) -> None:
    """Keep what a story tells beside what is carried out (a move, a milestone, a letter)."""
    require(by, Act.RUN_STIPENDS)
    chain = Chain.CUSTODIAN
    trace.record(
        session, by, f"story.{act}"[:40], subject[:60], now=now, why=why[:200], chain=chain
    )
