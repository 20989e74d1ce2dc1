"""双方愿意时互相认识: one asks, cools off, the other is asked once; yes or no, no reason.

The asker reads one sentence whatever becomes of it, until both know each other. What a donor does
goes to the custodian's chain. The staff's part is services/reveals/reveal_checks.py.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child
from models.regions import Region
from models.reveals import Reveal, RevealRefusal, is_shown, never_asked
from privacy.naming import NAME_LENGTH, is_fit
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card
from services.lifecycle import advance
from services.reveals.reveal_pairs import Pair, find_pair, other
from services.vault import reveal_words, vault
from vocabulary.dates import today
from vocabulary.enums import RevealSide, RevealStatus, Role
from vocabulary.errors import AlreadyDecided, BadInput, NotFound
from vocabulary.refs import new_ref

COOLING = timedelta(days=7)
_LOOKED_AT = (RevealStatus.CHECKING, RevealStatus.SHOWN)
_UNDER_WAY = (RevealStatus.AGREED, *_LOOKED_AT)
_ANSWERED = {
    RevealStatus.PUT: "open",
    RevealStatus.DECLINED: "no",
    RevealStatus.AGREED: "yes",
    RevealStatus.CHECKING: "yes",
    RevealStatus.TURNED_DOWN: "yes",
    RevealStatus.SHOWN: "yes",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What a donor wants to be called, and from which city; the city may be left out."""

    name: str
    city: str = ""


@dataclass(frozen=True, slots=True)
class Shares:
    """What a family lets be seen of the child: its name, its banner."""

    name: bool
    place: bool


def page(session: Session, viewer: Viewer, *, ref: str | None = None) -> Card:
    """Return what one side may know: whether it asked, what it is asked, whom it knows.

    `ref` is a donor's match, or the line of a slip for a village director. The same statements
    run whatever the other side said.
    """
    pair = find_pair(session, viewer, ref)
    found = session.scalars(select(Reveal).where(pair.rows())).all()
    own = next((one for one in found if one.asker is pair.side), None)
    theirs = next((one for one in found if one.asker is not pair.side), None)
    never = _is_never(session, _own_setting(session, pair))
    return Card(
        {
            "asked": own is not None and own.withdrawn_on is None,
            "never": never,
            "question": _question(viewer, pair, theirs, never=never),
            "known": _known(session, viewer, pair),
            "is_private": pair.is_private,
        }
    )


def page_of(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return the page that a notice is about: a donor's match, or a family's own reveal."""
    if viewer.has(Role.DONOR):
        return page(session, viewer, ref=ref)
    own = select(Reveal.id).where(Reveal.ref == ref, Reveal.child_id == viewer.child_id)
    reveal_id = session.scalar(own)
    if reveal_id is None:
        raise NotFound()
    return page(session, replace(viewer, reveal_id=reveal_id))


def _question(viewer: Viewer, pair: Pair, theirs: Reveal | None, *, never: bool) -> str | None:
    """Return "open", "yes" or "no": what the other side asks, as far as this page may tell."""
    is_heard = pair.is_private or viewer.has(Role.VILLAGE_DIRECTOR)
    if not is_heard or never or theirs is None or theirs.withdrawn_on is not None:
        return None
    return _ANSWERED.get(theirs.status)


def _known(session: Session, viewer: Viewer, pair: Pair) -> Card | None:
    """Return exactly what the other side chose to show, once both know each other."""
    shown = session.scalar(select(Reveal).where(pair.rows(), is_shown()).limit(1))
    if not pair.is_private:
        return None
    if pair.side is RevealSide.FAMILY:
        words = reveal_words.find(session, shown.id) if shown else None
        return Card({"name": words[0], "place": words[1]}) if words else None
    return _child(session, viewer, pair) if shown else None


def _child(session: Session, viewer: Viewer, pair: Pair) -> Card:
    """Draw the child through the gate: only what its family ticked is there."""
    card = gate.card(
        session, viewer, Child, Child.id == pair.child_id, fields=("name", "banner_code")
    )
    code = card["banner_code"] if card.has("banner_code") else None
    place = session.scalar(select(Region.name).where(Region.code == code))
    return Card({"name": card["name"] if card.has("name") else None, "place": place})


def ask(
    session: Session,
    by: Viewer,
    own: Words | Shares,
    *,
    now: datetime,
    ref: str | None = None,
) -> None:
    """Keep the wish to know the other side; nothing is sent for seven days.

    Asked again, the choice of what to show is renewed and the other side hears nothing twice.
    Raises BadInput for a name that is none, or for nothing chosen.
    """
    pair = find_pair(session, by, ref)
    reveal = _row(session, pair, pair.side) or _new(session, pair, now=now)
    if reveal.withdrawn_on is not None or reveal.status is RevealStatus.ENDED:
        reveal.withdrawn_on = None
        reveal.asks_from = today(now) + COOLING
        if reveal.status is RevealStatus.ENDED:
            advance(session, reveal, RevealStatus.ASKED, by=by, now=now)
    if reveal.status not in _UNDER_WAY:
        _keep_own(session, by, pair, reveal, own)
    _note(session, by, pair, "reveal.ask", now=now)


def _new(session: Session, pair: Pair, *, now: datetime) -> Reveal:
    reveal = Reveal(
        ref=new_ref(f"reveal_{pair.side}"),
        pledge_id=pair.pledge_id,
        child_id=pair.child_id,
        asker=pair.side,
        status=RevealStatus.ASKED,
        asks_from=today(now) + COOLING,
    )
    session.add(reveal)
    session.flush()
    return reveal


def answer(
    session: Session,
    by: Viewer,
    own: Words | Shares | None,
    *,
    now: datetime,
    ref: str | None = None,
) -> None:
    """Say yes, with what may be shown, or no (None); either may be thought over.

    Raises NotFound when nothing is asked, AlreadyDecided for another yes once staff look at it (what
    two people check is what is shown), and for a no to what somebody else said.
    """
    pair = find_pair(session, by, ref)
    theirs = _row(session, pair, other(pair.side))
    never = _is_never(session, _own_setting(session, pair))
    asked = _question(by, pair, theirs, never=never)
    if theirs is None or asked is None or theirs.status is RevealStatus.TURNED_DOWN:
        raise NotFound()
    if theirs.status in _LOOKED_AT and (own is not None or not _is_own_word(by, pair, theirs)):
        raise AlreadyDecided()
    if own is None:
        _forget_check(theirs)
    else:
        _keep_own(session, by, pair, theirs, own)
    to = RevealStatus.DECLINED if own is None else RevealStatus.AGREED
    if asked != ("no" if own is None else "yes"):
        advance(session, theirs, to, by=by, now=now)
    _note(session, by, pair, "reveal.answer", now=now)


def take_back(session: Session, by: Viewer, *, now: datetime, ref: str | None = None) -> None:
    """Take back one's own asking and one's own yes; what could be seen cannot be from now on."""
    pair = find_pair(session, by, ref)
    for one in session.scalars(select(Reveal).where(pair.rows())).all():
        if one.asker is pair.side:
            one.withdrawn_on = one.withdrawn_on or today(now)
            if one.status in (RevealStatus.ASKED, RevealStatus.PUT, *_UNDER_WAY):
                _forget_check(one)
                advance(session, one, RevealStatus.ENDED, by=by, now=now)
        elif one.status in _UNDER_WAY and _is_own_word(by, pair, one):
            _forget_check(one)
            advance(session, one, RevealStatus.DECLINED, by=by, now=now)
    session.flush()
    _note(session, by, pair, "reveal.take_back", now=now)


def _is_own_word(by: Viewer, pair: Pair, reveal: Reveal) -> bool:
    """Say whether a yes is the viewer's to take back: the side's own page, or who spoke it."""
    return pair.is_private or reveal.spoken_by == by.actor


def _forget_check(reveal: Reveal) -> None:
    """Let a later yes be checked anew."""
    reveal.first_by = reveal.second_by = reveal.child_word = reveal.checked_from = None


def set_never(
    session: Session, by: Viewer, *, wish: bool, now: datetime, ref: str | None = None
) -> None:
    """Keep "never ask me" of a donor or of a child, or lift it; the other side learns nothing."""
    pair = find_pair(session, by, ref)
    where = _own_setting(session, pair)
    row = session.scalar(select(RevealRefusal).where(never_asked(**where)))
    if row is None:
        row = RevealRefusal(**where)
        session.add(row)
    row.is_set = wish
    session.flush()
    _note(session, by, pair, "reveal.setting", now=now)


def _row(session: Session, pair: Pair, asker: RevealSide) -> Reveal | None:
    return session.scalar(select(Reveal).where(pair.rows(), Reveal.asker == asker))


def _own_setting(session: Session, pair: Pair) -> dict[str, int]:
    if pair.side is RevealSide.FAMILY:
        return {"child_id": pair.child_id}
    return {"donor_id": vault.donor_of_pledge(session, pair.pledge_id)}


def _is_never(session: Session, where: dict[str, int]) -> bool:
    found = select(RevealRefusal.id).where(never_asked(**where), RevealRefusal.is_set)
    return session.scalar(found) is not None


def _keep_own(
    session: Session, by: Viewer, pair: Pair, reveal: Reveal, own: Words | Shares
) -> None:
    """Keep what one side lets the other see. Raises BadInput."""
    if isinstance(own, Words) and pair.side is RevealSide.DONOR:
        if not is_fit(own.name, NAME_LENGTH):
            raise BadInput(field="name", reason="not_a_name")
        if own.city and not is_fit(own.city, NAME_LENGTH):
            raise BadInput(field="city", reason="not_a_name")
        name, city = own.name.strip(), own.city.strip() or None
        reveal_words.keep(session, reveal.id, pair.pledge_id, name=name, city=city)
    elif isinstance(own, Shares) and pair.side is RevealSide.FAMILY:
        if not (own.name or own.place):
            raise BadInput(field="shares", reason="nothing_chosen")
        reveal.shows_name, reveal.shows_place = own.name, own.place
        reveal.spoken_by = by.actor
        session.flush()
    else:
        raise NotFound()


def _note(session: Session, by: Viewer, pair: Pair, act: str, *, now: datetime) -> None:
    """Trace an act by the child for its side, by nothing but himself for a donor."""
    if pair.side is RevealSide.DONOR:
        subject = by.actor
    else:
        subject = f"child:{session.get_one(Child, pair.child_id).ref}"
    trace.record(session, by, act, subject, now=now, chain=trace.chain_of(by))
