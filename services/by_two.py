"""Asked by one, agreed to by another (law 8): whose turn it is, and the two names that are kept.

What is asked for, who may ask, and what a yes does, each desk says itself.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from privacy.viewers import Viewer
from services.gate import Card
from services.lifecycle import advance
from vocabulary.dates import today
from vocabulary.enums import AmendmentStatus, Role
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput

SHORTEST_WORDS = 4
# A row that one person asks for and another decides, whatever its table.
Asked = Any
_WAITING = (AmendmentStatus.ASKED,)


def said(words: str) -> str:
    """Return what the first person wrote, plain. Raises BadInput(words) for less than a word or two."""
    plain = words.strip()
    if len(plain) < SHORTEST_WORDS:
        raise BadInput(field="words", reason="say_what")
    return plain


def refuse_another(session: Session, table: type[Asked], *about: ColumnElement[bool]) -> None:
    """Raise AlreadyDecided while a request about the same thing waits."""
    waits = table.status == AmendmentStatus.ASKED
    if session.scalar(select(table.id).where(*about, waits)) is not None:
        raise AlreadyDecided()


def check_second(by: Viewer, asked: Asked, waiting: tuple[StrEnum, ...] = _WAITING) -> None:
    """Raise ActedBefore for whoever asked, AlreadyDecided for what waits no more."""
    if asked.asked_by == by.actor:
        raise ActedBefore()
    _check_waits(asked, waiting)


def decide(
    session: Session,
    by: Viewer,
    asked: Asked,
    to: StrEnum,
    *,
    now: datetime,
    waiting: tuple[StrEnum, ...] = _WAITING,
) -> None:
    """Keep who decided, and when. Raises AlreadyDecided; turning down is for whoever asked as well."""
    _check_waits(asked, waiting)
    asked.decided_by, asked.decided_on = by.actor, today(now)
    advance(session, asked, to, by=by, now=now)
    session.flush()


def _check_waits(asked: Asked, waiting: tuple[StrEnum, ...]) -> None:
    if asked.status not in waiting:
        raise AlreadyDecided()


def told(viewer: Viewer, card: Card, *agreeing: Role) -> Card:
    """Add whether it waits, whose it is, and whether the viewer may agree, as one of these roles."""
    waits = card["status"] is AmendmentStatus.ASKED
    is_mine = card["asked_by"] == viewer.actor
    may = waits and not is_mine and (not agreeing or viewer.has(*agreeing))
    return card.and_also(waits=waits, is_mine=is_mine, may_agree=may)
