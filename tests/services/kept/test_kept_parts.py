"""A part handed over, the rest kept: two people say how much, the child gets it alone, the hand owes it."""

from datetime import datetime

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.children import Child
from models.kept import KeptSum
from models.ledger import Posting
from models.pledges import Match
from models.stipends import Batch, Fact, Stipend
from privacy import viewers
from privacy.viewers import Viewer
from services.batches import batches
from services.books import kept, kept_again, kept_lists, ledger, write_offs
from services.books.ledger import Event, Leg
from services.checking import checks
from services.donors import donors
from services.handover import answers, handovers
from services.handover.answers import Reply
from services.handover.handing import Said
from tests.factories import viewer
from tests.services.gap_fund import feed, run
from tests.services.test_returns import World, balance
from vocabulary.enums import (
    AccountKind,
    Answer,
    BatchStatus,
    GiftOccasion,
    Outcome,
    Role,
    Route,
    Snag,
    TransactionKind,
    WriteOffReason,
)
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NotFound, WrongState
from vocabulary.money import Fen
from vocabulary.refs import stipend_ref
from vocabulary.telling import Telling

JUDGE = viewer(Role.CASE_WORKER, actor="account:judge")
ENGINE = viewer(Role.ENGINE)
WORDS = "家里和校长都问过"
PART, REST = Fen(6_000), Fen(4_000)


@pytest.fixture
def world(session: Session, now: datetime) -> World:
    """The school says that it handed over 60 of 100."""
    world = World(session)
    handovers.note_snag(session, world.officer, world.ref, Said(Snag.PARTLY, handed=PART), now=now)
    return world


def find(session: Session, now: datetime) -> dict[str, list[str]]:
    """What does not agree, but for what the bare world of a test never had."""
    session.commit()
    report = checks.report(session, viewers.console(), now=now)
    ignored = {"due_against_done", "traced_records", "opened_by_runs", "balances", "facts_traced"}
    return {
        one["name"]: one["findings"]
        for one in report["checks"]
        if one["count"] and one["name"] not in ignored
    }


def send(session: Session, now: datetime) -> None:
    """The desk sends what the run has put into batches."""
    refs = session.scalars(select(Batch.ref).where(Batch.sent_on.is_(None))).all()
    batches.send_all(session, viewer(Role.PAYING_DESK), refs, now=now)
    session.expire_all()


def say(session: Session, world: World, now: datetime, fen: Fen = REST) -> str:
    return kept.ask(session, JUDGE, world.ref, fen=fen, words=WORDS, now=now)


def state(session: Session, world: World, now: datetime, fen: Fen = REST) -> KeptSum:
    ref = say(session, world, now, fen)
    kept.agree(session, world.approver, ref, now=now)
    return session.scalars(select(KeptSum).where(KeptSum.ref == ref)).one()


def go_another_way(session: Session, world: World) -> None:
    world.children[0].route = Route.VILLAGE
    session.flush()


def further(session: Session) -> Stipend:
    of = Match.occasion == GiftOccasion.SHORTFALL
    return session.scalars(
        select(Stipend).join(Match, Match.id == Stipend.match_id).where(of)
    ).one()


def hand_in(session: Session, world: World, now: datetime) -> Stipend:
    """The part goes out by the village, is handed over there and its family says yes."""
    rest = further(session)
    child_ref = session.get_one(Match, rest.match_id).child_ref
    director = viewer(Role.VILLAGE_DIRECTOR, regions=(world.children[0].region_code,))
    handovers.hand_over_one(session, director, stipend_ref(child_ref, rest.due_on), now=now)
    family = viewer(Role.FAMILY, child_id=world.children[0].id, stipend_id=rest.id)
    answers.answer(session, family, Reply(Answer.RECEIVED), now=now)
    session.flush()
    return rest


def test_the_part_is_owed_by_its_hand_and_goes_to_the_child_alone(session, world, now) -> None:
    feed(session, 88_800, now.date())
    state(session, world, now)

    assert world.stipend.handed_over_on == now.date()
    assert balance(session, AccountKind.KEPT) == REST == -balance(session, AccountKind.KEPT_BORNE)
    hand = select(Posting.organisation_id).where(Posting.account == AccountKind.KEPT)
    assert session.scalars(hand).all() == [world.school.id]
    go_another_way(session, world)
    run(session, now.date())
    rest = further(session)
    assert (rest.amount_fen, rest.due_on) == (REST, world.stipend.due_on.replace(day=1))
    assert rest.bridged_on is not None
    assert rest.earmark_id is None
    send(session, now)
    assert rest.sent_on == now.date()
    assert session.get_one(Batch, rest.batch_id).route is Route.VILLAGE
    assert find(session, now) == {}


def test_its_donor_reads_that_it_is_whole_and_no_more(session, world, now) -> None:
    feed(session, 88_800, now.date())
    state(session, world, now)
    go_another_way(session, world)
    run(session, now.date())
    send(session, now)
    hand_in(session, world, now)

    assert kept_again.tell_made_good(session, ENGINE, now=now) == 1
    assert kept_again.tell_made_good(session, ENGINE, now=now) == 0

    donor = world.donor(session)
    (card,) = donors.home(session, donor, now=now).pledges
    (told,) = [
        one for one in card["supports"][0].instalments if one["due_on"] == world.stipend.due_on
    ]
    assert told["telling"] is Telling.MADE_GOOD
    assert not {"snag", "handed_fen"} & told.keys()
    assert find(session, now) == {}


def test_what_was_found_after_a_familys_word_changes_nothing_that_its_hand_reads(
    session, now
) -> None:
    world = World(session)
    handovers.hand_over_one(session, world.officer, world.ref, now=now)
    helper = viewer(Role.CASE_WORKER, actor="account:helper")
    reply = Reply(Answer.WRONG_SUM, amount=PART)
    answers.answer(session, helper, reply, ref=world.ref, now=now)
    answers.settle(session, JUDGE, world.ref, Outcome.NOT_RECEIVED, WORDS, now=now)
    feed(session, 88_800, now.date())
    before = _school_reads(session, world, now)
    said = select(Fact.id).where(Fact.stipend_id == world.stipend.id)
    facts = session.scalars(said).all()

    state(session, world, now)
    go_another_way(session, world)
    run(session, now.date())

    assert session.scalars(said).all() == facts
    assert _school_reads(session, world, now) == before
    send(session, now)
    hand_in(session, world, now)
    kept_again.tell_made_good(session, ENGINE, now=now)
    assert (world.stipend.confirmed_on, world.stipend.made_good_on) == (now.date(), now.date())
    assert _school_reads(session, world, now) == before
    assert find(session, now) == {}


def _school_reads(session: Session, world: World, now: datetime) -> str:
    return repr(handovers.batch(session, world.officer, world.batch.ref, now=now))


def test_it_never_goes_by_the_same_hand(session, world, now) -> None:
    feed(session, 88_800, now.date())
    state(session, world, now)

    run(session, now.date())

    assert (further(session).bridged_on, further(session).batch_id) == (None, None)
    go_another_way(session, world)
    run(session, now.date())
    assert further(session).bridged_on is not None
    assert find(session, now) == {}


def test_the_funds_free_money_alone_pays_it(session, world, now) -> None:
    state(session, world, now)
    go_another_way(session, world)
    feed(session, REST - 1, now.date())
    run(session, now.date())
    assert further(session).bridged_on is None

    feed(session, 1, now.date())
    run(session, now.date())

    assert further(session).bridged_on is not None
    assert balance(session, AccountKind.GAP_FUND) == 0


def test_two_people_and_never_the_hand_nor_more_than_is_missing(session, world, now) -> None:
    with pytest.raises(BadInput):
        say(session, world, now, Fen(REST + 1))
    with pytest.raises(BadInput):
        kept.ask(session, JUDGE, world.ref, fen=REST, words="没", now=now)
    with pytest.raises(WrongState):
        kept.ask(session, JUDGE, world.other_ref, fen=REST, words=WORDS, now=now)
    ref = say(session, world, now)
    with pytest.raises(AlreadyDecided):
        say(session, world, now)
    alone = Viewer(
        roles=frozenset({Role.CASE_WORKER, Role.APPROVER}), regions=JUDGE.regions, actor=JUDGE.actor
    )
    with pytest.raises(ActedBefore):
        kept.agree(session, alone, ref, now=now)
    kept.turn_down(session, JUDGE, ref, now=now)
    assert balance(session, AccountKind.KEPT) == 0
    state(session, world, now)
    with pytest.raises(NotFound):
        kept_lists.line(session, JUDGE, world.ref)
    with pytest.raises(WrongState):
        write_offs.ask(session, JUDGE, world.ref, reason=WriteOffReason.KEPT, now=now)
    assert world.batch.status in {BatchStatus.SENT, BatchStatus.CLOSED}


def test_the_database_itself_lets_nobody_owe_without_two_people(session, world, now) -> None:
    ref = say(session, world, now)
    event = Event(TransactionKind.KEPT, now.date(), stipend_id=world.stipend.id)
    legs = [Leg(AccountKind.KEPT, REST), Leg(AccountKind.KEPT_BORNE, Fen(-REST))]
    with pytest.raises(DBAPIError, match="kept_by_two"), session.begin_nested():
        ledger.post(session, event, legs, by=ENGINE)
    kept.agree(session, world.approver, ref, now=now)
    more = [Leg(AccountKind.KEPT, Fen(-REST - 1)), Leg(AccountKind.BANK, Fen(REST + 1))]
    with pytest.raises(DBAPIError, match="kept_covers"), session.begin_nested():
        ledger.post(session, event, more, by=ENGINE)
    whole = {"batch_id": world.batch.id, "words": WORDS, "asked_by": "x", "asked_on": now.date()}
    more_than_whole = insert(KeptSum).values(stipend_id=world.stipend.id, fen=10_001, **whole)
    with pytest.raises(DBAPIError, match="kept_is_a_part"), session.begin_nested():
        session.execute(more_than_whole)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE kept_sums SET fen = fen - 1",
        "UPDATE kept_sums SET paid_fen = 1",
        "UPDATE kept_sums SET paid_on = asked_on",
        "UPDATE matches SET instalment_fen = 1 WHERE occasion = 'shortfall'",
    ],
)
def test_the_comparison_finds_what_does_not_agree(session, world, now, damage) -> None:
    state(session, world, now)
    assert "kept" not in find(session, now)
    session.execute(text(damage))

    assert find(session, now)["kept"]


def test_whoever_compares_the_books_reads_the_hand_and_no_child(session, world, now) -> None:
    state(session, world, now)

    (owed,) = kept_lists.owed(session, viewer(Role.AUDITOR))

    assert (owed["open_fen"], owed["batch"]["ref"]) == (REST, world.batch.ref)
    (known,) = kept_lists.owed(session, viewer(Role.PAYING_DESK))
    assert known["hand"]["name"] == world.school.name
    assert not {"words", "stipend", "child", "asked_by"} & owed.keys()
    assert session.scalars(select(Child.name)).first() not in repr(owed)
