"""What notices about pledges say, drawn at delivery with the recipient's eyes."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child
from models.giving import GiftWish
from models.pledges import Match, Pledge
from models.vault import PayerMove
from privacy.viewers import Viewer
from services import gate
from services.donors import donors
from services.gate import Card, Part
from services.giving import late, room
from vocabulary.dates import today
from vocabulary.enums import GiftStatus, MatchStatus, MoveStatus, PledgeStatus
from vocabulary.errors import NotFound
from vocabulary.money import UNIT, format_yuan_short
from vocabulary.todo import Thing, first_thing

Facts = dict[str, str]
_CHILD = Part(Child, Child.id == Match.child_id, ("name",))
_PLEDGE = Part(Pledge, Pledge.id == Match.pledge_id, ("code",))


def of_overdue(session: Session, viewer: Viewer, ref: str, now: datetime) -> Facts:
    """The due day whose money is not there, as the donor's own page says it; nothing once it is."""
    todo = first_thing([donors.pledge(session, viewer, ref, now=now)], on=today(now))
    if todo.thing is not Thing.PAY_NOW or todo.on is None:
        raise NotFound()
    since = late.asked_since(session, ref) or todo.on
    is_last = today(now) - since >= timedelta(days=late.LAST_STEP)
    meanwhile = (
        "我们已经替孩子另找下一位，找到以前你随时付都行。"
        if is_last
        else "孩子那边先由爱心备用金垫着，够的话一个月也不断。"
    )
    return {"late": _day(todo.on), "meanwhile": meanwhile}


def of_dry(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """A pledge that has run dry, by its code and with the child: for case staff alone."""
    card = _match_of_child(session, viewer, ref)
    return _sides(card) | ({"dry": "1"} if card["dry_on"] is not None else {})


def of_cover(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """What of a child's need nobody covers since a sponsor gives less; nothing once it is found."""
    card = _match_of_child(session, viewer, ref)
    match = session.scalars(select(Match).where(Match.child_ref == ref)).one()
    facts = _sides(card)
    if card["starts_on"] is not None:
        facts["since"] = _day(card["starts_on"])
    left = room.open_units(session, match)
    return facts | ({"gap": format_yuan_short(UNIT * left)} if left else {})


def _match_of_child(session: Session, viewer: Viewer, ref: str) -> Card:
    parts = {"child": _CHILD, "pledge": _PLEDGE}
    is_live = Match.status == MatchStatus.ACTIVE
    return gate.card(session, viewer, Match, Match.child_ref == ref, is_live, parts=parts)


def _sides(card: Card) -> Facts:
    facts: Facts = {}
    if card.has("child") and card["child"].has("name"):
        facts["child"] = card["child"]["name"]
    if card.has("pledge"):
        facts["pledge_code"] = card["pledge"]["code"]
    return facts


def of_gift(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """Why a gift was not given, under the child's code name."""
    card = gate.card(session, viewer, GiftWish, GiftWish.ref == ref)
    if card["status"] is not GiftStatus.LAPSED:
        raise NotFound()
    wish = session.scalars(select(GiftWish).where(GiftWish.ref == ref)).one()
    mine = (Match.pledge_id == wish.pledge_id, Match.child_id == wish.child_id)
    named = gate.cards(session, viewer, Match, fields=("code_name",), where=mine)
    if not named:
        raise NotFound()
    is_over = not session.scalar(
        select(Match.id).where(*mine, Match.status == MatchStatus.ACTIVE).limit(1)
    )
    why = "这份资助已经结束了" if is_over else "等了三期，账上的钱都不够"
    return {"code_name": named[0]["code_name"], "why": why}


def of_move(session: Session, viewer: Viewer, ref: str, now: datetime) -> Facts:
    """What stands with a change of payer: to who is asked, that it waits; to who asked, the answer."""
    move = session.scalar(select(PayerMove).where(PayerMove.ref == ref))
    gate.card(session, viewer, PayerMove, PayerMove.ref == ref)
    if move is None:
        raise NotFound()
    if move.donor_id == viewer.donor_id:
        return _to_asked(session, move, now=now)
    answered = (_OF_CONTACT if move.is_contact else _ANSWERED).get(move.status)
    facts = {"answered": answered} if answered else {}
    pledge = session.get_one(Pledge, move.pledge_id)
    if move.status is MoveStatus.DONE and pledge.ends_on is not None:
        facts["handed_on"] = _day(pledge.ends_on)
    return facts


def _to_asked(session: Session, move: PayerMove, *, now: datetime) -> Facts:
    waits = move.status is MoveStatus.ASKED and move.answer_by >= today(now)
    own = session.get(Pledge, move.new_pledge_id) if move.new_pledge_id else None
    if move.status is not MoveStatus.LAPSED or own is None:
        return {"asked": "1"} if waits else {}
    return {"off": _OFF_UNPAID if own.status is PledgeStatus.ENDED else _OFF_PAID}


_OFF_UNPAID = "请不要再付。要是已经付了，钱还在你名下，会请你来定怎么用。"
_OFF_PAID = "你付过的钱都在，留作你自己的一份，会给它另配一个孩子。"
_OF_CONTACT = {
    MoveStatus.DECLINED: "对方这次不接，联系人还是你。",
    MoveStatus.LAPSED: "到日子没有答复，联系人还是你。",
}
_ANSWERED = {
    MoveStatus.ACCEPTED: "对方愿意。等对方第一笔到账，从下一期起由对方付；那以前照旧由你付。",
    MoveStatus.DECLINED: "对方这次不接。一切照旧，还是你付；想停的话，随时可以停。",
    MoveStatus.LAPSED: "到日子没有接成。一切照旧，还是你付；想停的话，随时可以停。",
}


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
