"""SMS through a provider's own program: it reads one JSON object and says by its exit code."""

import json
import subprocess
from dataclasses import dataclass

from gateways.messages import Message, Outcome

TIMEOUT_SECONDS = 30
_TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h
_NO_SUCH_PERSON = 67  # EX_NOUSER


@dataclass(frozen=True, slots=True)
class SmsCommand:
    """Runs SMS_COMMAND with {"key", "to", "text"} on stdin. 0: taken over, 75: later, 67: never.

    Any other end leaves it unknown whether the provider took it over.
    """

    command: tuple[str, ...]
    timeout: float = TIMEOUT_SECONDS

    def send(self, message: Message) -> Outcome:
        """Hand one SMS to the program."""
        told = json.dumps({"key": message.key, "to": message.to, "text": message.text})
        try:
            ended = subprocess.run(  # noqa: S603 the operator's own program, no shell
                self.command,
                input=told.encode(),
                timeout=self.timeout,
                capture_output=True,
                check=False,
            )
        except FileNotFoundError:
            return Outcome.FAILED
        except (OSError, subprocess.TimeoutExpired):
            return Outcome.UNKNOWN
        answers = {0: Outcome.SENT, _TRY_AGAIN: Outcome.FAILED, _NO_SUCH_PERSON: Outcome.REFUSED}
        return answers.get(ended.returncode, Outcome.UNKNOWN)
