"""Money of another that has paid for what left already: the gap fund steps in its place.

What a child has stays with it. The fund has paid it from that day on, as it pays what nobody has
paid: the donor under whose name it stood is asked for it anew, kindly and from that day, and what he
pays goes back to the fund. Where the fund had paid it first, what it got back is taken out again.
What the fund never pays (a sum beside the instalments) and restricted money stay where they are.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.pledges import Match, Pledge
from models.stipends import Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.books import ledger
from services.fund import bridging
from services.stipends import facts
from services.stipends.facts import Basis
from vocabulary.dates import today
from vocabulary.enums import Chain, Evidence, FactKind, PledgeKind
from vocabulary.errors import WrongState
from vocabulary.money import Fen

FUND_SHORT = "fund_short"


def step_in(session: Session, by: Viewer, pledge_id: int, fen: Fen, *, now: datetime) -> int:
    """Let the fund have paid, the latest first, until so much lies ahead under the pledge again.

    Returns how many instalments it took over; none where that would not suffice. Raises
    WrongState(fund_short) where the fund's free money does not reach.
    """
    require(by, Act.RUN_STIPENDS)
    ahead = ledger.prepaid_of(session, pledge_id)
    chosen: list[Stipend] = []
    for stipend in _sent(session, pledge_id):
        if ahead >= fen:
            break
        ahead = Fen(ahead + stipend.amount_fen)
        chosen.append(stipend)
    if ahead < fen or not chosen:
        return 0
    if bridging.balance(session) < sum(one.amount_fen for one in chosen):
        raise WrongState(from_state=FUND_SHORT, to_state="moved")
    for stipend in chosen:
        _take_over(session, by, stipend, now=now)
    session.flush()
    detail, chain = {"count": len(chosen)}, Chain.CUSTODIAN
    trace.record(session, by, "stipends.take_over", "stipends", now=now, detail=detail, chain=chain)
    return len(chosen)


def _sent(session: Session, pledge_id: int) -> list[Stipend]:
    """Return what the pledge's money has paid for and the fund may pay, the latest first."""
    query = (
        select(Stipend)
        .join(Match, Match.id == Stipend.match_id)
        .join(Pledge, Pledge.id == Match.pledge_id)
        .where(
            Pledge.id == pledge_id,
            Pledge.kind == PledgeKind.CHILD,
            Match.occasion.is_(None),
            Stipend.earmark_id.is_(None),
            Stipend.received_on.is_not(None),
            Stipend.sent_on.is_not(None),
            Stipend.cancelled_on.is_(None),
        )
        .order_by(Stipend.due_on.desc(), Stipend.id.desc())
    )
    return list(session.scalars(query))


def _take_over(session: Session, by: Viewer, stipend: Stipend, *, now: datetime) -> None:
    basis, on = Basis(Evidence.LEDGER, detail="corrected"), today(now)
    if stipend.bridged_on is None:
        facts.fund_instead(session, stipend, on=on, by=by, now=now, basis=basis)
    else:
        kind = FactKind.RECEIVED
        facts.take_back(session, kind, stipend, on=on, by=by, now=now, basis=basis)
    stipend.owed_from = on
