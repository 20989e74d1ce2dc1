"""Law 15: two worlds that differ in what drawn families answered are one to every hand.

The same history, from the same seed, to the end of the month after: in one world every drawn family
says that all is well, in the other each says that something is wrong. Every byte that the school's
officer and a class teacher can fetch is compared, lists, printed slips and messages included.
"""

import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, update

from extensions import db
from gateways import pdfs
from models.children import Child
from models.stipends import Batch, Stipend
from services.family_checks import desk
from services.handover import answers, handovers
from services.handover.answers import Reply
from tests.factories import PASSWORD, an_account, viewer
from tests.house.crawl import crawl
from tests.plugins.installation import living
from tests.services.family_checking import (
    DECEMBER,
    NOVEMBER,
    Pupils,
    asked,
    drawn,
    refs_asked,
)
from tests.services.outbox import Gate, deliver
from tests.web.handing_over import body
from vocabulary import clock, refs
from vocabulary.dates import at
from vocabulary.enums import Answer, Outcome, Role, Route
from vocabulary.refs import stipend_ref

HANDED, ASKED, SAID, NEXT = (date(2026, 11, day) for day in (4, 5, 6, 7))
WORKER = viewer(Role.CASE_WORKER, actor="account:worker")
OTHER = viewer(Role.CASE_WORKER, actor="account:other")
LATER = at(date(2026, 12, 10))
ALL_WELL = (Reply(Answer.RECEIVED),)
AMISS = (Reply(Answer.NOT_RECEIVED), Reply(Answer.WRONG_SUM), Reply(Answer.WRONG_DAY, came_on=SAID))


@pytest.fixture
def printed_plainly(monkeypatch) -> None:
    """Slips are their words; every copy has a link of its own."""

    def draw(papers, **more) -> bytes:
        return repr(([replace(one, family_url="") for one in papers], more)).encode()

    monkeypatch.setattr(pdfs, "slips", draw)


@contextmanager
def a_world(home, template, compiled):
    with refs.seeded("one history"), living(home, template, compiled) as app:
        yield app


def lived(app, replies, *, naive: bool = False) -> dict[str, object]:
    """Live one history with these answers; return all that the hands can fetch at its end.

    A naive house would move only those with whom something is wrong.
    """
    session = db.session()
    with clock.moved_to(at(NOVEMBER)):
        pupils = Pupils(session, 8, class_name="2班")
        an_account(session, Role.SCHOOL_OFFICER, login="school", organisation_id=pupils.school.id)
        an_account(session, Role.CASE_WORKER, login="case")
        pupils.paid(NOVEMBER)
    drawn(session, on=HANDED)
    _hand_over(session, pupils, HANDED)
    asked(session, on=ASKED)
    _answer(session, replies)
    if naive and replies is ALL_WELL:
        session.execute(update(Child).values(detour_after=None))
        session.commit()
    with clock.moved_to(at(DECEMBER)):
        pupils.paid(DECEMBER)
    drawn(session, on=DECEMBER.replace(day=4))
    with clock.moved_to(LATER):
        deliver(session, Gate())
        session.rollback()
        return _fetched(app, session)


def _hand_over(session, pupils, on) -> None:
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=pupils.school.id, actor="account:o")
    for match in pupils.matches:
        ref = stipend_ref(match.child_ref, NOVEMBER)
        handovers.hand_over_one(session, officer, ref, now=at(on))
    session.expire_all()


def _answer(session, replies) -> None:
    """Every drawn family answers; where something is wrong, it is looked into and made good."""
    for n, ref in enumerate(sorted(refs_asked(session))):
        reply = replies[n % len(replies)]
        desk.answer(session, WORKER, ref, reply, now=at(SAID))
        if reply.answer is not Answer.RECEIVED and n % 2:
            answers.settle(session, OTHER, ref, Outcome.MADE_GOOD, "补上了", now=at(NEXT))
    session.commit()


def _fetched(app, session) -> dict[str, object]:
    officer = app.test_client()
    officer.post("/login", data={"login": "school", "password": PASSWORD})
    seen = {
        address: (page.status, _plain(page))
        for address, page in crawl(officer, ["/school/", "/", "/totals", "/months"]).items()
    }
    for ref in session.scalars(select(Batch.ref).order_by(Batch.id)).all():
        for door in (f"/school/batches/{ref}", f"/school/batches/{ref}/confirm"):
            seen[door] = body(officer.get(door))
        seen[f"slips {ref}"] = officer.post(f"/school/batches/{ref}/slips").get_data()
    for address in ("/staff/family-checks/", "/staff/disputes"):
        seen[address] = officer.get(address).status_code
    return seen


def _plain(page) -> bytes:
    drawn_anew = rb'nonce="[^"]*"|name="csrf_token"[^>]*value="[^"]*"|value="[^"]*"[^>]*csrf_token"'
    return re.sub(drawn_anew, b"", page.body)


def routes_of(session, month) -> list[Route]:
    found = select(Batch.route).join(Stipend, Stipend.batch_id == Batch.id)
    return list(session.scalars(found.where(Batch.month == month).order_by(Stipend.id)))


def in_dispute(session) -> int:
    return len(session.scalars(select(Stipend.id).where(Stipend.disputed_on.is_not(None))).all())


def test_no_byte_a_hand_can_fetch_tells_what_drawn_families_said(
    empty_template, home, compiled, printed_plainly
) -> None:
    with a_world(home, empty_template, compiled) as app:
        well = lived(app, ALL_WELL)
        moved, disputed = routes_of(db.session(), DECEMBER), in_dispute(db.session())
    with a_world(home, empty_template, compiled) as app:
        amiss = lived(app, AMISS)
        moved_too, disputed_too = routes_of(db.session(), DECEMBER), in_dispute(db.session())

    assert {address for address in well if well[address] != amiss.get(address)} == set()
    assert well.keys() == amiss.keys()
    assert Route.OFFICE in moved
    assert (moved, disputed, disputed_too > 0) == (moved_too, 0, True)
    assert "娃".encode() in well["/school/"][1]
    assert sum("/school/" in address for address in well) > 10
    assert well["/staff/family-checks/"] == well["/staff/disputes"] == 404


def test_a_house_that_moves_only_the_honest_is_caught(
    empty_template, home, compiled, printed_plainly
) -> None:
    with a_world(home, empty_template, compiled) as app:
        well = lived(app, ALL_WELL, naive=True)
    with a_world(home, empty_template, compiled) as app:
        amiss = lived(app, AMISS, naive=True)

    assert "/school/" in {address for address in well if well[address] != amiss.get(address)}
