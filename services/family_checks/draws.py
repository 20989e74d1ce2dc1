"""Draws of each batch that left a few lines whose families are asked, and keeps how.

When a batch has left the seed is drawn, from the system's own source of chance: before that nobody
can foretell whom it names. Seed, list and size stay, so that the draw can be made again. Everybody
drawn is treated alike from then on, whatever the family answers (services/family_checks/detours.py).
"""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.orm import Session

from models.children import Child
from models.family_checks import FamilyAsk, FamilyDraw
from models.pledges import Match
from models.stipends import Batch, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer, region_prefix
from services import trace
from services.routes import ways
from vocabulary import sampling
from vocabulary.dates import today
from vocabulary.enums import Route
from vocabulary.errors import AlreadyDecided
from vocabulary.refs import new_ref, stipend_ref
from vocabulary.sampling import Before

# Whoever was paid longer ago has forgotten the day.
ASKED_WITHIN = timedelta(days=45)
_LEAGUE = 4
_SEED = 24


class Line(NamedTuple):
    """One line that may be drawn."""

    stipend_id: int
    child_id: int


def to_draw(session: Session, by: Viewer, *, on: date) -> list[int]:
    """Return the keys of batches that left and were not drawn from, as they left."""
    require(by, Act.DRAW_FAMILIES)
    drawn = select(FamilyDraw.batch_id)
    found = select(Batch.id).where(
        Batch.sent_on.is_not(None), Batch.sent_on >= on - ASKED_WITHIN, Batch.id.not_in(drawn)
    )
    return list(session.scalars(found.order_by(Batch.sent_on, Batch.id)))


def draw(session: Session, by: Viewer, batch_id: int, *, now: datetime) -> int:
    """Draw once from a batch that left; return how many. Raises AlreadyDecided a second time."""
    require(by, Act.DRAW_FAMILIES)
    batch = session.get_one(Batch, batch_id)
    if session.scalar(select(FamilyDraw.id).where(FamilyDraw.batch_id == batch_id)):
        raise AlreadyDecided()
    lines = _lines(session, batch)
    population = max(len(lines), _of_term(session, batch))
    seed = new_ref("family_seed", _SEED)
    before = _before(session, batch, seed)
    least = 0 if batch.organisation_id is None or _was_asked(session, batch) else 1
    size = sampling.size_of_batch(before, listed=len(lines), term=population, least=least)
    made = FamilyDraw(
        batch_id=batch.id,
        drawn_on=today(now),
        population=population,
        listed=len(lines),
        size=size,
        margin_points=sampling.MARGIN_POINTS,
        seed=seed,
        among=" ".join(lines),
    )
    session.add(made)
    session.flush()
    _keep(session, made, batch, [lines[ref] for ref in sampling.drawn(seed, list(lines), size)])
    detail = {"size": size, "listed": len(lines), "population": population, "seed": seed}
    trace.record(session, by, "family.draw", f"family_draw:{made.ref}", now=now, detail=detail)
    return size


def _lines(session: Session, batch: Batch) -> dict[str, Line]:
    """Return the lines that families can be asked about, by ref: in an order that tells nothing.

    A child in danger is left out: its case goes its own way.
    """
    rows = session.execute(
        select(Match.child_ref, Stipend.due_on, Stipend.id, Child.id)
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .where(
            Stipend.batch_id == batch.id,
            Stipend.sent_on.is_not(None),
            Stipend.cancelled_on.is_(None),
            Stipend.returned_on.is_(None),
            Child.in_danger.is_(False),
        )
        .order_by(Match.child_ref, Stipend.due_on)
    )
    return {stipend_ref(ref, due_on): Line(key, child) for ref, due_on, key, child in rows}


def _before(session: Session, batch: Batch, seed: str) -> Before:
    """Return what the league's earlier draws of the month came to; its first seed says where it began."""
    inside = Batch.month == batch.month, *_league(batch)
    rows = session.execute(
        _of_draws(FamilyDraw.listed, FamilyDraw.size, FamilyDraw.seed)
        .where(*inside)
        .order_by(FamilyDraw.id)
    ).all()
    return Before(
        listed=sum(row.listed for row in rows),
        asked=sum(row.size for row in rows),
        start=sampling.start_of(rows[0].seed if rows else seed),
    )


def _was_asked(session: Session, batch: Batch) -> bool:
    """Say whether this school's families were asked in the term already."""
    first, until = sampling.term_of(batch.month)
    same = Batch.organisation_id == batch.organisation_id, Batch.month >= first, Batch.month < until
    return bool(session.scalar(_of_draws(func.coalesce(func.sum(FamilyDraw.size), 0)).where(*same)))


def _of_draws(*columns: Any) -> Select[Any]:
    return select(*columns).select_from(FamilyDraw).join(Batch, Batch.id == FamilyDraw.batch_id)


def _of_term(session: Session, batch: Batch) -> int:
    """Estimate how many lines the league gets in a term, from this month's batches."""
    this_month = session.scalar(
        select(func.count(Stipend.id))
        .join(Batch, Batch.id == Stipend.batch_id)
        .where(Batch.month == batch.month, Stipend.cancelled_on.is_(None), *_league(batch))
    )
    return (this_month or 0) * sampling.MONTHS_A_TERM


def _league(batch: Batch) -> tuple[Any, ...]:
    league = region_prefix(batch.region_code)[:_LEAGUE]
    return (Batch.region_code.between(league.ljust(12, "0"), league.ljust(12, "9")),)


def _keep(session: Session, made: FamilyDraw, batch: Batch, lines: list[Line]) -> None:
    """Keep whom the draw names, by key: the order of the rows tells nothing either."""
    rows = [{"draw_id": made.id, "stipend_id": line.stipend_id} for line in sorted(lines)]
    if not rows:
        return
    session.execute(insert(FamilyAsk), rows)
    # What another hand than the child's own brought has come by the other way already: the next one
    # goes back to its own, and is not left to who was asked about.
    if batch.route is not Route.OFFICE:
        own = Child.id.in_([line.child_id for line in lines]), ways.IN_FORCE.in_((batch.route,))
        session.execute(update(Child).where(*own).values(detour_after=batch.month))


def repeats(session: Session, made: FamilyDraw) -> bool:
    """Draw again from what was kept; say whether it names the same."""
    again = set(sampling.drawn(made.seed, made.among.split(), made.size))
    rows = session.execute(
        select(Match.child_ref, Stipend.due_on)
        .join(Stipend, Stipend.match_id == Match.id)
        .join(FamilyAsk, FamilyAsk.stipend_id == Stipend.id)
        .where(FamilyAsk.draw_id == made.id)
    )
    return again == {stipend_ref(ref, due_on) for ref, due_on in rows}


def not_repeating(session: Session) -> list[str]:
    """Name every draw that cannot be made again as it was, for the nightly check."""
    made = session.scalars(select(FamilyDraw).order_by(FamilyDraw.id)).all()
    return [
        f"抽问 {one.ref}：照种子重抽，和当时抽到的不一样"
        for one in made
        if not repeats(session, one)
    ]
