"""How the stipend run looks things up: each slice its own matches, however many there are beside."""

import re

import pytest
from sqlalchemy import event

from jobs.run import Run
from jobs.stipends import open_and_fund
from tests.factories import a_child, a_match, a_pledge, a_school


@pytest.mark.sqlite_only
def test_each_slice_of_the_run_takes_its_matches_by_their_keys(session, now) -> None:
    """By an index on the status every slice would walk all of them: a run of a million never ends."""
    school = a_school(session)
    for n in range(3):
        a_match(session, a_pledge(session, f"138{n:08d}")[0], a_child(session, school))
    session.commit()
    asked: dict[str, tuple] = {}
    engine = session.get_bind()
    note = lambda *args: asked.setdefault(args[2], args[3])  # noqa: E731

    event.listen(engine, "before_cursor_execute", note)
    Run(session, "stipends", period=now.date()).execute(open_and_fund)
    event.remove(engine, "before_cursor_execute", note)

    of_slices = {
        text: values for text, values in asked.items()
        if re.search(r"FROM matches JOIN periods", text) and "matches.id" in text.split("FROM")[0]
        and "apart_on IS NOT NULL" not in text  # once a run, by an index of the few
    }  # fmt: skip
    assert len(of_slices) == 4  # what to open, both reasons to set aside, the opening
    with engine.connect() as connection:
        for text, values in of_slices.items():
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
            first = next(row[3] for row in rows if "matches " in row[3])
            assert first.startswith("SEARCH matches USING INTEGER PRIMARY KEY"), first
