"""The night's pairing of volunteers with children: one best total assignment, each asked for 48 hours."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

import matching
from matching.kinds.volunteers import CareNeed
from models.care import CareMatch
from models.children import Child
from models.volunteers import Volunteer
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.care import asking_her, market
from services.pairing import matching_runs
from services.pairing.proposing import ENGINE
from vocabulary.dates import today
from vocabulary.enums import NeedKind
from vocabulary.refs import new_ref

ANSWER_HOURS = 48
DELICATE = NeedKind.PSYCHOLOGICAL.value


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run did; `run_ref` is empty where no child asks for care."""

    run_ref: str = ""
    proposed: int = 0
    unmatched: int = 0
    left_out: int = 0


def propose(session: Session, by: Viewer, *, now: datetime) -> Outcome:
    """Propose volunteers for all open care; what is proposed already stays."""
    require(by, Act.RUN_MATCHING)
    day, taken = today(now), market.live(session)
    asked, found = market.asking(session), market.ready(session)
    needs = market.need_records(session, asked, taken, on=day)
    if not needs:
        return Outcome()
    offers = market.offer_records(session, found, taken, on=day)
    run_ref = new_ref("matching_run")
    seed = matching_runs.seed_of(run_ref)
    plan = matching.propose(needs, offers, kind=matching.VOLUNTEERS, seed=seed)
    made = _keep_all(session, plan.pairs, needs, asked, found, run_ref=run_ref, now=now)
    proof = matching_runs.keep(session, plan, run_ref, now=now)
    _tell(session, by, made, run_ref=run_ref, proof=proof, now=now)
    left_out = len(asked) - len(needs) + len(found) - len(offers)
    return Outcome(run_ref, len(made), len(plan.unmatched_needs), left_out)


def _keep_all(
    session: Session,
    pairs: Iterable[matching.Pair],
    needs: Sequence[CareNeed],
    asked: Sequence[market.Asking],
    found: Sequence[Volunteer],
    *,
    run_ref: str,
    now: datetime,
) -> list[CareMatch]:
    records = {need.code: need for need in needs}
    children = {one.child.ref: one.child for one in asked}
    volunteers = {one.ref: one for one in found}
    made = [
        _match(
            records[pair.need],
            children[pair.need],
            volunteers[pair.offer],
            now=now,
            parts=[part.as_dict() for part in pair.parts],
            proposed_by=ENGINE,
            run_ref=run_ref,
            score=pair.score,
            runners_up=_runners_up(pair),
        )
        for pair in pairs
    ]
    session.add_all(made)
    session.flush()
    return made


def _runners_up(pair: matching.Pair) -> list[dict[str, object]]:
    """Keep the next best of both sides, with what each lacked."""
    others = [{"side": "child"} | _discreet(other.as_dict()) for other in pair.next_needs]
    return others + [{"side": "volunteer"} | _discreet(one.as_dict()) for one in pair.next_offers]


def _discreet(other: Mapping[str, Any]) -> dict[str, Any]:
    return {**other, "lacks": [without_delicate(lack) for lack in other["lacks"]]}


def without_delicate(part: Mapping[str, Any]) -> dict[str, Any]:
    """Take out of a reason what only a child's own case workers know of it."""
    named = {"met", "asked"} & part.keys()
    return {**part, **{name: [one for one in part[name] if one != DELICATE] for name in named}}


def _match(
    need: CareNeed,
    child: Child,
    volunteer: Volunteer,
    *,
    now: datetime,
    parts: Sequence[Mapping[str, Any]],
    **why: object,
) -> CareMatch:
    skill = next(part for part in parts if part["factor"] == "skill")
    is_delicate = DELICATE in skill["met"]
    return CareMatch(
        volunteer_id=volunteer.id,
        child_id=child.id,
        kinds=sorted(skill["met"]),
        is_delicate=is_delicate,
        family=need.family,
        proposed_on=today(now),
        answer_by=now + timedelta(hours=ANSWER_HOURS),
        reasons=[dict(part) if is_delicate else without_delicate(part) for part in parts],
        about=_about(child, parts, kinds=sorted(skill["met"])),
        **why,
    )


def _about(
    child: Child, parts: Sequence[Mapping[str, Any]], *, kinds: Sequence[str]
) -> dict[str, Any]:
    """Return all that she reads before two of the staff agreed: bands, never who it is."""
    of = {part["factor"]: part for part in parts}
    return {
        "kinds": [*kinds],
        "stage": child.stage.value,
        "language": of["language"]["language"],
        "same_township": of["distance"]["same_township"],
        "km": of["distance"]["km"],
    }


def _tell(
    session: Session,
    by: Viewer,
    made: Sequence[CareMatch],
    *,
    run_ref: str,
    proof: str,
    now: datetime,
) -> None:
    """Trace the run as one act, its proof named; ask each volunteer."""
    digest = hashlib.sha256("\n".join(sorted(one.ref for one in made)).encode()).hexdigest()
    detail = {"count": len(made), "digest": digest, "proof": proof}
    subject = f"matching_run:{run_ref}"
    trace.record(session, by, "care.propose", subject, now=now, detail=detail)
    asking_her.ask(session, made, now=now)
