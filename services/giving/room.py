"""How much room a child's need has for what its donor wants to give, and what a cut leaves open."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.kinds.pledges import listed_at_most
from models.children import Child, Need
from models.pledges import Match, Pledge
from privacy.permissions import CASE_STAFF
from services.notices import notices
from services.pairing import market
from services.pledges import terms
from vocabulary import amounts
from vocabulary.enums import MatchStatus, NoticeKind, Rhythm
from vocabulary.money import UNIT, Fen
from vocabulary.schedule import STEP_MONTHS


class Terms(NamedTuple):
    """What a pledge gives: a sum for each due day of a rhythm."""

    instalment: Fen
    rhythm: Rhythm

    @property
    def monthly(self) -> Fen:
        """Return what it is a month."""
        return amounts.monthly(self.instalment, self.rhythm)


def share_of(match: Match, old_sum: Fen, to: Terms) -> Fen:
    """Return a match's part of new terms, a listed sum; a part of a need stays about that part."""
    if match.instalment_fen >= old_sum:
        return to.instalment
    months = STEP_MONTHS[to.rhythm]
    share = to.instalment * match.instalment_fen // old_sum
    return Fen(max(1, listed_at_most(share // (UNIT * months))) * UNIT * months)


def fits(session: Session, pledge: Pledge, to: Terms) -> bool:
    """Say whether no child of a pledge would get more than its need has room for beside others.

    What does not grow always fits: a need that was lowered meanwhile takes nothing from anybody.
    """
    live = select(Match).where(
        Match.pledge_id == pledge.id, Match.status == MatchStatus.ACTIVE, market.IS_GIVEN
    )
    return all(_fits(session, match, pledge, to) for match in session.scalars(live).all())


def _fits(session: Session, match: Match, pledge: Pledge, to: Terms) -> bool:
    wanted = terms.units_for(share_of(match, pledge.instalment_fen, to), to.rhythm)
    if wanted <= terms.units_for(match.instalment_fen, match.rhythm):
        return True
    need = session.get(Need, match.need_id) if match.need_id else None
    return need is None or wanted <= _units_of(need) - _covered(session, need, but=match)


def _units_of(need: Need) -> int:
    return (need.monthly_fen or 0) // UNIT


def _covered(session: Session, need: Need, *, but: Match | None = None) -> int:
    """Add up the units that sponsors cover of a need, all but one of them."""
    rows = session.execute(
        select(Match.id, Match.instalment_fen, Match.rhythm).where(
            Match.need_id == need.id, market.IS_LIVE, market.is_cover()
        )
    )
    left_out = but.id if but is not None else None
    return sum(terms.units_for(fen, rhythm) for key, fen, rhythm in rows if key != left_out)


def tell_of_cut(session: Session, match: Match, old_units: int, *, now: datetime) -> None:
    """Tell the child's case staff that a sponsor gives less now and part of the need is open."""
    if terms.units_for(match.instalment_fen, match.rhythm) >= old_units:
        return
    if open_units(session, match) > 0:
        code = session.get_one(Child, match.child_id).region_code
        kind, subject = NoticeKind.COVER_REDUCED, f"cover:{match.child_ref}"
        notices.to_roles(session, sorted(CASE_STAFF), code, kind, subject, now=now)


def open_units(session: Session, match: Match) -> int:
    """Return how much of a match's need nobody covers."""
    need = session.get(Need, match.need_id) if match.need_id else None
    return 0 if need is None else max(0, _units_of(need) - _covered(session, need))
