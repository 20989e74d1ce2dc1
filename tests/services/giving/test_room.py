"""A child's need sets what one donor may raise his sum to; what he lowers, its staff hear of."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child, Need
from models.notices import Notice
from models.pledges import Match, Pledge, PledgeChange
from privacy import viewers
from privacy.viewers import Viewer
from services.books import receipts
from services.books.receipts import BankLine
from services.donors import donors
from services.pairing import market
from services.pledges import changes, taking_effect
from services.vault import vault
from tests.factories import BANNER, a_child, a_match, a_pledge, a_school, an_account, viewer
from tests.services.outbox import PHONE, a_donor, deliver
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import ChangeStatus, NoticeKind, Rhythm, Role
from vocabulary.errors import BadInput
from vocabulary.money import Fen

ENGINE = viewers.engine("pledges")
DECEMBER = date(2026, 12, 1)
MONTH = Rhythm.MONTH


@pytest.fixture
def pair(session: Session, now) -> tuple[Pledge, Viewer, Match, Need]:
    """A hundred a month for a child that needs three hundred."""
    pledge, _ = a_pledge(session, PHONE)
    child = a_child(session, a_school(session))
    need = need_of(session, child)
    need.monthly_fen = Fen(30_000)
    match = a_match(session, pledge, child, need_id=need.id)
    me = viewer(Role.DONOR, donor_id=a_donor(session).id, actor="donor:ME")
    return pledge, me, match, need


def need_of(session: Session, child: Child) -> Need:
    return session.scalars(select(Need).where(Need.child_id == child.id)).one()


def another(session: Session, need: Need, yuan: int, **more: object) -> Match:
    pledge, _ = a_pledge(session, "b@example.org", instalment_fen=Fen(yuan * 100))
    child = session.get_one(Child, need.child_id)
    return a_match(session, pledge, child, need_id=need.id, instalment_fen=Fen(yuan * 100), **more)


@pytest.mark.parametrize(("yuan", "is_taken"), [(150, True), (200, True), (300, False)])
def test_a_sum_may_grow_into_what_nobody_else_covers(
    session: Session, now, pair, yuan: int, is_taken: bool
) -> None:
    pledge, me, _, need = pair
    another(session, need, 100)

    to = (Fen(yuan * 100), MONTH)
    if is_taken:
        changes.change_terms(session, me, pledge.donor_ref, to=to, now=now)
    else:
        with pytest.raises(BadInput) as refused:
            changes.change_terms(session, me, pledge.donor_ref, to=to, now=now)
        assert refused.value.params["reason"] == "beyond_need"
    assert len(session.scalars(select(PledgeChange)).all()) == is_taken


def test_a_rhythm_alone_is_never_beyond_a_need_that_was_lowered(
    session: Session, now, pair
) -> None:
    pledge, me, _, need = pair
    need.monthly_fen = Fen(5_000)

    changes.change_terms(session, me, pledge.donor_ref, to=(Fen(60_000), Rhythm.TERM), now=now)

    assert session.scalars(select(PledgeChange.status)).one() is ChangeStatus.WAITING


def test_room_that_another_took_meanwhile_leaves_all_as_it_was_and_the_donor_is_told(
    session: Session, now, pair
) -> None:
    pledge, me, match, need = pair
    changes.change_terms(session, me, pledge.donor_ref, to=(Fen(30_000), MONTH), now=now)
    another(session, need, 200)

    taking_effect.apply_changes(session, ENGINE, on=DECEMBER, now=at(DECEMBER))
    with clock.moved_to(at(DECEMBER)):
        deliver(session)

    assert (pledge.instalment_fen, match.instalment_fen) == (10_000, 10_000)
    assert session.scalars(select(PledgeChange.status)).one() is ChangeStatus.UNDONE
    told = select(Notice.text).where(Notice.kind == NoticeKind.CHANGE_NOT_MADE)
    assert session.scalars(told).all() == [
        "你要改的没有改成：12月1日的时候，孩子那边已经用不了这么多。一切照旧，不用你做什么。"
    ]


def test_what_a_donor_lowers_its_staff_hear_of_and_the_matcher_seeks(
    session: Session, now, pair
) -> None:
    pledge, me, _, _ = pair
    an_account(session, Role.CASE_WORKER, login="here", region_code=BANNER)
    changes.change_terms(session, me, pledge.donor_ref, to=(Fen(5_000), MONTH), now=now)

    taking_effect.apply_changes(session, ENGINE, on=DECEMBER, now=at(DECEMBER))
    with clock.moved_to(at(DECEMBER)):
        deliver(session)

    told = select(Notice.text).where(Notice.kind == NoticeKind.COVER_REDUCED)
    text = session.scalars(told).one()
    assert f"认捐 {pledge.code} 从12月1日起改少了，每月还差 ¥250。" in text
    records = market.need_records(session, market.open_needs(session), on=DECEMBER)
    assert [one.units_open for one in records] == [5]


def test_nobody_is_told_of_a_cut_that_leaves_nothing_open(session: Session, now, pair) -> None:
    pledge, me, _, need = pair
    need.monthly_fen = Fen(5_000)
    an_account(session, Role.CASE_WORKER, login="here", region_code=BANNER)
    changes.change_terms(session, me, pledge.donor_ref, to=(Fen(5_000), MONTH), now=now)

    taking_effect.apply_changes(session, ENGINE, on=DECEMBER, now=at(DECEMBER))

    told = select(Notice.id).where(Notice.kind == NoticeKind.COVER_REDUCED)
    assert session.scalars(told).all() == []


def test_a_sum_for_many_children_stays_below_what_the_form_takes_at_once(
    session: Session, now
) -> None:
    pledge, _ = a_pledge(session, PHONE, children_wanted=20)
    me = viewer(Role.DONOR, donor_id=a_donor(session).id, actor="donor:ME")

    to = (Fen(600_000), Rhythm.YEAR)
    with pytest.raises(BadInput) as refused:
        changes.change_terms(session, me, pledge.donor_ref, to=to, now=now)

    assert refused.value.params["reason"] == "out_of_range"


def test_the_page_counts_what_is_to_pay_with_the_terms_that_will_hold(
    session: Session, now, pair
) -> None:
    """Three months are paid ahead at a hundred; from December it is a hundred and fifty."""
    pledge, me, match, _ = pair
    match.starts_on = DECEMBER
    line = BankLine(vault.reference_of(session, pledge.id), Fen(30_000), date(2026, 11, 2))
    receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=now)
    before = donors.pledge(session, me, pledge.donor_ref, now=now)["runway"]

    changes.change_terms(session, me, pledge.donor_ref, to=(Fen(15_000), MONTH), now=now)
    after = donors.pledge(session, me, pledge.donor_ref, now=now)["runway"]

    assert (before.next_on, before.next_amount) == (date(2027, 3, 1), 10_000)
    assert (after.next_on, after.next_amount) == (date(2027, 2, 1), 15_000)
