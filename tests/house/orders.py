"""The payment orders of two banners: one's own desk stands near its own."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from models.children import Child
from models.organisations import Organisation
from services.batches import orders
from tests.factories import OTHER_BANNER, an_open_batch, viewer
from tests.house.places import Places, Town, who_is
from vocabulary.enums import Role

_OPENED = date(2026, 10, 5)


def give(session: Session, town: Town, here: Places, now: datetime) -> None:
    """An order of the desk's own banner, and one of the banner beside it."""
    ours = who_is(session, town, "paying_desk", now)
    theirs = viewer(Role.PAYING_DESK, regions=(OTHER_BANNER,))
    made = []
    for by, school, child in (
        (ours, here.school, here.child),
        (theirs, here.far_school, here.stranger),
    ):
        batch = _open(session, here, school, child)
        made.append((orders.prepare(session, by, [batch], now=now), batch))
    (own, batch), (other, far_batch) = made
    town.give("payment_order", "paying_desk", own, other)
    town.give("ordered_batch", "paying_desk", batch, far_batch, here.batch.ref)


def _open(session: Session, here: Places, school: Organisation, child: Child) -> str:
    school.account_number = "6217000000000001"
    return an_open_batch(session, school, here.of(child), on=_OPENED).ref
