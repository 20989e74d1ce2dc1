"""A finding that is wholly about one record: while that is set apart, nobody else's money waits for it."""

from collections.abc import Collection, Iterable, Mapping, Sequence

Findings = Sequence[str]


class Pinned(str):
    """A finding's sentence, and the match (its key) that it is wholly about.

    None for what cannot leave by itself, as an order that nobody can read. With a stipend it says that
    the row's sum is not the books': believed only where `opened_by_runs` proves that it is the row
    that changed, not the books.
    """

    match_id: int | None
    stipend_id: int | None

    def __new__(cls, said: str, match_id: int | None, stipend_id: int | None = None) -> "Pinned":
        """Make it like any sentence."""
        made = super().__new__(cls, said)
        made.match_id, made.stipend_id = match_id, stipend_id
        return made


def line(said: object, match_id: int | None = None, stipend_id: int | None = None) -> str:
    """Return what a statement said: pinned where it names a match."""
    return str(said) if match_id is None else Pinned(str(said), match_id, stipend_id)


def proven(found: Mapping[str, Findings]) -> frozenset[int]:
    """Return the instalments (keys) whose own rows were changed: the books say what the run made."""
    lines = found.get("opened_by_runs", ())
    return frozenset(
        one.stipend_id for one in lines if isinstance(one, Pinned) and one.stipend_id is not None
    )


def contained(lines: Iterable[str], are_proven: Collection[int]) -> list[Pinned]:
    """Return those of one check's findings that are wholly about matches to be set apart."""
    return [
        one
        for one in lines
        if isinstance(one, Pinned) and (one.stipend_id is None or one.stipend_id in are_proven)
    ]
