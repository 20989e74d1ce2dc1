"""A swap by hand: another pledge for a proposed child, and what the whole loses by it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching.regret import forced
from models.children import Child, Need
from models.matching_runs import MatchingRun
from models.pledges import Match, Pledge
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card
from services.lifecycle import advance
from services.pairing import approvals, fitting, matching_runs, proposing
from services.pairing.market import IS_LIVE
from vocabulary.dates import today
from vocabulary.enums import MatchStatus
from vocabulary.errors import AlreadyDecided, NoPlaceLeft, Refused, SteppedAside

_SWAPPED = "swapped by hand"


@dataclass(frozen=True, slots=True)
class Way:
    """A swap that can be made: the proposal that moves, and the one that gives way where it must."""

    match: Match
    gives_way: Match | None

    @property
    def moved(self) -> list[Match]:
        """Both, the one that gives way last."""
        return [self.match, *([self.gives_way] if self.gives_way else [])]


def way(session: Session, by: Viewer, ref: str, code: str, *, now: datetime) -> Way:
    """Return how a proposed child gets another pledge: what a page offers and a click makes.

    Raises AlreadyDecided, SteppedAside, NotFound, NoConsent or NoLongerFits, and NoPlaceLeft where
    the other pledge's places are taken by what cannot move.
    """
    require(by, Act.RUN_MATCHING)
    match = gate.row(session, by, Match, Match.child_ref == ref)
    if match.status is not MatchStatus.PROPOSED:
        raise AlreadyDecided()
    pledge, gives_way = _other_side(session, by, ref, code)
    found = Way(match, gives_way)
    if any(proposing.is_aside(session, by, one.child_id) for one in found.moved):
        raise SteppedAside()
    need, child = session.get_one(Need, match.need_id), session.get_one(Child, match.child_id)
    pair = fitting.Pair(need, child, pledge)
    fitting.fit_anew(session, pair, on=today(now), but=[one.id for one in found.moved])
    return found


def may(session: Session, by: Viewer, ref: str, code: str, *, now: datetime) -> bool:
    """Say whether a swap can be made, by the very rule that makes it."""
    try:
        way(session, by, ref, code, now=now)
    except Refused:
        return False
    return True


def foresee(session: Session, viewer: Viewer, ref: str, code: str, *, now: datetime) -> Card:
    """Return {match, code, other, cost} of a swap: `other` is the proposal that would give way.

    `cost` is {points, is_exact}; None where no run weighed the pair. Raises as `way`, RunDamaged.
    """
    gives_way = way(session, viewer, ref, code, now=now).gives_way
    card = approvals.detail(session, viewer, ref)
    other = approvals.detail(session, viewer, gives_way.child_ref) if gives_way else None
    cost = _cost(session, ref, card["need"]["ref"], code)
    return Card({"match": card, "code": code, "other": other, "cost": cost})


def _cost(session: Session, ref: str, need_ref: str, code: str) -> Card | None:
    run_ref = select(Match.run_ref).where(Match.child_ref == ref).scalar_subquery()
    run = session.scalar(select(MatchingRun).where(MatchingRun.ref == run_ref))
    if run is None:
        return None
    proof = matching_runs.certificate_of(run)
    ends = ((proof.needs, need_ref), (proof.offers, code))
    if not all(one.encode() in side.texts("code") for side, one in ends):
        return None
    lost = forced(proof, need_ref, code)
    return Card({"points": lost.points, "is_exact": lost.is_exact})


def _other_side(session: Session, by: Viewer, ref: str, code: str) -> tuple[Pledge, Match | None]:
    """Return the other pledge, and which of its proposals gives way where it has no place left.

    Of several the one of least score, then by ref; only one whose child the viewer's staff have.
    """
    pledge = gate.row(session, by, Pledge, Pledge.code == code)
    held = session.scalar(select(func.count(Match.id)).where(Match.pledge_id == pledge.id, IS_LIVE))
    if (held or 0) < pledge.children_wanted:
        return pledge, None
    movable = gate.rows(
        session,
        by,
        Match,
        Match.pledge_id == pledge.id,
        Match.status == MatchStatus.PROPOSED,
        Match.child_ref != ref,
        order_by=(Match.score, Match.child_ref),
    )
    if not movable:
        raise NoPlaceLeft(rules=["place"])
    return pledge, movable[0]


def swap(
    session: Session, by: Viewer, ref: str, code: str, *, note: str, now: datetime
) -> list[str]:
    """Give a proposed child another pledge, and whoever gives way the one that became free.

    Both are proposed by hand, so somebody else decides; where the second does not fit, that child
    is matched anew tonight. Returns the refs of what was proposed. Raises SteppedAside, NotFound,
    AlreadyDecided, NoConsent, NoPlaceLeft or NoLongerFits, and then nothing has moved.
    """
    found = way(session, by, ref, code, now=now)
    freed = session.get_one(Pledge, found.match.pledge_id).code
    for one in found.moved:
        _take_back(session, by, one, now=now)
    made = [_propose(session, by, found.match, code, note=note, now=now)]
    if found.gives_way is not None:
        made += _try(session, by, found.gives_way, freed, note=note, now=now)
    return made


def _take_back(session: Session, by: Viewer, match: Match, *, now: datetime) -> None:
    advance(session, match, MatchStatus.LAPSED, by=by, now=now, reason=_SWAPPED)
    match.decided_by, match.decided_on = by.actor, today(now)
    session.flush()
    trace.record(session, by, "match.swap", f"match:{match.child_ref}", now=now)


def _propose(
    session: Session, by: Viewer, match: Match, code: str, *, note: str, now: datetime
) -> str:
    return proposing.propose_pair(
        session,
        by,
        pledge_code=code,
        child_ref=session.get_one(Child, match.child_id).ref,
        need_ref=session.get_one(Need, match.need_id).ref,
        note=note,
        now=now,
    )


def _try(
    session: Session, by: Viewer, match: Match, code: str, *, note: str, now: datetime
) -> list[str]:
    """Propose the way back; a refusal leaves that child to tonight's run."""
    try:
        with session.begin_nested():
            return [_propose(session, by, match, code, note=note, now=now)]
    except Refused:
        return []
