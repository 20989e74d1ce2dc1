"""Where a sponsor pauses or ends, the fund goes on month by month until another begins (law 4)."""

from datetime import date

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.children import Child, Consent, Need
from models.notices import Notice
from models.pledges import Match, Pledge, PledgeChange
from models.stipends import Stipend
from privacy import viewers
from services.donors import listing, naming
from services.guardians import families
from services.letters import letter_pairs
from services.pairing import market, matches
from services.pledges import changes
from services.reveals import reveal_pairs
from services.vault import vault
from tests.factories import a_pledge, viewer
from tests.services.gap_fund import (
    DECEMBER,
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    broken,
    feed,
    instalments,
    left,
    own_matches,
    pay,
    run,
    sponsored,
)
from vocabulary.dates import add_months, at
from vocabulary.enums import (
    ChangeKind,
    ChangeStatus,
    MatchStatus,
    NeedStatus,
    NoticeKind,
    PledgeKind,
    Purpose,
    Rhythm,
    Role,
)
from vocabulary.money import Fen


def ended(session: Session, match: Match, on: date) -> None:
    """The sponsor stops: his match ends on a day."""
    matches.end_of_pledge(
        session, viewers.console(), match.pledge_id, on=on, now=at(on, 5), reason="stopped"
    )


def stopped_in_october(session: Session, fund: int = 88_800) -> Match:
    """September is paid, then the sponsor stops, while the fund has money."""
    feed(session, fund)
    match, reference = sponsored(session)
    pay(session, reference, 10_000, SEPTEMBER)
    run(session, SEPTEMBER)
    ended(session, match, OCTOBER)
    return match


def paused(session: Session, match: Match, on: date, until: date) -> PledgeChange:
    change = PledgeChange(
        pledge_id=match.pledge_id,
        kind=ChangeKind.PAUSE,
        status=ChangeStatus.APPLIED,
        effective_on=on,
        until_on=until,
        asked_at=at(on, 5),
    )
    session.add(change)
    return change


def successor(
    session: Session, match: Match, on: date, rhythm: Rhythm = Rhythm.MONTH, **more
) -> Match:
    """Somebody else is approved for the need."""
    fen = Fen(10_000 if rhythm is Rhythm.MONTH else 60_000)
    pledge, reference = a_pledge(session, "13800000077", instalment_fen=fen, rhythm=rhythm, **more)
    pay(session, reference, 120_000, on)
    child = session.get_one(Child, match.child_id)
    follows = Match(
        pledge_id=pledge.id,
        child_id=child.id,
        need_id=match.need_id,
        region_code=child.region_code,
        instalment_fen=fen,
        rhythm=rhythm,
        code_name="山坡",
        proposed_on=on,
        proposed_by="engine",
    )
    session.add(follows)
    session.flush()
    matches.approve(session, viewer(Role.APPROVER), follows.child_ref, now=at(on))
    return follows


def test_where_a_sponsor_stopped_the_fund_goes_on_until_a_successor_begins(
    session: Session,
) -> None:
    match = stopped_in_october(session)

    run(session, OCTOBER)
    run(session, NOVEMBER)
    follows = successor(session, match, date(2026, 11, 10))
    run(session, date(2026, 11, 11))
    run(session, DECEMBER)

    (own,) = own_matches(session)
    assert instalments(session, own) == [(OCTOBER, "fund"), (NOVEMBER, "fund")]
    assert (own.status, own.ends_on, own.instalment_fen) == (MatchStatus.ENDED, DECEMBER, 10_000)
    assert instalments(session, follows) == [(DECEMBER, "donor")]
    assert left(session) == 68_800
    assert broken(session, DECEMBER) == {}


def test_a_paused_pledge_costs_the_child_nothing_and_its_donor_owes_nothing(
    session: Session,
) -> None:
    feed(session, 88_800)
    match, reference = sponsored(session)
    pay(session, reference, 50_000, SEPTEMBER)
    run(session, SEPTEMBER)
    paused(session, match, OCTOBER, DECEMBER)

    for month in (OCTOBER, NOVEMBER, DECEMBER):
        run(session, month)

    assert instalments(session, match) == [(SEPTEMBER, "donor"), (DECEMBER, "donor")]
    (own,) = own_matches(session)
    assert instalments(session, own) == [(OCTOBER, "fund"), (NOVEMBER, "fund")]
    assert left(session) == 68_800
    assert broken(session, DECEMBER) == {}


def test_a_pause_cut_short_ends_the_funds_part_on_the_same_day(session: Session) -> None:
    feed(session, 88_800)
    match, reference = sponsored(session)
    pay(session, reference, 50_000, SEPTEMBER)
    change = paused(session, match, SEPTEMBER, date(2027, 6, 1))
    match.starts_on = date(2026, 8, 1)
    session.execute(update(Consent).values(given_on=date(2026, 7, 1)))
    run(session, SEPTEMBER)

    change.until_on = OCTOBER
    run(session, OCTOBER)

    (own,) = own_matches(session)
    assert instalments(session, own) == [(SEPTEMBER, "fund")]
    assert (OCTOBER, "donor") in instalments(session, match)


def test_a_term_that_was_paid_is_covered_to_its_end_and_then_month_by_month(
    session: Session,
) -> None:
    feed(session, 88_800)
    match, reference = sponsored(session, instalment_fen=Fen(60_000), rhythm=Rhythm.TERM)
    pay(session, reference, 60_000, SEPTEMBER)
    run(session, SEPTEMBER)
    ended(session, match, date(2026, 11, 20))

    run(session, date(2027, 2, 1))
    nothing = own_matches(session)
    run(session, date(2027, 3, 1))

    (own,) = own_matches(session)
    assert nothing == []
    assert (own.rhythm, own.instalment_fen, own.starts_on) == (
        Rhythm.MONTH,
        10_000,
        date(2027, 3, 1),
    )
    assert instalments(session, own) == [(date(2027, 3, 1), "fund")]


def test_the_fund_goes_on_until_a_successor_who_gives_by_the_term_has_his_first_due_day(
    session: Session,
) -> None:
    match = stopped_in_october(session, fund=888_800)
    run(session, OCTOBER)
    follows = successor(session, match, date(2026, 10, 10), Rhythm.TERM)

    for n in range(1, 6):
        run(session, add_months(OCTOBER, n))

    (own,) = own_matches(session)
    months = [add_months(OCTOBER, n) for n in range(5)]
    assert [day for day, _ in instalments(session, own)] == months
    assert instalments(session, follows) == [(date(2027, 3, 1), "donor")]


def test_a_machine_that_was_off_makes_up_for_each_month_once(session: Session) -> None:
    match = stopped_in_october(session)
    successor(session, match, date(2026, 11, 10))

    run(session, date(2026, 12, 3))
    run(session, date(2026, 12, 4))

    (own,) = own_matches(session)
    assert instalments(session, own) == [(OCTOBER, "fund"), (NOVEMBER, "fund")]
    assert own.status is MatchStatus.ENDED
    assert broken(session, date(2026, 12, 4)) == {}


def test_an_empty_fund_begins_nothing_and_does_when_it_is_fed(session: Session) -> None:
    match, reference = sponsored(session)
    pay(session, reference, 10_000, SEPTEMBER)
    run(session, SEPTEMBER)
    ended(session, match, OCTOBER)
    run(session, OCTOBER)
    empty = own_matches(session)
    feed(session, 88_800, on=OCTOBER)

    run(session, date(2026, 10, 20))

    (own,) = own_matches(session)
    assert empty == []
    assert instalments(session, own) == [(OCTOBER, "fund")]


def test_who_has_gone_without_for_long_waits_like_every_other_child(session: Session) -> None:
    match, reference = sponsored(session)
    pay(session, reference, 10_000, SEPTEMBER)
    run(session, SEPTEMBER)
    ended(session, match, OCTOBER)
    feed(session, 88_800, on=DECEMBER)

    run(session, date(2027, 1, 1))

    assert own_matches(session) == []


@pytest.mark.parametrize("why", ["need", "child", "consent"])
def test_nothing_is_begun_for_a_child_who_needs_it_no_more_or_is_held(
    session: Session, why: str
) -> None:
    stopped_in_october(session)
    if why == "need":
        session.execute(update(Need).values(status=NeedStatus.CLOSED))
    elif why == "child":
        session.execute(update(Child).values(status="ended"))
    else:
        session.execute(
            update(Consent)
            .where(Consent.purpose == Purpose.SPONSORSHIP)
            .values(withdrawn_on=date(2026, 9, 9))
        )

    run(session, OCTOBER)

    assert instalments(session) == [(SEPTEMBER, "donor")]


def test_what_others_cover_of_a_need_is_not_covered_again(session: Session) -> None:
    feed(session, 88_800)
    match, reference = sponsored(session)
    session.execute(update(Need).values(monthly_fen=Fen(15_000)))
    pay(session, reference, 10_000, SEPTEMBER)
    run(session, SEPTEMBER)
    pledge, other = a_pledge(session, "13800000055")
    pay(session, other, 30_000, SEPTEMBER)
    beside = Match(
        pledge_id=pledge.id,
        child_id=match.child_id,
        need_id=match.need_id,
        instalment_fen=Fen(10_000),
        rhythm=Rhythm.MONTH,
        code_name="山坡",
        status=MatchStatus.ACTIVE,
        proposed_on=SEPTEMBER,
        proposed_by="engine",
        starts_on=SEPTEMBER,
    )
    session.add(beside)
    ended(session, match, OCTOBER)

    run(session, OCTOBER)

    (own,) = own_matches(session)
    assert own.instalment_fen == 5_000


def test_a_successor_is_sought_though_the_fund_pays(session: Session) -> None:
    stopped_in_october(session)
    run(session, OCTOBER)

    (need,) = market.need_records(session, market.open_needs(session), on=OCTOBER)
    (listed,) = listing.to_list(session, on=OCTOBER).values()

    assert need.units_open == 2
    assert listed.is_waiting


def test_nobody_stands_behind_the_funds_own_pledge(session: Session) -> None:
    stopped_in_october(session)
    run(session, OCTOBER)
    run(session, NOVEMBER)

    pledge = session.scalars(select(Pledge).where(Pledge.kind == PledgeKind.BRIDGE)).one()
    assert vault.donors_of_pledges(session, {pledge.id}) == {}
    told = select(func.count(Notice.id)).where(Notice.kind == NoticeKind.PAYMENT_DUE)
    assert session.scalar(told) == 0


def test_a_family_writes_to_its_sponsor_and_reads_of_no_fund(session: Session) -> None:
    """A month that the fund paid looks like any other: its giver is 爱心人士, its letters are his."""
    feed(session, 88_800)
    match, reference = sponsored(session)
    pay(session, reference, 10_000, SEPTEMBER)
    run(session, SEPTEMBER)
    paused(session, match, OCTOBER, DECEMBER)
    run(session, OCTOBER)
    (own,) = own_matches(session)
    stipend = session.scalars(select(Stipend).where(Stipend.match_id == own.id)).one()
    family = viewer(Role.FAMILY, child_id=match.child_id, stipend_id=stipend.id)
    guardian = viewer(Role.FAMILY, child_id=match.child_id)

    assert letter_pairs.find_pair(session, family, None).pledge_id == match.pledge_id
    assert letter_pairs.find_pair(session, guardian, None).pledge_id == match.pledge_id
    assert reveal_pairs.find_pair(session, family, None).pledge_id == match.pledge_id
    assert naming.called(session, own.pledge_id, on=stipend.due_on) is None
    coming = families.coming_to(session, match.child_id, now=at(OCTOBER))
    assert {one["amount_fen"] for one in coming} == {10_000}


def test_a_donor_who_asks_for_a_pause_through_his_page_sees_his_child_carried(
    session: Session,
) -> None:
    feed(session, 88_800)
    match, reference = sponsored(session)
    pay(session, reference, 50_000, SEPTEMBER)
    run(session, SEPTEMBER)
    donor_id = vault.donor_of_pledge(session, match.pledge_id)
    donor = viewer(Role.DONOR, donor_id=donor_id, actor="donor:x")
    ref = session.get_one(Pledge, match.pledge_id).donor_ref
    changes.pause(session, donor, ref, months=1, now=at(date(2026, 9, 20)))

    run(session, OCTOBER)
    run(session, NOVEMBER)

    (own,) = own_matches(session)
    assert instalments(session, own) == [(OCTOBER, "fund")]
    assert instalments(session, match) == [(SEPTEMBER, "donor"), (NOVEMBER, "donor")]
    assert broken(session, NOVEMBER) == {}
