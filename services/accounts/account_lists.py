"""The accounts of people who work here, as administrators list and read them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.organisations import Organisation
from models.regions import Region
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate
from services.gate import Card, Part
from vocabulary.dates import today
from vocabulary.enums import AccountStatus, GrantStatus

PAGE = 50


class Listed(StrEnum):
    """Which accounts a list shows."""

    OPEN = "open"
    WAITING = "waiting"
    ENDED = "ended"


def counts(session: Session, viewer: Viewer, *, now: datetime) -> dict[Listed, int]:
    """Count the accounts of every list."""
    require(viewer, Act.GRANT_ROLE)
    return {
        listed: gate.count(session, viewer, Account, _is_listed(listed, now=now))
        for listed in Listed
    }


def listing(
    session: Session, viewer: Viewer, listed: Listed, *, page: int, now: datetime
) -> list[Card]:
    """List a page of accounts, newest first, each with its place and its standing grants."""
    require(viewer, Act.GRANT_ROLE)
    found = gate.cards(
        session,
        viewer,
        Account,
        parts=_parts(),
        where=(_is_listed(listed, now=now),),
        order_by=(Account.id.desc(),),
        limit=PAGE,
        offset=PAGE * (page - 1),
    )
    by_account: dict[str, list[Card]] = {}
    for grant in _grants(session, viewer, [card["ref"] for card in found], now=now):
        by_account.setdefault(grant["account"]["ref"], []).append(grant)
    return [card.and_also(grants=by_account.get(card["ref"], [])) for card in found]


def to_agree(session: Session, viewer: Viewer, *, now: datetime) -> int:
    """Count the roles that wait for this viewer: asked by another, and not for himself."""
    require(viewer, Act.GRANT_ROLE)
    others = (Grant.asked_by != viewer.actor, Grant.account_id != viewer.account_id)
    return gate.count(session, viewer, Grant, _waits(now=now), *others)


def _is_listed(listed: Listed, *, now: datetime) -> ColumnElement[bool]:
    match listed:
        case Listed.OPEN:
            return Account.status != AccountStatus.ENDED
        case Listed.WAITING:
            return Account.id.in_(select(Grant.account_id).where(_waits(now=now)))
        case Listed.ENDED:
            return Account.status == AccountStatus.ENDED


def _waits(*, now: datetime) -> ColumnElement[bool]:
    is_on = or_(Grant.until_on.is_(None), Grant.until_on >= today(now))
    return and_(Grant.status == GrantStatus.ASKED, is_on)


def show(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return one account with every grant it ever had. Raises NotFound."""
    require(viewer, Act.GRANT_ROLE)
    card = gate.card(session, viewer, Account, Account.ref == ref, parts=_parts())
    return card.and_also(
        grants=_grants(session, viewer, [ref], now=now),
        is_me=gate.row(session, viewer, Account, Account.ref == ref).id == viewer.account_id,
    )


def _parts() -> dict[str, Part]:
    return {
        "region": Part(Region, Region.code == Account.region_code, ("name", "level")),
        "organisation": Part(Organisation, Organisation.id == Account.organisation_id, ("name",)),
    }


def _grants(session: Session, viewer: Viewer, refs: Sequence[str], *, now: datetime) -> list[Card]:
    """Return accounts' grants with the names of both persons, and whether this viewer may agree."""
    parts = {"account": Part(Account, Account.id == Grant.account_id, ("ref", "login"))}
    theirs = Grant.account_id.in_(select(Account.id).where(Account.ref.in_(refs)))
    newest = (Grant.id.desc(),)
    found = gate.cards(session, viewer, Grant, parts=parts, where=(theirs,), order_by=newest)
    names, day = _names_of_actors(session, viewer, found), today(now)
    return [
        grant.and_also(
            asked_by_name=names.get(grant["asked_by"], ""),
            granted_by_name=names.get(grant["granted_by"] or "", ""),
            is_over=grant["until_on"] is not None and grant["until_on"] < day,
            asked_by_me=grant["asked_by"] == viewer.actor,
            for_me=f"account:{grant['account']['ref']}" == viewer.actor,
        )
        for grant in found
    ]


def _names_of_actors(session: Session, viewer: Viewer, grants: Sequence[Card]) -> dict[str, str]:
    actors = {one[key] or "" for one in grants for key in ("asked_by", "granted_by")}
    refs = [actor.removeprefix("account:") for actor in actors]
    found = gate.cards(
        session, viewer, Account, fields=("ref", "name"), where=(Account.ref.in_(refs),)
    )
    return {f"account:{card['ref']}": card["name"] for card in found}
