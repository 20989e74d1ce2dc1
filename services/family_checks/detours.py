"""Whoever was drawn gets the next instalment another way: whatever the family answered, or did not.

So that a family with whom something is wrong is not left to the same hand, and so that its going
another way tells that hand nothing (law 15): it knows at most who was drawn, and the draw was made
before anybody answered. docs/security/family-checks.md argues it out.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import aliased

from models.accounts import Account, Grant
from models.children import Child
from models.pledges import Match
from models.stipends import Batch, Stipend
from vocabulary.enums import AccountStatus, GrantStatus, Role


def is_due(month: Any) -> ColumnElement[bool]:
    """Say in SQL that a child's money goes another way in a month's batch.

    So it is when the last month in which it got something is one whose draw named it: asked again,
    for what was put back, the answer is the same.
    """
    own, stipend, batch = aliased(Match), aliased(Stipend), aliased(Batch)
    since = exists().where(
        own.child_id == Child.id,
        stipend.match_id == own.id,
        stipend.sent_on.is_not(None),
        batch.id == stipend.batch_id,
        batch.month > Child.detour_after,
        batch.month < month,
    )
    # Most children have no such month: of them nothing further is looked up.
    return and_(
        Child.detour_after.is_not(None), Child.detour_after < month, ~since.correlate(Child)
    )


def has_director() -> ColumnElement[bool]:
    """Say in SQL that the child's village has a child director with a login: then it is her hand."""
    return (
        exists()
        .where(
            Account.region_code == Child.region_code,
            Account.status == AccountStatus.ACTIVE,
            Grant.account_id == Account.id,
            Grant.role == Role.VILLAGE_DIRECTOR,
            Grant.status == GrantStatus.GRANTED,
        )
        .correlate(Child)
    )
