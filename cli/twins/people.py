"""Accounts, schools and children of the twin worlds, entered through the services that staff use."""

from datetime import date

from sqlalchemy.orm import Session

from cli.twins import cast
from cli.twins.cast import Login, Oneself, Pupil
from privacy import viewers
from services import organisations
from services.accounts import accounts, grants, passwords, staffing, way_in
from services.accounts.staffing import NewAccount
from services.batches.school_accounts import NewAccount as NewBankAccount
from services.children import amendments, children, consents, entering
from services.children.newcomers import NewChild, NewKin, NewNeed
from services.organisations import NewSchool
from services.pairing import volunteer_logins, volunteers
from services.pairing.volunteers import NewVolunteer
from vocabulary import clock
from vocabulary.dates import today
from vocabulary.enums import Category, NeedKind, OrganisationKind, Purpose, Sex
from vocabulary.money import Fen

ACCOUNT = "6217 0000 0000 0001"


def enter_schools(session: Session) -> dict[str, str]:
    """Enter the schools and the work units; return their refs by name."""
    by, now = viewers.console(), clock.now()
    kinds = dict.fromkeys(cast.SCHOOLS, OrganisationKind.SCHOOL)
    kinds |= dict.fromkeys(cast.UNITS, OrganisationKind.WORK_UNIT)
    return {
        name: organisations.enter(session, by, _organisation(name, kind), now=now)
        for name, kind in kinds.items()
    }


def agree_to_accounts(session: Session) -> None:
    """Let a second person compare every school's account with its paper."""
    by, now = _who(session, "approver"), clock.now()
    for one in amendments.waiting(session, by):
        amendments.agree(session, by, one["ref"], again=ACCOUNT, now=now)


def _organisation(name: str, kind: OrganisationKind) -> NewSchool:
    return NewSchool(
        name=name,
        kind=kind,
        region_code=cast.SCHOOLS.get(name, cast.BANNER),
        contact_name="秦老师",
        contact_phone="13900000090",
        account=NewBankAccount(name, "演示农村信用社", ACCOUNT),
    )


def enter_accounts(session: Session) -> None:
    """Make two administrators from the console, and everybody else by these two."""
    first, second = cast.LOW["administrator"], cast.HIGH[0]
    now = clock.now()
    for one in (first, second):
        _, token = staffing.first_administrator(session, viewers.console(), _account(one), now=now)
        passwords.set_first(session, token, cast.PASSWORD, now=now)
    for one in (*cast.LOW.values(), *cast.HIGH[1:]):
        if one is not first:
            _make(session, one, by=(first.login, second.login))


def _make(session: Session, login: Login, *, by: tuple[str, str]) -> None:
    asks, agrees = (accounts.viewer_by_login(session, one, now=clock.now()) for one in by)
    ref, token = staffing.make(session, asks, _account(login), now=clock.now())
    asked = grants.ask(session, asks, ref, login.role, term=grants.Term(), now=clock.now())
    grants.agree(session, agrees, asked, now=clock.now())
    code = way_in.give_code(session, agrees, ref, now=clock.now())
    passwords.set_first(session, token, cast.PASSWORD, now=clock.now(), code=code)


def _account(login: Login) -> NewAccount:
    return NewAccount(
        login=login.login,
        name="某某",
        region_code=login.region_code,
        organisation_name=login.school,
        mail=f"{login.login}@example.org",
    )


def enter_volunteer(session: Session) -> None:
    """Enter the volunteer and tie her to her login."""
    by, login = _who(session, "worker"), cast.LOW["volunteer"].login
    new = NewVolunteer(name="图雅", sex=Sex.FEMALE, region_code=cast.TOWN, phone="13900000091")
    ref = volunteers.enter(session, by, new, now=clock.now())
    volunteer_logins.give(session, by, ref, login, now=clock.now())
    second = _who(session, "verifier")
    volunteer_logins.agree(session, second, ref, login=login, now=clock.now())


def enter_child(session: Session, pupil: Pupil, schools: dict[str, str]) -> str:
    """Enter a child with guardian, need, consent and home visit; return its ref."""
    worker, now = _who(session, "worker"), clock.now()
    ref = entering.enter(session, worker, _child(pupil, schools[pupil.school]), now=now)
    purposes = (Purpose.CASE_FILE, Purpose.SPONSORSHIP)
    consents.record(session, worker, ref, purposes=purposes, given_on=today(now), now=now)
    children.verify(session, _who(session, "verifier"), ref, child_agrees=True, now=now)
    return ref


def _child(pupil: Pupil, school: str) -> NewChild:
    who = pupil.oneself or Oneself(pupil.name)
    return NewChild(
        name=who.name,
        sex=pupil.sex,
        region_code=pupil.village,
        stage=pupil.stage,
        birth_on=date.fromisoformat(f"{2019 - pupil.grade}-{who.born}"),
        id_number=who.id_number,
        address=who.address,
        remark=who.remark,
        languages="汉语",
        school_ref=school,
        grade=pupil.grade,
        class_name="1班",
        category=Category.OTHER,
        kin=(NewKin(who.guardian, "奶奶", who.phone),),
        needs=(NewNeed(NeedKind.FINANCIAL, Fen(pupil.yuan * 100)),),
    )


def _who(session: Session, login: str) -> viewers.Viewer:
    return accounts.viewer_by_login(session, login, now=clock.now())
