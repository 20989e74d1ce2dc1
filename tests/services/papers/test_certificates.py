"""Certificates: only over money that came, void when it did not, and no name behind the code."""

from datetime import date, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.notices import Notice
from models.papers import Certificate
from models.pledges import Pledge
from models.trace import CustodianEntry, OrdinaryEntry
from models.vault import VaultPledge
from privacy.viewers import Viewer
from services.books import receipts
from services.books.receipts import BankLine
from services.notices import drawing
from services.papers import certificates, checks
from tests.factories import a_pledge, viewer
from vocabulary.enums import NoticeKind, PledgeKind, Role, VoidReason
from vocabulary.errors import BadInput, NotFound, NotPermitted
from vocabulary.money import Fen
from vocabulary.refs import token_hash

DESK = viewer(Role.COLLECTING_DESK, regions=("150000000000",))
YEAR = 2026


def donor(session: Session, pledge: Pledge) -> Viewer:
    mine = VaultPledge.pledge_id == pledge.id
    return viewer(
        Role.DONOR,
        actor=f"donor:{pledge.donor_ref}",
        donor_id=session.scalar(select(VaultPledge.donor_id).where(mine)),
    )


def pay(session: Session, reference: str, fen: int, day: date, *, now: datetime) -> str:
    line = BankLine(reference, Fen(fen), day, payer_name="王小明")
    ref: str = receipts.record(session, DESK, line, now=now)["ref"]
    return ref


@pytest.fixture
def paid(session: Session, now: datetime) -> tuple[Pledge, Viewer, str, list[str]]:
    """A donor who paid 100 and 250 yuan."""
    pledge, reference = a_pledge(session)
    refs = [
        pay(session, reference, 10_000, date(2026, 9, 3), now=now),
        pay(session, reference, 25_000, date(2026, 11, 2), now=now),
    ]
    return pledge, donor(session, pledge), reference, refs


def standing(session: Session) -> list[Certificate]:
    return list(session.scalars(select(Certificate).where(Certificate.void_on.is_(None))))


def test_a_certificate_is_over_the_money_that_came(session, now, paid) -> None:
    pledge, me, _, _ = paid

    card = certificates.paper(
        session, me, certificates.issue(session, me, pledge.donor_ref, YEAR, now=now)
    )

    assert card["amount_fen"] == 35_000
    assert card["came"] == [(date(2026, 9, 3), 10_000), (date(2026, 11, 2), 25_000)]
    assert card["called"] == "爱心人士"


@pytest.mark.parametrize("year", [2025, 2027])
def test_a_year_without_money_has_no_certificate(session, now, paid, year) -> None:
    pledge, me, _, _ = paid

    with pytest.raises(BadInput):
        certificates.issue(session, me, pledge.donor_ref, year, now=now)


def test_asked_twice_it_is_the_same_paper(session, now, paid) -> None:
    pledge, me, _, _ = paid

    refs = {certificates.issue(session, me, pledge.donor_ref, YEAR, now=now) for _ in range(3)}

    assert len(refs) == len(session.scalars(select(Certificate)).all()) == 1


def test_money_that_came_later_makes_a_new_one_and_voids_the_old(session, now, paid) -> None:
    pledge, me, reference, _ = paid
    old = certificates.paper(
        session, me, certificates.issue(session, me, pledge.donor_ref, YEAR, now=now)
    )
    pay(session, reference, 5_000, date(2026, 11, 20), now=now)
    assert certificates.verify(session, old["code"]).void_on is None  # what it says is still true

    certificates.issue(session, me, pledge.donor_ref, YEAR, now=now)

    (new,) = standing(session)
    assert new.amount_fen == 40_000
    assert certificates.verify(session, old["code"]).void_on == date(2026, 11, 21)


def test_money_taken_back_voids_it_at_once_and_what_is_left_replaces_it(session, now, paid) -> None:
    pledge, me, _, refs = paid
    old = certificates.paper(
        session, me, certificates.issue(session, me, pledge.donor_ref, YEAR, now=now)
    )

    receipts.take_back(session, DESK, refs[1], first="account:first", reason="记错了人", now=now)

    said = certificates.verify(session, old["code"])
    assert (said.amount_fen, said.void_on) == (35_000, date(2026, 11, 21))
    (new,) = standing(session)
    assert (new.amount_fen, new.lines) == (10_000, [["2026-09-03", 10_000]])
    reasons = session.scalars(select(Certificate.void_because).order_by(Certificate.id)).all()
    assert reasons == [VoidReason.CORRECTED, None]


def words_of_void(session: Session, me: Viewer, now: datetime) -> list[str]:
    """What the donor reads of his papers that hold no more."""
    waits = select(Notice).where(Notice.kind == NoticeKind.CERTIFICATE_VOID).order_by(Notice.id)
    drawn = [
        drawing.draw(session, me, one, now=now, hotline="12338") for one in session.scalars(waits)
    ]
    return [one.inbox or "" for one in drawn if one]


def test_a_donor_hears_that_his_paper_is_void_and_why(session, now, paid) -> None:
    pledge, me, reference, refs = paid
    first = certificates.issue(session, me, pledge.donor_ref, YEAR, now=now)
    pay(session, reference, 5_000, date(2026, 11, 20), now=now)
    assert words_of_void(session, me, now) == []

    certificates.issue(session, me, pledge.donor_ref, YEAR, now=now)
    (renewed,) = words_of_void(session, me, now)
    receipts.take_back(session, DESK, refs[1], first="account:first", reason="记错了人", now=now)
    _, corrected = words_of_void(session, me, now)

    number = certificates.paper(session, me, first)["number"]
    assert f"编号 {number} 的捐赠证书11月21日作废：后来又到了账" in renewed
    assert "有一笔到账更正过" in corrected
    assert not [one for one in (renewed, corrected) if "¥" in one or "王小明" in one]


def test_all_money_taken_back_leaves_no_certificate(session, now, paid) -> None:
    pledge, me, _, refs = paid
    certificates.issue(session, me, pledge.donor_ref, YEAR, now=now)

    for ref in refs:
        receipts.take_back(session, DESK, ref, first="account:first", reason="记错了人", now=now)

    assert standing(session) == []
    assert len(session.scalars(select(Certificate)).all()) == 2


def test_money_that_no_certificate_counts_voids_none(session, now, paid) -> None:
    pledge, me, reference, _ = paid
    certificates.issue(session, me, pledge.donor_ref, YEAR, now=now)
    later = pay(session, reference, 7_000, date(2026, 11, 20), now=now)

    receipts.take_back(session, DESK, later, first="account:first", reason="记错了人", now=now)

    assert [one.amount_fen for one in session.scalars(select(Certificate))] == [35_000]


def test_the_gap_funds_donor_has_one_too(session, now) -> None:
    pledge, reference = a_pledge(session, kind=PledgeKind.GAP_FUND)
    ref = pay(session, reference, 50_000, date(2026, 10, 1), now=now)
    me = donor(session, pledge)

    certificates.issue(session, me, pledge.donor_ref, YEAR, now=now)
    assert [one.amount_fen for one in standing(session)] == [50_000]
    receipts.take_back(session, DESK, ref, first="account:first", reason="记错了人", now=now)

    assert standing(session) == []


def test_who_holds_the_paper_learns_three_things_and_no_name(session, now, paid) -> None:
    pledge, me, _, _ = paid
    card = certificates.paper(
        session, me, certificates.issue(session, me, pledge.donor_ref, YEAR, now=now)
    )

    said = certificates.verify(session, card["code"])

    assert said == certificates.Verified(card["number"], Fen(35_000), date(2026, 11, 21), None)


def test_a_changed_or_unknown_code_is_not_found(session, now, paid) -> None:
    pledge, me, _, _ = paid
    ref = certificates.issue(session, me, pledge.donor_ref, YEAR, now=now)
    card = certificates.paper(session, me, ref)
    code = card["code"]

    for wrong in (code[:-1], code + "2", code[::-1], code.lower(), card["number"], ref, ""):
        with pytest.raises(NotFound):
            certificates.verify(session, wrong)


def test_the_code_is_found_by_its_hash_and_kept_sealed(session, now, paid) -> None:
    pledge, me, _, _ = paid
    certificates.issue(session, me, pledge.donor_ref, YEAR, now=now)

    (one,) = standing(session)
    raw = session.connection().exec_driver_sql("SELECT code, code_hash FROM certificates").one()

    assert raw[1] == token_hash(one.code)
    assert one.code.encode() not in bytes(raw[0])


def test_no_donor_reads_or_makes_anothers(session, now, paid) -> None:
    pledge, me, _, _ = paid
    ref = certificates.issue(session, me, pledge.donor_ref, YEAR, now=now)
    stranger = donor(session, a_pledge(session, "13800000002")[0])

    with pytest.raises(NotFound):
        certificates.paper(session, stranger, ref)
    with pytest.raises(NotFound):
        certificates.issue(session, stranger, pledge.donor_ref, YEAR, now=now)
    for role in (Role.COLLECTING_DESK, Role.CASE_WORKER, Role.CUSTODIAN, Role.AUDITOR):
        with pytest.raises(NotPermitted):
            certificates.of_donor(session, viewer(role))


def test_it_is_traced_in_the_custodians_chain_alone(session, now, paid) -> None:
    pledge, me, _, refs = paid
    certificates.issue(session, me, pledge.donor_ref, YEAR, now=now)
    receipts.take_back(session, DESK, refs[0], first="account:first", reason="记错了人", now=now)

    kept = [e.act for e in session.scalars(select(CustodianEntry)) if "certificate" in e.act]
    assert kept == ["certificate.issue", "certificate.void", "certificate.issue"]
    assert not [e for e in session.scalars(select(OrdinaryEntry)) if "certificate" in e.act]


@pytest.mark.parametrize(
    ("spoiling", "words"),
    [
        ("UPDATE certificates SET amount_fen = amount_fen + 1", "各笔加起来不是"),
        ("UPDATE certificates SET year = 2025", "不是 2025 年到账的"),
        ("UPDATE receipts SET is_taken_back = true WHERE amount_fen = 25000", "没有到账"),
        ("UPDATE receipts SET amount_fen = 24999 WHERE amount_fen = 25000", "没有到账"),
    ],
)
def test_the_nightly_check_finds_a_certificate_that_says_too_much(
    session, now, paid, spoiling, words
) -> None:
    pledge, me, _, _ = paid
    certificates.issue(session, me, pledge.donor_ref, YEAR, now=now)
    assert checks.certificates(session) == []

    session.execute(text(spoiling))

    assert [words in one for one in checks.certificates(session)] == [True]
