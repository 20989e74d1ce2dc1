"""Who lives in the twin worlds beside the secret donor. All of them are invented."""

from dataclasses import dataclass

from vocabulary.enums import Role, Sex, Stage

WHOLE, BANNER, OTHER_BANNER = "150000000000", "150723000000", "150722000000"
TOWN, VILLAGE = "150723103000", "150723103001"
PASSWORD = "twin-worlds-only"  # noqa: S105 a world that production refuses
SCHOOLS = {"吉文镇中心小学": TOWN, "大杨树第三中学": "150723101000"}
FIRST, SECOND = SCHOOLS
COLLECTS, HANDS = "旗水利局", "旗供电所"
UNITS = (COLLECTS, HANDS)


@dataclass(frozen=True, slots=True)
class Login:
    """A login: role, where, the school or unit if it is one's, the page it begins on."""

    login: str
    role: Role
    region_code: str = BANNER
    school: str = ""
    home: str = "/staff/"


LOW = {
    "case_worker": Login("worker", Role.CASE_WORKER),
    "approver": Login("approver", Role.APPROVER),
    "other_banner": Login("stranger", Role.CASE_WORKER, OTHER_BANNER),
    "paying_desk": Login("payer", Role.PAYING_DESK, WHOLE),
    "auditor": Login("auditor", Role.AUDITOR, WHOLE),
    "statistics": Login("statistics", Role.STATISTICS, WHOLE),
    "administrator": Login("admin", Role.ADMINISTRATOR, WHOLE),
    "school_officer": Login("officer", Role.SCHOOL_OFFICER, BANNER, FIRST, "/school/"),
    "other_school": Login("officer2", Role.SCHOOL_OFFICER, BANNER, SECOND, "/school/"),
    "village_director": Login("director", Role.VILLAGE_DIRECTOR, VILLAGE, home="/village/"),
    "volunteer": Login("mother", Role.VOLUNTEER, home="/volunteer/"),
    "unit_collector": Login("clerk", Role.UNIT_COLLECTOR, BANNER, COLLECTS, "/unit/"),
    "unit_hand": Login("porter", Role.UNIT_HAND, BANNER, HANDS, "/unit/hand/"),
}
HIGH = (
    Login("admin2", Role.ADMINISTRATOR, WHOLE),
    Login("verifier", Role.CASE_WORKER),
    Login("collector", Role.COLLECTING_DESK, WHOLE),
    Login("custodian", Role.CUSTODIAN, WHOLE),
    Login("custodian2", Role.CUSTODIAN, WHOLE),
)
# High towards donors, low towards children: the twins with another child look at it too.
COLLECTING = {"collecting_desk": HIGH[2]}


@dataclass(frozen=True, slots=True)
class Oneself:
    """What nobody of the donors' side may learn of a child: reverse twins differ in it."""

    name: str
    born: str = "05-04"
    id_number: str | None = None
    address: str | None = None
    remark: str | None = None
    guardian: str = "王桂英"
    phone: str = "13900000092"


@dataclass(frozen=True, slots=True)
class Pupil:
    """A child: the script's name of it, school, grade, yuan a month, and who it is."""

    name: str
    sex: Sex
    school: str
    stage: Stage
    grade: int
    yuan: int = 100
    village: str = VILLAGE
    oneself: Oneself | None = None


CHILDREN = (
    Pupil("陈雨桐", Sex.FEMALE, FIRST, Stage.PRIMARY, 3),
    Pupil("包晓军", Sex.MALE, FIRST, Stage.PRIMARY, 4),
    Pupil("斯琴", Sex.FEMALE, FIRST, Stage.PRIMARY, 5, yuan=200),
    Pupil("王浩然", Sex.MALE, SECOND, Stage.JUNIOR, 7),
    Pupil("其其格", Sex.FEMALE, SECOND, Stage.JUNIOR, 8),
    Pupil("刘一诺", Sex.FEMALE, SECOND, Stage.JUNIOR, 8),
)
LATE_CHILD = Pupil("阿茹娜", Sex.FEMALE, FIRST, Stage.PRIMARY, 2)
OTHERS = {
    "first": "13600000001",
    "second": "13700000002",
    "third": "rain@example.org",
    "late": "13900000003",
    "mover": "13900000004",
    "heir": "heir@example.org",
}
"""The other donors' contacts: the secret donor's may sort below, between or above them."""
