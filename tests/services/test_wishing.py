"""The counter under the wishes counts just those children whom the matcher would propose."""

from collections import Counter
from datetime import date
from random import Random

import pytest
from sqlalchemy import delete, select

import matching
from matching.wishes import Wishes
from models.children import Consent, Need
from models.listings import ListedChild
from services.donors import listing, wishing
from services.pairing import market
from tests.factories import a_child, a_list, a_match, a_pledge, a_school
from vocabulary.dates import today
from vocabulary.enums import ChildStatus, PledgeEnd, Sex, Stage


def a_town(session):
    """Two girls, a boy and two of 初中 wait; six others do not, each for a reason of its own."""
    school = a_school(session)
    for _ in range(2):
        a_child(session, school)
    a_child(session, school, sex=Sex.MALE)
    a_child(session, school, stage=Stage.JUNIOR, grade=8, birth_on=date(2013, 5, 4))
    grown = {"stage": Stage.SENIOR, "grade": 10, "birth_on": date(2010, 5, 4)}
    a_child(session, school, **grown, agreed_on=date(2026, 9, 1))
    a_child(session, school, **grown)
    a_child(session, school, sex=None)
    a_child(session, school, status=ChildStatus.VERIFIED)
    covered = a_child(session, school)
    need = session.scalars(select(Need).where(Need.child_id == covered.id)).one()
    a_match(session, a_pledge(session)[0], covered, need_id=need.id)
    for field in ("withdrawn_on", "given_on"):
        other = a_child(session, school)
        day = date(2026, 10, 1) if field == "withdrawn_on" else date(2027, 1, 1)
        for consent in session.scalars(select(Consent).where(Consent.child_id == other.id)):
            setattr(consent, field, day)
    session.flush()


def test_the_list_waits_for_whom_the_matcher_takes(session, now):
    a_town(session)
    day = today(now)

    needs = market.need_records(session, market.open_needs(session), on=day)
    listed = listing.to_list(session, on=day)

    assert matching.pool_of(needs) == Counter(
        (one.sex, one.stage, one.league) for one in listed.values() if one.is_waiting
    )
    assert sum(one.is_waiting for one in listed.values()) == 5


def many(session, *kinds):
    """So many children of each kind, on this week's list."""
    school = a_school(session, "大校")
    for count, facts in kinds:
        for _ in range(count):
            a_child(session, school, **facts)


BOY, JUNIOR = {"sex": Sex.MALE}, {"stage": Stage.JUNIOR, "birth_on": date(2014, 5, 4)}
FAR = {"league_code": "152900000000", "banner_code": "152921000000"}


def test_each_wish_says_how_many_it_takes_away(session, now):
    many(session, (20, {}), (30, BOY), (10, JUNIOR))
    a_list(session, now=now)

    counts = wishing.wish_counts(session, Wishes(sex="F", stage="primary"))

    assert (counts.pool, counts.fit) == (60, 20)
    assert dict(counts.takes_away) == {"sex": 30, "stage": 10}
    assert counts.left_out == ()


def test_wishes_that_too_few_fit_are_dropped_sex_first_then_league(session, now):
    many(session, (20, {}), (4, FAR), (1, FAR | BOY))
    a_list(session, now=now)

    one_boy = wishing.wish_counts(session, Wishes(sex="M", league=FAR["league_code"]))
    nobody = wishing.wish_counts(session, Wishes(sex="M", stage="senior"))

    assert (one_boy.fit, one_boy.left_out) == (5, ("sex",))
    assert (nobody.fit, nobody.left_out) == (25, ("sex", "stage"))


def test_one_child_and_none_are_answered_alike(session, now):
    many(session, (20, {}), (1, BOY))
    a_list(session, now=now)
    of_one = wishing.wish_counts(session, Wishes(sex="M"))
    session.execute(delete(ListedChild).where(ListedChild.sex == Sex.MALE))

    assert wishing.wish_counts(session, Wishes(sex="M")) == of_one


def test_a_list_of_four_is_not_counted(session, now):
    assert wishing.wish_counts(session, Wishes()).is_listed is False
    many(session, (4, {}))
    a_list(session, now=now)

    counts = wishing.wish_counts(session, Wishes(sex="F"))

    assert (counts.fit, counts.pool, dict(counts.takes_away)) == (None, 0, {})
    assert counts.is_listed


def test_a_pledge_until_a_graduation_is_never_offered_to_a_child_past_it(session, now):
    school = a_school(session)
    older = a_child(session, school, stage=Stage.SENIOR, grade=10, agreed_on=date(2026, 9, 1))
    younger = a_child(session, school)
    pledge = a_pledge(session, until=PledgeEnd.JUNIOR)[0]
    (offer,) = market.offer_records(session, [pledge], on=today(now))

    pairs = [(need, child) for need, child in market.open_needs(session)]
    refused = {
        child.id: matching.broken(need, offer)
        for need, (_, child) in zip(
            market.need_records(session, pairs, on=today(now)), pairs, strict=True
        )
    }

    assert refused == {older.id: ("until",), younger.id: ()}


QUESTIONS = [
    Wishes(sex=sex, stage=stage, league=league, until=until)
    for sex in (None, "F", "M")
    for stage in (None, "primary", "junior", "senior")
    for league in (None, "L1", "L2", "L3")
    for until in (None, "junior")
]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_all_questions_together_never_tell_that_one_child_alone_fits(seed):
    """For each lone child there is a world without it, or with more, that answers them all alike."""
    dice = Random(seed)
    sizes = dice.choice(((0, 1, 5, 20), (0, 1, 2, 3, 7), (1, 6, 12, 40)))
    every = [
        (a, b, c) for a in ("L1", "L2", "L3") for b in ("primary", "junior", "senior") for c in "FM"
    ]
    pool = {key: dice.choice(sizes) for key in every}
    answers = answers_of(pool)

    for key in (one for one, count in pool.items() if count == 1):
        assert any(answers_of(other) == answers for other in worlds(pool, key)), key


def answers_of(pool):
    return [wishing.answer(pool, question, is_listed=True) for question in QUESTIONS]


def worlds(pool, key):
    """Worlds in which another number fits where one does, and one neighbour makes up for it."""
    for count in (2, 0, 3, 4):
        yield pool | {key: count}
        for other in pool:
            left = pool[other] + 1 - count
            if other != key and left >= 0:
                yield pool | {key: count, other: left}
