"""The desk of care: whom to call, what two people decide, which trial is over, who is paired."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.care import CareExclusion, CareMatch
from models.children import Child
from models.regions import Region
from models.volunteers import Volunteer
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.care import blocks, fitting, leaving, together, whom
from services.children import child_file
from services.gate import Card, Part
from services.pairing import whole_costs
from vocabulary.dates import today
from vocabulary.enums import CareStatus
from vocabulary.errors import Refused

LIMIT = 100
_PAIRED = (CareStatus.TRIAL, CareStatus.ACTIVE)
_CHILD = ("ref", "name", "sex", "stage", "grade", "languages", "entered_by")
_HER = (
    "ref", "name", "phone", "skills", "languages", "availability", "capacity", "sex", "entered_by",
)  # fmt: skip
_PARTS = {
    "child": Part(Child, Child.id == CareMatch.child_id, _CHILD),
    "volunteer": Part(Volunteer, Volunteer.id == CareMatch.volunteer_id, _HER),
    "place": Part(Region, Region.code == Child.region_code, ("name",)),
}


class Shown(StrEnum):
    """Which part of the desk the list shows."""

    DECIDE = "decide"
    ANSWER = "answer"
    TRIAL = "trial"
    PAIRED = "paired"
    LEAVING = "leaving"


_WHICH: Mapping[Shown, ColumnElement[bool]] = {
    Shown.DECIDE: CareMatch.status == CareStatus.ACCEPTED,
    Shown.ANSWER: CareMatch.status == CareStatus.PROPOSED,
    Shown.TRIAL: CareMatch.status == CareStatus.TRIAL,
    Shown.PAIRED: CareMatch.status == CareStatus.ACTIVE,
    Shown.LEAVING: and_(CareMatch.status.in_(_PAIRED), leaving.IS_LEAVING),
}
_ORDER: Mapping[Shown, tuple[Any, ...]] = {
    Shown.DECIDE: (CareMatch.decide_by, CareMatch.ref),
    Shown.ANSWER: (CareMatch.answer_by, CareMatch.ref),
    Shown.TRIAL: (CareMatch.trial_until, CareMatch.ref),
    Shown.PAIRED: (CareMatch.decided_on.desc(), CareMatch.ref),
    Shown.LEAVING: (CareMatch.goodbye_on, CareMatch.ref),
}


def listed(session: Session, viewer: Viewer, show: Shown) -> list[Card]:
    """List one part of the desk, what is due first, with why the viewer may not be one of the two."""
    _require_desk(viewer)
    found = _seen(
        gate.cards(
            session,
            viewer,
            CareMatch,
            parts=_PARTS,
            where=(_WHICH[show],),
            order_by=_ORDER[show],
            limit=LIMIT,
        )
    )
    aside = blocks.aside_from(session, viewer)
    return [
        card.and_also(block=blocks.of_pair(viewer, card, is_aside=card["child"]["ref"] in aside))
        for card in found
    ]


def counts(session: Session, viewer: Viewer) -> dict[Shown, int]:
    """Count every part of the desk."""
    _require_desk(viewer)
    return {show: gate.count(session, viewer, CareMatch, which) for show, which in _WHICH.items()}


def detail(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return one pair with both sides, whom else there was, and why the viewer may not decide.

    `in_the_way` is the code of what keeps a waiting pair from beginning at all, whoever decides.

    Raises NotFound for a hidden ref.
    """
    _require_desk(viewer)
    found = gate.card(session, viewer, CareMatch, CareMatch.ref == ref, parts=_PARTS)
    others = _others(session, viewer, found["runners_up"])
    return found.and_also(
        others=others,
        block=blocks.of_all(session, viewer, _whole(session, viewer, found)),
        in_the_way=_in_the_way(session, viewer, found, on=today(now)),
        leaving=leaving.of_pair(session, viewer, ref),
        trial_is_over=_is_over(found, on=today(now)),
        agreed=_name(session, viewer, found["agreed_by"]),
        noted=_noted_by(session, viewer, found["answered_by"]),
    )


def _whole(session: Session, viewer: Viewer, card: Card) -> list[Card]:
    """Return a pair that waits for two people, and its siblings, who would begin with it."""
    if card["status"] is not CareStatus.ACCEPTED:
        return []
    match = gate.row(session, viewer, CareMatch, CareMatch.ref == card["ref"])
    refs = [one.ref for one in together.with_siblings(session, viewer, match)]
    return _seen(
        gate.cards(session, viewer, CareMatch, parts=_PARTS, where=(CareMatch.ref.in_(refs),))
    )


def _in_the_way(session: Session, viewer: Viewer, card: Card, *, on: date) -> str | None:
    """Return the code of why a pair that waits cannot begin any more, siblings included; or None."""
    if card["status"] not in (CareStatus.PROPOSED, CareStatus.ACCEPTED):
        return None
    match = gate.row(session, viewer, CareMatch, CareMatch.ref == card["ref"])
    try:
        for one in together.with_siblings(session, viewer, match):
            fitting.check_still(session, one, on=on)
    except Refused as refusal:
        return refusal.code
    return None


def whole_costs_of(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return what the whole loses without this pair, or with another instead (whole_costs)."""
    _require_desk(viewer)
    found = gate.card(session, viewer, CareMatch, CareMatch.ref == ref, parts=_PARTS)
    others = _others(session, viewer, found["runners_up"])
    asked = (
        select(Child.ref, Volunteer.ref, CareMatch.run_ref)
        .join(Child, Child.id == CareMatch.child_id)
        .join(Volunteer, Volunteer.id == CareMatch.volunteer_id)
    )
    child, volunteer, run_ref = session.execute(asked.where(CareMatch.ref == ref)).one()

    def named(refs: Sequence[str]) -> list[Card]:
        return list(whom.by_need(session, viewer, refs).values())

    ends = child, volunteer
    weighed = whole_costs.weighed(session, run_ref, ends, others, named=named)
    return Card({"match": found, **weighed})


def _noted_by(session: Session, viewer: Viewer, actor: str | None) -> str:
    """Say who of the staff wrote her word down; empty where she answered herself."""
    ref = (actor or "").removeprefix("account:")
    hers = select(Volunteer.id).join(Account, Account.id == Volunteer.account_id)
    is_hers = session.scalar(hers.where(Account.ref == ref)) is not None
    return "" if is_hers else _name(session, viewer, actor)


def _name(session: Session, viewer: Viewer, actor: str | None) -> str:
    return child_file.name_of(session, viewer, actor) if actor else ""


def _is_over(card: Card, *, on: date) -> bool:
    return card["status"] is CareStatus.TRIAL and card["trial_until"] <= on


def _others(session: Session, viewer: Viewer, stored: Sequence[Mapping[str, Any]]) -> list[Card]:
    """Return the runners-up by name; of another banner's child or volunteer only what each lacked."""
    refs = {
        side: [o["code"] for o in stored if o["side"] == side] for side in ("child", "volunteer")
    }
    hers = (Volunteer.ref.in_(refs["volunteer"]),)
    volunteers = gate.cards(session, viewer, Volunteer, fields=("ref", "name"), where=hers)
    near = [*volunteers, *whom.by_need(session, viewer, refs["child"]).values()]
    known = {one["ref"]: one["name"] for one in near if one.has("name")}
    return [Card({**other, "name": known.get(other["code"])}) for other in stored]


def turned_down(session: Session, viewer: Viewer) -> list[Card]:
    """List pairs that are not proposed until someone lifts it, the latest first, each pair once."""
    _require_desk(viewer)
    shut = select(CareExclusion.id).where(
        CareExclusion.volunteer_id == CareMatch.volunteer_id,
        CareExclusion.child_id == CareMatch.child_id,
        CareExclusion.lifted_on.is_(None),
    )
    refused = CareMatch.status.in_((CareStatus.DECLINED, CareStatus.LAPSED))
    found = gate.cards(
        session,
        viewer,
        CareMatch,
        parts=_PARTS,
        where=(refused, CareMatch.refusal.is_not(None), shut.exists()),
        order_by=(CareMatch.decided_on.desc(), CareMatch.ref),
        limit=LIMIT,
    )
    return _seen(found)


def of_volunteer(session: Session, viewer: Viewer, volunteer_ref: str) -> list[Card]:
    """List what stands between a volunteer and children, for her page at the staff's desk."""
    _require_desk(viewer)
    hers = CareMatch.volunteer_id.in_(select(Volunteer.id).where(Volunteer.ref == volunteer_ref))
    return _of(session, viewer, hers)


def of_child(session: Session, viewer: Viewer, child_ref: str) -> list[Card]:
    """List a child's volunteers, those who were among them."""
    _require_desk(viewer)
    own = CareMatch.child_id.in_(select(Child.id).where(Child.ref == child_ref))
    return _of(session, viewer, own)


def _of(session: Session, viewer: Viewer, which: ColumnElement[bool]) -> list[Card]:
    told = or_(CareMatch.status.in_(tuple(_WHICH_STATES)), CareMatch.ended_on.is_not(None))
    return _seen(
        gate.cards(
            session,
            viewer,
            CareMatch,
            parts=_PARTS,
            where=(which, told),
            order_by=(CareMatch.id.desc(),),
            limit=LIMIT,
        )
    )


_WHICH_STATES = (CareStatus.PROPOSED, CareStatus.ACCEPTED, *_PAIRED)


def _seen(found: Sequence[Card]) -> list[Card]:
    return [card for card in found if card.has("child")]


def _require_desk(viewer: Viewer) -> None:
    require(viewer, Act.AGREE_CARE)
