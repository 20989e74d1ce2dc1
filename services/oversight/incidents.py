"""The register of incidents, and who is affected by one: asked of the access log.

The administrator reads counts, the custodian refs. Neither reads a name here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, or_, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.incidents import Incident, IncidentStep
from models.trace import CustodianEntry, OrdinaryEntry
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card
from vocabulary.dates import at, today
from vocabulary.enums import FoundBy, Harmed, Role, Told
from vocabulary.errors import AlreadyDecided, BadInput

Entries = type[OrdinaryEntry] | type[CustodianEntry]
LONGEST_SPAN = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class NewIncident:
    """What is known when an incident is entered; the words name no person."""

    what: str
    happened_on: date
    found_on: date
    found_by: FoundBy
    harmed: tuple[Harmed, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days, both counted in."""

    first: date
    last: date


def enter(session: Session, by: Viewer, new: NewIncident, *, now: datetime) -> str:
    """Enter an incident and return its ref. Raises BadInput(field) for days that cannot be."""
    require(by, Act.SEE_INCIDENTS)
    if new.found_on > today(now):
        raise BadInput(field="found_on", reason="in_future")
    if new.happened_on > new.found_on:
        raise BadInput(field="happened_on", reason="after_found")
    kept = Incident(
        what=new.what,
        happened_on=new.happened_on,
        found_on=new.found_on,
        found_by=new.found_by,
        harmed=",".join(sorted(new.harmed)),
        entered_by=by.actor,
    )
    session.add(kept)
    session.flush()
    trace.record(session, by, "incident.enter", f"incident:{kept.ref}", now=now)
    return kept.ref


def add_step(
    session: Session, by: Viewer, ref: str, *, done: str, told: Told | None, now: datetime
) -> None:
    """Keep what was done today, and who was told. Raises AlreadyDecided once it is closed."""
    require(by, Act.SEE_INCIDENTS)
    incident = _open(session, by, ref)
    session.add(
        IncidentStep(incident_id=incident.id, on=today(now), told=told, done=done, by=by.actor)
    )
    trace.record(session, by, "incident.step", f"incident:{ref}", now=now)


def close(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Say that everything was done; the register keeps it."""
    require(by, Act.SEE_INCIDENTS)
    _open(session, by, ref).closed_on = today(now)
    trace.record(session, by, "incident.close", f"incident:{ref}", now=now)


def _open(session: Session, by: Viewer, ref: str) -> Incident:
    incident = gate.row(session, by, Incident, Incident.ref == ref)
    if incident.closed_on is not None:
        raise AlreadyDecided()
    return incident


def listing(session: Session, viewer: Viewer) -> list[Card]:
    """List incidents, open ones first, the latest found first."""
    require(viewer, Act.SEE_INCIDENTS)
    order = (Incident.closed_on.is_not(None), Incident.found_on.desc(), Incident.id.desc())
    return [_told(card) for card in gate.cards(session, viewer, Incident, order_by=order)]


def show(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one incident with its steps, the first one first. Raises NotFound."""
    require(viewer, Act.SEE_INCIDENTS)
    card = gate.card(session, viewer, Incident, Incident.ref == ref)
    own = select(Incident.id).where(Incident.ref == ref).scalar_subquery()
    steps = gate.cards(
        session,
        viewer,
        IncidentStep,
        where=(IncidentStep.incident_id == own,),
        order_by=(IncidentStep.id,),
    )
    return _told(card).and_also(steps=steps)


def _told(card: Card) -> Card:
    kinds = [Harmed(kind) for kind in card["harmed"].split(",") if kind]
    return card.and_also(kinds=kinds, is_open=card["closed_on"] is None)


def read_by(
    session: Session, viewer: Viewer, incident: str, *, login: str, span: Span, now: datetime
) -> Card:
    """Say which records a login read or worked on in a span: counts, and refs for the custodian.

    Raises BadInput(login) for an unknown one, BadInput(last) for a span that cannot be.
    """
    _keep_asking(session, viewer, incident, now=now)
    account = select(Account.ref).where(Account.login == login.strip().lower())
    ref = session.scalar(account)
    if ref is None:
        raise BadInput(field="login", reason="unknown_login")
    found: set[str] = set()
    for table in _chains(viewer):
        for entry in _within(session, table, table.actor == f"account:{ref}", span=span):
            found.update(entry)
    return _answer(viewer, found)


def read_who(
    session: Session, viewer: Viewer, incident: str, *, code: str, span: Span, now: datetime
) -> Card:
    """Say how many logins read a record in a span, by its code; the custodian reads which ones."""
    _keep_asking(session, viewer, incident, now=now)
    plain = "".join(c for c in code.upper() if c.isalnum() or c == "-")
    if not plain:
        raise BadInput(field="login", reason="nothing_asked")
    found: set[str] = set()
    for table in _chains(viewer):
        named = or_(
            table.subject.endswith(f":{plain}", autoescape=True),
            cast(table.detail, String).contains(f':{plain}"', autoescape=True),
        )
        where = (*_days(table, span), named, table.actor.startswith("account:"))
        found.update(session.scalars(select(table.actor).where(*where).distinct()))
    return _answer(viewer, found)


def _keep_asking(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> None:
    require(viewer, Act.LIST_AFFECTED)
    gate.card(session, viewer, Incident, Incident.ref == ref, fields=("ref",))
    chain = trace.chain_of(viewer)
    trace.record(session, viewer, "incident.affected", f"incident:{ref}", now=now, chain=chain)


def _chains(viewer: Viewer) -> Sequence[Entries]:
    """The custodian's own chain is counted before the custodian alone."""
    return (OrdinaryEntry, CustodianEntry) if viewer.has(Role.CUSTODIAN) else (OrdinaryEntry,)


def _within(
    session: Session, table: Entries, whose: ColumnElement[bool], *, span: Span
) -> Iterator[Iterable[str]]:
    """Yield the subjects of each entry; what named several keeps them in its detail."""
    columns = select(table.subject, table.detail).where(whose, *_days(table, span))
    for subject, detail in session.execute(columns):
        yield (*detail.get("subjects", ()), subject)


def _days(table: Entries, span: Span) -> tuple[ColumnElement[bool], ...]:
    if not span.first <= span.last <= span.first + LONGEST_SPAN:
        raise BadInput(field="last", reason="bad_span")
    return table.at >= at(span.first, 0), table.at < at(span.last + timedelta(days=1), 0)


def _answer(viewer: Viewer, subjects: Iterable[str]) -> Card:
    """Count by kind; refs only for the custodian, each kind sorted, so that no order tells."""
    kinds: dict[str, list[str]] = {}
    for subject in sorted(subjects):
        kind, _, ref = subject.partition(":")
        if ref:
            kinds.setdefault(kind, []).append(ref)
    shown = kinds if viewer.has(Role.CUSTODIAN) else {}
    counts = {kind: len(refs) for kind, refs in sorted(kinds.items())}
    return Card({"counts": counts, "refs": shown, "total": sum(counts.values())})
