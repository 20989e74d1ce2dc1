"""The volunteer's door."""

from tests.house.decided.who import VOLUNTEER, Rows

VOLUNTEERS: Rows = {
    "volunteer.care.accept": (VOLUNTEER, "her_care"),
    "volunteer.care.child": (VOLUNTEER, "her_child"),
    "volunteer.care.decline": (VOLUNTEER, "her_care"),
    "volunteer.care.leave": (VOLUNTEER, ""),
    "volunteer.care.show": (VOLUNTEER, "her_care"),
    "volunteer.care.stay": (VOLUNTEER, ""),
    "volunteer.harm.report": (VOLUNTEER, "hands_child"),
    "volunteer.harm.told": (VOLUNTEER, "harm"),
    "volunteer.home": (VOLUNTEER, ""),
    "volunteer.inbox.index": (VOLUNTEER, ""),
    "volunteer.inbox.read": (VOLUNTEER, ""),
    "volunteer.letters.show": (VOLUNTEER, "friendship"),
    "volunteer.visits.show": (VOLUNTEER, "her_child"),
    "volunteer.visits.take_back": (VOLUNTEER, "her_visit"),
}
