"""The kinds of matching that a run may be of."""

from services.care import pairing
from services.pairing import proposing
from services.pairing.gathered import Side

SIDES = {side.kind.name: side for side in (proposing.SIDE, pairing.SIDE)}
PLEDGES, CARE = proposing.SIDE.kind.name, pairing.SIDE.kind.name


def side_of(kind: str) -> Side:
    """Return the side of a kind by its name."""
    return SIDES[kind]
