"""Legal papers beside a custodian's request: a scan or a photograph, sealed like all uploads."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from gateways import photographs
from gateways.photographs import NotAPhotograph
from gateways.sealed_files import Damaged
from gateways.uploads import Files
from models.imports import Upload
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from vocabulary.errors import BadInput, NotFound
from vocabulary.refs import new_ref

PDF, JPEG = "application/pdf", "image/jpeg"
_ENDINGS = {PDF: "pdf", JPEG: "jpg"}
NAME_LENGTH = 16


def keep(session: Session, by: Viewer, content: bytes, *, files: Files, now: datetime) -> int:
    """Keep a paper and return its key. Raises BadInput(document) for what is neither kind."""
    require(by, Act.JOIN_HALVES)
    return store(session, by, content, files=files, now=now)


def store(session: Session, by: Viewer, content: bytes, *, files: Files, now: datetime) -> int:
    """Keep a paper of whoever may keep one (his service has asked). Raises BadInput(document)."""
    media_type, kept = _read(content)
    upload = Upload(
        ref=new_ref("legal_paper", NAME_LENGTH),
        stipend_id=None,
        sha256=hashlib.sha256(kept).hexdigest(),
        media_type=media_type,
        size_bytes=len(kept),
        by=by.actor,
        at=now,
    )
    files.store(_name(upload), kept)
    session.add(upload)
    session.flush()
    return upload.id


def _read(content: bytes) -> tuple[str, bytes]:
    """A PDF stays as it came, since it is evidence; a photograph loses all but its picture."""
    if content.startswith(b"%PDF-"):
        if len(content) > photographs.LARGEST_BYTES:
            raise BadInput(field="document", reason="too_large")
        return PDF, content
    try:
        return JPEG, photographs.clean(content)
    except NotAPhotograph as problem:
        raise BadInput(field="document", reason=problem.fault.value) from problem


def read(session: Session, viewer: Viewer, upload_id: int, *, files: Files) -> tuple[str, bytes]:
    """Return (media type, bytes) of a kept paper. Raises NotFound, for a damaged file as well."""
    require(viewer, Act.JOIN_HALVES)
    return opened(session, viewer, upload_id, files=files)


def opened(session: Session, _viewer: Viewer, upload_id: int, *, files: Files) -> tuple[str, bytes]:
    """Return a paper as `read` does, to whom the record beside it was shown."""
    upload = session.get_one(Upload, upload_id)
    try:
        return upload.media_type, files.read(_name(upload))
    except (FileNotFoundError, Damaged):
        raise NotFound() from None


def _name(upload: Upload) -> str:
    return f"{upload.ref}.{_ENDINGS[upload.media_type]}"
