"""转出: the old banner hands a child over, the new one accepts it, and the money never misses a month."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.children import Child
from models.notices import Notice
from models.routes import ChildRoute
from models.stipends import Batch, Stipend
from models.transfers import Transfer
from services import gate
from services.batches import batches
from services.checking import checks
from services.children import child_file, transfer_lists, transfers
from services.children.transfers import Arrival
from tests.factories import BANNER, OTHER_BANNER, a_school, viewer
from tests.services.routes.worlds import DESK, ENGINE, FIRST, a_pupil, lines, morning
from vocabulary.dates import at
from vocabulary.enums import (
    ChildStatus,
    MatchStatus,
    NoticeKind,
    RecipientKind,
    Role,
    Route,
    RouteReason,
    Stage,
    TransferStatus,
)
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NotFound, WrongState

NOVEMBER, TODAY = date(2026, 11, 1), date(2026, 11, 21)
NOW = at(TODAY)
THERE = viewer(Role.APPROVER, actor="account:there", regions=(OTHER_BANNER,))
TOWN = "150785001000"
WORDS = "随父亲搬到根河，住舅舅家"


def arrival(school=None, **more) -> Arrival:
    base = Arrival(TOWN, "河西 2 号", school and school.ref, 4, "2班", Stage.PRIMARY, Route.SCHOOL)
    return replace(base, **more)


@pytest.fixture
def moved(session):
    """A pupil with money on its way, handed over to the banner beside, where a school is."""
    child, match = a_pupil(session, a_school(session))
    there = a_school(session, "根河中学", TOWN)
    morning(session, NOVEMBER)
    ref = transfers.ask(session, FIRST, child.ref, to=OTHER_BANNER, words=WORDS, now=NOW)
    return child, match, there, ref


def sent(session, on: date) -> None:
    """Send every batch that is open, of whichever banner."""
    desk = replace(DESK, regions=("150000000000",))
    refs = list(session.scalars(select(Batch.ref).where(Batch.sent_on.is_(None))))
    batches.send_all(session, desk, refs, now=at(on))


def test_nothing_changes_before_the_other_banner_accepts(session, moved) -> None:
    child, _, _, _ = moved

    assert (child.banner_code, child.route) == (BANNER, Route.SCHOOL)
    assert [route for _, route, _ in lines(session, child)] == ["school"] * 3
    with pytest.raises(NotFound):
        child_file.detail(session, THERE, child.ref, now=NOW)


def test_the_new_banner_reads_the_name_and_the_words_and_nothing_of_the_file(
    session, moved
) -> None:
    child, _, _, ref = moved
    (card,) = transfer_lists.listing(session, THERE)["coming"]

    assert (card["ref"], card["name"], card["words"]) == (ref, child.name, WORDS)
    assert gate.cards(session, THERE, Child) == []
    far = viewer(Role.APPROVER, actor="account:far", regions=("150782000000",))
    assert transfer_lists.listing(session, far)["coming"] == []
    with pytest.raises(NotFound):
        transfer_lists.detail(session, far, ref)


def test_on_acceptance_what_has_not_left_goes_the_new_way_once(session, moved) -> None:
    child, match, there, ref = moved

    transfers.accept(session, THERE, ref, arrival(there), now=NOW)
    morning(session, TODAY)

    assert (child.banner_code, child.school_id) == (OTHER_BANNER, there.id)
    found = lines(session, child)
    batch = session.get_one(Batch, found[0][2])
    assert {key for _, _, key in found} == {batch.id}
    assert (batch.organisation_id, batch.region_code) == (there.id, TOWN)
    paid = select(Stipend.due_on).where(Stipend.match_id == match.id)
    assert sorted(session.scalars(paid)) == [date(2026, n, 1) for n in (9, 10, 11)]
    assert child_file.detail(session, THERE, child.ref, now=NOW)["name"] == child.name
    with pytest.raises(NotFound):
        child_file.detail(session, FIRST, child.ref, now=NOW)


def test_what_has_left_stays_with_the_old_hand_and_the_next_month_follows_the_child(
    session, moved
) -> None:
    child, match, there, ref = moved
    sent(session, TODAY)

    transfers.accept(session, THERE, ref, arrival(there), now=NOW)
    for month in (date(2026, 12, 1), date(2027, 1, 1)):
        morning(session, month)
        sent(session, month)

    found = lines(session, child)
    assert [due for due, _, _ in found] == [
        date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1),
    ]  # fmt: skip
    hands = [session.get_one(Batch, key).organisation_id for _, _, key in found]
    assert len(set(hands[:3])) == 1
    assert set(hands[3:]) == {there.id}
    assert hands[0] != there.id
    assert (match.status, match.ends_on) == (MatchStatus.ACTIVE, None)


def test_a_month_due_while_nobody_answers_is_paid_by_the_old_hand(session, moved) -> None:
    child, _, _, _ = moved

    morning(session, date(2026, 12, 1))

    assert [due for due, _, _ in lines(session, child)][-1] == date(2026, 12, 1)
    assert child.banner_code == BANNER


def test_the_way_is_written_anew_even_where_it_is_called_the_same(session, moved) -> None:
    child, _, there, ref = moved

    transfers.accept(session, THERE, ref, arrival(there), now=NOW)

    newest = (
        select(ChildRoute).where(ChildRoute.child_id == child.id).order_by(ChildRoute.id.desc())
    )
    row = session.scalars(newest).first()
    assert (row.route, row.reason, row.began_on) == (Route.SCHOOL, RouteReason.MOVED, TODAY)


def test_two_people_of_two_banners(session, moved) -> None:
    _, _, there, ref = moved
    both = replace(FIRST, regions=("150700000000",))
    colleague = viewer(Role.APPROVER, actor="account:second")

    with pytest.raises(ActedBefore):
        transfers.accept(session, both, ref, arrival(there), now=NOW)
    with pytest.raises(Exception, match="not_permitted"):
        transfers.accept(session, colleague, ref, arrival(there), now=NOW)
    with pytest.raises(Exception, match="not_permitted"):
        transfers.take_back(session, THERE, ref, now=NOW)

    transfers.accept(session, THERE, ref, arrival(there), now=NOW)
    with pytest.raises(AlreadyDecided):
        transfers.accept(session, THERE, ref, arrival(there), now=NOW)
    with pytest.raises(AlreadyDecided):
        transfers.take_back(session, FIRST, ref, now=NOW)


@pytest.mark.parametrize(
    ("more", "field", "reason"),
    [
        ({"region_code": "150723101000"}, "township", "other_banner"),
        ({"route": Route.CARD}, "route", "no_card"),
        ({"school_ref": None}, "route", "no_school"),
        ({"route": Route.WORK_UNIT}, "route", "no_hand"),
    ],
)
def test_a_place_of_another_banner_and_a_way_that_leads_nowhere_are_refused(
    session, moved, more, field, reason
) -> None:
    _, _, there, ref = moved

    with pytest.raises(BadInput) as refusal:
        transfers.accept(session, THERE, ref, arrival(there, **more), now=NOW)

    assert refusal.value.params == {"field": field, "reason": reason}


def test_one_hand_over_at_a_time_to_another_banner_of_a_child_that_stands(session, moved) -> None:
    child, _, _, ref = moved

    with pytest.raises(AlreadyDecided):
        transfers.ask(session, FIRST, child.ref, to=OTHER_BANNER, words=WORDS, now=NOW)
    transfers.take_back(session, FIRST, ref, now=NOW)
    for to, words in ((BANNER, WORDS), ("150785001000", WORDS), ("nowhere", WORDS)):
        with pytest.raises(BadInput):
            transfers.ask(session, FIRST, child.ref, to=to, words=words, now=NOW)
    with pytest.raises(BadInput):
        transfers.ask(session, FIRST, child.ref, to=OTHER_BANNER, words="搬", now=NOW)
    child.status = ChildStatus.ENDED
    session.flush()
    with pytest.raises(WrongState):
        transfers.ask(session, FIRST, child.ref, to=OTHER_BANNER, words=WORDS, now=NOW)


def test_who_does_not_take_a_child_says_why_and_all_stays(session, moved) -> None:
    child, _, _, ref = moved

    with pytest.raises(BadInput):
        transfers.turn_down(session, THERE, ref, answer="", now=NOW)
    transfers.turn_down(session, THERE, ref, answer="问过家里，还没有搬来", now=NOW)

    (card,) = transfer_lists.listing(session, FIRST)["done"]
    assert (card["status"], card["answer"]) == (TransferStatus.TURNED_DOWN, "问过家里，还没有搬来")
    assert child.banner_code == BANNER


def test_the_new_banner_is_told_and_told_again_until_it_answers(session, moved) -> None:
    from tests.factories import an_account

    _, _, there, ref = moved
    one = an_account(session, Role.CASE_WORKER, login="there", region_code=OTHER_BANNER)
    told = select(Notice.rung).where(
        Notice.kind == NoticeKind.CHILD_COMES,
        Notice.recipient_kind == RecipientKind.ACCOUNT,
        Notice.recipient_id == one.id,
    )
    for days in (1, 3, 4, 7, 20, 21):
        day = TODAY + timedelta(days=days)
        transfers.remind(session, ENGINE, on=day, now=at(day))

    assert sorted(session.scalars(told)) == [1, 2, 3]
    facts = transfer_lists.notice_facts(session, THERE, ref, NOW)
    assert facts["waits"] == "1"
    transfers.accept(session, THERE, ref, arrival(there), now=NOW)
    assert "waits" not in transfer_lists.notice_facts(session, THERE, ref, NOW)


def test_whom_a_report_names_reads_of_no_transfer(session, moved, monkeypatch) -> None:
    from models.harm import HarmAccused, HarmReport
    from vocabulary.enums import Called, Complained

    child, _, _, ref = moved
    report = HarmReport(
        child_id=child.id, called=Called.POLICE, reported_by="account:x", reported_at=NOW
    )
    session.add(report)
    session.flush()
    accused = {"actor": THERE.actor, "whom": Complained.OFFICE, "named_by": "account:x"}
    session.add(HarmAccused(report_id=report.id, named_at=NOW, **accused))
    session.flush()

    assert transfer_lists.listing(session, THERE)["coming"] == []
    with pytest.raises(NotFound):
        transfers.accept(session, THERE, ref, arrival(), now=NOW)


def test_the_books_agree_after_a_transfer(session, moved) -> None:
    _, _, there, ref = moved
    sent(session, TODAY)
    transfers.accept(session, THERE, ref, arrival(there), now=NOW)
    morning(session, date(2026, 12, 1))

    report = checks.report(session, viewer(Role.AUDITOR), now=at(date(2026, 12, 1)))
    named = {one["name"]: one["count"] for one in report["checks"]}
    assert {name: named[name] for name in ("ways", "batches", "balances", "ledger_against_facts")} == {
        "ways": 0, "batches": 0, "balances": 0, "ledger_against_facts": 0,
    }  # fmt: skip
    assert session.scalars(select(Transfer.status)).all() == [TransferStatus.ACCEPTED]
