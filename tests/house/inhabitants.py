"""A small town with somebody in every role, and of each record one's own and another's."""

import io
from dataclasses import dataclass, field
from datetime import date, datetime

from flask import current_app
from PIL import Image
from sqlalchemy.orm import Session

from gateways.uploads import LocalFiles
from models.amendments import Amendment
from models.children import Child, Need
from models.harm import HarmReport
from models.imports import Upload
from models.notices import Notice
from models.pledges import Exclusion, Match, Pledge
from privacy import viewers
from privacy.viewers import Viewer
from services import (
    accounts,
    answers,
    changes,
    class_lists,
    grants,
    handovers,
    harm,
    imports,
    links,
    notices,
    passwords,
    receipts,
    returns,
    slips,
    uploads,
    vault,
    volunteers,
    write_offs,
)
from services.answers import Reply
from services.grants import Term
from services.links import Subject
from services.notices import Recipient
from services.receipts import BankLine
from services.returns import Sum
from services.volunteers import NewVolunteer
from tests.factories import (
    BANNER,
    OTHER_BANNER,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
    viewer,
)
from tests.house import post
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
    Snag,
    WriteOffReason,
)
from vocabulary.money import Fen
from vocabulary.refs import slip_code, stipend_ref

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
    post.give(session, town, here, SENT, now)
    _offices(session, town, here, now)
    _come_back_and_lost(session, town, here, now)
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
    town.give(
        "hands_child", "school_officer", here.child.ref, here.neighbour.ref, here.stranger.ref
    )
    town.give("hands_child", "class_teacher", refs[here.child.id], here.classmate.ref)
    town.give("hands_child", "village_director", here.small.ref, here.small_next.ref)
    families = here.child, here.small_next, here.stranger
    town.give("family_line", "village_director", *(refs[one.id] for one in families))


def _come_back_and_lost(session: Session, town: Town, here: Places, now: datetime) -> None:
    """One line that its hand sends back, one that is back, one that is to be written off."""
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=here.next_school.id)
    handovers.note_snag(session, officer, here.line(here.neighbour), Snag.REFUSED, now=now)
    town.give("returning_batch", "paying_desk", here.next_batch.ref, here.far_batch.ref)
    director = viewer(Role.VILLAGE_DIRECTOR, regions=(NEXT_VILLAGE,))
    back, batch = here.line(here.small_next), here.next_village_batch.ref
    handovers.note_snag(session, director, back, Snag.UNDELIVERABLE, now=now)
    desk, read = _who(session, town, "paying_desk", now), Sum(1, Fen(10_000))
    returns.record(session, desk, batch, read, on=now.date(), now=now)
    staff, far = "case_worker approver case_deputy", here.line(here.stranger)
    town.give("returned_line", staff, back, far)
    town.give("lost_line", staff, here.line(here.classmate), far)
    ours, theirs = (viewer(Role.CASE_WORKER, regions=(one,)) for one in (BANNER, OTHER_BANNER))
    lost = (ours, here.line(here.neighbour)), (theirs, far)
    why = WriteOffReason.LOST
    asked = [write_offs.ask(session, by, line, reason=why, now=now) for by, line in lost]
    town.give("write_off", staff, *asked)


def _families_and_teacher(session: Session, town: Town, here: Places, now: datetime) -> None:
    """Slips of two families, and a class list that a teacher's device holds."""
    officer = _who(session, town, "school_officer", now)
    made = {
        one["ref"]: one["token"]
        for one in slips.make_slips(session, officer, here.batch.ref, now=now)
    }
    mine, other = made[here.line(here.child)], made[here.line(here.classmate)]
    town.links["family"] = mine
    town.give("slip_token", "public donor family", mine)
    passed = class_lists.pass_class(
        session, officer, here.batch.ref, "四年级2班", phone="13900000090", now=now
    )
    link = links.find(session, passed["token"], LinkPurpose.CLASS_LIST, now=now)
    town.links["class_teacher"] = (
        links.bind_device(session, passed["token"], links.give_code(link), now=now) or ""
    )
    town.give("class_token", "class_teacher", passed["token"])
    answers.answer(
        session, links.open_slip(session, other, now=now), Reply(Answer.NOT_RECEIVED), now=now
    )


def _donors(session: Session, town: Town, here: Places, now: datetime) -> None:
    """One donor behind his link, with a change that waits; another beside him."""
    refs = []
    for child in (here.child, here.classmate):
        pledge_id = here.of(child).pledge_id
        subject = Subject(donor_id=vault.donor_of_pledge(session, pledge_id))
        token = links.make(session, viewers.public(), LinkPurpose.DONOR_HOME, subject, now=now)
        donor = links.open_donor(session, token, now=now)
        ref = session.query(Pledge.donor_ref).filter_by(id=pledge_id).scalar()
        refs.append((token, ref, changes.pause(session, donor, ref, months=2, now=now)))
    (token, ref, change), (_, ref2, change2) = refs
    town.links["donor"] = token
    town.give("donor_token", "public donor family", token)
    town.give("donors_pledge", "donor", ref, ref2)
    town.give("donors_change", "donor", change, change2)
    town.give(
        "donors_match", "donor", here.of(here.child).donor_ref, here.of(here.classmate).donor_ref
    )


def _case_files(session: Session, town: Town, here: Places, now: datetime) -> None:
    """Files of the banner, and of the banner beside it."""
    both = "case_worker approver case_deputy"
    mine, far = here.child, here.stranger
    town.give("child", both, mine.ref, far.ref)
    town.give("school", both, here.school.ref, here.far_school.ref)
    needs = [session.query(Need.ref).filter_by(child_id=one.id).scalar() for one in (mine, far)]
    town.give(
        "need", both, f"{mine.ref} {needs[0]}", f"{far.ref} {needs[1]}", f"{mine.ref} {needs[1]}"
    )
    for n, (kind, status) in enumerate(
        (("proposal", MatchStatus.PROPOSED), ("declined", MatchStatus.DECLINED))
    ):
        pairs = [
            _proposed(session, child, f"139000001{n}{m}", status)
            for m, child in enumerate((mine, far))
        ]
        town.give(kind, both, *pairs)
    town.give(
        "pledge", both, session.query(Pledge.code).filter_by(id=here.of(mine).pledge_id).scalar()
    )
    changed = [_amendment(session, child) for child in (mine, far)]
    town.give("amendment", both, *changed)
    town.give(
        "photograph", both, *(_photograph(session, here, child, now) for child in (mine, far))
    )
    town.give("dispute", both, here.line(here.classmate), here.line(far), here.line(mine))
    entered = [
        volunteers.enter(session, viewers.console(), NewVolunteer(name, code), now=now)
        for name, code in (("乌兰", VILLAGE), ("图雅", OTHER_TOWN))
    ]
    town.give("volunteer", both, *entered)
    uploads = {who: _upload(session, _who(session, town, who, now), now) for who in both.split()}
    for who, ref in uploads.items():
        town.give("import", who, ref, *(r for other, r in uploads.items() if other != who))


def _proposed(session: Session, child: Child, contact: str, status: MatchStatus) -> str:
    pledge, _ = a_pledge(session, contact)
    more = {"status": status, "decided_by": None, "decided_on": None, "starts_on": None}
    need_id = session.query(Need.id).filter_by(child_id=child.id).scalar()
    match = a_match(session, pledge, child, **more, need_id=need_id, decide_by=DECIDE_BY)
    if status is MatchStatus.DECLINED:
        since = {"reason": DeclineReason.OTHER, "since_on": SENT}
        session.add(Exclusion(pledge_id=pledge.id, child_id=child.id, **since))
    session.flush()
    return match.child_ref


def _amendment(session: Session, child: Child) -> str:
    kind, by = AmendmentKind.CHILD_IDENTITY, "account:somebody"
    asked = {"name": "陈雨彤", "name_before": child.name, "reason": "户口本", "asked_on": SENT}
    one = Amendment(kind=kind, child_id=child.id, asked_by=by, **asked)
    session.add(one)
    session.flush()
    return one.ref


def _photograph(session: Session, here: Places, child: Child, now: datetime) -> str:
    """A picture of the child's signed slip, as its school sent it."""
    made = io.BytesIO()
    Image.new("RGB", (300, 200), "#a8324f").save(made, "JPEG")
    files = LocalFiles(current_app.config["SETTINGS"].uploads)
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=child.school_id)
    uploads.add_photo(session, officer, here.line(child), made.getvalue(), files=files, now=now)
    return session.query(Upload.ref).order_by(Upload.id.desc()).limit(1).scalar()


def _upload(session: Session, by: Viewer, now: datetime) -> str:
    table = "姓名,性别,手机号,居住地\n海棠,女,13900000077,鄂伦春自治旗吉文镇\n".encode()
    return imports.preview(session, by, ImportKind.VOLUNTEERS, "报名表.csv", table, now=now)


def _offices(session: Session, town: Town, here: Places, now: datetime) -> None:
    """What the desks have: receipts, accounts with a role asked for, reports, messages."""
    desk = _who(session, town, "collecting_desk", now)
    line = BankLine("AX999999", Fen(10_000), SENT, line="7")
    town.give("receipt", "collecting_desk", receipts.record(session, desk, line, now=now)["ref"])
    clerk, next_clerk = (an_account(session, login=login) for login in ("clerk", "clerk2"))
    by = _who(session, town, "administrator", now)
    asked, other = (
        grants.ask(session, by, one.ref, Role.STATISTICS, term=Term(), now=now)
        for one in (clerk, next_clerk)
    )
    town.give("account", "administrator", clerk.ref)
    town.give("grant", "administrator", f"{clerk.ref} {asked}", f"{clerk.ref} {other}")
    town.give("password_token", "public", passwords.invite(session, by, clerk.id, now=now))
    _reports(session, town, here, now)
    for who in town.sessions:
        one = _message(session, town.sessions[who][0], now)
        town.give("notice", who, one)
    for who in town.sessions:
        town.others[who, "notice"] = [
            town.own["volunteer" if who != "volunteer" else "auditor", "notice"]
        ]


def _reports(session: Session, town: Town, here: Places, now: datetime) -> None:
    """A worry of each hand about her own child; staff of the banner see those of the banner."""
    told = {}
    for who, child in (
        ("school_officer", here.child), ("village_director", here.small), ("class_teacher", here.child),
    ):  # fmt: skip
        by = (
            links.open_class(session, town.links[who], now=now)
            if who in town.links
            else _who(session, town, who, now)
        )
        told[who] = harm.report(session, by, child.ref, called=Called.POLICE, now=now)
    far = HarmReport(
        child_id=here.stranger.id, called=Called.POLICE, reported_by="account:x", reported_at=now
    )
    session.add(far)
    session.flush()
    for who, ref in told.items():
        town.give("harm", who, ref, *(r for w, r in told.items() if w != who), far.ref)
    town.give("harm", "case_worker approver case_deputy", told["school_officer"], far.ref)


def _message(session: Session, account_id: int, now: datetime) -> str:
    to = Recipient(RecipientKind.ACCOUNT, account_id)
    notices.queue(session, to, NoticeKind.JOB_ALARM, "job:backup", now=now)
    return (
        session.query(Notice.ref)
        .filter_by(recipient_id=account_id, kind=NoticeKind.JOB_ALARM)
        .scalar()
    )
