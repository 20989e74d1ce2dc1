"""A small town: who comes in how, three schools and a village, and a handle of each kind."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from cli.twins.cast import Oneself
from models.children import Child, Kin
from models.pledges import Match
from models.stipends import Stipend
from privacy.viewers import Viewer
from services.accounts import accounts
from tests.factories import (
    OTHER_BANNER,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
)
from vocabulary.enums import (
    Role,
)
from vocabulary.refs import stipend_ref

SENT, DECIDE_BY = date(2026, 11, 3), date(2026, 11, 28)
VILLAGE, NEXT_VILLAGE = "150723101201", "150723101202"
OTHER_TOWN = "150785001000"
# Who comes by a link, and where a link of that kind leads when it does not open.
LINKS = {"donor": "/relink?expired=1", "class_teacher": "/c/closed"}
LINKS |= dict.fromkeys(("family", "guardian"), "/family/closed")
# Beside the roles: a second case worker, who shares the banner but not her colleague's uploads.
LOGINS = {
    **{str(role): role for role in Role if role not in {
        Role.PUBLIC, Role.DONOR, Role.FAMILY, Role.CLASS_TEACHER, Role.CONSOLE, Role.ENGINE,
    }},
    "case_deputy": Role.CASE_WORKER,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Apart:
    """In what two towns may differ: who gives for the first child, who three far children are.

    `receipt` and `slip` are the colours of what was photographed of each; `logins` stands before
    every login.
    """

    contact: str = "13800000000"
    name: str = "王小明"
    paid_on: date = date(2026, 11, 4)
    receipt: str = "white"
    pupil: Oneself | None = None
    slip: str = "#a8324f"
    logins: str = ""


@dataclass
class Town:
    """Who lives here: how each comes in, and the handles by kind, own and another's, per person."""

    apart: Apart = field(default_factory=Apart)
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

    def __init__(self, session: Session, apart: Apart) -> None:
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
        for one in (self.neighbour, self.stranger, self.small_next) if apart.pupil else ():
            _is(session, one, apart.pupil)
        givers = [apart.contact, *(f"1380000000{n}" for n in range(1, 6))]
        self.matches = {
            child.id: a_match(session, a_pledge(session, giver)[0], child)
            for giver, child in zip(givers, self.children(), strict=True)
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

    def stipend_id(self, child: Child) -> int:
        """The key of a child's instalment."""
        return (
            object_session(child)
            .scalars(select(Stipend.id).where(Stipend.match_id == self.of(child).id))
            .one()
        )

    def line(self, child: Child) -> str:
        """The public ref of a child's instalment."""
        return stipend_ref(self.of(child).child_ref, SENT)


def _is(session: Session, child: Child, who: Oneself) -> None:
    """Let a child be somebody: what only its own may read. A number is one child's alone."""
    child.name, child.birth_on = who.name, date.fromisoformat(f"2016-{who.born}")
    child.address, child.remark = who.address, who.remark
    kin = session.scalars(select(Kin).where(Kin.child_id == child.id)).one()
    kin.name, kin.phone = who.guardian, who.phone
    session.flush()


def who_is(session: Session, town: Town, login: str, now: datetime) -> Viewer:
    found = accounts.find_viewer(session, *town.sessions[login], now=now)
    assert found is not None
    return found
