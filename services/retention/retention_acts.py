"""How each row of data/retention.toml is carried out: what is older than `before` goes.

Each act takes what one slice bears and returns how much it was; facts and postings stay untouched.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from models.accounts import EndedSignIn, SignIn, SignInFailure
from models.care import CareMatch
from models.exports import Export
from models.file_access import FileAccess
from models.guardian_requests import GuardianRequest
from models.imports import Upload
from models.letters import Letter
from models.matching_runs import MatchingRun, PolicyTrial
from models.notices import AccessLink, Notice
from models.pledges import Match
from models.security import AccountEvent, TryCount
from models.visits import FadingNote, Visit
from privacy.viewers import Viewer
from services.importing import forgetting
from services.retention import retention_children, retention_letters
from services.reveals import reveal_ends
from vocabulary.dates import today
from vocabulary.enums import AccessStatus, LetterStatus, NoticeStatus

Carry = Callable[[Session, Viewer, datetime, datetime], int]
SLICE = 500
_OVER = (NoticeStatus.WAITING, NoticeStatus.SENDING)
_WAITING = (AccessStatus.ASKED, AccessStatus.OPENED)
_LEFT = (LetterStatus.DELIVERED, LetterStatus.RETURNED)


def _deleted(session: Session, table: Any, key: Any, *old: ColumnElement[bool]) -> int:
    some = select(key).where(*old).order_by(key).limit(SLICE)
    gone = delete(table).where(key.in_(some)).execution_options(synchronize_session=False)
    return int(session.execute(gone).rowcount)  # type: ignore[attr-defined]


def _emptied(
    session: Session, table: Any, values: dict[str, None], *old: ColumnElement[bool]
) -> int:
    """Empty columns of old rows that still hold something."""
    full = or_(*(getattr(table, name).is_not(None) for name in values))
    some = select(table.id).where(full, *old).order_by(table.id).limit(SLICE)
    bare = update(table).where(table.id.in_(some)).values(**values)
    done = session.execute(bare.execution_options(synchronize_session="fetch"))
    return int(done.rowcount)  # type: ignore[attr-defined]


def _imports(session: Session, by: Viewer, before: datetime, now: datetime) -> int:
    return forgetting.forget_imports(session, by, before=before, now=now)


def _notices(session: Session, _by: Viewer, before: datetime, _now: datetime) -> int:
    old = (Notice.created_at < before, Notice.status.not_in(_OVER))
    return _emptied(session, Notice, {"text": None, "sent_text": None}, *old)


def _links(session: Session, _by: Viewer, before: datetime, _now: datetime) -> int:
    over = or_(AccessLink.expires_at < before, AccessLink.revoked_at < before)
    return _deleted(session, AccessLink, AccessLink.id, over)


def _failures(session: Session, _by: Viewer, before: datetime, _now: datetime) -> int:
    return _deleted(session, SignInFailure, SignInFailure.handle, SignInFailure.last_at < before)


def _sign_ins(session: Session, _by: Viewer, before: datetime, _now: datetime) -> int:
    return _deleted(session, EndedSignIn, EndedSignIn.handle, EndedSignIn.ended_at < before)


def _tries(session: Session, _by: Viewer, before: datetime, _now: datetime) -> int:
    gone = delete(TryCount).where(TryCount.since < before)
    return int(session.execute(gone.execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]


def _events(session: Session, _by: Viewer, before: datetime, _now: datetime) -> int:
    return _deleted(session, AccountEvent, AccountEvent.id, AccountEvent.on < today(before))


def _exports(session: Session, _by: Viewer, before: datetime, _now: datetime) -> int:
    return _deleted(session, Export, Export.id, Export.expires_at < before)


def _letter_photographs(session: Session, _by: Viewer, before: datetime, _now: datetime) -> int:
    """Delete the rows; the job that tidies the photographs removes a file that no row names."""
    left = select(Letter.id).where(Letter.status.in_(_LEFT))
    return _deleted(session, Upload, Upload.id, Upload.letter_id.in_(left), Upload.at < before)


def _originals(session: Session, _by: Viewer, before: datetime, _now: datetime) -> int:
    return retention_letters.trim(session, before=today(before), most=SLICE)


def _returned_letters(session: Session, _by: Viewer, before: datetime, _now: datetime) -> int:
    return retention_letters.let_go_returned(session, before=today(before), most=SLICE)


def _letters(session: Session, _by: Viewer, before: datetime, _now: datetime) -> int:
    return retention_letters.let_go_delivered(session, before=today(before), most=SLICE)


def _reveals(session: Session, _by: Viewer, before: datetime, _now: datetime) -> int:
    return reveal_ends.let_go(session, before=today(before), most=SLICE)


def _matching_runs(session: Session, _by: Viewer, before: datetime, _now: datetime) -> int:
    return _deleted(session, MatchingRun, MatchingRun.id, MatchingRun.ran_on < today(before))


def _policy_trials(session: Session, _by: Viewer, before: datetime, _now: datetime) -> int:
    return _deleted(session, PolicyTrial, PolicyTrial.id, PolicyTrial.asked_on < today(before))


def _visit_words(session: Session, _by: Viewer, before: datetime, _now: datetime) -> int:
    """Empty the words; a worry that nobody took up keeps its own."""
    heard = or_(Visit.is_worry.is_(False), Visit.taken_up_at.is_not(None))
    old = (Visit.entered_on < today(before), heard)
    return _emptied(session, Visit, {"words": None}, *old)


def _visits(session: Session, _by: Viewer, before: datetime, _now: datetime) -> int:
    over = select(CareMatch.id).where(CareMatch.ended_on < today(before))
    gone = sum(
        _deleted(session, table, table.id, table.care_id.in_(over)) for table in (Visit, FadingNote)
    )
    left = select(Match.id).where(Match.ends_on < today(before))
    return gone + _deleted(session, FadingNote, FadingNote.id, FadingNote.match_id.in_(left))


def _file_access(session: Session, _by: Viewer, before: datetime, _now: datetime) -> int:
    old = (FileAccess.asked_on < today(before), FileAccess.status.not_in(_WAITING))
    return _emptied(session, FileAccess, {"words": None, "decided_because": None}, *old)


def _guardian_words(session: Session, _by: Viewer, before: datetime, _now: datetime) -> int:
    old = GuardianRequest.answered_on < today(before)
    return _emptied(session, GuardianRequest, {"words": None, "answer": None}, old)


def _children(session: Session, by: Viewer, before: datetime, now: datetime) -> int:
    found = retention_children.ended_before(session, today(before), most=SLICE)
    for child in found:
        retention_children.erase(session, by, child, now=now)
    return len(found)


def _counting(session: Session, _by: Viewer, before: datetime, _now: datetime) -> int:
    return _deleted(session, SignIn, SignIn.id, SignIn.began_at < before)


CARRIED: Mapping[str, Carry] = {
    "import_rows": _imports,
    "notice_texts": _notices,
    "links": _links,
    "sign_in_failures": _failures,
    "ended_sign_ins": _sign_ins,
    "sign_ins": _counting,
    "try_counts": _tries,
    "account_events": _events,
    "exports": _exports,
    "letter_photographs": _letter_photographs,
    "letter_originals": _originals,
    "returned_letters": _returned_letters,
    "letters": _letters,
    "reveals": _reveals,
    "matching_runs": _matching_runs,
    "policy_trials": _policy_trials,
    "visit_words": _visit_words,
    "visits": _visits,
    "file_access_words": _file_access,
    "guardian_words": _guardian_words,
    "ended_children": _children,
}
