"""Proposes pairs of pledges and needs: what a run found, or one pair by hand."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, and_, not_, select
from sqlalchemy.orm import Session

import matching
from matching.tables import Table
from models.children import Child, Need
from models.pledges import Match, Pledge, Recusal
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.children.code_names import new_code_name
from services.gate import Card
from services.lifecycle import advance
from services.notices import notices
from services.pairing import fitting, market, policies
from services.pairing.gathered import ENGINE, MATCHED_ANEW, Found, Gathered, Side, batched
from services.pairing.market import NeedOfChild
from services.pledges import terms
from vocabulary.dates import today
from vocabulary.enums import MatchStatus, NoticeKind, Role
from vocabulary.errors import SteppedAside
from vocabulary.money import UNIT

DECIDE_DAYS = 5
"""Days within which staff should decide; after that a proposal is overdue."""
LAPSE_DAYS = 7
"""Days after which an undecided proposal lapses and frees both sides."""
SHOWN = 20
"""Fitting pledges to choose from when a pair is proposed by hand."""
_SHOWN_OF = (
    "code", "instalment_fen", "rhythm", "until", "until_count", "wish_sex", "wish_stage",
    "wish_league",
)  # fmt: skip
BANNER_DIGITS = 6


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows behind the records, by the codes that the engine knows."""

    pledges: dict[str, Any]
    needs: dict[str, NeedOfChild]


def gather(session: Session, day: date, banner: str | None) -> Gathered:
    """Read all that is open, the whole region one market: no banner is served before another.

    What stands stays, but for the engine's own undecided proposals in a banner matched anew.
    """
    live = market.IS_LIVE if banner is None else and_(market.IS_LIVE, not_(_movable(banner)))
    pledges, needs = market.open_pledges(session, live=live), market.open_needs(session)
    offers = market.offer_records(session, pledges, on=day, live=live)
    standing = _standing(session, banner) if banner else []
    records = market.need_records(session, needs, on=day, live=live)
    wanted = _one_a_child(records, needs, {made.need for made in standing})
    rows = _Rows({one.code: one for one in pledges}, {need.ref: (need, c) for need, c in needs})
    left_out = len(needs) - len(wanted) + len(pledges) - len(offers)
    return Gathered(wanted, offers, standing, rows, left_out)


def _movable(banner: str) -> ColumnElement[bool]:
    """Say which proposals of a banner may move: undecided, and nobody's but the engine's."""
    return and_(
        Match.status == MatchStatus.PROPOSED,
        Match.proposed_by == ENGINE,
        Match.region_code.startswith(banner[:BANNER_DIGITS]),
    )


def _standing(session: Session, banner: str) -> list[matching.Made]:
    asked = (
        select(Need.ref, Pledge.code, Match.instalment_fen, Match.rhythm)
        .join(Need, Need.id == Match.need_id)
        .join(Pledge, Pledge.id == Match.pledge_id)
        .where(_movable(banner))
        .order_by(Match.id)
    )
    return [
        matching.Made(need, code, terms.units_for(fen, rhythm))
        for need, code, fen, rhythm in session.execute(asked)
    ]


def _one_a_child(records: Table, needs: Iterable[NeedOfChild], proposed: set[str]) -> Table:
    """Keep one open need per child a run: a pledge is never paired with the same child twice."""
    child_of = {need.ref: child.id for need, child in needs}
    first: dict[int, tuple[int, int]] = {}
    facts = zip(records.values("code"), records.numbers("units_open").tolist(), strict=True)
    for row, (code, units_open) in enumerate(facts):
        known = first.get(child_of[code])
        if known is None or known[1] == 0 or code in proposed:
            first[child_of[code]] = row, units_open
    return records.rows(np.array([row for row, _ in first.values()], dtype=np.int64))


def _make(
    session: Session, gathered: Gathered, found: Sequence[Found], run_ref: str, now: datetime
) -> list[Match]:
    rows: _Rows = gathered.rows
    made = [
        _match(
            session,
            rows.pledges[pair.offer],
            *rows.needs[pair.need],
            day=today(now),
            units=pair.units,
            proposed_by=ENGINE,
            run_ref=run_ref,
            score=pair.score,
            fit=[*pair.parts],
            runners_up=[*pair.others],
        )
        for pair in found
    ]
    session.flush()
    return made


def _take_back(session: Session, by: Viewer, made: matching.Made, now: datetime) -> None:
    asked = (
        select(Match)
        .join(Need, Need.id == Match.need_id)
        .join(Pledge, Pledge.id == Match.pledge_id)
        .where(
            Need.ref == made.need, Pledge.code == made.offer, Match.status == MatchStatus.PROPOSED
        )
    )
    for match in session.scalars(asked).all():
        advance(session, match, MatchStatus.LAPSED, by=by, now=now, reason=MATCHED_ANEW)
        match.decided_on = today(now)
        session.flush()


def _tell(session: Session, made: Sequence[Match], run_ref: str, now: datetime) -> None:
    """Tell the approvers of the banners that have proposals now."""
    asked, keys = select(Child.banner_code).distinct(), [one.child_id for one in made]
    banners = (
        banner
        for some in batched(keys)
        for banner in session.scalars(asked.where(Child.id.in_(some)))
    )
    kind, subject = NoticeKind.PROPOSALS_WAIT, f"matching_run:{run_ref}"
    for banner in sorted(set(banners)):
        notices.to_roles(session, (Role.APPROVER,), banner, kind, subject, now=now)


def _match(
    session: Session,
    pledge: Any,
    need: Any,
    child: Any,
    *,
    day: date,
    units: int,
    fit: list[dict[str, object]],
    **why: object,
) -> Match:
    match = Match(
        pledge_id=pledge.id,
        child_id=child.id,
        need_id=need.id,
        region_code=child.region_code,
        instalment_fen=terms.instalment_for(pledge, units),
        rhythm=pledge.rhythm,
        code_name=new_code_name(session, pledge.id),
        proposed_on=day,
        decide_by=day + timedelta(days=DECIDE_DAYS),
        reasons=fit,
        best_reason=matching.best_of(fit),
        **why,
    )
    session.add(match)
    return match


SIDE = Side(
    kind=matching.PLEDGES,
    act="match.propose",
    gather=gather,
    make=_make,
    take_back=_take_back,
    tell=_tell,
)


def propose_pair(
    session: Session,
    by: Viewer,
    *,
    pledge_code: str,
    child_ref: str,
    need_ref: str,
    note: str | None = None,
    now: datetime,
) -> str:
    """Propose a pair by hand, under the same hard rules, with why; return its ref.

    Whoever does so may not approve it. Raises NoConsent, NoLongerFits, or SteppedAside for who
    declared an own part in this child's matches.
    """
    require(by, Act.RUN_MATCHING)
    child = gate.row(session, by, Child, Child.ref == child_ref)
    if is_aside(session, by, child.id):
        raise SteppedAside()
    need = gate.row(session, by, Need, Need.ref == need_ref, Need.child_id == child.id)
    pledge = gate.row(session, by, Pledge, Pledge.code == pledge_code)
    fit = fitting.fit_anew(session, fitting.Pair(need, child, pledge), on=today(now))
    match = _match(
        session,
        pledge,
        need,
        child,
        day=today(now),
        units=fit.units,
        proposed_by=by.actor,
        proposal_note=note,
        score=fit.score,
        fit=fit.reasons,
    )
    session.flush()
    trace.record(session, by, "match.propose", f"match:{match.child_ref}", now=now)
    kind, subject = NoticeKind.PROPOSALS_WAIT, f"match:{match.child_ref}"
    notices.to_roles(session, (Role.APPROVER,), child.banner_code, kind, subject, now=now)
    return match.child_ref


def is_aside(session: Session, by: Viewer, child_id: int) -> bool:
    """Say whether the actor declared an own part in a child's matches (回避)."""
    own = select(Recusal.id).where(Recusal.child_id == child_id, Recusal.actor == by.actor)
    return session.scalar(own) is not None


def choices(session: Session, viewer: Viewer, child_ref: str, *, now: datetime) -> list[Card]:
    """List a child's open financial needs, each with the pledges that fit it, best first.

    The same hard rules as at night; of equal fit the codes' order, which says nothing. `removed`
    says of the `waiting` pledges how many each rule takes, and how many it alone takes.
    """
    require(viewer, Act.RUN_MATCHING)
    child = gate.row(session, viewer, Child, Child.ref == child_ref)
    pairs = market.open_needs(session, Child.id == child.id)
    pledges = market.open_pledges(session)
    offers = list(market.offer_records(session, pledges, on=today(now)))
    return [
        Card(
            {
                "ref": record.code,
                "open_fen": record.units_open * UNIT,
                "pledges": _pledges(session, viewer, _best(session, record, offers)),
                "waiting": len(offers),
                "removed": [asdict(one) for one in matching.removed_by(record, offers)],
            }
        )
        for record in market.need_records(session, pairs, on=today(now))
    ]


def _best(session: Session, need: matching.Need, offers: Iterable[matching.Offer]) -> list[str]:
    weights = policies.weights(session, matching.PLEDGES)
    fits = [offer for offer in offers if not matching.broken(need, offer)]
    fits.sort(key=lambda offer: (-matching.score_of(need, offer, weights), offer.code))
    return [offer.code for offer in fits[:SHOWN]]


def _pledges(session: Session, viewer: Viewer, codes: Sequence[str]) -> list[Card]:
    found = gate.cards(session, viewer, Pledge, fields=_SHOWN_OF, where=(Pledge.code.in_(codes),))
    return sorted(found, key=lambda card: codes.index(card["code"]))
