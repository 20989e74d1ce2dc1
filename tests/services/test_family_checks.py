"""The random question: drawn after a batch left, asked of families, answered to whoever is outside."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from models.children import Child, Kin
from models.family_checks import FamilyAsk, FamilyDraw
from models.notices import Notice
from models.pledges import Match, Recusal
from models.stipends import Batch, Fact, Stipend
from models.trace import OrdinaryEntry
from services import links
from services.checking import checks
from services.donors import donors
from services.family_checks import desk, draws
from services.handover import answers, handovers
from services.handover.answers import Reply
from services.links import Subject
from services.vault import vault
from tests.factories import OTHER_BANNER, a_school, viewer
from tests.services.family_checking import (
    DECEMBER,
    ENGINE,
    NOVEMBER,
    OCTOBER,
    VILLAGE,
    Pupils,
    asked,
    drawn,
    refs_asked,
)
from tests.services.outbox import Gate, deliver
from vocabulary import clock, sampling
from vocabulary.dates import at
from vocabulary.enums import (
    Answer,
    CheckWay,
    FactKind,
    Language,
    LinkPurpose,
    NoticeKind,
    Outcome,
    Role,
    Route,
)
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NotFound, NotPermitted
from vocabulary.money import Fen
from vocabulary.refs import stipend_ref

FOURTH, FIFTH = date(2026, 11, 4), date(2026, 11, 5)
WORKER = viewer(Role.CASE_WORKER, actor="account:worker")
DIRECTOR = viewer(Role.VILLAGE_DIRECTOR, regions=(VILLAGE,), actor="account:director")


@pytest.fixture
def pupils(session, now) -> Pupils:
    return Pupils(session, 8)


def all_handed_over(session, pupils: Pupils, on: date) -> None:
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=pupils.school.id, actor="account:o")
    for match in pupils.matches:
        line = select(Stipend.due_on).where(
            Stipend.match_id == match.id, Stipend.handed_over_on.is_(None)
        )
        for due_on in session.scalars(line).all():
            ref = stipend_ref(match.child_ref, due_on)
            handovers.hand_over_one(session, officer, ref, now=at(on))
    session.expire_all()


def a_drawn_line(session, pupils: Pupils) -> str:
    """A month is paid, drawn, handed over and asked; returns one drawn line's ref."""
    pupils.paid(NOVEMBER)
    drawn(session, on=FOURTH)
    all_handed_over(session, pupils, FOURTH)
    asked(session, on=FIFTH)
    session.expire_all()
    return sorted(refs_asked(session))[0]


def test_a_batch_is_drawn_from_once_after_it_left_and_the_draw_comes_out_the_same_again(
    session, pupils
) -> None:
    pupils.lines(OCTOBER)
    assert draws.to_draw(session, ENGINE, on=OCTOBER) == []

    (batch,) = pupils.paid(NOVEMBER)
    (made,) = drawn(session, on=FOURTH)

    share = sampling.size_for(made.population) * 8 / made.population
    assert (made.batch_id, made.listed, made.margin_points) == (batch.id, 8, 10)
    assert made.population == 8 * sampling.MONTHS_A_TERM
    assert abs(made.size - share) < 1
    assert draws.repeats(session, made)
    assert len(made.seed) == 24
    assert drawn(session, on=FIFTH) == [made]
    with pytest.raises(AlreadyDecided):
        draws.draw(session, ENGINE, batch.id, now=at(FIFTH))
    traced = select(OrdinaryEntry.detail).where(OrdinaryEntry.act == "family.draw")
    assert session.scalars(traced).one()["seed"] == made.seed


def test_a_draw_that_was_meddled_with_is_found_by_the_nightly_check(session, pupils) -> None:
    pupils.paid(NOVEMBER)
    (made,) = drawn(session, on=FOURTH)
    assert draws.not_repeating(session) == []

    out = session.scalars(select(FamilyAsk)).first()
    other = select(Stipend.id).where(Stipend.id.not_in(select(FamilyAsk.stipend_id)))
    out.stipend_id = session.scalars(other).first()
    session.flush()

    assert draws.not_repeating(session) == [f"抽问 {made.ref}：照种子重抽，和当时抽到的不一样"]
    auditor = viewer(Role.AUDITOR, actor="account:auditor")
    report = checks.report(session, auditor, now=at(FIFTH))["checks"]
    assert next(one["count"] for one in report if one["name"] == "family_draws") == 1
    assert desk.audited(session, auditor)[0]["repeats"] is False


def test_the_database_lets_nobody_change_or_delete_a_draw(session, pupils) -> None:
    pupils.paid(NOVEMBER)
    drawn(session, on=FOURTH)

    for statement in (update(FamilyDraw).values(size=0), FamilyDraw.__table__.delete()):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(statement)


def test_every_school_is_asked_once_a_term_however_small_it_is(session, pupils, now) -> None:
    """Sixty pupils elsewhere: one school of one is far below its share, and is drawn all the same."""
    big = Pupils(session, 60, school=a_school(session, "大学校"))
    small = Pupils(session, 1, school=a_school(session, "小学校"))
    for month in (OCTOBER, NOVEMBER):
        for one in (big, pupils, small):
            one.paid(month)
        drawn(session, on=month.replace(day=4))

    rows = session.execute(
        select(Batch.month, FamilyDraw.size)
        .join(FamilyDraw, FamilyDraw.batch_id == Batch.id)
        .where(Batch.organisation_id == small.school.id)
        .order_by(Batch.month)
    ).all()
    assert rows[0] == (OCTOBER, 1)
    total = session.scalars(select(FamilyDraw.size)).all()
    assert sum(total) < 69 * 2 / 2


def test_children_in_danger_and_money_that_came_back_are_in_no_draw(session, pupils) -> None:
    pupils.paid(NOVEMBER)
    pupils.children[0].in_danger = True
    returned = session.scalars(select(Stipend).where(Stipend.match_id == pupils.matches[1].id))
    returned.one().returned_on = FOURTH
    session.flush()

    (made,) = drawn(session, on=FOURTH)

    assert made.listed == 6
    kept = {made.among.split()[n].split("-")[0] for n in range(6)}
    assert kept == {match.child_ref for match in pupils.matches[2:]}


def test_families_are_asked_the_day_after_the_hand_spoke_or_when_its_time_is_up(
    session, pupils
) -> None:
    (batch,) = pupils.paid(NOVEMBER)
    (made,) = drawn(session, on=FOURTH)

    assert asked(session, on=FIFTH) == 0
    assert asked(session, on=batch.hand_over_by) == 0
    assert asked(session, on=batch.hand_over_by + timedelta(days=1)) == made.size
    assert asked(session, on=batch.hand_over_by + timedelta(days=1)) == 0


def test_each_is_asked_in_the_way_that_reaches_it(session, pupils, now) -> None:
    pupils.paid(NOVEMBER)
    drawn(session, on=FOURTH)
    lines = session.scalars(
        select(Stipend).join(FamilyAsk, FamilyAsk.stipend_id == Stipend.id).order_by(Stipend.id)
    ).all()
    assert len(lines) >= 3
    silent = [session.get_one(Match, line.match_id).child_id for line in lines[1:3]]
    for kin in session.scalars(select(Kin).where(Kin.child_id.in_(silent))):
        kin.phone = "0470-5551234"
    links.make(session, WORKER, LinkPurpose.SLIP, Subject(stipend_id=lines[1].id), now=now)
    all_handed_over(session, pupils, FOURTH)

    asked(session, on=FIFTH)

    ways = {one.stipend_id: one.way for one in session.scalars(select(FamilyAsk))}
    assert [ways[line.id] for line in lines[:3]] == [CheckWay.SMS, CheckWay.SLIP, CheckWay.CALL]
    asks = session.scalars(select(Notice).where(Notice.kind == NoticeKind.FAMILY_ASKED)).all()
    assert len(asks) == sum(way is CheckWay.SMS for way in ways.values())


def test_a_question_that_waits_does_not_reach_whom_a_fear_is_about(session, pupils) -> None:
    pupils.paid(NOVEMBER)
    drawn(session, on=FOURTH)
    all_handed_over(session, pupils, FOURTH)
    asked(session, on=FIFTH)
    feared, *others = session.scalars(
        select(Notice).where(Notice.kind == NoticeKind.FAMILY_ASKED).order_by(Notice.id)
    ).all()
    assert others
    session.get_one(Child, feared.recipient_id).in_danger = True
    gate = Gate()

    with clock.moved_to(at(FIFTH, 10)):
        deliver(session, gate)

    assert sum("收到没有" in message.text for message in gate.sent) == len(others)


def test_who_answered_already_is_not_asked_again_and_silence_stops_nothing(
    session, pupils, now
) -> None:
    pupils.paid(NOVEMBER)
    drawn(session, on=FOURTH)
    all_handed_over(session, pupils, FOURTH)
    first = sorted(refs_asked(session))[0]
    answers.answer(session, WORKER, Reply(Answer.RECEIVED), ref=first, now=now)

    asked(session, on=FIFTH)

    subjects = session.scalars(
        select(Notice.subject).where(Notice.kind == NoticeKind.FAMILY_ASKED)
    ).all()
    assert f"stipend:{first}" not in subjects
    assert len(subjects) == len(refs_asked(session)) - 1
    assert len(pupils.paid(DECEMBER)) >= 1  # nobody waits for an answer


def test_whom_to_call_grows_with_silence_and_is_never_the_approvers(session, pupils) -> None:
    ref = a_drawn_line(session, pupils)
    approver = viewer(Role.APPROVER, actor="account:approver")

    assert desk.to_ask(session, WORKER, now=at(FIFTH)) == []
    week, fortnight = FIFTH + timedelta(days=7), FIFTH + timedelta(days=14)
    assert {one["step"] for one in desk.to_ask(session, WORKER, now=at(week))} == {"call"}
    assert {one["step"] for one in desk.to_ask(session, WORKER, now=at(fortnight))} == {"visit"}
    assert desk.to_ask(session, approver, now=at(fortnight)) == []
    with pytest.raises(NotFound):
        desk.line(session, approver, ref, now=at(week))
    far = viewer(Role.CASE_WORKER, regions=(OTHER_BANNER,), actor="account:far")
    assert desk.to_ask(session, far, now=at(fortnight)) == []
    assert desk.batches(session, far) == []


def test_who_keeps_out_of_a_childs_matches_neither_asks_nor_settles(session, pupils) -> None:
    ref = a_drawn_line(session, pupils)
    match = session.scalars(select(Match).where(Match.child_ref == ref.split("-")[0])).one()
    session.add(Recusal(child_id=match.child_id, actor=WORKER.actor, since_on=FOURTH))
    session.flush()

    with pytest.raises(NotFound):
        desk.line(session, WORKER, ref, now=at(FIFTH))
    second = viewer(Role.CASE_WORKER, actor="account:second")
    desk.answer(session, second, ref, Reply(Answer.NOT_RECEIVED), now=at(FIFTH))
    with pytest.raises(ActedBefore):
        answers.settle(session, WORKER, ref, Outcome.CAME_LATER, "去看过", now=at(FIFTH))


@pytest.mark.parametrize("role", [Role.SCHOOL_OFFICER, Role.VILLAGE_DIRECTOR, Role.PAYING_DESK])
def test_no_hand_and_no_desk_of_money_reads_of_the_check(session, pupils, role) -> None:
    a_drawn_line(session, pupils)
    hand = viewer(role, organisation_id=pupils.school.id, actor="account:hand")

    for question in (
        lambda: desk.batches(session, hand),
        lambda: desk.to_ask(session, hand, now=at(FIFTH)),
        lambda: desk.audited(session, hand),
    ):
        with pytest.raises(NotPermitted):
            question()


def test_the_village_director_is_asked_to_ask_where_a_school_handed_over_and_only_there(
    session, pupils, now
) -> None:
    a_drawn_line(session, pupils)
    own = Pupils(session, 3, school=a_school(session, "无"), route=Route.VILLAGE)
    for child in own.children:
        child.school_id = None
    session.flush()
    own.paid(DECEMBER)
    drawn(session, on=DECEMBER.replace(day=4))
    late = DECEMBER.replace(day=28)
    asked(session, on=late)

    found = desk.in_village(session, DIRECTOR, now=at(late + timedelta(days=7)))

    mine = {match.child_ref for match in own.matches}
    assert found
    assert not {ref.split("-")[0] for ref in found} & mine


def test_a_mismatch_of_day_opens_a_task_as_one_of_sum_does(session, pupils) -> None:
    ref = a_drawn_line(session, pupils)
    said = Reply(Answer.WRONG_DAY, came_on=FIFTH, language=Language.MONGOLIAN)

    desk.answer(session, WORKER, ref, said, now=at(FIFTH))

    (task,) = answers.disputes(session, viewer(Role.CASE_WORKER, actor="account:other"))
    assert (task["ref"], task["said"]["detail"], task["said"]["came_on"]) == (
        ref, "wrong_day", FIFTH,
    )  # fmt: skip
    approver = viewer(Role.APPROVER, actor="account:approver")
    for acted in (approver, WORKER):
        with pytest.raises(ActedBefore):
            answers.settle(session, acted, ref, Outcome.MISUNDERSTOOD, "问过", now=at(FIFTH))


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(Answer.WRONG_DAY, came_on=FOURTH), "not_a_wrong_day"),
        (Reply(Answer.WRONG_DAY, came_on=FIFTH + timedelta(days=1)), "not_a_wrong_day"),
        (Reply(Answer.RECEIVED, came_on=FIFTH), "not_a_wrong_day"),
    ],
)
def test_a_wrong_day_is_another_than_the_stated_one_and_has_come(
    session, pupils, reply, reason
) -> None:
    ref = a_drawn_line(session, pupils)

    with pytest.raises(BadInput) as refused:
        answers.answer(session, WORKER, reply, ref=ref, now=at(FIFTH))

    assert refused.value.params["reason"] == reason


def test_without_a_stated_day_no_day_is_wrong(session, pupils, now) -> None:
    pupils.paid(NOVEMBER)
    drawn(session, on=FOURTH)

    said, ref = Reply(Answer.WRONG_DAY), sorted(refs_asked(session))[0]

    with pytest.raises(BadInput) as refused:
        answers.answer(session, WORKER, said, ref=ref, now=now)

    assert refused.value.params["reason"] == "no_day_stated"


def test_money_brought_later_is_a_fact_of_its_own_and_the_donor_reads_made_good(
    session, pupils
) -> None:
    ref = a_drawn_line(session, pupils)
    desk.answer(session, WORKER, ref, Reply(Answer.WRONG_SUM, amount=Fen(6_000)), now=at(FIFTH))
    other = viewer(Role.CASE_WORKER, actor="account:other")

    answers.settle(session, other, ref, Outcome.MADE_GOOD, "学校补交了 40 元", now=at(FIFTH))

    session.expire_all()
    match = session.scalars(select(Match).where(Match.child_ref == ref.split("-")[0])).one()
    line = session.scalars(select(Stipend).where(Stipend.match_id == match.id)).one()
    assert (line.made_good_on, line.confirmed_on, line.disputed_on) == (FIFTH, FIFTH, None)
    kinds = session.scalars(
        select(Fact.kind).where(Fact.stipend_id == line.id, Fact.cancels_id.is_(None))
    ).all()
    assert kinds[-2:] == [FactKind.CONFIRMED, FactKind.MADE_GOOD]
    donor = viewer(Role.DONOR, donor_id=vault.donor_of_pledge(session, match.pledge_id))
    _, child = donors.support(session, donor, match.donor_ref, now=at(FIFTH))
    assert child.instalments[0]["telling"] == "made_good"
    assert not any(one.has("disputed_on") for one in child.instalments)
