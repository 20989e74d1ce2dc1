"""A pledge is offered: what is kept, what is told, and what a contact gives away (nothing)."""

from dataclasses import replace
from datetime import date
from math import log2

import pytest
from sqlalchemy import func, select

from matching.wishes import Wishes
from models.notices import AccessLink, Notice
from models.pledges import Pledge
from models.trace import CustodianEntry, OrdinaryEntry, StateChange
from models.vault import Donor, PaidNote, VaultContact
from privacy import invitations
from services import links
from services.donors import donor_links, donors
from services.pledges import changes, pledges
from services.pledges.pledges import PledgeTerms
from tests.factories import a_pledge
from vocabulary import amounts
from vocabulary.enums import (
    Naming,
    NoticeKind,
    NoticeStatus,
    PledgeEnd,
    PledgeKind,
    PledgeStatus,
    Rhythm,
    Sex,
    Stage,
)
from vocabulary.errors import BadInput, NotFound
from vocabulary.money import Fen
from vocabulary.refs import ALPHABET
from vocabulary.rounding import in_words

TERMS = PledgeTerms(instalment_fen=Fen(10_000), rhythm=Rhythm.MONTH, not_relative=True)


def offer(session, now, contact="13900004172", **more):
    key = more.pop("form_key", None)
    return pledges.offer(session, replace(TERMS, **more), contact, now=now, form_key=key)


def opened(session, offered, now):
    return links.open_donor(session, offered.token, now=now)


def test_the_listed_sums_are_those_of_law_6():
    month, term, year = (amounts.listed_instalments(rhythm) for rhythm in Rhythm)

    assert month == (5_000, 10_000, 15_000, 20_000, 30_000, 50_000)
    assert term == tuple(6 * fen for fen in month)
    assert year == tuple(12 * fen for fen in month)
    assert amounts.listed_gifts() == (20_000, 50_000, 100_000, 200_000)


@pytest.mark.parametrize(
    ("fen", "rhythm", "kind"),
    [
        (10_000, Rhythm.MONTH, PledgeKind.CHILD),
        (60_000, Rhythm.TERM, PledgeKind.CHILD),
        (120_000, Rhythm.YEAR, PledgeKind.CHILD),
        (88_800, Rhythm.MONTH, PledgeKind.GAP_FUND),
        (60_000, Rhythm.MONTH, PledgeKind.GAP_FUND),
        (10_000, Rhythm.YEAR, PledgeKind.GAP_FUND),
    ],
)
def test_an_odd_amount_becomes_a_gap_fund_pledge(session, now, fen, rhythm, kind):
    offer(session, now, instalment_fen=Fen(fen), rhythm=rhythm)

    assert session.scalars(select(Pledge.kind)).one() is kind


def test_a_pledge_keeps_what_was_said_and_waits_for_money(session, now):
    offer(
        session,
        now,
        until=PledgeEnd.COUNT,
        until_count=12,
        wishes=Wishes(sex="F", stage="primary", league="150700000000"),
        naming=Naming.ALIAS,
        alias=" 北方的雪 ",
    )

    kept = session.scalars(select(Pledge)).one()
    assert (kept.status, kept.until, kept.until_count) == (
        PledgeStatus.OFFERED,
        PledgeEnd.COUNT,
        12,
    )
    assert (kept.wish_sex, kept.wish_stage) == (Sex.FEMALE, Stage.PRIMARY)
    assert (kept.wish_league, kept.alias) == ("150700000000", "北方的雪")
    assert kept.offered_on == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"instalment_fen": Fen(900)}, "amount"),
        ({"instalment_fen": Fen(10_000_100)}, "amount"),
        ({"until": PledgeEnd.COUNT, "until_count": None}, "until_count"),
        ({"until": PledgeEnd.COUNT, "until_count": 0}, "until_count"),
        ({"wishes": Wishes(league="110000000000")}, "league"),
        ({"until": PledgeEnd.JUNIOR, "wishes": Wishes(stage="senior")}, "until"),
        ({"children_wanted": 0}, "children_wanted"),
        ({"children_wanted": 21}, "children_wanted"),
        (
            {"instalment_fen": Fen(600_000), "rhythm": Rhythm.YEAR, "children_wanted": 17},
            "children_wanted",
        ),
        ({"naming": Naming.ALIAS, "alias": "  "}, "alias"),
        ({"naming": Naming.ALIAS, "alias": "打我13900004172"}, "alias"),
        ({"not_relative": False}, "not_relative"),
        ({"contact": "13900"}, "contact"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_kept(session, now, more, field):
    with pytest.raises(BadInput) as refusal:
        offer(session, now, **more)

    assert refusal.value.params["field"] == field
    assert session.scalar(select(func.count()).select_from(Pledge)) == 0
    assert session.scalar(select(func.count()).select_from(Donor)) == 0


def test_the_contact_is_in_the_vault_alone_and_the_link_goes_to_it(session, now):
    offer(session, now, contact="+86 139-0000-4172")

    contact = session.scalars(select(VaultContact)).one()
    assert b"13900004172" not in contact.value
    notice = session.scalars(select(Notice)).one()
    assert (notice.kind, notice.status) == (NoticeKind.PRIVATE_LINK, NoticeStatus.WAITING)
    assert notice.recipient_id == contact.donor_id


def test_the_act_is_on_the_custodians_chain_and_not_on_the_other(session, now):
    offered = offer(session, now)

    entry = session.scalars(select(CustodianEntry)).one()
    assert (entry.act, entry.subject) == ("pledge.offer", f"pledge:{offered.ref}")
    assert session.scalar(select(func.count()).select_from(OrdinaryEntry)) == 0


def test_the_forms_phone_sees_this_pledge_and_none_of_the_contacts_others(session, now):
    """Whoever types another's number must not be led to that person's page."""
    a_pledge(session, contact="13900004172")
    offered = offer(session, now)

    page = donors.home(session, opened(session, offered, now), now=now)

    assert [card["donor_ref"] for card in page.pledges] == [offered.ref]


def test_no_row_outside_the_vault_joins_a_donor_with_his_pledge(session, now):
    offered = offer(session, now)
    me = opened(session, offered, now)
    changes.stop(session, me, offered.ref, reason=None, now=now)

    link = session.scalars(select(AccessLink)).one()
    assert (link.donor_id, link.made_by) == (None, "public")
    actors = set(session.scalars(select(StateChange.by)))
    assert not any(actor.startswith("donor:") for actor in actors)


def test_the_same_form_twice_makes_one_pledge(session, now):
    first = offer(session, now, form_key="K" * 32)
    second = offer(session, now, form_key="K" * 32, instalment_fen=Fen(20_000))

    assert (second.ref, second.reference, second.is_repeat) == (first.ref, first.reference, True)
    assert session.scalars(select(Pledge.instalment_fen)).all() == [10_000]
    assert session.scalar(select(func.count()).select_from(Notice)) == 1
    assert opened(session, second, now).donor_id == opened(session, first, now).donor_id


def test_another_donors_pledge_is_not_found(session, now):
    mine, other = offer(session, now), offer(session, now, contact="b@example.org")
    me = opened(session, mine, now)

    for act in (
        lambda: pledges.how_to_pay(session, me, other.ref),
        lambda: pledges.said_paid(session, me, other.ref, Fen(1), now=now),
        lambda: changes.stop(session, me, other.ref, reason=None, now=now),
        lambda: donors.pledge(session, me, other.ref, now=now),
    ):
        with pytest.raises(NotFound):
            act()


def test_how_to_pay_names_whole_instalments_only(session, now):
    for rhythm, sums in (
        (Rhythm.MONTH, [(1, 10_000), (6, 60_000), (12, 120_000)]),
        (Rhythm.TERM, [(6, 60_000), (12, 120_000)]),
        (Rhythm.YEAR, [(12, 120_000)]),
    ):
        months = {Rhythm.MONTH: 1, Rhythm.TERM: 6, Rhythm.YEAR: 12}[rhythm]
        offered = offer(session, now, rhythm=rhythm, instalment_fen=Fen(10_000 * months))

        card = pledges.how_to_pay(session, opened(session, offered, now), offered.ref)

        assert (card["sums"], card["reference"]) == (sums, offered.reference)


def test_how_to_pay_counts_every_child_and_stops_at_the_last_time(session, now):
    for count, sums in (
        (3, [(1, 20_000), (3, 60_000)]),
        (9, [(1, 20_000), (6, 120_000), (9, 180_000)]),
    ):
        offered = offer(session, now, children_wanted=2, until=PledgeEnd.COUNT, until_count=count)

        card = pledges.how_to_pay(session, opened(session, offered, now), offered.ref)

        assert card["sums"] == sums


def test_the_gap_fund_takes_one_sum_whatever_number_of_children_was_chosen(session, now):
    offer(session, now, instalment_fen=Fen(88_800), children_wanted=3)

    assert session.scalars(select(Pledge.children_wanted)).one() == 1


def test_i_have_paid_said_twice_is_kept_once(session, now):
    offered = offer(session, now)
    me = opened(session, offered, now)

    for _ in range(2):
        pledges.said_paid(session, me, offered.ref, Fen(10_000), now=now)

    notes = session.execute(select(PaidNote.payment_reference, PaidNote.amount_fen)).all()
    assert notes == [(offered.reference, 10_000)]
    assert pledges.how_to_pay(session, me, offered.ref)["announced_on"] == date(2026, 11, 21)


def test_a_new_link_is_sent_to_a_known_contact_only_and_once_while_it_waits(session, now):
    offer(session, now)
    session.execute(Notice.__table__.update().values(status=NoticeStatus.DELIVERED))

    for contact in ("13900004172", "13900004172", "13911111111", "nobody@example.org"):
        donor_links.renew(session, contact, now=now)

    states = session.scalars(select(Notice.status).order_by(Notice.id)).all()
    assert states == [NoticeStatus.DELIVERED, NoticeStatus.WAITING]


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "不足 10"), (9, "不足 10"), (10, "10"), (14, "10"), (15, "20"), (1_234, "1,230")],
)
def test_strangers_see_tens_and_nothing_below_ten(count, words):
    assert in_words(count) == words


def test_an_invitation_is_not_guessed():
    """At least 128 bits, were every letter drawn as unevenly as a byte allows."""
    code = invitations.make(b"secret", date(2026, 12, 1))
    letters = code.partition("-")[2].replace("-", "")
    likeliest = -(-256 // len(ALPHABET)) / 256

    assert set(letters) <= set(ALPHABET)
    assert -len(letters) * log2(likeliest) >= 128
    for at in range(len(letters)):
        other = letters[:at] + ("2" if letters[at] != "2" else "3") + letters[at + 1 :]
        assert not invitations.is_valid(b"secret", f"20261201-{other}", on=date(2026, 11, 1))


def test_an_invitation_is_good_through_its_day_and_only_under_our_key():
    code = invitations.make(b"secret", date(2026, 12, 1))

    assert invitations.is_valid(b"secret", code, on=date(2026, 12, 1))
    assert invitations.is_valid(b"secret", code.replace("-", "").lower(), on=date(2026, 11, 1))
    assert not invitations.is_valid(b"secret", code, on=date(2026, 12, 2))
    assert not invitations.is_valid(b"other", code, on=date(2026, 11, 1))
    assert not invitations.is_valid(
        b"secret", code.replace("20261201", "20271201"), on=date(2026, 11, 1)
    )
    assert not invitations.is_valid(b"secret", "", on=date(2026, 11, 1))
