"""The family's door: its slip's link, and what is the guardian's alone."""

from tests.house.decided.who import FAMILY, GUARDIAN, OPEN, Rows

FAMILIES: Rows = {
    "family.answer": (FAMILY, ""),
    "family.closed": (OPEN, ""),
    "family.file.ask": (GUARDIAN, ""),
    "family.file.consents": (GUARDIAN, ""),
    "family.file.copy": (GUARDIAN, ""),
    "family.file.paper": (GUARDIAN, ""),
    "family.file.show": (GUARDIAN, ""),
    "family.file_link.send": (FAMILY, ""),
    "family.home": (FAMILY, ""),
    "family.letters.show": (FAMILY, ""),
    "family.mailbox.other": (GUARDIAN, "partner"),
    "family.mailbox.show": (GUARDIAN, ""),
    "family.own.end_links": (GUARDIAN, ""),
    "family.own.lately": (GUARDIAN, ""),
    # Nobody of these: whoever came by the guardian's link to a reveal.
    "family.private.show": (set(), ""),
    "family.private_own.end_links": (set(), ""),
    "family.private_own.lately": (set(), ""),
    "family.reveals.show": (FAMILY, ""),
    "family.visits.show": (GUARDIAN, ""),
    "family.wrong_day": (FAMILY, ""),
    "family.wrong_sum": (FAMILY, ""),
}
