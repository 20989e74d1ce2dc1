"""What a donor reads and says of the rest of a pledge he has stopped: three ways, and no hurry."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.earmarks import Earmark
from models.pledges import Exclusion, Match, Pledge
from models.rests import Rest, RestAnswer
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card, Part
from services.giving import rests
from services.lifecycle import advance
from services.pledges.changes import neutral
from services.vault import pay_backs
from services.writing import add_once
from vocabulary import resting as words
from vocabulary.dates import today
from vocabulary.enums import (
    AccountKind,
    Chain,
    DeclineReason,
    PledgeEnd,
    PledgeStatus,
    RestStatus,
    RestWay,
    TransactionKind,
)
from vocabulary.errors import AlreadyDecided, BadInput, NotFound
from vocabulary.money import Fen, format_yuan_short

_PLEDGE = Part(Pledge, Pledge.id == Rest.pledge_id, ("donor_ref", "instalment_fen", "rhythm"))
_ANSWER = Part(RestAnswer, RestAnswer.rest_id == Rest.id, ("way", "fen", "wording", "said_at"))
_OPEN = (RestStatus.WAITING, RestStatus.PAYING)


def one(session: Session, viewer: Viewer, pledge_ref: str) -> Card:
    """Return the latest rest of a pledge: how much, what may become of it, what was answered.

    `ways` are empty once it was answered. Raises NotFound where there is none.
    """
    require(viewer, Act.ANSWER_REST)
    parts, where = {"pledge": _PLEDGE, "answer": _ANSWER}, (Pledge.donor_ref == pledge_ref,)
    found = gate.cards(
        session, viewer, Rest, parts=parts, where=where, order_by=(Rest.id.desc(),), limit=1
    )
    if not found or found[0]["status"] is RestStatus.WITHDRAWN:
        raise NotFound()
    card = found[0]
    rest = gate.row(session, viewer, Rest, Rest.ref == card["ref"])
    waits = card["status"] is RestStatus.WAITING
    fen, times = rests.balance(session, rest), times_of(session, rest)
    said = {"sum": format_yuan_short(fen), "times": str(times)}
    now_said = words.WORDINGS[words.CURRENT]
    effects = {way: text.format(**said) for way, text in now_said.effects.items()}
    ways = [way for way in RestWay if way is not RestWay.NEXT_CHILD or times] if waits else []
    question = now_said.question.format(**said)
    return card.and_also(fen=fen, times=times, ways=ways, effects=effects, question=question)


def times_of(session: Session, rest: Rest) -> int:
    """Return for how many whole instalments it lasts.

    None while one of before is unpaid, that the fund had to pay: money under the pledge is that one's
    first, and no further child's.
    """
    pledge = session.get_one(Pledge, rest.pledge_id)
    is_dry = exists().where(Match.pledge_id == pledge.id, Match.dry_on.is_not(None))
    if session.scalar(select(is_dry)):
        return 0
    return int(rests.balance(session, rest) // pledge.instalment_fen)


def answer(session: Session, by: Viewer, pledge_ref: str, way: str, *, now: datetime) -> Fen:
    """Keep the donor's word about the rest of a pledge and carry it out; return the sum.

    Raises AlreadyDecided for a second answer, BadInput(way) for what is not offered.
    """
    require(by, Act.ANSWER_REST)
    card = one(session, by, pledge_ref)
    if card["status"] is not RestStatus.WAITING:
        raise AlreadyDecided()
    if way not in {one.value for one in card["ways"]}:
        raise BadInput(field="way", reason="unknown")
    chosen, fen = RestWay(way), Fen(card["fen"])
    rest = gate.row(session, by, Rest, Rest.ref == card["ref"])
    said = {
        "rest_id": rest.id,
        "way": chosen,
        "fen": fen,
        "wording": words.CURRENT,
        "said_at": now,
    }
    if not add_once(session, RestAnswer.__table__, said, key="rest_id"):
        raise AlreadyDecided()
    carry_out(session, neutral(by), rest, chosen, fen, now=now)
    subject = f"rest:{rest.ref}"
    trace.record(
        session, by, "rest.answer", subject, now=now, why=chosen.value, chain=Chain.CUSTODIAN
    )
    return fen


def carry_out(
    session: Session, by: Viewer, rest: Rest, way: RestWay, fen: Fen, *, now: datetime
) -> None:
    """Move it as he said. The books name pledges: who gives stands nowhere beside them."""
    match way:
        case RestWay.NEXT_CHILD:
            times = times_of(session, rest)
            to, kind = AccountKind.PREPAID, TransactionKind.UNRESTED
            rests.give(session, by, kind, rest, to, fen=fen, on=today(now))
            _go_on(session, by, rest, times, now=now)
        case RestWay.TO_FUND:
            own = Earmark.pledge_id == rest.pledge_id
            is_marked = session.scalar(select(Earmark.id).where(own)) is not None
            to = AccountKind.EARMARKED if is_marked else AccountKind.GAP_FUND
            kind = TransactionKind.REST_TO_FUND
            rests.give(session, by, kind, rest, to, fen=fen, on=today(now))
        case RestWay.PAY_BACK:
            pay_backs.begin(session, rest.id, rest.pledge_id, fen, now=now)
    to_state = RestStatus.PAYING if way is RestWay.PAY_BACK else RestStatus.DONE
    advance(session, rest, to_state, by=by, now=now, reason=way.value)


def _go_on(session: Session, by: Viewer, rest: Rest, times: int, *, now: datetime) -> None:
    """Let the pledge look for one child more, for so many instalments; not for one it had."""
    pledge = session.get_one(Pledge, rest.pledge_id)
    advance(session, pledge, PledgeStatus.CONFIRMED, by=by, now=now, reason="rest for a child")
    pledge.until, pledge.until_count, pledge.children_wanted = PledgeEnd.COUNT, times, 1
    pledge.ends_on = pledge.stop_reason = None
    had = select(Match.child_id).where(Match.pledge_id == pledge.id).distinct()
    for child_id in session.scalars(had).all():
        reason = DeclineReason.OTHER
        session.add(
            Exclusion(pledge_id=pledge.id, child_id=child_id, reason=reason, since_on=today(now))
        )
    session.flush()


def notice_facts(session: Session, viewer: Viewer, ref: str, _now: datetime) -> dict[str, str]:
    """Return how much is left while a donor's own rest waits for him. Raises NotFound."""
    card = gate.card(session, viewer, Rest, Rest.ref == ref)
    if card["status"] is not RestStatus.WAITING:
        raise NotFound()
    row = gate.row(session, viewer, Rest, Rest.ref == ref)
    return {"rest": format_yuan_short(rests.balance(session, row))}
