"""The pledge form's counter: how many children wait, and how many of them fit a donor's wishes."""

from collections import Counter
from datetime import date

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import Session

from matching.explain import WishCounts, Wishes
from matching.explain import wish_counts as count_wishes
from models.children import Child, Consent, Need
from models.pledges import Match
from services.market import IS_LIVE, MATCHABLE
from services.readiness import AGREES_FROM
from vocabulary.dates import age_on
from vocabulary.enums import NeedKind, NeedStatus, Purpose, Stage
from vocabulary.money import UNIT
from vocabulary.schedule import STEP_MONTHS

Pool = Counter[tuple[str, str, str]]

# By its class, no child of these is near 14, the age of a child's own yes.
_TOO_YOUNG = (Stage.PRESCHOOL, Stage.PRIMARY)


def wish_counts(session: Session, wishes: Wishes, *, on: date) -> WishCounts:
    """Count the listed children who fit, and how many each wish alone takes away.

    Exact numbers: the doors round them (`vocabulary.rounding`).
    """
    return count_wishes(_told(session, on) + _silent(session, on), wishes)


def _told(session: Session, on: date) -> Pool:
    """Count the waiting children who agreed themselves or are too young to be asked."""
    rows = session.execute(
        select(Child.sex, Child.stage, Child.league_code, func.count())
        .where(*_waits(on), or_(Child.agreed_on.is_not(None), Child.stage.in_(_TOO_YOUNG)))
        .group_by(Child.sex, Child.stage, Child.league_code)
    )
    return Counter({(str(sex), stage.value, league): n for sex, stage, league, n in rows})


def _silent(session: Session, on: date) -> Pool:
    """Count those who did not say yes and need not yet; birthdays are sealed, so one by one."""
    rows = session.execute(
        select(Child.sex, Child.stage, Child.league_code, Child.birth_on).where(
            *_waits(on), Child.agreed_on.is_(None), Child.stage.not_in(_TOO_YOUNG)
        )
    )
    return Counter(
        (str(sex), stage.value, league)
        for sex, stage, league, birth_on in rows
        if birth_on is not None and age_on(birth_on, on) < AGREES_FROM
    )


def _waits(on: date) -> tuple[ColumnElement[bool], ...]:
    """Say in SQL what the matcher asks of a need: a test holds the two together."""
    months = case(STEP_MONTHS, value=Match.rhythm)
    covered = (
        select(func.coalesce(func.sum(Match.instalment_fen / months), 0))
        .where(Match.need_id == Need.id, IS_LIVE)
        .correlate(Need)
        .scalar_subquery()
    )
    return (
        Child.status.in_(MATCHABLE),
        Child.sex.is_not(None),
        Child.verified_on.is_not(None),
        _consented(on),
        exists().where(
            Need.child_id == Child.id,
            Need.kind == NeedKind.FINANCIAL,
            Need.status == NeedStatus.OPEN,
            Need.monthly_fen - covered >= UNIT,
        ),
    )


def _consented(on: date) -> ColumnElement[bool]:
    return exists().where(
        Consent.child_id == Child.id,
        Consent.purpose == Purpose.SPONSORSHIP,
        Consent.given_on <= on,
        or_(Consent.withdrawn_on.is_(None), Consent.withdrawn_on > on),
    )
