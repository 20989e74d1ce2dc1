"""Pause, resume, other terms, stop: from the next due day, undoable, never one month too many."""

from datetime import date

import pytest
from sqlalchemy import select

from jobs.run import Run
from jobs.stipends import open_and_fund
from models.jobs import SetAside
from models.notices import Notice
from models.pledges import Match, Pledge, PledgeChange
from models.stipends import Stipend
from models.vault import VaultPledge
from privacy import viewers
from privacy.viewers import Viewer
from services.donors import donors
from services.pledges import changes, taking_effect
from tests.factories import a_child, a_match, a_pledge, a_school
from vocabulary.dates import at
from vocabulary.enums import (
    ChangeStatus,
    ChildStatus,
    MatchStatus,
    NoticeKind,
    PledgeEnd,
    PledgeKind,
    PledgeStatus,
    Rhythm,
    Role,
    StopReason,
)
from vocabulary.errors import BadInput, WrongState
from vocabulary.money import Fen

ENGINE = viewers.engine("pledges")
DECEMBER = date(2026, 12, 1)


def donor_of(session, pledge):
    donor_id = session.scalars(
        select(VaultPledge.donor_id).where(VaultPledge.pledge_id == pledge.id)
    ).one()
    return Viewer(frozenset({Role.DONOR}), "donor:TEST", donor_id=donor_id)


@pytest.fixture
def pair(session, now):
    """A pledge, its donor, and its match since 1 September."""
    pledge = a_pledge(session)[0]
    child = a_child(session, a_school(session), status=ChildStatus.SUPPORTED)
    return pledge, donor_of(session, pledge), a_match(session, pledge, child), child


def run(session, on):
    session.commit()
    return Run(session, "stipends", period=on).execute(open_and_fund)


def opened(session):
    rows = session.execute(select(Stipend.due_on, Stipend.amount_fen).order_by(Stipend.due_on))
    return [(day.isoformat()[:7], fen // 100) for day, fen in rows]


def test_a_pause_skips_exactly_the_due_days_it_covers(session, now, pair):
    pledge, me, _, _ = pair

    changes.pause(session, me, pledge.donor_ref, months=3, now=now)
    run(session, date(2027, 4, 1))

    assert [month for month, _ in opened(session)] == [
        "2026-09", "2026-10", "2026-11", "2027-03", "2027-04",
    ]  # fmt: skip
    skipped = session.scalars(select(SetAside.due_on).order_by(SetAside.due_on)).all()
    assert skipped == [date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]


def test_a_pledge_is_paused_from_its_day_and_goes_on_by_itself(session, now, pair):
    pledge, me, _, _ = pair
    changes.pause(session, me, pledge.donor_ref, months=2, now=now)
    seen = []

    for day in (date(2026, 11, 30), DECEMBER, date(2027, 1, 31), date(2027, 2, 1)):
        taking_effect.apply_changes(session, ENGINE, on=day, now=at(day))
        seen.append(pledge.status)

    assert seen == [
        PledgeStatus.CONFIRMED, PledgeStatus.PAUSED, PledgeStatus.PAUSED, PledgeStatus.CONFIRMED,
    ]  # fmt: skip


def test_going_on_early_gives_from_the_next_due_day(session, now, pair):
    pledge, me, _, _ = pair
    changes.pause(session, me, pledge.donor_ref, months=6, now=now)
    taking_effect.apply_changes(session, ENGINE, on=DECEMBER, now=now)

    changes.resume(session, me, pledge.donor_ref, now=at(date(2027, 1, 10)))
    run(session, date(2027, 3, 1))

    assert [month for month, _ in opened(session)][3:] == ["2027-02", "2027-03"]
    session.refresh(pledge)
    assert pledge.status is PledgeStatus.CONFIRMED


def test_his_page_counts_from_the_day_he_asked_to_go_on(session, now, pair):
    pledge, me, _, _ = pair
    changes.pause(session, me, pledge.donor_ref, months=6, now=now)
    taking_effect.apply_changes(session, ENGINE, on=DECEMBER, now=now)
    day = at(date(2026, 12, 10))
    before = donors.home(session, me, now=day).pledges[0]

    changes.resume(session, me, pledge.donor_ref, now=day)
    after = donors.home(session, me, now=day).pledges[0]

    def ahead(card):
        return [month.number for month in card["supports"][0].months if month.state == "unpaid"][
            -8:
        ]

    assert (before["paused_until"], after["paused_until"]) == (date(2027, 6, 1), date(2027, 1, 1))
    assert ahead(before)[-3:] == [6, 7, 8]
    assert ahead(after) == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    ("rhythm", "months", "is_taken"),
    [
        (Rhythm.MONTH, 1, True),
        (Rhythm.MONTH, 0, False),
        (Rhythm.MONTH, 13, False),
        (Rhythm.TERM, 3, False),
        (Rhythm.TERM, 6, True),
        (Rhythm.YEAR, 6, False),
        (Rhythm.YEAR, 12, True),
    ],
)
def test_a_pause_is_whole_steps_of_the_rhythm(session, now, rhythm, months, is_taken):
    pledge = a_pledge(session, rhythm=rhythm)[0]
    me = donor_of(session, pledge)

    if is_taken:
        changes.pause(session, me, pledge.donor_ref, months=months, now=now)
    else:
        with pytest.raises(BadInput):
            changes.pause(session, me, pledge.donor_ref, months=months, now=now)

    assert len(session.scalars(select(PledgeChange)).all()) == is_taken


def test_a_change_can_be_undone_until_its_day(session, now, pair):
    pledge, me, _, _ = pair
    ref = changes.pause(session, me, pledge.donor_ref, months=1, now=now)

    changes.undo(session, me, ref, now=at(date(2026, 11, 30), 23))
    run(session, DECEMBER)

    assert [month for month, _ in opened(session)][-1] == "2026-12"


def test_on_its_day_it_can_no_longer_be_undone(session, now, pair):
    pledge, me, _, _ = pair
    ref = changes.stop(session, me, pledge.donor_ref, reason=None, now=now)

    with pytest.raises(WrongState):
        changes.undo(session, me, ref, now=at(DECEMBER, 0))

    assert session.scalars(select(PledgeChange.status)).one() is ChangeStatus.WAITING


def test_undoing_a_stop_lets_the_pledge_go_on(session, now, pair):
    pledge, me, _, _ = pair
    ref = changes.stop(session, me, pledge.donor_ref, reason=None, now=now)
    assert pledge.status is PledgeStatus.ENDING

    changes.undo(session, me, ref, now=now)
    changes.undo(session, me, ref, now=now)

    assert pledge.status is PledgeStatus.CONFIRMED


def test_a_newer_wish_replaces_one_that_waits(session, now, pair):
    pledge, me, _, _ = pair
    changes.stop(session, me, pledge.donor_ref, reason=None, now=now)
    changes.pause(session, me, pledge.donor_ref, months=1, now=now)

    run(session, date(2027, 1, 1))

    assert [month for month, _ in opened(session)][-2:] == ["2026-11", "2027-01"]
    states = session.scalars(select(PledgeChange.status).order_by(PledgeChange.id)).all()
    assert states == [ChangeStatus.UNDONE, ChangeStatus.APPLIED]


def test_a_stop_ends_the_match_and_the_child_waits_again(session, now, pair):
    pledge, me, match, child = pair
    changes.stop(session, me, pledge.donor_ref, reason=StopReason.MONEY, now=now)

    run(session, date(2027, 2, 1))

    assert [month for month, _ in opened(session)] == ["2026-09", "2026-10", "2026-11"]
    for row in (pledge, match, child):
        session.refresh(row)
    assert (pledge.status, pledge.ends_on) == (PledgeStatus.ENDED, DECEMBER)
    assert pledge.stop_reason is StopReason.MONEY
    assert (match.status, match.ends_on) == (MatchStatus.ENDED, DECEMBER)
    assert child.status is ChildStatus.OPEN


def test_a_child_with_another_sponsor_stays_supported(session, now, pair):
    pledge, me, _, child = pair
    a_match(session, a_pledge(session, contact="b@example.org")[0], child)

    changes.stop(session, me, pledge.donor_ref, reason=None, now=now)
    taking_effect.apply_changes(session, ENGINE, on=DECEMBER, now=now)

    assert child.status is ChildStatus.SUPPORTED


def test_a_late_run_opens_each_instalment_under_the_terms_of_its_day(session, now, pair):
    """The machine was off from September to February."""
    pledge, me, match, _ = pair

    to = (Fen(20_000), Rhythm.MONTH)
    changes.change_terms(session, me, pledge.donor_ref, to=to, now=now)
    run(session, date(2027, 2, 1))

    assert opened(session) == [
        ("2026-09", 100), ("2026-10", 100), ("2026-11", 100),
        ("2026-12", 200), ("2027-01", 200), ("2027-02", 200),
    ]  # fmt: skip
    names = session.scalars(select(Match.code_name)).all()
    assert names == [match.code_name, match.code_name]


@pytest.mark.parametrize(
    ("old", "new", "from_on", "months"),
    [
        (
            Rhythm.MONTH,
            Rhythm.TERM,
            date(2027, 3, 1),
            ["09", "10", "11", "12", "01", "02", "03", "09"],
        ),
        (
            Rhythm.TERM,
            Rhythm.MONTH,
            date(2027, 3, 1),
            ["09", "03", "04", "05", "06", "07", "08", "09"],
        ),
        (Rhythm.YEAR, Rhythm.TERM, date(2027, 9, 1), ["09", "09"]),
        (Rhythm.TERM, Rhythm.YEAR, date(2027, 9, 1), ["09", "03", "09"]),
    ],
)
def test_a_new_rhythm_begins_on_a_day_both_share_so_no_month_is_paid_twice_or_never(  # noqa: PLR0917 fixtures are arguments
    session,
    now,
    old,
    new,
    from_on,
    months,
):
    months_of = {Rhythm.MONTH: 1, Rhythm.TERM: 6, Rhythm.YEAR: 12}
    pledge = a_pledge(session, rhythm=old, instalment_fen=Fen(10_000 * months_of[old]))[0]
    a_match(session, pledge, a_child(session, a_school(session)))
    me = donor_of(session, pledge)

    to = (Fen(10_000 * months_of[new]), new)
    changes.change_terms(session, me, pledge.donor_ref, to=to, now=now)
    run(session, date(2027, 9, 1))

    assert session.scalars(select(PledgeChange.effective_on)).one() == from_on
    assert [month[5:] for month, _ in opened(session)] == months
    covered = sum(yuan for month, yuan in opened(session) if month < "2027-09")
    assert covered == 1_200


def test_what_goes_to_a_child_stays_a_listed_sum(session, now, pair):
    pledge, me, _, _ = pair

    for fen in (12_300, 10_000):
        with pytest.raises(BadInput):
            changes.change_terms(
                session, me, pledge.donor_ref, to=(Fen(fen), Rhythm.MONTH), now=now
            )


def test_the_gap_fund_takes_any_sum(session, now):
    pledge = a_pledge(session, kind=PledgeKind.GAP_FUND, instalment_fen=Fen(88_800))[0]
    me = donor_of(session, pledge)

    changes.change_terms(session, me, pledge.donor_ref, to=(Fen(12_300), Rhythm.MONTH), now=now)
    taking_effect.apply_changes(session, ENGINE, on=DECEMBER, now=now)

    assert pledge.instalment_fen == 12_300


def test_so_many_times_stay_so_many_through_a_pause_and_new_terms(session, now):
    pledge = a_pledge(session, until=PledgeEnd.COUNT, until_count=8)[0]
    a_match(session, pledge, a_child(session, a_school(session)), ends_on=date(2027, 5, 1))
    me = donor_of(session, pledge)

    changes.pause(session, me, pledge.donor_ref, months=2, now=now)
    run(session, date(2027, 2, 10))
    changes.change_terms(
        session, me, pledge.donor_ref, to=(Fen(15_000), Rhythm.MONTH), now=at(date(2027, 2, 10))
    )
    run(session, date(2028, 1, 1))

    assert opened(session) == [
        ("2026-09", 100), ("2026-10", 100), ("2026-11", 100), ("2027-02", 100),
        ("2027-03", 150), ("2027-04", 150), ("2027-05", 150), ("2027-06", 150),
    ]  # fmt: skip


def test_a_proposal_under_old_terms_lapses(session, now, pair):
    pledge, me, _, _ = pair
    proposal = a_match(
        session, pledge, a_child(session), status=MatchStatus.PROPOSED, starts_on=None
    )

    changes.change_terms(session, me, pledge.donor_ref, to=(Fen(20_000), Rhythm.MONTH), now=now)
    taking_effect.apply_changes(session, ENGINE, on=DECEMBER, now=now)

    assert proposal.status is MatchStatus.LAPSED


def test_applying_twice_changes_nothing_more_and_the_donor_is_told_once(session, now, pair):
    pledge, me, _, _ = pair
    changes.pause(session, me, pledge.donor_ref, months=1, now=now)

    first = taking_effect.apply_changes(session, ENGINE, on=DECEMBER, now=now)
    second = taking_effect.apply_changes(session, ENGINE, on=DECEMBER, now=now)

    assert (first, second) == ({"done": 1, "failed": 0}, {"done": 0, "failed": 0})
    told = session.scalars(select(Notice.kind)).all()
    assert told == [NoticeKind.CHANGE_TAKES_EFFECT]


def test_an_ended_pledge_takes_no_more_wishes(session, now, pair):
    pledge, me, _, _ = pair
    changes.stop(session, me, pledge.donor_ref, reason=None, now=now)
    taking_effect.apply_changes(session, ENGINE, on=DECEMBER, now=now)

    with pytest.raises(Exception, match="already_decided"):
        changes.pause(session, me, pledge.donor_ref, months=1, now=at(date(2026, 12, 2)))

    assert session.get_one(Pledge, pledge.id).status is PledgeStatus.ENDED


def test_a_pledge_that_was_never_paid_cannot_be_paused(session, now):
    pledge, _ = a_pledge(session, status=PledgeStatus.OFFERED)

    with pytest.raises(WrongState):
        changes.pause(session, donor_of(session, pledge), pledge.donor_ref, months=1, now=now)
