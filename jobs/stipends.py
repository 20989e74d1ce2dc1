"""The stipend run as a job: open what is due, fund what is paid for, bridge the rest, batch it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jobs.run import Run
from services import leaps
from services.batches import filling
from services.books import funding, kept_again, write_offs
from services.earmarks import surgery
from services.fund import bridging, gap_fund, running_dry, standing_in
from services.giving import gifting, rests
from services.pledges import taking_effect
from services.routes import arrivals
from services.stipends import due, news, stipends
from services.stipends.due import Keys
from services.stipends.stipends import Slice
from vocabulary import clock


def open_and_fund(run: Run) -> None:
    """Open every instalment due by the run's period, fund them, and put them into batches."""
    with run.slice() as now:
        leaps.refuse_to_open(run.session)
        taking_effect.apply_changes(run.session, run.by, on=run.period, now=now)
        arrivals.settle(run.session, run.by, on=run.period, now=now)
        standing_in.stand_in(run.session, run.by, on=run.period, now=now)
        due.fill_periods(run.session, run.by, until=run.period)
        run.add(due=due.count_due(run.session, run.by, on=run.period)[0])
    _open(run)
    _fund(run)
    _give(run)
    _make_good(run)
    _bridge(run)
    _batch(run)
    with run.slice() as now:
        rests.set_apart(run.session, run.by, on=run.period, now=now)
        running_dry.mark(run.session, run.by, on=run.period, now=now)
        gap_fund.warn(run.session, run.by, on=run.period, now=now)
        run.notices = news.unpaid(run.session, run.by, run_id=run.id, now=now)


def _open(run: Run) -> None:
    def find(after: int) -> Keys:
        return due.matches_to_open(run.session, run.by, on=run.period, after=after)

    def work(keys: Sequence[int], now: datetime) -> Mapping[str, int]:
        did = stipends.open_due(run.session, run.by, Slice(run.id, keys, run.period, now))
        return {"done": did.opened, "skipped": did.set_aside}

    def refuse(key: int, now: datetime) -> None:
        part = Slice(run.id, [key], run.period, now)
        run.add(skipped=stipends.set_aside_bad(run.session, run.by, part))

    for key in due.matches_apart(run.session, run.by, on=run.period):
        run.add(failed=1)
        with run.slice() as now:
            refuse(key, now)
    run.sift(find, work, refuse)


def _give(run: Run) -> None:
    """Open and fund the gifts whose money is there once every instalment has its own."""
    with run.slice() as now:
        given = gifting.give_due(run.session, run.by, on=run.period, now=now)
    if given:
        run.add(due=given)
        _open(run)
        _fund(run)


def _fund(run: Run) -> None:
    def find(after: int) -> Keys:
        return funding.pledges_to_fund(run.session, run.by, after=after)

    def work(keys: Sequence[int], now: datetime) -> Mapping[str, int]:
        funding.fund(run.session, run.by, keys, run_id=run.id, now=now)
        return {}

    run.sift(find, work, _leave)


def _make_good(run: Run) -> None:
    """Let what was lost go out again, older than what is due today; and pay promised surgeries."""
    with run.slice() as now:
        write_offs.make_good_waiting(run.session, run.by, now=now)
        kept_again.tell_made_good(run.session, run.by, now=now)
        kept_again.pay_waiting(run.session, run.by, on=run.period, now=now)
        surgery.pay(run.session, run.by, now=now)


def _bridge(run: Run) -> None:
    """Pay what is left from the gap fund, due days in their order: its keys come in no other."""
    refused: set[int] = set()

    def find(_after: int) -> Keys:
        now = clock.now()
        return bridging.to_bridge(run.session, run.by, on=run.period, now=now, refused=refused)

    def work(keys: Sequence[int], now: datetime) -> Mapping[str, int]:
        run.bridged += bridging.bridge(run.session, run.by, keys, run_id=run.id, now=now)
        return {}

    def refuse(key: int, _now: datetime) -> None:
        refused.add(key)

    run.sift(find, work, refuse)
    with run.slice() as now:
        surgery.pay_from_fund(run.session, run.by, now=now)


def _batch(run: Run) -> None:
    def find(after: int) -> Keys:
        return filling.without_batch(run.session, run.by, after=after)

    def work(keys: Sequence[int], now: datetime) -> Mapping[str, int]:
        filling.build(run.session, run.by, keys, on=run.period, now=now)
        return {}

    run.sift(find, work, _leave)


def _leave(_key: int, _now: datetime) -> None:
    """Leave it, counted as failed: money unused and unbatched stays in the queues."""
