"""Accounts, schools, children and volunteers enter through the services that staff use."""

from datetime import date, timedelta

from cli.demo import cast
from cli.demo.cast import PLACES, Login, Place
from cli.demo.stage import Stage
from privacy import viewers
from privacy.viewers import Viewer
from services import organisations
from services.accounts import grants, passwords, staffing, way_in
from services.accounts.staffing import NewAccount
from services.batches.school_accounts import NewAccount as NewBankAccount
from services.children import amendments, children, consents, entering
from services.children.newcomers import NewChild, NewKin, NewNeed
from services.organisations import NewSchool
from services.pairing import volunteer_logins, volunteers
from services.pairing.volunteers import NewVolunteer
from services.upkeep.installation import DEMO_PASSWORD
from vocabulary import clock
from vocabulary.enums import (
    CareTime,
    Category,
    Clearance,
    NeedKind,
    OrganisationKind,
    Purpose,
    Sex,
)
from vocabulary.enums import Stage as SchoolStage
from vocabulary.money import Fen

GRADES = {
    SchoolStage.PRIMARY: range(2, 7),
    SchoolStage.JUNIOR: range(7, 10),
    SchoolStage.SENIOR: range(10, 13),
}
MONTHLY = (100, 100, 100, 100, 150, 200, 200, 300)
"""Yuan a month that children of the demo need; most need a hundred."""


def enter_unit(stage: Stage) -> None:
    """Enter the work unit that hands over, with its account."""
    number = "6217 0000 0000 7723"
    new = NewSchool(
        name=cast.UNIT,
        region_code=PLACES[0].code,
        account=NewBankAccount(cast.UNIT, "演示农村信用社", number),
        kind=OrganisationKind.WORK_UNIT,
    )
    stage.papers[cast.UNIT] = number
    stage.schools[cast.UNIT] = organisations.enter(
        stage.session, viewers.console(), new, now=clock.now()
    )


def enter_schools(stage: Stage) -> None:
    """Enter every school with its account."""
    by = viewers.console()
    for place in PLACES:
        for name, township, _ in place.schools:
            number = f"6217 0000 0000 {stage.dice.randrange(10_000):04d}"
            new = NewSchool(
                name=name,
                region_code=township,
                contact_name=cast.person_name(stage.dice),
                contact_phone=cast.phone(stage.dice),
                account=NewBankAccount(name, "演示农村信用社", number),
            )
            stage.papers[name] = number
            stage.schools[name] = organisations.enter(stage.session, by, new, now=clock.now())


def agree_to_accounts(stage: Stage) -> None:
    """Let the approver of each banner compare its schools' accounts with their papers."""
    for place in PLACES:
        by = stage.who(f"shenpi.{place.key}")
        for one in amendments.waiting(stage.session, by):
            paper = stage.papers[one["school"]["name"]]
            amendments.agree(stage.session, by, one["ref"], again=paper, now=clock.now())


def make_accounts(stage: Stage) -> None:
    """Make two administrators from the console, and everybody else by these two."""
    everybody = cast.logins()
    for login in everybody[:2]:
        _, token = staffing.first_administrator(
            stage.session, viewers.console(), _account(login), now=clock.now()
        )
        passwords.set_first(stage.session, token, DEMO_PASSWORD, now=clock.now())
    first, second = stage.who("admin"), stage.who("admin2")
    for login in everybody[2:]:
        ref, token = staffing.make(stage.session, first, _account(login), now=clock.now())
        for role in login.roles:
            term = grants.Term()
            asked = grants.ask(stage.session, first, ref, role, term=term, now=clock.now())
            grants.agree(stage.session, second, asked, now=clock.now())
        code = way_in.give_code(stage.session, second, ref, now=clock.now())
        passwords.set_first(stage.session, token, DEMO_PASSWORD, now=clock.now(), code=code)


def _account(login: Login) -> NewAccount:
    return NewAccount(
        login=login.login,
        name=login.name,
        region_code=login.region_code,
        organisation_name=login.school,
        mail=f"{login.login}@example.org",
    )


def enter_child(stage: Stage, place: Place, *, is_whole: bool) -> str:
    """Enter one child by the banner's case worker; a whole one is consented and verified too."""
    name, township, stages = stage.dice.choice(place.schools)
    level = stage.dice.choice(stages)
    grade = stage.dice.choice(GRADES[level])
    ref = entering.enter(
        stage.session,
        stage.who(f"jingban.{place.key}"),
        _child(stage, stage.schools[name], township, level, grade),
        now=clock.now(),
    )
    if is_whole:
        _consent_and_visit(stage, place, ref)
    return ref


# By grade and not by dice, so that the rest of the world falls as it fell.
_TIMES: tuple[tuple[CareTime, ...], ...] = (
    (),
    (CareTime.WEEKEND, CareTime.HOLIDAY),
    (CareTime.EVENING, CareTime.WEEKEND),
    (),
)
_WORKPLACES = (None, None, None, "旗林业局", None)


def _child(
    stage: Stage, school_ref: str, township: str, level: SchoolStage, grade: int
) -> NewChild:
    dice = stage.dice
    wants = dice.choice(MONTHLY)
    needs = [NewNeed(NeedKind.FINANCIAL, Fen(wants * 100), urgency=dice.choice((1, 1, 2, 3)))]
    if dice.random() < 0.4:
        kind = dice.choice((NeedKind.COMPANIONSHIP, NeedKind.TUTORING))
        needs.append(NewNeed(kind, times=_TIMES[grade % len(_TIMES)]))
    person = cast.person_name(dice), dice.choice(cast.RELATIONS), cast.phone(dice)
    guardian = NewKin(*person, workplace=_WORKPLACES[grade % len(_WORKPLACES)])
    return NewChild(
        name=cast.person_name(dice),
        sex=dice.choice(tuple(Sex)),
        region_code=village_of(township),
        stage=level,
        birth_on=_birthday(stage, grade),
        languages=dice.choice(("汉语", "汉语", "蒙古语、汉语")),
        school_ref=school_ref,
        grade=grade,
        class_name=f"{dice.choice((1, 2, 3))}班",
        category=dice.choice(tuple(Category)),
        kin=(guardian,),
        needs=tuple(needs),
    )


def village_of(township: str) -> str:
    """Return where the demo's families of a township live: its first village director's."""
    return cast.VILLAGES.get(township, township)


def _birthday(stage: Stage, grade: int) -> date:
    today = clock.now().date()
    return today - timedelta(days=365 * (6 + grade) + stage.dice.randrange(300))


def _consent_and_visit(stage: Stage, place: Place, ref: str) -> None:
    now = clock.now()
    consents.record(
        stage.session,
        stage.who(f"jingban.{place.key}"),
        ref,
        purposes=(Purpose.CASE_FILE, Purpose.SPONSORSHIP),
        given_on=now.date(),
        now=now,
    )
    children.verify(
        stage.session, stage.who(f"jingban2.{place.key}"), ref, child_agrees=True, now=now
    )


def enter_volunteer(stage: Stage, place: Place, *, account_login: str | None = None) -> None:
    """Enter one volunteer; most are checked and trained."""
    dice, by = stage.dice, stage.who(f"jingban.{place.key}")
    new = NewVolunteer(
        name=cast.person_name(dice),
        sex=Sex.FEMALE,
        region_code=dice.choice(place.schools)[1],
        phone=cast.phone(dice),
        occupation=dice.choice(("小学教师", "护士", "社区工作者", "林业职工")),
        skills=dice.sample(("数学辅导", "英语", "绘画", "做饭", "心理咨询（二级）"), 2),
        languages=dice.choice((["汉语"], ["蒙古语", "汉语"])),
        availability=dice.choice(("周末", "寒暑假", "工作日晚上")),
        capacity=dice.choice((1, 1, 2, 3)),
    )
    ref = volunteers.enter(stage.session, by, new, now=clock.now())
    if account_login:
        second = stage.who(f"jingban2.{place.key}")
        volunteer_logins.give(stage.session, by, ref, account_login, now=clock.now())
        now = clock.now()
        volunteer_logins.agree(stage.session, second, ref, login=account_login, now=now)
    _show_papers(stage, by, ref)


def _show_papers(stage: Stage, by: Viewer, ref: str) -> None:
    """Record the papers she has shown; some still wait for one."""
    today = clock.now().date()
    days = {
        Clearance.RECORD_CHECK: today - timedelta(days=stage.dice.randrange(20, 340)),
        Clearance.TRAINING: today - timedelta(days=200),
        Clearance.INSURANCE: today + timedelta(days=stage.dice.randrange(20, 300)),
    }
    for paper, on in days.items():
        if stage.dice.random() < 0.85:
            volunteers.record_paper(stage.session, by, ref, paper, on=on, now=clock.now())
