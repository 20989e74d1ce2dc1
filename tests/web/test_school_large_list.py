"""A school of 300 pupils: its list is one page, confirmed once, whatever happens in between."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select

from models.organisations import Organisation
from models.stipends import Batch, Fact
from tests.factories import (
    PASSWORD,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
)
from vocabulary import clock
from vocabulary.enums import FactKind, Role
from web.core import sessions

SENT = date(2026, 11, 3)
PUPILS = 300


def build(session, _now, pupils: int = PUPILS) -> None:
    """One school, one batch of many lines, one officer."""
    school = a_school(session)
    pledge = a_pledge(session)[0]
    children = [
        a_child(session, school, name=f"学生{n:03}", class_name=f"{n % 8 + 1}班")
        for n in range(pupils)
    ]
    matches = [a_match(session, pledge, child) for child in children]
    a_sent_batch(session, school, *matches, on=SENT)
    an_account(session, Role.SCHOOL_OFFICER, login="school", organisation_id=school.id)


def a_large(app, session, pupils: int) -> "Large":
    """A list of a size of the test's own."""
    build(session, None, pupils)
    session.commit()
    return Large(app, session)


class Large:
    """The officer with two devices, and what was told."""

    def __init__(self, app, session) -> None:
        self.batch = session.scalars(select(Batch.ref)).one()
        session.rollback()
        self.app, self.session = app, session

    def device(self):
        client = self.app.test_client()
        client.post("/login", data={"login": "school", "password": PASSWORD})
        return client

    def told(self) -> int:
        self.session.expire_all()
        said = select(func.count(Fact.id)).where(Fact.kind == FactKind.HANDED_OVER)
        count = self.session.scalar(said)
        self.session.rollback()
        return count

    def statements(self, client, address: str) -> int:
        made, engine = [], self.session.get_bind()

        def note(_connection, _cursor, statement, *_rest) -> None:
            made.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            assert client.get(address).status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(made)


@pytest.fixture(scope="module")
def template(kept):
    return kept(build)


@pytest.fixture
def large(app, session, now):
    return Large(app, session)


def filled(page: str) -> dict[str, str]:
    """What a browser sends of the confirm page when its first pupil is on leave."""
    form = {"evidence": "slip_paper", "lines-0-snag": "on_leave"}
    for name, value in re.findall(r'name="(lines-\d+-ref)"[^>]*value="([^"]+)"', page):
        form[name] = value
        for part in ("snag", "relation", "handed"):
            form.setdefault(name.replace("-ref", f"-{part}"), "")
    return form


def test_a_list_of_300_takes_as_many_statements_as_one_of_three(large) -> None:
    pledge = a_pledge(large.session, "13900000001")[0]
    school = large.session.scalars(select(Organisation)).one()
    lines = [a_match(large.session, pledge, a_child(large.session, school)) for _ in range(3)]
    short = a_sent_batch(large.session, school, *lines, on=SENT, number=2).ref
    large.session.commit()
    device = large.device()
    device.get("/school/")

    for page in ("", "/confirm"):
        many, few = (
            large.statements(device, f"/school/batches/{batch}{page}")
            for batch in (large.batch, short)
        )
        assert many == few


def test_a_device_that_lost_its_session_confirms_300_lines_with_nothing_lost(large, now) -> None:
    device, address = large.device(), f"/school/batches/{large.batch}/confirm"
    form = filled(device.get(address).get_data(as_text=True))
    assert len(form) == 4 * PUPILS + 1

    with clock.moved_to(now + timedelta(hours=13)):
        locked = device.post(address, data=form)
        assert locked.status_code == sessions.LOCKED
        page = locked.get_data(as_text=True)
        kept = dict(re.findall(r'name="(keep\.[^"]+)"[^>]*value="([^"]*)"', page))
        assert {name.removeprefix("keep."): value for name, value in kept.items()} == form
        again = device.post(
            f"/login?next={address}&sent=1", data={"login": "school", "password": PASSWORD, **kept}
        ).get_data(as_text=True)
        assert large.told() == 0
        restored = dict(re.findall(r'name="(lines-[^"]+)"[^>]*value="([^"]*)"', again))
        assert restored == {name: value for name, value in form.items() if name != "evidence"}
        done = device.post(address, data=form, follow_redirects=True)

    assert f"{PUPILS - 1} 位已转交" in done.get_data(as_text=True)
    assert large.told() == PUPILS - 1


@pytest.mark.slow
def test_the_second_device_to_confirm_gets_the_list_as_it_is_now(large, now) -> None:
    first, second = large.device(), large.device()
    address = f"/school/batches/{large.batch}/confirm"
    forms = [filled(one.get(address).get_data(as_text=True)) for one in (first, second)]

    first.post(address, data=forms[0])
    late = second.post(address, data=forms[1], follow_redirects=True).get_data(as_text=True)

    assert large.told() == PUPILS - 1
    assert "已转交 299 位" in late
    assert "这份名单刚才已经确认过了，这一次没有重复记。" in late
