"""The calendar of due days in the database: whole, whatever was there before."""

from datetime import date

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.jobs import Period
from privacy import viewers
from services.stipends import due
from tests.factories import a_child, a_match, a_pledge
from vocabulary.enums import Rhythm

RUN = viewers.engine("stipends")


def months(session: Session) -> list[date]:
    monthly = select(Period.due_on).where(Period.rhythm == Rhythm.MONTH)
    return list(session.scalars(monthly.order_by(Period.due_on)))


@pytest.mark.parametrize("lost", [(), (9,), (10,), (9, 10), (11,)])
def test_a_due_day_that_went_missing_is_written_again(
    session: Session, lost: tuple[int, ...]
) -> None:
    a_match(session, a_pledge(session)[0], a_child(session))
    due.fill_periods(session, RUN, until=date(2026, 11, 30))
    days = [date(2026, month, 1) for month in lost]
    session.execute(delete(Period).where(Period.due_on.in_(days)))

    due.fill_periods(session, RUN, until=date(2026, 12, 1))

    assert months(session) == [date(2026, month, 1) for month in (9, 10, 11, 12)]


def test_an_older_match_brings_its_older_days(session: Session) -> None:
    a_match(session, a_pledge(session)[0], a_child(session))
    due.fill_periods(session, RUN, until=date(2026, 10, 1))
    child = a_child(session, name="小的")
    a_match(session, a_pledge(session, "13800000002")[0], child, starts_on=date(2026, 7, 2))

    due.fill_periods(session, RUN, until=date(2026, 10, 1))

    assert months(session) == [date(2026, month, 1) for month in (8, 9, 10)]
