"""The paying desk is told of a batch in which one sum stands alone; of whom, nobody is."""

import pytest
from sqlalchemy import select

from models.jobs import JobRun
from models.stipends import Batch, Stipend
from services.batches import unique_sums
from tests.factories import START, a_child, a_match, a_pledge, a_school, viewer
from vocabulary.enums import Role
from vocabulary.errors import NotPermitted
from vocabulary.money import Fen

PAYER = viewer(Role.PAYING_DESK, regions=("150000000000",))


def a_batch(session, now, *sums, cancelled=()):
    school, pledge = a_school(session, f"校{len(sums)}{sum(sums)}"), a_pledge(session)[0]
    run = JobRun(name="stipends", period=START, started_at=now)
    batch = Batch(
        organisation_id=school.id, region_code=school.region_code, month=START, opened_on=START
    )
    session.add_all((run, batch))
    session.flush()
    for n, yuan in enumerate(sums):
        match = a_match(session, pledge, a_child(session, school), instalment_fen=Fen(yuan * 100))
        session.add(
            Stipend(
                match_id=match.id, due_on=START, amount_fen=Fen(yuan * 100), run_id=run.id,
                batch_id=batch.id, cancelled_on=START if n in cancelled else None,
            )
        )  # fmt: skip
    session.flush()
    return batch.ref


def odd(session):
    refs = list(session.scalars(select(Batch.ref)))
    return unique_sums.in_batches(session, PAYER, refs)


def test_a_sum_given_once_is_told_of_its_batch_alone(session, now):
    lone = a_batch(session, now, 100, 100, 300)
    a_batch(session, now, 100, 100, 200, 200)

    assert odd(session) == {lone}


def test_a_batch_of_one_child_is_such_a_batch(session, now):
    assert odd(session) == frozenset()
    only = a_batch(session, now, 100)

    assert odd(session) == {only}


def test_what_was_cancelled_is_in_no_batch(session, now):
    left = a_batch(session, now, 100, 100, 200, 200, cancelled=(3,))
    a_batch(session, now, 100, 100, 500, cancelled=(2,))

    assert odd(session) == {left}


def test_nobody_but_the_paying_desk_asks(session):
    with pytest.raises(NotPermitted):
        unique_sums.in_batches(session, viewer(Role.SCHOOL_OFFICER), ["X"])
