"""Restricted money helps others when its giver says yes, once; his no and silence leave it."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.earmarks import Redirection, RedirectionAnswer
from models.ledger import Posting, Transaction
from models.notices import Notice
from models.pledges import Pledge
from models.trace import CustodianEntry, OrdinaryEntry
from services.earmarks import redirecting
from services.vault import vault
from tests.factories import a_pledge, viewer
from tests.services.earmarks.world import held, restricted
from tests.services.gap_fund import (
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    broken,
    feed,
    left,
    pay,
    run,
    sponsored,
)
from vocabulary.dates import at
from vocabulary.enums import EarmarkKind, NoticeKind, PledgeKind, RedirectReason, Role, Sex
from vocabulary.errors import AlreadyDecided, BadInput, NotFound, NotPermitted, TooLate
from vocabulary.money import Fen
from vocabulary.redirecting import CURRENT, WORDINGS

APPROVER = viewer(Role.APPROVER)
WHY = RedirectReason.NOBODY_FITS
NOW = at(SEPTEMBER, 10)


def donor_of(session: Session, pledge: Pledge):
    donor_id = vault.donor_of_pledge(session, pledge.id)
    return viewer(Role.DONOR, donor_id=donor_id, actor="donor:X")


def asked(session: Session, fen: int = 50_000) -> tuple[Pledge, str]:
    pledge, _ = restricted(session, EarmarkKind.SURGERY, fen)
    return pledge, redirecting.ask(session, APPROVER, pledge.code, reason=WHY, now=NOW)


def test_a_yes_moves_what_is_left_to_the_fund_and_is_kept_with_the_question(
    session: Session,
) -> None:
    pledge, ref = asked(session)

    moved = redirecting.answer(session, donor_of(session, pledge), ref, "yes", now=NOW)

    assert (moved, held(session, pledge), left(session)) == (50_000, 0, 50_000)
    question = session.scalars(select(Redirection)).one()
    said = session.scalars(select(RedirectionAnswer)).one()
    assert (question.reason, question.wording, question.amount_fen) == (WHY, CURRENT, 50_000)
    assert (said.redirection_id, said.says_yes, said.said_at) == (question.id, True, NOW)
    assert broken(session, SEPTEMBER) == {}


def test_the_books_do_not_say_who_agreed(session: Session) -> None:
    pledge, ref = asked(session)

    redirecting.answer(session, donor_of(session, pledge), ref, "yes", now=NOW)

    moved = select(Transaction.by).where(Transaction.redirection_id.is_not(None))
    assert session.scalars(moved).all() == ["donor"]


def test_no_ref_that_the_staff_know_stands_beside_the_donor_in_the_custodians_chain(
    session: Session,
) -> None:
    pledge, ref = asked(session)
    donor = donor_of(session, pledge)

    redirecting.answer(session, donor, ref, "no", now=NOW)

    staffs = session.scalars(select(OrdinaryEntry.subject)).all()
    his = select(CustodianEntry.subject).where(CustodianEntry.actor == donor.actor)
    assert f"redirection:{ref}" in staffs
    assert session.scalars(his).all() == [donor.actor]


def test_a_no_moves_nothing_and_staff_cannot_tell_it_from_silence(session: Session) -> None:
    pledge, ref = asked(session)
    silent = redirecting.restricted(session, APPROVER, now=NOW)

    moved = redirecting.answer(session, donor_of(session, pledge), ref, "no", now=NOW)

    assert (moved, held(session, pledge), left(session)) == (0, 50_000, 0)
    after = redirecting.restricted(session, APPROVER, now=NOW)
    assert [dict(one) for one in after] == [dict(one) for one in silent]
    with pytest.raises(AlreadyDecided):
        redirecting.ask(session, APPROVER, pledge.code, reason=WHY, now=NOW)


@pytest.mark.parametrize("again", ["yes", "no"])
def test_an_answer_is_given_once(session: Session, again: str) -> None:
    pledge, ref = asked(session)
    donor = donor_of(session, pledge)
    redirecting.answer(session, donor, ref, "no", now=NOW)

    with pytest.raises(AlreadyDecided):
        redirecting.answer(session, donor, ref, again, now=NOW)
    assert held(session, pledge) == 50_000


def test_silence_is_a_no_and_a_later_yes_comes_too_late(session: Session) -> None:
    pledge, ref = asked(session)
    last = NOW + redirecting.OPEN_FOR
    donor = donor_of(session, pledge)

    with pytest.raises(TooLate):
        redirecting.answer(session, donor, ref, "yes", now=last)
    assert held(session, pledge) == 50_000
    assert redirecting.questions(session, donor, now=last - timedelta(days=1))[0]["waits"]
    assert not redirecting.questions(session, donor, now=last)[0]["waits"]
    # Only then may he be asked again.
    redirecting.ask(session, APPROVER, pledge.code, reason=WHY, now=last)


def test_what_was_used_meanwhile_for_its_purpose_is_not_moved(session: Session) -> None:
    sponsored(session, sex=Sex.FEMALE)
    pledge, _ = restricted(session, EarmarkKind.GIRLS, 50_000)
    ref = redirecting.ask(session, APPROVER, pledge.code, reason=WHY, now=NOW)
    run(session, OCTOBER)

    moved = redirecting.answer(session, donor_of(session, pledge), ref, "yes", now=at(OCTOBER, 9))

    assert (moved, left(session)) == (30_000, 30_000)
    assert broken(session, OCTOBER) == {}


def test_what_a_childs_own_sponsor_restricted_is_moved_by_his_yes_alone(session: Session) -> None:
    pledge, reference = restricted(
        session, EarmarkKind.GIRLS, 0, given=PledgeKind.CHILD, instalment_fen=Fen(10_000)
    )
    pay(session, reference, 30_000, SEPTEMBER)
    ref = redirecting.ask(session, APPROVER, pledge.code, reason=WHY, now=NOW)

    assert redirecting.answer(session, donor_of(session, pledge), ref, "yes", now=NOW) == 30_000
    assert left(session) == 30_000
    assert broken(session, SEPTEMBER) == {}


def test_nobody_else_answers_or_asks(session: Session) -> None:
    pledge, ref = asked(session)
    other, _ = a_pledge(session, "13700000009")

    with pytest.raises(NotFound):
        redirecting.answer(session, donor_of(session, other), ref, "yes", now=NOW)
    for role in (Role.CASE_WORKER, Role.PAYING_DESK, Role.COLLECTING_DESK, Role.AUDITOR):
        with pytest.raises(NotPermitted):
            redirecting.ask(session, viewer(role), pledge.code, reason=WHY, now=NOW)
        with pytest.raises(NotPermitted):
            redirecting.answer(session, viewer(role), ref, "yes", now=NOW)


def test_nobody_is_asked_about_what_he_did_not_restrict_or_what_is_spent(session: Session) -> None:
    feed(session, 88_800)
    free = session.scalars(select(Pledge)).one()
    empty, _ = restricted(session, EarmarkKind.GIRLS, 0)

    with pytest.raises(NotFound):
        redirecting.ask(session, APPROVER, free.code, reason=WHY, now=NOW)
    with pytest.raises(BadInput):
        redirecting.ask(session, APPROVER, empty.code, reason=WHY, now=NOW)


def test_he_is_told_once_and_never_reminded(session: Session) -> None:
    asked(session)
    run(session, OCTOBER)
    run(session, NOVEMBER)

    told = select(Notice).where(Notice.kind == NoticeKind.EARMARK_ASKED)
    assert len(session.scalars(told).all()) == 1


def test_without_a_yes_the_database_lets_nothing_go_elsewhere(session: Session) -> None:
    pledge, ref = asked(session)
    redirecting.answer(session, donor_of(session, pledge), ref, "no", now=NOW)
    question = session.scalars(select(Redirection)).one()
    said = {"kind": "redirected", "on": SEPTEMBER, "by": "x", "redirection_id": question.id}
    key = session.execute(insert(Transaction).values(**said).returning(Transaction.id)).scalar_one()

    leg = {"transaction_id": key, "account": "earmarked", "pledge_id": pledge.id, "amount": 50_000}
    with pytest.raises(DBAPIError, match="earmark_holds"):
        session.execute(insert(Posting).values(**leg))


def test_staff_read_no_sum_and_no_child_of_restricted_money(session: Session) -> None:
    own, _ = sponsored(session)
    restricted(session, EarmarkKind.ONE_CHILD, 66_600, for_child_of=own)

    (card,) = redirecting.restricted(session, APPROVER, now=NOW)

    assert set(card) == {"kind", "pledge", "waits"}
    assert set(card["pledge"]) == {"code"}


def test_every_wording_says_how_much_what_for_and_why() -> None:
    for words in WORDINGS.values():
        assert all(part in words.question for part in ("{sum}", "{use}", "{why}"))
