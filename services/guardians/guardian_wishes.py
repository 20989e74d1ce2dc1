"""A guardian's wish about the child's file: her own behind her link, or 由…代办 by the village director."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from models.children import Child
from models.guardian_requests import GuardianRequest
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card
from services.guardians import families
from services.notices import notices
from vocabulary.dates import today
from vocabulary.enums import (
    FilePart,
    GuardianWish,
    GuardianWishStatus,
    Language,
    NoticeKind,
    Role,
)
from vocabulary.errors import BadInput, NotFound

ANSWER_WITHIN = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted, in whose words; a correction names the part, a helper the language spoken."""

    wish: GuardianWish
    words: str
    part: FilePart | None = None
    language: Language | None = None


def as_guardian(viewer: Viewer) -> int:
    """Return the guardian's child. A slip, which a school prints, opens nothing. Raises NotFound."""
    require(viewer, Act.ASK_ABOUT_FILE)
    if viewer.child_id is None or viewer.stipend_id is not None:
        raise NotFound()
    return viewer.child_id


def ask(session: Session, by: Viewer, wish: Wish, *, now: datetime) -> str:
    """Keep what the guardian wants; return the request's ref.

    Raises BadInput for a part or words that are missing, and while the same waits for its answer.
    """
    child = gate.row(session, by, Child, Child.id == as_guardian(by))
    return _keep(session, by, child, wish, now=now)


def ask_for(session: Session, by: Viewer, line_ref: str, wish: Wish, *, now: datetime) -> str:
    """Keep what a guardian of her own village told the director, with the language she spoke.

    `line_ref` names the family by one of its instalments. Raises as `ask`, and NotFound.
    """
    require(by, Act.HELP_GUARDIAN)
    if wish.language is None:
        raise BadInput(field="language", reason="missing")
    return _keep(session, by, _helped(session, by, line_ref), wish, now=now)


def helped(session: Session, viewer: Viewer, line_ref: str) -> Sequence[Card]:
    """List what the director herself entered for a family, with the answers, to read aloud."""
    child = _helped(session, viewer, line_ref)
    own = (GuardianRequest.child_id == child.id, GuardianRequest.assisted_by == viewer.actor)
    director = replace(viewer, roles=frozenset({Role.VILLAGE_DIRECTOR}))
    order = (GuardianRequest.id.desc(),)
    return gate.cards(session, director, GuardianRequest, where=own, order_by=order)


def _helped(session: Session, viewer: Viewer, line_ref: str) -> Child:
    require(viewer, Act.HELP_GUARDIAN)
    line = families.village_line(session, viewer, line_ref)
    return gate.row(session, viewer, Child, Child.ref == line["child"]["ref"])


def _keep(session: Session, by: Viewer, child: Child, new: Wish, *, now: datetime) -> str:
    if new.wish is GuardianWish.CORRECT and new.part is None:
        raise BadInput(field="part", reason="missing")
    if not new.words:
        raise BadInput(field="words", reason="missing")
    if _waits(session, by, child, new):
        raise BadInput(field="words", reason="waits")
    kept = GuardianRequest(
        child_id=child.id, wish=new.wish, part=new.part, words=new.words, language=new.language,
        assisted_by=None if new.language is None else by.actor, behind=by.behind,
        asked_on=today(now), answer_by=today(now) + ANSWER_WITHIN,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    trace.record(session, by, "guardian.ask", f"child:{child.ref}", now=now, why=new.wish.value)
    kind, subject = NoticeKind.GUARDIAN_ASKS, f"guardian_request:{kept.ref}"
    notices.to_roles(session, sorted(CASE_STAFF), child.banner_code, kind, subject, now=now)
    return kept.ref


def _waits(session: Session, by: Viewer, child: Child, new: Wish) -> bool:
    """A helper is told of what she wrote down herself, a guardian of what she may read: no more."""
    same = (
        true() if new.language is None else GuardianRequest.assisted_by == by.actor,
        GuardianRequest.child_id == child.id,
        GuardianRequest.wish == new.wish,
        GuardianRequest.part.is_not_distinct_from(new.part),
        GuardianRequest.status == GuardianWishStatus.ASKED,
    )
    if new.language is None:
        return bool(gate.cards(session, by, GuardianRequest, where=same, limit=1))
    return session.scalar(select(GuardianRequest.id).where(*same)) is not None
