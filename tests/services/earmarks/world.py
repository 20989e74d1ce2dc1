"""A gap fund with restricted money in it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.earmarks import Earmark
from models.ledger import Posting
from models.pledges import Match, Pledge
from models.stipends import Stipend
from services.earmarks import marking
from tests.factories import a_pledge
from tests.services.gap_fund import SEPTEMBER, pay
from vocabulary.dates import at
from vocabulary.enums import AccountKind, EarmarkKind, PledgeKind
from vocabulary.money import Fen


def restricted(
    session: Session,
    kind: EarmarkKind,
    fen: int,
    *,
    contact: str = "13700000001",
    for_child_of: Match | None = None,
    given: PledgeKind = PledgeKind.GAP_FUND,
    **more,
) -> tuple[Pledge, str]:
    """Somebody gives for one purpose alone; returns the pledge and its payment reference."""
    terms = {"kind": given, "instalment_fen": Fen(88_800)} | more
    pledge, reference = a_pledge(session, contact, **terms)
    marking.mark(session, pledge, kind, now=at(SEPTEMBER), for_child_of=for_child_of)
    if fen:
        pay(session, reference, fen, SEPTEMBER)
    return pledge, reference


def held(session: Session, pledge: Pledge) -> int:
    """What is left of restricted money."""
    rows = select(Posting.amount).where(
        Posting.account == AccountKind.EARMARKED, Posting.pledge_id == pledge.id
    )
    return -sum(session.scalars(rows))


def source_of(session: Session, stipend: Stipend) -> int | None:
    """The pledge whose restricted money paid an instalment."""
    query = select(Earmark.pledge_id).where(Earmark.id == stipend.earmark_id)
    return session.scalar(query)
