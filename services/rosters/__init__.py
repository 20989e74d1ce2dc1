"""Lists as banners really send them: find the header, read the cells, judge each row. No SQL.

sheet = gateways.spreadsheets.read(filename, data)
report = judge_children(sheet, known_schools=names, known_ids=numbers)
data = returned_rows(report)
"""

from services.rosters.children import ChildRecord, judge_children
from services.rosters.headers import ColumnMissing, HeaderNotFound
from services.rosters.regions import RegionIndex, index_regions, resolve
from services.rosters.reports import NOTE_TEXTS, Note, Outcome, Problem, Report, RosterRow
from services.rosters.returned import returned_rows
from services.rosters.schools import SchoolRecord, judge_schools
from services.rosters.volunteers import VolunteerRecord, judge_volunteers

__all__ = [
    "NOTE_TEXTS",
    "ChildRecord",
    "ColumnMissing",
    "HeaderNotFound",
    "Note",
    "Outcome",
    "Problem",
    "RegionIndex",
    "Report",
    "RosterRow",
    "SchoolRecord",
    "VolunteerRecord",
    "index_regions",
    "judge_children",
    "judge_schools",
    "judge_volunteers",
    "resolve",
    "returned_rows",
]
