"""How often something may be tried, by purpose: counted in the database, so a restart forgets none.

Whose tries they are is kept as a keyed hash for two days at most. A known and an unknown handle
cost the same statements.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, case, delete, select
from sqlalchemy.orm import Session

from models import keys
from models.security import TryCount
from services.prepared import Ready
from services.writing import insert_into
from vocabulary.enums import Limited
from vocabulary.errors import TooManyTries

_PLACE = "try_counts.handle"


class Window(NamedTuple):
    """So many tries within so many minutes."""

    tries: int
    minutes: int


_DAY = 24 * 60
_CODES = (Window(5, 5), Window(20, 60), Window(50, _DAY))
# Generous for addresses: a whole school or office shares one.
LIMITS: dict[Limited, tuple[Window, ...]] = {
    Limited.SIGN_IN_ADDRESS: (Window(30, 5), Window(200, 60)),
    Limited.SECOND_FACTOR: _CODES,
    Limited.PROOF: _CODES,
    Limited.RESET: (Window(5, _DAY),),
    Limited.PLEDGE: (Window(20, _DAY),),
    Limited.RELINK: (Window(5, _DAY),),
    Limited.CLASS_CODE: (Window(5, _DAY),),
}
_KEPT = Ready(
    select(TryCount.minutes, TryCount.tries, TryCount.since).where(
        TryCount.purpose == bindparam("purpose"), TryCount.handle == bindparam("handle")
    )
)


def check(session: Session, purpose: Limited, who: str, *, now: datetime) -> None:
    """Raise TooManyTries(minutes) when one of the purpose's windows is full."""
    handle = keys.blind_index(_PLACE, who)
    found = _KEPT.fetch(session.connection(), {"purpose": purpose, "handle": handle})
    kept = {minutes: (tries, since) for minutes, tries, since in found}
    for window in LIMITS[purpose]:
        tries, since = kept.get(window.minutes, (0, now))
        ends = since + timedelta(minutes=window.minutes)
        if tries >= window.tries and ends > now:
            raise TooManyTries(minutes=-(-int((ends - now).total_seconds()) // 60))


def count(session: Session, purpose: Limited, who: str, *, now: datetime) -> None:
    """Count one try in every window of the purpose; the caller commits it, refused or not."""
    handle = keys.blind_index(_PLACE, who)
    for window in LIMITS[purpose]:
        is_over = TryCount.since <= now - timedelta(minutes=window.minutes)
        first = {"purpose": purpose, "handle": handle, "minutes": window.minutes}
        session.execute(
            insert_into(session, TryCount)
            .values(**first, tries=1, since=now)
            .on_conflict_do_update(
                index_elements=["purpose", "handle", "minutes"],
                set_={
                    "tries": case((is_over, 1), else_=TryCount.tries + 1),
                    "since": case((is_over, now), else_=TryCount.since),
                },
            )
        )


def take(session: Session, purpose: Limited, who: str, *, now: datetime) -> None:
    """Count a try that may be made. Raises TooManyTries(minutes) for one too many."""
    check(session, purpose, who, now=now)
    count(session, purpose, who, now=now)


def clear(session: Session, purpose: Limited, who: str) -> None:
    """Forget the tries of somebody who got in."""
    handle = keys.blind_index(_PLACE, who)
    session.execute(delete(TryCount).where(TryCount.purpose == purpose, TryCount.handle == handle))
