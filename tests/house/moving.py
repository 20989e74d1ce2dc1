"""Children between two banners, and payments to cards that no statement shows."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.children import Child
from models.payment_orders import Payout
from models.routes import BankCard
from models.stipends import Batch
from models.transfers import Transfer
from tests.factories import BANNER, OTHER_BANNER, a_child, a_match, a_pledge, a_sent_batch
from tests.house.places import OTHER_TOWN, SENT, VILLAGE, Places, Town
from vocabulary.enums import LineKind, LineReason, LineState, Route
from vocabulary.money import Fen

_CASE = "case_worker approver case_deputy"
_THIRD = "150782000000"


def give(session: Session, town: Town, here: Places, _now: datetime) -> None:
    """One child comes, one goes, and one moves between two banners beside."""
    coming = _transfer(session, here.stranger, OTHER_BANNER, BANNER)
    going = _transfer(session, here.neighbour, BANNER, OTHER_BANNER)
    # A report about this child names the second case worker (tests/house/offices.py).
    round_her = _transfer(session, here.small_next, BANNER, OTHER_BANNER)
    far = a_child(session, None, name="白音", banner_code=OTHER_BANNER, region_code=OTHER_TOWN)
    elsewhere = _transfer(session, far, OTHER_BANNER, _THIRD)
    town.give("coming_child", _CASE, coming, elsewhere)
    town.give("going_child", "case_worker approver", going, elsewhere)
    town.give("going_child", "case_deputy", going, elsewhere, round_her)
    pupils = [
        a_child(session, None, name=name, banner_code=banner, region_code=place, route=Route.CARD)
        for name, banner, place in (
            ("塔娜", BANNER, VILLAGE),
            ("高娃", OTHER_BANNER, OTHER_TOWN),
        )
    ]
    ours, theirs = (_unseen(session, child, n) for n, child in enumerate(pupils))
    town.give("unseen_batch", "paying_desk", ours.ref, theirs.ref, here.batch.ref)
    debit = Payout(
        key="20261110-D-1", row=2, kind=LineKind.OUTGOING, state=LineState.UNSETTLED,
        reason=LineReason.NO_MEMO, amount_fen=Fen(-500), on=SENT,
    )  # fmt: skip
    session.add(debit)
    session.flush()
    town.give("bank_debit", "paying_desk", debit.ref)


def _transfer(session: Session, child: Child, old: str, new: str) -> str:
    made = Transfer(
        child_id=child.id, from_code=old, to_code=new, name=child.name, words="全家搬家",
        asked_by="account:x", asked_on=SENT,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made.ref


def _unseen(session: Session, child: Child, n: int) -> Batch:
    card = BankCard(
        child_id=child.id, holder=child.name, bank="某农村信用社", number=f"62220200000000000{n}8",
        tail=f"00{n}8", since_on=SENT,
    )  # fmt: skip
    session.add(card)
    session.flush()
    match = a_match(session, a_pledge(session, f"1380000006{n}")[0], child)
    more = {"route": Route.CARD, "card_id": card.id, "region_code": child.region_code}
    return a_sent_batch(session, None, match, on=SENT, **more)
