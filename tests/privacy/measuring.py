"""How much of what must disappear does, and how much stays that must."""

from collections.abc import Iterable
from privacy.screening import marks, redacted


def screened(text: str) -> str:
    return redacted(text, marks(text))


def left(letters: Iterable[tuple[str, tuple[str, ...], str]], kind: str) -> list[tuple[str, str]]:
    return [(s, screened(text)) for k, secrets, text in letters if k == kind for s in secrets if s in screened(text)]


def touched(letters: Iterable[str]) -> list[str]:
    return [screened(text) for text in letters if screened(text) != text]
