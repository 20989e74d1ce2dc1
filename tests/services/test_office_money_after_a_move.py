"""转出 while the old banner's own office has the cash: whoever has it says what became of it."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from models.notices import Notice
from models.stipends import Batch, Stipend
from privacy import viewers
from services.batches import returns
from services.batches.returns import Sum
from services.checking import checks
from services.children import transfer_lists, transfers
from services.danger import harm
from services.danger.protection import About
from services.handover import office_hand, office_left
from services.notices import drawing
from tests.factories import BANNER, LEAGUE, OTHER_BANNER, a_school, an_account, viewer
from tests.services.routes.worlds import DESK, a_pupil, morning
from tests.services.test_transfers import NOVEMBER, NOW, TODAY, TOWN, WORDS, arrival, sent
from vocabulary.dates import add_months, at
from vocabulary.enums import BatchStatus, Called, Complained, NoticeKind, Role, Route
from vocabulary.errors import NotFound

DECEMBER = add_months(NOVEMBER, 1)


@pytest.fixture
def staff(session):
    """Two of each banner's office."""
    made = {}
    for login, region in (
        ("old", BANNER),
        ("colleague", BANNER),
        ("new", OTHER_BANNER),
        ("newer", OTHER_BANNER),
    ):
        account = an_account(session, Role.CASE_WORKER, login=login, region_code=region)
        actor = f"account:{account.ref}"
        made[login] = viewer(
            Role.CASE_WORKER,
            Role.APPROVER,
            account_id=account.id,
            actor=actor,
            regions=(region,),
        )
    return made


@pytest.fixture
def moved(session, staff):
    """A child whose months had gone to its banner's own office before another banner took it over."""
    child, _ = a_pupil(session, a_school(session), region_code=BANNER, route=Route.OFFICE)
    there = a_school(session, "根河中学", TOWN)
    morning(session, NOVEMBER)
    sent(session, TODAY)
    ref = transfers.ask(session, staff["old"], child.ref, to=OTHER_BANNER, words=WORDS, now=NOW)
    transfers.accept(session, staff["new"], ref, arrival(there), now=NOW)
    return child, session.scalars(select(Batch)).one(), ref


def test_the_old_office_has_its_lines_and_the_new_one_only_reads_where_they_are(
    session, moved, staff
) -> None:
    child, _, _ = moved

    left = office_left.lines(session, staff["old"], now=NOW)
    assert [(one["name"], one["is_open"]) for one in left] == [(child.name, True)] * 3
    assert office_hand.lines(session, staff["old"], now=NOW) == []
    assert office_hand.lines(session, staff["new"], now=NOW) == []
    assert len(office_left.away(session, staff["new"])) == 3
    for act in (office_hand.hand_over, office_hand.could_not):
        with pytest.raises(NotFound):
            act(session, staff["new"], left[0]["ref"], now=NOW)


def test_a_third_banners_staff_find_nothing(session, moved) -> None:
    far = viewer(Role.CASE_WORKER, actor="account:far", regions=("150782000000",))
    (first, *_) = session.scalars(select(Stipend)).all()

    assert office_left.lines(session, far, now=NOW) == office_left.away(session, far) == []
    with pytest.raises(NotFound):
        office_hand.hand_over(session, far, ref_of(session, first), now=NOW)


def ref_of(session, stipend: Stipend) -> str:
    from models.pledges import Match
    from vocabulary.refs import stipend_ref

    return stipend_ref(session.get_one(Match, stipend.match_id).child_ref, stipend.due_on)


def test_it_hands_over_what_it_can_gives_back_the_rest_and_the_new_banner_sends_that_again(
    session, moved, staff
) -> None:
    child, batch, _ = moved
    first, second, third = (one["ref"] for one in office_left.lines(session, staff["old"], now=NOW))

    office_hand.hand_over(session, staff["old"], first, now=NOW)
    office_hand.hand_over(session, staff["old"], second, now=NOW)
    office_hand.take_back(session, staff["old"], second, now=NOW)
    office_hand.could_not(session, staff["old"], second, now=NOW)
    office_hand.hand_over(session, staff["colleague"], third, now=NOW)
    assert batch.status is BatchStatus.CLOSED
    assert office_left.away(session, staff["new"]) == []

    returns.record(session, DESK, batch.ref, Sum(1, 100_00), on=TODAY, now=NOW)
    told = select(Notice.recipient_id).where(Notice.kind == NoticeKind.MOVED_MONEY_BACK)
    assert set(session.scalars(told)) == {staff["new"].account_id, staff["newer"].account_id}
    with pytest.raises(NotFound):
        returns.send_again(session, staff["old"], second, now=NOW)
    returns.send_again(session, staff["new"], second, now=NOW)
    morning(session, DECEMBER)
    sent(session, DECEMBER)

    again = session.scalars(select(Batch).where(Batch.id != batch.id)).one()
    lines = session.scalars(select(Stipend).where(Stipend.batch_id == again.id)).all()
    assert len(lines) == 2
    assert (again.organisation_id, child.banner_code) == (child.school_id, OTHER_BANNER)
    report = checks.report(session, viewers.console(), now=at(DECEMBER))["checks"]
    unlike = ("receipts_booked",)  # the pupil was paid ahead without a receipt
    assert [one for one in report if one["findings"] and one["name"] not in unlike] == []


def test_the_old_office_reads_that_it_still_has_the_money(session, moved, staff) -> None:
    _, batch, ref = moved

    facts = transfer_lists.notice_facts(session, staff["old"], ref, NOW)
    assert "还有 3 笔没交到" in facts["decided"]
    assert "没交到" not in transfer_lists.notice_facts(session, staff["new"], ref, NOW)["decided"]
    drawn = drawing.facts_of(session, staff["old"], f"batch:{batch.ref}", now=NOW)
    assert (drawn["left"], drawn["listed"]) == ("3", "3")


def test_whoever_a_report_about_the_child_names_finds_none_of_it(session, moved, staff) -> None:
    child, _, _ = moved
    (line, *_) = office_left.lines(session, staff["old"], now=NOW)
    reporter = viewer(Role.APPROVER, actor="account:reporter", regions=(LEAGUE,))
    about = About(Complained.OFFICE, staff["old"].actor.partition(":")[2])
    harm.report(session, reporter, child.ref, called=Called.POLICE, now=NOW, about=about)

    assert office_left.lines(session, staff["old"], now=NOW) == []
    with pytest.raises(NotFound):
        office_hand.hand_over(session, staff["old"], line["ref"], now=NOW)
    office_hand.hand_over(session, staff["colleague"], line["ref"], now=NOW)


def test_a_child_that_comes_back_is_its_first_offices_again(session, moved, staff) -> None:
    child, _, _ = moved
    ref = transfers.ask(session, staff["new"], child.ref, to=BANNER, words=WORDS, now=NOW)
    home = replace(arrival(), region_code="150723101001", school_ref=None, route=Route.OFFICE)
    transfers.accept(session, staff["colleague"], ref, home, now=NOW)

    assert office_left.lines(session, staff["old"], now=NOW) == []
    assert len(office_hand.lines(session, staff["old"], now=NOW)) == 3
