"""The same measures on PostgreSQL, in a process of their own: a server that the bench starts itself.

That server waits for no disk (tests/plugins/databases.py), neither for us nor for the peer.
"""

import os
import subprocess
import sys


def measure(which: str, *, count: int, rounds: int) -> list[str]:
    """Return the lines that a measure prints where the database is PostgreSQL."""
    env = {**os.environ, "TEST_DATABASE": "postgresql"}
    asked = [sys.executable, "-m", "benchmarks", which, f"--count={count}", f"--rounds={rounds}"]
    said = subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True, env=env)  # noqa: S603 ours
    return said.stdout.splitlines()
