"""The night carries out the whole retention table, each row in slices of its own."""

from datetime import date, timedelta

from sqlalchemy import func, select

from jobs.run import Run
from jobs.schedule import BY_NAME
from models.accounts import SignInFailure
from models.retention import RetentionAct
from models.trace import OrdinaryEntry
from services.retention import retention, retention_acts
from tests.services.old_records import a_failure, an_ended_child
from tests.services.test_retention import DELETED


def test_one_night_carries_out_every_row_slice_by_slice_and_notes_it(
    session, now, monkeypatch
) -> None:
    monkeypatch.setattr(retention_acts, "SLICE", 2)
    for days in range(2, 7):
        a_failure(session, now - timedelta(days=days + 400))
    details_left = an_ended_child(session, now - timedelta(days=4000))
    session.commit()

    counts = Run(session, "forgetting", period=date(2026, 11, 1)).execute(
        BY_NAME["forgetting"].body
    )

    noted = dict(session.execute(select(RetentionAct.name, RetentionAct.done)).all())
    acts = session.scalar(
        select(func.count()).where(
            OrdinaryEntry.act == "retention.carry",
            OrdinaryEntry.subject == "retention:sign_in_failures",
        )
    )
    assert (
        set(noted)
        == set(DELETED)
        == {row.name for row in retention.rows()}
        - {row.name for row in retention.rows() if row.then == retention.STORE_ONLY}
    )
    assert (noted["sign_in_failures"], noted["ended_children"], acts) == (5, 1, 3)
    assert counts["done"] == 6
    assert details_left() == 0
    assert session.scalar(select(func.count()).select_from(SignInFailure)) == 0
