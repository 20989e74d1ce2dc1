"""A pair put together by hand obeys what the night's matching obeys."""

from datetime import date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import matching
from models.children import Child, Consent
from models.pledges import Match, Pledge
from privacy.viewers import Viewer
from services.pairing import proposing
from tests.factories import OTHER_BANNER, a_child, a_pledge, viewer
from tests.services.deciding import CASE_WORKER, need_of
from vocabulary.enums import PledgeStatus, Role, Sex, Stage
from vocabulary.errors import NoConsent, NoLongerFits, NotFound, NotPermitted
from web.core import reasons


def by_hand(session: Session, by: Viewer, child: Child, pledge: Pledge, now: datetime) -> str:
    return proposing.propose_pair(
        session,
        by,
        pledge_code=pledge.code,
        child_ref=child.ref,
        need_ref=need_of(session, child).ref,
        now=now,
    )


def test_a_pair_by_hand_keeps_the_hand_and_the_same_reasons(
    session: Session, now: datetime
) -> None:
    child, pledge = a_child(session), a_pledge(session)[0]

    ref = by_hand(session, CASE_WORKER, child, pledge, now)

    match = session.scalars(select(Match).where(Match.child_ref == ref)).one()
    assert match.proposed_by == CASE_WORKER.actor
    assert match.score == sum(part["points"] for part in match.reasons) > 0


def test_a_pair_by_hand_obeys_the_same_hard_rules(session: Session, now: datetime) -> None:
    child, pledge = a_child(session), a_pledge(session, wish_sex=Sex.MALE)[0]
    open_pledge = a_pledge(session, "13800000002")[0]

    with pytest.raises(NoLongerFits) as refusal:
        by_hand(session, CASE_WORKER, child, pledge, now)
    for consent in session.scalars(select(Consent).where(Consent.child_id == child.id)):
        consent.withdrawn_on = date(2026, 11, 20)
    with pytest.raises(NoConsent):
        by_hand(session, CASE_WORKER, child, open_pledge, now)

    assert refusal.value.params == {"rules": ["wish_sex"]}
    assert session.scalar(select(func.count(Match.id))) == 0


def test_only_pledges_that_fit_a_child_are_offered_to_the_hand(
    session: Session, now: datetime
) -> None:
    child = a_child(session)
    fits = a_pledge(session, wish_sex=Sex.FEMALE)[0]
    for number, more in enumerate(({"wish_sex": Sex.MALE}, {"status": PledgeStatus.PAUSED})):
        a_pledge(session, f"1380000010{number}", **more)

    [need] = proposing.choices(session, CASE_WORKER, child.ref, now=now)

    assert (need["ref"], need["open_fen"]) == (need_of(session, child).ref, 10_000)
    assert [one["code"] for one in need["pledges"]] == [fits.code]
    elsewhere = viewer(Role.CASE_WORKER, regions=(OTHER_BANNER,))
    with pytest.raises(NotFound):
        proposing.choices(session, elsewhere, child.ref, now=now)


def test_nobody_proposes_by_hand_outside_the_own_banner(session: Session, now: datetime) -> None:
    child, pledge = a_child(session), a_pledge(session)[0]
    stranger = viewer(Role.CASE_WORKER, regions=(OTHER_BANNER,))

    with pytest.raises(NotFound):
        by_hand(session, stranger, child, pledge, now)
    with pytest.raises(NotPermitted):
        by_hand(session, viewer(Role.SCHOOL_OFFICER), child, pledge, now)


def test_when_no_pledge_fits_each_rule_says_how_many_it_takes(
    session: Session, now: datetime
) -> None:
    child = a_child(session, sex=Sex.FEMALE)
    for n in range(2):
        a_pledge(session, f"1380000000{n}", wish_sex=Sex.MALE)
    a_pledge(session, "13800000005", wish_sex=Sex.MALE, wish_stage=Stage.SENIOR)

    (need,) = proposing.choices(session, CASE_WORKER, child.ref, now=now)

    assert (need["pledges"], need["waiting"]) == ([], 3)
    assert need["removed"] == [
        {"rule": "wish_sex", "offers": 3, "alone": 2},
        {"rule": "wish_stage", "offers": 1, "alone": 0},
    ]
    assert reasons.removed(need) == [
        "3 份：想帮的性别不合",
        "1 份：想帮的学段不合",
        "只差“想帮的性别不合”这一条的有 2 份，从这里想办法最有用",
    ]


def test_every_hard_rule_has_its_words() -> None:
    assert reasons.RULES.keys() == {rule.code for rule in matching.PLEDGES.all_rules}
