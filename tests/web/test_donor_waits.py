"""What a donor waits for stands on his page until it is over; a toast is gone with the next page."""

from datetime import date

from sqlalchemy import select

from models.pledges import PledgeChange
from models.vault import PayerMove, VaultContact
from privacy.viewers import engine
from services import links
from services.books import receipts
from services.books.receipts import BankLine
from services.giving import handing_over
from services.links import Subject
from services.pledges import taking_effect
from services.vault import vault
from services.vault.purses import of_pledges
from tests.factories import viewer
from tests.web.test_donor_pages import agreed, client, mine, plain  # noqa: F401 fixtures
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import LinkPurpose, Role
from vocabulary.money import Fen
from web.core.filters import full_day

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
    _open_as_asked(client, session, now)

    page = plain(client.get("/donor/"))

    assert "<h1>有人请你接着付</h1>" in page
    assert "还没有认捐" not in page
    assert "从这条链接还看不到认捐" not in page


def _open_as_asked(client, session, now):  # noqa: F811
    asked = session.scalars(select(VaultContact.donor_id).order_by(VaultContact.id.desc())).first()
    token = links.make(session, engine(), LinkPurpose.DONOR_HOME, Subject(donor_id=asked), now=now)
    session.commit()
    client.get(f"/d/{token}")


def _reads(client, said: str, *, never: str):  # noqa: F811
    page = plain(client.get("/donor/"))
    assert (said in page, never in page) == (True, False)


def test_who_takes_over_reads_from_which_day_he_was_asked_to_pay_and_from_which_he_does(
    client,  # noqa: F811
    session,
    mine,  # noqa: F811
    now,
):
    """Paid through 2027-02: asked for 2027-03-01, which his money reaches."""
    ref = mine[0].donor_ref
    agreed(
        client,
        f"/donor/pledges/{ref}/payer",
        contact="13900001234",
        from_on="2027-03-01",
        overlap="1",
    )
    _open_as_asked(client, session, now)
    move = session.scalars(select(PayerMove)).one()

    assert "2027年3月1日那一期" in plain(client.get(f"/donor/take-over/{move.ref}"))
    client.post(f"/donor/take-over/{move.ref}", data={"not_relative": "y"})
    session.refresh(move)
    _reads(client, "第一笔到账以后，从2027年3月1日那一期起由你付", never="收到以后就给孩子结对")

    reference = vault.reference_of(session, move.new_pledge_id)
    line = BankLine(reference, Fen(60_000), date(2026, 11, 21))
    receipts.record(session, viewer(Role.COLLECTING_DESK), line, now=now)
    session.commit()
    _reads(client, "钱收好了", never="正在替你找合适的孩子")
    handing_over.settle(session, engine(), on=date(2026, 11, 22), now=now)
    session.commit()
    set_on = session.scalars(select(PledgeChange.effective_on)).one()
    assert f"从{full_day(set_on)}那一期起由你付" in plain(client.get("/donor/"))


def test_who_asked_to_go_on_is_not_asked_to_once_more(client, session, mine, now):  # noqa: F811
    ref = mine[0].donor_ref
    day = date(2027, 1, 10)
    agreed(client, f"/donor/pledges/{ref}/pause", months="6")
    taking_effect.apply_changes(session, engine(), on=date(2026, 12, 1), now=at(date(2026, 12, 1)))
    session.commit()
    with clock.moved_to(at(day, 12)):
        before = plain(client.get("/donor/"))
        agreed(client, f"/donor/pledges/{ref}/resume")
        client.get("/donor/")  # the toast
        after = plain(client.get("/donor/"))

    assert ("提前接着给" in before, "想早点也可以" in before) == (True, True)
    assert ("提前接着给" in after, "想早点也可以" in after) == (False, False)
    assert "从2月1日起接着给。" in after
