"""The outbox as a job: into inboxes, then out of the house, one committed claim at a time."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from gateways.messages import Askable, Gateway, Message, Outcome
from jobs.run import Run
from services.notices import delivery, settling
from services.notices.delivery import House, Parcel
from vocabulary import clock
from vocabulary.enums import Channel, NoticeStatus

_LOG = logging.getLogger("weiguang.notices")
Gateways = Mapping[Channel, Gateway]
LONGEST = timedelta(minutes=8)
_BECAME = {
    Outcome.SENT: NoticeStatus.DELIVERED,
    Outcome.REFUSED: NoticeStatus.FAILED,
    Outcome.FAILED: NoticeStatus.WAITING,
    Outcome.UNKNOWN: NoticeStatus.UNCLEAR,
}
_TURNED_OUT = {Outcome.SENT: NoticeStatus.DELIVERED, Outcome.FAILED: NoticeStatus.WAITING}


def deliver(run: Run, *, gateways: Gateways, house: House) -> None:
    """Deliver what waits, for a few minutes at most: the next run takes the rest."""
    with run.slice() as now:
        settling.settle_lost(run.session, run.by, now=now)
    _ask(run, gateways)
    _fill_inboxes(run, house)
    with run.slice() as now:
        run.add(skipped=delivery.hold_late(run.session, run.by, now=now))
        delivery.mind_the_night(run.session, run.by, now=now)
    _fill_inboxes(run, house)  # the digest of what is held
    until = clock.now() + LONGEST
    while clock.now() < until and (parcel := _claim(run, house)) is not None:
        run.add(due=1)
        became = _BECAME[_sent(gateways, parcel)]
        with run.slice() as now:
            settling.settle(run.session, run.by, parcel.ref, became, now=now)
        run.add(**{"done" if became is NoticeStatus.DELIVERED else "failed": 1})


def _ask(run: Run, gateways: Gateways) -> None:
    """Ask of each SMS whose fate is unknown, under its own key, outside of any transaction."""
    with run.slice() as now:
        unknown = settling.to_ask(run.session, run.by, now=now)
    for ref, channel in unknown:
        way = gateways[channel]
        if not isinstance(way, Askable):
            continue
        became = _TURNED_OUT.get(_answer(way, ref))
        with run.slice() as now:
            settling.answered(run.session, run.by, ref, became, now=now)


def _answer(way: Askable, ref: str) -> Outcome:
    try:
        return way.ask(ref)
    except Exception:
        _LOG.exception("notice %s: nobody answered for it", ref)
        return Outcome.UNKNOWN


def _fill_inboxes(run: Run, house: House) -> None:
    looked_at = 1
    while looked_at:
        with run.slice() as now:
            looked_at = delivery.to_inboxes(run.session, run.by, now=now, house=house)
        run.add(due=looked_at, done=looked_at)


def _claim(run: Run, house: House) -> Parcel | None:
    with run.slice() as now:
        return delivery.claim(run.session, run.by, now=now, house=house)


def _sent(gateways: Gateways, parcel: Parcel) -> Outcome:
    """Send outside of any transaction; the claim is committed already.

    A way out that breaks in a way of its own may have sent: its message stops no other.
    """
    message = Message(key=parcel.ref, to=parcel.to, title=parcel.title, text=parcel.text)
    try:
        return gateways[parcel.channel].send(message)
    except Exception:
        _LOG.exception("notice %s: its way out broke", parcel.ref)
        return Outcome.UNKNOWN
