"""Who asks learns nothing but a yes, and the other side hears of it once, after seven days."""

import pytest
from sqlalchemy import event, select

from models.children import Kin
from models.notices import Notice
from services.children import children as child_records
from services.reveals import reveal_checks, reveals
from tests.services.reveals.worlds import FIRST, SECOND, World
from vocabulary.enums import EndReason, NoticeKind, RecipientKind, RevealBar

# What the asker can tell


def _declined(world: World) -> None:
    world.put()
    reveals.answer(world.session, world.guardian, None, now=world.now)


def _never_ask(world: World) -> None:
    reveals.set_never(world.session, world.slip, wish=True, now=world.now)
    world.put()


def _never_reached(world: World) -> None:
    for kin in world.session.scalars(select(Kin).where(Kin.child_id == world.child.id)):
        kin.phone = None
    world.put()


def _child_ended(world: World) -> None:
    world.donor_asks()
    child_records.end(
        world.session, FIRST, world.child.ref, reason=EndReason.MOVED_AWAY, now=world.now
    )
    world.later(days=7)
    world.release()


def _agreed_and_waits(world: World) -> None:
    world.put()
    world.agree()


def _turned_down(world: World) -> None:
    _agreed_and_waits(world)
    ref = world.ref
    bar = RevealBar.NOT_SUITABLE
    reveal_checks.turn_down(world.session, SECOND, ref, bar=bar, now=world.now)


def _shown_and_taken_back(world: World) -> None:
    world.know_each_other()
    reveals.take_back(world.session, world.guardian, now=world.now)


ENDS = [
    World.donor_asks,
    World.put,
    _declined,
    _never_ask,
    _never_reached,
    _child_ended,
    _agreed_and_waits,
    _turned_down,
    _shown_and_taken_back,
]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__.strip("_"))
def test_the_asker_learns_the_same_whatever_became_of_it(world: World, end) -> None:
    end(world)
    asked = {"asked": True, "never": False, "question": None, "known": None, "is_private": True}

    assert world.of_donor() == asked
    assert len(statements_of(world)) == STATEMENTS


KINDS = (NoticeKind.REVEAL_ASKED, NoticeKind.REVEAL_SHOWN)
STATEMENTS = 5


def statements_of(world: World) -> list[str]:
    """Return the statements of the asker's page, without those that find his own match."""
    seen: list[str] = []
    engine = world.session.get_bind()

    def note(_c, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    world.session.flush()
    event.listen(engine, "before_cursor_execute", note)
    try:
        world.of_donor()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return seen


@pytest.mark.parametrize("end", ENDS[1:-1], ids=lambda end: end.__name__.strip("_"))
def test_no_message_reaches_the_asker_before_a_yes_is_shown(world: World, end) -> None:
    end(world)

    to_him = (Notice.recipient_kind == RecipientKind.DONOR, Notice.kind.in_(KINDS))
    assert world.session.scalars(select(Notice).where(*to_him)).all() == []


def test_the_family_that_asks_learns_as_little_from_a_no(world: World) -> None:
    world.family_asks()
    asked = dict(reveals.page(world.session, world.slip))
    world.later(days=7)
    world.release()

    reveals.answer(world.session, world.donor, None, ref=world.match.donor_ref, now=world.now)

    assert dict(reveals.page(world.session, world.slip)) == asked
    assert world.of_guardian() == asked | {"is_private": True}


# Cooling off, and asking once


def test_nothing_is_sent_within_seven_days(world: World) -> None:
    world.donor_asks()
    world.later(days=6)

    assert world.release() == {"asked": 0, "to_check": 0}
    assert world.notices(NoticeKind.REVEAL_ASKED, RecipientKind.FAMILY) == 0


def test_one_who_takes_back_within_seven_days_was_never_heard(world: World) -> None:
    world.donor_asks()
    reveals.take_back(world.session, world.donor, ref=world.match.donor_ref, now=world.now)
    world.later(days=30)

    assert world.release() == {"asked": 0, "to_check": 0}
    assert world.of_donor()["asked"] is False


def test_asking_again_after_taking_back_cools_off_anew(world: World) -> None:
    world.donor_asks()
    reveals.take_back(world.session, world.donor, ref=world.match.donor_ref, now=world.now)
    world.later(days=6)
    world.donor_asks()
    world.later(days=6)

    assert world.release()["asked"] == 0
    world.later(days=1)
    assert world.release()["asked"] == 1


def test_a_second_asking_sends_no_second_message(world: World) -> None:
    _declined(world)
    for _ in range(2):
        world.donor_asks()
        reveals.take_back(world.session, world.donor, ref=world.match.donor_ref, now=world.now)
        world.donor_asks()
        world.later(days=14)
        world.release()

    assert world.notices(NoticeKind.REVEAL_ASKED, RecipientKind.FAMILY) == 1
    assert world.of_guardian()["question"] == "no"


def test_a_question_taken_back_and_asked_again_is_put_without_a_second_message(
    world: World,
) -> None:
    world.put()
    reveals.take_back(world.session, world.donor, ref=world.match.donor_ref, now=world.now)
    assert world.of_guardian()["question"] is None

    world.put()

    assert world.of_guardian()["question"] == "open"
    assert world.notices(NoticeKind.REVEAL_ASKED, RecipientKind.FAMILY) == 1


def test_the_other_side_is_asked_once_however_often_the_job_runs(world: World) -> None:
    world.put()

    assert world.release() == {"asked": 0, "to_check": 0}


def test_never_ask_me_holds_a_question_back_until_it_is_lifted(world: World) -> None:
    _never_ask(world)
    assert world.notices(NoticeKind.REVEAL_ASKED, RecipientKind.FAMILY) == 0

    reveals.set_never(world.session, world.slip, wish=False, now=world.now)

    assert world.release()["asked"] == 1


def test_never_ask_me_of_a_donor_holds_for_all_his_children(world: World) -> None:
    ref = world.match.donor_ref
    reveals.set_never(world.session, world.donor, wish=True, ref=ref, now=world.now)
    world.family_asks()
    world.later(days=7)

    assert world.release()["asked"] == 0
    assert world.of_donor()["question"] is None
