"""Two people's word about what was kept is killed at every statement: all of it stands, or nothing."""

from sqlalchemy import event, select

from models.kept import KeptSum
from models.ledger import Transaction
from models.pledges import Match
from services.books import kept
from tests.services.kept.test_kept_parts import REST, find, say, world
from tests.services.test_returns import balance
from vocabulary.enums import AccountKind, AmendmentStatus, GiftOccasion, TransactionKind

__all__ = ["world"]
_FEWEST = 15


class Killed(Exception):
    """The process is gone."""


def test_killed_at_every_statement_it_stands_whole_or_not_at_all(session, world, now) -> None:
    ref = say(session, world, now)
    session.commit()
    kills = 0
    while _is_killed(session, world, ref, after=kills, now=now):
        kills += 1
        assert session.scalars(select(KeptSum.status)).one() is AmendmentStatus.ASKED
        assert session.scalars(select(Match.id).where(_IS_PART)).all() == []
        assert balance(session, AccountKind.KEPT) == balance(session, AccountKind.KEPT_BORNE) == 0

    assert kills > _FEWEST
    assert len(session.scalars(select(Match.id).where(_IS_PART)).all()) == 1
    booked = select(Transaction.id).where(Transaction.kind == TransactionKind.KEPT)
    assert len(session.scalars(booked).all()) == 1
    assert balance(session, AccountKind.KEPT) == REST
    assert find(session, now) == {}


_IS_PART = Match.occasion == GiftOccasion.SHORTFALL


def _is_killed(session, world, ref: str, *, after: int, now) -> bool:
    """Agree, but die before the statement that comes after so many; say whether it died."""
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen > after:
            raise Killed

    session.commit()
    bind = session.connection()
    event.listen(bind, "before_cursor_execute", count)
    try:
        kept.agree(session, world.approver, ref, now=now)
        session.flush()
    except Killed:
        session.rollback()
        return True
    finally:
        event.remove(bind, "before_cursor_execute", count)
    return False
