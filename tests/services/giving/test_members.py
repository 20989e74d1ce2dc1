"""A unit or group gives under one pledge: each member's own part, to the fen, and nobody else's."""

from datetime import date

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.notices import Notice
from models.pledges import Pledge
from models.vault import (
    Donor,
    VaultGiver,
    VaultKey,
    VaultMember,
    VaultPledge,
    VaultReceipt,
    VaultShare,
)
from privacy.viewers import Viewer
from services import links
from services.books import receipts
from services.books.receipts import BankLine
from services.checking import checks
from services.giving import members, moving, parts
from services.links import Subject
from services.notices import addressing
from services.papers import certificates, moves, statements
from services.papers import members as papers
from services.vault import forgetting_donors, vault
from tests.factories import a_child, a_match, a_pledge, a_school, a_sent_batch, viewer
from vocabulary.dates import at
from vocabulary.enums import (
    Channel,
    GiverKind,
    LinkPurpose,
    PledgeKind,
    Role,
)
from vocabulary.errors import AlreadyDecided, BadInput, LinkExpired, NotFound
from vocabulary.money import Fen

DESK = viewer(Role.COLLECTING_DESK, regions=("150000000000",))
AUDITOR = viewer(Role.AUDITOR)
FIRST = date(2026, 9, 1)


def donor(session: Session, pledge: Pledge, **more) -> Viewer:
    mine = VaultPledge.pledge_id == pledge.id
    key = session.scalar(select(VaultPledge.donor_id).where(mine))
    return viewer(Role.DONOR, actor="donor:D", donor_id=key, **more)


def pay(session: Session, reference: str, fen: int, day: date) -> str:
    line = BankLine(reference, Fen(fen), day)
    ref: str = receipts.record(session, DESK, line, now=at(day))["ref"]
    return ref


@pytest.fixture
def group(session: Session, now) -> tuple[Pledge, Viewer, str]:
    """三年级组: 王小明 gives 50, 李红 30, 赵亮 20 of each 100."""
    pledge, reference = a_pledge(session)
    me = donor(session, pledge)
    members.name(session, me, pledge.donor_ref, GiverKind.GROUP, "三年级组", now=now)
    said = members.read("王小明 50\n李红 30元\n\n赵亮，２０")
    members.join(session, me, pledge.donor_ref, said, from_on=FIRST, now=now)
    return pledge, me, reference


def refs(session: Session, me: Viewer, pledge: Pledge, now) -> dict[str, str]:
    found = members.page(session, me, pledge.donor_ref, now=now)["members"]
    return {one["name"]: one["ref"] for one in found}


def of_all(session, me, pledge, year, now):
    everyone = [*refs(session, me, pledge, now).values(), members.ITSELF]
    return [
        papers.of_year(session, me, pledge.donor_ref, one, year, now=now).pledges[0]
        for one in everyone
    ]


def test_what_came_is_divided_to_the_fen_among_whoever_stood_on_the_list(session, now, group):
    pledge, me, reference = group
    pay(session, reference, 10_001, FIRST)

    parts_of = [one.received for one in of_all(session, me, pledge, 2026, now)]

    assert parts_of == [5_001, 3_000, 2_000, 0]
    assert sum(parts_of) == 10_001


def test_every_members_year_adds_up_to_the_books_year(session, now, group):
    pledge, me, reference = group
    match = a_match(session, pledge, a_child(session, school := a_school(session)))
    pay(session, reference, 30_001, FIRST)
    a_sent_batch(session, school, match, on=date(2026, 9, 1))
    a_sent_batch(session, school, match, on=date(2026, 10, 1))
    wrong = pay(session, reference, 777, date(2026, 10, 5))
    receipts.take_back(session, DESK, wrong, first="account:first", reason="记错了人", now=now)

    books = moves.of_year(session, [pledge.donor_ref], 2026)[pledge.donor_ref]
    theirs = [one.year for one in of_all(session, me, pledge, 2026, now)]

    assert sum(one.received for one in theirs) == books.received == 30_001
    assert sum(one.used for one in theirs) == books.used == 20_000
    assert sum(one.after for one in theirs) == books.after
    # The lines say what the sums say.
    assert [one.paid for one in of_all(session, me, pledge, 2026, now)] == [
        one.used for one in theirs
    ]


def test_who_leaves_keeps_his_part_and_who_joins_begins_on_his_day(session, now, group):
    pledge, me, reference = group
    ref, who = pledge.donor_ref, refs(session, me, pledge, now)
    pay(session, reference, 10_000, FIRST)
    day = date(2026, 10, 1)
    members.change(session, me, ref, who["赵亮"], fen=Fen(0), from_on=day, now=now)
    said = members.read("孙悦 20")
    members.join(session, me, ref, said, from_on=day, now=now)
    pay(session, reference, 10_000, date(2026, 10, 8))

    who = refs(session, me, pledge, now)
    came = {
        name: papers.of_year(session, me, ref, one, 2026, now=now).pledges[0].payments
        for name, one in who.items()
    }

    assert came["赵亮"] == [(FIRST, 2_000)]
    assert came["孙悦"] == [(date(2026, 10, 8), 2_000)]
    assert came["王小明"] == [(FIRST, 5_000), (date(2026, 10, 8), 5_000)]


def test_no_day_before_the_last_payment_can_be_named(session, now, group):
    pledge, me, reference = group
    pay(session, reference, 10_000, date(2026, 10, 8))
    who = refs(session, me, pledge, now)["李红"]

    with pytest.raises(BadInput):
        members.change(
            session, me, pledge.donor_ref, who, fen=Fen(0), from_on=date(2026, 10, 8), now=now
        )
    members.change(
        session, me, pledge.donor_ref, who, fen=Fen(0), from_on=date(2026, 10, 9), now=now
    )


def test_the_account_of_one_names_nobody_else_and_no_sum_of_all(session, now, group):
    pledge, me, reference = group
    match = a_match(session, pledge, a_child(session, school := a_school(session)))
    pay(session, reference, 10_000, FIRST)
    a_sent_batch(session, school, match, on=FIRST)
    who = refs(session, me, pledge, now)["李红"]

    shown = papers.of_year(session, me, pledge.donor_ref, who, 2026, now=now)

    (part,) = shown.pledges
    assert (part.called, part.of_group) == ("李红", "三年级组")
    assert [line["amount_fen"] for child in part.children for line in child.lines] == [3_000]
    assert (shown.received, shown.used, shown.after) == (3_000, 3_000, 0)


def test_names_stand_under_keys_of_their_own_and_go_with_them(session, now, group):
    pledge, me, reference = group
    pay(session, reference, 10_000, FIRST)
    who = refs(session, me, pledge, now)["李红"]
    keys = session.scalar(select(func.count(VaultKey.donor_id)))

    members.forget(session, me, pledge.donor_ref, who, now=now)

    assert session.scalar(select(func.count(VaultKey.donor_id))) == keys - 1
    gone = session.scalars(select(Donor).where(Donor.ref == who)).one()
    assert gone.forgotten_on == now.date()
    assert session.get(VaultMember, gone.id) is None
    shown = papers.of_year(session, me, pledge.donor_ref, who, 2026, now=now)
    assert (shown.pledges[0].called, shown.received) == (papers.FORGOTTEN, 3_000)
    assert sum(one.received for one in of_all(session, me, pledge, 2026, now)) == 10_000


def test_who_forgets_himself_takes_the_names_of_his_group_with_him(session, now, group):
    _, me, _ = group

    forgetting_donors.forget(session, me, now=now)

    for table in (VaultGiver, VaultMember, VaultKey):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_nobody_but_its_contact_finds_the_list_and_no_link_to_one_pledge(session, now, group):
    pledge, me, _ = group
    other, _ = a_pledge(session, "13800000099")
    phone = donor(session, pledge, pledge_id=pledge.id)

    for stranger in (donor(session, other), phone):
        with pytest.raises(NotFound):
            members.page(session, stranger, pledge.donor_ref, now=now)
    who = refs(session, me, pledge, now)["李红"]
    with pytest.raises(NotFound):
        papers.of_year(session, donor(session, other), other.donor_ref, who, 2026, now=now)


def test_one_persons_pledge_has_no_list(session, now):
    pledge, _ = a_pledge(session)
    me = donor(session, pledge)

    assert members.page(session, me, pledge.donor_ref, now=now)["giver"] is None
    with pytest.raises(AlreadyDecided):
        members.join(session, me, pledge.donor_ref, members.read("李红 30"), from_on=FIRST, now=now)


@pytest.mark.parametrize(
    ("typed", "line"), [("李红", 1), ("李红 30\n王小明 五十", 2), ("李红 30\n\n 0", 3)]
)
def test_a_line_that_is_not_understood_is_named(typed, line):
    with pytest.raises(BadInput) as refusal:
        members.read(typed)

    assert refusal.value.params["line"] == line


def test_the_certificate_is_in_the_units_name(session, now, group):
    pledge, me, reference = group
    pay(session, reference, 10_000, FIRST)

    made = certificates.issue(session, me, pledge.donor_ref, 2026, now=now)

    assert certificates.paper(session, me, made)["called"] == "三年级组"
    (part,) = statements.of_year(session, me, 2026, now=now).pledges
    assert part.called == "三年级组"


def test_what_a_group_gives_the_fund_is_divided_and_used_on_its_day(session, now):
    pledge, reference = a_pledge(session, kind=PledgeKind.GAP_FUND, instalment_fen=Fen(8_800))
    me = donor(session, pledge)
    members.name(session, me, pledge.donor_ref, GiverKind.UNIT, "某某协会", now=now)
    said = members.read("王小明 3\n李红 1")
    members.join(session, me, pledge.donor_ref, said, from_on=FIRST, now=now)
    pay(session, reference, 8_800, FIRST)

    years = [one.year for one in of_all(session, me, pledge, 2026, now)]

    assert [(one.received, one.used) for one in years] == [(6_600, 6_600), (2_200, 2_200), (0, 0)]


def findings(session: Session, now) -> list[str]:
    report = checks.report(session, AUDITOR, now=now)
    return next(one["findings"] for one in report["checks"] if one["name"] == "group_parts")


def test_a_part_that_is_not_in_the_books_is_found(session, now, group):
    _, _, reference = group
    pay(session, reference, 10_000, FIRST)
    assert findings(session, now) == []

    session.execute(delete(VaultReceipt))

    assert len(findings(session, now)) == 1


def test_a_share_of_somebody_on_no_list_is_found(session, now, group):
    session.execute(delete(VaultMember).where(VaultMember.donor_id == _someone(session)))

    assert len(findings(session, now)) == 1


def test_who_was_forgotten_is_no_stranger(session, now, group):
    pledge, me, _ = group
    who = refs(session, me, pledge, now)["李红"]

    members.forget(session, me, pledge.donor_ref, who, now=now)

    assert findings(session, now) == []


def _someone(session: Session) -> int:
    return session.scalars(select(VaultShare.donor_id)).first() or 0


def test_of_one_pledge_all_that_came_is_somebodys(session, now, group):
    pledge, _, reference = group
    for fen in (1, 2, 99, 10_007):
        pay(session, reference, fen, FIRST)

    divided = parts.of_pledge(session, pledge)

    assert [sum(one.values()) for _, one in divided.paid] == [1, 2, 99, 10_007]


def enter(session: Session, donor_id: int, now) -> Viewer:
    """The viewer behind the link that a member was sent."""
    subject = Subject(donor_id=donor_id)
    token = links.make(session, viewer(Role.ENGINE), LinkPurpose.DONOR_HOME, subject, now=now)
    return links.open_donor(session, token, now=now)


def test_a_member_reads_his_own_part_by_his_own_link_and_nothing_of_the_others(
    session, now, group
) -> None:
    pledge, me, reference = group
    pay(session, reference, 10_001, FIRST)
    ref = refs(session, me, pledge, now)["李红"]
    assert members.reach(session, me, pledge.donor_ref, ref, "13911112222", now=now)
    key = session.scalars(select(Donor.id).where(Donor.ref == ref)).one()
    (notice,) = session.scalars(select(Notice).where(Notice.recipient_id == key)).all()
    person = addressing.find(session, notice, now=now, staff_by=frozenset())
    assert person.address == addressing.Address(Channel.SMS, "13911112222")

    hers = enter(session, key, now)

    mine = papers.years_of_own(session, hers, now=now)
    assert (mine["group"], mine["name"]) == ("三年级组", "李红")
    year = papers.of_own_year(session, hers, 2026, now=now).pledges[0]
    assert (year.received, year.called) == (3_000, "李红")
    with pytest.raises(NotFound):
        members.page(session, hers, pledge.donor_ref, now=now)
    with pytest.raises(NotFound):
        papers.of_own_year(session, me, 2026, now=now)
    assert papers.years_of_own(session, me, now=now) is None
    # Nobody is found by a member's number: it is no donor's.
    assert vault.find_donor_by_contact(session, "13911112222") is None


def test_a_new_contact_ends_the_old_link_and_none_takes_it_away(session, now, group) -> None:
    pledge, me, _ = group
    ref = refs(session, me, pledge, now)["李红"]
    key = session.scalars(select(Donor.id).where(Donor.ref == ref)).one()
    members.reach(session, me, pledge.donor_ref, ref, "13911112222", now=now)
    subject = Subject(donor_id=key)
    token = links.make(session, viewer(Role.ENGINE), LinkPurpose.DONOR_HOME, subject, now=now)

    assert not members.reach(session, me, pledge.donor_ref, ref, "", now=now)

    with pytest.raises(LinkExpired):
        links.open_donor(session, token, now=now)
    with pytest.raises(NotFound):
        vault.contact_of(session, key)
    with pytest.raises(BadInput):
        members.reach(session, me, pledge.donor_ref, ref, "不是号码", now=now)
    assert not members.member(session, me, pledge.donor_ref, ref, now=now)["has_link"]


def test_a_forgotten_member_has_no_contact_and_no_link_any_more(session, now, group) -> None:
    pledge, me, _ = group
    ref = refs(session, me, pledge, now)["李红"]
    key = session.scalars(select(Donor.id).where(Donor.ref == ref)).one()
    members.reach(session, me, pledge.donor_ref, ref, "13911112222", now=now)
    subject = Subject(donor_id=key)
    token = links.make(session, viewer(Role.ENGINE), LinkPurpose.DONOR_HOME, subject, now=now)

    members.forget(session, me, pledge.donor_ref, ref, now=now)

    with pytest.raises(LinkExpired):
        links.open_donor(session, token, now=now)
    with pytest.raises(NotFound):
        vault.contact_of(session, key)


def test_another_contact_says_yes_and_the_groups_pledge_is_his_to_keep_unchanged(
    session, now, group
) -> None:
    pledge, me, reference = group
    pay(session, reference, 10_001, FIRST)
    before = [one.received for one in of_all(session, me, pledge, 2026, now)]
    ref = moving.ask_contact(session, me, pledge.donor_ref, "13911112222", now=now)
    key = vault.find_donor_by_contact(session, "13911112222")
    other = viewer(Role.DONOR, actor="donor:O", donor_id=key)
    card = moving.one_asked(session, other, ref, now=now)
    assert (card["group"], card["is_contact"]) == ("三年级组", True)
    with pytest.raises(NotFound):
        members.page(session, other, pledge.donor_ref, now=now)

    assert moving.accept(session, other, ref, now=now) == pledge.donor_ref

    assert vault.reference_of(session, pledge.id) == reference
    assert [one.received for one in of_all(session, other, pledge, 2026, now)] == before
    assert members.page(session, other, pledge.donor_ref, now=now)["giver"].name == "三年级组"
    with pytest.raises(NotFound):
        members.page(session, me, pledge.donor_ref, now=now)
    pay(session, reference, 5_000, date(2026, 9, 2))
    assert sum(one.received for one in of_all(session, other, pledge, 2026, now)) == 15_001
    report = checks.report(session, AUDITOR, now=now)["checks"]
    assert [one["name"] for one in report if one["count"]] == []


def test_a_contact_is_asked_for_a_groups_pledge_alone_and_may_say_no(session, now, group) -> None:
    pledge, me, reference = group
    own, _ = a_pledge(session, "13900000033")
    with pytest.raises(AlreadyDecided):
        moving.ask_contact(session, donor(session, own), own.donor_ref, "13911112222", now=now)
    pay(session, reference, 10_000, FIRST)
    ref = moving.ask_contact(session, me, pledge.donor_ref, "13911112222", now=now)
    key = vault.find_donor_by_contact(session, "13911112222")

    moving.decline(session, viewer(Role.DONOR, actor="donor:O", donor_id=key), ref, now=now)

    assert members.page(session, me, pledge.donor_ref, now=now)["giver"] is not None
    assert vault.find_donor_by_contact(session, "13911112222") is None
