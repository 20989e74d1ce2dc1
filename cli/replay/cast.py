"""Who acts in a replayed story besides its own people: everybody that the file leaves out."""

from privacy.viewers import Viewer
from vocabulary.enums import Role

REGION = ("150000000000",)
ANYWHERE = "150723000000"  # where a story that names no place is told


def _staff(name: str, *roles: Role) -> Viewer:
    return Viewer(frozenset(roles), actor=f"account:STORY-{name}", regions=REGION)


ENTERER = _staff("ENTERER", Role.CASE_WORKER)
VISITOR = _staff("VISITOR", Role.CASE_WORKER)
APPROVER = _staff("APPROVER", Role.APPROVER)
SECOND_LOOK = _staff("SECOND", Role.CASE_WORKER)
COLLECTING = _staff("COLLECTING", Role.COLLECTING_DESK)
PAYING = _staff("PAYING", Role.PAYING_DESK)
