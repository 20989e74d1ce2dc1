"""Who may do what. A role absent from a line may not; nothing is inherited."""

from dataclasses import replace
from enum import StrEnum

from privacy.viewers import Viewer
from vocabulary.enums import Role
from vocabulary.errors import NotPermitted, RolesExclude


class Act(StrEnum):
    ENTER_CHILD = "enter_child"
    VERIFY_CHILD = "verify_child"
    CONFIRM_CHILD = "confirm_child"
    RECORD_CONSENT = "record_consent"
    IMPORT_ROSTER = "import_roster"
    ENTER_SCHOOL = "enter_school"
    AMEND = "amend"
    ENTER_VOLUNTEER = "enter_volunteer"
    CLEAR_VOLUNTEER = "clear_volunteer"
    REPORT_HARM = "report_harm"
    ANSWER_HARM = "answer_harm"
    CLOSE_HARM = "close_harm"
    RUN_MATCHING = "run_matching"
    VERIFY_MATCHING = "verify_matching"
    SEE_FAIRNESS = "see_fairness"
    RELEASE_RUN = "release_run"
    KEEP_POLICY = "keep_policy"
    DECIDE_MATCH = "decide_match"
    ANSWER_CARE = "answer_care"
    NOTE_CARE_ANSWER = "note_care_answer"
    AGREE_CARE = "agree_care"
    TURN_DOWN_CARE = "turn_down_care"
    RECORD_MONEY = "record_money"
    DECIDE_UNCLAIMED = "decide_unclaimed"
    MOVE_RECEIPT = "move_receipt"
    ANSWER_REST = "answer_rest"
    PAY_BACK = "pay_back"
    END_REST = "end_rest"
    IMPORT_STATEMENT = "import_statement"
    TAKE_ONLINE = "take_online"
    SEND_BATCH = "send_batch"
    RUN_STIPENDS = "run_stipends"
    HAND_OVER = "hand_over"
    PASS_CLASS_LIST = "pass_class_list"
    ANSWER_FOR_FAMILY = "answer_for_family"
    SETTLE_DISPUTE = "settle_dispute"
    DELIVER_NOTICES = "deliver_notices"
    RELEASE_LATE = "release_late"
    GRANT_ROLE = "grant_role"
    WATCH_JOBS = "watch_jobs"
    SEE_FIGURES = "see_figures"
    SEE_PLEDGES = "see_pledges"
    SEE_HEALTH = "see_health"
    SEE_BOOKS = "see_books"
    SEE_GAP_FUND = "see_gap_fund"
    SEE_CUSTODY = "see_custody"
    JOIN_HALVES = "join_halves"
    ASK_FILE = "ask_file"
    ASSIGN_CHILD = "assign_child"
    DRAW_AUDIT = "draw_audit"
    NOTE_DEATH = "note_death"
    FORGET_DONOR = "forget_donor"
    ROTATE_KEYS = "rotate_keys"
    APPROVE_MATCH = "approve_match"
    CHANGE_ACCOUNT = "change_account"
    EXPORT = "export"
    SEE_EXPORTS = "see_exports"
    SEE_INCIDENTS = "see_incidents"
    LIST_AFFECTED = "list_affected"
    PLANT_HONEY = "plant_honey"
    KEEP_BACKUPS = "keep_backups"
    CARRY_OUT_RETENTION = "carry_out_retention"
    SEE_RETENTION = "see_retention"
    ASK_ABOUT_FILE = "ask_about_file"
    HELP_GUARDIAN = "help_guardian"
    ANSWER_GUARDIAN = "answer_guardian"
    RELEASE_REVEALS = "release_reveals"
    CHECK_REVEAL = "check_reveal"
    RECORD_RETURN = "record_return"
    SEND_AGAIN = "send_again"
    HAND_OVER_AS_OFFICE = "hand_over_as_office"
    CHANGE_ROUTE = "change_route"
    ENTER_CALENDAR = "enter_calendar"
    ASK_WRITE_OFF = "ask_write_off"
    AGREE_WRITE_OFF = "agree_write_off"
    WRITE_LETTER = "write_letter"
    MODERATE_LETTERS = "moderate_letters"
    DELIVER_LETTERS = "deliver_letters"
    FREEZE_LISTING = "freeze_listing"
    PUBLISH_FIGURES = "publish_figures"
    GET_PAPERS = "get_papers"
    COLLECT_FROM_COLLEAGUES = "collect_from_colleagues"
    JOIN_COLLECTION = "join_collection"
    KEEP_MEMBERS = "keep_members"
    RECORD_RECEIPTS = "record_receipts"
    RECORD_SEALED_RECEIPTS = "record_sealed_receipts"
    ASK_REDIRECTION = "ask_redirection"
    ASK_SURGERY = "ask_surgery"
    AGREE_SURGERY = "agree_surgery"
    ANSWER_REDIRECTION = "answer_redirection"
    DRAW_FAMILIES = "draw_families"
    SEE_FAMILY_CHECKS = "see_family_checks"
    PUBLISH_MONTH = "publish_month"


CASE_STAFF = frozenset({Role.CASE_WORKER, Role.APPROVER})
HANDS = frozenset({Role.SCHOOL_OFFICER, Role.CLASS_TEACHER, Role.VILLAGE_DIRECTOR, Role.UNIT_HAND})

PERMISSIONS: dict[Act, frozenset[Role]] = {
    Act.ENTER_CHILD: CASE_STAFF | {Role.CONSOLE, Role.SCHOOL_OFFICER},
    Act.VERIFY_CHILD: CASE_STAFF,
    Act.CONFIRM_CHILD: CASE_STAFF,
    Act.RECORD_CONSENT: CASE_STAFF | {Role.CONSOLE},
    Act.IMPORT_ROSTER: CASE_STAFF | {Role.CONSOLE},
    Act.ENTER_SCHOOL: CASE_STAFF | {Role.CONSOLE},
    Act.AMEND: CASE_STAFF,
    Act.ENTER_VOLUNTEER: CASE_STAFF | {Role.CONSOLE},
    Act.CLEAR_VOLUNTEER: CASE_STAFF,
    Act.REPORT_HARM: CASE_STAFF | HANDS | {Role.VOLUNTEER},
    Act.ANSWER_HARM: CASE_STAFF,
    Act.CLOSE_HARM: CASE_STAFF,
    Act.RUN_MATCHING: CASE_STAFF | {Role.ENGINE, Role.CONSOLE},
    Act.VERIFY_MATCHING: CASE_STAFF | {Role.AUDITOR, Role.CONSOLE},
    Act.SEE_FAIRNESS: CASE_STAFF | {Role.AUDITOR, Role.STATISTICS},
    Act.RELEASE_RUN: frozenset({Role.APPROVER, Role.STATISTICS}),
    Act.KEEP_POLICY: frozenset({Role.STATISTICS}),
    Act.DECIDE_MATCH: frozenset({Role.APPROVER}),
    Act.ANSWER_CARE: frozenset({Role.VOLUNTEER}),
    Act.NOTE_CARE_ANSWER: CASE_STAFF,
    Act.AGREE_CARE: CASE_STAFF,
    Act.TURN_DOWN_CARE: CASE_STAFF,
    Act.RECORD_MONEY: frozenset({Role.COLLECTING_DESK, Role.CONSOLE}),
    Act.DECIDE_UNCLAIMED: frozenset({Role.COLLECTING_DESK}),
    Act.MOVE_RECEIPT: frozenset({Role.COLLECTING_DESK}),
    Act.ANSWER_REST: frozenset({Role.DONOR}),
    Act.PAY_BACK: frozenset({Role.COLLECTING_DESK, Role.CUSTODIAN}),
    Act.END_REST: frozenset({Role.CUSTODIAN}),
    Act.IMPORT_STATEMENT: frozenset({Role.COLLECTING_DESK, Role.CONSOLE}),
    Act.TAKE_ONLINE: frozenset({Role.ENGINE}),
    Act.SEND_BATCH: frozenset({Role.PAYING_DESK}),
    Act.RUN_STIPENDS: frozenset({Role.ENGINE, Role.CONSOLE}),
    Act.HAND_OVER: HANDS,
    Act.PASS_CLASS_LIST: frozenset({Role.SCHOOL_OFFICER}),
    Act.ANSWER_FOR_FAMILY: frozenset({Role.VILLAGE_DIRECTOR}) | CASE_STAFF,
    Act.SETTLE_DISPUTE: CASE_STAFF,
    Act.DELIVER_NOTICES: frozenset({Role.ENGINE, Role.CONSOLE}),
    Act.RELEASE_LATE: frozenset({Role.PAYING_DESK}),
    Act.GRANT_ROLE: frozenset({Role.ADMINISTRATOR}),
    Act.WATCH_JOBS: CASE_STAFF | {Role.ENGINE, Role.CONSOLE, Role.ADMINISTRATOR, Role.STATISTICS},
    Act.SEE_FIGURES: CASE_STAFF | {Role.STATISTICS},
    Act.SEE_PLEDGES: CASE_STAFF,
    Act.SEE_GAP_FUND: CASE_STAFF | {Role.AUDITOR},
    Act.SEE_HEALTH: frozenset({Role.ADMINISTRATOR}),
    Act.ASK_REDIRECTION: frozenset({Role.APPROVER}),
    Act.ASK_SURGERY: CASE_STAFF,
    Act.AGREE_SURGERY: frozenset({Role.APPROVER}),
    Act.ANSWER_REDIRECTION: frozenset({Role.DONOR}),
    Act.SEE_CUSTODY: frozenset({Role.CUSTODIAN}),
    Act.JOIN_HALVES: frozenset({Role.CUSTODIAN}),
    Act.ASK_FILE: CASE_STAFF,
    Act.ASSIGN_CHILD: frozenset({Role.APPROVER}),
    Act.DRAW_AUDIT: frozenset({Role.AUDITOR}),
    Act.SEE_BOOKS: frozenset({Role.AUDITOR, Role.ADMINISTRATOR, Role.CONSOLE, Role.ENGINE}),
    Act.NOTE_DEATH: frozenset({Role.CUSTODIAN}),
    Act.FORGET_DONOR: frozenset({Role.DONOR}),
    Act.ROTATE_KEYS: frozenset({Role.CONSOLE}),
    Act.APPROVE_MATCH: frozenset({Role.APPROVER}),
    Act.CHANGE_ACCOUNT: CASE_STAFF,
    Act.EXPORT: CASE_STAFF | {Role.PAYING_DESK, Role.AUDITOR},
    Act.SEE_EXPORTS: CASE_STAFF | {Role.PAYING_DESK, Role.AUDITOR},
    Act.SEE_INCIDENTS: frozenset({Role.ADMINISTRATOR, Role.CUSTODIAN}),
    Act.LIST_AFFECTED: frozenset({Role.ADMINISTRATOR, Role.CUSTODIAN}),
    Act.PLANT_HONEY: frozenset({Role.CONSOLE}),
    Act.KEEP_BACKUPS: frozenset({Role.ENGINE, Role.CONSOLE}),
    Act.CARRY_OUT_RETENTION: frozenset({Role.ENGINE, Role.CONSOLE}),
    Act.SEE_RETENTION: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    Act.ASK_ABOUT_FILE: frozenset({Role.FAMILY}),
    Act.HELP_GUARDIAN: frozenset({Role.VILLAGE_DIRECTOR}),
    Act.ANSWER_GUARDIAN: CASE_STAFF,
    Act.RELEASE_REVEALS: frozenset({Role.ENGINE, Role.CONSOLE}),
    Act.CHECK_REVEAL: CASE_STAFF,
    Act.RECORD_RETURN: frozenset({Role.PAYING_DESK}),
    Act.SEND_AGAIN: CASE_STAFF,
    Act.HAND_OVER_AS_OFFICE: CASE_STAFF,
    Act.CHANGE_ROUTE: CASE_STAFF,
    Act.ENTER_CALENDAR: CASE_STAFF,
    Act.ASK_WRITE_OFF: CASE_STAFF,
    Act.AGREE_WRITE_OFF: frozenset({Role.APPROVER}),
    Act.WRITE_LETTER: frozenset(
        {
            Role.DONOR,
            Role.FAMILY,
            Role.VOLUNTEER,
            Role.VILLAGE_DIRECTOR,
            Role.SCHOOL_OFFICER,
            Role.CLASS_TEACHER,
        }
    ),
    Act.MODERATE_LETTERS: CASE_STAFF,
    Act.DELIVER_LETTERS: frozenset({Role.ENGINE, Role.CONSOLE}),
    Act.FREEZE_LISTING: frozenset({Role.ENGINE, Role.CONSOLE}),
    Act.PUBLISH_FIGURES: frozenset({Role.ENGINE, Role.CONSOLE}),
    Act.GET_PAPERS: frozenset({Role.DONOR}),
    Act.COLLECT_FROM_COLLEAGUES: frozenset({Role.UNIT_COLLECTOR}),
    Act.JOIN_COLLECTION: frozenset({Role.DONOR}),
    Act.KEEP_MEMBERS: frozenset({Role.DONOR}),
    Act.RECORD_RECEIPTS: frozenset({Role.COLLECTING_DESK}),
    Act.RECORD_SEALED_RECEIPTS: frozenset({Role.CUSTODIAN}),
    Act.DRAW_FAMILIES: frozenset({Role.ENGINE, Role.CONSOLE}),
    Act.SEE_FAMILY_CHECKS: CASE_STAFF | {Role.AUDITOR, Role.STATISTICS},
    Act.PUBLISH_MONTH: frozenset({Role.ENGINE, Role.CONSOLE}),
}

# Before these a password or code is asked for again when the last proof is older than half an hour.
# Which route is of which kind: tests/house/test_fresh_proof.py.
STEP_UP: frozenset[Act] = frozenset(
    {
        Act.GRANT_ROLE,  # ways in, roles, digits
        Act.APPROVE_MATCH,  # a second person's yes
        Act.RELEASE_RUN,
        Act.KEEP_POLICY,
        Act.AGREE_CARE,
        Act.CONFIRM_CHILD,
        Act.CLEAR_VOLUNTEER,
        Act.AGREE_WRITE_OFF,
        Act.AGREE_SURGERY,
        Act.CLOSE_HARM,
        Act.CHANGE_ACCOUNT,
        Act.SEND_BATCH,  # money leaves
        Act.DECIDE_UNCLAIMED,
        Act.MOVE_RECEIPT,
        Act.PAY_BACK,
        Act.END_REST,
        Act.SEND_AGAIN,
        Act.HAND_OVER_AS_OFFICE,
        Act.CHANGE_ROUTE,
        Act.EXPORT,
        Act.JOIN_HALVES,  # who somebody is
        Act.RECORD_SEALED_RECEIPTS,
        Act.NOTE_DEATH,
        Act.AMEND,
        Act.ASK_FILE,
        Act.ASSIGN_CHILD,
        Act.DRAW_AUDIT,
        Act.CHECK_REVEAL,
        Act.ANSWER_GUARDIAN,
        Act.LIST_AFFECTED,
    }
)
# Whose login opens more than their own village or child: a second step is theirs to have.
SECOND_STEP: frozenset[Role] = CASE_STAFF | {
    Role.COLLECTING_DESK,
    Role.PAYING_DESK,
    Role.CUSTODIAN,
    Role.AUDITOR,
    Role.STATISTICS,
    Role.ADMINISTRATOR,
    Role.SCHOOL_OFFICER,
    Role.UNIT_COLLECTOR,
    Role.UNIT_HAND,
}

# Law 7: one person never holds roles from two of these sets.
EXCLUSIVE: tuple[frozenset[Role], ...] = (
    frozenset({Role.COLLECTING_DESK}),
    CASE_STAFF | {Role.PAYING_DESK},  # the children's half: whom a pledge code pays, and where
    frozenset({Role.CUSTODIAN}),
    frozenset({Role.AUDITOR}),
    frozenset({Role.ADMINISTRATOR}),
    frozenset({Role.UNIT_COLLECTOR}),
    frozenset({Role.UNIT_HAND}),
)
# Who collects from colleagues knows payers by their faces: nothing by which a child is seen.
_NEVER_BESIDE_COLLECTING = HANDS | {Role.PAYING_DESK, Role.VOLUNTEER}


def as_case_staff(viewer: Viewer) -> Viewer:
    """Return the same person with the eyes of case staff alone, who may hold other desks' roles."""
    return replace(viewer, roles=viewer.roles & CASE_STAFF)


def require(viewer: Viewer, act: Act) -> None:
    """Raise NotPermitted unless one of the viewer's roles may do the act."""
    if viewer.roles.isdisjoint(PERMISSIONS[act]):
        raise NotPermitted()


def check_exclusive(roles: frozenset[Role]) -> None:
    """Raise RolesExclude if the roles come from two exclusive sets, or join payers and children."""
    knows_payers = Role.UNIT_COLLECTOR in roles and not roles.isdisjoint(_NEVER_BESIDE_COLLECTING)
    if knows_payers or sum(not roles.isdisjoint(group) for group in EXCLUSIVE) > 1:
        raise RolesExclude()
