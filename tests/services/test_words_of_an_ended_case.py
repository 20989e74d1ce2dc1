"""Words about a child go with its details: the hospital's, and why it was given or refused somebody."""

from models.surgeries import Surgery
from privacy import viewers
from services.retention import retention_children
from tests.factories import a_child, a_match, a_pledge
from tests.services.care.worlds import a_proposal, a_world
from vocabulary.dates import today
from vocabulary.money import Fen


def test_a_hospitals_words_and_a_volunteers_reasons_go_with_the_details(session, now) -> None:
    world = a_world(session, now)
    said = {"proposal_note": "外婆同村", "refusal_note": "孩子住院了"}
    match = a_proposal(session, world.child, world.mother, now, **said)
    asked = {"asked_by": "account:worker", "asked_on": today(now)}
    surgery = Surgery(child_id=world.child.id, amount_fen=Fen(300_000), note="先天性斜视", **asked)
    session.add(surgery)
    session.flush()

    engine = viewers.engine("retention")
    retention_children.erase(session, engine, world.child, now=now)

    assert surgery.note == ""
    assert (match.proposal_note, match.refusal_note) == (None, None)
    assert surgery.amount_fen == 300_000  # the books need it


def test_why_a_pledge_was_proposed_by_hand_or_refused_goes_as_well(session, now) -> None:
    child = a_child(session)
    said = {"proposal_note": "和捐赠人家里有往来", "decline_note": "孩子要转学"}
    match = a_match(session, a_pledge(session)[0], child, **said)

    retention_children.erase(session, viewers.engine("retention"), child, now=now)

    assert (match.proposal_note, match.decline_note) == (None, None)
