"""Whose hands money passes: school, village, work unit, class teacher."""

from tests.house.decided.who import OPEN, SCHOOL, TEACHER, UNIT, VILLAGE, Rows

DOORS = {"classroom": TEACHER, "school": SCHOOL, "unit_hand": UNIT, "village": VILLAGE}
# What every hand has behind its own door: page -> kind of handle.
SHARED = {
    "handovers.clear": "line",
    "handovers.confirm": "batch",
    "handovers.hand_over": "line",
    "handovers.photo": "line",
    "handovers.show": "batch",
    "handovers.snag": "line",
    "handovers.take_back": "line",
    "harm.report": "hands_child",
    "harm.told": "harm",
    "slips.index": "",
    "slips.scanned": "slip",
}
HANDS: Rows = {
    "classroom.again": (OPEN, "class_token"),
    "classroom.closed": (OPEN, ""),
    "classroom.enter": (OPEN, "class_token"),
    "classroom.home": (TEACHER, ""),
    "classroom.letters.show": (TEACHER, "hands_child"),
    "classroom.own.end_links": (TEACHER, ""),
    "classroom.own.lately": (TEACHER, ""),
    "school.batches.index": (SCHOOL, ""),
    "school.classes.index": (SCHOOL, "batch"),
    "school.handovers.slips": (SCHOOL, "batch"),
    "school.home": (SCHOOL, ""),
    "school.letters.show": (SCHOOL, "hands_child"),
    "unit_hand.batches.index": (UNIT, ""),
    "unit_hand.handovers.slips": (UNIT, "batch"),
    "unit_hand.home": (UNIT, ""),
    "unit_hand.own_staff": (UNIT, "batch"),
    "village.families.answer": (VILLAGE, "family_line"),
    "village.file.show": (VILLAGE, "family_line"),
    "village.handovers.slips": (VILLAGE, "batch"),
    "village.home": (VILLAGE, ""),
    "village.letters.show": (VILLAGE, "family_line"),
    "village.reveals.show": (VILLAGE, "family_line"),
    **{
        f"{door}.{page}": (who, handle)
        for door, who in DOORS.items()
        for page, handle in SHARED.items()
    },
    **{
        f"{door}.inbox.{page}": (DOORS[door], "")
        for door in ("school", "unit_hand", "village")
        for page in ("index", "read")
    },
}
