"""Draws a notice's text at delivery: facts through the gate, with the recipient as viewer.

A subject's table says where its facts come from. What the recipient may not see is no fact, and a
text that asks for it is not drawn.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.children import Child, Consent
from models.harm import HarmReport
from models.incidents import HoneyOpening
from models.notices import Notice
from models.organisations import Organisation
from models.pledges import Match, Pledge, PledgeChange
from models.reveals import Reveal
from models.security import FactorReset
from models.stipends import Batch, Stipend
from models.trace import StateChange
from privacy.permissions import CASE_STAFF
from privacy.viewers import Viewer
from services import gate
from services.accountancy import comparing
from services.books import unclaimed
from services.care import asking_her
from services.children import transfer_lists
from services.custody import custody_desk
from services.donors import donors
from services.earmarks import redirecting
from services.fund import gap_fund
from services.gate import Card, Part
from services.giving import words
from services.guardians import guardian_requests
from services.handover import office_left
from services.letters import letter_friends, letter_words
from services.notices.notice_texts import TEXTS
from services.notices.notice_words import CALLED, JOB_NAMES, TROUBLES
from services.pairing import run_reports
from services.notices.texts.text import Text
from services.oversight import file_access
from services.papers import certificates
from services.reveals import reveals
from services.routes import unseen
from services.routes.ways import OF_OFFICE
from vocabulary.dates import add_months, today
from vocabulary.enums import AmendmentStatus, MatchStatus, NoticeStatus, Purpose, Route, Trouble
from vocabulary.errors import NotFound
from vocabulary.todo import Thing, first_thing

Facts = dict[str, str]
_HAND_WORDS = {
    Route.SCHOOL: "学校",
    Route.VILLAGE: "村里",
    Route.CARD: "银行",
    Route.INSTITUTION: "福利机构",
    Route.WORK_UNIT: "单位",
    Route.OFFICE: "旗妇联",
    Route.PERSONAL: "旗妇联",
}
_BATCH_HANDS = {
    Route.OFFICE: "旗里自己转交的",
    Route.PERSONAL: "旗里自己转交的",
    Route.CARD: "打卡的一笔",
}
_ASK_BANK = "请打电话问银行，把银行的话记在“拨付”里。"
_ASK_HOME = "请到“发放途径”看是哪一家，打电话问卡里到了没有。"
# Where a child is looked after tells a donor too much of it.
_TO_DONOR = {Route.CARD: "银行", Route.INSTITUTION: "当地", Route.WORK_UNIT: "当地"}
# What is made only when a notice leaves (services/notices/addressing.py).
_LIVE = {"link": "{link}", "code": "{code}"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A notice in words; `outside` still waits for its link or its six digits."""

    title: str
    inbox: str | None
    outside: str | None


def draw(
    session: Session, viewer: Viewer, notice: Notice, *, now: datetime, hotline: str
) -> Drawn | None:
    """Return the notice's words for its recipient today, or None when there is nothing to say."""
    text = TEXTS[notice.recipient_kind][notice.kind]
    try:
        facts = facts_of(session, viewer, notice.subject, now=now) | {"hotline": hotline}
        if not _fits(text, facts):
            return None
        inbox = text.inbox.format(**facts) if text.inbox else None
        outside = text.outside.format(**facts, **_LIVE) if text.outside else None
    except (NotFound, KeyError):
        return None
    return Drawn(text.title, inbox, outside)


def _fits(text: Text, facts: Facts) -> bool:
    return all(name in facts for name in text.needs) and not any(bar in facts for bar in text.bars)


def facts_of(session: Session, viewer: Viewer, subject: str, *, now: datetime) -> Facts:
    """Return what the viewer may know about a subject, as words. Raises NotFound when nothing."""
    kind, _, rest = subject.partition(":")
    return _SOURCES[kind](session, viewer, rest, now)


def _stipend(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    match_ref, _, month = ref.partition("-")
    first = _read_month(month)
    parts = {
        "match": Part(Match, Match.id == Stipend.match_id, ("code_name",)),
        "child": Part(Child, Child.id == Match.child_id, ("name",)),
    }
    card = gate.card(
        session,
        viewer,
        Stipend,
        _side(viewer, match_ref),
        Stipend.due_on >= first,
        Stipend.due_on < add_months(first, 1),
        parts=parts,
    )
    facts = {"month": f"{card['due_on'].month}月", "hand": _hand(session, viewer, match_ref, first)}
    if card.has("child") and card["child"].has("name"):
        facts["child"] = card["child"]["name"]
    if _is_feared_for(session, viewer):
        facts["feared"] = "1"
    return facts | _days(
        card,
        handed="handed_over_on",
        confirmed="confirmed_on",
        disputed="disputed_on",
    )


def _is_feared_for(session: Session, viewer: Viewer) -> bool:
    """Say of a family whether its child is in danger now: who reads the message may be the danger."""
    own = (Child.id == viewer.child_id, Child.in_danger.is_(True))
    return viewer.child_id is not None and session.scalar(select(Child.id).where(*own)) is not None


def _side(viewer: Viewer, match_ref: str) -> ColumnElement[bool]:
    """Name a stipend by its match's ref on the viewer's own side of the wall."""
    column = Match.donor_ref if viewer.donor_id is not None else Match.child_ref
    return Stipend.match_id.in_(select(Match.id).where(column == match_ref))


def _hand(session: Session, viewer: Viewer, match_ref: str, first: date) -> str:
    """Say who handed it over: the school, the village, or to the family the banner's own office.

    A donor reads of the child's ordinary hand: that it is another one now would tell him why.
    """
    row = session.execute(
        select(Batch.route, Child.school_id, Child.route.label("usual"))
        .join(Stipend, Stipend.batch_id == Batch.id)
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .where(
            (Match.donor_ref == match_ref) | (Match.child_ref == match_ref),
            Stipend.due_on >= first,
            Stipend.due_on < add_months(first, 1),
        )
    ).one_or_none()
    if row is None:
        return "学校"
    if viewer.donor_id is None:
        return _HAND_WORDS[row.route]
    # The village's own director may have brought it once, because its family was drawn.
    if row.route in (*OF_OFFICE, Route.VILLAGE):
        is_schools = row.usual is not Route.VILLAGE and row.school_id is not None
        usual = Route.SCHOOL if is_schools else Route.VILLAGE
        return _TO_DONOR.get(row.usual, _HAND_WORDS[usual])
    return _TO_DONOR.get(row.route, _HAND_WORDS[row.route])


def _read_month(text: str) -> date:
    if len(text) != 6 or not text.isdecimal():  # noqa: PLR2004 yyyymm
        raise NotFound()
    return date(int(text[:4]), int(text[4:]), 1)


def _match(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    column = Match.donor_ref if viewer.donor_id is not None else Match.child_ref
    card = gate.card(session, viewer, Match, column == ref)
    facts = {"code_name": card["code_name"]} if card.has("code_name") else {}
    if _has_consent(session, column == ref):
        facts["consented"] = "1"
    return facts | _days(card, ends="ends_on")


def _has_consent(session: Session, this_match: ColumnElement[bool]) -> bool:
    found = session.scalar(
        select(func.count(Consent.id))
        .join(Match, Match.child_id == Consent.child_id)
        .where(this_match, Consent.purpose == Purpose.SPONSORSHIP, Consent.withdrawn_on.is_(None))
    )
    return bool(found)


def _pledge(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    gate.card(session, viewer, Pledge, Pledge.donor_ref == ref, fields=("status",))
    return {"pledge": ref}


def _runway(session: Session, viewer: Viewer, ref: str, now: datetime) -> Facts:
    """By which day the donor has to pay again, as his own page says it; nothing once he has."""
    todo = first_thing([donors.pledge(session, viewer, ref, now=now)], on=today(now))
    if todo.thing is not Thing.PAY_SOON or todo.on is None:
        raise NotFound()
    return {"pay_by": f"{todo.on.month}月{todo.on.day}日"}


def _change(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    card = gate.card(session, viewer, PledgeChange, PledgeChange.ref == ref)
    return _days(card, effective="effective_on")


def _batch(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    parts = {"hand": Part(Organisation, Organisation.id == Batch.organisation_id, ("name",))}
    card = gate.card(session, viewer, Batch, Batch.ref == ref, parts=parts)
    inside = Stipend.batch_id == select(Batch.id).where(Batch.ref == ref).scalar_subquery()
    silent = (
        Stipend.handed_over_on.is_(None),
        Stipend.not_handed_over_on.is_(None),
        Stipend.written_off_on.is_(None),
    )
    left = gate.count(session, viewer, Stipend, inside, *silent)
    left += office_left.count_of(session, viewer, ref, is_open=True)
    listed = gate.count(session, viewer, Stipend, inside)
    facts = {
        "batch_month": f"{card['month'].month}月",
        "memo": card["memo"],
        "listed": str(listed + office_left.count_of(session, viewer, ref)),
        "hand_name": _batch_hand(card),
    }
    if left:
        facts["left"] = str(left)
    if gate.count(session, viewer, Batch, Batch.ref == ref, unseen.is_unseen()):
        is_staff = viewer.has(*CASE_STAFF)
        facts |= {"unseen": "1", "who_asks": _ASK_HOME if is_staff else _ASK_BANK}
    if viewer.has(*CASE_STAFF):
        back = gate.count(session, viewer, Stipend, inside, Stipend.returned_on.is_not(None))
        facts |= {"back": str(back)} if back else {}
    return facts | _days(card, sent="sent_on", hand_over_by="hand_over_by", bounced="bounced_on")


def _amendment(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """A school's other account, a child's card or telephone, while it can still be stopped."""
    parts = {
        "school": Part(Organisation, Organisation.id == Amendment.organisation_id, ("name",)),
        "child": Part(Child, Child.id == Amendment.child_id, ("name",)),
    }
    waits = Amendment.status == AmendmentStatus.AGREED
    card = gate.card(session, viewer, Amendment, Amendment.ref == ref, waits, parts=parts)
    facts = _days(card, holds="holds_on")
    if card.has("school"):
        facts |= {"school": card["school"]["name"], "account_name": card["name"]}
    if card.has("child") and card["child"].has("name"):
        facts["child"] = card["child"]["name"]
    return facts


def _batch_hand(card: Card) -> str:
    """Name a batch's hand for staff: an organisation, the village, the office, or a card."""
    if card.has("hand"):
        return str(card["hand"]["name"])
    return _BATCH_HANDS.get(card.get("route", Route.VILLAGE), "村里")


def _proposals(session: Session, viewer: Viewer, _region_code: str, _now: datetime) -> Facts:
    waiting = gate.cards(
        session,
        viewer,
        Match,
        fields=("proposed_on",),
        where=(Match.status == MatchStatus.PROPOSED,),
        order_by=(Match.proposed_on,),
    )
    if not waiting:
        raise NotFound()
    return {"proposals": str(len(waiting))} | _days(waiting[0], oldest="proposed_on")


def _harm(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    parts = {"child": Part(Child, Child.id == HarmReport.child_id, ("name",))}
    card = gate.card(session, viewer, HarmReport, HarmReport.ref == ref, parts=parts)
    facts = {"called": CALLED[card["called"]]}
    if card.has("child") and card["child"].has("name"):
        facts["child"] = card["child"]["name"]
    return facts


def _job(_session: Session, _viewer: Viewer, rest: str, _now: datetime) -> Facts:
    name, _, trouble = rest.partition(":")
    trouble = trouble.rpartition(":")[2]
    return {"job": JOB_NAMES.get(name, name), "trouble": TROUBLES[Trouble(trouble)]}


def _factor(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """The day on which one's own second step was taken off: the row shows to administrators only."""
    done = StateChange.to_state == AmendmentStatus.DONE
    at = session.scalar(
        select(StateChange.at)
        .join(FactorReset, FactorReset.id == StateChange.record_id)
        .where(
            StateChange.kind == FactorReset.__tablename__,
            done,
            FactorReset.ref == ref,
            FactorReset.account_id == viewer.account_id,
        )
    )
    if at is None:
        raise NotFound()
    return {"reset": f"{today(at).month}月{today(at).day}日"}


def _honey(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    card = gate.card(session, viewer, HoneyOpening, HoneyOpening.ref == ref)
    day = today(card["at"])
    return {"opened": f"{day.month}月{day.day}日"}


def _late(session: Session, _viewer: Viewer, _day: str, _now: datetime) -> Facts:
    held = session.scalar(
        select(func.count(Notice.id)).where(Notice.is_held, Notice.status == NoticeStatus.WAITING)
    )
    if not held:
        raise NotFound()
    return {"held": str(held)}


def _reveal(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """Whether something is asked, or known, at this moment; a donor's is named by his match."""
    found = reveals.page_of(session, viewer, ref)
    facts = {"asked": "1"} if found["question"] == "open" else {}
    if found["known"] is not None:
        facts["known"] = "1"
    if viewer.donor_id is not None:
        facts |= _match(session, viewer, ref, _now)
    return facts


def _reveal_check(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    parts = {"child": Part(Child, Child.id == Reveal.child_id, ("name",))}
    card = gate.card(session, viewer, Reveal, Reveal.ref == ref, parts=parts)
    return {"child": card["child"]["name"]} if card.has("child") else {}


def _child(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """Name a child whose private arrangement still stands; moved to another way, nothing is said."""
    card = gate.card(session, viewer, Child, Child.ref == ref, fields=("name", "route"))
    return {"child": card["name"]} if card["route"] is Route.PERSONAL else {}


def _nothing(_session: Session, _viewer: Viewer, _ref: str, _now: datetime) -> Facts:
    return {}


def _days(card: Card, **names: str) -> Facts:
    """Write the days that are there; a hidden or missing one is no fact."""
    days = {fact: card[name] for fact, name in names.items() if card.has(name)}
    return {fact: f"{day.month}月{day.day}日" for fact, day in days.items() if day is not None}


def _class_link(_session: Session, viewer: Viewer, _ref: str, _now: datetime) -> Facts:
    """Nothing but that the list waits: the recipient is the link's own class teacher."""
    return {"live": "1"} if viewer.batch_id is not None else {}


_SOURCES: Mapping[str, Callable[[Session, Viewer, str, datetime], Facts]] = {
    "amendment": _amendment,
    "child": _child,
    "stipend": _stipend,
    "match": _match,
    "pledge": _pledge,
    "runway": _runway,
    "change": _change,
    "batch": _batch,
    "queue": _proposals,
    "matching_run": _proposals,
    "matching_draft": run_reports.notice_facts,
    "job": _job,
    "late": _late,
    "donor": _nothing,
    "cover": words.of_cover,
    "dry": words.of_dry,
    "gift_wish": words.of_gift,
    "overdue": words.of_overdue,
    "payer_move": words.of_move,
    "harm": _harm,
    "reveal": _reveal,
    "reveal_check": _reveal_check,
    "factor": _factor,
    "honey": _honey,
    "letter": letter_words.of_letter,
    "letter_stopped": letter_words.of_stopped,
    "letters": letter_words.of_pair,
    "letters_desk": letter_words.of_desk,
    "class_link": _class_link,
    "custody": custody_desk.notice_facts,
    "file_access": file_access.notice_facts,
    "transfer": transfer_lists.notice_facts,
    "unclaimed": unclaimed.notice_facts,
    "friend": letter_friends.notice_facts,
    "care": asking_her.notice_facts,
    "gap_fund": gap_fund.notice_facts,
    "redirection": redirecting.notice_facts,
    "certificate": certificates.notice_facts,
    "books": comparing.notice_facts,
    "guardian_file": _nothing,
    "guardian_request": guardian_requests.notice_facts,
}
