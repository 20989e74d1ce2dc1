"""One bad record: a row that the database itself refuses to take, and nobody knows why."""

from sqlalchemy import text
from sqlalchemy.orm import Session

_FUNCTION = """CREATE OR REPLACE FUNCTION bad_record() RETURNS trigger LANGUAGE plpgsql
AS $$BEGIN RAISE EXCEPTION 'bad record' USING ERRCODE = 'check_violation'; END$$"""


def spoil(session: Session, event: str, when: str) -> None:
    """Refuse what happens ("INSERT ON stipends") to the rows of a condition on NEW."""
    session.info["spoilt"] = event.rsplit(maxsplit=1)[-1]
    if session.get_bind().dialect.name == "sqlite":
        refuse = "BEGIN SELECT RAISE(ABORT, 'bad record'); END"
        session.execute(text(f"CREATE TRIGGER bad BEFORE {event} WHEN {when} {refuse}"))
    else:
        session.execute(text(_FUNCTION))
        refuse = "EXECUTE FUNCTION bad_record()"
        session.execute(
            text(f"CREATE TRIGGER bad BEFORE {event} FOR EACH ROW WHEN ({when}) {refuse}")
        )


def mend(session: Session) -> None:
    """Let it be taken again."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    table = session.info.pop("spoilt")
    session.execute(text("DROP TRIGGER bad" if is_sqlite else f"DROP TRIGGER bad ON {table}"))
