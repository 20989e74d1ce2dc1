"""The bank's statements of the demo world: what left our account stands on them the day after."""

from datetime import date, datetime, timedelta

from cli.demo.stage import Stage
from services.batches import payouts
from services.statements import statement_desk, statement_reading
from vocabulary import clock

HEADER = "交易日期,借方发生额,贷方发生额,对方户名,摘要,流水号"
_LATER = timedelta(days=30)


def show_debits(stage: Stage, day: date) -> None:
    """Let the collecting desk upload the statement of what was paid until a day."""
    stage.scene(day, lambda: _upload(stage), hour=10)


def _upload(stage: Stage) -> None:
    while lines := _debits(stage, clock.now()):
        book(stage, *lines)


def _debits(stage: Stage, now: datetime) -> list[str]:
    """Write a line for each batch that no statement has leaving yet."""
    silent = payouts.without_debit(stage.session, stage.who("bofu"), now=now + _LATER)
    return [
        f"{one['sent_on']:%Y%m%d},{one['sent_fen'] / 100:.2f},,,{one['memo']},D{one['memo']}"
        for one in silent
    ]


def book(stage: Stage, *lines: str) -> None:
    """Upload and book a statement of these lines."""
    session, now, by = stage.session, clock.now(), stage.who("shoukuan")
    table = "\n".join((HEADER, *lines, "")).encode("gb18030")
    judged = statement_reading.judged(session, by, "流水.csv", table)
    ref = statement_desk.keep(session, by, "流水.csv", judged, now=now)
    statement_desk.book(session, by, ref, now=now)
