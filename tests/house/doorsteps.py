"""The keys that addresses hold themselves: a sample of each, for the doors that are open to all."""

from datetime import datetime

from sqlalchemy.orm import Session

from privacy import viewers
from services import links
from services.handover import class_lists
from services.papers import certificates
from services.reveals import reveal_links
from tests.house.places import Places, Town, who_is
from vocabulary.enums import PaymentProvider

NEXT_CLASS, TEACHER = "四年级1班", "13900000091"


def give(session: Session, town: Town, here: Places, now: datetime) -> None:
    """The paper of the first donor is what a stranger compares; the links are the first child's."""
    first = links.open_donor(session, town.links["donor"], now=now)
    paper = certificates.paper(session, first, town.own["donor", "donors_certificate"])
    asked = f"reveal:{town.own['case_worker', 'reveal']}"
    town.links["private"] = reveal_links.make(session, viewers.engine("reveals"), asked, now=now)
    officer, batch = who_is(session, town, "school_officer", now), here.batch.ref
    fresh = class_lists.pass_class(session, officer, batch, NEXT_CLASS, phone=TEACHER, now=now)
    samples = {
        "certificate_code": paper["code"],
        "class_token": fresh["token"],
        "letter_token": town.links["private"],
        "letters_token": town.links["guardian"],
        "provider": PaymentProvider.WECHAT.value,
        "file": "app.css",
    }
    for kind, one in samples.items():
        town.give(kind, "public", one)
