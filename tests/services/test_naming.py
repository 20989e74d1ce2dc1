"""A donor chooses how the family reads of him, and nobody else reads anything."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.naming import PledgeNaming
from models.pledges import Match, Pledge
from models.stipends import Stipend
from models.trace import CustodianEntry, OrdinaryEntry
from models.vault import VaultName, VaultPledge
from privacy.disclosure import audiences_of
from privacy.naming import SHOWN, Eyes, Shown, is_fit
from services.donors import naming, sights
from services.donors.naming import Called
from services.donors.sights import Field, Reader
from services.guardians import families
from services.pledges import pledges
from services.pledges.pledges import PledgeTerms
from services.vault import vault
from tests.factories import a_child, a_match, a_pledge, a_school, a_sent_batch, viewer
from vocabulary.dates import at
from vocabulary.enums import Naming, PledgeStatus, Rhythm, Role
from vocabulary.errors import AlreadyDecided, BadInput, NotFound, NotPermitted
from vocabulary.money import Fen
from vocabulary.waivers import CURRENT, WORDINGS

SEPTEMBER, NOVEMBER, DECEMBER = date(2026, 9, 1), date(2026, 11, 1), date(2026, 12, 1)


def donor(session, pledge):
    donor_id = session.scalar(
        select(VaultPledge.donor_id).where(VaultPledge.pledge_id == pledge.id)
    )
    return viewer(Role.DONOR, actor="donor:D", donor_id=donor_id)


def offer(session, now, **called):
    terms = PledgeTerms(
        instalment_fen=Fen(10_000), rhythm=Rhythm.MONTH, not_relative=True, **called
    )
    made = pledges.offer(session, terms, "13800000001", now=now)
    return session.scalars(select(Pledge).where(Pledge.donor_ref == made.ref)).one()


def slips_of(session, pledge, *days):
    """Instalments of the pledge's child, due on days."""
    school = a_school(session)
    match = a_match(session, pledge, a_child(session, school))
    for day in days:
        a_sent_batch(session, school, match, on=day)
    rows = session.scalars(select(Stipend).order_by(Stipend.due_on)).all()
    return match.child_id, {row.due_on: row.id for row in rows}


def read(session, child_id, stipend_id, now):
    """What held for an instalment, as its guardian's own page calls who gives; a slip's never does."""
    slip = viewer(Role.FAMILY, child_id=child_id, stipend_id=stipend_id)
    assert not families.page(session, slip, now=now).has("giver")
    stipend = session.get_one(Stipend, stipend_id)
    pledge_id = session.get_one(Match, stipend.match_id).pledge_id
    return naming.called(session, pledge_id, on=stipend.due_on)


@pytest.mark.parametrize(
    ("called", "shown"),
    [
        ({}, None),
        ({"naming": Naming.ALIAS, "alias": "北方的雪"}, "北方的雪"),
        ({"naming": Naming.NAMED, "name": "王小明"}, "王小明"),
    ],
)
def test_the_family_reads_what_was_chosen(session, now, called, shown):
    pledge = offer(session, at(SEPTEMBER), **called)
    child_id, rows = slips_of(session, pledge, NOVEMBER)

    assert read(session, child_id, rows[NOVEMBER], now) == shown


def test_a_name_given_later_stands_on_later_slips_only(session, now):
    pledge = offer(session, at(SEPTEMBER))
    me, named = donor(session, pledge), Called(Naming.NAMED, name="王小明")
    naming.choose(session, me, pledge.donor_ref, named, now=now)
    child_id, rows = slips_of(session, pledge, NOVEMBER, DECEMBER)

    assert read(session, child_id, rows[NOVEMBER], now) is None
    assert read(session, child_id, rows[DECEMBER], now) == "王小明"


def test_the_donors_own_page_says_what_is_read_today_and_from_when_the_choice_holds(session, now):
    pledge = offer(session, at(SEPTEMBER), naming=Naming.ALIAS, alias="北方的雪")
    me, ref = donor(session, pledge), pledge.donor_ref
    before = naming.page(session, me, ref, now=now)

    naming.choose(session, me, ref, Called(Naming.NAMED, name="王小明"), now=now)

    page, later = (naming.page(session, me, ref, now=day) for day in (now, at(DECEMBER, 9)))
    assert (before["shown_now"], before["holds_from"]) == ("北方的雪", None)
    assert (page["name"], page["shown_now"]) == ("王小明", "北方的雪")
    assert page["holds_from"] == DECEMBER
    assert (later["shown_now"], later["holds_from"]) == ("王小明", None)


def test_hiding_again_empties_every_page_at_once_and_the_vault_with_them(session, now):
    pledge = offer(session, at(SEPTEMBER), naming=Naming.NAMED, name="王小明")
    child_id, rows = slips_of(session, pledge, NOVEMBER)

    naming.choose(session, donor(session, pledge), pledge.donor_ref, Called(), now=now)

    assert read(session, child_id, rows[NOVEMBER], now) is None
    assert session.scalars(select(VaultName)).all() == []


def test_an_alias_taken_back_is_in_no_row(session, now):
    pledge = offer(session, at(SEPTEMBER), naming=Naming.ALIAS, alias="北方的雪")

    naming.choose(session, donor(session, pledge), pledge.donor_ref, Called(), now=now)
    session.expire_all()

    assert pledge.alias is None
    assert {row.alias for row in session.scalars(select(PledgeNaming))} == {None}


def test_from_name_to_alias_the_name_is_forgotten(session, now):
    pledge = offer(session, at(SEPTEMBER), naming=Naming.NAMED, name="王小明")
    child_id, rows = slips_of(session, pledge, NOVEMBER, DECEMBER)
    me, alias = donor(session, pledge), Called(Naming.ALIAS, alias="北方的雪")

    naming.choose(session, me, pledge.donor_ref, alias, now=now)

    assert vault.name_of(session, pledge.id) is None
    assert read(session, child_id, rows[DECEMBER], now) == "北方的雪"
    assert read(session, child_id, rows[NOVEMBER], now) == "北方的雪"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "打我13900004172",
        "加我吧",
        "wxid_love",
        "幺三八零零零",
        "北@方",
        "一" * 4,
        "雪" * 13,
    ],
)
def test_nothing_by_which_a_stranger_is_reached_passes_for_an_alias(session, now, text):
    with pytest.raises(BadInput):
        offer(session, now, naming=Naming.ALIAS, alias=text)


@pytest.mark.parametrize("text", ["北方的雪", "卓玛·齐齐格𠮷", "ᠰᠠᠷᠠᠨ ᠭᠡᠷᠡᠯ", "三个老同学"])
def test_names_of_this_country_pass(text):
    assert is_fit(text, 12)


def test_the_same_choice_is_no_change_and_an_ended_pledge_tells_no_more(session, now):
    pledge = offer(session, at(SEPTEMBER))
    me = donor(session, pledge)
    with pytest.raises(BadInput):
        naming.choose(session, me, pledge.donor_ref, Called(), now=now)
    pledge.status = PledgeStatus.ENDED

    with pytest.raises(AlreadyDecided):
        naming.choose(
            session, me, pledge.donor_ref, Called(Naming.ALIAS, alias="北方的雪"), now=now
        )


def test_nobody_chooses_for_another(session, now):
    pledge = offer(session, now)
    stranger = donor(session, a_pledge(session, "13800000009")[0])

    with pytest.raises(NotFound):
        naming.choose(
            session, stranger, pledge.donor_ref, Called(Naming.NAMED, name="王小明"), now=now
        )


def test_a_change_is_in_the_custodians_chain_alone_and_without_the_name(session, now):
    pledge = offer(session, at(SEPTEMBER))
    before = len(session.scalars(select(OrdinaryEntry)).all())
    named = Called(Naming.NAMED, name="王小明")

    naming.choose(session, donor(session, pledge), pledge.donor_ref, named, now=now)

    last = session.scalars(select(CustodianEntry).order_by(CustodianEntry.seq.desc())).first()
    assert last.act == "pledge.naming"
    assert "王小明" not in f"{last.detail}{last.why}{last.subject}"
    assert len(session.scalars(select(OrdinaryEntry)).all()) == before


def test_the_waiver_is_kept_with_day_and_wording_and_a_named_donor_waives_nothing(session, now):
    sealed = offer(session, now)
    naming.choose(
        session,
        donor(session, sealed),
        sealed.donor_ref,
        Called(Naming.NAMED, name="王小明"),
        now=now + timedelta(days=1),
    )

    rows = session.scalars(select(PledgeNaming).order_by(PledgeNaming.id)).all()

    assert [(row.waiver, row.chosen_on) for row in rows] == [
        (CURRENT, date(2026, 11, 21)),
        (None, date(2026, 11, 22)),
    ]
    custodian = viewer(Role.CUSTODIAN)
    assert [c["words"] for c in naming.waived(session, custodian)] == [WORDINGS[CURRENT]]
    assert naming.waived(session, custodian, ref="NOSUCH") == []
    assert not naming.waived(session, custodian)[0].has("naming")
    for role in (Role.CASE_WORKER, Role.AUDITOR, Role.ADMINISTRATOR, Role.COLLECTING_DESK):
        with pytest.raises(NotPermitted):
            naming.waived(session, viewer(role))


def test_only_the_family_ever_reads_an_alias_or_name():
    for shown in SHOWN.values():
        assert {shown[eyes] for eyes in Eyes if eyes is not Eyes.FAMILY} == {Shown.NOTHING}
    for column in (Pledge.alias, Pledge.naming, PledgeNaming.alias, PledgeNaming.naming):
        assert {one.value for one in audiences_of(column.info)} == {"owning_donor"}
    assert not audiences_of(VaultName.value.info)


def test_the_page_says_what_the_columns_say():
    said = {sight.field: sight.readers for sight in sights.of_fields()}

    assert said[Field.CONTACT] == said[Field.OFFERED_ON] == ()
    assert said[Field.PAYER] == said[Field.PAID_ON] == (Reader.COLLECTING,)
    assert Reader.COLLECTING not in said[Field.AMOUNT]
    assert said[Field.CODE] == (Reader.CASE,)
    # Whoever reads a sum or a reference somewhere else than in the pledge itself is said as well.
    assert said[Field.REFERENCE] == (Reader.COLLECTING, Reader.CLERK)
    assert {Reader.PAYING, Reader.CLERK} < set(said[Field.AMOUNT])
    assert not any(Reader.PUBLIC in readers for readers in said.values())
    assert sights.of_naming(Naming.SEALED).readers == ()
    assert sights.of_naming(Naming.NAMED).readers == (Reader.FAMILY,)
