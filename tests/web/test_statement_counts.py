"""W2: how many statements the pages of many rows take: the same for 20 rows as for 50."""

from datetime import date

import pytest
from sqlalchemy import event

from models.stipends import Fact
from services import links
from services.links import Subject
from services.vault import vault
from tests.factories import a_child, a_match, a_pledge, a_school, a_sent_batch, viewer
from tests.web.test_school_large_list import a_large, filled
from vocabulary.enums import LinkPurpose, Role

VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE")


def taken(session, act) -> int:
    """Count the statements of one request."""
    made: list[str] = []
    note = lambda *args: made.append(args[2])  # noqa: E731
    engine = session.get_bind()
    session.rollback()
    event.listen(engine, "before_cursor_execute", note)
    try:
        answer = act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code in (200, 303), answer.status_code
    return sum(one.lstrip().upper().startswith(VERBS) for one in made)


@pytest.mark.parametrize("rows", [20, 50])
def test_a_schools_list_takes_at_most_8(app, session, now, rows) -> None:
    device = a_large(app, session, rows).device()
    device.get("/school/")

    assert taken(session, lambda: device.get("/school/")) <= 8


@pytest.mark.parametrize("rows", [20, 50])
@pytest.mark.parametrize(("snag", "most"), [("", 18), ("on_leave", 21)])
@pytest.mark.usefixtures("now")
def test_confirming_a_list_takes_18_and_with_exceptions_21(app, session, rows, snag, most) -> None:
    large = a_large(app, session, rows)
    device, address = large.device(), f"/school/batches/{large.batch}/confirm"
    form = filled(device.get(address).get_data(as_text=True)) | {"lines-0-snag": snag}

    assert taken(session, lambda: device.post(address, data=form)) <= most
    assert large.told() == rows - bool(snag)


@pytest.mark.parametrize("rows", [20, 50])
def test_a_donors_page_takes_at_most_8(app, session, now, rows) -> None:
    client = app.test_client()
    client.get(f"/d/{_supporting(session, rows, now)}")
    client.get("/donor/")

    assert taken(session, lambda: client.get("/donor/")) <= 8


def _supporting(session, rows: int, now) -> str:
    """A donor of `rows` instalments of two children; return his private link's token."""
    school = a_school(session)
    pledge = a_pledge(session, children_wanted=2)[0]
    matches = [a_match(session, pledge, a_child(session, school)) for _ in range(2)]
    for number in range(rows // 2):
        on = date(2026 - number // 12, 12 - number % 12, 1)
        a_sent_batch(session, school, *matches, on=on)
    subject = Subject(donor_id=vault.donor_of_pledge(session, pledge.id))
    by = viewer(Role.ENGINE)
    token = links.make(session, by, LinkPurpose.DONOR_HOME, subject, now=now)
    session.commit()
    return token


def test_a_second_tap_confirms_nothing_more_and_says_so(app, session, now) -> None:
    large = a_large(app, session, 20)
    device, address = large.device(), f"/school/batches/{large.batch}/confirm"
    form = filled(device.get(address).get_data(as_text=True)) | {"lines-0-snag": ""}
    device.post(address, data=form)
    facts = session.query(Fact).count()
    session.rollback()

    again = device.post(address, data=form, follow_redirects=True).get_data(as_text=True)

    assert "这份名单刚才已经确认过了，这一次没有重复记。" in again
    assert large.told() == 20
    assert session.query(Fact).count() == facts


def test_the_back_button_confirms_only_what_stood_on_the_page(app, session, now) -> None:
    large = a_large(app, session, 3)
    device, address = large.device(), f"/school/batches/{large.batch}/confirm"
    whole = filled(device.get(address).get_data(as_text=True)) | {"lines-0-snag": ""}
    first = whole["lines-0-ref"]
    device.post(f"/school/stipends/{first}/hand-over")
    old = filled(device.get(address).get_data(as_text=True)) | {"lines-0-snag": ""}
    device.post(f"/school/stipends/{first}/take-back")

    done = device.post(address, data=old, follow_redirects=True).get_data(as_text=True)

    assert "记下了，2 位已转交" in done
    page = device.get(address).get_data(as_text=True)
    assert f'value="{first}"' in page
    assert "还有 1 位" in page


def test_a_list_half_stated_meanwhile_is_confirmed_by_nobody_twice(app, session, now) -> None:
    large = a_large(app, session, 3)
    device, address = large.device(), f"/school/batches/{large.batch}/confirm"
    form = filled(device.get(address).get_data(as_text=True))
    device.post(f"/school/stipends/{form['lines-0-ref']}/hand-over")

    late = device.post(address, data=form, follow_redirects=True).get_data(as_text=True)

    assert "有几位刚才已经记过了，这一次一位也没有记。" in late
    assert large.told() == 1
