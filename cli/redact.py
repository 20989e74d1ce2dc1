"""`flask redact`: hides what would identify somebody, by patterns alone; opens no database."""

import json
import sys

import click

from privacy import screening

# NEL, LINE SEPARATOR, PARAGRAPH SEPARATOR: JSON lets them stand, many a reader of lines does not.
_LINE_ENDS = "\x85\u2028\u2029"


@click.command("redact")
def redact() -> None:
    """Read one JSON string per line and write its screened text as a JSON string per line.

    Line n answers line n: one that holds no JSON string is answered by null, told on stderr with
    its number, and the command ends with 1 after the rest was done.
    """
    refused = 0
    for number, line in enumerate(sys.stdin.buffer, start=1):
        answer = _screened(line)
        if answer is None:
            refused += 1
            click.echo(f"line {number}: no JSON string; write one between quotes", err=True)
        sys.stdout.write(_on_one_line(answer) + "\n")
    sys.stdout.flush()
    sys.exit(1 if refused else 0)


def _screened(line: bytes) -> str | None:
    """Return the screened text, or None for a line that is no JSON string."""
    try:
        text = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return screening.redacted(text, screening.marks(text)) if isinstance(text, str) else None


def _on_one_line(answer: str | None) -> str:
    """Write an answer as JSON; what other programs take for the end of a line is escaped."""
    written = json.dumps(answer, ensure_ascii=not _can_be_sent(answer))
    for end in _LINE_ENDS:
        written = written.replace(end, f"\\u{ord(end):04x}")
    return written


def _can_be_sent(answer: str | None) -> bool:
    """Say whether UTF-8 can write it: JSON may hold half a character, which stays escaped."""
    try:
        (answer or "").encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
