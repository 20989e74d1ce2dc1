"""Money for one purpose of two donors, and the question to each whether it may help others."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.pledges import Pledge
from privacy.viewers import Viewer
from services.books import receipts
from services.books.receipts import BankLine
from services.earmarks import marking, redirecting
from services.vault import vault
from tests.factories import viewer
from tests.house.places import Town, who_is
from vocabulary.enums import (
    EarmarkKind,
    PledgeKind,
    PledgeStatus,
    RedirectReason,
    Rhythm,
    Role,
)
from vocabulary.money import Fen


def give(session: Session, town: Town, donors: list[Viewer], now: datetime) -> None:
    """Each of the donors restricts a gift to the fund, and is asked about it."""
    approver, why = who_is(session, town, "approver", now), RedirectReason.ENOUGH
    pledges = [_restricted(session, donor, now) for donor in donors]
    asked = [redirecting.ask(session, approver, one.code, reason=why, now=now) for one in pledges]
    town.give("redirection", "donor", *asked)
    town.give("restricted", "approver", pledges[0].code)


def _restricted(session: Session, donor: Viewer, now: datetime) -> Pledge:
    pledge = Pledge(
        kind=PledgeKind.GAP_FUND,
        instalment_fen=Fen(66_600),
        rhythm=Rhythm.YEAR,
        status=PledgeStatus.CONFIRMED,
        offered_on=now.date(),
        confirmed_on=now.date(),
    )
    session.add(pledge)
    session.flush()
    assert donor.donor_id is not None
    reference = vault.file_pledge(session, donor.donor_id, pledge)
    marking.mark(session, pledge, EarmarkKind.GIRLS, now=now)
    line = BankLine(reference, Fen(66_600), now.date())
    receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=now)
    return pledge
