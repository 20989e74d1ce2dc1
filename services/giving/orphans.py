"""The rest of a stopped pledge whose donor has died or is forgotten: two people give it its end.

It stays with its purpose: the next child, as he could have said himself, or the fund under the same
restriction. Never back, and with no word to anybody of his. The custodian's alone: that there is
nobody to ask, nobody else may know.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.earmarks import Earmark
from models.rests import Rest, RestAnswer
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card
from services.giving import resting, rests
from services.pledges.changes import neutral
from services.writing import add_once
from vocabulary.dates import today
from vocabulary.enums import Chain, RestStatus, RestWay
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput
from vocabulary.money import Fen

SHOWN = 200
BY_TWO = "by-two"
"""Stands where the version of the donor's question would."""


def listing(session: Session, viewer: Viewer) -> list[Card]:
    """List what has nobody left to ask and waits, the oldest first."""
    require(viewer, Act.END_REST)
    waits = (Rest.status == RestStatus.WAITING,)
    found = gate.cards(
        session, viewer, Rest, where=waits, order_by=(Rest.since_on, Rest.id), limit=SHOWN
    )
    return [_told(session, viewer, card) for card in found]


def detail(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one, with what may become of it. Raises NotFound."""
    require(viewer, Act.END_REST)
    return _told(session, viewer, gate.card(session, viewer, Rest, Rest.ref == ref))


def _told(session: Session, viewer: Viewer, card: Card) -> Card:
    rest = gate.row(session, viewer, Rest, Rest.ref == card["ref"])
    times = resting.times_of(session, rest)
    waits, is_mine = card["status"] is RestStatus.WAITING, card["end_asked_by"] == viewer.actor
    kind = session.scalar(select(Earmark.kind).where(Earmark.pledge_id == rest.pledge_id))
    return card.and_also(
        fen=rests.balance(session, rest),
        times=times,
        purpose=kind,
        ways=_ways(times) if waits and card["end_way"] is None else [],
        is_mine=is_mine,
        may_agree=waits and card["end_way"] is not None and not is_mine,
    )


def _ways(times: int) -> list[RestWay]:
    return [RestWay.NEXT_CHILD, RestWay.TO_FUND] if times else [RestWay.TO_FUND]


def ask(session: Session, by: Viewer, ref: str, way: str, *, now: datetime) -> None:
    """Say, as the first person, what becomes of it. Raises BadInput(way), AlreadyDecided."""
    require(by, Act.END_REST)
    rest = gate.row(session, by, Rest, Rest.ref == ref)
    if rest.status is not RestStatus.WAITING or rest.end_way is not None:
        raise AlreadyDecided()
    if way not in {one.value for one in _ways(resting.times_of(session, rest))}:
        raise BadInput(field="way", reason="unknown")
    rest.end_way, rest.end_asked_by, rest.end_asked_on = RestWay(way), by.actor, today(now)
    session.flush()
    _trace(session, by, "rest.end_ask", rest, now=now)


def agree(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Carry it out as the second person. Raises ActedBefore, AlreadyDecided."""
    require(by, Act.END_REST)
    rest = gate.row(session, by, Rest, Rest.ref == ref)
    if rest.status is not RestStatus.WAITING or rest.end_way is None:
        raise AlreadyDecided()
    if rest.end_asked_by == by.actor:
        raise ActedBefore()
    way, fen = rest.end_way, rests.balance(session, rest)
    if way is RestWay.NEXT_CHILD and not resting.times_of(session, rest):
        raise AlreadyDecided()
    said = {
        "rest_id": rest.id, "way": way, "fen": fen, "wording": BY_TWO, "said_at": now,
        "asked_by": rest.end_asked_by, "agreed_by": by.actor,
    }  # fmt: skip
    if not add_once(session, RestAnswer.__table__, said, key="rest_id"):
        raise AlreadyDecided()
    resting.carry_out(session, neutral(by), rest, way, Fen(fen), now=now)
    _trace(session, by, "rest.end_agree", rest, now=now)


def turn_down(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Let it wait on; whoever asked may take it back too. Raises AlreadyDecided."""
    require(by, Act.END_REST)
    rest = gate.row(session, by, Rest, Rest.ref == ref)
    if rest.status is not RestStatus.WAITING or rest.end_way is None:
        raise AlreadyDecided()
    rest.end_way = rest.end_asked_by = rest.end_asked_on = None
    session.flush()
    _trace(session, by, "rest.end_turn_down", rest, now=now)


def _trace(session: Session, by: Viewer, act: str, rest: Rest, *, now: datetime) -> None:
    trace.record(session, by, act, f"rest:{rest.ref}", now=now, chain=Chain.CUSTODIAN)
