"""The family's own word: honest, changeable until settled, never the school's to see."""

from datetime import date

import pytest
from sqlalchemy import event, select

from models.notices import Notice
from models.stipends import Fact, Settlement, Stipend
from services import links
from services.guardians import families
from services.handover import answers, handovers
from services.handover.answers import Reply
from services.links import Subject
from tests.factories import (
    OTHER_BANNER,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
    viewer,
)
from vocabulary.enums import (
    Answer,
    Evidence,
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

SENT = date(2026, 11, 3)
VILLAGE = "150723101201"


@pytest.fixture
def world(session, now):
    """One child at a school in one village; a sent stipend; the family behind its slip."""
    return World(session, now)


class World:
    def __init__(self, session, now, **child):
        self.school = a_school(session)
        self.child = a_child(session, self.school, region_code=VILLAGE, **child)
        self.match = a_match(session, a_pledge(session)[0], self.child)
        self.batch = a_sent_batch(session, self.school, self.match, on=SENT)
        self.stipend = session.scalars(select(Stipend)).one()
        self.ref = stipend_ref(self.match.child_ref, SENT)
        self.officer = viewer(
            Role.SCHOOL_OFFICER, organisation_id=self.school.id, actor="account:officer"
        )
        token = links.make(
            session, self.officer, LinkPurpose.SLIP, Subject(stipend_id=self.stipend.id), now=now
        )
        self.family = links.open_slip(session, token, now=now)
        self.director = viewer(Role.VILLAGE_DIRECTOR, regions=(VILLAGE,), actor="account:director")


def kinds(session) -> list[tuple]:
    rows = select(Fact.kind, Fact.detail, Fact.evidence, Fact.cancels_id.is_not(None))
    return session.execute(
        rows.where(Fact.kind.in_((FactKind.CONFIRMED, FactKind.DISPUTED))).order_by(Fact.id)
    ).all()


def test_a_family_may_answer_before_the_school_said_anything(session, world, now) -> None:
    answers.answer(session, world.family, Reply(Answer.RECEIVED), now=now)

    assert (world.stipend.handed_over_on, world.stipend.confirmed_on) == (None, date(2026, 11, 21))
    assert kinds(session) == [(FactKind.CONFIRMED, "received", Evidence.LINK, False)]
    told = session.scalars(select(Notice.subject).where(Notice.kind == NoticeKind.CONFIRMED)).all()
    assert told == [f"stipend:{stipend_ref(world.match.donor_ref, SENT)}"]


def test_a_family_may_change_its_mind_and_nothing_is_overwritten(session, world, now) -> None:
    for said in (Answer.NOT_RECEIVED, Answer.RECEIVED, Answer.RECEIVED):
        answers.answer(session, world.family, Reply(said), now=now)

    assert kinds(session) == [
        (FactKind.DISPUTED, "not_received", Evidence.LINK, False),
        (FactKind.DISPUTED, None, Evidence.WORD, True),
        (FactKind.CONFIRMED, "received", Evidence.LINK, False),
    ]
    page = families.page(session, world.family, now=now)
    assert (page["answer"], page["disputed_on"]) == (Answer.RECEIVED, None)


def test_a_wrong_sum_keeps_what_came(session, world, now) -> None:
    answers.answer(session, world.family, Reply(Answer.WRONG_SUM, amount=Fen(6_000)), now=now)

    assert session.scalar(select(Fact.amount_fen).where(Fact.kind == FactKind.DISPUTED)) == 6_000
    with pytest.raises(BadInput):
        answers.answer(session, world.family, Reply(Answer.WRONG_SUM, amount=Fen(10_000)), now=now)


def test_an_assisted_answer_keeps_who_helped_and_the_language(session, world, now) -> None:
    reply = Reply(Answer.NOT_RECEIVED, language=Language.MONGOLIAN)

    answers.answer(session, world.director, reply, ref=world.ref, now=now)

    kept = session.execute(
        select(Fact.by, Fact.evidence, Fact.language).where(Fact.kind == FactKind.DISPUTED)
    ).one()
    assert tuple(kept) == ("account:director", Evidence.ASSISTED, Language.MONGOLIAN)
    (family,) = families.of_village(session, world.director, now=now)
    (line,) = family["lines"]
    assert (line["entered"], line["may_answer"]) == (Answer.NOT_RECEIVED, True)


def test_a_later_word_of_the_family_changes_nothing_for_its_helper(session, world, now) -> None:
    reply = Reply(Answer.RECEIVED, language=Language.CHINESE)
    answers.answer(session, world.director, reply, ref=world.ref, now=now)
    before = families.of_village(session, world.director, now=now)

    answers.answer(session, world.family, Reply(Answer.NOT_RECEIVED), now=now)

    after = families.of_village(session, world.director, now=now)
    assert [dict(c) for c in after[0]["lines"]] == [dict(c) for c in before[0]["lines"]]


def test_a_neighbouring_village_is_not_found(session, world, now) -> None:
    neighbour = viewer(Role.VILLAGE_DIRECTOR, regions=("150723101202",))

    assert families.of_village(session, neighbour, now=now) == []
    with pytest.raises(NotFound):
        answers.answer(session, neighbour, Reply(Answer.RECEIVED), ref=world.ref, now=now)


def test_whoever_handed_over_does_not_answer_for_the_family(session, now) -> None:
    child = a_child(session, None, route=Route.VILLAGE, region_code=VILLAGE)
    match = a_match(session, a_pledge(session)[0], child)
    a_sent_batch(session, None, match, on=SENT, region_code=VILLAGE)
    director = viewer(Role.VILLAGE_DIRECTOR, regions=(VILLAGE,), actor="account:director")
    ref = stipend_ref(match.child_ref, SENT)
    handovers.hand_over_one(session, director, ref, now=now)

    with pytest.raises(ActedBefore):
        answers.answer(session, director, Reply(Answer.RECEIVED), ref=ref, now=now)


def test_a_school_may_not_answer(session, world, now) -> None:
    with pytest.raises(NotPermitted):
        answers.answer(session, world.officer, Reply(Answer.RECEIVED), ref=world.ref, now=now)


def test_a_no_reaches_the_banners_case_staff_alone(session, world, now) -> None:
    ours = an_account(session, Role.CASE_WORKER, login="case")
    an_account(session, Role.CASE_WORKER, login="elsewhere", region_code=OTHER_BANNER)
    an_account(session, Role.SCHOOL_OFFICER, login="school", organisation_id=world.school.id)

    for said in (Answer.NOT_RECEIVED, Answer.RECEIVED, Answer.NOT_RECEIVED):
        answers.answer(session, world.family, Reply(said), now=now)

    told = session.execute(
        select(Notice.recipient_id, Notice.rung).where(Notice.kind == NoticeKind.FAMILY_DISPUTE)
    ).all()
    assert told == [(ours.id, 0), (ours.id, 1)]
    (card,) = answers.disputes(session, viewer(Role.APPROVER))
    assert (card["child"]["name"], card["said"]["detail"]) == ("陈雨桐", "not_received")
    assert answers.disputes(session, viewer(Role.APPROVER, regions=(OTHER_BANNER,))) == []


@pytest.mark.parametrize("actor", ["account:approver", "account:both"])
def test_who_approved_or_handed_over_does_not_settle(session, world, now, actor) -> None:
    both = viewer(Role.SCHOOL_OFFICER, organisation_id=world.school.id, actor="account:both")
    handovers.hand_over_one(session, both, world.ref, now=now)
    answers.answer(session, world.family, Reply(Answer.NOT_RECEIVED), now=now)
    judge = viewer(Role.APPROVER, actor=actor)

    with pytest.raises(ActedBefore):
        answers.settle(session, judge, world.ref, Outcome.CAME_LATER, "打过电话", now=now)


def test_whoever_entered_what_the_family_said_does_not_settle_it(session, world, now) -> None:
    helper = viewer(Role.CASE_WORKER, actor="account:helper")
    answers.answer(session, helper, Reply(Answer.NOT_RECEIVED), ref=world.ref, now=now)
    answers.answer(session, world.family, Reply(Answer.RECEIVED), now=now)
    answers.answer(session, world.family, Reply(Answer.NOT_RECEIVED), now=now)

    with pytest.raises(ActedBefore):
        answers.settle(session, helper, world.ref, Outcome.CAME_LATER, "打过电话", now=now)

    other = viewer(Role.CASE_WORKER, actor="account:other")
    answers.settle(session, other, world.ref, Outcome.CAME_LATER, "打过电话", now=now)
    assert session.scalar(select(Settlement.settled_by)) == "account:other"


def test_a_villages_list_takes_as_many_statements_for_six_families_as_for_one(
    session, world, now
) -> None:
    one = statements(session, lambda: families.of_village(session, world.director, now=now))
    for n in range(5):
        child = a_child(session, world.school, name=f"孩子{n}", region_code=VILLAGE)
        match = a_match(session, a_pledge(session, f"1390000000{n}")[0], child)
        a_sent_batch(session, world.school, match, on=SENT, number=n + 2)

    six = statements(session, lambda: families.of_village(session, world.director, now=now))

    assert len(families.of_village(session, world.director, now=now)) == 6
    assert six == one


def statements(session, act) -> list[str]:
    """Return the kinds of statement that an act takes."""
    session.flush()
    session.expire_all()
    made, engine = [], session.get_bind()

    def note(_connection, _cursor, statement, *_rest) -> None:
        made.append(statement.split(" FROM ")[-1].split()[0])

    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return made


def test_a_settled_answer_stands(session, world, now) -> None:
    worker = viewer(Role.CASE_WORKER, actor="account:other")
    answers.answer(session, world.family, Reply(Answer.NOT_RECEIVED), now=now)

    answers.settle(session, worker, world.ref, Outcome.MADE_GOOD, "打过电话，补上了", now=now)

    assert (world.stipend.disputed_on, world.stipend.confirmed_on) == (None, date(2026, 11, 21))
    assert answers.disputes(session, worker) == []
    with pytest.raises(AlreadyDecided):
        answers.answer(session, world.family, Reply(Answer.NOT_RECEIVED), now=now)


def test_what_was_truly_not_received_stays_disputed_and_is_kept(session, world, now) -> None:
    worker = viewer(Role.CASE_WORKER, actor="account:other")
    answers.answer(session, world.family, Reply(Answer.NOT_RECEIVED), now=now)

    answers.settle(session, worker, world.ref, Outcome.NOT_RECEIVED, "查过了", now=now)

    assert world.stipend.disputed_on is not None
    assert session.scalar(select(Settlement.outcome)) is Outcome.NOT_RECEIVED
    with pytest.raises(AlreadyDecided):
        answers.settle(session, worker, world.ref, Outcome.CAME_LATER, "又", now=now)


def test_a_family_reads_what_comes_next_and_no_name(session, world, now) -> None:
    page = families.page(session, world.family, now=now)

    assert [(one["due_on"], one["amount_fen"]) for one in page["next"]] == [
        (date(2026, 12, 1), 10_000),
        (date(2027, 1, 1), 10_000),
        (date(2027, 2, 1), 10_000),
    ]
    assert "name" not in page
    world.match.ends_on = date(2027, 1, 1)
    session.flush()
    assert len(families.page(session, world.family, now=now)["next"]) == 1
