"""A bank whose columns have words of their own is explained once, and known from then on."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.statements import StatementLayout
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace
from services.statements.layouts import FIELDS, Layouts, digest_of, is_enough
from vocabulary.enums import Chain
from vocabulary.errors import BadInput


def known(session: Session) -> Layouts:
    """Return every layout that was explained."""
    rows = session.execute(select(StatementLayout.digest, StatementLayout.columns))
    return Layouts({digest: columns for digest, columns in rows})


def said_before(session: Session, labels: Sequence[str]) -> tuple[str, ...]:
    """Return what each column of a header was said to be, "" for what nobody said."""
    columns = known(session).by_digest.get(digest_of(labels), {})
    fields = {at: field for field, at in columns.items()}
    return tuple(fields.get(at, "") for at in range(len(labels)))


def learn(
    session: Session, by: Viewer, labels: Sequence[str], chosen: Sequence[str], *, now: datetime
) -> None:
    """Keep what each labelled column is, "" for one not used; a later word replaces an earlier.

    Raises BadInput (field="columns") when the day or the sums are missing, or a field stands twice.
    """
    require(by, Act.IMPORT_STATEMENT)
    named = [field for field in chosen if field]
    if len(chosen) != len(labels) or set(named) - set(FIELDS):
        raise BadInput(field="columns", reason="unknown")
    if len(set(named)) < len(named):
        raise BadInput(field="columns", reason="twice")
    columns = {field: at for at, field in enumerate(chosen) if field}
    if not is_enough(columns):
        raise BadInput(field="columns", reason="not_enough")
    digest = digest_of(labels)
    session.execute(delete(StatementLayout).where(StatementLayout.digest == digest))
    session.add(StatementLayout(digest=digest, columns=columns, by=by.actor, made_at=now))
    subject, chain = f"layout:{digest[:12]}", Chain.CUSTODIAN
    trace.record(session, by, "statement.layout", subject, now=now, chain=chain)
