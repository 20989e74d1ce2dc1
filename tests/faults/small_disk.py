"""A real file system with too little room: a tmpfs over the installation's folder, in namespaces of one
forked process. The kernel lets anybody do that who may make a user namespace; root always may.
"""

import ctypes
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

_NEW_USER, _NEW_MOUNTS, _REMOUNT = 0x1000_0000, 0x0002_0000, 0x20
_LIBC = ctypes.CDLL(None, use_errno=True)
PLENTY = 256 * 1024 * 1024


def _must(code: int, what: str) -> None:
    if code:
        raise OSError(ctypes.get_errno(), what)


def is_possible() -> bool:
    """Say whether a process may have a file system of its own here."""
    pid = os.fork()
    if not pid:
        code = 1
        try:
            _apart()
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(pid, 0)[1] == 0


def _apart() -> None:
    user, group = os.getuid(), os.getgid()
    _must(_LIBC.unshare(_NEW_USER | _NEW_MOUNTS), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")


class SmallDisk:
    """This process's own disk of one folder, with what was in it and a little room beside.

    Its database is open, as a running server's is: what opens one anew needs room for that alone.
    """

    def __init__(self, folder: Path, room: int) -> None:
        self.folder = folder
        _apart()
        with tempfile.TemporaryDirectory() as aside:
            kept = shutil.copytree(folder, Path(aside) / "kept")
            self._mount(0, PLENTY)
            shutil.copytree(kept, folder, dirs_exist_ok=True)
        self.open = sqlite3.connect(folder / "weiguang.db")
        self.open.execute("SELECT count(*) FROM regions").fetchone()
        self.grow(self.used() + room)

    def used(self) -> int:
        found = os.statvfs(self.folder)
        return (found.f_blocks - found.f_bfree) * found.f_frsize

    def grow(self, size: int = PLENTY) -> None:
        """Give it another size: space comes back."""
        self._mount(_REMOUNT, size)

    def _mount(self, flags: int, size: int) -> None:
        where, how = str(self.folder).encode(), f"size={size}".encode()
        _must(_LIBC.mount(b"tmpfs", where, b"tmpfs", flags, how), "mount")
