"""Lists as banners really send them: find the header, read the cells, judge each row. No SQL.

sheet = gateways.spreadsheets.read(filename, data)
report = open_children(sheet, known_schools=names, known_ids=numbers).report()
data = returned_rows(report)
"""

from services.rosters.children import ChildRecord, open_children
from services.rosters.headers import ColumnMissing, HeaderNotFound
from services.rosters.regions import RegionIndex, index_regions, resolve
from services.rosters.reports import (
    NOTE_TEXTS,
    Note,
    Opened,
    Outcome,
    Problem,
    Report,
    RosterRow,
)
from services.rosters.returned import returned_rows
from services.rosters.schools import SchoolRecord, open_schools
from services.rosters.volunteers import VolunteerRecord, open_volunteers

__all__ = [
    "NOTE_TEXTS",
    "ChildRecord",
    "ColumnMissing",
    "HeaderNotFound",
    "Note",
    "Opened",
    "Outcome",
    "Problem",
    "RegionIndex",
    "Report",
    "RosterRow",
    "SchoolRecord",
    "VolunteerRecord",
    "index_regions",
    "open_children",
    "open_schools",
    "open_volunteers",
    "resolve",
    "returned_rows",
]
