"""A school, a village, and a batch that was sent: what hands and families do with it."""

import re
from datetime import date

from sqlalchemy import select

from models.stipends import Fact
from services.handover import slips
from tests.factories import (
    PASSWORD,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
    viewer,
)
from tests.services.outbox import Gate, deliver
from vocabulary.enums import Role
from vocabulary.refs import slip_code, stipend_ref

SENT = date(2026, 11, 3)

VILLAGE = "150723101201"

NAMES = ("陈雨桐", "包晓军", "斯琴")


class World:
    """A school with three pupils on a sent batch, its officer, directors, a case worker."""

    def __init__(self, app, session, now) -> None:
        self.app, self.session, self.now = app, session, now
        self.school = a_school(session)
        self.children = [
            a_child(session, self.school, name=n, class_name=c, region_code=VILLAGE)
            for n, c in zip(NAMES, ("2班", "1班", "2班"), strict=True)
        ]
        self.matches = [
            a_match(session, a_pledge(session, f"1380000000{i}")[0], child)
            for i, child in enumerate(self.children)
        ]
        self.batch = a_sent_batch(session, self.school, *self.matches, on=SENT).ref
        self.refs = [stipend_ref(m.child_ref, SENT) for m in self.matches]
        an_account(session, Role.SCHOOL_OFFICER, login="school", organisation_id=self.school.id)
        an_account(session, Role.VILLAGE_DIRECTOR, login="village", region_code=VILLAGE)
        an_account(session, Role.VILLAGE_DIRECTOR, login="next", region_code="150723101202")
        an_account(session, Role.CASE_WORKER, login="case")
        officer = viewer(Role.SCHOOL_OFFICER, organisation_id=self.school.id)
        made = slips.make_slips(session, officer, self.batch, now=now)
        self.tokens = {slip["ref"]: slip["token"] for slip in made}
        session.commit()

    def sign_in(self, login):
        client = self.app.test_client()
        client.post("/login", data={"login": login, "password": PASSWORD})
        return client

    def facts(self, kind) -> list[tuple]:
        self.session.expire_all()
        rows = select(Fact.evidence, Fact.detail).where(
            Fact.kind == kind, Fact.cancels_id.is_(None)
        )
        found = [tuple(row) for row in self.session.execute(rows.order_by(Fact.id))]
        self.session.rollback()  # the next request begins a transaction of its own
        return found


def body(answer) -> str:
    """The page without what is drawn anew for every answer."""
    text = re.sub(r'nonce="[^"]+"', "", answer.get_data(as_text=True))
    return re.sub(
        r'name="csrf_token"[^>]*value="[^"]*"|value="[^"]*"[^>]*name="csrf_token"', "", text
    )


def school_pages(world) -> list[str]:
    batch = world.batch
    return [
        "/school/",
        "/school/batches",
        f"/school/batches/{batch}",
        f"/school/batches/{batch}/confirm",
        f"/school/batches/{batch}/classes",
        *(f"/school/stipends/{ref}/{page}" for ref in world.refs for page in ("snag", "photo")),
        *(f"/school/slips/{slip_code(ref)}" for ref in world.refs),
        "/school/slips",
    ]


def pass_a_class(world) -> tuple[str, str]:
    page = (
        world.sign_in("school")
        .post(
            f"/school/batches/{world.batch}/classes",
            data={"class_label": "四年级2班", "phone": "13900000090"},
        )
        .get_data(as_text=True)
    )
    assert re.search(r"\b\d{6}\b", re.sub(r"<[^>]+>", " ", page)) is None
    token = re.search(r"/c/([0-9A-Z]{32})", page).group(1)
    sms = Gate()
    world.session.rollback()
    deliver(world.session, sms)
    world.session.rollback()
    return token, re.search(r"：(\d{6})。", sms.sent[-1].text).group(1)
