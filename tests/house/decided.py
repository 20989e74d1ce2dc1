"""Who may enter where: endpoint -> who, and the kind of handle that its address holds."""

from tests.house.places import LINKS

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
            ("detail", "account"),
            ("ask", "account"),
            ("end", "account"),
            ("link", "account"),
            ("sign_out", "account"),
            ("code", "account"),
            ("agree", "grant"),
            ("end_role", "grant"),
        )
    },
    "staff.health.index": (ADMIN, ""),
    "staff.books.index": (ADMIN | {"auditor"}, ""),
    "staff.books.check": (ADMIN | {"auditor"}, ""),
    "staff.custody.index": ({"custodian"}, ""),
    "staff.gap_fund.index": (CASE | {"auditor"}, ""),
    "staff.batches.index": (PAYING, ""),
    "staff.batches.send": (PAYING, "batch"),
    "staff.orders.make": (PAYING, ""),
    **{
        f"staff.orders.{view}": (PAYING, "payment_order")
        for view in ("detail", "sheet", "paper", "paid", "back")
    },
    "staff.orders.answer": (PAYING, "ordered_batch"),
    "staff.returns.record": (PAYING, "returning_batch"),
    "staff.returns.again": (CASE, "returned_line"),
    "staff.write_offs.index": (CASE, ""),
    "staff.write_offs.ask": (CASE, "lost_line"),
    "staff.write_offs.detail": (CASE, "write_off"),
    "staff.write_offs.agree": ({"approver"}, "write_off"),
    "staff.write_offs.turn_down": (CASE, "write_off"),
    "staff.receipts.index": (COLLECTING, ""),
    "staff.receipts.assign": (COLLECTING, "receipt"),
    "staff.receipts.take_back": (COLLECTING, "receipt"),
    "staff.statements.index": (COLLECTING, ""),
    "staff.statements.layout": (COLLECTING, ""),
    "staff.statements.detail": (COLLECTING, "statement"),
    "staff.statements.book": (COLLECTING, "statement"),
    "staff.statements.discard": (COLLECTING, "statement"),
    "staff.amendments.index": (CASE, ""),
    "staff.amendments.detail": (CASE, "amendment"),
    "staff.amendments.turn_down": (CASE, "amendment"),
    "staff.amendments.identity": (CASE, "child"),
    "staff.amendments.account": (CASE, "school"),
    "staff.by_hand.new": (CASE, "child"),
    "staff.children.index": (CASE, ""),
    "staff.children.new": (CASE, ""),
    "staff.children.find": (CASE, ""),
    "staff.children.detail": (CASE, "child"),
    **{
        f"staff.child_acts.{view}": (CASE, "child")
        for view in (
            "basics",
            "consent",
            "end",
            "kin",
            "need",
            "school",
            "verify",
            "withdraw",
            "word",
        )
    },
    "staff.child_acts.close_need": (CASE, "need"),
    "staff.disputes.index": (CASE, ""),
    "staff.disputes.call": (CASE, ""),
    "staff.disputes.settle": (CASE, "dispute"),
    "staff.evidence.photo": (CASE, "photograph"),
    "staff.harm.index": (CASE, ""),
    "staff.harm.report": (CASE, "child"),
    **{f"staff.harm.{view}": (CASE, "harm") for view in ("take_up", "detail", "name", "close")},
    "staff.harm.told": (CASE, "harm"),
    "staff.imports.index": (CASE, ""),
    **{
        f"staff.imports.{view}": (CASE, "import")
        for view in ("detail", "take", "discard", "returned")
    },
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
    "staff.office_hand.index": (CASE, ""),
    **{
        f"staff.office_hand.{view}": (CASE, "office_line")
        for view in ("hand_over", "could_not", "take_back")
    },
    "staff.volunteers.index": (CASE, ""),
    "staff.volunteers.detail": (CASE, "volunteer"),
    "staff.volunteers.login": (CASE, "volunteer"),
    "auth.code": (OPEN, ""),
    "letter.enter": (OPEN, "letter_token"),
    "post.enter": (OPEN, "letters_token"),
    "family.letters.show": (FAMILY, ""),
    "family.mailbox.show": ({"guardian"}, ""),
    "family.mailbox.other": ({"guardian"}, "partner"),
    "donor.letters.show": (DONOR, "donors_match"),
    "village.letters.show": (VILLAGE, "family_line"),
    "school.letters.show": (SCHOOL, "hands_child"),
    "classroom.letters.show": (TEACHER, "hands_child"),
    "volunteer.letters.show": (VOLUNTEER, "friendship"),
    "staff.letters.index": (CASE, ""),
    **{
        f"staff.letters.{view}": (CASE, "letter")
        for view in ("detail", "type_up", "send_back", "clear", "raise_worry", "take_back")
    },
    "staff.letter_friends.index": (CASE, "child"),
    "staff.letter_friends.end": (CASE, "friends"),
    **{
        f"auth.{view}": (ACCOUNTS, "")
        for view in (
            "recent",
            "prove",
            "end_others",
            "second_step",
            "start_second_step",
            "confirm_second_step",
            "new_recovery_codes",
        )
    },
    "donor.own.called": (DONOR, "donors_pledge"),
    "donor.own.forget": (DONOR, ""),
    "donor.own.who_sees": (DONOR, ""),
    "donor.reveals.show": (DONOR, "donors_match"),
    "family.private.show": (set(), ""),
    "family.reveals.show": (FAMILY, ""),
    "village.reveals.show": (VILLAGE, "family_line"),
    "staff.reveals.index": (CASE, ""),
    "staff.reveals.detail": (CASE, "reveal"),
    "staff.reveals.turn_down": (CASE, "reveal"),
    "family.file_link.send": (FAMILY, ""),
    **{f"family.file.{view}": ({"guardian"}, "") for view in ("show", "copy", "paper", "ask")},
    "staff.guardian_requests.index": (CASE, ""),
    "staff.guardian_requests.detail": (CASE, "guardian_request"),
    "staff.guardian_requests.copy": (CASE, "copy_request"),
    "village.file.show": (VILLAGE, "family_line"),
    "staff.retention.index": (ADMIN | {"auditor"}, ""),
    "staff.file_access.index": (CASE, ""),
    "staff.file_access.ask": (CASE, "child"),
    "staff.file_access.assign": ({"approver"}, "child"),
    "staff.file_access.assign_place": ({"approver"}, "district"),
    **{f"staff.file_access.{view}": (CASE, "access") for view in ("detail", "agree", "decline")},
    "staff.audit_samples.index": ({"auditor"}, ""),
    **{
        f"staff.audit_samples.{view}": ({"auditor"}, "sample")
        for view in ("sample", "pack", "photo")
    },
    "staff.custody_donors.index": ({"custodian"}, ""),
    "staff.custody_donors.take_back": ({"custodian"}, "dead_donor"),
    "staff.custody_requests.index": ({"custodian"}, ""),
    "staff.custody_requests.new": ({"custodian"}, ""),
    **{
        f"staff.custody_requests.{view}": ({"custodian"}, "custody_request")
        for view in ("detail", "agree", "decline", "paper", "show")
    },
    "staff.exports.index": (CASE | PAYING | {"auditor"}, ""),
    "staff.exports.make": (CASE | PAYING, ""),
    "staff.exports.fetch": (CASE | PAYING, "export"),
    "staff.factor_resets.ask": (ADMIN, "account"),
    **{f"staff.factor_resets.{view}": (ADMIN, "reset") for view in ("agree", "keep")},
    "staff.incidents.index": (ADMIN | {"custodian"}, ""),
    "staff.incidents.new": (ADMIN | {"custodian"}, ""),
    **{
        f"staff.incidents.{view}": (ADMIN | {"custodian"}, "incident")
        for view in ("detail", "step", "affected", "close")
    },
}
# Doors whose key is the address itself: what a dead or wrong key answers, whoever asks.
KEYS = {
    "auth.first_password": 410,
    "public.enter": 302,
    "slip.enter": 302,
    "classroom.enter": 303,
    "letter.enter": 302,
    "post.enter": 302,
}
