"""The donor's own page: what he gives, to whom under a code name, and where each instalment is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.children import Child
from models.ledger import Posting
from models.pledges import Match, Pledge, PledgeChange
from models.stipends import Stipend
from privacy.viewers import Viewer
from services import gate, pledges, vault
from services.donor_cards import Month, Sight, Support, support_of, upcoming
from services.gate import Card, Part
from vocabulary import amounts
from vocabulary.dates import today
from vocabulary.enums import (
    AccountKind,
    ChangeKind,
    ChangeStatus,
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
_PLEDGE_REF = Part(Pledge, Pledge.id == Match.pledge_id, ("donor_ref",))


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
    """All that the viewer sees of his pledges, read in a fixed number of statements."""

    on: date
    matches: Sequence[Card]
    starts: Mapping[str, date | None]
    stipends: Sequence[Card]
    changes: Sequence[Card]
    leagues: Mapping[str, str]
    prepaid: Mapping[str, Fen]
    references: Mapping[str, str]
    payments: Mapping[str, list[tuple[date, Fen]]]
    announced: Mapping[str, date]


def home(session: Session, viewer: Viewer, *, now: datetime) -> Home:
    """Return the donor's page; what needs him comes first."""
    order = (Pledge.offered_on.desc(), Pledge.id.desc())
    own = gate.cards(session, viewer, Pledge, order_by=order)
    seen = _look(session, viewer, own, on=today(now))
    cards = [_full(card, seen) for card in own]
    cards.sort(key=lambda card: card["status"] is PledgeStatus.ENDED)
    supports = [support for card in cards for support in card["supports"]]
    arrived = [i for s in supports for i in s.instalments if i["telling"] in _ARRIVED]
    return Home(
        todo=first_thing(cards, on=seen.on),
        pledges=cards,
        supported=sum(support.is_active for support in supports),
        confirmed=sum(i["telling"] in _CONFIRMED for i in arrived),
        handed_fen=Fen(sum(i["amount_fen"] for i in arrived)),
        is_whole=viewer.pledge_id is None,
    )


_CONFIRMED = (Telling.CONFIRMED, Telling.FAMILY_FIRST)
_ARRIVED = (*_CONFIRMED, Telling.HANDED_OVER, Telling.ASKING_FAMILY)


def pledge(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return one pledge as the donor's page shows it. Raises NotFound for another's."""
    card = gate.card(session, viewer, Pledge, Pledge.donor_ref == ref)
    return _full(card, _look(session, viewer, [card], on=today(now)))


def support(
    session: Session, viewer: Viewer, match_ref: str, *, now: datetime
) -> tuple[Card, Support]:
    """Return a pledge and one child in it with every instalment. Raises NotFound for another's."""
    match = gate.card(
        session, viewer, Match, Match.donor_ref == match_ref, parts={"pledge": _PLEDGE_REF}
    )
    if not match.has("pledge"):
        raise NotFound()
    card = pledge(session, viewer, match["pledge"]["donor_ref"], now=now)
    found = next(one for one in card["supports"] if match_ref in one.refs)
    return card, found


def _look(session: Session, viewer: Viewer, own: Sequence[Card], *, on: date) -> _Seen:
    refs = [card["donor_ref"] for card in own]
    ids = select(Pledge.id).where(Pledge.donor_ref.in_(refs))
    mine = Match.pledge_id.in_(ids)
    return _Seen(
        on=on,
        matches=gate.cards(
            session,
            viewer,
            Match,
            parts={
                "pledge": _PLEDGE_REF,
                "child": Part(Child, Child.id == Match.child_id, ("stage", "league_code")),
            },
            where=(mine,),
            order_by=(Match.decided_on, Match.id),
        ),
        starts=_starts(session, refs),
        stipends=gate.cards(
            session,
            viewer,
            Stipend,
            parts={"match": Part(Match, Match.id == Stipend.match_id, ("donor_ref", "rhythm"))},
            where=(Stipend.match_id.in_(select(Match.id).where(mine)),),
            order_by=(Stipend.due_on.desc(), Stipend.id),
        ),
        changes=gate.cards(
            session,
            viewer,
            PledgeChange,
            parts={"pledge": Part(Pledge, Pledge.id == PledgeChange.pledge_id, ("donor_ref",))},
            where=(PledgeChange.pledge_id.in_(ids), PledgeChange.status != ChangeStatus.UNDONE),
            order_by=(PledgeChange.effective_on, PledgeChange.id),
        ),
        leagues=dict(pledges.leagues(session)),
        prepaid=_prepaid(session, refs),
        references=vault.references_of(session, refs),
        payments=vault.payments_of(session, refs),
        announced=vault.announced_of(session, refs),
    )


def _starts(session: Session, refs: Sequence[str]) -> dict[str, date | None]:
    rows = session.execute(
        select(Match.donor_ref, Match.starts_on)
        .join(Pledge, Pledge.id == Match.pledge_id)
        .where(Pledge.donor_ref.in_(refs))
    )
    return {ref: day for ref, day in rows}


def _prepaid(session: Session, refs: Sequence[str]) -> dict[str, Fen]:
    rows = session.execute(
        select(Pledge.donor_ref, func.sum(Posting.amount))
        .join(Posting, Posting.pledge_id == Pledge.id)
        .where(Pledge.donor_ref.in_(refs), Posting.account == AccountKind.PREPAID)
        .group_by(Pledge.donor_ref)
    )
    return {ref: Fen(-total) for ref, total in rows}


def _full(card: Card, seen: _Seen) -> Card:
    """Put everything that hangs on one pledge onto its card."""
    ref = card["donor_ref"]
    sight = _sight_of(card, seen)
    runway = _runway(sight, seen.prepaid.get(ref, Fen(0)))
    waiting = (c for c in sight.changes if c["status"] is ChangeStatus.WAITING)
    supports = _supports(sight, runway)
    return card.and_also(
        monthly_fen=amounts.monthly(card["instalment_fen"], card["rhythm"]),
        reference=seen.references[ref],
        payments=seen.payments.get(ref, []),
        announced_on=_still_announced(seen, ref),
        prepaid_fen=seen.prepaid.get(ref, Fen(0)),
        change=next(waiting, None),
        paused_until=_paused_until(sight),
        runway=runway,
        months_left=months_left(runway.through, on=seen.on),
        supports=supports,
        missing=_missing(card, supports),
    )


def _missing(card: Card, supports: Sequence[Support]) -> int:
    """Count the children still looked for."""
    wanted: int = card["children_wanted"]
    return max(0, wanted - sum(support.is_active for support in supports))


def _sight_of(card: Card, seen: _Seen) -> Sight:
    ref = card["donor_ref"]
    matches = [m for m in seen.matches if m["pledge"]["donor_ref"] == ref]
    refs = {m["donor_ref"] for m in matches}
    return Sight(
        pledge=card,
        matches=matches,
        opened=[s for s in seen.stipends if s["match"]["donor_ref"] in refs],
        changes=[c for c in seen.changes if c["pledge"]["donor_ref"] == ref],
        starts=seen.starts,
        leagues=seen.leagues,
        on=seen.on,
    )


def _still_announced(seen: _Seen, ref: str) -> date | None:
    """Return the day of "I have paid" unless money came in since."""
    said = seen.announced.get(ref)
    came = any(said and day >= said for day, _ in seen.payments.get(ref, []))
    return None if came else said


def _paused_until(sight: Sight) -> date | None:
    if sight.pledge["status"] is not PledgeStatus.PAUSED:
        return None
    applied = [
        c["until_on"]
        for c in sight.changes
        if c["kind"] is ChangeKind.PAUSE and c["status"] is ChangeStatus.APPLIED and c["until_on"]
    ]
    return max(applied, default=None)


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
