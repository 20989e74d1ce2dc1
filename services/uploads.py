"""Photographs of signed slips and of letters: cleaned, stored under a random name, kept beside them."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateways import photographs
from gateways.photographs import NotAPhotograph
from gateways.sealed_files import Damaged
from gateways.uploads import Files
from models.imports import Upload
from models.letters import Letter
from models.pledges import Match
from models.stipends import Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card, Part
from services.handover import handovers
from services.handover.hand_lists import as_hand, is_line
from vocabulary.enums import Evidence
from vocabulary.errors import AlreadyDecided, BadInput, NotFound
from vocabulary.refs import new_ref, read_stipend_ref, stipend_ref

NAME_LENGTH = 16
STILL_COMING = timedelta(days=1)  # the file comes before its row: a young one may yet get it


@dataclass(frozen=True, slots=True)
class Orphans:
    """Rows whose file is gone, and files that no row names."""

    rows: tuple[str, ...]
    files: tuple[str, ...]


def hand_over_with_photo(
    session: Session, by: Viewer, ref: str, content: bytes, *, files: Files, now: datetime
) -> None:
    """State that a line was handed over, on the photograph of its signed slip.

    Raises BadInput for a file that is no usable photograph: then nothing is stated or kept.
    """
    require(by, Act.HAND_OVER)
    stipend = gate.row(session, as_hand(by), Stipend, *is_line(ref))
    if stipend.handed_over_on is not None:
        raise AlreadyDecided()
    upload = _keep(session, by, cleaned(content), files=files, now=now, stipend_id=stipend.id)
    handovers.hand_over_one(
        session, by, ref, now=now, evidence=Evidence.SLIP_PHOTO, upload_id=upload.id
    )


def add_photo(
    session: Session, by: Viewer, ref: str, content: bytes, *, files: Files, now: datetime
) -> None:
    """Keep the photograph of a slip whose hand-over was stated before. Raises BadInput."""
    require(by, Act.HAND_OVER)
    handovers.line(session, by, ref, now=now)
    stipend = gate.row(session, as_hand(by), Stipend, *is_line(ref))
    _keep(session, by, cleaned(content), files=files, now=now, stipend_id=stipend.id)
    trace.record(session, by, "upload.add", f"stipend:{ref}", now=now)


def keep_letter_photo(
    session: Session, by: Viewer, letter_id: int, content: bytes, *, files: Files, now: datetime
) -> None:
    """Keep the photograph of a letter on paper, for the moderator alone. Raises BadInput."""
    _keep(session, by, cleaned(content), files=files, now=now, letter_id=letter_id)


def of_letter(session: Session, viewer: Viewer, ref: str) -> list[Card]:
    """List the photographs of one letter; case staff alone see any."""
    named = Upload.letter_id.in_(select(Letter.id).where(Letter.ref == ref))
    return gate.cards(session, viewer, Upload, where=(named,), order_by=(Upload.id,))


def of_line(session: Session, viewer: Viewer, ref: str) -> list[Card]:
    """List the photographs of one line's slip, the latest first; case staff alone see any."""
    return of_lines(session, viewer, [ref]).get(ref, [])


def of_lines(session: Session, viewer: Viewer, refs: Collection[str]) -> dict[str, list[Card]]:
    """Return the photographs of the slips of these lines by line, the latest first."""
    found = gate.cards(
        session,
        viewer,
        Upload,
        parts={
            "line": Part(Stipend, Stipend.id == Upload.stipend_id, ("due_on",)),
            "match": Part(Match, Match.id == Stipend.match_id, ("child_ref",)),
        },
        where=(Match.child_ref.in_({read_stipend_ref(ref)[0] for ref in refs}),),
        order_by=(Upload.id.desc(),),
    )
    photos: dict[str, list[Card]] = {}
    for card in found:
        ref = stipend_ref(card["match"]["child_ref"], card["line"]["due_on"])
        photos.setdefault(ref, []).append(card)
    return photos


def photo_of(session: Session, viewer: Viewer, upload_ref: str, *, files: Files) -> bytes:
    """Return a stored photograph to case staff. Raises NotFound, for a damaged file as well."""
    gate.card(session, viewer, Upload, Upload.ref == upload_ref)
    try:
        return files.read(_file_name(upload_ref))
    except (FileNotFoundError, Damaged):
        raise NotFound() from None


def orphans(session: Session, by: Viewer, *, files: Files) -> Orphans:
    """Compare rows and files both ways. For the engine and the console."""
    require(by, Act.RUN_STIPENDS)
    rows = set(session.scalars(select(Upload.ref)))
    found = set(_by_ref(files))
    return Orphans(tuple(sorted(rows - found)), tuple(sorted(found - rows)))


def _by_ref(files: Files) -> dict[str, str]:
    """Return every file's name by the ref it is kept under: pictures, and the desk's papers."""
    return {name.partition(".")[0]: name for name in files.names()}


def tidy(session: Session, by: Viewer, *, files: Files, now: datetime) -> Orphans:
    """Remove the files that no row names after a day; return them, and the rows without a file."""
    found = orphans(session, by, files=files)
    names, young = _by_ref(files), now - STILL_COMING
    left = [ref for ref in found.files if files.is_older(names[ref], young)]
    for ref in left:
        files.remove(names[ref])
    if left or found.rows:
        detail = {"removed": len(left), "lost": list(found.rows)}
        trace.record(session, by, "uploads.tidy", "uploads", now=now, detail=detail)
    return Orphans(found.rows, tuple(left))


def cleaned(content: bytes) -> bytes:
    """Return the picture that a file holds, and nothing else of it. Raises BadInput."""
    try:
        return photographs.clean(content)
    except NotAPhotograph as problem:
        raise BadInput(field="photo", reason=problem.fault.value) from problem


def _keep(
    session: Session, by: Viewer, picture: bytes, *, files: Files, now: datetime, **of: int
) -> Upload:
    """Store the file first: a row without a file would claim evidence that is not there."""
    upload = Upload(
        ref=new_ref("upload", NAME_LENGTH),
        **of,
        sha256=hashlib.sha256(picture).hexdigest(),
        media_type="image/jpeg",
        size_bytes=len(picture),
        by=by.actor,
        at=now,
    )
    files.store(_file_name(upload.ref), picture)
    session.add(upload)
    session.flush()
    return upload


def _file_name(ref: str) -> str:
    return f"{ref}.jpg"
