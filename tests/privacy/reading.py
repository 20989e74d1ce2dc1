"""How a set of letters is written down: one a line, a line break inside it as \\n."""

from tests.privacy.measuring import Letter


def read(harmless: str, telling: str) -> tuple[tuple[str, ...], tuple[Letter, ...]]:
    """Return the harmless letters and those that tell: kind, secrets, text."""
    return tuple(map(_broken, harmless.strip().splitlines())), tuple(
        (kind, tuple(secrets.split("|")), _broken(text))
        for kind, secrets, text in (line.split("\t") for line in telling.strip().splitlines())
    )


def _broken(text: str) -> str:
    return text.replace("\\n", "\n")
