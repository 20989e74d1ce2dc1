"""Plain functions that put real rows into the database. Each takes the session first."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models.accounts import Account, Grant
from models.children import Child, Consent, Kin, Need
from models.jobs import JobRun
from models.organisations import Organisation
from models.pledges import Match, Pledge
from models.stipends import Batch, Stipend
from privacy import viewers
from privacy.viewers import Viewer
from services.accounts import accounts
from services.donors import listing
from services.stipends import facts
from services.stipends.facts import Basis
from services.vault import vault
from vocabulary.dates import at, today
from vocabulary.enums import (
    AccountStatus,
    BatchStatus,
    ChildStatus,
    Evidence,
    FactKind,
    GrantStatus,
    KinRole,
    MatchStatus,
    NeedKind,
    OrganisationKind,
    PledgeEnd,
    PledgeStatus,
    Purpose,
    Rhythm,
    Role,
    Route,
    Sex,
    Stage,
)
from vocabulary.money import Fen

BANNER = "150723000000"  # 鄂伦春自治旗
TOWNSHIP = "150723101000"
OTHER_BANNER = "150785000000"  # 根河市
LEAGUE = "150700000000"
START = date(2026, 9, 1)
PASSWORD = "a-long-password"
_HASH = accounts.HASHER.hash(PASSWORD)


def viewer(*roles: Role, regions: tuple[str, ...] = (BANNER,), **ids: Any) -> Viewer:
    """A viewer without a row behind it."""
    return Viewer(
        frozenset(roles),
        actor=ids.pop("actor", f"account:{'-'.join(roles)}"),
        regions=regions,
        **ids,
    )


def a_school(session: Session, name: str = "吉文中学", region_code: str = TOWNSHIP) -> Organisation:
    school = Organisation(
        kind=OrganisationKind.SCHOOL,
        name=name,
        region_code=region_code,
        entered_on=START,
        account_name=name,
        account_bank="某农村信用社",
    )
    session.add(school)
    session.flush()
    return school


def a_unit(session: Session, name: str = "旗供电局") -> Organisation:
    """A work unit of the banner."""
    unit = Organisation(
        kind=OrganisationKind.WORK_UNIT, name=name, region_code=BANNER, entered_on=START
    )
    session.add(unit)
    session.flush()
    return unit


def an_account(
    session: Session, *roles: Role, login: str, region_code: str = BANNER, **more: Any
) -> Account:
    """An active login with its roles; the password is PASSWORD."""
    account = Account(
        login=login,
        name=more.pop("name", login),
        password_hash=_HASH,
        status=AccountStatus.ACTIVE,
        region_code=region_code,
        entered_on=START,
        **more,
    )
    session.add(account)
    session.flush()
    for role in roles:
        session.add(
            Grant(
                account_id=account.id,
                role=role,
                status=GrantStatus.GRANTED,
                from_on=START,
                asked_by="test",
                granted_by="test-2",
            )
        )
    session.flush()
    return account


def a_child(session: Session, school: Organisation | None = None, **more: Any) -> Child:
    """An open child with a guardian, consent, and a financial need of 100 yuan a month."""
    values: dict[str, Any] = {
        "name": "陈雨桐",
        "sex": Sex.FEMALE,
        "region_code": TOWNSHIP,
        "banner_code": BANNER,
        "league_code": LEAGUE,
        "stage": Stage.PRIMARY,
        "grade": 4,
        "class_name": "2班",
        "status": ChildStatus.OPEN,
        "entered_by": "account:enterer",
        "entered_on": START,
        "verified_by": "account:verifier",
        "verified_on": START,
        "birth_on": date(2016, 5, 4),
    } | more
    child = Child(school_id=school.id if school else None, **values)
    session.add(child)
    session.flush()
    kin = Kin(
        child_id=child.id,
        kin_role=KinRole.GUARDIAN,
        relation="奶奶",
        name="陈奶奶",
        phone="13900000001",
    )
    session.add(kin)
    session.flush()
    for purpose in (Purpose.CASE_FILE, Purpose.SPONSORSHIP):
        session.add(
            Consent(
                child_id=child.id,
                kin_id=kin.id,
                purpose=purpose,
                version="2026-1",
                given_on=START,
                recorded_by="account:enterer",
            )
        )
    session.add(
        Need(child_id=child.id, kind=NeedKind.FINANCIAL, monthly_fen=Fen(10_000), since_on=START)
    )
    session.flush()
    return child


def a_pledge(session: Session, contact: str = "13800000001", **more: Any) -> tuple[Pledge, str]:
    """A confirmed pledge of 100 yuan a month in the vault; returns it and its payment reference."""
    values: dict[str, Any] = {
        "instalment_fen": Fen(10_000),
        "rhythm": Rhythm.MONTH,
        "until": PledgeEnd.UNTIL_STOPPED,
        "status": PledgeStatus.CONFIRMED,
        "offered_on": START,
        "confirmed_on": START,
    } | more
    pledge = Pledge(**values)
    session.add(pledge)
    session.flush()
    donor_id = vault.register(session, contact, now=at(START))
    return pledge, vault.file_pledge(session, donor_id, pledge)


def a_match(session: Session, pledge: Pledge, child: Child, **more: Any) -> Match:
    """An approved match that starts on 1 September 2026."""
    values: dict[str, Any] = {
        "instalment_fen": pledge.instalment_fen,
        "rhythm": pledge.rhythm,
        "code_name": "河边的白桦",
        "status": MatchStatus.ACTIVE,
        "proposed_on": START,
        "proposed_by": "engine",
        "decided_by": "account:approver",
        "decided_on": START,
        "starts_on": START,
    } | more
    place = {"child_id": child.id, "region_code": child.region_code}
    match = Match(pledge_id=pledge.id, **place, **values)
    session.add(match)
    session.flush()
    return match


def a_sent_batch(
    session: Session, hand: Organisation | None, *matches: Match, on: date = START, **more: Any
) -> Batch:
    """A batch sent on a day with one instalment of each match, all facts and postings made."""
    sent = {"status": BatchStatus.SENT, "sent_on": on, "hand_over_by": on + timedelta(days=14)}
    batch, stipends = _a_batch(session, hand, *matches, on=on, **sent | more)
    engine, basis = viewers.engine("test"), Basis(Evidence.LEDGER)
    facts.record(session, FactKind.SENT, stipends, on=on, by=engine, now=at(on), basis=basis)
    return batch


def an_open_batch(
    session: Session, hand: Organisation | None, *matches: Match, on: date = START, **more: Any
) -> Batch:
    """A batch that waits to be sent, with one funded instalment of each match."""
    return _a_batch(session, hand, *matches, on=on, **more)[0]


def _a_batch(
    session: Session, hand: Organisation | None, *matches: Match, on: date, **more: Any
) -> tuple[Batch, list[Stipend]]:
    now = at(on)
    engine = viewers.engine("test")
    place = hand.region_code if hand else more.pop("region_code", TOWNSHIP)
    nobodys = Route.OFFICE if place.endswith("000000") else Route.VILLAGE
    batch = Batch(
        route=more.pop("route", Route.SCHOOL if hand else nobodys),
        organisation_id=hand.id if hand else None,
        region_code=place,
        month=on.replace(day=1),
        opened_on=on,
        **{"number": 1} | more,
    )
    run = JobRun(name="test", period=on, started_at=now)
    session.add_all((batch, run))
    session.flush()
    stipends = [
        Stipend(
            match_id=match.id,
            due_on=on.replace(day=1),
            amount_fen=match.instalment_fen,
            run_id=run.id,
            batch_id=batch.id,
            is_funded=True,
        )
        for match in matches
    ]
    session.add_all(stipends)
    session.flush()
    basis = Basis(Evidence.LEDGER)
    for kind in (FactKind.PROMISED, FactKind.RECEIVED):
        facts.record(session, kind, stipends, on=on, by=engine, now=now, basis=basis)
    return batch, stipends


def a_list(session: Session, *, now: datetime) -> None:
    """This week's list of children, as the job takes it up."""
    session.flush()
    listing.freeze(session, viewers.engine("listings"), period=today(now), now=now)
