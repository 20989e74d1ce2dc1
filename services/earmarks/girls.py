"""Does money for girls wait? Then no single person says that a child is one."""

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from models.earmarks import Earmark
from models.ledger import Posting
from models.pledges import Pledge
from vocabulary.enums import AccountKind, EarmarkKind, PledgeStatus

_PURSES = (AccountKind.EARMARKED, AccountKind.PREPAID, AccountKind.REST)


def has_money(session: Session) -> bool:
    """Say whether something given for girls alone is left, or is promised to go on."""
    left = (
        select(func.coalesce(-func.sum(Posting.amount), 0))
        .where(Posting.pledge_id == Pledge.id, Posting.account.in_(_PURSES))
        .correlate(Pledge)
        .scalar_subquery()
    )
    waits = exists().where(
        Earmark.pledge_id == Pledge.id,
        Earmark.kind == EarmarkKind.GIRLS,
        or_(Pledge.status != PledgeStatus.ENDED, left > 0),
    )
    return bool(session.scalar(select(waits)))
