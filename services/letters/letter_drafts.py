"""A letter's photograph while its writer looks at the warning: sealed, one for each link or login.

It stands beside no letter and nobody can open it. Sent or not wanted, it is gone at once; left lying,
the night's tidying takes it away after a day, like every file that no row names.
"""

from gateways.sealed_files import Damaged
from gateways.uploads import Files
from models import keys
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import uploads

_LENGTH = 32


def keep(by: Viewer, content: bytes, *, page: str, files: Files) -> None:
    """Keep a photograph for one page of one writer, in place of an earlier one. Raises BadInput."""
    require(by, Act.WRITE_LETTER)
    drop(by, page=page, files=files)
    files.store(_name(by, page), uploads.cleaned(content))


def find(by: Viewer, *, page: str, files: Files) -> bytes:
    """Return the photograph that waits; nothing when none does, or it was damaged."""
    require(by, Act.WRITE_LETTER)
    try:
        return files.read(_name(by, page))
    except (FileNotFoundError, Damaged):
        return b""


def drop(by: Viewer, *, page: str, files: Files) -> None:
    """Let none wait any more."""
    require(by, Act.WRITE_LETTER)
    files.remove(_name(by, page))


def _name(by: Viewer, page: str) -> str:
    drawn = keys.blind_index("letter_drafts", f"{by.actor}\0{page}")
    return f"{drawn[:_LENGTH].upper()}.jpg"
