"""How far a long run is: written down once a second for its page, and asked there to stop."""

import time
from collections.abc import Callable
from typing import Any

import matching
from jobs.run import Run

Shown = Callable[[matching.Progress], None]
TELL_SECONDS = 1.0
"""How often a run under way writes down how far it is and asks whether it shall stop."""


class Telling:
    """Writes down once a second how far a run is, and hears there whether it shall stop."""

    def __init__(
        self, run: Run, note: Callable[[dict[str, Any]], bool], shown: Shown | None = None
    ) -> None:
        """Keep where it is written down; `note` says whether somebody asked it to stop."""
        self._run, self._note, self._shown = run, note, shown
        self._banners: dict[str, list[int]] = {}
        self._last, self._stop = time.monotonic() - TELL_SECONDS, False

    def tell(self, step: matching.Progress) -> None:
        """Keep a step, and write it down when it is time."""
        for one in step.banners:
            self._banners[one.banner] = [one.needs, one.settled, one.met]
        if self._shown:
            self._shown(step)
        if time.monotonic() - self._last >= TELL_SECONDS:
            self._write(step)
            self._last = time.monotonic()

    def _write(self, step: matching.Progress) -> None:
        said: dict[str, Any] = {
            "phase": step.phase.value, "done": step.done, "of": step.of, "banners": self._banners
        }  # fmt: skip
        with self._run.slice():
            self._stop = self._note(said)

    def is_stopped(self) -> bool:
        """Say whether somebody asked it to stop."""
        return self._stop
