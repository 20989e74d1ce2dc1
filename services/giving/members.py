"""A unit or a group gives under one pledge: in whose name, and who of them gives how much of it.

Its contact keeps the list. What members say holds from a stated day that lies after the last
payment, so that no part once worked out is ever another.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from models.pledges import Pledge
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, limits, trace
from services.donors import donor_links
from services.gate import Card
from services.giving import parts
from services.vault import erasing, givers, vault
from services.vault.givers import Giver
from vocabulary.dates import today
from vocabulary.enums import Chain, GiverKind, Limited
from vocabulary.errors import AlreadyDecided, BadInput, NotFound
from vocabulary.money import Fen, parse_yuan

NAME_LENGTH, MEMBER_LENGTH, MOST = 40, 20, 200
AHEAD = timedelta(days=366)
ITSELF = "itself"
"""The handle of the whole, beside its members' refs."""
_LINE = re.compile(r"^\s*(?P<name>\S.*?)[\s,，、:：]+(?P<fen>[\d０-９.,，¥￥]+\s*元?)\s*$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One member of a list as it was typed: name, and what he gives a time."""

    name: str
    fen: Fen


def fault_of(kind: GiverKind | None, name: str | None) -> bool:
    """Say whether a unit's or group's name cannot be taken; one person has none."""
    return kind is not None and not is_fit(name or "", NAME_LENGTH)


def is_fit(name: str, most: int) -> bool:
    """Say whether a name can stand on paper."""
    plain = name.strip()
    return 2 <= len(plain) <= most and plain.isprintable()  # noqa: PLR2004 shorter names nobody


def begin(session: Session, pledge: Pledge, giver: Giver | None, *, now: datetime) -> None:
    """Keep in whose name a new pledge is given; None for one person's own."""
    if giver is not None:
        givers.keep(session, pledge.id, Giver(giver.kind, giver.name.strip()), now=now)


def name(
    session: Session, viewer: Viewer, ref: str, kind: GiverKind, called: str, *, now: datetime
) -> None:
    """Say in whose name a pledge is given. Raises BadInput(name), NotFound for another's."""
    pledge = _own(session, viewer, ref)
    if fault_of(kind, called):
        raise BadInput(field="name", reason="out_of_range")
    givers.keep(session, pledge.id, Giver(kind, called.strip()), now=now)
    _trace(session, viewer, "pledge.giver", ref, now=now)


def page(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return in whose name a pledge is given, and its members as they stand and will stand."""
    pledge = _own(session, viewer, ref)
    giver = givers.find(session, pledge.id)
    said = givers.shares(session, pledge.id)
    called = givers.names(session, pledge.id)
    refs = {one.donor_id: one.ref for one in said}
    held = parts.shares_on(said, today(now))
    reached = givers.reached(session, pledge.id)
    members = [
        Card(
            ref=refs[key],
            name=called.get(key),
            fen=held.get(key, Fen(0)),
            has_link=key in reached,
            since_on=min(one.from_on for one in said if one.donor_id == key),
            coming=[one for one in said if one.donor_id == key and one.from_on > today(now)][-1:],
        )
        for key in refs
    ]
    return Card(
        ref=ref,
        giver=giver,
        members=members,
        each_fen=Fen(pledge.instalment_fen * pledge.children_wanted),
        together_fen=Fen(sum(held.values())),
        earliest_on=_earliest(session, pledge, is_first=not said),
        years=list(range(today(now).year, pledge.offered_on.year - 1, -1)),
    )


def member(session: Session, viewer: Viewer, ref: str, whose: str, *, now: datetime) -> Card:
    """Return one member of a pledge, with its page. Raises NotFound."""
    card = page(session, viewer, ref, now=now)
    found: list[Card] = [one for one in card["members"] if one["ref"] == whose]
    if not found:
        raise NotFound()
    return found[0].and_also(of=card)


def read(text: str) -> list[Entry]:
    """Read a list typed or pasted, a member a line: name, sum. Raises BadInput(members, line)."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            found.append(_entry(line, number))
    if not 0 < len(found) <= MOST:
        raise BadInput(field="members", reason="too_many" if found else "missing")
    return found


def _entry(line: str, number: int) -> Entry:
    said = _LINE.match(line)
    try:
        if said and is_fit(said["name"], MEMBER_LENGTH):
            return Entry(said["name"].strip(), parse_yuan(said["fen"]))
    except BadInput:
        pass
    raise BadInput(field="members", reason="line", line=number)


def join(
    session: Session,
    viewer: Viewer,
    ref: str,
    entries: Sequence[Entry],
    *,
    from_on: date,
    now: datetime,
) -> None:
    """Let members join from a day on. Raises BadInput(from_on), AlreadyDecided for no group's."""
    pledge = _groups(session, viewer, ref)
    is_first = not givers.shares(session, pledge.id)
    _check(session, pledge, from_on, is_first=is_first, now=now)
    known = givers.names(session, pledge.id)
    if len(known) + len(entries) > MOST:
        raise BadInput(field="members", reason="too_many")
    for one in entries:
        key = givers.enter(session, pledge.id, one.name, now=now)
        givers.say(session, pledge.id, key, one.fen, from_on=from_on, now=now)
    _trace(session, viewer, "pledge.members", ref, now=now)


def change(
    session: Session,
    viewer: Viewer,
    ref: str,
    whose: str,
    *,
    fen: Fen,
    from_on: date,
    now: datetime,
) -> None:
    """Let a member give another sum from a day on; 0: he leaves. Raises BadInput(from_on)."""
    pledge = _groups(session, viewer, ref)
    one = givers.member(session, pledge.id, whose)
    _check(session, pledge, from_on, is_first=False, now=now)
    givers.say(session, pledge.id, one.id, fen, from_on=from_on, now=now)
    _trace(session, viewer, "pledge.members", ref, now=now)


def reach(
    session: Session, viewer: Viewer, ref: str, whose: str, contact: str, *, now: datetime
) -> bool:
    """Send a member a link to his own account, or with no contact take it from him; say which.

    What was sent to a contact before opens nothing any more. Raises BadInput(contact), TooManyTries.
    """
    pledge = _groups(session, viewer, ref)
    one = givers.member(session, pledge.id, whose)
    plain = contact.strip()
    if plain:
        limits.take(session, Limited.RELINK, vault.read_contact(plain)[1], now=now)
    erasing.silence(session, viewer, one, now=now)
    givers.keep_contact(session, one.id, plain or None)
    if plain:
        donor_links.send(session, one.id, now=now)
    _trace(session, viewer, "pledge.member_link", ref, now=now)
    return bool(plain)


def forget(session: Session, viewer: Viewer, ref: str, whose: str, *, now: datetime) -> None:
    """Forget who a member is, for good: name and key go, his part stays under a code."""
    pledge = _groups(session, viewer, ref)
    erasing.forget_members(session, [givers.member(session, pledge.id, whose).id], now=now)
    _trace(session, viewer, "pledge.forget_member", ref, now=now)


def _own(session: Session, viewer: Viewer, ref: str) -> Pledge:
    """Return a pledge for whoever has shown whose it is: its form's phone has not."""
    require(viewer, Act.KEEP_MEMBERS)
    if viewer.pledge_id is not None:
        raise NotFound()
    return gate.row(session, viewer, Pledge, Pledge.donor_ref == ref)


def _groups(session: Session, viewer: Viewer, ref: str) -> Pledge:
    pledge = _own(session, viewer, ref)
    if givers.find(session, pledge.id) is None:
        raise AlreadyDecided()
    return pledge


def _earliest(session: Session, pledge: Pledge, *, is_first: bool) -> date:
    """Return the first day that may be named: whose a payment is, is settled once it was divided."""
    last = None if is_first else parts.last_paid_on(session, pledge.id)
    return pledge.offered_on if last is None else max(pledge.offered_on, last + timedelta(days=1))


def _check(
    session: Session, pledge: Pledge, from_on: date, *, is_first: bool, now: datetime
) -> None:
    earliest = _earliest(session, pledge, is_first=is_first)
    if not earliest <= from_on <= today(now) + AHEAD:
        raise BadInput(field="from_on", reason="not_between")


def _trace(session: Session, viewer: Viewer, act: str, ref: str, *, now: datetime) -> None:
    trace.record(session, viewer, act, f"pledge:{ref}", now=now, chain=Chain.CUSTODIAN)
