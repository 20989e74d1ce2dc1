"""The approval desk: what waits for a decision, by urgency and waiting, each with its reasons."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    String,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from models.accounts import Account
from models.children import Child, Need
from models.organisations import Organisation
from models.pledges import Exclusion, Match, Pledge, Recusal
from models.regions import Region
from privacy.permissions import PERMISSIONS, Act
from privacy.viewers import Viewer
from services import gate
from services.gate import Card, Part, Wanted
from services.pairing import second_look
from vocabulary.dates import today
from vocabulary.enums import MatchStatus
from vocabulary.errors import NotFound

LIMIT = 50
_MATCH = (
    "child_ref", "status", "decide_by", "proposed_on", "proposed_by", "instalment_fen", "rhythm",
    "score", "reasons", "runners_up", "decided_on", "decline_reason", "starts_on",
    "proposal_note",
)  # fmt: skip
_CHILD = (
    "ref", "name", "sex", "stage", "grade", "class_name", "entered_by", "verified_on", "birth_on",
    "agreed_on",
)  # fmt: skip
_NEED = ("ref", "monthly_fen", "urgency", "since_on")
_PLEDGE = (
    "code", "kind", "instalment_fen", "rhythm", "until", "until_count", "wish_sex", "wish_stage",
    "wish_league", "status",
)  # fmt: skip
_PLACE = Part(Region, Region.code == Child.region_code, ("name",))
# By its ref an account is looked up; that the whole is "account:REF" is asked besides.
_PROPOSED = and_(
    Account.ref == func.substr(Match.proposed_by, len("account:") + 1),
    literal("account:") + Account.ref == Match.proposed_by,
)
_PARTS = {
    "child": Part(Child, Child.id == Match.child_id, _CHILD),
    "need": Part(Need, Need.id == Match.need_id, _NEED),
    "pledge": Part(Pledge, Pledge.id == Match.pledge_id, _PLEDGE),
    "school": Part(Organisation, Organisation.id == Child.school_id, ("name",)),
    "place": _PLACE,
    "proposer": Part(Account, _PROPOSED, ("name",)),
}
# What one line of the list says. Everything else is read of the one in hand alone.
_IN_LINE = ("child_ref", "status", "decide_by", "proposed_by", "best_reason")
_LINE_PARTS = {
    "child": Part(Child, Child.id == Match.child_id, ("ref", "name", "grade", "entered_by")),
    "need": Part(Need, Need.id == Match.need_id, ("urgency", "since_on")),
    "place": _PLACE,
}
_ON, _REF = bindparam("on", type_=Date()), bindparam("ref", type_=String())


def _aside(viewer: Viewer) -> dict[str, Part]:
    """Join whether this very viewer stepped aside (回避)."""
    own = (Recusal.child_id == Match.child_id) & (Recusal.actor == viewer.actor)
    return {"aside": Part(Recusal, own, ("since_on",))}


class Shown(StrEnum):
    """Which of the waiting proposals the list shows."""

    ALL = "all"
    LATE = "late"
    MINE = "mine"


class Block(StrEnum):
    """Why the viewer may not decide a proposal."""

    PROPOSED = "proposed"
    ENTERED = "entered"
    ASIDE = "aside"
    ROLE = "role"
    DECIDED = "decided"


@gate.written_once
def _waiting(viewer: Viewer, show: Shown, *, has_ref: bool) -> Wanted:
    """Ask for the most urgent first, then the longest waiting, and for the one named by ref."""
    chosen = Match.child_ref == _REF if has_ref else false()
    waiting = and_(second_look.waits_near(viewer), _shown(show, viewer))
    order = (Need.urgency.desc(), Need.since_on, Match.child_ref)
    return Wanted(
        Match,
        parts=_LINE_PARTS | _aside(viewer),
        fields=_IN_LINE,
        where=(or_(waiting, chosen),),
        order_by=(case((chosen, 0), else_=1), *order) if has_ref else order,
        limit=LIMIT,
        few=True,
    )


@gate.written_once
def _in_hand(viewer: Viewer) -> Wanted:
    """Ask for one match with all its parts, what changed since, and how many wait."""
    return Wanted(
        Match,
        parts=_PARTS | _aside(viewer),
        fields=_MATCH,
        where=(Match.child_ref == _REF,),
        few=True,
        beside=second_look.since_then(_ON),
        alongside=second_look.tallied(viewer, _ON),
    )


def queue(
    session: Session,
    viewer: Viewer,
    *,
    show: Shown = Shown.ALL,
    ref: str | None = None,
    on: date = date.max,
) -> list[Card]:
    """List proposals in the viewer's regions: the most urgent first, then the longest waiting.

    The one named by `ref` is there too, whatever its state and place in the queue.
    """
    question = _waiting(viewer, show, has_ref=ref is not None)
    found = gate.ask(session, viewer, question, on=on, ref=ref)
    return sorted(found, key=_place) if ref else found


def _place(card: Card) -> tuple[int, date, str]:
    need = card.get("need") or {"urgency": 0, "since_on": date.max}
    return -need["urgency"], need["since_on"], card["child_ref"]


def _shown(show: Shown, viewer: Viewer) -> ColumnElement[bool]:
    match show:
        case Shown.ALL:
            return Match.id.is_not(None)
        case Shown.LATE:
            return Match.decide_by < _ON
        case Shown.MINE:
            return or_(Match.proposed_by == viewer.actor, Child.entered_by == viewer.actor)


def detail(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one match with its pair, need and school. Raises NotFound."""
    return gate.card(
        session,
        viewer,
        Match,
        Match.child_ref == ref,
        parts=_PARTS | _aside(viewer),
        fields=_MATCH,
    )


def desk(session: Session, viewer: Viewer, *, ref: str | None, show: Shown, now: datetime) -> Card:
    """Return the waiting list, the proposal in hand with its warnings, and how many wait.

    Without `ref` the first of the list is in hand. Raises NotFound for a hidden ref.
    """
    day = today(now)
    found = queue(session, viewer, show=show, ref=ref, on=day)
    chosen = ref or (found[0]["child_ref"] if found else None)
    current = _taken_up(session, viewer, chosen, on=day) if chosen else None
    waits = current is not None and current["status"] is MatchStatus.PROPOSED
    return Card(
        {
            "rows": [card for card in found if card["status"] is MatchStatus.PROPOSED],
            "current": current,
            "block": _block(viewer, current),
            "others": others(session, viewer, current) if waits else [],
            "warnings": second_look.warnings(current, on=day) if current and waits else [],
            **second_look.counts(session, viewer, current, on=day),
        }
    )


def _taken_up(session: Session, viewer: Viewer, ref: str, *, on: date) -> Card:
    found = gate.ask(session, viewer, _in_hand(viewer), ref=ref, on=on)
    if len(found) != 1:
        raise NotFound()
    return found[0]


def _block(viewer: Viewer, card: Card | None) -> Block | None:
    """Return why the viewer may not decide: law 8 first, then the role."""
    if card is None:
        return None
    blocks = {
        Block.DECIDED: card["status"] is not MatchStatus.PROPOSED,
        Block.PROPOSED: card["proposed_by"] == viewer.actor,
        Block.ENTERED: card["child"]["entered_by"] == viewer.actor,
        Block.ASIDE: card.has("aside"),
        Block.ROLE: viewer.roles.isdisjoint(PERMISSIONS[Act.DECIDE_MATCH]),
    }
    return next((block for block, holds in blocks.items() if holds), None)


def acted_before(card: Card, viewer: Viewer) -> bool:
    """Say whether the viewer proposed by hand, entered the child or stepped aside."""
    return card.has("aside") or viewer.actor in (card["proposed_by"], card["child"]["entered_by"])


@gate.written_once
def _runners_up(_viewer: Viewer, count: int) -> Wanted:
    child = Part(Child, Child.id == Need.child_id, ("ref", "name"))
    among = Need.ref.in_([bindparam(f"ref_{n}", type_=String()) for n in range(count)])
    return Wanted(Need, parts={"child": child}, fields=("ref",), where=(among,), few=True)


def others(session: Session, viewer: Viewer, card: Card | None) -> list[Card]:
    """Return a proposal's runners-up; a child of another banner has no name here."""
    stored: Sequence[Mapping[str, Any]] = card["runners_up"] if card else ()
    refs = [other["code"] for other in stored if other["side"] == "child"]
    named = {f"ref_{n}": ref for n, ref in enumerate(refs)}
    cards = gate.ask(session, viewer, _runners_up(viewer, len(refs)), **named) if refs else []
    known = {one["ref"]: one["child"] for one in cards}
    return [Card({**other, "child": known.get(other["code"])}) for other in stored]


def of_child(session: Session, viewer: Viewer, child_ref: str) -> list[Card]:
    """List a child's matches for case staff, the latest first."""
    own = Match.child_id.in_(select(Child.id).where(Child.ref == child_ref))
    order = (Match.id.desc(),)
    return gate.cards(
        session,
        viewer,
        Match,
        parts=_PARTS | _aside(viewer),
        fields=(*_MATCH, "occasion"),
        where=(own,),
        order_by=order,
    )


def turned_down(session: Session, viewer: Viewer, *, limit: int = 200) -> list[Card]:
    """List pairs that are not proposed until someone lifts it, the latest first, with who may."""
    shut = select(Exclusion.id).where(
        Exclusion.pledge_id == Match.pledge_id,
        Exclusion.child_id == Match.child_id,
        Exclusion.lifted_on.is_(None),
    )
    refused = Match.status.in_((MatchStatus.DECLINED, MatchStatus.LAPSED))
    return gate.cards(
        session,
        viewer,
        Match,
        parts={name: _PARTS[name] for name in ("child", "pledge", "place")},
        fields=(
            "child_ref",
            "status",
            "decline_reason",
            "decline_note",
            "decided_on",
            "decided_by",
        ),
        where=(refused, Match.decline_reason.is_not(None), shut.exists()),
        order_by=(Match.decided_on.desc(), Match.child_ref),
        limit=limit,
    )
