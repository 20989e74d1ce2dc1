"""`flask townships place FILE`: where the middle of each township lies, for distances inside a banner."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from cli.answers import actor, say, told
from extensions import db
from services.importing import townships as places
from services.importing.townships import Fault, Judged
from services.writing import begin_writing
from vocabulary import clock

townships = AppGroup("townships", help="Where townships lie.")

_WORDS = {
    Fault.NO_CODE: "代码不是 9 位或 12 位数字",
    Fault.UNKNOWN: "没有这个代码的地方",
    Fault.NO_TOWNSHIP: "这个代码不是苏木乡镇",
    Fault.OTHER_NAME: "名称和代码对不上",
    Fault.NO_NUMBER: "经度或纬度不是数（要写成 123.72 这样）",
    Fault.SWAPPED: "经度和纬度写反了",
    Fault.OUTSIDE: "不在自治区范围里",
    Fault.FAR: "离这个旗县的中心太远，请核对代码",
    Fault.TWICE: "同一个地方前面已有一行，用前面的",
    Fault.NOT_YOURS: "不归这个人负责",
}


@townships.command("place")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Judge only; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the judgement as JSON.")
@click.option("--by", "login", help="Act as this login; the console otherwise.")
@told
def place(file: Path, *, dry_run: bool, as_json: bool, login: str | None) -> None:
    """Take a table of code, longitude, latitude (代码、经度、纬度); exit 1 if a line was left."""
    by, session = actor(login), db.session()
    judged = places.judge(session, by, file.name, _bytes(file))
    if not dry_run:
        session.rollback()
        begin_writing(session)
        places.take(session, by, judged, now=clock.now())
        session.commit()
    _answer(judged, as_json=as_json)
    if judged.faults:
        sys.exit(1)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        click.echo(f"打不开这个文件：{file}。请核对文件名，也看看有没有权限读。", err=True)
        sys.exit(1)


def _answer(judged: Judged, *, as_json: bool) -> None:
    left = [
        {"row": line.row, "code": line.code, "fault": str(line.fault)} for line in judged.faults
    ]
    good = len(judged.lines) - len(left)
    if as_json:
        return say({"fresh": len(judged.fresh), "same": good - len(judged.fresh), "left": left})
    for line in judged.faults:
        if line.fault:
            say(f"第 {line.row} 行：{_WORDS[line.fault]}。", as_json=False)
    counts = len(judged.fresh), good - len(judged.fresh), len(left)
    return say("新的 {} 处，原来就这样的 {} 处，没有用的 {} 行。".format(*counts), as_json=False)
