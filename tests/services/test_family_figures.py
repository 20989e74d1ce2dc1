"""What is published of the random question: how many were asked and answered, never what was said."""

from datetime import date

import pytest
from sqlalchemy import select

from models.figures import Figure
from privacy import viewers
from services.figures import counting, releases
from services.handover import answers
from services.handover.answers import Reply
from tests.factories import LEAGUE, viewer
from tests.services.family_checking import NOVEMBER, Pupils, asked, drawn, refs_asked
from vocabulary.dates import at
from vocabulary.enums import Answer, FigureKind, FigureState, Role

LATE, LAST = date(2026, 11, 25), date(2026, 11, 30)
WORKER = viewer(Role.CASE_WORKER, actor="account:worker")


@pytest.mark.parametrize("said", list(Answer)[:3])
def test_asked_and_answered_are_counted_alike_whatever_was_said(session, now, said) -> None:
    Pupils(session, 12).paid(NOVEMBER)
    drawn(session, on=date(2026, 11, 4))
    count = asked(session, on=LATE)
    refs = sorted(refs_asked(session))
    for ref in refs[:3]:
        answers.answer(session, WORKER, Reply(said), ref=ref, now=at(LATE))

    found = counting.of_leagues(session, NOVEMBER, LAST)

    assert count == len(refs) > 3
    assert found[FigureKind.ASKED][LEAGUE].things == count
    assert found[FigureKind.ANSWERED][LEAGUE].things == 3


def test_an_answer_taken_back_and_given_anew_counts_once_and_few_are_told_as_few(
    session, now
) -> None:
    Pupils(session, 12).paid(NOVEMBER)
    drawn(session, on=date(2026, 11, 4))
    asked(session, on=LATE)
    ref = sorted(refs_asked(session))[0]
    for said in (Answer.NOT_RECEIVED, Answer.RECEIVED, Answer.NOT_RECEIVED):
        answers.answer(session, WORKER, Reply(said), ref=ref, now=at(LATE))

    releases.publish(session, viewers.engine("figures"), NOVEMBER, now=at(date(2026, 12, 1)))

    assert counting.of_leagues(session, NOVEMBER, LAST)[FigureKind.ANSWERED][LEAGUE].things == 1
    kinds = (FigureKind.ASKED, FigureKind.ANSWERED)
    told = session.scalars(select(Figure.state).where(Figure.kind.in_(kinds))).all()
    assert set(told) == {FigureState.FEW}
