"""Handing over: exceptions first, one action for the rest, taken back until midnight."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.ledger import Posting
from models.notices import Notice
from models.stipends import Fact
from services.handover import answers, handovers
from services.handover.answers import Reply
from services.handover.handovers import Said
from tests.factories import (
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    viewer,
)
from vocabulary.dates import at
from vocabulary.enums import (
    AccountKind,
    Answer,
    BatchStatus,
    FactKind,
    NoticeKind,
    RecipientKind,
    Role,
    Route,
    Snag,
    StipendStatus,
)
from vocabulary.errors import (
    AlreadyDecided,
    BadInput,
    NotFound,
    NotPermitted,
    TooLate,
    WrongState,
)
from vocabulary.money import Fen
from vocabulary.refs import read_slip_code, slip_code, stipend_ref

NOVEMBER = date(2026, 11, 3)
NAMES = ("陈雨桐", "包晓军", "斯琴")


class School:
    """One school with three pupils on a sent batch, and its officer."""

    def __init__(self, session: Session, name: str = "吉文中学") -> None:
        self.row = a_school(session, name)
        self.children = [
            a_child(session, self.row, name=n, grade=g, class_name=c)
            for n, g, c in zip(NAMES, (4, 4, 5), ("2班", "1班", "2班"), strict=True)
        ]
        self.matches = [
            a_match(session, a_pledge(session, f"138{len(name)}000000{i}")[0], child)
            for i, child in enumerate(self.children)
        ]
        self.batch = a_sent_batch(session, self.row, *self.matches, on=NOVEMBER)
        self.officer = viewer(
            Role.SCHOOL_OFFICER, organisation_id=self.row.id, actor=f"account:{name}"
        )
        self.refs = [stipend_ref(m.child_ref, NOVEMBER) for m in self.matches]


@pytest.fixture
def school(session: Session) -> School:
    return School(session)


def states(session: Session, school: School, now: datetime) -> dict[str, tuple]:
    card = handovers.batch(session, school.officer, school.batch.ref, now=now)
    return {one["name"]: (one["state"], one["snag"]) for one in card["lines"]}


def test_a_school_sees_whom_to_hand_what(session: Session, school: School, now: datetime) -> None:
    (card,) = handovers.list_for(session, school.officer, now=now)

    lines = [(o["name"], o["class_label"], o["amount_fen"], o["state"]) for o in card["lines"]]
    assert lines == [
        ("包晓军", "四年级1班", 10_000, StipendStatus.SENT),
        ("陈雨桐", "四年级2班", 10_000, StipendStatus.SENT),
        ("斯琴", "五年级2班", 10_000, StipendStatus.SENT),
    ]
    assert (card["count"], card["done_count"], card["total_fen"]) == (3, 0, 30_000)


def test_another_schools_officer_finds_nothing(session, school, now) -> None:
    stranger = viewer(Role.SCHOOL_OFFICER, organisation_id=a_school(session, "别的学校").id)

    assert handovers.list_for(session, stranger, now=now) == []
    with pytest.raises(NotFound):
        handovers.batch(session, stranger, school.batch.ref, now=now)
    with pytest.raises(NotFound):
        handovers.hand_over_one(session, stranger, school.refs[0], now=now)


def test_case_staff_do_not_hand_over(session, school, now) -> None:
    with pytest.raises(NotPermitted):
        handovers.hand_over_one(session, viewer(Role.CASE_WORKER), school.refs[0], now=now)


def test_one_action_confirms_the_rest_and_closes_the_batch(session, school, now) -> None:
    except_for = {
        school.refs[0]: Snag.ON_LEAVE,
        school.refs[1]: Said(Snag.SOMEONE_ELSE, relation="姑姑"),
    }

    done = handovers.confirm_all(session, school.officer, school.batch.ref, except_for, now=now)

    assert done == 1
    assert states(session, school, now) == {
        "陈雨桐": (StipendStatus.HELD_UP, Snag.ON_LEAVE),
        "包晓军": (StipendStatus.HANDED_OVER, Snag.SOMEONE_ELSE),
        "斯琴": (StipendStatus.HANDED_OVER, None),
    }
    assert school.batch.status is BatchStatus.CLOSED
    in_transit = select(func.sum(Posting.amount)).where(Posting.account == AccountKind.IN_TRANSIT)
    assert session.scalar(in_transit) == 10_000
    relation = select(Fact.detail).where(Fact.kind == FactKind.HANDED_OVER).order_by(Fact.id)
    assert session.scalars(relation).all() == ["姑姑", None]


def test_a_part_keeps_its_sum_and_the_batch_open(session, school, now) -> None:
    said = Said(Snag.PARTLY, handed=Fen(4_000))

    handovers.confirm_all(
        session, school.officer, school.batch.ref, {school.refs[2]: said}, now=now
    )

    line = handovers.line(session, school.officer, school.refs[2], now=now)
    assert (line["handed_fen"], line["state"]) == (4_000, StipendStatus.HELD_UP)
    assert school.batch.status is BatchStatus.SENT
    handovers.hand_over_one(session, school.officer, school.refs[2], now=now)
    assert school.batch.status is BatchStatus.CLOSED


@pytest.mark.parametrize("handed", [None, Fen(0), Fen(10_000)])
def test_a_part_is_less_than_the_whole(session, school, now, handed) -> None:
    said = Said(Snag.PARTLY, handed=handed)

    with pytest.raises(BadInput):
        handovers.note_snag(session, school.officer, school.refs[0], said, now=now)


def test_the_second_of_two_confirmations_is_told(session, school, now) -> None:
    handovers.confirm_all(session, school.officer, school.batch.ref, now=now)

    with pytest.raises(AlreadyDecided):
        handovers.confirm_all(session, school.officer, school.batch.ref, now=now)
    with pytest.raises(AlreadyDecided):
        handovers.hand_over_one(session, school.officer, school.refs[0], now=now)
    told = session.scalar(select(func.count(Fact.id)).where(Fact.kind == FactKind.HANDED_OVER))
    assert told == 3


def test_a_wrong_tap_is_taken_back_until_midnight_and_not_after(session, school, now) -> None:
    handovers.confirm_all(session, school.officer, school.batch.ref, now=now)
    last_minute = at(date(2026, 11, 21), 23, 59)

    handovers.take_back(session, school.officer, school.refs[0], now=last_minute)

    assert states(session, school, now)["陈雨桐"] == (StipendStatus.SENT, None)
    assert school.batch.status is BatchStatus.SENT
    with pytest.raises(TooLate):
        handovers.take_back(session, school.officer, school.refs[1], now=at(date(2026, 11, 22), 0))
    kinds = session.execute(select(Fact.kind, Fact.cancels_id.is_not(None)).order_by(Fact.id)).all()
    assert kinds.count((FactKind.HANDED_OVER, True)) == 1
    assert session.scalar(select(func.sum(Posting.amount))) == 0


def test_a_snag_is_cleared_and_replaced(session, school, now) -> None:
    handovers.note_snag(session, school.officer, school.refs[0], Snag.SUSPENDED, now=now)
    handovers.note_snag(session, school.officer, school.refs[0], Snag.TRANSFERRED, now=now)
    assert states(session, school, now)["陈雨桐"] == (StipendStatus.HELD_UP, Snag.TRANSFERRED)

    handovers.clear_snag(session, school.officer, school.refs[0], now=now)

    assert states(session, school, now)["陈雨桐"] == (StipendStatus.SENT, None)
    with pytest.raises(WrongState):
        handovers.clear_snag(session, school.officer, school.refs[0], now=now)


def test_kept_money_stays_in_sight_after_the_batch_closed(session, school, now) -> None:
    except_for = {school.refs[0]: Snag.BOARDING}
    handovers.confirm_all(session, school.officer, school.batch.ref, except_for, now=now)

    later = now + timedelta(days=9)
    (card,) = handovers.list_for(session, school.officer, now=later)
    assert [one["name"] for one in card["snags"]] == ["陈雨桐"]
    handovers.hand_over_one(session, school.officer, school.refs[0], now=later)
    assert handovers.list_for(session, school.officer, now=later + timedelta(days=1)) == []


HELD_UP = [s for s in Snag if s not in {Snag.SOMEONE_ELSE, Snag.PARTLY, Snag.OWN_STAFF}]


@pytest.mark.parametrize("snag", HELD_UP)
def test_an_exception_stays_on_the_list_until_its_money_is_handed_over(
    session, school, now, snag
) -> None:
    ref = school.refs[0]
    handovers.confirm_all(session, school.officer, school.batch.ref, {ref: snag}, now=now)

    later = now + timedelta(days=90)
    (card,) = handovers.list_for(session, school.officer, now=later)
    assert [(one["ref"], one["snag"], one["state"]) for one in card["snags"]] == [
        (ref, snag, StipendStatus.HELD_UP)
    ]
    handovers.hand_over_one(session, school.officer, ref, now=later)

    line = handovers.line(session, school.officer, ref, now=later)
    assert (line["state"], line["snag"]) == (StipendStatus.HANDED_OVER, None)
    assert handovers.list_for(session, school.officer, now=later + timedelta(days=1)) == []
    in_transit = select(func.sum(Posting.amount)).where(Posting.account == AccountKind.IN_TRANSIT)
    assert session.scalar(in_transit) == 0


def test_somebody_else_took_it_counts_as_handed_over_and_a_part_does_not(
    session, school, now
) -> None:
    other, part, _ = school.refs
    said = {other: Said(Snag.SOMEONE_ELSE, "姑姑"), part: Said(Snag.PARTLY, handed=Fen(4_000))}
    handovers.confirm_all(session, school.officer, school.batch.ref, said, now=now)

    (card,) = handovers.list_for(session, school.officer, now=now + timedelta(days=90))

    assert [(one["ref"], one["handed_fen"]) for one in card["snags"]] == [(part, 4_000)]
    assert {one["ref"] for one in card["done"]} == {other, school.refs[2]}


def test_a_pupil_who_moved_away_is_still_answered_for_without_a_name(session, school, now) -> None:
    school.children[0].school_id = a_school(session, "旗一中").id
    session.flush()

    card = handovers.batch(session, school.officer, school.batch.ref, now=now)
    handovers.note_snag(session, school.officer, school.refs[0], Snag.TRANSFERRED, now=now)

    assert sorted(one["name"] for one in card["lines"]) == ["包晓军", "已转出的同学", "斯琴"]


def test_each_donor_and_family_is_told_once(session, school, now) -> None:
    handovers.confirm_all(session, school.officer, school.batch.ref, now=now)
    handovers.take_back(session, school.officer, school.refs[0], now=now)
    handovers.hand_over_one(session, school.officer, school.refs[0], now=now)

    told = session.execute(
        select(Notice.recipient_kind, Notice.subject).where(Notice.kind == NoticeKind.HANDED_OVER)
    ).all()
    donors = {f"stipend:{stipend_ref(m.donor_ref, NOVEMBER)}" for m in school.matches}
    families = {f"stipend:{ref}" for ref in school.refs}
    assert {s for k, s in told if k is RecipientKind.DONOR} == donors
    assert {s for k, s in told if k is RecipientKind.FAMILY} == families
    assert len(told) == 6


def test_what_a_family_said_changes_nothing_for_the_school(session, school, now) -> None:
    handovers.confirm_all(session, school.officer, school.batch.ref, now=now)
    before = handovers.list_for(session, school.officer, now=now)
    worker = viewer(Role.CASE_WORKER)

    answers.answer(session, worker, Reply(Answer.NOT_RECEIVED), ref=school.refs[0], now=now)
    answers.answer(session, worker, Reply(Answer.RECEIVED), ref=school.refs[1], now=now)

    session.expire_all()
    assert [dict(c) for c in handovers.list_for(session, school.officer, now=now)] == [
        dict(c) for c in before
    ]


def test_the_same_class_name_in_another_grade_is_another_class(session, school, now) -> None:
    teacher = viewer(
        Role.CLASS_TEACHER,
        organisation_id=school.row.id,
        batch_id=school.batch.id,
        class_grade=5,
        class_name="2班",
    )

    (card,) = handovers.list_for(session, teacher, now=now)

    assert [one["name"] for one in card["lines"]] == ["斯琴"]


def test_a_village_director_hands_over_where_there_is_no_school(session, now) -> None:
    village = "150723101201"
    child = a_child(session, None, route=Route.VILLAGE, region_code=village)
    match = a_match(session, a_pledge(session)[0], child)
    batch = a_sent_batch(session, None, match, on=NOVEMBER, region_code=village)
    director = viewer(Role.VILLAGE_DIRECTOR, regions=(village,), actor="account:director")
    neighbour = viewer(Role.VILLAGE_DIRECTOR, regions=("150723101202",))

    assert handovers.confirm_all(session, director, batch.ref, now=now) == 1
    assert handovers.list_for(session, neighbour, now=now) == []


def test_a_printed_code_is_read_however_it_is_typed() -> None:
    ref = "7KQ2M8TD4XWA-202611"

    assert slip_code(ref) == "7KQ2-M8TD-4XWA-2611"
    assert {read_slip_code(t) for t in ("7KQ2-M8TD-4XWA-2611", "７kq2 m8td 4xwa 2611")} == {ref}
    with pytest.raises(NotFound):
        read_slip_code("7KQ2")
