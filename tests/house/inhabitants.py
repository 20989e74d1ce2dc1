"""A small town with somebody in every role, and of each record one's own and another's."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from models.amendments import Amendment
from models.children import Child, Need
from models.harm import HarmReport
from models.notices import Notice
from models.pledges import Match
from privacy import viewers
from privacy.viewers import Viewer
from services import (
    accounts,
    answers,
    changes,
    class_lists,
    consents,
    grants,
    harm,
    imports,
    links,
    notices,
    passwords,
    receipts,
    slips,
    vault,
    volunteers,
)
from services.answers import Reply
from services.links import Subject
from services.notices import Recipient
from services.receipts import BankLine
from tests.factories import (
    OTHER_BANNER,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
)
from vocabulary.enums import (
    AmendmentKind,
    Answer,
    Called,
    DeclineReason,
    ImportKind,
    LinkPurpose,
    MatchStatus,
    NoticeKind,
    RecipientKind,
    Role,
)
from vocabulary.money import Fen
from vocabulary.refs import slip_code, stipend_ref

SENT = date(2026, 11, 3)
VILLAGE, NEXT_VILLAGE = "150723101201", "150723101202"
OTHER_TOWN = "150785101000"
# Who comes by a link, and where a link of that kind leads when it does not open.
LINKS = {"donor": "/relink?expired=1", "family": "/family/closed", "class_teacher": "/c/closed"}
# Beside the roles: a second case worker, who shares the banner but not her colleague's uploads.
LOGINS = {
    **{str(role): role for role in Role if role not in {
        Role.PUBLIC, Role.DONOR, Role.FAMILY, Role.CLASS_TEACHER, Role.CONSOLE, Role.ENGINE,
    }},
    "case_deputy": Role.CASE_WORKER,
}  # fmt: skip


@dataclass
class Town:
    """Who lives here: how each comes in, and the handles by kind, own and another's, per person."""

    sessions: dict[str, tuple[int, str]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    own: dict[tuple[str, str], str] = field(default_factory=dict)
    others: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def give(self, kind: str, who: str, own: str, *others: str) -> None:
        """Note a person's own handle of a kind, and those that must not open for her."""
        for one in who.split():
            self.own[one, kind] = own
            self.others[one, kind] = list(others)


class Places:
    """Three schools and a village, each with a pupil whose money was sent."""

    def __init__(self, session: Session) -> None:
        near, far = {"region_code": VILLAGE}, {"region_code": OTHER_TOWN}
        self.school, self.next_school = a_school(session), a_school(session, "阿里河中学")
        self.far_school = a_school(session, "根河中学", OTHER_TOWN)
        self.child = a_child(session, self.school, **near)
        self.classmate = a_child(session, self.school, name="包晓军", class_name="1班")
        self.neighbour = a_child(session, self.next_school, name="斯琴", region_code=NEXT_VILLAGE)
        self.stranger = a_child(
            session, self.far_school, name="王浩然", banner_code=OTHER_BANNER, **far
        )
        self.small = a_child(session, None, name="其其格", **near)
        self.small_next = a_child(session, None, name="阿茹娜", region_code=NEXT_VILLAGE)
        self.matches = {
            child.id: a_match(session, a_pledge(session, f"1380000000{n}")[0], child)
            for n, child in enumerate(self.children())
        }
        self.batch = a_sent_batch(
            session, self.school, self.of(self.child), self.of(self.classmate), on=SENT
        )
        self.next_batch = a_sent_batch(session, self.next_school, self.of(self.neighbour), on=SENT)
        self.far_batch = a_sent_batch(session, self.far_school, self.of(self.stranger), on=SENT)
        self.village_batch = a_sent_batch(
            session, None, self.of(self.small), on=SENT, region_code=VILLAGE
        )
        self.next_village_batch = a_sent_batch(
            session, None, self.of(self.small_next), on=SENT, region_code=NEXT_VILLAGE
        )

    def children(self) -> list[Child]:
        """All six."""
        return [
            self.child, self.classmate, self.neighbour,
            self.stranger, self.small, self.small_next,
        ]  # fmt: skip

    def of(self, child: Child) -> Match:
        """The match of a child."""
        return self.matches[child.id]

    def line(self, child: Child) -> str:
        """The public ref of a child's instalment."""
        return stipend_ref(self.of(child).child_ref, SENT)


def build(session: Session, now: datetime) -> Town:
    """Everybody and everything, through services where one makes the record."""
    town, here = Town(), Places(session)
    _enter_accounts(session, town, here)
    _lists(session, town, here, now)
    _families_and_teacher(session, town, here, now)
    _donors(session, town, here, now)
    _case_files(session, town, here, now)
    _offices(session, town, here, now)
    session.commit()
    return town


def _enter_accounts(session: Session, town: Town, here: Places) -> None:
    more = {
        "school_officer": {"organisation_id": here.school.id},
        "village_director": {"region_code": VILLAGE},
    }
    for login, role in LOGINS.items():
        account = an_account(session, role, login=login, **more.get(login, {}))
        town.sessions[login] = account.id, account.session_stamp


def _who(session: Session, town: Town, login: str, now: datetime) -> Viewer:
    found = accounts.find_viewer(session, *town.sessions[login], now=now)
    assert found is not None
    return found


def _lists(session: Session, town: Town, here: Places, now: datetime) -> None:
    """What hands have: batches, lines and slips."""
    school = [b.ref for b in (here.next_batch, here.far_batch, here.village_batch)]
    town.give("batch", "school_officer", here.batch.ref, *school)
    town.give("batch", "class_teacher", here.batch.ref, *school)
    village = [b.ref for b in (here.next_village_batch, here.batch)]
    town.give("batch", "village_director", here.village_batch.ref, *village)
    town.give("batch", "paying_desk", here.batch.ref)
    refs = {child.id: here.line(child) for child in here.children()}
    others = {
        "school_officer": (here.child, here.neighbour, here.stranger, here.small),
        "class_teacher": (here.child, here.classmate, here.neighbour, here.small),
        "village_director": (here.small, here.small_next, here.stranger, here.neighbour),
    }
    for who, (mine, *theirs) in others.items():
        lines = [refs[mine.id], *(refs[one.id] for one in theirs)]
        town.give("line", who, *lines)
        town.give("slip", who, *map(slip_code, lines))
    town.give("hands_child", "school_officer", here.child.ref, here.neighbour.ref, here.stranger.ref)
    town.give("hands_child", "class_teacher", refs[here.child.id], here.classmate.ref)
    town.give("hands_child", "village_director", here.small.ref, here.small_next.ref)
    families = here.child, here.classmate, here.small_next
    town.give("family_line", "village_director", *(refs[one.id] for one in families))
