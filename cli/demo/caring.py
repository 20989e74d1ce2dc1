"""爱心妈妈 in the demo's last days: asked, answered, decided by two, one of them a visitor's login."""

from datetime import timedelta
from functools import partial

from cli.demo import looking
from cli.demo.cast import PLACES
from cli.demo.stage import Stage
from privacy import viewers
from privacy.viewers import Viewer
from services.care import answering, deciding, desk, hers
from services.care.answering import No
from services.care.desk import Shown
from services.children import child_file, child_search, consents
from services.gate import Card
from services.pairing import volunteers
from services.pairing.volunteers import Terms
from services.runs import nights
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import CareRefusal, Clearance, NeedKind, Purpose

HOME = PLACES[0]
HER_LOGIN = "mama"
HER_PLACES = 3
BEGUN = 3
"""Pairs whose trial has begun; of the next one person has agreed, the others wait."""


def play(stage: Stage) -> None:
    """Let guardians agree, a night pair, volunteers answer and two of the staff decide."""
    first = stage.today - timedelta(days=6)
    stage.scene(first, partial(_ready_her, stage), hour=10)
    stage.scene(first, partial(_agree_to_care, stage), hour=11)
    stage.scene(first + timedelta(days=1), partial(_pair, stage), hour=5)
    stage.scene(first + timedelta(days=1), partial(_answer, stage), hour=10)
    stage.scene(first + timedelta(days=3), partial(_decide, stage), hour=9)


def _who(stage: Stage, role: str) -> Viewer:
    return stage.who(f"{role}.{HOME.key}")


def _ready_her(stage: Stage) -> None:
    """Let the volunteer whom a visitor signs in as have every paper, and room for three children."""
    session, by, now = stage.session, _who(stage, "jingban"), clock.now()
    me = volunteers.myself(session, stage.who(HER_LOGIN), now=now)
    if me is None:
        return
    day = today(now)
    for paper, on in (
        (Clearance.RECORD_CHECK, day - timedelta(days=40)),
        (Clearance.TRAINING, day - timedelta(days=40)),
        (Clearance.INSURANCE, day + timedelta(days=300)),
    ):
        volunteers.record_paper(session, by, me["ref"], paper, on=on, now=now)
    terms = Terms(HER_PLACES, None, 0, 25, reach_km=60, availability="周末、寒暑假")
    volunteers.set_terms(session, by, me["ref"], terms, now=now)


def _agree_to_care(stage: Stage) -> None:
    """Let the guardians of the banner's children who ask for care sign for it."""
    session, by, now = stage.session, _who(stage, "jingban"), clock.now()
    for show in ("open", "supported"):
        for child in child_search.listing(session, by, code=HOME.code, show=show, page=1):
            file = child_file.detail(session, by, child["ref"], now=now)
            if any(need["kind"] is not NeedKind.FINANCIAL for need in file["needs"]):
                purposes, on = (Purpose.CARE,), now.date()
                consents.record(session, by, child["ref"], purposes=purposes, given_on=on, now=now)


def _pair(stage: Stage) -> None:
    nights.pair_volunteers(stage.session, viewers.engine("matching"), now=clock.now())
    looking.release_all(stage)


def _answer(stage: Stage) -> None:
    """Let the visitor's volunteer answer one herself; a case worker telephones the others."""
    session, now = stage.session, clock.now()
    her = stage.who(HER_LOGIN)
    for one in hers.proposals(session, her, now=now)[:1]:
        answering.accept(session, her, one["her_ref"], now=now)
    by = _who(stage, "jingban")
    others = [one for one in desk.listed(session, by, Shown.ANSWER) if not _is_hers(one, stage)]
    for at, one in enumerate(others):
        if at == len(others) - 1:
            no = No(CareRefusal.NO_TIME)
            answering.decline_for(session, by, one["ref"], no, now=now)
        elif at % 2 == 0:
            answering.accept_for(session, by, one["ref"], now=now)


def _is_hers(card: Card, stage: Stage) -> bool:
    me = volunteers.myself(stage.session, stage.who(HER_LOGIN), now=clock.now())
    return me is not None and card["volunteer"]["ref"] == me["ref"]


def _decide(stage: Stage) -> None:
    """Let two begin some trials, one agree to the next, and leave the others to the visitor."""
    session, now = stage.session, clock.now()
    worker, approver = _who(stage, "jingban2"), _who(stage, "shenpi")
    waiting = desk.listed(session, worker, Shown.DECIDE)
    waiting.sort(key=lambda card: not _is_hers(card, stage))
    for card in waiting[: BEGUN + 1]:
        deciding.agree(session, worker, card["ref"], now=now)
    for card in waiting[:BEGUN]:
        deciding.agree(session, approver, card["ref"], now=now)
