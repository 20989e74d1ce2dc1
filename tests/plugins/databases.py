"""What the tests' database is: a SQLite file in a folder, or with TEST_DATABASE=postgresql one of a
PostgreSQL server of their own, on loopback, as a user who may do nothing else.

A folder's database is copied with the folder: PostgreSQL copies a whole one as a template.
"""

import atexit
import ctypes
import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import zlib
from functools import cache
from pathlib import Path

import pytest

from tests.plugins import memory

if os.environ.get("TEST_DATABASE") == "postgresql":
    import psycopg

SHARE = int(os.environ.get("POSTGRESQL_SHARE", "1"))
IS_POSTGRESQL = os.environ.get("TEST_DATABASE", "sqlite") == "postgresql"
PATIENCE_SECONDS = 30
_USER = "weiguang"
_DIE_WITH_PARENT = 1  # prctl: a worker that is killed leaves no server behind
# Nothing here outlives the run: what a crash would lose need not reach the disk.
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what is about the other database's own ways, and the second time what needs none."""
    other = "sqlite_only" if IS_POSTGRESQL else "postgresql_only"
    items[:] = [
        item
        for item in items
        if not item.get_closest_marker(other) and (not IS_POSTGRESQL or "app" in item.fixturenames)  # type: ignore[attr-defined]
    ]
    if IS_POSTGRESQL and SHARE > 1:
        items[:] = [item for item in items if not _is_left_out(item.nodeid)]


def _is_left_out(nodeid: str) -> bool:
    """Of the services' tests run an equal share, the same every time; laws and faults run all."""
    return nodeid.startswith("tests/services/") and zlib.crc32(nodeid.encode()) % SHARE != 0


def url(folder: Path) -> str:
    """Return the address of a folder's database."""
    if not IS_POSTGRESQL:
        return f"sqlite:///{folder / 'weiguang.db'}"
    return f"postgresql://{_USER}@127.0.0.1:{_server()}/{_name(folder)}"


def create(folder: Path) -> None:
    """Make a folder's database, empty; a SQLite file makes itself."""
    if IS_POSTGRESQL:
        _do(f"CREATE DATABASE {_name(folder)}")


def copy(of: Path, to: Path) -> None:
    """Put a copy of one folder's database in another's place; a SQLite file came with its folder."""
    if IS_POSTGRESQL:
        _do(f"DROP DATABASE IF EXISTS {_name(to)} WITH (FORCE)")
        _do(f"CREATE DATABASE {_name(to)} TEMPLATE {_name(of)} STRATEGY FILE_COPY")


def put(of: Path, to: Path) -> None:
    """Put a copy of one folder's database in another's place while both folders stand."""
    copy(of, to)
    if not IS_POSTGRESQL:
        for end in ("-wal", "-shm"):
            (to / f"weiguang.db{end}").unlink(missing_ok=True)
        shutil.copy(of / "weiguang.db", to)


def _name(folder: Path) -> str:
    return f"w_{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"


def _do(statement: str) -> None:
    _connection().execute(statement.encode())


@cache
def _connection() -> "psycopg.Connection":
    address = f"postgresql://{_USER}@127.0.0.1:{_server()}/postgres"
    return psycopg.connect(address, autocommit=True)


@cache
def _server() -> int:
    """Start this process's own server and return its port."""
    folder, port = Path(tempfile.mkdtemp(prefix="weiguang-pg-", dir=memory.folder())), _free_port()
    nobody = pwd.getpwnam("nobody")
    other = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    as_whom = other if os.getuid() == 0 else {}  # PostgreSQL refuses to run as root
    if as_whom:
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    data = str(folder / "data")
    made = [_binary("initdb"), "-D", data, "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C"]
    subprocess.run([*made, "--no-sync"], check=True, capture_output=True, cwd=folder, **as_whom)
    flags = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [_binary("postgres"), "-D", data, "-p", str(port), *flags],
            cwd=folder,
            stdout=log,
            stderr=log,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 no thread runs yet
            **as_whom,
        )
    atexit.register(_stop, os.getpid(), server, folder)
    _await(port)
    return port


def _binary(name: str) -> str:
    """Find a program of PostgreSQL: on PATH, or where Debian keeps it."""
    beside = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = shutil.which(name) or (str(beside[-1]) if beside else None)
    if found is None:
        pytest.exit(f"no {name} here: apt-get install postgresql, then run again", returncode=3)
    return found


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGINT)


def _stop(pid: int, server: subprocess.Popen, folder: Path) -> None:
    if os.getpid() == pid:  # not in a process that a test forked
        server.send_signal(signal.SIGQUIT)
        server.wait(PATIENCE_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _await(port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            psycopg.connect(f"postgresql://{_USER}@127.0.0.1:{port}/postgres").close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
