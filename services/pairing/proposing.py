"""Proposes pairs: the nightly run over the whole market, or one pair by hand."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

import matching
from models.children import Child, Need
from models.pledges import Match, Pledge, Recusal
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.children.code_names import new_code_name
from services.gate import Card
from services.notices import notices
from services.pairing import fitting, market, matching_runs
from services.pairing.market import NeedOfChild
from services.pledges import terms
from vocabulary.dates import today
from vocabulary.enums import NoticeKind, Role
from vocabulary.errors import SteppedAside
from vocabulary.money import UNIT
from vocabulary.refs import new_ref

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
ENGINE = "engine"
"""Who proposed what the run found, whoever started it: the engine is nobody (law 8)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run did."""

    run_ref: str
    proposed: int
    unmatched_needs: int
    unplaced_pledges: int
    left_out: int


def propose(session: Session, by: Viewer, *, now: datetime) -> Outcome:
    """Propose the best total assignment of all that is open; what is proposed already stays.

    The whole region is one market, whoever starts the run: no banner is served before another.
    """
    require(by, Act.RUN_MATCHING)
    day = today(now)
    pledges, needs = market.open_pledges(session), market.open_needs(session)
    offers = market.offer_records(session, pledges, on=day)
    wanted = _one_a_child(market.need_records(session, needs, on=day), needs)
    run_ref = new_ref("matching_run")
    plan = matching.propose(wanted, offers, seed=matching_runs.seed_of(run_ref))
    made = _keep_all(session, plan.pairs, pledges, needs, run_ref=run_ref, now=now)
    proof = matching_runs.keep(session, plan, run_ref, now=now)
    _tell(session, by, made, needs, run_ref=run_ref, proof=proof, now=now)
    left_out = len(needs) - len(wanted) + len(pledges) - len(offers)
    unmatched, unplaced = len(plan.unmatched_needs), len(plan.unplaced_offers)
    return Outcome(run_ref, len(made), unmatched, unplaced, left_out)


def _one_a_child(
    records: Iterable[matching.Need], needs: Iterable[NeedOfChild]
) -> list[matching.Need]:
    """Keep one open need per child a run: a pledge is never paired with the same child twice."""
    child_of = {need.ref: child.id for need, child in needs}
    first: dict[int, matching.Need] = {}
    for record in records:
        known = first.get(child_of[record.code])
        if known is None or known.units_open == 0:
            first[child_of[record.code]] = record
    return list(first.values())


def _keep_all(
    session: Session,
    pairs: Iterable[matching.Pair],
    pledges: Iterable[Pledge],
    needs: Iterable[NeedOfChild],
    *,
    run_ref: str,
    now: datetime,
) -> list[Match]:
    by_code = {pledge.code: pledge for pledge in pledges}
    by_ref = {need.ref: (need, child) for need, child in needs}
    made = [
        _match(
            session,
            by_code[pair.offer],
            *by_ref[pair.need],
            day=today(now),
            units=pair.units,
            proposed_by=ENGINE,
            run_ref=run_ref,
            score=pair.score,
            fit=[part.as_dict() for part in pair.parts],
            runners_up=_runners_up(pair),
        )
        for pair in pairs
    ]
    session.flush()
    return made


def _runners_up(pair: matching.Pair) -> list[dict[str, object]]:
    """Keep the next best of both sides, with what each lacked."""
    others = [{"side": "child"} | other.as_dict() for other in pair.next_needs]
    return others + [{"side": "pledge"} | other.as_dict() for other in pair.next_offers]


def _match(
    session: Session,
    pledge: Pledge,
    need: Need,
    child: Child,
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


def _tell(
    session: Session,
    by: Viewer,
    made: list[Match],
    needs: Iterable[NeedOfChild],
    *,
    run_ref: str,
    proof: str,
    now: datetime,
) -> None:
    """Trace the run as one act, its proof named; tell the approvers of its banners."""
    digest = hashlib.sha256("\n".join(sorted(m.child_ref for m in made)).encode()).hexdigest()
    detail = {"count": len(made), "digest": digest, "proof": proof}
    subject = f"matching_run:{run_ref}"
    trace.record(session, by, "match.propose", subject, now=now, detail=detail)
    banner_of = {child.id: child.banner_code for _, child in needs}
    for banner in sorted({banner_of[match.child_id] for match in made}):
        kind = NoticeKind.PROPOSALS_WAIT
        notices.to_roles(session, (Role.APPROVER,), banner, kind, subject, now=now)


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
    offers = market.offer_records(session, pledges, on=today(now))
    return [
        Card(
            {
                "ref": record.code,
                "open_fen": record.units_open * UNIT,
                "pledges": _pledges(session, viewer, _best(record, offers)),
                "waiting": len(offers),
                "removed": [asdict(one) for one in matching.removed_by(record, offers)],
            }
        )
        for record in market.need_records(session, pairs, on=today(now))
    ]


def _best(need: matching.Need, offers: Iterable[matching.Offer]) -> list[str]:
    weights = matching.stated(matching.PLEDGES)
    fits = [offer for offer in offers if not matching.broken(need, offer)]
    fits.sort(key=lambda offer: (-matching.score_of(need, offer, weights), offer.code))
    return [offer.code for offer in fits[:SHOWN]]


def _pledges(session: Session, viewer: Viewer, codes: Sequence[str]) -> list[Card]:
    found = gate.cards(session, viewer, Pledge, fields=_SHOWN_OF, where=(Pledge.code.in_(codes),))
    return sorted(found, key=lambda card: codes.index(card["code"]))
