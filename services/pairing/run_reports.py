"""Whether a matching run was fair: who waits on, group by group, in the viewer's own regions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

import matching
from matching.fairness import FEWEST, Seen, Share, shares
from models.care import CareMatch
from models.children import Child, Need
from models.matching_runs import MatchingRun
from models.pledges import Match
from models.regions import Region
from privacy.permissions import Act, require
from privacy.viewers import Viewer, region_prefix
from services import gate
from services.gate import Card
from services.pairing import matching_runs
from vocabulary.enums import CareStatus, Category, MatchStatus, Role, RunStatus
from vocabulary.errors import RunDamaged

LISTED = 30
EARLIER = 4
"""Runs before this one whose shares stand beside it."""
_AT_ONCE = 500
_REGION = 2
_OPEN_KINDS = ("sex", "stage", "urgency")
_FEW_HIDDEN = ("category", "disability", "ethnicity")
"""Of these a group of fewer than ten is not shown: a colleague would know which child it is."""
FEW_EXPECTED = 5
"""A group of whom fewer than this would have been met like everybody else says nothing (Cochran
1954): one child more or less would turn the verdict."""
_BY_DESIGN = ("urgency",)
"""Who is more urgent comes first on purpose: that the others wait is no finding."""
_ANSWERS = {
    MatchStatus.ACTIVE: True, MatchStatus.ENDED: True, MatchStatus.DECLINED: False
}  # fmt: skip
_CARE_ANSWERS = {
    CareStatus.TRIAL: True,
    CareStatus.ACTIVE: True,
    CareStatus.ENDED: True,
    CareStatus.DECLINED: False,
}


def runs(session: Session, viewer: Viewer) -> list[Card]:
    """List the latest runs, the newest first: day, pairs made, points made and at most possible."""
    require(viewer, Act.SEE_FAIRNESS)
    newest, worth = (MatchingRun.id.desc(),), (MatchingRun.status != RunStatus.EMPTY,)
    return gate.cards(session, viewer, MatchingRun, where=worth, order_by=newest, limit=LISTED)


def notice_facts(session: Session, viewer: Viewer, ref: str, _now: datetime) -> dict[str, str]:
    """Return what a notice about a draft may tell. Raises NotFound once somebody has decided."""
    waits = (MatchingRun.ref == ref, MatchingRun.status == RunStatus.DRAFT)
    card = gate.card(session, viewer, MatchingRun, *waits)
    ran_on = f"{card['ran_on'].month}月{card['ran_on'].day}日"
    return {"ran_on": ran_on, "made": str(card["made"])}


def flagged(session: Session, run: MatchingRun) -> bool:
    """Say whether any group of the whole run fared worse than the threshold allows."""
    seen = _seen(session, ("",), run)
    kinds = ("banner", *_OPEN_KINDS, "disability", "category", "ethnicity")
    return any(row["is_flagged"] for kind in kinds for row in _rows(kind, seen, ()))


def report(session: Session, viewer: Viewer, run_ref: str) -> Card:
    """Return {run, pool, met, kinds: {kind: [share]}} over the needs of the viewer's regions.

    A share is a `Share` with `is_flagged` and `before`, its share met in the runs before. Raises
    NotFound, or RunDamaged.
    """
    require(viewer, Act.SEE_FAIRNESS)
    card = gate.card(session, viewer, MatchingRun, MatchingRun.ref == run_ref)
    run = session.scalars(select(MatchingRun).where(MatchingRun.ref == run_ref)).one()
    if not run.digest:
        return Card({"run": card, "pool": 0, "met": 0, "names": {}, "kinds": {}})
    here, kinds = tuple(region_prefix(code) for code in viewer.regions), kinds_for(viewer)
    seen = _seen(session, here, run)
    before = [one for past in _earlier(session, run) for one in _seen_before(session, here, past)]
    return Card(
        {
            "run": card,
            "pool": len(seen),
            "met": sum(one.is_met for one in seen),
            "names": names(session, {str(at): one.groups for at, one in enumerate(seen)}),
            "kinds": {kind: _rows(kind, seen, before) for kind in kinds},
        }
    )


def kinds_for(viewer: Viewer) -> tuple[str, ...]:
    """Return what is compared; peoples (民族) only in the whole region's own report."""
    is_region = all(len(region_prefix(code)) == _REGION for code in viewer.regions)
    peoples = ("ethnicity",) if is_region and viewer.has(Role.STATISTICS, Role.AUDITOR) else ()
    return ("banner", *_OPEN_KINDS, "disability", "category", *peoples)


def _rows(kind: str, seen: Sequence[Seen], before: Sequence[Seen]) -> list[dict[str, Any]]:
    earlier = {share.group: share for share in shown(kind, before)}
    overall = _overall(kind, seen)
    return [
        asdict(share)
        | {
            "is_flagged": share.is_flagged
            and kind not in _BY_DESIGN
            and share.pool * overall >= FEW_EXPECTED,
            "before": _met(earlier.get(share.group)),
        }
        for share in shown(kind, seen)
    ]


def _overall(kind: str, seen: Sequence[Seen]) -> float:
    every = [one.is_met for one in seen if kind in one.groups]
    return sum(every) / len(every) if every else 0.0


def shown(kind: str, seen: Sequence[Seen]) -> list[Share]:
    """Return the groups of a kind that may be shown.

    Where what is hidden is fewer than ten in all, the smallest that could be shown is hidden with
    it: else the whole less what is shown would tell of it.
    """
    every = shares(seen, kind)
    if kind not in _FEW_HIDDEN:
        return list(every)
    fit = [share for share in every if share.pool >= FEWEST]
    hidden = sum(share.pool for share in every) - sum(share.pool for share in fit)
    if fit and 0 < hidden < FEWEST:
        fit.remove(min(fit, key=lambda share: (share.pool, share.group)))
    return fit


def _met(share: Share | None) -> float | None:
    return share.met / share.pool if share else None


def _earlier(session: Session, run: MatchingRun) -> Iterable[MatchingRun]:
    same = (
        MatchingRun.id < run.id,
        MatchingRun.kind == run.kind,
        MatchingRun.status == RunStatus.RELEASED,
    )
    past = select(MatchingRun).where(*same).order_by(MatchingRun.id.desc())
    return session.scalars(past.limit(EARLIER))


def groups(
    session: Session, here: tuple[str, ...], run: MatchingRun
) -> Mapping[str, Mapping[str, str]]:
    """Return the groups of each open need of a run in the regions named, by its code."""
    proof = matching_runs.certificate_of(run)
    open_ = proof.needs.rows(np.flatnonzero(proof.kind.are_open(proof.needs)))
    needs = [need for need in open_ if need.banner.startswith(here)]
    facts = _facts(session, needs, Child.ref if _is_care(run) else Need.ref)
    return {need.code: _groups(need) | facts.get(need.code, {}) for need in needs}


def _is_care(run: MatchingRun) -> bool:
    return run.kind == matching.VOLUNTEERS.name


def _seen(session: Session, here: tuple[str, ...], run: MatchingRun) -> list[Seen]:
    proof = matching_runs.certificate_of(run)
    codes = proof.needs.values("code")
    met = {code for code, is_met in zip(codes, proof.is_met().tolist(), strict=True) if is_met}
    answers = _care_answers(session, run.ref) if _is_care(run) else _answers(session, run.ref)
    waited = dict(zip(codes, proof.needs.values("waiting_days"), strict=True))
    return [
        Seen(own, waited[code], is_met=code in met, answer=answers.get(code))
        for code, own in groups(session, here, run).items()
    ]


def _seen_before(session: Session, here: tuple[str, ...], run: MatchingRun) -> list[Seen]:
    try:
        return _seen(session, here, run)
    except RunDamaged:
        return []  # what cannot be read is compared with nothing; the watchdog tells of it


def _groups(need: matching.Need | matching.CareNeed) -> dict[str, str]:
    return {"banner": need.banner, "sex": need.sex, "urgency": str(need.urgency)}


def _facts(
    session: Session,
    needs: Sequence[matching.Need | matching.CareNeed],
    code: InstrumentedAttribute[str],
) -> Mapping[str, dict[str, str]]:
    """Return what the engine is not told of each, by the code by which it knows it."""
    found: dict[str, dict[str, str]] = {}
    told = (Child.stage, Child.category, Child.ethnicity)
    asked = select(code, *told).select_from(Child)
    asked = asked if code is Child.ref else asked.join(Need, Need.child_id == Child.id)
    for start in range(0, len(needs), _AT_ONCE):
        some = [need.code for need in needs[start : start + _AT_ONCE]]
        for ref, stage, category, people in session.execute(asked.where(code.in_(some))):
            found[ref] = {
                "stage": stage.value,
                "category": category.value,
                "disability": "yes" if category is Category.ILL_OR_DISABLED else "no",
            } | ({"ethnicity": people} if people else {})
    return found


def _care_answers(session: Session, run_ref: str) -> Mapping[str, bool | None]:
    """Say of each child whether two agreed to her; a no is hers or the staff's."""
    asked = select(Child.ref, CareMatch.status).join(Child, Child.id == CareMatch.child_id)
    rows = session.execute(asked.where(CareMatch.run_ref == run_ref))
    return {ref: _CARE_ANSWERS.get(status) for ref, status in rows}


def _answers(session: Session, run_ref: str) -> Mapping[str, bool | None]:
    asked = select(Need.ref, Match.status).join(Need, Need.id == Match.need_id)
    rows = session.execute(asked.where(Match.run_ref == run_ref))
    return {ref: _ANSWERS.get(status) for ref, status in rows}


def names(session: Session, found: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """Return the names of the banners among groups."""
    codes = {own["banner"] for own in found.values()}
    rows = session.execute(select(Region.code, Region.name).where(Region.code.in_(codes)))
    return {code: name for code, name in rows}


def banner_names(session: Session, viewer: Viewer, codes: Iterable[str]) -> Mapping[str, str]:
    """Return the names of banners that a run touches, for its page."""
    require(viewer, Act.SEE_FAIRNESS)
    return names(session, {code: {"banner": code} for code in codes})
