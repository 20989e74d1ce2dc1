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
from services import (
    custody_desk,
    donors,
    file_access,
    gap_fund,
    gate,
    guardian_requests,
    letter_words,
    reveals,
)
from services.gate import Card, Part
from services.notice_texts import TEXTS, Text
from services.notice_words import CALLED, JOB_NAMES, TROUBLES
from vocabulary.dates import add_months, today
from vocabulary.enums import AmendmentStatus, MatchStatus, NoticeStatus, Purpose, Route, Trouble
from vocabulary.errors import NotFound
from vocabulary.todo import Thing, first_thing

Facts = dict[str, str]
_OF_BANNER = "000000"
# What is made only when a notice leaves (services/addressing.py).
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
    return facts | _days(
        card,
        handed="handed_over_on",
        confirmed="confirmed_on",
        disputed="disputed_on",
    )


def _side(viewer: Viewer, match_ref: str) -> ColumnElement[bool]:
    """Name a stipend by its match's ref on the viewer's own side of the wall."""
    column = Match.donor_ref if viewer.donor_id is not None else Match.child_ref
    return Stipend.match_id.in_(select(Match.id).where(column == match_ref))


def _hand(session: Session, viewer: Viewer, match_ref: str, first: date) -> str:
    """Say who handed it over: the school, the village, or to the family the banner's own office.

    A donor reads of the child's ordinary hand: that it is another one now would tell him why.
    """
    row = session.execute(
        select(Batch.organisation_id, Batch.region_code, Child.school_id, Child.route)
        .join(Stipend, Stipend.batch_id == Batch.id)
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .where(
            (Match.donor_ref == match_ref) | (Match.child_ref == match_ref),
            Stipend.due_on >= first,
            Stipend.due_on < add_months(first, 1),
        )
    ).one_or_none()
    if row is None or row.organisation_id is not None:
        return "学校"
    is_office = row.region_code.endswith(_OF_BANNER)
    if is_office and viewer.donor_id is None:
        return "旗妇联"
    by_school = is_office and row.school_id is not None and row.route is not Route.VILLAGE
    return "学校" if by_school else "村里"


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
    facts = {
        "batch_month": f"{card['month'].month}月",
        "memo": card["memo"],
        "listed": str(gate.count(session, viewer, Stipend, inside)),
        "hand_name": _batch_hand(card),
    }
    if left:
        facts["left"] = str(left)
    if viewer.has(*CASE_STAFF):
        back = gate.count(session, viewer, Stipend, inside, Stipend.returned_on.is_not(None))
        facts |= {"back": str(back)} if back else {}
    return facts | _days(card, hand_over_by="hand_over_by", bounced="bounced_on")


def _amendment(session: Session, viewer: Viewer, ref: str, _now: datetime) -> Facts:
    """A school's other account, for as long as it can still be stopped."""
    school = Part(Organisation, Organisation.id == Amendment.organisation_id, ("name",))
    waits = Amendment.status == AmendmentStatus.AGREED
    found = (Amendment.ref == ref, waits)
    card = gate.card(session, viewer, Amendment, *found, parts={"school": school})
    facts = {"school": card["school"]["name"], "account_name": card["name"]}
    return facts | _days(card, holds="holds_on")


def _batch_hand(card: Card) -> str:
    """Name a batch's hand for staff: the school, the village, or the banner's own office."""
    if card.has("hand"):
        return str(card["hand"]["name"])
    return "旗里自己转交的" if card.get("region_code", "").endswith(_OF_BANNER) else "村里"


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
    "stipend": _stipend,
    "match": _match,
    "pledge": _pledge,
    "runway": _runway,
    "change": _change,
    "batch": _batch,
    "queue": _proposals,
    "matching_run": _proposals,
    "job": _job,
    "late": _late,
    "donor": _nothing,
    "harm": _harm,
    "reveal": _reveal,
    "reveal_check": _reveal_check,
    "factor": _factor,
    "honey": _honey,
    "letter": letter_words.of_letter,
    "letters": letter_words.of_pair,
    "letters_desk": letter_words.of_desk,
    "class_link": _class_link,
    "custody": custody_desk.notice_facts,
    "file_access": file_access.notice_facts,
    "gap_fund": gap_fund.notice_facts,
    "guardian_file": _nothing,
    "guardian_request": guardian_requests.notice_facts,
}
