"""S1: the whole stipend run (open, fund, batch) against a bare peer and Core with dicts.

The bare peer is raw executemany on SQLite, COPY on PostgreSQL.

S2: the same run once more, which adds nothing. All write the same rows under the same pragmas.
Each ratio is told twice, by the clock on the wall and by the time of the processor: on a machine
that others use as well, the second is the steadier one.
"""

from collections.abc import Callable
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, func, insert, select, text

from benchmarks import clocks
from benchmarks.clocks import Took
from benchmarks.world import START, bare, copied, template
from extensions import db
from jobs.run import Run
from jobs.stipends import open_and_fund
from models.jobs import JobRun
from models.ledger import Posting, Transaction
from models.stipends import Fact, Stipend
from tests.plugins.databases import IS_POSTGRESQL

ROWS_EACH = 9
_NOW = "2026-11-01 00:00:00.000000"
_FACT = ("stipend_id", "kind", "on", "by", "evidence", "run_id", "noted_at")
_DAY = START.isoformat()


def measure(*, count: int, rounds: int) -> list[str]:
    """Return the lines of S1 and S2."""
    bare_peers = {"copy": _copy} if IS_POSTGRESQL else {"raw": _raw}
    peers: list[tuple[str, Callable[[Path], Took]]] = [*bare_peers.items(), ("core", _core)]
    took: dict[str, list[Took]] = {name: [] for name in ("ours", "again", *dict(peers))}
    with template(count) as folder:
        for number in range(rounds):
            order = [("ours", None), *peers] if number % 2 else [*peers, ("ours", None)]
            for name, peer in order:
                with copied(folder) as (_, path):
                    if peer is None:
                        first, again = _ours(count)
                        took["ours"].append(first)
                        took["again"].append(again)
                    else:
                        took[name].append(peer(path))
    return _lines(took, count)


def _lines(took: dict[str, list[Took]], count: int) -> list[str]:
    speed = count * ROWS_EACH / median(wall for wall, _ in took["ours"])
    scale = f"{speed:,.0f} rows/s, {count:,} pledges"
    again = f"a second run takes {clocks.ratio(took, 'again', 'ours')} of the first (at most .15)"
    if IS_POSTGRESQL:
        copy, core = (clocks.ratio(took, peer, "ours") for peer in ("copy", "core"))
        return [
            f"S1 PostgreSQL {copy} COPY (promise >= .5), {core} Core with dicts; {scale}",
            f"S2 PostgreSQL {again}",
        ]
    raw, core = (clocks.ratio(took, peer, "ours") for peer in ("raw", "core"))
    return [
        f"S1 SQLite {raw} raw executemany (promise >= .6), {core} Core with dicts "
        f"(promise >= 1.5); {scale}",
        f"S2 SQLite {again}",
    ]


def _ours(count: int) -> tuple[Took, Took]:
    session = db.session()
    times = []
    for _ in range(2):
        began = clocks.now()
        Run(session, "stipends", period=START).execute(open_and_fund)
        times.append(clocks.since(began))
    assert session.scalar(select(func.count(Stipend.batch_id))) == count
    assert session.scalar(select(func.count(Fact.id))) == 2 * count
    return times[0], times[1]


def _frame(engine: Engine) -> int:
    """Write what the rows point at: a run and a batch."""
    with engine.begin() as connection:
        connection.execute(
            insert(JobRun).values(name="x", period=START, started_at=_instant(), token=0)
        )
        connection.execute(
            text(
                "INSERT INTO batches (ref, memo, route, region_code, month, number, status, opened_on, "
                "last_reminder) SELECT 'x', 'x', 'school', region_code, :d, 1, 'open', :d, 0 "
                "FROM children LIMIT 1"
            ),
            {"d": _DAY},
        )
        return connection.scalar(select(func.max(Transaction.id))) or 0


def _instant():
    from vocabulary.dates import at

    return at(START)


def _stipend(key: int, match_id: int, amount: int) -> tuple[object, ...]:
    return key, match_id, _DAY, amount, 1, 1, 1, _DAY, _DAY


_COLUMNS = {
    "stipends": (
        "id", "match_id", "due_on", "amount_fen", "run_id", "batch_id", "is_funded",
        "promised_on", "received_on",
    ),
    "facts": _FACT,
    "transactions": ("id", "kind", "on", "stipend_id", "run_id", "by"),
    "postings": ("transaction_id", "account", "pledge_id", "amount"),
}  # fmt: skip


def _rows(matches: list[tuple[int, int, int]], last: int) -> dict[str, list[tuple[object, ...]]]:
    facts = [
        (key, kind, _DAY, "engine", "ledger", 1, _NOW)
        for key in range(1, len(matches) + 1)
        for kind in ("promised", "received")
    ]
    transactions, postings = [], []
    legs = {"opened": ("promised", "owed"), "funded": ("prepaid", "promised")}
    for key, (_, pledge, amount) in enumerate(matches, start=1):
        for kind, (debit, credit) in legs.items():
            last += 1
            transactions.append((last, kind, _DAY, key, 1, "engine"))
            postings += [(last, debit, pledge, amount), (last, credit, pledge, -amount)]
    stipends = [_stipend(key, m, amount) for key, (m, _, amount) in enumerate(matches, start=1)]
    return {
        "stipends": stipends,
        "facts": facts,
        "transactions": transactions,
        "postings": postings,
    }


_MATCHES = "SELECT id, pledge_id, instalment_fen FROM matches WHERE starts_on <= ? ORDER BY id"


def _raw(path: Path) -> Took:
    last = _frame(db.engine)
    connection = bare(path)
    began = clocks.now()
    connection.execute("BEGIN IMMEDIATE")
    matches = connection.execute(_MATCHES, (_DAY,)).fetchall()
    for table, rows in _rows(matches, last).items():
        names = ", ".join(f'"{name}"' for name in _COLUMNS[table])
        marks = ", ".join("?" * len(_COLUMNS[table]))
        connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
    connection.execute("COMMIT")
    took = clocks.since(began)
    connection.close()
    return took


def _copy(_path: Path) -> Took:
    """What PostgreSQL itself does fastest: the same rows by COPY, one transaction."""
    last = _frame(db.engine)
    began = clocks.now()
    raw = db.engine.raw_connection()
    try:
        with raw.cursor() as cursor:
            found = cursor.execute(_MATCHES.replace("?", "%s"), (_DAY,)).fetchall()
            for table, rows in _rows(found, last).items():
                names = ", ".join(f'"{name}"' for name in _COLUMNS[table])
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as into:
                    for row in rows:
                        into.write_row(row)
        raw.commit()
    finally:
        raw.close()
    return clocks.since(began)


def _core(_path: Path) -> Took:
    last = _frame(db.engine)
    began = clocks.now()
    tables = {t.__tablename__: t.__table__ for t in (Stipend, Fact, Transaction, Posting)}
    with db.engine.begin() as connection:
        marked = _MATCHES.replace("?", "%s") if IS_POSTGRESQL else _MATCHES
        found = connection.exec_driver_sql(marked, (_DAY,)).fetchall()
        for name, rows in _rows([tuple(row) for row in found], last).items():
            typed = [_typed(dict(zip(_COLUMNS[name], row, strict=True))) for row in rows]
            connection.execute(insert(tables[name]), typed)
    return clocks.since(began)


def _typed(row: dict[str, object]) -> dict[str, object]:
    """Give Core what its column types take: days and instants instead of their text."""
    for name in ("due_on", "promised_on", "received_on", "on"):
        if name in row:
            row[name] = START
    if "noted_at" in row:
        row["noted_at"] = _AT
    return row


_AT = _instant()
