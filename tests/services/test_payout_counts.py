"""However many lines of a statement name a batch, the batches are asked for once."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.orm import Session

from services.statements import statement_reading
from tests.services.test_payouts import COLLECTING, HEADER
from vocabulary.enums import LineReason


def test_many_lines_of_one_statement_ask_for_their_batches_at_once(session) -> None:
    letters = [f"FKXYZ{a}{b}{c}" for a in "2345" for b in "2345" for c in "234"]
    asked = []
    for memos in (letters[:1], letters[:1], letters):
        lines = [f"20261110,1.00,,某,{memo},{memo}" for memo in memos]
        data = "\n".join((HEADER, *lines)).encode("gb18030")
        with counted(session) as statements:
            read = statement_reading.judged(session, COLLECTING, "流水.csv", data)
        asked.append(len(statements))
        assert {one.reason for one in read.verdicts} == {LineReason.UNKNOWN_MEMO}

    assert asked[1] == asked[2]


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        found.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
