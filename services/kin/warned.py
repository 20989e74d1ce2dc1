"""Who may still object before another telephone or card of a family holds.

Whoever looks after the child, and unless the child is in danger whoever ceased to lately: so who
relieves somebody, or writes down his telephone as lost, does not thereby silence him. The lost
number itself is told of such a change, and of nothing else.
"""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.children import Child, Kin
from vocabulary.enums import AmendmentKind, AmendmentStatus

TELLS_THE_LAST = timedelta(days=92)


def warned(session: Session, child_id: int, *also: ColumnElement[bool], on: date) -> list[int]:
    """Return the keys of whom a change of a child's telephone or card is told."""
    is_safe = not session.get_one(Child, child_id).in_danger
    lately = Kin.until_on >= on - TELLS_THE_LAST
    stays = or_(Kin.until_on.is_(None), lately) if is_safe else Kin.until_on.is_(None)
    has_way = or_(
        Kin.phone.is_not(None), Kin.id.in_(_losses(on).with_only_columns(Amendment.kin_id))
    )
    found = select(Kin.id).where(Kin.child_id == child_id, has_way, stays, *also)
    return list(session.scalars(found.order_by(Kin.id)))


def number_of(session: Session, kin: Kin, *, on: date) -> str | None:
    """Return where somebody is warned: the telephone that stands, else the one lost lately."""
    if kin.phone is not None:
        return kin.phone
    last = _losses(on).where(Amendment.kin_id == kin.id).order_by(Amendment.id.desc()).limit(1)
    return session.scalar(last)


def keep_lost(session: Session, kin: Kin, *, actor: str, on: date) -> None:
    """Keep the number that somebody wrote down as lost, as a change that is done."""
    session.add(
        Amendment(
            kind=AmendmentKind.KIN_PHONE,
            child_id=kin.child_id,
            kin_id=kin.id,
            name=kin.name,
            number_before=kin.phone,
            reason="电话丢了",
            status=AmendmentStatus.DONE,
            asked_by=actor,
            asked_on=on,
        )
    )


def _losses(on: date) -> Select[str | None]:
    return select(Amendment.number_before).where(
        Amendment.kind == AmendmentKind.KIN_PHONE,
        Amendment.status == AmendmentStatus.DONE,
        Amendment.number.is_(None),
        Amendment.asked_on >= on - TELLS_THE_LAST,
    )
