"""年度对账单 of one member of a unit or group: his own part of what came and went, and nobody else's."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from models.pledges import Pledge
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.donors import donors
from services.gate import Card
from services.giving import members, parts
from services.giving.parts import Line
from services.papers import days, statements
from services.papers.statements import OfChild, OfPledge, Statement
from services.vault import givers, vault
from vocabulary.dates import today
from vocabulary.errors import NotFound
from vocabulary.money import Fen
from vocabulary.parts import ITSELF

FORGOTTEN = "（名字已删）"


def of_year(
    session: Session, viewer: Viewer, ref: str, whose: str, year: int, *, now: datetime
) -> Statement:
    """Return a member's year, or of what is no member's the whole's own. Raises NotFound.

    A sum of all would tell a member of two what the other gives: it holds his own parts alone.
    """
    require(viewer, Act.KEEP_MEMBERS)
    card = members.page(session, viewer, ref, now=now)
    if card["giver"] is None or year not in card["years"]:
        raise NotFound()
    pledge = gate.row(session, viewer, Pledge, Pledge.donor_ref == ref)
    key = ITSELF if whose == members.ITSELF else givers.member(session, pledge.id, whose).id
    divided = parts.of_pledge(session, pledge)
    own = donors.pledge(session, viewer, ref, now=now).and_also(year=year)
    part = OfPledge(
        pledge=own,
        called=_called(session, pledge, card, key),
        payments=divided.payments(key, year),
        year=divided.of_year(key, year),
        children=list(_children(session, viewer, own, divided.lines(key), now=now)),
        of_group=card["giver"].name,
    )
    return statements.dated(session, year, [part], is_whole=True, now=now)


def years_of_own(session: Session, viewer: Viewer, *, now: datetime) -> Card | None:
    """Return what a member's own link opens: whose group, his name, his years; None for no member."""
    pledge = _of_member(session, viewer)
    if pledge is None:
        return None
    contact = _contact(session, viewer, pledge)
    card = members.page(session, contact, pledge.donor_ref, now=now)
    mine = givers.names(session, pledge.id).get(viewer.donor_id or 0, FORGOTTEN)
    return Card(group=card["giver"].name, name=mine, years=card["years"])


def of_own_year(session: Session, viewer: Viewer, year: int, *, now: datetime) -> Statement:
    """Return a member's own year behind his own link. Raises NotFound for anybody else."""
    pledge = _of_member(session, viewer)
    if pledge is None:
        raise NotFound()
    contact, mine = (
        _contact(session, viewer, pledge),
        vault.donor_ref_of(session, viewer.donor_id or 0),
    )
    return of_year(session, contact, pledge.donor_ref, mine, year, now=now)


def _of_member(session: Session, viewer: Viewer) -> Pledge | None:
    """Return the pledge to which the person behind a link gives as one of several."""
    require(viewer, Act.KEEP_MEMBERS)
    if viewer.pledge_id is not None:
        return None
    key = givers.pledge_of_member(session, viewer.donor_id)
    return None if key is None else session.get_one(Pledge, key)


def _contact(session: Session, viewer: Viewer, pledge: Pledge) -> Viewer:
    """Look with the eyes of the group's contact; only this member's parts leave here."""
    return replace(viewer, donor_id=vault.donor_of_pledge(session, pledge.id))


def _called(session: Session, pledge: Pledge, card: Card, key: int) -> str:
    if key == ITSELF:
        name: str = card["giver"].name
        return name
    return givers.names(session, pledge.id).get(key, FORGOTTEN)


def _children(
    session: Session, viewer: Viewer, own: Card, mine: Mapping[Line, Fen], *, now: datetime
) -> Iterator[OfChild]:
    """Return the lines that he paid a part of, each with that part for its sum."""
    gifts = statements.gifts_of(session, viewer, on=today(now))
    when = days.of_pledges(session, [own["donor_ref"]])
    for child in statements.children_of(own, gifts, own["year"], when):
        lines = [
            line.and_also(amount_fen=mine[key])
            for line in child.lines
            if (key := statements.key_of(line)) in mine
        ]
        if lines:
            yield OfChild(child.code_name, lines)
