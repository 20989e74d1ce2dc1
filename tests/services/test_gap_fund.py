"""What staff see of the gap fund, who sees what, and the word that goes out 60 days ahead."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child
from models.notices import Notice
from models.pledges import Match, Pledge
from models.stipends import Stipend
from privacy.viewers import Viewer
from services.donors import donors
from services.fund import gap_fund
from services.notices import drawing
from services.stipends import stipend_lists
from services.stipends.stipend_lists import Listed
from services.vault import vault
from tests.factories import BANNER, LEAGUE, OTHER_BANNER, TOWNSHIP, an_account, viewer
from tests.services.gap_fund import (
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    feed,
    pay,
    run,
    sponsored,
)
from tests.services.test_standing_in import ended, paused
from vocabulary.dates import at
from vocabulary.enums import FundReason, NoticeKind, PledgeStatus, Role
from vocabulary.errors import NotFound, NotPermitted
from vocabulary.telling import Telling

WORKER = viewer(Role.CASE_WORKER)
ELSEWHERE = viewer(Role.CASE_WORKER, regions=(OTHER_BANNER,))
AUDITOR = viewer(Role.AUDITOR, regions=("150000000000",))


@pytest.fixture
def world(session: Session) -> Session:
    """One sponsor stopped, one paused, one unpaid since September, one will end soon."""
    for n, what in enumerate(("stopped", "paused", "unpaid", "ending")):
        match, reference = sponsored(session, f"1380000000{n}", name=what)
        if what != "unpaid":
            pay(session, reference, 20_000, SEPTEMBER)
        session.info[what] = match
    run(session, SEPTEMBER)
    ended(session, session.info["stopped"], OCTOBER)
    paused(session, session.info["paused"], OCTOBER, date(2027, 1, 1))
    session.get_one(Pledge, session.info["ending"].pledge_id).status = PledgeStatus.ENDING
    feed(session, 88_850, on=SEPTEMBER)
    run(session, OCTOBER)
    return session


def shown(session: Session, by: Viewer, on: date = OCTOBER) -> dict[str, tuple]:
    cards = gap_fund.page(session, by, now=at(on))["children"]
    return {card["child"]["name"]: (card["why"], card["months"], card["paid"]) for card in cards}


def test_case_staff_see_their_own_children_why_and_for_how_long(world: Session) -> None:
    page = gap_fund.page(world, WORKER, now=at(OCTOBER))

    # 88,850 less two months of the unpaid one and one each of the stopped and the paused.
    assert (page["balance_fen"], page["is_rounded"]) == (40_000, True)
    assert (page["carried"], page["monthly_fen"], page["months"]) == (4, 40_000, 1)
    assert page["fails_on"] == date(2026, 12, 1)
    assert page.keys().isdisjoint({"paid", "paid_fen", "back", "back_fen"})
    assert shown(world, WORKER) == {
        "unpaid": (FundReason.DRY, 1, 2),
        "ending": (FundReason.ENDING, 1, None),
        "stopped": (FundReason.STOPPED, 1, 1),
        "paused": (FundReason.PAUSED, 1, 1),
    }


def test_no_page_says_of_a_child_that_its_sponsor_is_late_or_has_paid(session: Session) -> None:
    """Who hears that somebody paid yesterday would find his child by it."""
    feed(session, 88_800)
    _, reference = sponsored(session)
    run(session, SEPTEMBER)
    late = gap_fund.page(session, WORKER, now=at(date(2026, 9, 4)))
    pay(session, reference, 10_000, date(2026, 9, 5))
    run(session, date(2026, 9, 6))

    paid = gap_fund.page(session, WORKER, now=at(date(2026, 9, 6)))

    assert (late["children"], paid["children"]) == ([], [])
    assert (late["carried"], paid["carried"]) == (0, 0)


def test_a_child_whose_sponsor_will_end_reads_the_same_when_late_and_when_paid(
    session: Session,
) -> None:
    feed(session, 88_800)
    match, reference = sponsored(session)
    match.ends_on = NOVEMBER
    run(session, SEPTEMBER)
    late = gap_fund.page(session, WORKER, now=at(date(2026, 9, 4)))
    pay(session, reference, 10_000, date(2026, 9, 5))
    run(session, date(2026, 9, 6))

    paid = gap_fund.page(session, WORKER, now=at(date(2026, 9, 6)))

    for page in (late, paid):
        assert [(one["why"], one["paid"]) for one in page["children"]] == [
            (FundReason.ENDING, None)
        ]
    assert (late["carried"], late["monthly_fen"]) == (paid["carried"], paid["monthly_fen"])
    exact = gap_fund.page(session, AUDITOR, now=at(date(2026, 9, 6)))
    assert (exact["paid"], exact["back"], exact["back_fen"]) == (1, 1, 10_000)


def test_another_banner_sees_the_sums_and_none_of_these_children(world: Session) -> None:
    page = gap_fund.page(world, ELSEWHERE, now=at(OCTOBER))

    assert (page["carried"], page["children"]) == (4, [])


def test_the_auditor_sees_the_books_sum_and_no_child(world: Session) -> None:
    page = gap_fund.page(world, AUDITOR, now=at(OCTOBER))

    assert (page["balance_fen"], page["is_rounded"], page["children"]) == (48_850, False, [])


@pytest.mark.parametrize(
    "role",
    sorted(set(Role) - {Role.CASE_WORKER, Role.APPROVER, Role.AUDITOR}),
)
def test_nobody_else_sees_it(session: Session, role: Role) -> None:
    with pytest.raises(NotPermitted):
        gap_fund.page(session, viewer(role), now=at(OCTOBER))


def test_case_staff_hear_once_60_days_before_even_the_fund_cannot_pay(world: Session) -> None:
    an_account(world, Role.CASE_WORKER, login="worker")
    an_account(world, Role.CASE_WORKER, login="far", region_code=OTHER_BANNER)
    an_account(world, Role.PAYING_DESK, login="payer")
    run(world, date(2026, 10, 2))
    run(world, date(2026, 10, 3))
    run(world, date(2026, 10, 4))

    told = world.scalars(select(Notice).where(Notice.kind == NoticeKind.FUND_RUNS_OUT)).all()

    assert [(one.subject, one.rung) for one in told] == [(f"gap_fund:{BANNER}", 2026 * 12 + 12)]
    (notice,) = told
    drawn = drawing.draw(world, WORKER, notice, now=at(date(2026, 10, 4)), hotline="12338")
    assert drawn is not None
    assert "从2026年12月起，爱心备用金不够接着给你这里的 4 个孩子" in (drawn.inbox or "")


def test_the_word_is_not_drawn_for_whom_it_does_not_concern(world: Session) -> None:
    for other in (ELSEWHERE, viewer(Role.PAYING_DESK), AUDITOR):
        with pytest.raises(NotFound):
            gap_fund.notice_facts(world, other, BANNER, at(OCTOBER))


def test_enough_money_says_nothing(session: Session) -> None:
    an_account(session, Role.CASE_WORKER, login="worker")
    sponsored(session)
    feed(session, 888_800)

    run(session, SEPTEMBER)

    told = select(Notice.id).where(Notice.kind == NoticeKind.FUND_RUNS_OUT)
    assert session.scalars(told).all() == []


def test_without_a_fund_nobody_is_told_that_it_is_empty(session: Session) -> None:
    an_account(session, Role.CASE_WORKER, login="worker")
    match, _ = sponsored(session)
    match.ends_on = OCTOBER

    run(session, SEPTEMBER)

    told = select(Notice.id).where(Notice.kind == NoticeKind.FUND_RUNS_OUT)
    assert session.scalars(told).all() == []


def donor_of(session: Session, match: Match) -> Viewer:
    key = vault.donor_of_pledge(session, match.pledge_id)
    return viewer(Role.DONOR, donor_id=key, actor="donor:x")


def test_the_donor_reads_that_the_fund_paid_first_and_that_it_has_its_money_back(
    session: Session,
) -> None:
    feed(session, 88_800)
    match, reference = sponsored(session)
    run(session, SEPTEMBER)
    me = donor_of(session, match)

    before = donors.home(session, me, now=at(date(2026, 9, 2)))
    pay(session, reference, 10_000, date(2026, 9, 5))
    run(session, date(2026, 9, 6))
    after = donors.home(session, me, now=at(date(2026, 9, 6)))

    (first,), (second,) = (one.pledges[0]["supports"][0].instalments for one in (before, after))
    assert (first["telling"], first["bridged_on"], first["received_on"]) == (
        Telling.BRIDGED, SEPTEMBER, None,
    )  # fmt: skip
    assert before.todo.amount == 10_000
    assert (second["telling"], second["received_on"]) == (Telling.RECEIVED, date(2026, 9, 5))


def test_what_the_fund_paid_is_not_counted_as_the_donors(session: Session) -> None:
    feed(session, 88_800)
    match, _ = sponsored(session)
    run(session, SEPTEMBER)
    one = session.scalars(select(Stipend)).one()
    one.sent_on, one.handed_over_on, one.confirmed_on = SEPTEMBER, SEPTEMBER, SEPTEMBER

    page = donors.home(session, donor_of(session, match), now=at(OCTOBER))

    assert (page.confirmed, page.handed_fen) == (0, 0)


def test_whoever_paused_sees_nothing_of_the_funds_own_instalments(world: Session) -> None:
    me = donor_of(world, world.info["paused"])

    page = donors.home(world, me, now=at(NOVEMBER))

    (support,) = page.pledges[0]["supports"]
    assert [one["due_on"] for one in support.instalments] == [SEPTEMBER]


def test_school_and_family_read_the_same_whoever_paid(session: Session) -> None:
    """Two children of one school, one paid by its sponsor, one by the fund: their cards differ in
    nothing but what is the child's."""
    from services import gate
    from tests.factories import a_school

    school = a_school(session)
    feed(session, 88_800)
    paid, reference = sponsored(session)
    pay(session, reference, 10_000, SEPTEMBER)
    bridged, _ = sponsored(session, "13800000002")
    for match in (paid, bridged):
        session.get_one(Child, match.child_id).school_id = school.id
    run(session, SEPTEMBER)
    for one in session.scalars(select(Stipend)):
        one.sent_on = SEPTEMBER
    session.flush()

    for by in (
        viewer(Role.SCHOOL_OFFICER, organisation_id=school.id),
        viewer(Role.CLASS_TEACHER, organisation_id=school.id, class_grade=4, class_name="2班"),
        viewer(Role.VILLAGE_DIRECTOR, regions=(TOWNSHIP,)),
    ):
        first, second = (
            gate.card(session, by, Stipend, Stipend.match_id == match.id)
            for match in (paid, bridged)
        )
        assert first == second
        assert "bridged_on" not in first
    families = [
        gate.card(session, viewer(Role.FAMILY, child_id=match.child_id), Stipend)
        for match in (paid, bridged)
    ]
    assert families[0] == families[1]
    assert gate.cards(session, viewer(Role.PAYING_DESK), Stipend) == []


def test_the_staff_list_says_that_there_is_money(session: Session) -> None:
    feed(session, 88_800)
    sponsored(session)
    run(session, SEPTEMBER)

    staff = viewer(Role.CASE_WORKER, regions=(LEAGUE,))
    counts = stipend_lists.counts(session, staff, now=at(SEPTEMBER))

    assert (counts[Listed.NO_MONEY], counts[Listed.TO_SEND]) == (0, 1)
