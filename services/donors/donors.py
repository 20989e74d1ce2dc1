"""The donor's own page: what he gives, to whom under a code name, and where each instalment is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from models.base import Condition
from models.giving import GiftWish
from models.listings import ListedChild
from models.pledges import Match, Pledge, PledgeChange
from models.regions import Region
from models.stipends import Stipend
from privacy.viewers import Viewer
from services import gate
from services.donors.donor_cards import Month, Sight, Support, support_of, upcoming
from services.gate import Card, Part, Wanted
from services.vault import purses
from services.vault.purses import Purse
from vocabulary import amounts
from vocabulary.dates import today
from vocabulary.enums import (
    ChangeKind,
    ChangeStatus,
    GiftStatus,
    MatchStatus,
    PledgeKind,
    PledgeStatus,
)
from vocabulary.errors import NotFound
from vocabulary.money import Fen
from vocabulary.runway import Runway, last_month, months_left, reach
from vocabulary.telling import Telling
from vocabulary.todo import Todo, first_thing

__all__ = ["Home", "Month", "Support", "home", "pledge", "support"]

_LIVE = (PledgeStatus.CONFIRMED, PledgeStatus.PAUSED, PledgeStatus.ENDING)
_CHANGE = Part(
    PledgeChange,
    and_(PledgeChange.pledge_id == Pledge.id, PledgeChange.status != ChangeStatus.UNDONE),
)
_SUPPORTED = {
    "pledge": Part(Pledge, Pledge.id == Match.pledge_id, ("donor_ref",)),
    "listed": Part(
        ListedChild, ListedChild.child_id == Match.child_id, ("shown_stage", "risen_on")
    ),
    "league": Part(Region, Region.code == ListedChild.shown_league, ("name",)),
    "stipend": Part(Stipend, Stipend.match_id == Match.id),
    "wish": Part(
        GiftWish,
        and_(
            GiftWish.pledge_id == Match.pledge_id,
            GiftWish.child_id == Match.child_id,
            GiftWish.status == GiftStatus.WAITING,
            Match.status == MatchStatus.ACTIVE,
        ),
        ("ref", "amount_fen", "occasion", "due_on"),
    ),
}


class By(Enum):
    """How many pledges are looked at: all of the donor's, one by its ref, one by its match's."""

    DONOR = auto()
    PLEDGE = auto()
    MATCH = auto()


_REF: Any = bindparam("ref")
_WHICH: Mapping[By, tuple[Condition, ...]] = {
    By.DONOR: (),
    By.PLEDGE: (Pledge.donor_ref == _REF,),
    By.MATCH: (Pledge.id.in_(select(Match.pledge_id).where(Match.donor_ref == _REF)),),
}


@dataclass(frozen=True, slots=True)
class Home:
    """The first line, the numbers, and a card for each pledge."""

    todo: Todo
    pledges: Sequence[Card]
    supported: int
    confirmed: int
    handed_fen: Fen
    is_whole: bool


@dataclass(frozen=True, slots=True)
class _Seen:
    """All that the viewer sees of his pledges: three statements, however many there are."""

    on: date
    pledges: Sequence[Card]
    changes: Mapping[str, Sequence[Card]]
    supported: Mapping[str, Sequence[Card]]
    purses: Mapping[str, Purse]


def home(session: Session, viewer: Viewer, *, now: datetime) -> Home:
    """Return the donor's page; what needs him comes first."""
    seen = _look(session, viewer, By.DONOR, on=today(now))
    cards = [_full(card, seen) for card in seen.pledges]
    cards.sort(key=lambda card: card["status"] is PledgeStatus.ENDED)
    supports = [support for card in cards for support in card["supports"]]
    # What the gap fund paid and he has not paid back is none of his.
    his = (i for s in supports for i in s.instalments if i["received_on"])
    arrived = [i for i in his if i["telling"] in _ARRIVED]
    return Home(
        todo=first_thing(cards, on=seen.on),
        pledges=cards,
        supported=sum(support.is_active for support in supports),
        confirmed=sum(i["telling"] in _CONFIRMED for i in arrived),
        handed_fen=Fen(sum(i["amount_fen"] for i in arrived)),
        is_whole=viewer.pledge_id is None,
    )


_CONFIRMED = (Telling.CONFIRMED, Telling.FAMILY_FIRST, Telling.MADE_GOOD)
_ARRIVED = (
    *_CONFIRMED,
    Telling.HANDED_OVER,
    Telling.ASKING_FAMILY,
    Telling.FAMILY_SILENT,
)


def pledge(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return one pledge as the donor's page shows it. Raises NotFound for another's."""
    return _only(session, viewer, By.PLEDGE, ref, on=today(now))


def support(
    session: Session, viewer: Viewer, match_ref: str, *, now: datetime
) -> tuple[Card, Support]:
    """Return a pledge and one child in it with every instalment. Raises NotFound for another's."""
    card = _only(session, viewer, By.MATCH, match_ref, on=today(now))
    for found in card["supports"]:
        if match_ref in found.refs:
            return card, found
    raise NotFound()


def _only(session: Session, viewer: Viewer, by: By, ref: str, *, on: date) -> Card:
    seen = _look(session, viewer, by, ref, on=on)
    if len(seen.pledges) != 1:
        raise NotFound()
    return _full(seen.pledges[0], seen)


@gate.written_once
def _own(_viewer: Viewer, by: By) -> Wanted:
    return Wanted(
        Pledge,
        parts={"change": _CHANGE},
        where=_WHICH[by],
        order_by=(
            Pledge.offered_on.desc(),
            Pledge.id.desc(),
            PledgeChange.effective_on,
            PledgeChange.id,
        ),
    )


@gate.written_once
def _supported(_viewer: Viewer, by: By) -> Wanted:
    which = Match.pledge_id.in_(select(Pledge.id).where(*_WHICH[by]))
    return Wanted(
        Match,
        parts=_SUPPORTED,
        where=() if by is By.DONOR else (which,),
        order_by=(Match.decided_on, Match.id, Stipend.due_on.desc(), Stipend.id),
    )


def _look(session: Session, viewer: Viewer, by: By, ref: str = "", *, on: date) -> _Seen:
    given = {} if by is By.DONOR else {"ref": ref}
    rows = gate.ask(session, viewer, _own(viewer, by), **given)
    supported = gate.ask(session, viewer, _supported(viewer, by), **given)
    own = {row["donor_ref"]: row for row in rows}
    changed = [row for row in rows if row.has("change")]
    return _Seen(
        on=on,
        pledges=list(own.values()),
        changes={ref: [r["change"] for r in changed if r["donor_ref"] == ref] for ref in own},
        supported={ref: [r for r in supported if r["pledge"]["donor_ref"] == ref] for ref in own},
        purses=purses.of_pledges(session, own.keys()),
    )


def _full(card: Card, seen: _Seen) -> Card:
    """Put everything that hangs on one pledge onto its card."""
    purse = seen.purses[card["donor_ref"]]
    sight = _sight_of(card, seen)
    runway = _runway(sight, purse.prepaid)
    waiting = (c for c in sight.changes if c["status"] is ChangeStatus.WAITING)
    supports = _supports(sight, runway)
    return card.and_also(
        monthly_fen=amounts.monthly(card["instalment_fen"], card["rhythm"]),
        reference=purse.reference,
        payments=purse.payments,
        announced_on=purse.still_announced_on(seen.on),
        prepaid_fen=purse.prepaid,
        rest_fen=purse.rest,
        rest_is_paying=purse.is_paying,
        change=next(waiting, None),
        paused_until=_paused_until(sight),
        runway=runway,
        months_left=months_left(runway.through, on=seen.on),
        supports=supports,
        missing=_missing(card, supports),
        is_restricted=purse.is_restricted,
        has_move=purse.has_move,
        is_group=purse.is_group,
    )


def _missing(card: Card, supports: Sequence[Support]) -> int:
    """Count the children still looked for."""
    wanted: int = card["children_wanted"]
    return max(0, wanted - sum(support.is_active for support in supports))


def _sight_of(card: Card, seen: _Seen) -> Sight:
    ref = card["donor_ref"]
    rows = seen.supported[ref]
    opened = [row["stipend"].and_also(match=row) for row in rows if row.has("stipend")]
    return Sight(
        pledge=card,
        matches=list({row["donor_ref"]: row for row in rows}.values()),
        opened=sorted(opened, key=lambda one: one["due_on"], reverse=True),
        changes=seen.changes[ref],
        on=seen.on,
    )


def _paused_until(sight: Sight) -> date | None:
    if sight.pledge["status"] is not PledgeStatus.PAUSED:
        return None
    applied = [
        c["until_on"]
        for c in sight.changes
        if c["kind"] is ChangeKind.PAUSE and c["status"] is ChangeStatus.APPLIED and c["until_on"]
    ]
    return min(max(applied), sight.resumes_on) if applied else None


def _runway(sight: Sight, prepaid: Fen) -> Runway:
    paid = [last_month(s["due_on"], s["match"]["rhythm"]) for s in sight.opened if s["received_on"]]
    is_child = sight.pledge["kind"] is PledgeKind.CHILD and sight.pledge["status"] in _LIVE
    dues = upcoming(sight) if is_child else []
    return reach(prepaid, dues, paid_through=max(paid, default=None))


def _supports(sight: Sight, runway: Runway) -> list[Support]:
    """Gather the matches of one pair (new terms begin a new match) under its code name."""
    pairs: dict[str, list[Card]] = {}
    for match in sight.matches:
        pairs.setdefault(match["code_name"], []).append(match)
    found = [support_of(sight, pair, runway) for pair in pairs.values()]
    return sorted(found, key=lambda s: not s.is_active)
