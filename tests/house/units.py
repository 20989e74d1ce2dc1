"""What a work unit's clerk hands over, and what another unit's does: batches, lines, children."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.accounts import Account
from models.children import Child
from models.harm import HarmReport
from models.organisations import Organisation
from models.stipends import Batch
from tests.factories import a_child, a_match, a_pledge, a_sent_batch, a_unit
from tests.house.places import SENT, Places, Town, who_is
from vocabulary.enums import Called, Route
from vocabulary.refs import slip_code, stipend_ref

_WHO = "unit_hand"


def give(session: Session, town: Town, here: Places, now: datetime) -> None:
    """His own unit's handles, and those of the unit beside it, a school's and a village's."""
    account = session.get_one(Account, town.sessions[_WHO][0])
    mine = session.get_one(Organisation, account.organisation_id)
    own, others = (
        _sent(session, here, unit, number)
        for number, unit in enumerate((mine, a_unit(session, "旗林业局")))
    )
    (child, batch, line), (stranger, far, strange) = own, others
    lines = strange, here.line(here.child), here.line(here.small)
    town.give("batch", _WHO, batch.ref, far.ref, here.batch.ref, here.village_batch.ref)
    town.give("line", _WHO, line, *lines)
    town.give("slip", _WHO, slip_code(line), *map(slip_code, lines))
    town.give("hands_child", _WHO, child.ref, stranger.ref, here.child.ref)
    actors = who_is(session, town, _WHO, now).actor, "account:x"
    told = [
        HarmReport(child_id=child.id, called=Called.POLICE, reported_by=actor, reported_at=now)
        for actor in actors
    ]
    session.add_all(told)
    session.flush()
    town.give("harm", _WHO, *(one.ref for one in told))


def _sent(
    session: Session, here: Places, unit: Organisation, number: int
) -> tuple[Child, Batch, str]:
    way = {"route": Route.WORK_UNIT, "hand_id": unit.id}
    child = a_child(session, here.school, name=("乌日娜", "苏雅")[number], **way)
    match = a_match(session, a_pledge(session, f"1380000007{number}")[0], child)
    batch = a_sent_batch(session, unit, match, on=SENT, route=Route.WORK_UNIT)
    return child, batch, stipend_ref(match.child_ref, SENT)
