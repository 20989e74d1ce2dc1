"""Role x endpoint x own, other's and missing handle, every method: each cell decided by a table.

A route without a row in DECIDED fails, and so does a row without a route. Whatever is refused for
being absent, another's or not one's role is the same 404, byte for byte.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app import create_app
from extensions import db
from tests.conftest import TODAY, settings_in
from tests.house.inhabitants import LINKS, STRANGERS, Town, build
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import Role

MISSING = {"purpose": "sponsorship"}
CASE = {"case_worker", "approver", "case_deputy"}
STAFF = CASE | {
    "administrator", "auditor", "collecting_desk", "custodian", "paying_desk", "statistics",
}  # fmt: skip
ACCOUNTS = STAFF | {"school_officer", "village_director", "volunteer"}
EVERYBODY = ACCOUNTS | LINKS.keys() | {"public"}
ADMIN, PAYING, COLLECTING = {"administrator"}, {"paying_desk"}, {"collecting_desk"}
SCHOOL, VILLAGE, TEACHER = {"school_officer"}, {"village_director"}, {"class_teacher"}
DONOR, FAMILY, VOLUNTEER = {"donor"}, {"family"}, {"volunteer"}
OPEN = EVERYBODY

# endpoint -> who may enter, and the kind of the handle that its address holds.
DECIDED: dict[str, tuple[set[str], str]] = {
    "static": (OPEN, "file"),
    "healthz.check": (OPEN, ""),
    "auth.login": (OPEN, ""),
    "auth.logout": (OPEN, ""),
    "auth.first_password": (OPEN, "password_token"),
    "auth.account": (ACCOUNTS, ""),
    "auth.sign_out_everywhere": (ACCOUNTS, ""),
    "public.home": (OPEN, ""),
    "public.totals": (OPEN, ""),
    "public.pledge": (OPEN, ""),
    "public.wishes": (OPEN, ""),
    "public.relink": (OPEN, ""),
    "public.enter": (OPEN, "donor_token"),
    "slip.enter": (OPEN, "slip_token"),
    "classroom.enter": (OPEN, "class_token"),
    "classroom.closed": (OPEN, ""),
    "family.closed": (OPEN, ""),
    "family.home": (FAMILY, ""),
    "family.answer": (FAMILY, ""),
    "family.wrong_sum": (FAMILY, ""),
    "donor.home": (DONOR, ""),
    "donor.inbox.index": (DONOR, ""),
    "donor.inbox.read": (DONOR, ""),
    "donor.matches.show": (DONOR, "donors_match"),
    "donor.pledges.pause": (DONOR, "donors_pledge"),
    "donor.pledges.pay": (DONOR, "donors_pledge"),
    "donor.pledges.resume": (DONOR, "donors_pledge"),
    "donor.pledges.stop": (DONOR, "donors_pledge"),
    "donor.pledges.terms": (DONOR, "donors_pledge"),
    "donor.pledges.undo": (DONOR, "donors_change"),
    "classroom.home": (TEACHER, ""),
    "school.home": (SCHOOL, ""),
    "school.batches.index": (SCHOOL, ""),
    "school.classes.index": (SCHOOL, "batch"),
    "school.handovers.slips": (SCHOOL, "batch"),
    "village.home": (VILLAGE, ""),
    "village.handovers.slips": (VILLAGE, "batch"),
    "village.families.answer": (VILLAGE, "family_line"),
    "volunteer.home": (VOLUNTEER, ""),
    **{
        f"{door}.{view}": (who, handle)
        for door, who in (("school", SCHOOL), ("village", VILLAGE), ("classroom", TEACHER))
        for view, handle in (
            ("handovers.show", "batch"),
            ("handovers.confirm", "batch"),
            ("handovers.hand_over", "line"),
            ("handovers.snag", "line"),
            ("handovers.clear", "line"),
            ("handovers.take_back", "line"),
            ("handovers.photo", "line"),
            ("slips.index", ""),
            ("slips.scanned", "slip"),
            ("harm.report", "hands_child"),
            ("harm.told", "harm"),
        )
    },
    **{
        f"{door}.inbox.{view}": (who, "")
        for door, who in (("school", SCHOOL), ("village", VILLAGE), ("volunteer", VOLUNTEER))
        for view in ("index", "read")
    },
    "staff.home": (STAFF, ""),
    "staff.notices.index": (STAFF, ""),
    "staff.notices.read_all": (STAFF, ""),
    "staff.notices.read": (STAFF, "notice"),
    "staff.notices.release": (PAYING, ""),
    "staff.notices.drop": (PAYING, ""),
    "staff.accounts.index": (ADMIN, ""),
    "staff.accounts.new": (ADMIN, ""),
    **{
        f"staff.accounts.{view}": (ADMIN, handle)
        for view, handle in (
            ("detail", "account"), ("ask", "account"), ("end", "account"), ("link", "account"),
            ("agree", "grant"), ("end_role", "grant"),
        )
    },
    "staff.health.index": (ADMIN, ""),
    "staff.books.index": (ADMIN | {"auditor"}, ""),
    "staff.books.check": (ADMIN | {"auditor"}, ""),
    "staff.custody.index": ({"custodian"}, ""),
    "staff.batches.index": (PAYING, ""),
    "staff.batches.send": (PAYING, "batch"),
    "staff.receipts.index": (COLLECTING, ""),
    "staff.receipts.assign": (COLLECTING, "receipt"),
    "staff.receipts.take_back": (COLLECTING, "receipt"),
    "staff.amendments.index": (CASE, ""),
    "staff.amendments.detail": (CASE, "amendment"),
    "staff.amendments.turn_down": (CASE, "amendment"),
    "staff.amendments.identity": (CASE, "child"),
    "staff.amendments.account": (CASE, "school"),
    "staff.by_hand.new": (CASE, "child"),
    "staff.children.index": (CASE, ""),
    "staff.children.new": (CASE, ""),
    "staff.children.detail": (CASE, "child"),
    **{
        f"staff.child_acts.{view}": (CASE, "child")
        for view in (
            "basics", "consent", "end", "kin", "need", "school", "verify", "withdraw", "word",
        )
    },
    "staff.child_acts.close_need": (CASE, "need"),
    "staff.disputes.index": (CASE, ""),
    "staff.disputes.call": (CASE, ""),
    "staff.disputes.settle": (CASE, "dispute"),
    "staff.harm.index": (CASE, ""),
    "staff.harm.report": (CASE, "child"),
    "staff.harm.take_up": (CASE, "harm"),
    "staff.harm.told": (CASE, "harm"),
    "staff.imports.index": (CASE, ""),
    **{f"staff.imports.{view}": (CASE, "import") for view in ("detail", "take", "discard", "returned")},
    "staff.matches.queue": (CASE, ""),
    "staff.matches.turned_down": (CASE, ""),
    "staff.matches.detail": (CASE, "proposal"),
    "staff.matches.aside": (CASE, "proposal"),
    "staff.matches.approve": ({"approver"}, "proposal"),
    "staff.matches.decline": ({"approver"}, "proposal"),
    "staff.matches.lift": ({"approver"}, "declined"),
    "staff.pledges.index": (CASE, ""),
    "staff.pledges.detail": (CASE, "pledge"),
    "staff.schools.index": (CASE, ""),
    "staff.schools.new": (CASE, ""),
    "staff.schools.detail": (CASE, "school"),
    "staff.schools.complete": (CASE, "school"),
    "staff.stipends.index": (CASE, ""),
    "staff.volunteers.index": (CASE, ""),
    "staff.volunteers.detail": (CASE, "volunteer"),
}  # fmt: skip
