"""Which pledge, child and hand stand behind instalments: for what is written about them, never shown."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, null, select
from sqlalchemy.orm import Session

from models.pledges import Match
from models.stipends import Batch, Gift, Stipend


class Side(NamedTuple):
    """What lies behind one instalment or gift; a gift goes through no batch."""

    subject_id: int
    pledge_id: int
    child_id: int
    donor_ref: str
    child_ref: str
    hand_id: int | None
    card_id: int | None = None
    apart_on: date | None = None


Sides = Mapping[int, Side]

_BEHIND = (Match.pledge_id, Match.child_id, Match.donor_ref, Match.child_ref)
_IDS: Any = bindparam("ids", expanding=True)
# Built once: a list of 300 lines asks this in the one request that a school waits for.
_QUERIES: dict[type[Stipend | Gift], Any] = {
    Stipend: select(Stipend.id, *_BEHIND, Batch.organisation_id, Batch.card_id, Match.apart_on)
    .join(Match, Match.id == Stipend.match_id)
    .outerjoin(Batch, Batch.id == Stipend.batch_id)
    .where(Stipend.id.in_(_IDS)),
    Gift: select(Gift.id, *_BEHIND, null(), null(), Match.apart_on)
    .join(Match, Match.id == Gift.match_id)
    .where(Gift.id.in_(_IDS)),
}


def given_by(session: Session, stipend: Stipend) -> Match:
    """Return the match of an instalment's donor: of the gap fund's, the one it stands in for."""
    match = session.get_one(Match, stipend.match_id)
    place_of = match.stands_in_for_id
    return match if place_of is None else session.get_one(Match, place_of)


def sides_of(session: Session, subjects: Sequence[Stipend | Gift]) -> Sides:
    """Return what lies behind each subject, all of one table, by its key: one statement."""
    if not subjects:
        return {}
    ids = [subject.id for subject in subjects]
    rows = session.execute(_QUERIES[type(subjects[0])], {"ids": ids})
    return {row[0]: Side(*row) for row in rows}
