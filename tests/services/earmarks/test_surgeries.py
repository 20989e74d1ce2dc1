"""A sum for a child's surgery: asked by one, agreed by another, paid whole, sent like any other."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child
from models.pledges import Match, Pledge, Recusal
from models.stipends import Stipend
from models.surgeries import Surgery
from services.donors import donors
from services.earmarks import for_child, redirecting, surgeries
from tests.factories import BANNER, a_pledge, viewer
from tests.services.earmarks.world import held, restricted, source_of
from tests.services.gap_fund import OCTOBER, SEPTEMBER, broken, feed, left, pay, run, sponsored
from tests.services.papers.test_statements import donor
from vocabulary.dates import at
from vocabulary.enums import AmendmentStatus, EarmarkKind, MatchStatus, PledgeKind, Role
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NotPermitted
from vocabulary.money import Fen

WORKER = viewer(Role.CASE_WORKER, actor="account:A", regions=(BANNER,))
APPROVER = viewer(Role.APPROVER, actor="account:B", regions=(BANNER,))
BOTH = viewer(Role.CASE_WORKER, Role.APPROVER, actor="account:C", regions=(BANNER,))
NOW, NOTE = at(SEPTEMBER, 9), "先天性心脏病，旗医院说十月手术"


def child_of(session: Session, match: Match) -> str:
    return session.get_one(Child, match.child_id).ref


def ask(session: Session, match: Match, fen: int = 40_000, by=WORKER) -> str:
    return surgeries.ask(session, by, child_of(session, match), Fen(fen), NOTE, now=NOW)


def agreed(session: Session, match: Match, fen: int = 40_000) -> str:
    ref = ask(session, match, fen)
    surgeries.agree(session, APPROVER, ref, now=NOW)
    return ref


def stipend_of(session: Session, ref: str) -> Stipend:
    own = select(Surgery.match_id).where(Surgery.ref == ref).scalar_subquery()
    return session.scalars(select(Stipend).where(Stipend.match_id == own)).one()


def test_whoever_asked_does_not_agree_nor_who_keeps_out_of_the_childs_matches(session: Session):
    match, _ = sponsored(session)
    ref = ask(session, match, by=BOTH)
    with pytest.raises(ActedBefore):
        surgeries.agree(session, BOTH, ref, now=NOW)
    with pytest.raises(NotPermitted):
        surgeries.agree(session, WORKER, ref, now=NOW)
    session.add(Recusal(child_id=match.child_id, actor=APPROVER.actor, since_on=SEPTEMBER))
    session.flush()
    with pytest.raises(ActedBefore):
        surgeries.agree(session, APPROVER, ref, now=NOW)


def test_it_is_paid_from_money_for_surgeries_and_goes_with_the_next_batch(session: Session):
    match, _ = sponsored(session)
    pledge, _ = restricted(session, EarmarkKind.SURGERY, 60_000)
    feed(session, 99_900)
    ref = agreed(session, match)

    run(session, OCTOBER)
    run(session, OCTOBER)

    stipend = stipend_of(session, ref)
    assert (stipend.bridged_on, source_of(session, stipend)) == (OCTOBER, pledge.id)
    assert stipend.batch_id is not None
    assert held(session, pledge) == 20_000
    # The months of September and October, and nothing of the surgery.
    assert left(session) == 99_900 - 20_000
    assert broken(session, OCTOBER) == {}


def test_free_money_pays_it_only_while_the_months_of_60_days_are_safe(session: Session):
    match, _ = sponsored(session)
    feed(session, 60_000)
    ref = agreed(session, match)

    run(session, OCTOBER)
    assert stipend_of(session, ref).bridged_on is None
    assert left(session) == 40_000

    feed_again = a_pledge(
        session, "13899999998", kind=PledgeKind.GAP_FUND, instalment_fen=Fen(88_800)
    )[1]
    pay(session, feed_again, 30_000, OCTOBER)
    run(session, OCTOBER)
    assert stipend_of(session, ref).bridged_on == OCTOBER
    assert left(session) == 30_000
    assert broken(session, OCTOBER) == {}


def test_too_little_waits_whole(session: Session):
    match, _ = sponsored(session)
    pledge, _ = restricted(session, EarmarkKind.SURGERY, 39_999)
    ref = agreed(session, match)

    run(session, OCTOBER)

    assert stipend_of(session, ref).bridged_on is None
    assert held(session, pledge) == 39_999


def test_it_is_asked_once_at_a_time_and_decided_once(session: Session):
    match, _ = sponsored(session)
    ref = ask(session, match)
    with pytest.raises(AlreadyDecided):
        ask(session, match, by=BOTH)
    surgeries.turn_down(session, APPROVER, ref, now=NOW)
    with pytest.raises(AlreadyDecided):
        surgeries.agree(session, APPROVER, ref, now=NOW)
    assert session.scalars(select(Match.id).where(Match.occasion.is_not(None))).all() == []
    assert surgeries.detail(session, WORKER, ask(session, match))["waits"] is True


def test_the_hospitals_words_are_for_the_case_and_for_who_is_to_agree(session: Session):
    match, _ = sponsored(session)
    child = session.get_one(Child, match.child_id)
    child.entered_by, child.verified_by = "account:X", "account:Y"
    ref = ask(session, match)
    another = viewer(Role.CASE_WORKER, actor="account:Z", regions=(BANNER,))

    assert surgeries.detail(session, WORKER, ref)["note"] == NOTE
    assert surgeries.detail(session, APPROVER, ref)["note"] == NOTE
    assert not surgeries.detail(session, another, ref).has("note")
    surgeries.turn_down(session, APPROVER, ref, now=NOW)
    assert not surgeries.detail(session, APPROVER, ref).has("note")
    assert session.scalars(select(Surgery.status)).one() is AmendmentStatus.TURNED_DOWN


def test_a_donors_money_for_one_child_pays_that_child_alone(session: Session):
    mine, _ = sponsored(session)
    other, _ = sponsored(session, "13800000002")
    me = donor(session, _pledge(session, mine))
    ref = for_child.give(session, me, mine.donor_ref, Fen(15_000), now=NOW)
    again = for_child.give(session, me, mine.donor_ref, Fen(15_000), now=NOW)
    card = donors.pledge(session, me, ref, now=NOW)
    pay(session, card["reference"], 15_000, SEPTEMBER)

    run(session, SEPTEMBER)

    assert ref == again
    use = redirecting.Use(EarmarkKind.ONE_CHILD, mine.code_name)
    assert redirecting.own(session, me) == {ref: use}
    paid = {one.match_id: one.bridged_on for one in session.scalars(select(Stipend)).all()}
    assert paid == {mine.id: SEPTEMBER, other.id: None}
    assert broken(session, SEPTEMBER) == {}


def test_a_donor_who_knows_the_child_by_no_match_reads_no_code_name(session: Session):
    mine, _ = sponsored(session)
    me = donor(session, _pledge(session, mine))
    ref = for_child.give(session, me, mine.donor_ref, Fen(15_000), now=NOW)
    mine.status = MatchStatus.PROPOSED  # as if it had never been approved
    session.flush()

    assert redirecting.own(session, me) == {ref: redirecting.Use(EarmarkKind.ONE_CHILD)}


def test_only_for_a_child_he_supports_and_a_sum_in_bounds(session: Session):
    mine, _ = sponsored(session)
    me = donor(session, _pledge(session, mine))
    with pytest.raises(BadInput):
        for_child.give(session, me, mine.donor_ref, Fen(1), now=NOW)
    mine.ends_on = SEPTEMBER
    session.flush()
    with pytest.raises(AlreadyDecided):
        for_child.give(session, me, mine.donor_ref, Fen(15_000), now=NOW)


def _pledge(session: Session, match: Match) -> Pledge:
    return session.get_one(Pledge, match.pledge_id)
