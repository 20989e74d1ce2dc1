"""Who is looking or acting. Built by the doors, believed by the services."""

from dataclasses import dataclass, field
from datetime import datetime

from vocabulary.enums import Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """One person (or job) in the roles it holds now.

    `regions` are 12-digit codes whose subtrees the viewer works in; the ids bind it to its own
    records. A viewer from a link has no account; `behind` says in the record whose link it was, where
    several come as one actor. What is open for a time only is judged at `as_of`.
    """

    roles: frozenset[Role]
    actor: str
    account_id: int | None = None
    regions: tuple[str, ...] = ()
    organisation_id: int | None = None
    class_grade: int | None = None
    class_name: str | None = None
    batch_id: int | None = None
    donor_id: int | None = None
    pledge_id: int | None = None
    child_id: int | None = None
    stipend_id: int | None = None
    volunteer_id: int | None = None
    reveal_id: int | None = None
    behind: str | None = None
    as_of: datetime | None = field(default=None, compare=False)
    reason: str = field(default="", compare=False)

    def has(self, *roles: Role) -> bool:
        """Say whether the viewer holds any of the roles."""
        return not self.roles.isdisjoint(roles)


def public() -> Viewer:
    return Viewer(roles=frozenset({Role.PUBLIC}), actor="public")


def engine(job: str = "engine") -> Viewer:
    """The machine itself: it proposes and opens, and never approves (law 8)."""
    return Viewer(roles=frozenset({Role.ENGINE}), actor=f"engine:{job}")


def console() -> Viewer:
    """Somebody at the server's keyboard without --by: may enter, never verify or approve."""
    return Viewer(roles=frozenset({Role.CONSOLE}), actor="console", regions=("150000000000",))


def region_prefix(code: str) -> str:
    """Return the digits shared by everything below a 12-digit division code."""
    for width in (2, 4, 6, 9):
        if code[width:] == "0" * (12 - width):
            return code[:width]
    return code


def works_in(viewer: Viewer, code: str) -> bool:
    """Say whether a division lies inside the viewer's part of the tree."""
    return any(code.startswith(region_prefix(own)) for own in viewer.regions)
