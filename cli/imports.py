"""`flask import children|volunteers|schools|bank FILE`: judge a list, and take what is sound."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import current_app
from flask.cli import AppGroup
from flask_migrate import upgrade
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from cli.answers import actor, say, told
from extensions import db
from privacy.viewers import Viewer, works_in
from services.importing import judging, reading, taking
from services.importing.judging import Judged
from services.importing.placing import index_of
from services.rosters.reports import Progress
from services.statements import statement_desk, statement_reading
from services.writing import begin_writing
from vocabulary import clock
from vocabulary.enums import ImportKind

import_ = AppGroup("import", help="Take lists of children, volunteers and schools.")
_TABLE = "import_rows"


def _command(kind: ImportKind, about: str) -> None:
    @import_.command(kind.value, help=about)
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--dry-run", is_flag=True, help="Judge only; write nothing.")
    @click.option("--json", "as_json", is_flag=True, help="Print the judgement as JSON.")
    @click.option("--by", "login", help="Act as this login; the console otherwise.")
    @click.option("--region", help="Take only what lies in this division (12 digits).")
    @told
    def run(
        file: Path, *, dry_run: bool, as_json: bool, login: str | None, region: str | None
    ) -> None:
        data = _bytes(file)
        session = _database(is_needed=not dry_run)
        by = _actor(session, login, region)
        with _bar("judging") as progress:
            judged = judging.start(session, by, kind, file.name, data).whole(progress)
        if session and not dry_run:
            _take(session, by, kind, file.name, judged)
        _answer(judged, as_json=as_json)


_command(ImportKind.CHILDREN, "A roster of children.")
_command(ImportKind.VOLUNTEERS, "A sign-up list of volunteers.")
_command(ImportKind.SCHOOLS, "A list of schools.")


def _our_account() -> str:
    account: str = current_app.config["SETTINGS"].operator.bank_account
    return account


@import_.command("bank", help="A statement of our account, as the bank gives it.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Read only; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what was read as JSON.")
@click.option("--by", "login", help="Act as this login; the console otherwise.")
@told
def bank(file: Path, *, dry_run: bool, as_json: bool, login: str | None) -> None:
    """Suggestions are not taken here: they wait in 待核对到账 for a person's look."""
    data = _bytes(file)
    session = _database(is_needed=not dry_run)
    by = _actor(session, login, None)
    read = statement_reading.judged(session, by, file.name, data, own=_our_account())
    if session and not dry_run:
        session.rollback()
        begin_writing(session)
        ref = statement_desk.keep(session, by, file.name, read, now=clock.now())
        count = statement_desk.book(session, by, ref, now=clock.now())
        session.commit()
        click.echo(f"已入账 {count} 笔。", err=True)
    for note in read.notes:
        click.echo(note, err=True)
    answer = read.as_json()
    text = (
        "流水 {lines} 行：对上 {matched}，有线索 {suggested}，待核对 {unmatched}，支出 {outgoing}。"
    )
    say(answer if as_json else text.format(**answer), as_json=as_json)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        _fail(f"打不开这个文件：{file}。请核对文件名，也看看有没有权限读。")


def _database(*, is_needed: bool) -> Session | None:
    """Return the session; an empty database is migrated if it is needed and left alone if not."""
    url = db.engine.url
    is_absent = url.get_backend_name() == "sqlite" and not Path(url.database or "").exists()
    if not is_absent and inspect(db.engine).has_table(_TABLE):
        return db.session()
    if not is_needed:
        return None
    upgrade()
    return db.session()


def _actor(session: Session | None, login: str | None, region: str | None) -> Viewer:
    """Return who acts, narrowed to a division where one is given."""
    if session is None and login:
        _fail("数据库还没有建好，查不到登录名。先运行 flask --app app db upgrade。")
    by = actor(login)
    if region is None:
        return by
    if not works_in(by, region) or (session and region not in index_of(session).by_code):
        _fail("没有这个地区代码，或它不归这个人负责。")
    return replace(by, regions=(region,))


def _fail(text: str) -> NoReturn:
    click.echo(text, err=True)
    sys.exit(1)


def _take(session: Session, by: Viewer, kind: ImportKind, name: str, judged: Judged) -> None:
    """Take the list slice by slice, each in a transaction of its own."""
    session.rollback()
    begin_writing(session)
    ref = reading.keep(session, by, kind, name, judged, now=clock.now())
    counts = taking.begin(session, by, ref, now=clock.now())
    session.commit()
    with _bar("taking") as progress:
        while not counts.is_finished:
            begin_writing(session)
            counts = taking.take_slice(session, by, ref, now=clock.now())
            session.commit()
            progress(counts.done, counts.total)
    click.echo(
        f"已导入 {counts.taken} 行，没有导入 {len(judged.report.rows) - counts.taken} 行。",
        err=True,
    )


@contextmanager
def _bar(label: str) -> Iterator[Progress]:
    """Draw a progress bar on stderr, where somebody watches."""
    bars: list[Any] = []

    def show(done: int, total: int) -> None:
        if not bars:
            bars.append(click.progressbar(length=total, label=label, file=sys.stderr))
        bars[0].update(done - bars[0].pos)

    yield show
    for bar in bars:
        bar.render_finish()


def _answer(judged: Judged, *, as_json: bool) -> None:
    told_all = judged.report.as_json()
    for note in judged.report.notes:
        click.echo(note, err=True)
    if as_json:
        say({key: told_all[key] for key in ("ready", "held", "refused", "rows")})
        return
    for row in judged.report.rows:
        if row.message:
            say(f"第 {row.row} 行：{row.message}", as_json=False)
    counts = told_all["ready"], told_all["held"], told_all["refused"]
    say("可以导入 {} 行，待补材料 {} 行，退回 {} 行。".format(*counts), as_json=False)
