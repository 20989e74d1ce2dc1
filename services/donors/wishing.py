"""The pledge form's counter: how many listed children wait, and how many fit a donor's wishes.

It is read off the weekly list in steps of five, so that no question and no sum of questions tells
one child. Wishes that too few fit are dropped in a fixed order, and the page says which.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching.wishes import Wishes
from matching.wishes import wish_counts as count_wishes
from models.listings import ListedChild, Listing
from privacy.generalising import FEWEST_ALIKE, in_fives

Pool = Mapping[tuple[str, str, str], int]

_DROPPED: tuple[tuple[str, ...], ...] = ((), ("sex",), ("league",), ("stage", "until"))


@dataclass(frozen=True, slots=True)
class Counted:
    """How many wait and fit, and what each wish takes away; `left_out` are wishes not counted by.

    `fit` is None when even the whole list is too short to be counted.
    """

    pool: int
    fit: int | None
    takes_away: Mapping[str, int]
    left_out: tuple[str, ...]
    is_listed: bool


def wish_counts(session: Session, wishes: Wishes) -> Counted:
    """Count who fits, by as many of the wishes as at least five children fit."""
    pool = _pool(session)
    is_listed = bool(pool) or session.scalar(select(func.count(Listing.id))) != 0
    return answer(pool, wishes, is_listed=is_listed)


def answer(pool: Pool, wishes: Wishes, *, is_listed: bool) -> Counted:
    """Answer one question of a pool of (league, stage, sex): five fit in truth and in steps."""
    exact, steps = _by_sex(pool), _by_sex(in_fives(pool))
    given = [name for name in ("sex", "league", "stage", "until") if getattr(wishes, name)]
    left_out: tuple[str, ...] = ()
    for dropped in _DROPPED:
        left_out += tuple(name for name in dropped if name in given)
        rest = replace(wishes, **dict.fromkeys(left_out))
        found = count_wishes(steps, rest)
        if min(found.fit, count_wishes(exact, rest).fit) >= FEWEST_ALIKE:
            return Counted(found.pool, found.fit, found.takes_away, left_out, is_listed)
    return Counted(0, None, {}, tuple(given), is_listed)


def _by_sex(pool: Pool) -> dict[tuple[str, str, str], int]:
    return {(sex, stage, league): count for (league, stage, sex), count in pool.items()}


def _pool(session: Session) -> Pool:
    """Count the waiting children by league, stage and sex."""
    one = ListedChild
    columns = (one.league_code, one.stage, one.sex)
    rows = session.execute(select(*columns, func.count()).where(one.is_waiting).group_by(*columns))
    return {(league, str(stage), str(sex)): count for league, stage, sex, count in rows}
