"""The rest of a donor who died or is forgotten: two custodians give it its end, and nobody is told."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.earmarks import Earmark
from models.notices import Notice
from models.pledges import Pledge
from models.rests import Rest, RestAnswer
from models.vault import Donor
from services.books import ledger
from services.giving import orphans
from services.vault import vault
from tests.factories import viewer
from tests.services.gap_fund import DECEMBER, NOVEMBER, OCTOBER, SEPTEMBER, run
from tests.services.rests.test_asking import broken
from tests.services.rests.world import in_books, rest_of, stopped
from vocabulary.dates import at
from vocabulary.enums import (
    AccountKind,
    EarmarkKind,
    PledgeStatus,
    RecipientKind,
    RestStatus,
    RestWay,
    Role,
)
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NotFound

ONE, TWO = (viewer(Role.CUSTODIAN, actor=f"account:{name}") for name in ("one", "two"))
NOW = at(NOVEMBER + timedelta(days=3), 10)


def left(session: Session, what: str = "died_on", fen: int = 34_000) -> tuple[Pledge, Rest]:
    """A stopped pledge with a rest, whose donor died or was forgotten since."""
    pledge, _ = stopped(session, fen, paid=SEPTEMBER, until=OCTOBER)
    donor = session.get_one(Donor, vault.donor_of_pledge(session, pledge.id))
    setattr(donor, what, OCTOBER)
    session.commit()
    return pledge, rest_of(session, pledge)


def told(session: Session) -> int:
    kind = Notice.recipient_kind == RecipientKind.DONOR
    return session.scalar(select(func.count(Notice.id)).where(kind)) or 0


@pytest.mark.parametrize("what", ["died_on", "forgotten_on"])
def test_two_custodians_give_it_to_the_fund_and_nobody_is_told(session, what) -> None:
    pledge, rest = left(session, what)
    before, fen = told(session), in_books(session, pledge)[1]
    (card,) = orphans.listing(session, ONE)
    assert (card["ref"], card["fen"], card["purpose"]) == (rest.ref, fen, None)
    assert not {"donor_ref", "pledge", "donor"} & card.keys()

    orphans.ask(session, ONE, rest.ref, RestWay.TO_FUND.value, now=NOW)
    with pytest.raises(ActedBefore):
        orphans.agree(session, ONE, rest.ref, now=NOW)
    orphans.agree(session, TWO, rest.ref, now=NOW)

    assert -ledger.balance(session, AccountKind.GAP_FUND) == fen
    assert (rest.status, in_books(session, pledge)) == (RestStatus.DONE, (0, 0))
    answer = session.scalars(select(RestAnswer)).one()
    assert (answer.asked_by, answer.agreed_by) == (ONE.actor, TWO.actor)
    assert told(session) == before
    assert orphans.listing(session, ONE) == []
    assert not broken(session, NOVEMBER).keys() - {"forgotten_donors"}
    with pytest.raises(AlreadyDecided):
        orphans.agree(session, TWO, rest.ref, now=NOW)


def test_it_looks_for_the_next_child_as_he_could_have_said(session) -> None:
    pledge, rest = left(session)
    fen = in_books(session, pledge)[1]

    orphans.ask(session, ONE, rest.ref, RestWay.NEXT_CHILD.value, now=NOW)
    orphans.agree(session, TWO, rest.ref, now=NOW)

    assert (pledge.status, pledge.until_count) == (PledgeStatus.CONFIRMED, fen // 10_000)
    assert in_books(session, pledge) == (fen, 0)
    before = told(session)
    run(session, DECEMBER)
    assert told(session) == before
    assert broken(session, DECEMBER) == {}


def test_what_was_restricted_stays_so(session) -> None:
    pledge, rest = left(session)
    fen = in_books(session, pledge)[1]
    session.add(Earmark(pledge_id=pledge.id, kind=EarmarkKind.GIRLS, since_on=SEPTEMBER))
    session.flush()

    orphans.ask(session, ONE, rest.ref, RestWay.TO_FUND.value, now=NOW)
    orphans.agree(session, TWO, rest.ref, now=NOW)

    own = ledger.balance(session, AccountKind.EARMARKED, pledge_id=pledge.id)
    assert (-own, ledger.balance(session, AccountKind.GAP_FUND)) == (fen, 0)


def test_what_a_living_donor_may_still_say_is_nobody_elses(session) -> None:
    pledge, _ = stopped(session, paid=SEPTEMBER, until=OCTOBER)

    assert orphans.listing(session, ONE) == []
    with pytest.raises(NotFound):
        orphans.ask(session, ONE, rest_of(session, pledge).ref, RestWay.TO_FUND.value, now=NOW)


def test_it_never_goes_back_and_what_one_asked_can_be_turned_down(session) -> None:
    _, rest = left(session)

    with pytest.raises(BadInput):
        orphans.ask(session, ONE, rest.ref, RestWay.PAY_BACK.value, now=NOW)
    orphans.ask(session, ONE, rest.ref, RestWay.TO_FUND.value, now=NOW)
    with pytest.raises(AlreadyDecided):
        orphans.ask(session, TWO, rest.ref, RestWay.NEXT_CHILD.value, now=NOW)
    orphans.turn_down(session, TWO, rest.ref, now=NOW)

    assert (rest.status, rest.end_way) == (RestStatus.WAITING, None)
    words = {"rest_id": rest.id, "fen": 1, "wording": "x", "said_at": NOW}
    alone = insert(RestAnswer).values(way=RestWay.TO_FUND, asked_by="a", agreed_by="a", **words)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(alone)
