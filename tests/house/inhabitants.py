"""A small town with somebody in every role, and of each record one's own and another's."""

import io
from datetime import datetime

from flask import current_app
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateways.uploads import LocalFiles
from matching import propose
from models.accounts import SignIn
from models.amendments import Amendment
from models.children import Child, Kin, Need
from models.imports import Upload
from models.kept import KeptSum
from models.matching_runs import MatchingRun, PolicyTrial
from models.pledges import Exclusion, Match, Pledge
from models.stipends import Stipend
from privacy import viewers
from privacy.viewers import Viewer
from services import links, uploads
from services.accounts import sign_ins
from services.batches import returns
from services.batches.returns import Sum
from services.books import write_offs
from services.earmarks import surgeries
from services.handover import answers, class_lists, handovers, slips
from services.handover.answers import Reply
from services.handover.handing import Said
from services.importing import imports
from services.links import Subject
from services.online_payments import orders as payments
from services.pairing import matching_runs, volunteers
from services.pairing.volunteers import NewVolunteer
from services.pledges import changes
from services.vault import vault
from tests.factories import (
    BANNER,
    OTHER_BANNER,
    a_match,
    a_pledge,
    a_unit,
    an_account,
    viewer,
)
from tests.house import (
    asked,
    caring,
    doorsteps,
    families,
    giving,
    moving,
    orders,
    papers,
    post,
    restricted,
    rests,
    units,
)
from tests.house.offices import offices
from tests.house.places import (
    DECIDE_BY,
    LOGINS,
    NEXT_VILLAGE,
    OTHER_TOWN,
    SENT,
    VILLAGE,
    Apart,
    Places,
    Town,
    who_is,
)
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import (
    AmendmentKind,
    Answer,
    DeclineReason,
    ImportKind,
    LinkPurpose,
    MatchStatus,
    PaymentProvider,
    Role,
    RunStatus,
    Snag,
    WriteOffReason,
)
from vocabulary.money import Fen
from vocabulary.refs import slip_code


def build(session: Session, now: datetime, apart: Apart | None = None) -> Town:
    """Everybody and everything, through services where one makes the record."""
    town = Town(apart or Apart())
    here = Places(session, town.apart)
    _enter_accounts(session, town, here)
    _lists(session, town, here, now)
    _families_and_teacher(session, town, here, now)
    _donors(session, town, here, now)
    _case_files(session, town, here, now)
    post.give(session, town, here, SENT, now)
    caring.give(session, town, here, now)
    offices(session, town, here, now)
    asked.give(session, town, here, now)
    families.give(session, town, here, now)
    _come_back_and_lost(session, town, here, now)
    orders.give(session, town, here, now)
    units.give(session, town, here, now)
    moving.give(session, town, here, now)
    doorsteps.give(session, town, here, now)
    session.commit()
    return town


def _enter_accounts(session: Session, town: Town, here: Places) -> None:
    more = {
        "school_officer": {"organisation_id": here.school.id},
        "unit_collector": {"organisation_id": a_unit(session).id},
        "unit_hand": {"organisation_id": a_unit(session, "旗邮局").id},
        "village_director": {"region_code": VILLAGE},
    }
    for login, role in LOGINS.items():
        name = f"{town.apart.logins}{login}"
        account = an_account(session, role, login=name, **more.get(login, {}))
        town.sessions[login] = account.id, account.session_stamp
    _sign_everybody_in(session, town)


def _sign_everybody_in(session: Session, town: Town) -> None:
    """A sign-in of everybody's on another device, to be ended by its owner alone."""
    refs = {}
    for login, (account_id, stamp) in town.sessions.items():
        sign_ins.begin(session, account_id, stamp, now=clock.now())
        own = SignIn.account_id == account_id
        refs[login] = session.scalars(select(SignIn.ref).where(own)).one()
    for login, mine in refs.items():
        town.give("sign_in", login, mine, next(ref for ref in refs.values() if ref != mine))


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
    desk, read = who_is(session, town, "paying_desk", now), Sum(1, Fen(10_000))
    returns.record(session, desk, batch, read, on=now.date(), now=now)
    staff, far = "case_worker approver case_deputy", here.line(here.stranger)
    town.give("returned_line", staff, back, far)
    town.give("lost_line", staff, here.line(here.classmate), far)
    ours, theirs = (viewer(Role.CASE_WORKER, regions=(one,)) for one in (BANNER, OTHER_BANNER))
    lost = (ours, here.line(here.neighbour)), (theirs, far)
    why = WriteOffReason.LOST
    asked = [write_offs.ask(session, by, line, reason=why, now=now) for by, line in lost]
    town.give("write_off", staff, *asked)
    _kept_in_part(session, town, here, now)
    sums = [
        surgeries.ask(session, by, child.ref, Fen(800_000), "要做手术", now=now)
        for (by, _), child in zip(lost, (here.classmate, here.stranger), strict=True)
    ]
    town.give("surgery", staff, *sums)


def _kept_in_part(session: Session, town: Town, here: Places, now: datetime) -> None:
    """A line of which its hand gave a part alone, and two sums that somebody says a hand kept."""
    staff, by = (
        "case_worker approver case_deputy",
        viewer(Role.VILLAGE_DIRECTOR, regions=(VILLAGE,)),
    )
    said = Said(Snag.PARTLY, handed=Fen(6_000))
    handovers.note_snag(session, by, here.line(here.small), said, now=now)
    town.give("kept_line", staff, here.line(here.small), here.line(here.stranger))
    sums = []
    for child in (here.classmate, here.stranger):
        of = select(Stipend).join(Match, Match.id == Stipend.match_id)
        one = session.scalars(of.where(Match.child_id == child.id)).first()
        assert one is not None
        kept = KeptSum(
            stipend_id=one.id, batch_id=one.batch_id, fen=Fen(1_000), words="问过家里",
            asked_by="account:somebody", asked_on=now.date(),
        )  # fmt: skip
        session.add(kept)
        session.flush()
        sums.append(kept.ref)
    town.give("kept_sum", staff, *sums)


def _families_and_teacher(session: Session, town: Town, here: Places, now: datetime) -> None:
    """Slips of two families, and a class list that a teacher's device holds."""
    officer = who_is(session, town, "school_officer", now)
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
        links.bind_device(session, passed["token"], links.give_code(link, now=now), now=now) or ""
    )
    town.give("class_token", "class_teacher", passed["token"])
    answers.answer(
        session, links.open_slip(session, other, now=now), Reply(Answer.NOT_RECEIVED), now=now
    )


def _donors(session: Session, town: Town, here: Places, now: datetime) -> None:
    """One donor behind his link, with a change that waits; another beside him."""
    refs, donors = [], []
    for child in (here.child, here.classmate):
        pledge_id = here.of(child).pledge_id
        subject = Subject(donor_id=vault.donor_of_pledge(session, pledge_id))
        token = links.make(session, viewers.public(), LinkPurpose.DONOR_HOME, subject, now=now)
        donor = links.open_donor(session, token, now=now)
        ref = session.query(Pledge.donor_ref).filter_by(id=pledge_id).scalar()
        refs.append((token, ref, changes.pause(session, donor, ref, months=2, now=now)))
        donors.append((donor, ref))
    (token, ref, change), (_, ref2, change2) = refs
    town.links |= {"donor": token, "second_donor": refs[1][0]}
    town.give("donor_token", "public donor family", token)
    town.give("donors_pledge", "donor", ref, ref2)
    town.give("donors_change", "donor", change, change2)
    papers.papers(session, town, donors, now)
    giving.give(session, town, here, donors, now)
    restricted.give(session, town, [donor for donor, _ in donors], now)
    rests.give(session, town, [donor for donor, _ in donors], now)
    town.give("donors_payment", "donor", *(_payment(session, t, r, now) for t, r, _ in refs))
    town.give(
        "donors_match", "donor", here.of(here.child).donor_ref, here.of(here.classmate).donor_ref
    )


def _payment(session: Session, token: str, ref: str, now: datetime) -> str:
    """What a donor pays through a provider."""
    donor = links.open_donor(session, token, now=now)
    return payments.place(session, donor, ref, PaymentProvider.WECHAT, 1, fee=0, now=now)


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
    kin = [session.query(Kin.ref).filter_by(child_id=one.id).first()[0] for one in (mine, far)]
    town.give("kin", both, f"{mine.ref} {kin[0]}", f"{far.ref} {kin[1]}", f"{mine.ref} {kin[1]}")
    for n, (kind, status) in enumerate(
        (("proposal", MatchStatus.PROPOSED), ("declined", MatchStatus.DECLINED))
    ):
        pairs = [
            _proposed(session, child, f"139000001{n}{m}", status)
            for m, child in enumerate((mine, far))
        ]
        town.give(kind, both, *pairs)
        if status is MatchStatus.PROPOSED:
            free = a_pledge(session, "13900000199")[0].code
            town.give("proposal_pledge", both, *(f"{pair} {free}" for pair in pairs))
    for handle, status in (("matching_run", RunStatus.DRAFT), ("run_under_way", RunStatus.RUNNING)):
        drafted = MatchingRun(
            ref=f"DUMMY{status.value}", kind="pledges", ran_on=today(now), status=status,
            asked_by="engine", banner=BANNER if status is RunStatus.RUNNING else None,
        )  # fmt: skip
        matching_runs.fill(drafted, propose([], []))
        session.add(drafted)
        town.give(handle, f"{both} auditor statistics", drafted.ref)
    for one in (*both.split(), "auditor", "statistics"):
        town.give("policy_trial", one, _tried(session, who_is(session, town, one, now).actor, now))
    town.give(
        "pledge", both, session.query(Pledge.code).filter_by(id=here.of(mine).pledge_id).scalar()
    )
    changed = [_amendment(session, child) for child in (mine, far)]
    town.give("amendment", both, *changed)
    papers = (mine, "#a8324f"), (far, town.apart.slip)
    taken = [_photograph(session, here, child, paper, now) for child, paper in papers]
    town.give("photograph", both, *taken)
    town.give("dispute", both, here.line(here.classmate), here.line(far), here.line(mine))
    entered = [
        volunteers.enter(session, viewers.console(), NewVolunteer(name, code), now=now)
        for name, code in (("乌兰", VILLAGE), ("图雅", OTHER_TOWN))
    ]
    town.give("volunteer", both, *entered)
    uploads = {who: _upload(session, who_is(session, town, who, now), now) for who in both.split()}
    for who, ref in uploads.items():
        town.give("import", who, ref, *(r for other, r in uploads.items() if other != who))


def _tried(session: Session, by: str, now: datetime) -> str:
    """Weights that somebody asked to try over the draft."""
    trial = PolicyTrial(
        kind="pledges", run_ref="DUMMYdraft", numbers={}, against="", asked_by=by,
        asked_on=today(now),
    )  # fmt: skip
    session.add(trial)
    session.flush()
    return trial.ref


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


def _photograph(session: Session, here: Places, child: Child, paper: str, now: datetime) -> str:
    """A picture of the child's signed slip, as its school sent it."""
    made = io.BytesIO()
    Image.new("RGB", (300, 200), paper).save(made, "JPEG")
    files = LocalFiles(current_app.config["SETTINGS"].uploads)
    officer = viewer(Role.SCHOOL_OFFICER, organisation_id=child.school_id)
    uploads.add_photo(session, officer, here.line(child), made.getvalue(), files=files, now=now)
    return session.query(Upload.ref).order_by(Upload.id.desc()).limit(1).scalar()


def _upload(session: Session, by: Viewer, now: datetime) -> str:
    table = "姓名,性别,手机号,居住地\n海棠,女,13900000077,鄂伦春自治旗吉文镇\n".encode()
    return imports.preview(session, by, ImportKind.VOLUNTEERS, "报名表.csv", table, now=now)
