"""The gap fund 爱心备用金 as staff see it: what it has, whom it carries, and for how long.

Case staff see their own children and why; how much is there only in whole hundreds of yuan, since an
odd sum would tell what somebody gave. The auditor sees the sums of the books and no child. How far a
sponsor has paid ahead, or that he is a few days late, no page says of a child: who hears that somebody
paid yesterday would find his child by it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.children import Child, Need
from models.ledger import Posting
from models.pledges import Match, Pledge, PledgeChange
from models.regions import Region
from models.stipends import Stipend
from privacy.permissions import CASE_STAFF, Act, require
from privacy.viewers import Viewer
from services import gate
from services.books import ledger
from services.fund import bridging
from services.gate import Card, Part
from services.notices import notices
from vocabulary.dates import today
from vocabulary.enums import (
    AccountKind,
    ChangeKind,
    ChangeStatus,
    FundReason,
    MatchStatus,
    NoticeKind,
    PledgeStatus,
    Rhythm,
)
from vocabulary.errors import NotFound
from vocabulary.fund_runway import Burden, Reach, reach
from vocabulary.money import Fen
from vocabulary.schedule import STANDARD, STEP_MONTHS, next_due

WARNED_BEFORE = timedelta(days=60)
ROUND = 10_000
"""Fen to which case staff read the balance, rounded down."""
_PLACE_OF = aliased(Match)
_OWED = and_(Stipend.bridged_on.is_not(None), Stipend.received_on.is_(None))
_TOLD = (FundReason.STOPPED, FundReason.PAUSED, FundReason.DRY)
"""Of a child for another reason, what the fund paid would say that its sponsor is late."""
_CHILD = ("ref", "name", "stage", "grade")


@dataclass(frozen=True, slots=True)
class Forecast:
    """Whom the fund carries or soon has to, why, and how far its money reaches."""

    burdens: Sequence[Burden]
    why: Mapping[int, FundReason]
    reach: Reach


def page(session: Session, viewer: Viewer, *, now: datetime) -> Card:
    """Return the fund's sums and reach; for case staff with their own children in it."""
    require(viewer, Act.SEE_GAP_FUND)
    seen = forecast(session, on=today(now))
    is_staff = not viewer.roles.isdisjoint(CASE_STAFF)
    money = bridging.balance(session)
    return Card(
        {
            "balance_fen": money // ROUND * ROUND if is_staff else money,
            "is_rounded": is_staff,
            **_carried_sums(seen, shows_late=not is_staff),
            "months": seen.reach.in_all,
            "fails_on": seen.reach.first_failure,
            **({} if is_staff else _sums(session)),
            "children": _children(session, viewer, seen) if is_staff else [],
            "shows_children": is_staff,
        }
    )


def _carried_sums(seen: Forecast, *, shows_late: bool) -> dict[str, int]:
    """Count whom the fund carries; for case staff without those who are only a few days late."""
    counted = [
        one for one in seen.burdens if shows_late or seen.why[one.key] is not FundReason.UNPAID
    ]
    return {"carried": len(counted), "monthly_fen": sum(one.monthly for one in counted)}


def _sums(session: Session) -> dict[str, int]:
    """Add up what the fund has paid, and what of it came back."""
    sums = (func.count(), func.coalesce(func.sum(Stipend.amount_fen), 0))
    paid = (Stipend.bridged_on.is_not(None), Stipend.cancelled_on.is_(None))
    count, fen = session.execute(select(*sums).where(*paid)).one()
    back, back_fen = session.execute(
        select(*sums).where(*paid, Stipend.received_on.is_not(None))
    ).one()
    earmarked = -ledger.balance(session, AccountKind.EARMARKED)
    return {
        "earmarked_fen": earmarked,
        "paid": count,
        "paid_fen": fen,
        "back": back,
        "back_fen": back_fen,
    }


def _children(session: Session, viewer: Viewer, seen: Forecast) -> list[Card]:
    named = (key for key, why in seen.why.items() if why is not FundReason.UNPAID)
    keys = {key: place for place, key in enumerate(named)}
    refs = {
        ref: key
        for key, ref in session.execute(select(Match.id, Match.child_ref).where(Match.id.in_(keys)))
    }
    found = gate.cards(
        session,
        viewer,
        Match,
        parts={
            "child": Part(Child, Child.id == Match.child_id, _CHILD),
            "place": Part(Region, Region.code == Child.region_code, ("name",)),
        },
        fields=("child_ref", "instalment_fen", "rhythm", "dry_on"),
        where=(Match.id.in_(keys),),
    )
    paid = _paid(session, list(keys))
    cards = [_told(card, refs[card["child_ref"]], seen, paid) for card in found]
    return sorted(cards, key=lambda card: (card["months"], keys[refs[card["child_ref"]]]))


def _told(card: Card, key: int, seen: Forecast, paid: Mapping[int, int]) -> Card:
    return card.and_also(
        why=seen.why[key],
        monthly_fen=card["instalment_fen"] // STEP_MONTHS[card["rhythm"]],
        months=seen.reach.months[key],
        fails_on=seen.reach.fails_on.get(key),
        paid=paid.get(key, 0) if seen.why[key] in _TOLD else None,
    )


def _paid(session: Session, keys: Sequence[int]) -> dict[int, int]:
    """Count the instalments of each match that the fund paid; never what was paid back."""
    rows = session.execute(
        select(Stipend.match_id, func.count())
        .where(Stipend.match_id.in_(keys), Stipend.bridged_on.is_not(None))
        .group_by(Stipend.match_id)
    )
    return {key: count for key, count in rows}


def forecast(session: Session, *, on: date) -> Forecast:
    """Return whom the fund carries, or has to within 60 days, and how far it reaches."""
    rows = session.execute(_carried(on)).all()
    burdens, why = [], {}
    for match, status, place_status, until in rows:
        why[match.id] = _why(match, place_status, status, on)
        burdens.append(_burden(match, why[match.id], until, on))
    return Forecast(burdens, why, reach(bridging.balance(session), burdens, after=on))


def _carried(on: date) -> Select[Match, PledgeStatus, MatchStatus, date | None]:
    owed = exists().where(Stipend.match_id == Match.id, _OWED, Stipend.cancelled_on.is_(None))
    until = (
        select(func.max(PledgeChange.until_on))
        .where(
            PledgeChange.pledge_id == _PLACE_OF.pledge_id,
            PledgeChange.kind == ChangeKind.PAUSE,
            PledgeChange.status == ChangeStatus.APPLIED,
        )
        .scalar_subquery()
    )
    soon = Match.ends_on <= on + WARNED_BEFORE
    return (
        select(Match, Pledge.status, _PLACE_OF.status, until)
        .join(Pledge, Pledge.id == Match.pledge_id)
        .outerjoin(_PLACE_OF, _PLACE_OF.id == Match.stands_in_for_id)
        .outerjoin(Need, Need.id == Match.need_id)
        .where(
            Match.status == MatchStatus.ACTIVE,
            or_(
                Match.stands_in_for_id.is_not(None),
                Match.dry_on.is_not(None),
                Pledge.status == PledgeStatus.ENDING,
                soon,
                owed,
            ),
        )
        .order_by(Need.since_on, Match.id)
    )


def _why(match: Match, place: MatchStatus | None, status: PledgeStatus, on: date) -> FundReason:
    if match.stands_in_for_id is not None:
        return FundReason.PAUSED if place is MatchStatus.ACTIVE else FundReason.STOPPED
    if match.dry_on is not None:
        return FundReason.DRY
    is_near = match.ends_on is not None and match.ends_on <= on + WARNED_BEFORE
    return FundReason.ENDING if is_near or status is PledgeStatus.ENDING else FundReason.UNPAID


def _burden(match: Match, why: FundReason, until: date | None, on: date) -> Burden:
    """Return what a match asks for: by its own rhythm, month by month once its sponsor is gone."""
    if why is FundReason.ENDING:
        begins = match.ends_on or next_due(STANDARD[match.rhythm], on)
        monthly = Fen(match.instalment_fen // STEP_MONTHS[match.rhythm])
        return Burden(match.id, monthly, Rhythm.MONTH, begins)
    ends_on = until if why is FundReason.PAUSED else match.ends_on
    return Burden(match.id, match.instalment_fen, match.rhythm, on, ends_on)


def warn(session: Session, by: Viewer, *, on: date, now: datetime) -> int:
    """Tell case staff, once for each month, of children whom the fund cannot carry in 60 days.

    Silent where nobody has ever given to the fund. Returns how many banners were told.
    """
    require(by, Act.RUN_STIPENDS)
    if session.scalar(select(exists().where(Posting.account == AccountKind.GAP_FUND))) is not True:
        return 0
    near = _failing(forecast(session, on=on), on)
    banners: dict[str, date] = {}
    rows = session.execute(
        select(Match.id, Child.banner_code)
        .join(Child, Child.id == Match.child_id)
        .where(Match.id.in_(near))
    )
    for key, banner in rows:
        banners[banner] = min(near[key], banners.get(banner, date.max))
    for banner, day in sorted(banners.items()):
        rung, kind = day.year * 12 + day.month, NoticeKind.FUND_RUNS_OUT
        roles, subject = sorted(CASE_STAFF), f"gap_fund:{banner}"
        notices.to_roles(session, roles, banner, kind, subject, now=now, rung=rung)
    return len(banners)


def _failing(seen: Forecast, on: date) -> dict[int, date]:
    return {key: day for key, day in seen.reach.fails_on.items() if day <= on + WARNED_BEFORE}


def notice_facts(session: Session, viewer: Viewer, _ref: str, now: datetime) -> dict[str, str]:
    """Return from when how many of the viewer's own children are out of reach. Raises NotFound."""
    if viewer.roles.isdisjoint(CASE_STAFF):
        raise NotFound()
    cards = page(session, viewer, now=now)["children"]
    days = [card["fails_on"] for card in cards if card["fails_on"]]
    days = [day for day in days if day <= today(now) + WARNED_BEFORE]
    if not days:
        raise NotFound()
    first = min(days)
    return {"runs_out": f"{first.year}年{first.month}月", "carried": str(len(days))}
