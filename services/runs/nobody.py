"""Whom nobody fits today, and why: which rule removed how many, and what would help most."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

import matching
from models.children import Child, Need
from privacy.permissions import Act, require
from privacy.viewers import Viewer, works_in
from services import gate
from services.care import whom
from services.gate import Card, Part
from services.pairing import policies
from services.runs.sides import CARE, side_of
from vocabulary.dates import today

LISTED = 30


def waiting(session: Session, viewer: Viewer, kind: str, *, now: datetime) -> Card:
    """Return {rows, total, offers, helps} of the viewer's own children whom no offer fits.

    A row is {ref, name, days, removed, relaxation}: `removed` says of `offers` how many each rule
    takes, and how many it alone takes; `relaxation` is the one rule that somebody may relax and that
    alone keeps most away. `helps` counts the same over all of them. The longest waiting first.
    """
    require(viewer, Act.RUN_MATCHING)
    own = side_of(kind).kind
    gathered = side_of(kind).gather(session, today(now), None)
    needs = [one for one in gathered.needs if own.is_open(one) and works_in(viewer, one.banner)]
    weights = policies.weights(session, own)
    plan = matching.propose(needs, gathered.offers, kind=own, weights=weights)
    missed = [one for one in plan.unmatched_needs if one.fitting == 0]
    days = {one.code: one.waiting_days for one in needs}
    known = _children(session, viewer, kind, [one.need for one in missed[:LISTED]])
    rows = [_row(one, known[one.need], days[one.need]) for one in missed if one.need in known]
    helps = [asdict(one) for one in matching.relaxations(plan)]
    counts = {"total": len(missed), "offers": len(gathered.offers)}
    return Card({"rows": rows, "helps": helps, **counts})


def _row(one: matching.Unmatched, child: Card, days: int) -> Card:
    removed = [asdict(rule) for rule in one.removed]
    return Card(
        {"ref": child["ref"], "name": child["name"], "days": days, "removed": removed,
         "relaxation": one.relaxation}
    )  # fmt: skip


def _children(session: Session, viewer: Viewer, kind: str, codes: Sequence[str]) -> dict[str, Any]:
    """Return the children behind the codes, whom the viewer may see."""
    if kind == CARE:
        return dict(whom.by_need(session, viewer, codes))
    part = {"child": Part(Child, Child.id == Need.child_id, ("ref", "name"))}
    found = gate.cards(
        session, viewer, Need, parts=part, fields=("ref",), where=(Need.ref.in_(codes),)
    )
    return {card["ref"]: card["child"] for card in found if card.has("child")}
