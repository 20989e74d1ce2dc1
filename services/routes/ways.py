"""By whom an instalment goes, in SQL: the way in force of its child, and whose hand that is.

A child in danger is its banner's own office's, whatever was decided for it before. Where a school or
an organisation is missing, the village hands over: no money stays without a hand but a card's.
"""

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    bindparam,
    case,
    literal,
    null,
    or_,
    select,
)

from models.children import Child, Kin
from models.routes import BankCard
from models.stipends import Batch
from services.family_checks import detours
from vocabulary.enums import Route

_TYPE = Batch.__table__.c.route.type
OF_OFFICE = (Route.OFFICE, Route.PERSONAL)
"""What the banner's own case staff hand over, or answer for."""
OF_ORGANISATION = (Route.INSTITUTION, Route.WORK_UNIT)


def _word(route: Route) -> ColumnElement[Route]:
    return literal(route, _TYPE)


_DECIDED: ColumnElement[Route] = case(
    (Child.route.in_((*OF_OFFICE, Route.CARD)), Child.route),
    (and_(Child.route.in_(OF_ORGANISATION), Child.hand_id.is_not(None)), Child.route),
    (and_(Child.route != Route.VILLAGE, Child.school_id.is_not(None)), _word(Route.SCHOOL)),
    # No village is known of it: nobody but the banner itself can hand over.
    (Child.region_code == Child.banner_code, _word(Route.OFFICE)),
    else_=_word(Route.VILLAGE),
)

IN_FORCE: ColumnElement[Route] = case((Child.in_danger, _word(Route.OFFICE)), else_=_DECIDED)
"""The way by which a child's money goes now."""

_DETOUR = detours.is_due(bindparam("of_month", type_=Date))
_OTHER = case(
    (and_(_DECIDED != Route.VILLAGE, detours.has_director()), _word(Route.VILLAGE)),
    else_=_word(Route.OFFICE),
)
IN_BATCH: ColumnElement[Route] = case(
    (Child.in_danger, _word(Route.OFFICE)), (_DETOUR, _OTHER), else_=_DECIDED
)
"""The way by which it goes in the batch of a month: once another, after its family was drawn."""

HAND: ColumnElement[int | None] = case(
    (IN_BATCH == Route.SCHOOL, Child.school_id),
    (IN_BATCH.in_(OF_ORGANISATION), Child.hand_id),
    else_=null(),
)
"""The organisation that hands it over, if one does."""

PLACE: ColumnElement[str] = case(
    (IN_BATCH == Route.VILLAGE, Child.region_code), else_=Child.banner_code
)
"""The division whose hand it is where no organisation is: the village, or the banner."""


def _guardians() -> Select[int]:
    return select(Kin.id).where(Kin.id == BankCard.kin_id, Kin.until_on.is_(None))


def has_card() -> ColumnElement[bool]:
    """Join a child with its card that money may go to, whatever its way is."""
    return and_(
        BankCard.child_id == Child.id,
        BankCard.ended_on.is_(None),
        BankCard.bounced_on.is_(None),
        or_(BankCard.kin_id.is_(None), BankCard.kin_id.in_(_guardians())),
    )


def is_usable() -> ColumnElement[bool]:
    """Join a child with the card that its money is paid to in the batch of a month."""
    return and_(has_card(), IN_BATCH == Route.CARD)


def is_offices() -> ColumnElement[bool]:
    """Say in SQL that a batch is handed over by a banner's own office."""
    return Batch.route.in_(OF_OFFICE)
