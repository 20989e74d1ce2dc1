"""What a donor waits for stands on his page until it is over; a toast is gone with the next page."""

from datetime import date

from sqlalchemy import select

from models.vault import VaultContact
from privacy.viewers import engine
from services import links
from services.books import receipts
from services.books.receipts import BankLine
from services.links import Subject
from services.vault.purses import of_pledges
from tests.factories import viewer
from tests.web.test_donor_pages import agreed, client, mine, plain  # noqa: F401 fixtures
from vocabulary.enums import LinkPurpose, Role
from vocabulary.money import Fen

SAID = "你11月21日说付过了，等银行到账。"
ASKED = "发了链接给对方，"


def test_a_word_that_he_paid_ahead_stands_until_money_comes(client, session, mine, now):  # noqa: F811
    """He has prepaid for months: no instalment asks for it, and it is his word all the same."""
    ref = mine[0].donor_ref
    assert SAID not in plain(client.get("/donor/"))

    client.post(f"/donor/pledges/{ref}/pay", data={"amount": "1200"})

    client.get("/donor/")  # the toast
    assert SAID in plain(client.get("/donor/"))
    reference = of_pledges(session, [ref])[ref].reference
    line = BankLine(reference, Fen(120_000), date(2026, 11, 21))
    receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=now)
    session.commit()
    assert SAID not in plain(client.get("/donor/"))
    assert "你说已经付了" not in plain(client.get(f"/donor/pledges/{ref}/pay"))


def test_an_asked_payer_and_other_terms_wait_beside_each_other(client, session, mine):  # noqa: F811
    ref = mine[0].donor_ref
    agreed(client, f"/donor/pledges/{ref}/payer", contact="13900001234")
    assert ASKED in plain(client.get("/donor/"))

    agreed(client, f"/donor/pledges/{ref}/terms", monthly="5000", rhythm="month")

    page = client.get("/donor/")
    assert "从2026年12月1日起改成每月¥50。" in plain(page)
    assert ASKED in plain(page)
    assert page.text.count("/donor/payer/") == 1  # taken back from here


def test_who_is_asked_to_go_on_paying_reads_that_first(client, session, mine, now):  # noqa: F811
    """He has no pledge yet: what he came for is the question."""
    agreed(client, f"/donor/pledges/{mine[0].donor_ref}/payer", contact="13900001234")
    asked = session.scalars(select(VaultContact.donor_id).order_by(VaultContact.id.desc())).first()
    token = links.make(session, engine(), LinkPurpose.DONOR_HOME, Subject(donor_id=asked), now=now)
    session.commit()
    client.get(f"/d/{token}")

    page = plain(client.get("/donor/"))

    assert "<h1>有人请你接着付</h1>" in page
    assert "还没有认捐" not in page
    assert "从这条链接还看不到认捐" not in page
