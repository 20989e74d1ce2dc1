"""Gifts on their due day: each becomes a match of that one day, under the decision once made.

From there it is like any instalment: opened once, funded, in its hand's batch, stated, signed for.
It covers no need, so that no successor waits for it, and the gap fund never pays it. A gift whose
money is not there moves to the next due day, three times at most.
"""

from datetime import date, datetime

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from models.children import Child
from models.giving import GiftWish
from models.pledges import Match
from models.stipends import Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.books import ledger
from services.books.covering import WAITS
from services.children import readiness
from services.giving import further
from services.lifecycle import advance
from services.notices import notices
from services.notices.notices import Recipient
from services.pairing.market import IS_GIVEN
from services.vault import vault
from vocabulary.dates import add_months
from vocabulary.enums import Chain, GiftStatus, MatchStatus, NoticeKind, RecipientKind, Rhythm
from vocabulary.errors import NotFound
from vocabulary.money import Fen
from vocabulary.schedule import STANDARD, next_due

TRIED_MONTHS = 3


def give_due(session: Session, by: Viewer, *, on: date, now: datetime) -> int:
    """Give what is due by a day and has its money; return how many. After funding, before batches.

    Safe to repeat: what was given waits no more.
    """
    require(by, Act.RUN_STIPENDS)
    due = select(GiftWish).where(GiftWish.status == GiftStatus.WAITING, GiftWish.due_on <= on)
    spent: dict[int, int] = {}
    given = 0
    for wish in session.scalars(due.order_by(GiftWish.due_on, GiftWish.id)).all():
        match = _runs_on(session, wish)
        if match is None:
            _let_go(session, by, wish, now=now)
        elif _may_be_given(session, wish, match, spent.get(wish.pledge_id, 0)):
            _give(session, by, wish, match, now=now)
            spent[wish.pledge_id] = spent.get(wish.pledge_id, 0) + wish.amount_fen
            given += 1
        else:
            _put_off(session, by, wish, on=on, now=now)
    if given:
        trace.record(
            session, by, "gifts.give", f"day:{on}", now=now, detail={"count": given},
            chain=Chain.CUSTODIAN,
        )  # fmt: skip
    return given


def _runs_on(session: Session, wish: GiftWish) -> Match | None:
    """Return the sponsorship beside which a gift is given on its day."""
    return session.scalars(
        select(Match)
        .where(
            Match.pledge_id == wish.pledge_id,
            Match.child_id == wish.child_id,
            Match.status == MatchStatus.ACTIVE,
            IS_GIVEN,
            Match.occasion.is_(None),
            or_(Match.ends_on.is_(None), Match.ends_on > wish.due_on),
        )
        .limit(1)
    ).first()


def _may_be_given(session: Session, wish: GiftWish, match: Match, spent: int) -> bool:
    """Instalments come first; and nothing is begun for a child whose consent does not hold."""
    child = session.get_one(Child, match.child_id)
    if child.id not in readiness.consenting(session, [child], on=wish.due_on):
        return False
    owes = exists().where(
        and_(Stipend.match_id == Match.id, Match.pledge_id == wish.pledge_id, WAITS)
    )
    money = ledger.prepaid_of(session, wish.pledge_id) - spent
    return money >= wish.amount_fen and not session.scalar(select(owes))


def _give(session: Session, by: Viewer, wish: GiftWish, match: Match, *, now: datetime) -> None:
    gift = Match(
        pledge_id=wish.pledge_id,
        child_id=wish.child_id,
        instalment_fen=Fen(wish.amount_fen),
        occasion=wish.occasion,
        code_name=match.code_name,
        proposed_on=match.proposed_on,
        proposed_by=match.proposed_by,
        decided_by=match.decided_by,
        decided_on=match.decided_on,
    )
    wish.match_id = further.once(session, by, gift, on=wish.due_on, now=now, reason="gift").id
    advance(session, wish, GiftStatus.GIVEN, by=by, now=now)
    session.flush()


def _put_off(session: Session, by: Viewer, wish: GiftWish, *, on: date, now: datetime) -> None:
    following = next_due(STANDARD[Rhythm.MONTH], on)
    if following >= add_months(wish.asked_for, TRIED_MONTHS):
        _let_go(session, by, wish, now=now)
    else:
        wish.due_on = following
        session.flush()


def _let_go(session: Session, by: Viewer, wish: GiftWish, *, now: datetime) -> None:
    advance(session, wish, GiftStatus.LAPSED, by=by, now=now)
    session.flush()
    try:
        donor = Recipient(RecipientKind.DONOR, vault.donor_of_pledge(session, wish.pledge_id))
    except NotFound:
        return
    kind, subject = NoticeKind.GIFT_NOT_GIVEN, f"gift_wish:{wish.ref}"
    notices.queue(session, donor, kind, subject, now=now)
