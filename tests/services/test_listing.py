"""The weekly list: what a donor reads of a child, when it moves, and who leaves it at once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from matching import Wishes
from models.listings import ListedChild
from models.vault import VaultPledge
from privacy import viewers
from privacy.viewers import Viewer
from services.children import consents
from services.donors import donors, listing, wishing
from tests.factories import a_child, a_list, a_match, a_pledge, a_school, viewer
from vocabulary.dates import at, today
from vocabulary.enums import ChildStatus, Purpose, Role, Stage
from vocabulary.errors import NotPermitted

MONDAY = date(2026, 11, 23)
HULUNBUIR, ALXA = "呼伦贝尔市", {"league_code": "152900000000", "banner_code": "152921000000"}


def me(session, pledge):
    of_pledge = select(VaultPledge.donor_id).where(VaultPledge.pledge_id == pledge.id)
    donor_id = session.scalars(of_pledge).one()
    return Viewer(frozenset({Role.DONOR}), "donor:TEST", donor_id=donor_id)


def reads(session, now, who):
    (card,) = donors.home(session, who, now=now).pledges
    (child,) = card["supports"]
    return child.stage, child.league


@pytest.fixture
def supported(session):
    """A child of primary school with its sponsor, and four more like it."""
    school, pledge = a_school(session), a_pledge(session)[0]
    child = a_child(session, school, status=ChildStatus.SUPPORTED)
    a_match(session, pledge, child)
    others = [a_child(session, school) for _ in range(4)]
    return me(session, pledge), child, others


def test_a_profile_is_told_while_five_listed_children_fit_it(session, now, supported):
    donor, _, _ = supported
    a_list(session, now=now)

    assert reads(session, now, donor) == (Stage.PRIMARY, HULUNBUIR)


def test_of_one_of_four_nothing_is_told(session, now, supported):
    donor, _, others = supported
    others[0].status = ChildStatus.VERIFIED
    for _ in range(5):
        a_child(session, a_school(session), stage=Stage.JUNIOR, birth_on=date(2014, 1, 1))
    a_list(session, now=now)

    # With the five of another stage there are nine of whom nothing is told: he is one of those.
    assert reads(session, now, donor) == (None, "")


def test_coarser_words_are_told_where_those_fit_five(session, now, supported):
    donor, child, others = supported
    for one in (child, others[0], others[1]):
        one.league_code, one.banner_code = ALXA["league_code"], ALXA["banner_code"]
    a_list(session, now=now)

    assert reads(session, now, donor) == (Stage.PRIMARY, "")


def test_before_the_first_list_nothing_is_told(session, now, supported):
    assert reads(session, now, supported[0]) == (None, "")


def test_what_changes_in_the_week_shows_on_monday(session, now, supported):
    donor, child, _ = supported
    a_list(session, now=now)
    for _ in range(9):
        a_child(session, a_school(session), stage=Stage.JUNIOR, birth_on=date(2014, 1, 1))
    child.stage, child.birth_on = Stage.JUNIOR, date(2014, 1, 1)
    a_list(session, now=now + timedelta(hours=9))

    assert reads(session, now, donor) == (Stage.PRIMARY, HULUNBUIR)
    assert wishing.wish_counts(session, Wishes()).fit == 5

    a_list(session, now=at(MONDAY, 5))

    assert reads(session, now, donor)[0] is not Stage.PRIMARY
    assert wishing.wish_counts(session, Wishes()).fit == 10


def test_two_lists_differ_by_five_children_or_not_at_all(session, now, supported):
    a_list(session, now=now)
    before = listing._kept(session)
    for n in range(4):
        a_child(session, a_school(session, f"第{n}"))

    a_list(session, now=at(MONDAY, 5))
    kept = listing._kept(session)
    a_child(session, a_school(session, "第五"))
    a_list(session, now=at(MONDAY + timedelta(weeks=1), 5))

    assert kept == before
    assert len(listing._kept(session)) == len(before) + 5


def test_a_second_run_of_the_week_changes_nothing(session, now, supported):
    by = viewers.engine("listings")
    first = listing.freeze(session, by, period=today(now), now=now)
    for _ in range(9):
        a_child(session)

    assert first == 5
    assert listing.freeze(session, by, period=today(now) - timedelta(days=4), now=now) == 0


def test_a_withdrawn_consent_takes_the_child_off_at_once(session, now, supported):
    donor, child, others = supported
    a_list(session, now=now)

    worker = viewer(Role.CASE_WORKER)
    consents.withdraw(session, worker, others[0].ref, purpose=Purpose.SPONSORSHIP, now=now)
    left = set(session.scalars(select(ListedChild.child_id)))

    assert left == {child.id, *(one.id for one in others[1:])}
    assert reads(session, now, donor) == (None, "")


def test_a_withdrawn_photo_consent_leaves_the_list_as_it_is(session, now, supported):
    a_list(session, now=now)
    worker = viewer(Role.CASE_WORKER)
    consents.withdraw(session, worker, supported[2][0].ref, purpose=Purpose.CASE_FILE, now=now)

    assert reads(session, now, supported[0]) == (Stage.PRIMARY, HULUNBUIR)


def test_a_grown_child_that_says_no_leaves_at_once(session, now, supported):
    donor, _, others = supported
    others[0].birth_on, others[0].agreed_on = date(2011, 1, 1), date(2026, 9, 1)
    a_list(session, now=now)

    consents.record_word(session, viewer(Role.CASE_WORKER), others[0].ref, agrees=False, now=now)

    assert reads(session, now, donor) == (None, "")


def test_a_donor_reads_nothing_of_a_child_in_danger_nor_of_anothers(session, now, supported):
    donor, child, _ = supported
    stranger = me(session, a_pledge(session, "13800000099")[0])
    a_list(session, now=now)
    child.in_danger = True
    session.flush()

    assert reads(session, now, donor) == (None, "")
    assert donors.home(session, stranger, now=now).pledges[0]["supports"] == []


def test_only_the_clock_takes_the_list_up(session, now):
    with pytest.raises(NotPermitted):
        listing.freeze(session, viewer(Role.APPROVER), period=today(now), now=now)
