"""SMS through a provider's own program: it reads one JSON object and says by its exit code.

Where the provider can be asked, a second program says what it took over under a key.
"""

import json
import subprocess
from dataclasses import dataclass

from gateways.messages import Message, Outcome

TIMEOUT_SECONDS = 30
_TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h
_NO_SUCH_PERSON = 67  # EX_NOUSER
_NEVER_HAD_IT = 66  # EX_NOINPUT
Answers = dict[int | None, Outcome]


@dataclass(frozen=True, slots=True)
class SmsCommand:
    """Runs SMS_COMMAND with {"key", "to", "text"} on stdin. 0: taken over, 75: later, 67: never.

    Any other end leaves it unknown whether the provider took it over.
    """

    command: tuple[str, ...]
    timeout: float = TIMEOUT_SECONDS

    def send(self, message: Message) -> Outcome:
        """Hand one SMS to the program."""
        told = {"key": message.key, "to": message.to, "text": message.text}
        answers: Answers = {
            0: Outcome.SENT,
            _TRY_AGAIN: Outcome.FAILED,
            _NO_SUCH_PERSON: Outcome.REFUSED,
        }
        try:
            return answers.get(self._run(self.command, told), Outcome.UNKNOWN)
        except FileNotFoundError:
            return Outcome.FAILED

    def _run(self, command: tuple[str, ...], told: dict[str, str]) -> int | None:
        """Return how the program ended; None when nobody knows."""
        try:
            return subprocess.run(  # noqa: S603 the operator's own program, no shell
                command,
                input=json.dumps(told).encode(),
                timeout=self.timeout,
                capture_output=True,
                check=False,
            ).returncode
        except FileNotFoundError:
            raise
        except (OSError, subprocess.TimeoutExpired):
            return None


@dataclass(frozen=True, slots=True)
class AskableSms(SmsCommand):
    """And SMS_ASK_COMMAND with {"key"} on stdin. 0: it took it over, 66: it never had it."""

    asks: tuple[str, ...] = ()

    def ask(self, key: str) -> Outcome:
        """Ask what became of an SMS, under its own key."""
        answers: Answers = {0: Outcome.SENT, _NEVER_HAD_IT: Outcome.FAILED}
        try:
            return answers.get(self._run(self.asks, {"key": key}), Outcome.UNKNOWN)
        except FileNotFoundError:
            return Outcome.UNKNOWN
