"""The field catalogue: every column's class, worked out from what stands in the tables.

Whose record a table holds is said here once, table by table; the class of a column follows from
that, its type, its name and its audiences. A table that is not named has no class, and no test run.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Enum

from models.base import Base, Sealed, SealedDate
from privacy.disclosure import Audience, audiences_of


class FieldClass(StrEnum):
    """How much harm a column does in the wrong hands, the least first."""

    PUBLIC = "public"
    INTERNAL = "internal"
    KEY = "key"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"
    WALL = "wall"
    SECRET = "secret"  # noqa: S105 the name of a class


class Whose(StrEnum):
    """Whom a table's rows are about."""

    EVERYBODY = "everybody"
    HOUSE = "house"
    STAFF = "staff"
    VOLUNTEER = "volunteer"
    ORGANISATION = "organisation"
    GIVING = "giving"
    CHILD = "child"
    DONOR = "donor"


TABLES: dict[Whose, str] = {
    Whose.EVERYBODY: "regions releases figures month_heads",
    Whose.HOUSE: "installation job_leases job_runs periods chain_heads transactions postings"
    " batches provider_payouts statement_layouts trace_ordinary trace_custodian"
    " state_changes honey honey_openings incidents"
    " incident_steps matching_runs matching_policies policy_trials holidays family_draws"
    " audit_samples audit_items"
    " write_offs kept_sums retention_acts listings"
    " book_checks",
    Whose.STAFF: "accounts grants account_events assignments recusals factor_resets second_factors"
    " recovery_codes sign_ins ended_sign_ins sign_in_failures try_counts exports imports notices"
    " access_links uploads",
    Whose.VOLUNTEER: "volunteers volunteer_logins",
    Whose.ORGANISATION: "unit_collections organisations payment_orders payment_order_lines payouts",
    Whose.GIVING: "pledges pledge_changes pledge_namings gift_wishes custody_requests certificates"
    " unit_colleagues"
    " earmarks redirections redirection_answers rests rest_answers",
    Whose.CHILD: "children kin needs consents amendments import_rows matches exclusions set_aside"
    " stipends surgeries gifts facts settlements family_asks file_accesses harm_reports harm_taken"
    " harm_accused harm_closed places_before works_before consent_ends"
    " letters child_routes bank_cards child_transfers care_matches care_exclusions visits fading_notes"
    " letter_friends reveals reveal_refusals guardian_requests listed_children",
    Whose.DONOR: "online_orders receipts unclaimed statements statement_lines pay_backs line_ties"
    " receipt_moves vault_pay_backs back_orders"
    " vault_contacts vault_deaths vault_donors vault_givers vault_keys vault_letters vault_members"
    " vault_names vault_orders vault_paid_notes vault_payer_moves vault_pledges vault_readers"
    " vault_receipt_wishes vault_receipts vault_shares vault_successors vault_words"
    " fiscal_receipts month_leaves",
}
_WHOSE = {table: whose for whose, tables in TABLES.items() for table in tables.split()}

_OPENS = frozenset({"secret", "pending", "wrapped", "session_stamp", "seed"})
"""Names of columns that open something, beside hashes and keyed handles."""
_OF_ONE = {
    Whose.EVERYBODY: FieldClass.PUBLIC,
    Whose.HOUSE: FieldClass.INTERNAL,
    Whose.STAFF: FieldClass.PERSONAL,
    Whose.VOLUNTEER: FieldClass.PERSONAL,
    Whose.ORGANISATION: FieldClass.INTERNAL,
    Whose.GIVING: FieldClass.PERSONAL,
    Whose.CHILD: FieldClass.SENSITIVE,
    Whose.DONOR: FieldClass.WALL,
}

# Text in the clear in a record about somebody: what it may hold. Anything else is sealed.
CLEAR_TEXT = {
    "back_orders.digest": "one hash over a whole table, its memos and whole account numbers",
    "care_matches.about": "codes and bands that tell nobody who the child is",
    "care_matches.kinds": "codes",
    "care_matches.reasons": "codes and figures of the score",
    "care_matches.runners_up": "refs and scores",
    "certificates.lines": "days and sums in fen of what came",
    "children.languages": "codes of languages, joined",
    "children.held_because": "codes of what is missing (services/children/readiness.py)",
    "facts.detail": "codes, and sums in fen",
    "gifts.occasion": "an occasion of the list, typed at the console only",
    "import_rows.notes": "codes",
    "import_rows.problems": "codes; the sentences with cells in them are sealed (message)",
    "letters.concerns": "codes",
    "matches.reasons": "codes and figures of the score",
    "matches.runners_up": "refs and scores",
    "month_leaves.leaf": "a hash over a salt that is sealed",
    "online_orders.provider_number": "the provider's own number of a payment",
    "receipts.bank_line": "the bank's own number of a line",
    "statement_lines.key": "the bank's own number of a line, or a digest of it",
    "statement_lines.parts": "payment references and sums in fen",
    "uploads.sha256": "the digest of a stored picture or paper, no text of it",
    "visits.concerns": "codes",
    "visits.signs": "codes",
    "volunteers.availability": "when she has time; tells nobody who she is",
    "volunteers.languages": "codes of languages",
    "volunteers.skills": "words of what she can; tell nobody who she is",
}
_SHORT = 40


@dataclass(frozen=True, slots=True)
class Field:
    """One column: whose it is, its class, how it is kept, and who may ever read it."""

    table: str
    column: str
    field_class: FieldClass | None
    kept: str
    audiences: tuple[str, ...]

    @property
    def name(self) -> str:
        """Say which column it is."""
        return f"{self.table}.{self.column}"


def fields() -> list[Field]:
    """Return every column, by table."""
    tables = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
    return [_field(table.name, column) for table in tables for column in table.columns]


def stale_tables() -> set[str]:
    """Return tables named here that the schema does not have."""
    return _WHOSE.keys() - Base.metadata.tables.keys()


def is_clear_text(field: Field) -> bool:
    """Say whether a column about somebody could hold a sentence in the clear."""
    column = Base.metadata.tables[field.table].columns[field.column]
    if field.field_class not in {FieldClass.PERSONAL, FieldClass.SENSITIVE, FieldClass.WALL}:
        return False
    return not isinstance(column.type, Enum) and field.kept == "text"


def _field(table: str, column: Column[Any]) -> Field:
    seen = audiences_of(column.info) or frozenset()
    names = tuple(sorted(one.value for one in seen))
    return Field(table, column.name, _class_of(table, column, seen), _kept(column), names)


def _class_of(table: str, column: Column[Any], seen: frozenset[Audience]) -> FieldClass | None:
    whose, name = _WHOSE.get(table), column.name
    is_sealed = isinstance(column.type, Sealed | SealedDate)
    if whose is None:
        return None
    if name.endswith(("_hash", "_index")) or name in _OPENS or (name == "handle" and not is_sealed):
        return FieldClass.SECRET
    if whose is Whose.DONOR:
        return FieldClass.WALL
    if name == "id" or name.endswith("_id"):
        return FieldClass.KEY
    of_one = _OF_ONE[whose]
    return FieldClass.PERSONAL if is_sealed and of_one is FieldClass.INTERNAL else of_one


def _kept(column: Column[Any]) -> str:
    """Say how a column lies on the disk: sealed, under a person's key, text, or a plain value."""
    if isinstance(column.type, Sealed | SealedDate):
        return "sealed"
    kind = column.type.python_type
    if kind is bytes:
        return "under the donor's own key"
    if isinstance(column.type, JSON) or (getattr(column.type, "length", 0) or 0) > _SHORT:
        return "text"
    return "plain"


_HEAD = """\
# Field catalogue

What each class means and how it is handled stands in docs/security.md. This page is what
`flask --app app catalogue` prints from the tables; a test fails when it is not.
"""


def page() -> str:
    """Return the catalogue as a page of documentation."""
    lines = ["", "| column | class | kept | seen by |", "|---|---|---|---|"]
    for one in fields():
        seen = ", ".join(one.audiences) or "nobody"
        lines.append(f"| {one.name} | {one.field_class or '?'} | {one.kept} | {seen} |")
    clear = ["", "Text in the clear in a record about somebody, and why:", ""]
    clear += [f"- `{name}`: {why}" for name, why in CLEAR_TEXT.items()]
    return _HEAD + "\n".join([*lines, *clear]) + "\n"
