"""最近活动: what one's own login did lately, by day and kind of device. No address, no hour."""

from datetime import datetime

from sqlalchemy import ColumnElement, literal, select
from sqlalchemy.orm import Session

from models.accounts import Account
from models.security import AccountEvent
from privacy.viewers import Viewer
from services import gate
from services.gate import Card
from services.writing import insert_into
from vocabulary.dates import today
from vocabulary.enums import Activity, Device

SHOWN = 60


def note(
    session: Session,
    account_id: int,
    kind: Activity,
    *,
    now: datetime,
    device: Device = Device.OTHER,
    about: str = "",
) -> None:
    """Keep that something happened to an account; `about` is a role's word or empty."""
    _keep(session, Account.id == account_id, kind, now=now, device=device, about=about)


def note_failed_try(session: Session, login: str, *, now: datetime, device: Device) -> None:
    """Keep a wrong password for its owner to see; an unknown login costs the same statement."""
    _keep(session, Account.login == login, Activity.FAILED_TRY, now=now, device=device)


def _keep(
    session: Session,
    whose: ColumnElement[bool],
    kind: Activity,
    *,
    now: datetime,
    device: Device,
    about: str = "",
) -> None:
    values = {"on": today(now), "kind": kind, "device": device, "about": about, "times": 1}
    table = AccountEvent.__table__.c
    row = select(Account.id, *(literal(v, table[name].type) for name, v in values.items()))
    session.execute(
        insert_into(session, AccountEvent)
        .from_select(["account_id", *values], row.where(whose))
        .on_conflict_do_update(
            index_elements=["account_id", "on", "kind", "device", "about"],
            set_={"times": AccountEvent.times + 1},
        )
    )


def mine(session: Session, viewer: Viewer) -> list[Card]:
    """List what happened to one's own login, the newest day first."""
    return gate.cards(
        session,
        viewer,
        AccountEvent,
        order_by=(AccountEvent.on.desc(), AccountEvent.kind, AccountEvent.device),
        limit=SHOWN,
    )
