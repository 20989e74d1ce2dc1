"""Who has which child's case: an approver gives them out, one by one or a township at once."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.base import CASE, in_regions
from models.children import Child
from models.file_access import Assignment
from models.regions import Region
from privacy.permissions import Act, require
from privacy.viewers import Viewer, works_in
from services import gate, trace
from services.accounts.accounts import in_force
from services.children import child_file
from services.gate import Card
from vocabulary.dates import today
from vocabulary.enums import AccountStatus, ChildStatus
from vocabulary.errors import ActedBefore, BadInput, NotFound

_LIVE = Assignment.until_on.is_(None)


def colleagues(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List the case staff of the viewer's part who may be given a case: everybody but oneself."""
    require(viewer, Act.ASSIGN_CHILD)
    holds = select(Grant.account_id).where(Grant.role.in_(CASE), in_force(today(now)))
    return gate.cards(
        session,
        viewer,
        Account,
        fields=("ref", "name"),
        where=(
            Account.id.in_(holds),
            Account.status == AccountStatus.ACTIVE,
            Account.id != viewer.account_id,
        ),
        order_by=(Account.region_code, Account.login),
    )


def assign(session: Session, by: Viewer, child_ref: str, *, to: str, now: datetime) -> None:
    """Make a child the case of a colleague, by the colleague's ref. Raises ActedBefore for oneself.

    Whoever entered or verified the child keeps seeing the case.
    """
    require(by, Act.ASSIGN_CHILD)
    child = gate.row(session, by, Child, Child.ref == child_ref)
    actor = _actor(session, by, to, now=now)
    _give(session, by, [child.id], actor, now=now)
    trace.record(session, by, "child.assign", f"child:{child_ref}", now=now, why=actor)


def assign_place(session: Session, by: Viewer, code: str, *, to: str, now: datetime) -> int:
    """Give every child of a township that is nobody's case to one colleague; return how many."""
    require(by, Act.ASSIGN_CHILD)
    if not works_in(by, code):
        raise NotFound()
    actor = _actor(session, by, to, now=now)
    here = Viewer(by.roles, by.actor, regions=(code,))
    children = select(Child.id).where(in_regions(Child.region_code, here), _is_nobodys())
    ids = list(session.scalars(children.order_by(Child.id)))
    _give(session, by, ids, actor, now=now)
    detail = {"children": len(ids)}
    trace.record(
        session, by, "child.assign_place", f"region:{code}", now=now, why=actor, detail=detail
    )
    return len(ids)


def _actor(session: Session, by: Viewer, to: str, *, now: datetime) -> str:
    """Read a colleague's ref. Nobody gives a case to himself: that is what asking is for."""
    actor = f"account:{to}"
    if actor == by.actor:
        raise ActedBefore()
    if to not in {card["ref"] for card in colleagues(session, by, now=now)}:
        raise BadInput(field="to", reason="unknown")
    return actor


def _give(session: Session, by: Viewer, ids: list[int], actor: str, *, now: datetime) -> None:
    day = today(now)
    session.execute(
        update(Assignment).where(Assignment.child_id.in_(ids), _LIVE).values(until_on=day)
    )
    session.add_all(
        Assignment(child_id=key, actor=actor, since_on=day, assigned_by=by.actor) for key in ids
    )
    session.flush()


def _is_nobodys() -> ColumnElement[bool]:
    given = exists().where(Assignment.child_id == Child.id, _LIVE)
    return (Child.status != ChildStatus.ENDED) & ~given


def places(session: Session, viewer: Viewer) -> list[dict[str, object]]:
    """Count, per township of the viewer's part, the children and those that are nobody's case."""
    require(viewer, Act.ASSIGN_CHILD)
    township = func.substr(Child.region_code, 1, 9)
    rows = session.execute(
        select(township, func.count(), func.count().filter(_is_nobodys()))
        .where(in_regions(Child.region_code, viewer), Child.status != ChildStatus.ENDED)
        .group_by(township)
        .order_by(township)
    ).all()
    codes = [f"{prefix}000" for prefix, _, _ in rows]
    named = gate.cards(
        session, viewer, Region, fields=("code", "name"), where=(Region.code.in_(codes),)
    )
    names = {card["code"]: card["name"] for card in named}
    return [
        {"code": code, "name": names.get(code, ""), "children": total, "free": free}
        for code, (_, total, free) in zip(codes, rows, strict=True)
    ]


def place(session: Session, viewer: Viewer, code: str) -> dict[str, object]:
    """Return one township's counts. Raises NotFound."""
    found = [one for one in places(session, viewer) if one["code"] == code]
    if not found:
        raise NotFound()
    return found[0]


def holder_of(session: Session, viewer: Viewer, child_ref: str) -> str:
    """Return the name of the colleague to whom a child was given; empty for nobody."""
    mine = Assignment.child_id.in_(select(Child.id).where(Child.ref == child_ref))
    found = gate.cards(session, viewer, Assignment, where=(mine, _LIVE), limit=1)
    return child_file.name_of(session, viewer, found[0]["actor"] if found else None)
