"""Every kind of matching of this house, by name; another is one file more."""

from typing import Final

from matching.kind import Kind
from matching.kinds.pledges import PLEDGES
from matching.kinds.volunteers import VOLUNTEERS

KINDS: Final[dict[str, Kind]] = {kind.name: kind for kind in (PLEDGES, VOLUNTEERS)}
