"""The donor's page: the first line, the months, the sentence, and how far money reaches."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event, select

from jobs.run import Run
from jobs.stipends import open_and_fund
from models.stipends import Batch, Stipend
from models.vault import VaultPledge
from privacy.viewers import Viewer
from services.batches import batches
from services.books import receipts
from services.books.receipts import BankLine
from services.donors import donors
from services.pledges import changes
from services.stipends import facts
from services.stipends.facts import Basis
from tests.factories import a_child, a_list, a_match, a_pledge, a_school, viewer
from vocabulary.dates import at
from vocabulary.enums import (
    BatchStatus,
    Evidence,
    FactKind,
    PledgeEnd,
    PledgeKind,
    PledgeStatus,
    Rhythm,
    Role,
    Stage,
)
from vocabulary.errors import NotFound
from vocabulary.money import Fen
from vocabulary.telling import Telling, awaited, petals, tell
from vocabulary.todo import Thing

TODAY = date(2026, 11, 21)
NOVEMBER = date(2026, 11, 1)


def donor_of(session, pledge):
    donor_id = session.scalars(
        select(VaultPledge.donor_id).where(VaultPledge.pledge_id == pledge.id)
    ).one()
    return Viewer(frozenset({Role.DONOR}), "donor:TEST", donor_id=donor_id)


def pay(session, reference, yuan, now):
    line = BankLine(reference, Fen(yuan * 100), date(2026, 9, 1))
    receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=now)


def open_through(session, on, *, send=False):
    session.commit()
    Run(session, "stipends", period=on).execute(open_and_fund)
    if send:
        for batch in session.scalars(select(Batch).where(Batch.status == BatchStatus.OPEN)).all():
            batches.send(session, viewer(Role.PAYING_DESK), batch.ref, now=at(NOVEMBER))


def state(session, kind, on, *, due_on):
    rows = session.scalars(select(Stipend).where(Stipend.due_on == due_on)).all()
    by, basis = viewer(Role.SCHOOL_OFFICER), Basis(Evidence.WORD)
    facts.record(session, kind, rows, on=on, by=by, now=at(on), basis=basis)


@pytest.fixture
def pair(session, now):
    """A pledge paid for six months, its donor, its match since September."""
    pledge, reference = a_pledge(session)
    match = a_match(session, pledge, a_child(session, a_school(session), stage=Stage.JUNIOR))
    pay(session, reference, 600, now)
    return pledge, donor_of(session, pledge), match


def test_the_page_as_a_whole(session, now, pair):
    pledge, me, match = pair
    for _ in range(4):
        a_child(session, stage=Stage.JUNIOR, birth_on=date(2014, 5, 4))
    a_list(session, now=now)
    open_through(session, NOVEMBER, send=True)
    for month in (9, 10):
        state(session, FactKind.HANDED_OVER, date(2026, 11, 3), due_on=date(2026, month, 1))
        state(session, FactKind.CONFIRMED, date(2026, 11, 4), due_on=date(2026, month, 1))

    page = donors.home(session, me, now=now)

    card = page.pledges[0]
    child = card["supports"][0]
    assert (page.supported, page.confirmed, page.handed_fen) == (1, 2, 20_000)
    assert (child.code_name, child.stage, child.league) == (
        "河边的白桦",
        Stage.JUNIOR,
        "呼伦贝尔市",
    )
    assert [m.number for m in child.months] == [9, 10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8]
    assert [m.state for m in child.months] == (
        ["confirmed"] * 2 + ["waiting"] + ["ahead"] * 3 + ["unpaid"] * 6
    )
    assert [m.number for m in child.months if m.now] == [11]
    assert (card["months_left"], card["runway"].through) == (3, date(2027, 2, 1))
    assert (page.todo.thing, page.todo.on, page.todo.amount) == (
        Thing.NOTHING, date(2027, 3, 1), 10_000,
    )  # fmt: skip
    assert [i["telling"] for i in child.instalments] == [
        Telling.ASKING_SCHOOL, Telling.CONFIRMED, Telling.CONFIRMED,
    ]  # fmt: skip
    assert child.ref == match.donor_ref
    assert card["donor_ref"] == pledge.donor_ref


def test_the_donor_sees_no_more_of_a_child_than_stage_and_league(session, now, pair):
    _, me, _ = pair
    open_through(session, NOVEMBER)

    page = donors.home(session, me, now=now)

    drawn = repr(page) + "".join(str(dict(c)) for c in page.pledges)
    for planted in ("陈雨桐", "吉文中学", "150723", "2班", "陈奶奶", "13900000001"):
        assert planted not in drawn


def days(**more):
    empty = dict.fromkeys(
        f"{kind}_on"
        for kind in (
            "promised", "received", "bridged", "sent", "handed_over", "confirmed",
            "returned", "written_off", "cancelled", "made_good",
        )
    )  # fmt: skip
    return empty | more


def test_each_step_has_its_own_telling():
    first = date(2026, 11, 3)
    told = [
        tell(days(promised_on=first), on=TODAY),
        tell(days(promised_on=first, bridged_on=first), on=TODAY),
        tell(days(received_on=first, bridged_on=first), on=TODAY),
        tell(days(received_on=first, sent_on=TODAY - timedelta(3)), on=TODAY),
        tell(days(received_on=first, sent_on=TODAY - timedelta(4)), on=TODAY),
        tell(days(received_on=first, sent_on=TODAY - timedelta(15)), on=TODAY),
        tell(days(sent_on=first, handed_over_on=TODAY - timedelta(14)), on=TODAY),
        tell(days(sent_on=first, handed_over_on=TODAY - timedelta(15)), on=TODAY),
        tell(days(sent_on=first, handed_over_on=TODAY - timedelta(91)), on=TODAY),
        tell(days(sent_on=first, handed_over_on=first, confirmed_on=first), on=TODAY),
        tell(days(sent_on=first, confirmed_on=first), on=TODAY),
        tell(days(sent_on=first, confirmed_on=first, made_good_on=first), on=TODAY),
        tell(days(sent_on=first, returned_on=TODAY), on=TODAY),
        tell(days(sent_on=first, written_off_on=TODAY), on=TODAY),
        tell(days(cancelled_on=first), on=TODAY),
    ]

    assert told == list(Telling)


def test_the_petals_are_the_facts_that_have_a_date():
    gap = days(promised_on=TODAY, received_on=TODAY, sent_on=TODAY, confirmed_on=TODAY)

    assert petals(gap) == ["promised", "received", "sent", "confirmed"]
    assert (awaited(gap), awaited(days())) == ("handed_over", "promised")


def test_what_a_family_disputes_reads_like_silence(session, now, pair):
    """Law 15: a donor may be a teacher of that very school."""
    _, me, match = pair
    open_through(session, NOVEMBER, send=True)
    state(session, FactKind.HANDED_OVER, date(2026, 11, 20), due_on=NOVEMBER)
    before = donors.support(session, me, match.donor_ref, now=now)[1]

    state(session, FactKind.DISPUTED, date(2026, 11, 21), due_on=NOVEMBER)

    after = donors.support(session, me, match.donor_ref, now=now)[1]
    assert [dict(i) for i in after.instalments] == [dict(i) for i in before.instalments]
    assert after.months == before.months


@pytest.mark.parametrize(
    ("status", "paid", "thing"),
    [
        (PledgeStatus.OFFERED, 0, Thing.PAY_FIRST),
        (PledgeStatus.CONFIRMED, 300, Thing.PAY_SOON),
        (PledgeStatus.CONFIRMED, 200, Thing.PAY_NOW),
        (PledgeStatus.CONFIRMED, 400, Thing.NOTHING),
        (PledgeStatus.ENDED, 0, Thing.OVER),
    ],
)
def test_the_first_line_says_what_is_needed_now(session, now, status, paid, thing):
    pledge, reference = a_pledge(session)
    a_match(session, pledge, a_child(session, a_school(session)))
    if paid:
        pay(session, reference, paid, now)
        open_through(session, NOVEMBER)
    pledge.status = status
    session.flush()

    assert donors.home(session, donor_of(session, pledge), now=now).todo.thing is thing


def test_a_pledge_without_a_child_yet_says_that_one_is_sought(session, now):
    pledge, reference = a_pledge(session)
    pay(session, reference, 600, now)

    assert donors.home(session, donor_of(session, pledge), now=now).todo.thing is Thing.SEARCHING


def test_the_gap_fund_shows_what_came_in_and_asks_for_nothing(session, now):
    pledge, reference = a_pledge(session, kind=PledgeKind.GAP_FUND, instalment_fen=Fen(88_800))
    pay(session, reference, 888, now)

    page = donors.home(session, donor_of(session, pledge), now=now)

    assert page.todo.thing is Thing.NOTHING
    assert page.pledges[0]["payments"] == [(date(2026, 9, 1), 88_800)]


def test_a_yearly_instalment_fills_the_months_it_is_for(session, now):
    pledge, reference = a_pledge(session, rhythm=Rhythm.YEAR, instalment_fen=Fen(120_000))
    a_match(session, pledge, a_child(session, a_school(session)))
    pay(session, reference, 1_200, now)
    open_through(session, NOVEMBER)

    card = donors.home(session, donor_of(session, pledge), now=now).pledges[0]

    assert [m.state for m in card["supports"][0].months] == ["ahead"] * 12
    assert (card["months_left"], card["runway"].next_on) == (9, date(2027, 9, 1))


def test_a_pause_moves_what_the_money_covers(session, now, pair):
    pledge, me, _ = pair
    open_through(session, NOVEMBER)
    changes.pause(session, me, pledge.donor_ref, months=2, now=now)

    card = donors.home(session, me, now=now).pledges[0]

    assert [m.state for m in card["supports"][0].months[3:9]] == (
        ["none"] * 2 + ["ahead"] * 3 + ["unpaid"]
    )
    assert card["runway"].next_on == date(2027, 5, 1)
    assert card["change"]["effective_on"] == date(2026, 12, 1)


def test_new_terms_go_on_under_the_same_code_name(session, now, pair):
    pledge, me, match = pair
    to = (Fen(20_000), Rhythm.MONTH)
    changes.change_terms(session, me, pledge.donor_ref, to=to, now=now)
    open_through(session, date(2026, 12, 1))

    card = donors.home(session, me, now=at(date(2026, 12, 2))).pledges[0]

    assert len(card["supports"]) == 1
    child = card["supports"][0]
    assert (child.instalment_fen, child.is_active, len(child.instalments)) == (20_000, True, 4)
    old = donors.support(session, me, match.donor_ref, now=at(date(2026, 12, 2)))[1]
    assert old.ref == child.ref


def test_another_donors_child_is_not_found(session, now, pair):
    _, _, match = pair
    other = donor_of(session, a_pledge(session, contact="b@example.org")[0])

    with pytest.raises(NotFound):
        donors.support(session, other, match.donor_ref, now=now)


def test_the_page_takes_as_many_statements_for_five_pledges_as_for_one(session, now):
    school = a_school(session)

    def statements(pledges):
        made = [a_pledge(session, contact=f"d{pledges}@example.org")[0] for _ in range(pledges)]
        for pledge in made:
            a_match(session, pledge, a_child(session, school))
        session.flush()
        me, ran = donor_of(session, made[0]), []
        listener = lambda *args: ran.append(args[2])  # noqa: E731
        event.listen(session.get_bind(), "before_cursor_execute", listener)
        donors.home(session, me, now=now)
        event.remove(session.get_bind(), "before_cursor_execute", listener)
        return len(ran)

    assert (statements(1), statements(5)) == (3, 3)


@pytest.mark.parametrize(
    ("until", "ends_on", "shown"),
    [
        (PledgeEnd.SENIOR, date(2029, 9, 1), None),
        (PledgeEnd.SENIOR, date(2027, 1, 20), date(2027, 1, 20)),
        (PledgeEnd.COUNT, date(2029, 9, 1), date(2029, 9, 1)),
    ],
)
def test_a_graduation_years_ahead_does_not_tell_the_childs_class(
    session, now, until, ends_on, shown
):
    pledge, _ = a_pledge(session, until=until, until_count=34 if until is PledgeEnd.COUNT else None)
    match = a_match(session, pledge, a_child(session, a_school(session)), ends_on=ends_on)

    told = donors.support(session, donor_of(session, pledge), match.donor_ref, now=now)[1]

    assert told.ends_on == shown


def test_a_second_child_is_still_looked_for(session, now):
    pledge, _ = a_pledge(session, children_wanted=2)
    a_match(session, pledge, a_child(session, a_school(session)))

    (card,) = donors.home(session, donor_of(session, pledge), now=now).pledges

    assert card["missing"] == 1
