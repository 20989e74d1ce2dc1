"""What one asks and another agrees to: looks, identities, exports, samples, and the newer kinds."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateways.uploads import LocalFiles
from models.amendments import Amendment
from models.audit import AuditItem, AuditSample
from models.file_access import Assignment, FileAccess
from models.pledges import Pledge
from models.reveals import Reveal
from models.security import FactorReset
from models.vault import VaultPledge
from privacy.viewers import Viewer
from services.custody import custody_requests
from services.custody.custody_requests import NewRequest
from services.giving import members
from services.oversight import audit_samples, exports, incidents
from services.oversight.incidents import NewIncident
from services.vault import deaths, successors
from tests.factories import BANNER, TOWNSHIP, a_pledge, an_account, viewer
from tests.house.places import OTHER_TOWN, SENT, Places, Town, who_is
from vocabulary.enums import (
    AccessReason,
    AmendmentKind,
    AskedFor,
    CustodyReason,
    ExportKind,
    FoundBy,
    GiverKind,
    Harmed,
    RevealSide,
    RevealStatus,
    Role,
)
from vocabulary.refs import new_ref

CASE = "case_worker approver case_deputy"


def give(session: Session, town: Town, here: Places, now: datetime) -> None:
    """Each kind that two people share, one's own and another's."""
    _looks(session, town, here, now)
    _reveals(session, town, here)
    _school_accounts(session, town, here)
    _identities(session, town, here, now)
    _exports(session, town, now)
    _samples(session, town, here, now)
    _at_the_administrator(session, town, now)


def _looks(session: Session, town: Town, here: Places, now: datetime) -> None:
    """A look that a colleague asked for, into each one's own case and in the other banner."""
    cases = {"case_worker": here.child, "case_deputy": here.classmate}
    made = {}
    for child in (*cases.values(), here.stranger):
        access = FileAccess(
            child_id=child.id, reason=AccessReason.OTHER, words="代班", asked_by="account:x",
            asked_on=SENT, until_at=now + timedelta(days=7),
        )  # fmt: skip
        session.add(access)
        session.flush()
        made[child.id] = access.ref
    far = made[here.stranger.id]
    for who, child in cases.items():
        actor = who_is(session, town, who, now).actor
        case = Assignment(child_id=child.id, actor=actor, since_on=SENT, assigned_by="account:x")
        session.add(case)
        town.give("access", who, made[child.id], far)
    town.give("access", "approver", made[here.child.id], far)
    town.give("district", "approver", TOWNSHIP, OTHER_TOWN)


def _reveals(session: Session, town: Town, here: Places) -> None:
    """A check that two people make, in the banner and in the one beside it."""
    made = []
    for child in (here.child, here.stranger):
        reveal = Reveal(
            ref=new_ref("reveal_family"), pledge_id=here.of(child).pledge_id, child_id=child.id,
            asker=RevealSide.FAMILY, status=RevealStatus.CHECKING, asks_from=SENT,
            checked_from=SENT, shows_name=True,
        )  # fmt: skip
        session.add(reveal)
        session.flush()
        made.append(reveal.ref)
    town.give("reveal", CASE, *made)


def _school_accounts(session: Session, town: Town, here: Places) -> None:
    """The account of a school of the other banner, beside the child whose name is changed."""
    far = Amendment(
        kind=AmendmentKind.SCHOOL_ACCOUNT, organisation_id=here.far_school.id, name="根河中学",
        number="6222020000000017", reason="换了开户行", asked_by="account:x", asked_on=SENT,
    )  # fmt: skip
    session.add(far)
    session.flush()
    for who in CASE.split():
        town.others[who, "amendment"].append(far.ref)


def _identities(session: Session, town: Town, here: Places, now: datetime) -> None:
    """A request with its paper, agreed by a second custodian, and a donor who died."""
    one, two = who_is(session, town, "custodian", now), viewer(Role.CUSTODIAN, actor="account:two")
    code = session.scalars(
        select(Pledge.code).where(Pledge.id == here.of(here.child).pledge_id)
    ).one()
    new = NewRequest(
        code, AskedFor.AUTHORITY, CustodyReason.WRONG_PAYMENT, document=b"%PDF-1.7 a ruling"
    )
    files = LocalFiles(current_app.config["SETTINGS"].uploads)
    ref = custody_requests.ask(session, one, new, files=files, now=now)
    custody_requests.agree(session, two, ref, now=now)
    town.give("custody_request", "custodian", ref)
    a_pledge(session, "13900000055")
    died = deaths.note(session, one, "13900000055", why="家里来电话", now=now)
    town.give("dead_donor", "custodian", died)
    _successors(session, town, one, now)


def _successors(session: Session, town: Town, one: Viewer, now: datetime) -> None:
    """A new contact of a group whose own has died, named by one custodian."""
    pledge, reference = a_pledge(session, "13900000056")
    donor_id = session.scalars(
        select(VaultPledge.donor_id).where(VaultPledge.pledge_id == pledge.id)
    ).one()
    his = viewer(Role.DONOR, actor="donor:G", donor_id=donor_id)
    members.name(session, his, pledge.donor_ref, GiverKind.GROUP, "三年级组", now=now)
    ref = deaths.note(session, one, reference, why="工会来电话", now=now)
    deaths.agree(session, viewer(Role.CUSTODIAN, actor="account:two"), ref, now=now)
    successors.name(session, one, reference, "13911112222", now=now)
    (card,) = successors.waiting(session, one)
    town.give("successor", "custodian", card["ref"])


def _exports(session: Session, town: Town, now: datetime) -> None:
    """A list that each took out: nobody fetches another's."""
    kinds = dict.fromkeys(CASE.split(), ExportKind.CHILDREN) | {
        "paying_desk": ExportKind.BATCHES,
        "auditor": ExportKind.VOUCHERS,
    }
    made = {
        who: exports.ask(
            session, who_is(session, town, who, now), kind, region_code=BANNER, month=SENT,
            reason="核对名单", now=now,
        )
        for who, kind in kinds.items()
    }  # fmt: skip
    for who, code in made.items():
        town.give("export", who, code, *(other for one, other in made.items() if one != who))


def _samples(session: Session, town: Town, here: Places, now: datetime) -> None:
    """The auditor's sample with the pack whose slip was photographed, and another auditor's."""
    mine = who_is(session, town, "auditor", now)
    handles = []
    for by in (mine, viewer(Role.AUDITOR, actor="account:two")):
        ref = audit_samples.draw(session, by, size=200, region_code=None, now=now)
        code = session.scalars(
            select(AuditItem.code)
            .join(AuditSample, AuditSample.id == AuditItem.sample_id)
            .where(AuditSample.ref == ref, AuditItem.stipend_id == here.stipend_id(here.child))
        ).one()
        handles.append(f"{ref} {code}")
    town.give("sample", "auditor", *handles)


def _at_the_administrator(session: Session, town: Town, now: datetime) -> None:
    """An incident, and a lost phone: a reset of one account is none of another's."""
    by = who_is(session, town, "administrator", now)
    new = NewIncident("电脑丢了", SENT, SENT, FoundBy.STAFF, (Harmed.NOT_KNOWN,))
    town.give("incident", "administrator custodian", incidents.enter(session, by, new, now=now))
    lost, other = (
        an_account(session, Role.STATISTICS, login=f"{town.apart.logins}{one}")
        for one in ("lost", "lost2")
    )
    resets = []
    for account in (lost, other):
        reset = FactorReset(
            account_id=account.id, reason="手机丢了", asked_by="account:x", asked_on=SENT
        )
        session.add(reset)
        session.flush()
        resets.append(reset.ref)
    own, mixed = f"{lost.ref} {resets[0]}", f"{lost.ref} {resets[1]}"
    town.give("reset", "administrator", own, mixed)
