"""Draws a notice's text at delivery: facts through the gate, with the recipient as viewer.

A subject's table says where its facts come from. What the recipient may not see is no fact, and a
text that asks for it is not drawn.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.notices import Notice
from privacy.viewers import Viewer
from services.accountancy import comparing
from services.books import pay_backs, unclaimed
from services.care import asking_her, fading, visits
from services.children import transfer_lists
from services.custody import custody_desk
from services.earmarks import redirecting
from services.fund import gap_fund
from services.giving import resting, words
from services.guardians import guardian_consents, guardian_requests
from services.letters import letter_friends, letter_words
from services.notices.facts import desks, instalments, lists, matches
from services.notices.facts.days import Facts
from services.notices.notice_texts import TEXTS
from services.notices.texts.text import Text
from services.oversight import file_access
from services.pairing import run_reports, volunteer_logins
from services.papers import certificates
from services.vault import deaths, successors
from vocabulary.errors import NotFound

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


_SOURCES: Mapping[str, Callable[[Session, Viewer, str, datetime], Facts]] = {
    "amendment": lists.of_amendment,
    "child": desks.of_child,
    "stipend": instalments.of_stipend,
    "match": matches.of_match,
    "pledge": matches.of_pledge,
    "runway": matches.of_runway,
    "change": matches.of_change,
    "batch": lists.of_batch,
    "queue": desks.of_proposals,
    "matching_run": desks.of_proposals,
    "matching_draft": run_reports.notice_facts,
    "job": desks.of_job,
    "late": desks.of_late,
    "donor": desks.nothing,
    "cover": words.of_cover,
    "dry": words.of_dry,
    "gift_wish": words.of_gift,
    "overdue": words.of_overdue,
    "payer_move": words.of_move,
    "harm": desks.of_harm,
    "reveal": desks.of_reveal,
    "reveal_check": desks.of_reveal_check,
    "factor": desks.of_factor,
    "volunteer": volunteer_logins.notice_facts,
    "honey": desks.of_honey,
    "letter": letter_words.of_letter,
    "letter_stopped": letter_words.of_stopped,
    "letters": letter_words.of_pair,
    "letters_desk": letter_words.of_desk,
    "class_link": lists.of_class_link,
    "death": deaths.notice_facts,
    "successor": successors.notice_facts,
    "custody": custody_desk.notice_facts,
    "file_access": file_access.notice_facts,
    "transfer": transfer_lists.notice_facts,
    "unclaimed": unclaimed.notice_facts,
    "friend": letter_friends.notice_facts,
    "care": asking_her.notice_facts,
    "visit": visits.notice_facts,
    "fading": fading.notice_facts,
    "gap_fund": gap_fund.notice_facts,
    "redirection": redirecting.notice_facts,
    "rest": resting.notice_facts,
    "pay_back": pay_backs.notice_facts,
    "certificate": certificates.notice_facts,
    "books": comparing.notice_facts,
    "guardian_file": desks.nothing,
    "guardian_request": guardian_requests.notice_facts,
    "consent": guardian_consents.notice_facts,
}
