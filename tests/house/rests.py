"""What two donors have left under stopped pledges, and what of it goes back to its payers."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.pledges import Pledge
from models.rests import BackOrder, PayBack, Rest
from models.vault import Donor
from privacy import viewers
from privacy.viewers import Viewer
from services.books import receipts
from services.books.receipts import BankLine
from services.giving import resting, rests
from services.vault import vault
from tests.factories import a_pledge, viewer
from tests.house.places import Town
from vocabulary.enums import (
    PayBackDesk,
    PayBackStatus,
    PledgeStatus,
    RestWay,
    Rhythm,
    Role,
)
from vocabulary.money import Fen

DIED = date(2026, 10, 1)


def give(session: Session, town: Town, donors: list[Viewer], now: datetime) -> None:
    """Each has a rest that waits; the first has one more of which three sums go back."""
    waiting = [_stopped(session, donor, now, "佟掌柜") for donor in donors]
    back = _stopped(session, donors[0], now, "佟掌柜", None, "同福客栈")
    lost = _stopped(session, viewer(Role.DONOR, donor_id=_a_dead_donor(session)), now, "白展堂")
    _set_apart(session, now)
    refs = {one.pledge_id: one.ref for one in session.scalars(select(Rest)).all()}
    town.give("orphan_rest", "custodian", refs[lost.id], refs[waiting[0].id])
    town.give("donors_rest", "donor", *(pledge.donor_ref for pledge in waiting))
    resting.answer(session, donors[0], back.donor_ref, RestWay.PAY_BACK.value, now=now)
    found = session.scalars(select(PayBack).order_by(PayBack.id)).all()
    own = {desk: [one for one in found if one.desk is desk] for desk in PayBackDesk}
    (sealed,), (mine, ready) = own[PayBackDesk.CUSTODY], own[PayBackDesk.COLLECTING]
    ready.status, ready.made_by, ready.agreed_by = PayBackStatus.AGREED, "account:a", "account:b"
    ready.account, ready.agreed_on = "6222020000000000018", now.date()
    ready.holder, ready.bank = ready.payer, "某银行"
    town.give("pay_back", "collecting_desk", mine.ref, sealed.ref)
    town.give("pay_back", "custodian", sealed.ref, mine.ref)
    town.give("agreed_pay_back", "paying_desk", ready.ref, mine.ref)
    tables = {desk: _a_table(session, desk, now) for desk in PayBackDesk}
    theirs, sealed_one = tables[PayBackDesk.COLLECTING], tables[PayBackDesk.CUSTODY]
    town.give("back_order", "collecting_desk", theirs, sealed_one)
    town.give("back_order", "custodian", sealed_one, theirs)
    session.flush()


def _a_table(session: Session, desk: PayBackDesk, now: datetime) -> str:
    """A table for the bank that a desk made; its lines are elsewhere."""
    made = BackOrder(
        desk=desk, made_by="account:a", made_on=now.date(), count=1, fen=Fen(100), digest="0" * 64
    )
    session.add(made)
    session.flush()
    return made.ref


def _set_apart(session: Session, now: datetime) -> None:
    rests.set_apart(session, viewers.engine("stipends"), on=now.date(), now=now)


def _a_dead_donor(session: Session) -> int:
    pledge, _ = a_pledge(session, "13900000399")
    donor = session.get_one(Donor, vault.donor_of_pledge(session, pledge.id))
    donor.died_on = DIED
    session.flush()
    return donor.id


def _stopped(session: Session, donor: Viewer, now: datetime, *payers: str | None) -> Pledge:
    pledge = Pledge(
        instalment_fen=Fen(10_000),
        rhythm=Rhythm.MONTH,
        status=PledgeStatus.ENDED,
        offered_on=now.date(),
        confirmed_on=now.date(),
        ends_on=now.date(),
    )
    session.add(pledge)
    session.flush()
    assert donor.donor_id is not None
    reference = vault.file_pledge(session, donor.donor_id, pledge)
    for payer in payers:
        line = BankLine(reference, Fen(12_300), now.date(), payer)
        receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=now)
    return pledge
