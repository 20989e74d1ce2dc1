"""Who holds a lease: a process of one machine, so that a dead one's can be taken at once."""

import os
import platform
from pathlib import Path

_STARTED = 19  # the field of /proc/PID/stat after the name's bracket that says when it started


def myself() -> str:
    """Name this process: machine, number, and when it started, for numbers are used again."""
    return _name(os.getpid())


def is_gone(holder: str) -> bool:
    """Say whether a holder was a process of this machine that lives no more."""
    machine, _, rest = holder.partition("|")
    number = rest.partition("|")[0]
    if machine != platform.node() or not number.isdecimal():
        return False
    return _name(int(number)) != holder


def _name(number: int) -> str:
    return f"{platform.node()}|{number}|{_started(number)}"


def _started(number: int) -> str:
    """Return the start of a living process in ticks, "gone" for none or a zombie."""
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "gone"
    return "gone" if fields[0] == "Z" else fields[_STARTED]
