"""A pledge that was stopped with money left, and the desks that may have to do with it."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.pledges import Match, Pledge
from models.rests import Rest
from privacy.viewers import Viewer
from services.books import ledger, receipts
from services.books.receipts import BankLine
from services.pledges import changes
from services.vault import vault
from tests.factories import viewer
from tests.services.gap_fund import run, sponsored
from vocabulary.dates import at
from vocabulary.enums import AccountKind, Role
from vocabulary.money import Fen

FIRST = viewer(Role.COLLECTING_DESK, actor="account:one")
SECOND = viewer(Role.COLLECTING_DESK, actor="account:two")
PAYER = "佟掌柜"


def donor_of(session: Session, pledge: Pledge) -> Viewer:
    donor_id = vault.donor_of_pledge(session, pledge.id)
    return viewer(Role.DONOR, donor_id=donor_id, actor="donor:X")


def comes(
    session: Session, reference: str, fen: int, on: date, *, payer: str | None = PAYER
) -> str:
    """Money with a payer's name on the bank's line."""
    said = BankLine(reference, Fen(fen), on, payer)
    return receipts.record(session, FIRST, said, now=at(on))["ref"]


def stopped(
    session: Session, fen: int = 34_000, *, paid: date, until: date, contact: str = "13800000001"
) -> tuple[Pledge, Match]:
    """A hundred a month from a day, paid so much, stopped for `until`; the runs of both days are over."""
    match, reference = sponsored(session, contact)
    pledge = session.get_one(Pledge, match.pledge_id)
    comes(session, reference, fen, paid)
    run(session, paid)
    changes.stop(
        session, donor_of(session, pledge), pledge.donor_ref, reason=None, now=at(paid, 10)
    )
    run(session, until)
    session.refresh(pledge)
    return pledge, match


def rest_of(session: Session, pledge: Pledge) -> Rest:
    return session.scalars(
        select(Rest).where(Rest.pledge_id == pledge.id).order_by(Rest.id.desc())
    ).first()


def in_books(session: Session, pledge: Pledge) -> tuple[int, int]:
    """What lies ahead under the pledge, and what is set apart."""
    kinds = (AccountKind.PREPAID, AccountKind.REST)
    return tuple(-ledger.balance(session, kind, pledge_id=pledge.id) for kind in kinds)
