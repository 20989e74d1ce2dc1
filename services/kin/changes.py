"""A guardian or carer lost the telephone, or looks after the child no more.

Either way every link that went to them is dead from that moment. Another telephone takes two
(services/kin/phones.py).
"""

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.base import is_own
from models.children import Child, Kin
from models.notices import AccessLink
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.children.readiness import settle
from services.gate import Card
from services.kin import as_it_stood, warned
from vocabulary.dates import today
from vocabulary.enums import ChildStatus, KinEnd
from vocabulary.errors import AlreadyDecided, BadInput


def one(session: Session, viewer: Viewer, child_ref: str, ref: str) -> Card:
    """Return one of those who look after a child. Raises NotFound."""
    require(viewer, Act.ENTER_CHILD)
    its = Kin.child_id.in_(select(Child.id).where(Child.ref == child_ref))
    found = gate.card(session, viewer, Kin, Kin.ref == ref, its)
    return as_it_stood.with_phones(session, viewer, [found])[0]


def lose_phone(session: Session, by: Viewer, child_ref: str, ref: str, *, now: datetime) -> None:
    """Write down that there is no telephone any more: no link or news goes there from this moment.

    That another one shall stand in its place, or another card, is told there still (kin/warned.py).
    Raises AlreadyDecided for who looks after the child no more, BadInput where none stands.
    """
    child, kin = in_charge(session, by, child_ref, ref)
    if kin.phone is None:
        raise BadInput(field="phone", reason="no_phone")
    warned.keep_lost(session, kin, actor=by.actor, on=today(now))
    _shut_lost(session, kin, now=now)
    kin.phone = kin.phone_index = None
    settle(session, by, child, now=now)
    trace.record(session, by, "kin.phone", f"child:{child_ref}", now=now)


def relieve(
    session: Session, by: Viewer, child_ref: str, ref: str, *, why: KinEnd, now: datetime
) -> None:
    """Let somebody look after the child no more, from today. Raises AlreadyDecided."""
    child, kin = in_charge(session, by, child_ref, ref)
    kin.until_on = today(now)
    shut(session, kin, now=now)
    settle(session, by, child, now=now)
    trace.record(session, by, "kin.end", f"child:{child_ref}", now=now, why=why.value)


def in_charge(session: Session, by: Viewer, child_ref: str, ref: str) -> tuple[Child, Kin]:
    """Return a child and one of those who look after it. Raises AlreadyDecided, NotFound."""
    require(by, Act.ENTER_CHILD)
    child = gate.row(session, by, Child, Child.ref == child_ref)
    kin = gate.row(session, by, Kin, Kin.ref == ref, Kin.child_id == child.id)
    if kin.until_on is not None or child.status is ChildStatus.ENDED:
        raise AlreadyDecided()
    return child, kin


def shut(session: Session, kin: Kin, *, now: datetime) -> None:
    """End every link about this child that went to this person's telephone.

    Who else of the child's people is reached by the same one gets another link with the next news.
    """
    number = _plain(kin.phone)
    people = session.scalars(select(Kin).where(Kin.child_id == kin.child_id)).all()
    _end(
        session,
        [one.id for one in people if one is kin or (number and _plain(one.phone) == number)],
        now=now,
    )


def _shut_lost(session: Session, kin: Kin, *, now: datetime) -> None:
    """End every link that went to a telephone that is gone, about brothers and sisters as well."""
    shut(session, kin, now=now)
    _end(
        session,
        session.scalars(select(Kin.id).where(is_own(Kin.phone_index, kin.phone_index))),
        now=now,
    )


def _plain(phone: str | None) -> str | None:
    return re.sub(r"\D", "", phone).removeprefix("86") if phone else None


def _end(session: Session, keys: Iterable[int], *, now: datetime) -> None:
    session.execute(
        update(AccessLink)
        .where(AccessLink.kin_id.in_(list(keys)), AccessLink.revoked_at.is_(None))
        .values(revoked_at=now)
    )
