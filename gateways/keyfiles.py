"""Key files: made whole with mode 0600, never replaced, and stamped when a demo made them."""

import base64
import fcntl
import os
import secrets
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from models.keys import KEY_BYTES

KEY_NAMES = ("sealing", "index", "vault", "session", "backup")
ROTATED = ("vault", "sealing", "index")
NEXT = ".key.next"  # a new key beside the old one, until all is under the new one
IN_USE = "in-use.lock"
DEMO = "DEMO"  # a file of this name beside demo keys, and a second line in each of them


class BadSettings(SystemExit):
    """The installation cannot start with these settings: one sentence that names the remedy.

    A SystemExit with a text, so that every command prints the sentence on stderr and ends with 1.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(f"weiguang: {sentence}")

    def __str__(self) -> str:
        return str(self.code)


def refuse(sentence: str) -> NoReturn:
    """Raise BadSettings without the story that led there."""
    raise BadSettings(sentence) from None


def any_key(folder: Path, name: str, env: Mapping[str, str]) -> bytes:
    """Return a key from KEY_<NAME> (base64) or from <name>.key in the folder."""
    variable = f"KEY_{name.upper()}"
    if env.get(variable):
        return _decoded(env[variable], variable)
    path = folder / f"{name}.key"
    if not path.exists():
        refuse(f"there is no key {path}; run `flask --app app keys make`, or set {variable}")
    return _decoded((_lines(path) or [""])[0], str(path))


def real_key(folder: Path, name: str, env: Mapping[str, str], *, demo: Path) -> bytes:
    """Return a key that production may use: private, and not made for a demo."""
    variable, path = f"KEY_{name.upper()}", folder / f"{name}.key"
    key = any_key(folder, name, env)
    if env.get(variable):
        known = demo.glob("*.key") if (demo / DEMO).exists() else []
        if any(env[variable].strip() in _lines(one) for one in known):
            refuse(f"{variable} was made for the demo; make a new one for production")
        return key
    _check_private(path)
    if DEMO in _lines(path) or (folder / DEMO).exists():
        remedy = "point KEYS_DIR to another folder and run `flask --app app keys make`"
        refuse(f"{path} was made for the demo; {remedy}")
    return key


def make_missing(folder: Path, env: Mapping[str, str], *, demo: bool) -> None:
    """Make the keys that are neither variables nor files; say so on stderr."""
    if not demo and (folder / DEMO).exists():
        refuse(f"{folder} holds demo keys; point KEYS_DIR to another folder")
    wanted = [name for name in KEY_NAMES if not env.get(f"KEY_{name.upper()}")]
    missing = [name for name in wanted if not (folder / f"{name}.key").exists()]
    if not missing:
        return
    try:
        _make(folder, missing, demo=demo)
    except OSError as error:
        refuse(f"no key can be made in {folder} ({error.strerror}); name another KEYS_DIR")
    said = f"made new keys in {folder}: {', '.join(missing)} (keep a copy apart from the database)"
    print(said, file=sys.stderr)  # noqa: T201 told to the operator


def refuse_half_rotated(folder: Path) -> None:
    """Refuse to work while some records are under a new key and some under the old one."""
    for name in ROTATED:
        if is_half_rotated(folder, name):
            refuse(f"a change of keys was broken off; run `flask --app app keys rotate {name}`")


def is_half_rotated(folder: Path, name: str) -> bool:
    """Say whether a key's change was begun and not ended."""
    return (folder / f"{name}{NEXT}").exists()


def next_key(folder: Path, name: str, env: Mapping[str, str]) -> bytes:
    """Return the key that takes over, made whole beside the old one; the same after a break."""
    variable = f"KEY_{name.upper()}"
    if env.get(variable):
        refuse(f"{variable} is a variable: put that key into {folder / name}.key and unset it")
    others = [one for one in ROTATED if one != name and is_half_rotated(folder, one)]
    if others:
        refuse(f"the change of another key was broken off: first `keys rotate {others[0]}`")
    path = folder / f"{name}{NEXT}"
    if not path.exists():
        _write(path, [DEMO] if DEMO in _lines(folder / f"{name}.key") else [])
    return _decoded((_lines(path) or [""])[0], str(path))


def drop_next(folder: Path, name: str) -> None:
    """Let go of a new key under which nothing stands yet."""
    (folder / f"{name}{NEXT}").unlink(missing_ok=True)


def retire(folder: Path, name: str, stamp: str) -> Path:
    """Put the new key in the old one's place; the old one stays under a name of its own."""
    old, retired = folder / f"{name}.key", folder / f"{name}.retired-{stamp}"
    with suppress(FileExistsError):
        os.link(old, retired)
    (folder / f"{name}{NEXT}").replace(old)  # in one step: at no moment is there no key
    _sync(folder)
    return retired


@contextmanager
def used(instance: Path, *, alone: bool) -> Iterator[None]:
    """Say that this process works with these keys; `alone` refuses while another does."""
    with (instance / IN_USE).open("a") as lock:
        how = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
        except BlockingIOError:
            refuse(f"the keys are in use in {instance}: stop `serve`, or wait for `keys rotate`")
        yield


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _make(folder: Path, names: list[str], *, demo: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if demo and not any(folder.glob("*.key")):
        (folder / DEMO).touch(mode=0o600)
    for name in names:
        _write(folder / f"{name}.key", [DEMO] if demo else [])


def _write(path: Path, marks: list[str]) -> None:
    """Write a key file of mode 0600 whole or not at all, and never over another one."""
    text = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    with tempfile.NamedTemporaryFile("w", dir=path.parent) as draft:  # made with 0600
        draft.write("\n".join([text, *marks]) + "\n")
        draft.flush()
        os.fsync(draft.fileno())
        try:
            os.link(draft.name, path)
        except FileExistsError:
            return  # another process was first


def _check_private(path: Path) -> None:
    others = stat.S_IRWXG | stat.S_IRWXO
    if path.stat().st_mode & others:
        refuse(f"{path} can be read by others; run `chmod 600 {path}`")
    if path.parent.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        refuse(f"{path.parent} can be changed by others; run `chmod 700 {path.parent}`")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except (OSError, UnicodeDecodeError):
        refuse(f"{path} cannot be read; check its owner and mode")


def _decoded(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        refuse(f"{where} must hold {KEY_BYTES} bytes in base64")
    return key
