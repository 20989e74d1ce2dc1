"""The counter under the wishes counts just those children whom the matcher would propose."""

from datetime import date

from sqlalchemy import select

import matching
from matching.explain import Wishes
from models.children import Consent, Need
from services import market, wishing
from tests.factories import a_child, a_match, a_pledge, a_school
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


def test_the_counter_counts_whom_the_matcher_takes(session, now):
    a_town(session)
    day = today(now)

    needs = market.need_records(session, market.open_needs(session), on=day)
    pool = matching.pool_of(needs)

    assert pool.total() == 5
    for wishes in (
        Wishes(),
        Wishes(sex="F", stage="primary"),
        Wishes(until="junior"),
        Wishes(until="senior", sex="M"),
        Wishes(stage="senior", league="150100000000"),
    ):
        counts = wishing.wish_counts(session, wishes, on=day)
        assert counts == matching.wish_counts(pool, wishes)


def test_each_wish_says_how_many_it_takes_away(session, now):
    a_town(session)

    counts = wishing.wish_counts(session, Wishes(sex="F", until="junior"), on=today(now))

    assert (counts.pool, counts.fit) == (5, 3)
    assert dict(counts.takes_away) == {"sex": 1, "until": 1}


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
