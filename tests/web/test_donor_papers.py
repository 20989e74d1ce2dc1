"""A donor's papers on his pages, the page behind the QR, and the desks that keep fiscal receipts."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import select

from app import create_app
from config import Mode
from extensions import db, limiter
from models.earmarks import Earmark
from models.papers import Certificate, FiscalReceipt
from models.pledges import Pledge
from models.vault import ReceiptWish
from privacy.viewers import engine
from services import links
from services.books import receipts
from services.books.receipts import BankLine
from services.links import Subject
from services.vault import vault
from tests.factories import a_child, a_match, a_pledge, a_school, an_account, viewer
from tests.plugins.installation import settings_in
from tests.web.desks import sign_in
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import EarmarkKind, LinkPurpose, Naming, PledgeKind, Role
from vocabulary.money import Fen

DESK = viewer(Role.COLLECTING_DESK)
NAME, SCAN = "王小明 150123199001011234", b"%PDF-1.7\n%%EOF"


@pytest.fixture
def client(app):
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)
    return app.test_client()


def behind_link(client, session, pledge, now):
    donor_id = vault.donor_of_pledge(session, pledge.id)
    subject = Subject(donor_id=donor_id)
    token = links.make(session, engine(), LinkPurpose.DONOR_HOME, subject, now=now)
    session.commit()
    client.get(f"/d/{token}")


def pay(session, reference, fen, now):
    line = BankLine(reference, Fen(fen), date(2026, 11, 3), payer_name="张三")
    ref = receipts.record(session, DESK, line, now=now)["ref"]
    session.commit()
    return ref


@pytest.fixture
def paid(client, session, now):
    """A sealed donor behind his link, who paid 1,200 yuan; with his payment reference."""
    pledge, reference = a_pledge(session)
    pay(session, reference, 120_000, now)
    behind_link(client, session, pledge, now)
    return pledge.donor_ref, reference


def certificate(client, session, ref):
    client.post(f"/donor/papers/pledges/{ref}/certificates/2026")
    session.rollback()
    return session.scalars(select(Certificate).where(Certificate.void_on.is_(None))).one()


def test_the_year_stands_on_a_page_and_as_the_same_file_each_time(client, paid):
    page = client.get("/donor/papers/statements/2026")
    files = [client.get("/donor/papers/statements/2026.pdf").data for _ in range(2)]

    assert "¥1,200.00" in page.text
    assert files[0] == files[1]
    assert files[0].startswith(b"%PDF-")
    assert b"/FontFile" in files[0]  # the font travels with the paper


@pytest.mark.parametrize("year", ["2025", "2027", "1999", "26", "abcd"])
def test_a_year_that_was_not_is_not_found(client, paid, year):
    assert client.get(f"/donor/papers/statements/{year}").status_code == 404
    assert client.get(f"/donor/papers/statements/{year}.pdf").status_code == 404


def test_a_certificate_is_shown_first_and_then_taken(client, session, paid):
    made = certificate(client, session, paid[0])

    page = client.get(f"/donor/papers/certificates/{made.ref}").text
    files = [client.get(f"/donor/papers/certificates/{made.ref}.pdf").data for _ in range(2)]

    assert "人民币壹仟贰佰元整" in page
    assert "爱心人士：" in page
    assert "不作报销或抵税凭证" in page
    assert files[0] == files[1]
    assert files[0].startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("kind", "mark", "says"),
    [
        (PledgeKind.CHILD, None, "你为孩子们捐来助学金，"),
        (PledgeKind.GAP_FUND, None, "你为孩子们捐来爱心备用金，"),
        (PledgeKind.GAP_FUND, EarmarkKind.SURGERY, "你为孩子们捐来手术款，"),
        (PledgeKind.GAP_FUND, EarmarkKind.GIRLS, "你为孩子们捐来给女孩的助学款，"),
    ],
)
def test_it_says_what_the_money_was_given_for(session, client, now, kind, mark, says):  # noqa: PLR0917 three of them are cases
    pledge, reference = a_pledge(session, kind=kind)
    if mark:
        session.add(Earmark(pledge_id=pledge.id, kind=mark, since_on=now.date()))
    pay(session, reference, 120_000, now)
    behind_link(client, session, pledge, now)
    made = certificate(client, session, pledge.donor_ref)

    assert says in client.get(f"/donor/papers/certificates/{made.ref}").text
    assert client.get(f"/donor/papers/certificates/{made.ref}.pdf").data.startswith(b"%PDF-")


def test_whoever_scans_it_reads_number_sum_and_day_and_no_name(app, client, session, paid):
    pledge = session.scalars(select(Pledge)).one()
    pledge.naming, pledge.alias = Naming.ALIAS, "北方的雪"
    session.commit()
    made = certificate(client, session, paid[0])
    assert "北方的雪：" in client.get(f"/donor/papers/certificates/{made.ref}").text

    stranger = app.test_client().get(f"/verify/{made.code}")

    assert stranger.status_code == 200
    assert all(one in stranger.text for one in (made.number, "¥1,200.00", "2026年11月21日"))
    assert not [one for one in ("北方的雪", "张三", paid[1], paid[0]) if one in stranger.text]


def test_a_changed_code_is_answered_like_an_unknown_one(app, client, session, paid):
    made = certificate(client, session, paid[0])
    other = "A" if made.code[0] != "A" else "B"
    stranger = app.test_client()

    answers = [stranger.get(f"/verify/{code}") for code in (other + made.code[1:], "Z" * 32, "1")]

    bodies = {re.sub(r'nonce[-=]"?[\w+/=-]+"?|value="[^"]+"', "", one.text) for one in answers}
    assert {one.status_code for one in answers} == {404}
    assert len({re.sub(r"/verify/\w+", "", one) for one in bodies}) == 1


def test_a_corrected_one_says_so_and_is_handed_out_no_more(app, client, session, paid, now):
    made = certificate(client, session, paid[0])
    code, ref = made.code, made.ref
    wrong = session.scalars(select(receipts.Receipt.ref)).one()
    receipts.take_back(session, DESK, wrong, first="account:first", reason="记错了人", now=now)
    session.commit()

    assert "已作废，以新证为准" in app.test_client().get(f"/verify/{code}").text
    assert "已作废" in client.get(f"/donor/papers/certificates/{ref}").text
    assert client.get(f"/donor/papers/certificates/{ref}.pdf").status_code == 404
    assert "有一张证书作废了" in client.get("/donor/papers/").text


def test_codes_are_not_tried_without_end(template, tmp_path):
    shutil.copytree(template, tmp_path / "instance")
    real = create_app(replace(settings_in(tmp_path / "instance"), mode=Mode.DEMO))
    limiter.reset()

    stranger = real.test_client()
    answers = [stranger.get(f"/verify/{n:032d}").status_code for n in range(61)]

    assert answers == [404] * 60 + [429]
    limiter.reset()
    for handler in real.logger.handlers:
        handler.close()


def wish(client, ref, **typed):
    return client.post(f"/donor/papers/pledges/{ref}/receipts/2026", data=typed)


def keep(client, address, number="15060122"):
    typed = {"number": number, "amount": "1200", "issued_on": "2026-11-20"}
    return client.post(address, data={**typed, "document": (BytesIO(SCAN), "piaoju.pdf")})


def test_nothing_is_owed_to_who_leaves_no_name_and_asks_for_nothing(client, session, paid):
    an_account(session, Role.COLLECTING_DESK, login="shoukuan")
    session.commit()
    sign_in(client, "shoukuan")

    page = client.get("/staff/fiscal-receipts/").text

    assert paid[1] not in page
    assert "另有 1 个付款编号，共 ¥1,200.00" in page


def test_a_receipt_goes_from_the_wish_to_the_donors_hand(app, client, session, paid):
    assert wish(client, paid[0], way="payer").status_code == 303
    an_account(session, Role.COLLECTING_DESK, login="shoukuan")
    session.commit()
    desk = app.test_client()
    sign_in(desk, "shoukuan")
    address = f"/staff/fiscal-receipts/2026/{paid[1]}"
    assert "张三" in desk.get(address).text

    assert keep(desk, address).status_code == 303
    assert keep(desk, address).status_code == 200  # twice: nothing is left to make out
    session.rollback()

    kept = session.scalars(select(FiscalReceipt)).one()
    assert "没有欠着的票据" in desk.get("/staff/fiscal-receipts/").text
    got = client.get(f"/donor/papers/receipts/{kept.ref}/file")
    assert (got.data, got.mimetype) == (SCAN, "application/pdf")
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert "已经开了" in wish(client, paid[0], way="none").text


def test_a_receipt_over_money_taken_back_is_shown_until_it_is_void(app, client, session, paid, now):
    wish(client, paid[0], way="payer")
    an_account(session, Role.COLLECTING_DESK, login="shoukuan")
    session.commit()
    desk = app.test_client()
    sign_in(desk, "shoukuan")
    keep(desk, f"/staff/fiscal-receipts/2026/{paid[1]}")
    session.rollback()
    wrong = session.scalars(select(receipts.Receipt.ref)).one()
    receipts.take_back(session, DESK, wrong, first="account:first", reason="记错了人", now=now)
    session.commit()
    assert "多开了 ¥1,200.00" in desk.get("/staff/fiscal-receipts/").text

    kept = session.scalars(select(FiscalReceipt.ref)).one()
    for _ in range(2):
        assert desk.post(f"/staff/fiscal-receipts/kept/{kept}/void").status_code == 303

    assert "没有欠着的票据" in desk.get("/staff/fiscal-receipts/").text
    assert "已作废" in client.get("/donor/papers/").text


def test_a_sealed_name_is_read_by_the_custodian_alone(app, client, session, paid):
    assert "你说的" not in client.get("/donor/papers/").text
    assert wish(client, paid[0], way="sealed", name=NAME).status_code == 303
    assert "（你说的：密封实名，由保密员开）" in client.get("/donor/papers/").text
    session.rollback()
    assert NAME.encode() not in session.scalars(select(ReceiptWish.name)).one()
    for role, login in ((Role.COLLECTING_DESK, "shoukuan"), (Role.CUSTODIAN, "baomi")):
        an_account(session, role, login=login)
    session.commit()
    desk, custodian = app.test_client(), app.test_client()
    sign_in(desk, "shoukuan")
    sign_in(custodian, "baomi")

    assert desk.get(f"/staff/fiscal-receipts/2026/{paid[1]}").status_code == 404
    assert paid[1] not in desk.get("/staff/fiscal-receipts/").text
    address = f"/staff/sealed-receipts/2026/{paid[1]}"
    assert NAME in custodian.get(address).text
    assert keep(custodian, address).status_code == 303
    session.rollback()
    kept = session.scalars(select(FiscalReceipt)).one()
    assert desk.get(f"/staff/fiscal-receipts/kept/{kept.ref}/file").status_code == 404
    assert custodian.get(f"/staff/sealed-receipts/kept/{kept.ref}/file").data == SCAN
    assert client.get(f"/donor/papers/receipts/{kept.ref}/file").data == SCAN


def test_who_left_a_name_is_owed_one_until_he_says_no(app, client, session, paid):
    session.scalars(select(Pledge)).one().naming = Naming.NAMED
    for role, login in ((Role.COLLECTING_DESK, "shoukuan"), (Role.CUSTODIAN, "baomi")):
        an_account(session, role, login=login)
    session.commit()
    desk, custodian = app.test_client(), app.test_client()
    sign_in(desk, "shoukuan")
    sign_in(custodian, "baomi")
    assert paid[1] in desk.get("/staff/fiscal-receipts/").text

    assert wish(client, paid[0], way="waived").status_code == 303

    assert paid[1] not in desk.get("/staff/fiscal-receipts/").text
    page = custodian.get("/staff/sealed-receipts/").text
    assert paid[1] in page
    assert "这一年的捐赠票据我不要" in page


def test_a_sealed_wish_without_a_name_keeps_what_was_chosen(client, paid):
    answer = wish(client, paid[0], way="sealed")

    assert answer.status_code == 200
    assert "密封实名要写票据上的姓名或单位" in answer.text


@pytest.mark.parametrize("scan", [b"<html>", b"MZ\x90\x00", b""])
def test_what_is_no_paper_is_not_kept(client, session, paid, scan):
    wish(client, paid[0], way="payer")
    an_account(session, Role.COLLECTING_DESK, login="shoukuan")
    session.commit()
    sign_in(client, "shoukuan")
    typed = {"number": "15060122", "amount": "1200", "issued_on": "2026-11-20"}

    answer = client.post(
        f"/staff/fiscal-receipts/2026/{paid[1]}",
        data={**typed, "document": (BytesIO(scan), "piaoju.pdf")},
    )

    assert answer.status_code == 200
    assert 'value="15060122"' in answer.text
    session.rollback()
    assert session.scalars(select(FiscalReceipt)).all() == []


def test_a_years_account_says_its_sum_in_words_on_page_and_paper(client, paid):
    page = client.get("/donor/papers/statements/2026").text
    paper = client.get("/donor/papers/statements/2026.pdf").data
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=paper, stdout=-1, check=True)

    for where in (page, said.stdout.decode()):
        assert "人民币壹仟贰佰元整" in where
        assert "不作报销或抵税凭证" in where


def test_the_account_of_a_year_that_is_over_is_the_same_file_until_it_changes(
    client, session, paid, now
):
    pledge = session.scalars(select(Pledge)).one()

    def on(day: date) -> bytes:
        with clock.moved_to(at(day, 12)):
            behind_link(client, session, pledge, at(day))
            return client.get("/donor/papers/statements/2026.pdf").data

    first = on(date(2027, 1, 5))
    assert first.startswith(b"%PDF")
    assert on(date(2027, 3, 9)) == first

    receipts.record(
        session, DESK, BankLine(paid[1], Fen(5_000), date(2026, 12, 30)), now=at(date(2027, 4, 1))
    )
    session.commit()
    assert on(date(2027, 4, 2)) != first


def test_an_account_says_what_a_sum_for_one_child_is(client, session, paid, now):
    pledge = session.scalars(select(Pledge)).one()
    match = a_match(session, pledge, a_child(session, a_school(session)))
    session.commit()
    client.post(f"/donor/earmarks/children/{match.donor_ref}", data={"amount": "300"})
    one = session.scalars(select(Pledge).where(Pledge.kind == PledgeKind.GAP_FUND)).one()
    pay(session, vault.reference_of(session, one.id), 30_000, now)

    page = client.get("/donor/papers/statements/2026").text

    assert f"只为“{match.code_name}”存的一笔 · 给一次，¥300 · " in page
    assert "爱心备用金 · 每月" not in page
    assert f"只为“{match.code_name}”存的一笔</b>" in client.get("/donor/papers/").text
