"""How much of what must disappear does, and how much of what must stay is left alone."""

from collections.abc import Iterable
from functools import cache

from privacy import screening

Letter = tuple[str, tuple[str, ...], str]


@cache
def screened(text: str) -> str:
    return screening.redacted(text, screening.marks(text))


def left(letters: Iterable[Letter], kind: str) -> list[tuple[str, str]]:
    """Return each secret of the kind that can still be read, with its letter."""
    return [
        (secret, text)
        for which, secrets, text in letters
        if which == kind
        for secret in secrets
        if secret in screened(text)
    ]


def recall(letters: Iterable[Letter], kind: str) -> float:
    every = [secret for which, secrets, _ in letters if which == kind for secret in secrets]
    return 1 - len(left(letters, kind)) / max(1, len(every))


def touched(letters: Iterable[str]) -> list[str]:
    return [screened(text) for text in letters if screened(text) != text]
