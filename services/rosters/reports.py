"""What comes out of judging a list: one row per record, with outcome, problems, notes and words."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from gateways.spreadsheets import Cell
from services.rosters.rows import DataRow, Skipped
from services.rosters.tables import Table

Progress = Callable[[int, int], None]
Record = TypeVar("Record")
Item = TypeVar("Item")

PROGRESS_EVERY = 200


class Outcome(StrEnum):
    """READY is taken; HELD is taken and waits for a paper; REFUSED comes back with the reason."""

    READY = "ready"
    HELD = "held"
    REFUSED = "refused"


class Problem(StrEnum):
    """The first group refuses a row, the second holds it."""

    DUPLICATE = "duplicate"
    NO_NAME = "no_name"
    ID_LOST_DIGITS = "id_lost_digits"
    ID_CHECKSUM = "id_checksum"
    SEX_MISMATCH = "sex_mismatch"
    BIRTH_MISMATCH = "birth_mismatch"
    NO_CONSENT = "no_consent"
    NO_SCHOOL = "no_school"
    BAD_PHONE = "bad_phone"


HOLDING = frozenset({Problem.NO_CONSENT, Problem.NO_SCHOOL, Problem.BAD_PHONE})


class Note(StrEnum):
    """Hints: none of them changes an outcome."""

    NO_ID = "no_id"
    CHECK_BY_HAND = "check_by_hand"
    ID_REGION_UNKNOWN = "id_region_unknown"
    ALREADY_KNOWN = "already_known"
    NO_SEX = "no_sex"
    SEX_FROM_ID = "sex_from_id"
    NO_BIRTH = "no_birth"
    BIRTH_UNREAD = "birth_unread"
    SCHOOL_NEW = "school_new"
    PHONE_MORE = "phone_more"
    PHONE_REMARK = "phone_remark"
    PHONE_MISSING = "phone_missing"
    CONSENT_UNDATED = "consent_undated"
    CONSENT_UNREAD = "consent_unread"
    AMOUNT_UNCLEAR = "amount_unclear"
    NEEDS_UNREAD = "needs_unread"
    TIMES_UNREAD = "times_unread"
    CAPACITY_ASSUMED = "capacity_assumed"
    ACCOUNT_LOST_DIGITS = "account_lost_digits"
    PLACE_UNKNOWN = "place_unknown"
    OTHER_BANNER = "other_banner"


NOTE_TEXTS: Mapping[Note, str] = {
    Note.NO_ID: "没有身份证号，可以先导入，以后补上。",
    Note.CHECK_BY_HAND: "是居住证或其他证件号码，请人工核对。",
    Note.ID_REGION_UNKNOWN: "身份证号前六位查不到对应的旗县，请核对。",
    Note.ALREADY_KNOWN: "系统里已有这个身份证号。",
    Note.NO_SEX: "没有写性别。",
    Note.SEX_FROM_ID: "性别没有写，按身份证号填上了。",
    Note.NO_BIRTH: "没有出生日期。",
    Note.BIRTH_UNREAD: "出生日期没有读懂，按身份证号填写或留空。",
    Note.SCHOOL_NEW: "系统里还没有这所学校，请核对校名或先导入学校。",
    Note.PHONE_MORE: "写了几个电话，取了第一个，其余记在电话备注里。",
    Note.PHONE_REMARK: "电话旁边的文字记在电话备注里。",
    Note.PHONE_MISSING: "没有写电话。",
    Note.CONSENT_UNDATED: "同意书没有写签署日期。",
    Note.CONSENT_UNREAD: "同意书一栏没有读懂，按未签处理。",
    Note.AMOUNT_UNCLEAR: "金额没有写明按月、按学期还是按年，没有采用。",
    Note.NEEDS_UNREAD: "帮扶需求没有读懂，请核对。",
    Note.TIMES_UNREAD: "可以去陪的时间没有读懂，算什么时候都可以，原话记在备注里。",
    Note.CAPACITY_ASSUMED: "可结对人数没有写或超出1到5，请核对。",
    Note.ACCOUNT_LOST_DIGITS: (
        "收款账号按数字存放，末几位已丢失，没有采用。请对照开户许可证在系统里补上。"
    ),
    Note.PLACE_UNKNOWN: "没有认出是哪个旗县，先放在你负责的地方，请核对。",
    Note.OTHER_BANNER: "在别的旗县，不归你负责，不会导入，请转给那里的妇联。",
}


@dataclass(frozen=True, slots=True)
class RosterRow(Generic[Record]):
    """One record of the list. `row` is the spreadsheet's number, `raw` its cells by label."""

    row: int
    outcome: Outcome
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    message: str
    record: Record | None
    raw: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Report(Generic[Record]):
    """The judged list. `notes` are Chinese sentences about the file, `skipped` its other rows."""

    rows: tuple[RosterRow[Record], ...]
    notes: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    labels: tuple[str, ...] = ()

    def count(self, outcome: Outcome) -> int:
        """Count the rows of one outcome."""
        return sum(1 for row in self.rows if row.outcome is outcome)

    def as_json(self) -> dict[str, object]:
        """Return what `import ... --json` prints."""
        rows = [
            {
                "row": r.row,
                "outcome": r.outcome.value,
                "problems": list(r.problems),
                "notes": list(r.notes),
                "message": r.message,
            }
            for r in self.rows
        ]
        counts = {outcome.value: self.count(outcome) for outcome in Outcome}
        return {**counts, "rows": rows, "file_notes": list(self.notes)}


@dataclass(slots=True)
class Findings:
    """Collects what is wrong with one row and what to say about it."""

    problems: dict[Problem, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def add(self, problem: Problem, sentence: str) -> None:
        """Record a problem and how to put it right."""
        self.problems.setdefault(problem, sentence)

    def note(self, note: Note, *, when: object = True) -> None:
        """Record a hint where the condition holds."""
        if when and note not in self.notes:
            self.notes.append(note)

    def row(self, data: DataRow, record: Record) -> RosterRow[Record]:
        """Close the findings into the row's verdict, what refuses before what holds."""
        problems = sorted(self.problems, key=list(Problem).index)
        outcome = Outcome.HELD if problems else Outcome.READY
        if not HOLDING.issuperset(problems):
            outcome = Outcome.REFUSED
        sentences = [self.problems[p] for p in problems]
        return RosterRow(
            data.number,
            outcome,
            tuple(p.value for p in problems),
            tuple(n.value for n in self.notes),
            "".join(sentences),
            record,
            data.raw,
        )


@dataclass(frozen=True, slots=True)
class Opened(Generic[Record]):
    """A list whose header was found. Its records are judged once each, in order: they compare."""

    table: Table
    judge: Callable[[DataRow], RosterRow[Record]]
    notes: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many records the list has."""
        return len(self.table.rows)

    def judged(self) -> Iterator[RosterRow[Record]]:
        """Judge record after record, when asked for the next."""
        return map(self.judge, self.table.rows)

    def about(self, rows: Iterable[RosterRow[Record]] = ()) -> Report[Record]:
        """Return a report of these rows with what the file says besides."""
        return Report(tuple(rows), self.notes, self.table.skipped, self.table.header.labels)

    def report(self, progress: Progress | None = None) -> Report[Record]:
        """Judge every record and tell `progress` how far it is."""
        return self.about(watched(self.judged(), self.total, progress))


def watched(rows: Iterable[Item], total: int, progress: Progress | None) -> Iterator[Item]:
    """Hand the rows on, and say now and then how many they were."""
    for done, row in enumerate(rows, 1):
        yield row
        if progress and (done % PROGRESS_EVERY == 0 or done == total):
            progress(done, total)
