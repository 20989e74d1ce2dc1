"""A donor hands on with a day, a time in which both write, and a goodbye; what was stays."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Consent
from models.letters import Letter
from models.vault import PayerMove
from services.children.consents import consent_row
from services.giving import farewells, handing_over, moving
from services.giving.moving import HandOver
from services.letters import letters
from services.letters.letters import Bar, Draft
from services.vault import vault
from tests.factories import START
from tests.services.giving.test_moving import (
    ASKED,
    DECEMBER,
    ENGINE,
    JANUARY,
    NOVEMBER,
    OTHER,
    Story,
)
from tests.services.letters.worlds import DESK
from vocabulary.dates import at
from vocabulary.enums import LetterStatus, MoveStatus, Purpose
from vocabulary.errors import BadInput

FEBRUARY, MARCH = date(2027, 2, 1), date(2027, 3, 1)


@pytest.fixture
def story(session: Session, now) -> Story:
    made = Story(session)
    session.add(Consent(**consent_row(made.child.id, Purpose.LETTERS, START, DESK)))
    made.pay(made.reference, 100, NOVEMBER)
    made.run(NOVEMBER)
    return made


def handed_on(story: Story, how: HandOver, *, until: date = MARCH) -> None:
    """Ask, say yes, pay at once, and let the months go by."""
    asked = moving.ask(story.session, story.me, story.pledge.donor_ref, OTHER, how=how, now=ASKED)
    moving.accept(story.session, story.other, asked, now=ASKED)
    new = story.session.scalars(select(PayerMove.new_pledge_id)).one()
    story.pay(vault.reference_of(story.session, new), 500, date(2026, 11, 20))
    for day in (date(2026, 11, 21), DECEMBER, JANUARY, FEBRUARY, MARCH):
        if day <= until:
            story.run(day)


def write(story: Story, on: date, *, is_goodbye: bool = False) -> Letter:
    draft = Draft("祝你一切都好。", is_goodbye=is_goodbye)
    letters.write(story.session, story.me, draft, now=at(on), ref=story.match.donor_ref)
    return story.session.scalars(select(Letter).order_by(Letter.id.desc())).first()


def bar(story: Story, on: date) -> Bar | None:
    return letters.page(story.session, story.me, now=at(on), ref=story.match.donor_ref)["bar"]


def test_the_other_begins_on_the_day_that_was_agreed_and_no_month_is_paid_twice(
    session: Session, story: Story
) -> None:
    story.pay(story.reference, 200, date(2026, 11, 15))
    handed_on(story, HandOver(from_on=FEBRUARY))

    assert story.months() == [
        ("11", True), ("12", True), ("01", True), ("02", False), ("03", False),
    ]  # fmt: skip
    move = session.scalars(select(PayerMove)).one()
    assert (move.status, move.done_on) == (MoveStatus.DONE, FEBRUARY)


def test_what_was_paid_beyond_the_day_is_used_first(session: Session, story: Story) -> None:
    story.pay(story.reference, 200, date(2026, 11, 15))
    handed_on(story, HandOver(from_on=DECEMBER))

    assert story.months()[:4] == [("11", True), ("12", True), ("01", True), ("02", False)]


def test_a_day_far_ahead_waits_for_the_others_money_as_long_after_it(
    session: Session, story: Story
) -> None:
    far = moving.days(session, story.me, story.pledge.donor_ref, now=ASKED)[-1]
    asked = moving.ask(
        session, story.me, story.pledge.donor_ref, OTHER, how=HandOver(far), now=ASKED
    )
    moving.accept(session, story.other, asked, now=ASKED)

    for day, status in (
        (far + timedelta(days=60), MoveStatus.ACCEPTED),
        (far + timedelta(days=61), MoveStatus.LAPSED),
    ):
        handing_over.settle(session, ENGINE, on=day, now=at(day))
        session.flush()
        assert session.scalars(select(PayerMove)).one().status is status


@pytest.mark.parametrize(
    ("how", "field"),
    [
        (HandOver(date(2026, 12, 15)), "from_on"),
        (HandOver(date(2029, 1, 1)), "from_on"),
        (HandOver(None, 4), "overlap"),
        (HandOver(None, -1), "overlap"),
    ],
)
def test_only_what_is_offered_is_taken(session: Session, story: Story, how, field) -> None:
    with pytest.raises(BadInput) as refusal:
        moving.ask(session, story.me, story.pledge.donor_ref, OTHER, how=how, now=ASKED)

    assert refusal.value.params["field"] == field
    assert session.scalars(select(PayerMove)).all() == []


def test_both_write_until_the_overlap_is_over_and_then_only_the_history_stays(
    session: Session, story: Story
) -> None:
    first = write(story, date(2026, 11, 12))
    handed_on(story, HandOver(overlap_months=2))

    last_day = farewells.writes_until(session, story.pledge.id)
    assert last_day == FEBRUARY
    assert bar(story, last_day) is None
    assert bar(story, last_day + timedelta(days=1)) is Bar.HANDED_ON
    page = letters.page(session, story.me, now=at(date(2027, 6, 1)), ref=story.match.donor_ref)
    assert len(page["letters"]) == 1 and first.original is not None
    with pytest.raises(BadInput):
        write(story, last_day + timedelta(days=1))


def test_a_goodbye_is_the_last_and_one_that_came_back_may_be_written_again(
    session: Session, story: Story
) -> None:
    handed_on(story, HandOver(overlap_months=3), until=DECEMBER)
    goodbye = write(story, date(2026, 12, 3), is_goodbye=True)

    assert goodbye.is_goodbye and goodbye.status is LetterStatus.SCREENED
    assert bar(story, date(2026, 12, 4)) is Bar.HANDED_ON
    goodbye.status = LetterStatus.RETURNED
    session.flush()
    assert bar(story, date(2026, 12, 5)) is None
    assert write(story, date(2026, 12, 5), is_goodbye=True).is_goodbye


def test_nobody_says_goodbye_by_mistake_while_nobody_follows(
    session: Session, story: Story
) -> None:
    letter = write(story, date(2026, 11, 12), is_goodbye=True)

    assert not letter.is_goodbye and bar(story, date(2026, 11, 13)) is None


def test_one_handed_on_before_there_was_an_overlap_writes_as_ever(
    session: Session, story: Story
) -> None:
    handed_on(story, HandOver(), until=DECEMBER)
    session.scalars(select(PayerMove)).one().overlap_months = None
    session.flush()

    assert bar(story, date(2028, 1, 1)) is None
