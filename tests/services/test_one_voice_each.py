"""Law 8 at the door: whoever spoke for the family is not its hand, whichever came first."""

from datetime import date

import pytest
from sqlalchemy import select

from models.stipends import Stipend
from services.handover import answers, handovers, office_hand
from services.handover.answers import Reply
from services.handover.handing import Said
from tests.factories import BANNER, a_child, a_match, a_pledge, a_sent_batch, viewer
from vocabulary.enums import Answer, Role, Route, Snag
from vocabulary.errors import ActedBefore
from vocabulary.money import Fen
from vocabulary.refs import stipend_ref

SENT = date(2026, 11, 3)
VILLAGE = "150723101201"
HERS = viewer(Role.VILLAGE_DIRECTOR, regions=(VILLAGE,), actor="account:director")
ANOTHER = viewer(Role.VILLAGE_DIRECTOR, regions=(VILLAGE,), actor="account:another")
CLERK = viewer(Role.CASE_WORKER, actor="account:clerk")
YES = Reply(Answer.RECEIVED)


class Village:
    """Two children of one village whose director hands over; their refs."""

    def __init__(self, session) -> None:
        self.session, self.matches = session, []
        for n in range(2):
            child = a_child(
                session, None, name=f"孩子{n}", route=Route.VILLAGE, region_code=VILLAGE
            )
            self.matches.append(a_match(session, a_pledge(session, f"1380000000{n}")[0], child))
        self.batch = a_sent_batch(session, None, *self.matches, on=SENT, region_code=VILLAGE)
        self.one, self.two = (stipend_ref(match.child_ref, SENT) for match in self.matches)

    def handed(self) -> list[bool]:
        days = select(Stipend.handed_over_on).order_by(Stipend.match_id)
        return [day is not None for day in self.session.scalars(days)]


@pytest.fixture
def village(session) -> Village:
    return Village(session)


@pytest.mark.parametrize("said", [YES, Reply(Answer.NOT_RECEIVED)])
def test_who_answered_for_a_family_does_not_hand_over_to_it(session, village, now, said) -> None:
    answers.answer(session, HERS, said, ref=village.one, now=now)

    with pytest.raises(ActedBefore):
        handovers.hand_over_one(session, HERS, village.one, now=now)
    for snag in (Said(Snag.SOMEONE_ELSE, relation="奶奶"), Said(Snag.PARTLY, handed=Fen(4_000))):
        with pytest.raises(ActedBefore):
            handovers.note_snag(session, HERS, village.one, snag, now=now)

    handovers.hand_over_one(session, ANOTHER, village.one, now=now)


def test_the_whole_list_leaves_to_another_what_its_hand_answered(session, village, now) -> None:
    answers.answer(session, HERS, YES, ref=village.one, now=now)

    count = handovers.confirm_all(session, HERS, village.batch.ref, now=now)

    assert (count, village.handed()) == (1, [False, True])
    with pytest.raises(ActedBefore):
        handovers.confirm_all(session, HERS, village.batch.ref, now=now)
    handovers.confirm_all(session, ANOTHER, village.batch.ref, now=now)
    assert village.handed() == [True, True]


def test_who_took_a_hand_over_back_does_not_answer_either(session, village, now) -> None:
    handovers.hand_over_one(session, HERS, village.one, now=now)
    handovers.take_back(session, HERS, village.one, now=now)

    with pytest.raises(ActedBefore):
        answers.answer(session, HERS, YES, ref=village.one, now=now)

    answers.answer(session, CLERK, YES, ref=village.one, now=now)


def test_nor_does_the_office_speak_with_two_voices(session, now) -> None:
    child = a_child(session, None, route=Route.OFFICE)
    match = a_match(session, a_pledge(session)[0], child)
    a_sent_batch(session, None, match, on=SENT, region_code=BANNER, route=Route.OFFICE)
    ref = stipend_ref(match.child_ref, SENT)
    answers.answer(session, CLERK, YES, ref=ref, now=now)

    with pytest.raises(ActedBefore):
        office_hand.hand_over(session, CLERK, ref, now=now)

    colleague = viewer(Role.CASE_WORKER, actor="account:colleague")
    office_hand.hand_over(session, colleague, ref, now=now)
