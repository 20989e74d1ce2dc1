"""Real processes on a real database file: made by fork, so that a hundred of them cost little.

Each has its own connection and its own transactions; what it raised comes back by name.
"""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session, close_all_sessions

from extensions import db

Work = Callable[[Session], Any]


@dataclass
class Child:
    """A process at work; `wait` says how it ended: what it returned or raised, or its signal."""

    pid: int
    says: int

    def wait(self) -> str:
        with os.fdopen(self.says) as pipe:
            said = pipe.read()
        _, status = os.waitpid(self.pid, 0)
        return f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else said

    def send(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def wait_until_stopped(self) -> None:
        _, status = os.waitpid(self.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)


def let_go() -> None:
    """Close what this process has open: a connection must not be carried over a fork."""
    close_all_sessions()
    db.engine.dispose()


def start(work: Work, *, gate: tuple[int, int] | None = None) -> Child:
    """Begin the work in a process of its own; with a `gate`, once its writing end is closed."""
    let_go()
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid:
        os.close(theirs)
        return Child(pid, ours)
    said = "lost"
    try:
        if gate is not None:
            os.close(gate[1])
            os.read(gate[0], 1)
        with Session(db.engine) as session:
            said = str(work(session))
    except BaseException as error:  # whatever it is, it is told
        said = type(error).__name__
    finally:
        os.write(theirs, said.encode())
        os._exit(0)


def alone(work: Work) -> str:
    """Do the work in a process of its own and wait for its end."""
    return start(work).wait()


def at_once(*works: Work) -> list[str]:
    """Let processes begin at the same moment; return how each ended, in alphabetical order."""
    let_go()
    gate = os.pipe()
    children = [start(work, gate=gate) for work in works]
    for end in gate:
        os.close(end)
    return sorted(child.wait() for child in children)


def on_statement(number: int, act: Callable[[], None]) -> None:
    """In this process, act just before its n-th statement."""
    left = [number]

    @event.listens_for(db.engine, "before_cursor_execute")
    def count(*_: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            act()


def signal_myself(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)
