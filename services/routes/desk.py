"""What needs the case staff about ways: private arrangements, cards that fail, decisions that wait."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.children import Child
from models.organisations import Organisation
from models.regions import Region
from models.routes import BankCard, ChildRoute
from models.stipends import Batch
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer
from services import gate
from services.gate import Card, Part
from services.notices import notices
from services.routes import returning, shared_cards, unseen, ways
from services.routes.silence import hands as silent_hands
from vocabulary.dates import today
from vocabulary.enums import ChildStatus, NoticeKind, Route

SHOWN = 200
_NAMED = ("ref", "name")
_LIVE = Child.status != ChildStatus.ENDED


def overview(session: Session, viewer: Viewer, *, now: datetime) -> Card:
    """Return all of it: personal, cards, shared, unseen, waiting, silent, late (returns)."""
    require(viewer, Act.CHANGE_ROUTE)
    return Card(
        {
            "personal": personal(session, viewer, now=now),
            "cards": without_card(session, viewer),
            "shared": shared_cards.in_doubt(session, viewer),
            "unseen": unseen.families(session, viewer, now=now),
            "waiting": waiting(session, viewer, now=now),
            "silent": silent_hands(session, viewer, now=now),
            "late": late(session, viewer, now=now),
        }
    )


def personal(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List the children whose money still goes through a private account, the longest over first."""
    in_force = (ChildRoute.began_on.is_not(None), ChildRoute.replaced_on.is_(None))
    found = gate.cards(
        session,
        viewer,
        ChildRoute,
        parts={"child": Part(Child, Child.id == ChildRoute.child_id, _NAMED)},
        where=(ChildRoute.route == Route.PERSONAL, *in_force, _has_record()),
        order_by=(ChildRoute.until_on, ChildRoute.id),
        limit=SHOWN,
    )
    day = today(now)
    return [
        card.and_also(is_over=bool(card["until_on"] and card["until_on"] < day)) for card in found
    ]


def _has_record() -> ColumnElement[bool]:
    return ChildRoute.child_id.in_(select(Child.id).where(_LIVE))


def without_card(session: Session, viewer: Viewer) -> list[Card]:
    """List the children whose way is a card that money cannot go to: their next instalment waits."""
    usable = select(BankCard.id).where(ways.has_card()).correlate(Child).exists()
    where = (_LIVE, Child.route == Route.CARD, Child.in_danger.is_(False), ~usable)
    order = (Child.id,)
    return gate.cards(
        session, viewer, Child, fields=_NAMED, where=where, order_by=order, limit=SHOWN
    )


def waiting(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List the decisions whose day is still to come, or came and leads nowhere (`is_stuck`)."""
    found = gate.cards(
        session,
        viewer,
        ChildRoute,
        parts={"child": Part(Child, Child.id == ChildRoute.child_id, _NAMED)},
        where=(ChildRoute.began_on.is_(None), ChildRoute.replaced_on.is_(None), _has_record()),
        order_by=(ChildRoute.from_on, ChildRoute.id),
        limit=SHOWN,
    )
    return [card.and_also(is_stuck=card["from_on"] < today(now)) for card in found]


def late(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List the batches of which money should be back by now, the longest over first."""
    over = {ref: day for ref, day in returning.back_by(session).items() if day < today(now)}
    parts = {
        "hand": Part(Organisation, Organisation.id == Batch.organisation_id, ("name",)),
        "place": Part(Region, Region.code == Batch.region_code, ("name",)),
    }
    found = gate.cards(session, viewer, Batch, parts=parts, where=(Batch.ref.in_(over),))
    return sorted(
        (card.and_also(back_by=over[card["ref"]]) for card in found),
        key=lambda card: card["back_by"],
    )


def remind(session: Session, by: Viewer, *, on: date, now: datetime) -> int:
    """Tell case staff of a private arrangement whose term is over, once; return of how many."""
    require(by, Act.RUN_STIPENDS)
    over = select(Child.ref, Child.region_code).join(ChildRoute, ChildRoute.child_id == Child.id)
    rows = session.execute(
        over.where(
            _LIVE,
            ChildRoute.route == Route.PERSONAL,
            ChildRoute.began_on.is_not(None),
            ChildRoute.replaced_on.is_(None),
            ChildRoute.until_on < on,
        ).order_by(Child.id)
    ).all()
    roles, kind = sorted(CASE_STAFF), NoticeKind.ROUTE_ENDS
    for ref, region_code in rows:
        notices.to_roles(session, roles, region_code, kind, f"child:{ref}", now=now)
    return len(rows)
