"""What a backup file holds: the database and the uploads in one sealed archive."""

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from gateways.sealed_files import damaged, opening, sealing

MAIN, KEYSTORE = "weiguang backup", "weiguang keystore"
DATABASE, UPLOADS, CONTENTS = "weiguang.db", "uploads", "contents.json"
FORMAT = 1


def write(path: Path, key: bytes, database: Path, uploads: Path, facts: Mapping[str, Any]) -> int:
    """Seal the database and every upload into one file; return how many uploads went in."""
    files = {DATABASE: database, **_uploads(uploads)}
    contents = {
        **facts,
        "format": FORMAT,
        "files": {name: _sha256(file) for name, file in files.items()},
    }
    with (
        sealing(path, key, purpose=MAIN) as out,
        tarfile.open(fileobj=out, mode="w|", bufsize=64 * 1024) as archive,
    ):
        _add(archive, CONTENTS, json.dumps(contents).encode())
        for name, file in files.items():
            archive.add(file, arcname=name, recursive=False)
    return len(files) - 1


def read(path: Path, key: bytes, folder: Path) -> dict[str, Any]:
    """Unpack into an empty folder and return the contents. Raises Damaged unless all is whole."""
    try:
        with (
            opening(path, key, purpose=MAIN) as source,
            tarfile.open(fileobj=source, mode="r|", bufsize=64 * 1024) as archive,
        ):
            for member in archive:
                _take(archive, member, folder)
            while source.read(64 * 1024):  # to the last chunk, which says that nothing is missing
                pass
        contents: dict[str, Any] = json.loads((folder / CONTENTS).read_text())
    except (tarfile.TarError, OSError, ValueError) as error:
        damaged(str(error))
    _compare(contents["files"], folder)
    return contents


def write_keystore(path: Path, key: bytes, keys: list[tuple[str, bytes]]) -> None:
    """Seal the donors' own keys, which are wrapped already, into a file of their own."""
    with sealing(path, key, purpose=KEYSTORE) as out:
        out.write(json.dumps({ref: wrapped.hex() for ref, wrapped in keys}).encode())


def read_keystore(path: Path, key: bytes) -> dict[str, bytes]:
    """Return the donors' own keys by ref. Raises Damaged."""
    try:
        with opening(path, key, purpose=KEYSTORE) as source:
            found = json.loads(source.read())
    except ValueError as error:
        damaged(str(error))
    return {ref: bytes.fromhex(wrapped) for ref, wrapped in found.items()}


def _uploads(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        return {}
    files = sorted(file for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
    return {f"{UPLOADS}/{file.relative_to(folder).as_posix()}": file for file in files}


def _sha256(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), 0o600
    archive.addfile(member, io.BytesIO(data))


def _take(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write one plain file below the folder; anything else has no business in a backup."""
    name = PurePosixPath(member.name)
    source = archive.extractfile(member) if member.isfile() else None
    if source is None or name.is_absolute() or ".." in name.parts:
        damaged(f"unexpected entry of type {member.type!r}")
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with target.open("xb") as out:
        target.chmod(0o600)
        while chunk := source.read(1024 * 1024):
            out.write(chunk)


def _compare(expected: Mapping[str, str], folder: Path) -> None:
    found = {
        file.relative_to(folder).as_posix(): _sha256(file)
        for file in folder.rglob("*")
        if file.is_file() and file.name != CONTENTS
    }
    if found != dict(expected):
        damaged("the file does not hold what it says it holds")
