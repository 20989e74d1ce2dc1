"""Who may enter where, a table an area; a route's row stands under its endpoint, in their order.

A door has one file; the desks' routes lie by subject in `staff_*`.
"""

from tests.house.decided.donors import DONORS
from tests.house.decided.families import FAMILIES
from tests.house.decided.hands import HANDS
from tests.house.decided.open_doors import KEYS, OPEN_DOORS
from tests.house.decided.staff_children import STAFF_CHILDREN
from tests.house.decided.staff_money_in import STAFF_MONEY_IN
from tests.house.decided.staff_money_out import STAFF_MONEY_OUT
from tests.house.decided.staff_office import STAFF_OFFICE
from tests.house.decided.staff_pairing import STAFF_PAIRING
from tests.house.decided.volunteers import VOLUNTEERS
from tests.house.decided.who import ACCOUNTS, EVERYBODY, OPEN, Rows

__all__ = ["ACCOUNTS", "DECIDED", "EVERYBODY", "KEYS", "OPEN"]

AREAS = (
    OPEN_DOORS,
    DONORS,
    FAMILIES,
    HANDS,
    VOLUNTEERS,
    STAFF_CHILDREN,
    STAFF_PAIRING,
    STAFF_MONEY_IN,
    STAFF_MONEY_OUT,
    STAFF_OFFICE,
)
DECIDED: Rows = {endpoint: row for area in AREAS for endpoint, row in area.items()}
assert len(DECIDED) == sum(map(len, AREAS)), "a route has a row in two areas"
