"""What a wish would do is read before the yes, and nothing holds before it."""

import re
from datetime import date

from sqlalchemy import select

from models.children import Need
from models.pledges import PledgeChange
from services.pledges import taking_effect
from tests.services.test_pledge_changes import ENGINE
from tests.web.test_donor_pages import agreed, client, mine, plain, token_of  # noqa: F401 fixtures
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import NeedKind
from vocabulary.money import Fen


def test_other_terms_are_shown_with_their_first_instalment_before_the_yes(client, session, mine):  # noqa: F811
    path = f"/donor/pledges/{mine[0].donor_ref}/terms"

    shown = client.post(path, data={"monthly": "15000", "rhythm": "month"})

    assert "从2026年12月1日那一期起，每月¥150。" in plain(shown)
    assert "照旧：每月¥100" in plain(shown)
    assert "账上还有" in plain(shown)
    assert session.scalars(select(PledgeChange)).all() == []


def test_a_yes_to_another_day_than_was_shown_is_asked_anew(client, session, mine):  # noqa: F811
    """The page was left open over the first of the month."""
    path, chosen = (
        f"/donor/pledges/{mine[0].donor_ref}/terms",
        {"monthly": "15000", "rhythm": "month"},
    )
    shown = client.post(path, data=chosen)
    mark = re.search(r'name="seen" value="([^"]+)"', shown.text).group(1)

    with clock.moved_to(at(date(2026, 12, 2))):
        late = client.post(path, data={**chosen, "seen": mark})

    assert "从2027年1月1日那一期起，每月¥150。" in plain(late)
    assert session.scalars(select(PledgeChange)).all() == []


def test_going_back_from_the_effect_keeps_what_was_chosen(client, session, mine):  # noqa: F811
    path = f"/donor/pledges/{mine[0].donor_ref}/terms"

    back = client.post(path, data={"monthly": "15000", "rhythm": "term", "edit": "1"})

    assert re.search(r'value="15000"[^>]*checked', back.text)
    assert re.search(r'value="term"[^>]*checked', back.text)


def test_a_sum_beyond_the_childs_need_is_refused_kindly_with_another_way(client, session, mine):  # noqa: F811
    pledge, match = mine
    need_of(session, match, 15_000)

    answer = client.post(
        f"/donor/pledges/{pledge.donor_ref}/terms", data={"monthly": "20000", "rhythm": "month"}
    )

    assert "孩子这边用不了这么多" in answer.text
    assert "再认捐一份" in answer.text
    assert re.search(r'value="20000"[^>]*checked', answer.text)
    assert session.scalars(select(PledgeChange)).all() == []


def test_going_on_early_says_from_which_day(client, session, mine):  # noqa: F811
    pledge, _ = mine
    agreed(client, f"/donor/pledges/{pledge.donor_ref}/pause", months="6")
    day = date(2026, 12, 1)
    taking_effect.apply_changes(session, ENGINE, on=day, now=at(day))
    session.commit()

    with clock.moved_to(at(date(2026, 12, 10))):
        shown = client.post(f"/donor/pledges/{pledge.donor_ref}/resume")
        agreed(client, f"/donor/pledges/{pledge.donor_ref}/resume")
        page = client.get("/donor/")

    assert "从2027年1月1日那一期起接着给。" in plain(shown)
    assert "从2027年1月1日起接着给。" in page.text


def need_of(session, match, monthly):
    need = Need(
        child_id=match.child_id,
        kind=NeedKind.FINANCIAL,
        monthly_fen=Fen(monthly),
        since_on=date(2026, 9, 1),
    )
    session.add(need)
    session.flush()
    match.need_id = need.id
    session.commit()
    return need
