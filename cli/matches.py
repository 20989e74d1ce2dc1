"""`flask matches`: the night's matching by hand, and the proof of any run."""

import sys
from typing import ClassVar, Self

import click
from click._termui_impl import ProgressBar
from flask.cli import AppGroup

from cli.answers import actor, say, told
from extensions import db
from jobs.matching import match_all
from jobs.run import Run
from matching import Phase, Progress
from services.gate import Card
from services.pairing import matching_runs
from services.runs import releasing
from services.writing import begin_writing
from vocabulary import clock
from vocabulary.dates import today

matches = AppGroup("matches", help="Pair pledges with children.")


@matches.command("run")
@click.option("--whole", is_flag=True, help="Match the whole region anew, not only what is new.")
@click.option("--by", "login", help="The login on whose behalf; the console if absent.")
@click.option("--json", "as_json", is_flag=True)
@told
def run(whole: bool, login: str | None, as_json: bool) -> None:
    """Match what is new; proposals that wait stay. A large run waits for somebody to release it."""
    by = actor(login)
    did: dict[str, int] = {}
    work = Run(db.session(), "matching", period=today(clock.now()), by=by)
    with _Bar() as bar:
        work.execute(lambda night: did.update(match_all(night, bar.show, whole=whole)))
    text = (
        "拟结对 {proposed} 对，等人放行 {waiting} 对，"
        "还在等的孩子 {unmatched_needs} 位，收回 {lapsed} 对。"
    )
    say(did if as_json else text.format_map(did), as_json=as_json)


class _Bar:
    """A bar on stderr while a run looks for pairs, and another while it chooses among them."""

    _WORDS: ClassVar[dict[Phase, str]] = {Phase.PAIRING: "找合适的", Phase.SOLVING: "配"}

    def __init__(self) -> None:
        self._bar: ProgressBar[int] | None = None
        self._at: tuple[Phase, int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def show(self, step: Progress) -> None:
        """Move the bar of this phase."""
        if self._bar is None or self._at is None or self._at[0] is not step.phase:
            self._close()
            words = {"label": self._WORDS[step.phase], "file": sys.stderr}
            self._bar = click.progressbar(length=step.of, **words)  # type: ignore[arg-type]
            self._at = step.phase, 0
        done = step.done - self._at[1]
        self._bar.update(max(0, done))
        self._at = step.phase, step.done

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.render_finish()


@matches.command("release")
@click.argument("run_ref", metavar="RUN")
@click.option("--by", "login", required=True, help="The login of whoever looked at the report.")
@told
def release(run_ref: str, login: str) -> None:
    """Let RUN's pairs go to their desks; its report stands on the page of the run."""
    by, session = actor(login), db.session()
    begin_writing(session)
    made = releasing.release(session, by, run_ref, now=clock.now())
    session.commit()
    say(f"放行了，提给各旗县 {made} 对。")


@matches.command("verify")
@click.argument("run_ref", metavar="RUN", required=False)
@click.option("--by", "login", help="The login on whose behalf; the console if absent.")
@click.option("--json", "as_json", is_flag=True)
@told
def verify(run_ref: str | None, login: str | None, as_json: bool) -> None:
    """Prove that RUN (the latest, if absent) was best and broke no rule; exit 1 if it does not."""
    by, session = actor(login), db.session()
    found = matching_runs.verify(session, by, run_ref or matching_runs.latest(session, by))
    say(dict(found) if as_json else _verdict(found), as_json=as_json)
    if found["gap"] or found["faults"]:
        sys.exit(1)


def _verdict(found: Card) -> str:
    """Say what was proved, and every rule that was broken."""
    if found["faults"]:
        return "\n".join(["这一次配对违反了规则：", *found["faults"]])
    if found["gap"]:
        bound = (
            f"上限里有 {found['searched']} 块是 CP-SAT 的，其余" if found["searched"] else "上限"
        )
        return f"规则都守住了；还没有证明是最好的，最多可能再好 {found['gap']} 分（{bound}由价格算出）。"
    parts = f"，其中 {found['searched']} 块由 CP-SAT 证明" if found["searched"] else ""
    return f"{found['made']} 对，共 {found['total']} 分：规则都守住了，没有更好的安排{parts}。"
