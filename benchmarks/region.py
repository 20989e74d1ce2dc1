"""A region in its third year, as large as a real one: what the measured pages stand in.

What a page shows is made through the services first, by its builder; everything around it is put
in by statements over whole sets: of ten children seven are supported, with three months paid and
handed over, eight in a thousand have a proposal that waits, the others wait for a donor.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import String, cast, func, insert, literal, select, update
from sqlalchemy.orm import Session

from app import create_app
from benchmarks import world
from extensions import db
from models.children import Child, Consent, Need
from models.jobs import JobRun
from models.ledger import Posting, Transaction
from models.notices import Notice
from models.pledges import Match, Pledge
from models.stipends import Batch, Fact, Stipend
from models.vault import Donor, VaultPledge
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import (
    AccountKind,
    BatchStatus,
    ChildStatus,
    Evidence,
    FactKind,
    MatchStatus,
    NeedKind,
    NeedStatus,
    NoticeKind,
    NoticeStatus,
    PledgeStatus,
    Purpose,
    RecipientKind,
    Rhythm,
    TransactionKind,
)

NOON = at(date(2026, 11, 21), 12)
MONTHS = (date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1))
FIRST = 1_000_001
"""The first key of what is put in around the measured pages."""
_DECIDE_BY = date(2026, 11, 24)
_HANDED = date(2026, 10, 9)
_TERMS = {"instalment_fen": 10_000, "rhythm": Rhythm.MONTH, "code_name": "河边的白桦"}
# Which tenth of the children one is in, in every school another.
_TENTH = (Child.id // world.SCHOOLS + Child.id) % 10
T = TypeVar("T")


def townships(session: Session) -> tuple[str, str]:
    """Return one in a banner where many proposals wait, and one where only the built ones do."""
    found = world.townships(session)
    return found[0], found[-1]


@contextmanager
def served(count: int, build: Callable[[Session], T]) -> Iterator[tuple[Flask, Path, T]]:
    """Serve a region of `count` children around what `build` made.

    Outside of the application's context: one left open would carry the person signed in along,
    and spare us the work that is measured.
    """
    with TemporaryDirectory(prefix="weiguang-bench-") as name, clock.moved_to(NOON):
        app = create_app(world.settings_in(Path(name)))
        app.config.update(WTF_CSRF_ENABLED=False)
        with app.app_context():
            upgrade()
            built = build(db.session())
            db.session.commit()
            world.fill_children(db.session(), range(FIRST, FIRST + count))
            _grow(db.session())
            db.session.commit()
            db.session.remove()
        yield app, Path(name) / "bench.db", built
        with app.app_context():
            db.engine.dispose()


def _grow(session: Session) -> None:
    for step in (
        _needs, _consents, _pledges, _matches, _instalments, _facts, _ledger, _notices, _proposals,
    ):  # fmt: skip
        step(session)


def _ref(prefix: str, key: Any) -> Any:
    return literal(prefix) + cast(key, String)


def _put(session: Session, table: Any, query: Any, **constants: Any) -> None:
    """Insert what a query gives by its columns' names, each row with the same constants."""
    columns = table.__table__.c
    given = {*query.selected_columns.keys(), *constants}
    usual = {c.name: c.default.arg for c in columns if c.default and c.default.is_scalar}
    same = {name: value for name, value in usual.items() if name not in given} | constants
    typed = [literal(value, columns[name].type) for name, value in same.items()]
    names = [*query.selected_columns.keys(), *same]
    session.execute(
        insert(table.__table__).from_select(
            names, query.add_columns(*typed), include_defaults=False
        )
    )


def _needs(session: Session) -> None:
    query = select(
        Child.id.label("id"),
        _ref("N", Child.id).label("ref"),
        Child.id.label("child_id"),
        (Child.id % 4).label("urgency"),
        func.date("2026-01-01", cast(Child.id % 300, String) + " days").label("since_on"),
    ).where(Child.id >= FIRST)
    _put(session, Need, query, kind=NeedKind.FINANCIAL, monthly_fen=10_000, status=NeedStatus.OPEN)


def _consents(session: Session) -> None:
    more = {"version": "1", "given_on": MONTHS[0], "recorded_by": "bench"}
    for prefix, purpose in (("S", Purpose.SPONSORSHIP), ("F", Purpose.CASE_FILE)):
        query = select(Child.id.label("child_id"), _ref(prefix, Child.id).label("ref"))
        _put(session, Consent, query.where(Child.id >= FIRST), purpose=purpose, **more)


def _pledges(session: Session) -> None:
    """Make a donor and his pledge for each child, whether the two are matched or not."""
    key, those = Child.id, Child.id >= FIRST
    pledges = select(
        key.label("id"), _ref("C", key).label("code"), _ref("D", key).label("donor_ref")
    )
    terms = {"instalment_fen": 10_000, "rhythm": Rhythm.MONTH, "offered_on": MONTHS[0]}
    _put(session, Pledge, pledges.where(those), **terms, status=PledgeStatus.CONFIRMED)
    donors = select(key.label("id"), _ref("V", key).label("ref"))
    _put(session, Donor, donors.where(those), since_on=MONTHS[0])
    owned = select(
        key.label("pledge_id"), key.label("donor_id"), _ref("AX", key).label("payment_reference")
    )
    _put(session, VaultPledge, owned.where(those))


def _pairs() -> Any:
    key = Child.id
    return select(
        key.label("id"),
        key.label("child_id"),
        Child.region_code.label("region_code"),
        key.label("pledge_id"),
        key.label("need_id"),
        _ref("P", key).label("child_ref"),
        _ref("Q", key).label("donor_ref"),
    ).where(key >= FIRST)


def _matches(session: Session) -> None:
    """Support seven of ten; the others are still open."""
    said = {"proposed_by": "engine", "proposed_on": MONTHS[0], "decided_on": MONTHS[0]}
    more = {"decided_by": "bench", "starts_on": MONTHS[0], "status": MatchStatus.ACTIVE}
    some = _pairs().where(_TENTH < 7)
    _put(session, Match, some, **_TERMS, **said, **more, **_reasons(session))
    others = update(Child).where(Child.id >= FIRST, _TENTH >= 7)
    session.execute(others.values(status=ChildStatus.OPEN))


def _instalments(session: Session) -> None:
    """Open three months for everybody who is supported, a batch a school, all of it closed."""
    run = JobRun(name="bench", period=MONTHS[0], started_at=NOON)
    session.add(run)
    session.flush()
    schools = select(
        Child.school_id.label("organisation_id"), func.min(Child.region_code).label("region_code")
    )
    schools = schools.where(Child.id >= FIRST).group_by(Child.school_id)
    for month in MONTHS:
        refs = schools.add_columns(
            _ref(f"B{month:%m}", Child.school_id).label("ref"),
            _ref(f"M{month:%m}", Child.school_id).label("memo"),
        )
        state = {"status": BatchStatus.CLOSED, "opened_on": month, "sent_on": month}
        _put(session, Batch, refs, month=month, number=1, hand_over_by=month, **state)
        query = (
            select(
                Match.id.label("match_id"),
                Match.instalment_fen.label("amount_fen"),
                Batch.id.label("batch_id"),
            )
            .join(Child, Child.id == Match.child_id)
            .join(Batch, (Batch.organisation_id == Child.school_id) & (Batch.month == month))
            .where(Match.id >= FIRST, Match.status == MatchStatus.ACTIVE)
        )
        days = dict.fromkeys(("promised_on", "received_on", "sent_on"), month)
        done = {"handed_over_on": _HANDED, "confirmed_on": _HANDED}
        _put(session, Stipend, query, due_on=month, run_id=run.id, is_funded=True, **days, **done)


def _facts(session: Session) -> None:
    """State the five facts of every instalment."""
    query = select(Stipend.id.label("stipend_id"), Stipend.due_on.label("on"))
    query = query.where(Stipend.match_id >= FIRST)
    for kind in (
        FactKind.PROMISED, FactKind.RECEIVED, FactKind.SENT, FactKind.HANDED_OVER,
        FactKind.CONFIRMED,
    ):  # fmt: skip
        _put(session, Fact, query, kind=kind, by="bench", evidence=Evidence.WORD, noted_at=NOON)


def _ledger(session: Session) -> None:
    """Post one entry for every instalment: from what was prepaid to what was promised."""
    last = session.scalar(select(func.max(Transaction.id))) or 0
    query = select((Stipend.id + last).label("id"), Stipend.id.label("stipend_id"))
    query = query.where(Stipend.match_id >= FIRST)
    _put(session, Transaction, query, kind=TransactionKind.FUNDED, on=MONTHS[0], by="bench")
    leg = select((Stipend.id + last).label("transaction_id"), Match.pledge_id.label("pledge_id"))
    leg = leg.join(Match, Match.id == Stipend.match_id).where(Stipend.match_id >= FIRST)
    for account, amount in ((AccountKind.PREPAID, 10_000), (AccountKind.PROMISED, -10_000)):
        _put(session, Posting, leg, account=account, amount=amount)


def _notices(session: Session) -> None:
    """Leave one delivered notice of every instalment with its donor."""
    query = select(
        _ref("O", Stipend.id).label("ref"),
        Match.pledge_id.label("recipient_id"),
        _ref("stipend:", Stipend.id).label("subject"),
    )
    query = query.join(Match, Match.id == Stipend.match_id).where(Stipend.match_id >= FIRST)
    when = dict.fromkeys(("created_at", "not_before", "inbox_at", "delivered_at"), NOON)
    state = {"status": NoticeStatus.DELIVERED}
    kinds = {"recipient_kind": RecipientKind.DONOR, "kind": NoticeKind.HANDED_OVER}
    _put(session, Notice, query, **kinds, **when, **state)


def _proposals(session: Session) -> None:
    """Propose somebody to one in thirteen of a tenth: a week of a full desk."""
    quiet = townships(session)[1][:6].ljust(12, "0")
    some = _pairs().where(_TENTH == 7, Child.id % 13 == 0, Child.banner_code != quiet)
    said = {"status": MatchStatus.PROPOSED, "proposed_by": "engine", "proposed_on": _HANDED}
    _put(session, Match, some, **_TERMS, **said, **_reasons(session), decide_by=_DECIDE_BY)


def _reasons(session: Session) -> dict[str, Any]:
    """Return what the engine wrote about a pair of the built ones."""
    query = select(Match.reasons, Match.runners_up, Match.best_reason, Match.score)
    found = session.execute(query.where(Match.run_ref.is_not(None)).limit(1)).mappings().one()
    return dict(found)
