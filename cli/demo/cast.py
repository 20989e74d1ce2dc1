"""Who lives in the demo world. Every person and number is invented."""

from dataclasses import dataclass
from random import Random

from vocabulary.enums import Role, Stage

WHOLE = "150000000000"


@dataclass(frozen=True, slots=True)
class Place:
    """A banner, its short login name, and its schools with township and stages."""

    code: str
    key: str
    schools: tuple[tuple[str, str, tuple[Stage, ...]], ...]


PLACES = (
    Place(
        "150723000000",
        "elunchun",
        (
            ("吉文镇中心小学", "150723103000", (Stage.PRIMARY,)),
            ("大杨树第三中学", "150723101000", (Stage.JUNIOR,)),
            ("阿里河高级中学", "150723100000", (Stage.SENIOR,)),
        ),
    ),
    Place(
        "150430000000",
        "aohan",
        (
            ("贝子府镇中心小学", "150430103000", (Stage.PRIMARY,)),
            ("新惠第二中学", "150430100000", (Stage.JUNIOR,)),
        ),
    ),
    Place(
        "152222000000",
        "keyouzhong",
        (
            ("代钦塔拉苏木中心校", "152222200000", (Stage.PRIMARY, Stage.JUNIOR)),
            ("巴彦呼舒第三中学", "152222100000", (Stage.JUNIOR, Stage.SENIOR)),
        ),
    ),
)

# Where the families of a banner's first township live: the village of its child director.
VILLAGES = {
    "150723103000": "150723103001",
    "150430103000": "150430103200",
    "152222200000": "152222200200",
}

UNIT = "鄂伦春自治旗供电局"
"""A work unit whose clerk brings some children their money."""
VISITED_DONOR = "13800000001"
"""Whose private link the table of logins prints."""

SURNAMES = "陈王李张刘杨赵黄周吴徐孙胡朱高林何郭马罗宋郑谢韩唐冯于董萧程"
GIVEN = (
    "雨桐", "子轩", "一诺", "浩然", "欣怡", "梓涵", "晓军", "春梅", "志强", "佳音",
    "思雨", "博文", "明哲", "静怡", "海军", "诗涵", "俊杰", "秀兰", "建国", "小雪",
)  # fmt: skip
MONGOLIAN = (
    "其其格", "乌云嘎", "阿拉坦", "斯琴", "孟和", "额尔敦", "娜仁", "巴特尔", "托娅", "苏日娜",
    "萨仁", "达来", "塔娜", "毕力格", "诺敏", "阿茹娜", "苏和", "宝音", "朝鲁", "高娃",
)  # fmt: skip
RELATIONS = ("奶奶", "爷爷", "姥姥", "姥爷", "母亲", "父亲", "姑姑", "舅舅")
ALIASES = ("北方的雪", "赶路人", "一盏灯", "林场老张的朋友", "早起的人", "南坡")


def person_name(dice: Random) -> str:
    """Draw a name, a third of them Mongolian."""
    if dice.random() < 1 / 3:
        return dice.choice(MONGOLIAN)
    return dice.choice(SURNAMES) + dice.choice(GIVEN)


def phone(dice: Random) -> str:
    """Draw a number of a range that no operator has given out."""
    return f"1390000{dice.randrange(10_000):04d}"


@dataclass(frozen=True, slots=True)
class Login:
    """A demo login: name, role or roles, where, and the school if it is one's."""

    login: str
    name: str
    roles: tuple[Role, ...]
    region_code: str
    school: str = ""
    shown: bool = False


def logins() -> list[Login]:
    """Return everybody who signs in; `shown` are the one per role that the table prints."""
    found = [
        Login("admin", "孟根", (Role.ADMINISTRATOR,), WHOLE, shown=True),
        Login("admin2", "周敏", (Role.ADMINISTRATOR,), WHOLE),
        Login("shoukuan", "韩梅", (Role.COLLECTING_DESK,), WHOLE, shown=True),
        Login("bofu", "鲁文", (Role.PAYING_DESK,), WHOLE, shown=True),
        Login("baomi", "云清", (Role.CUSTODIAN,), WHOLE, shown=True),
        Login("baomi2", "许静", (Role.CUSTODIAN,), WHOLE),
        Login("shenji", "窦正", (Role.AUDITOR,), WHOLE, shown=True),
        Login("tongji", "乌兰图雅", (Role.STATISTICS,), WHOLE, shown=True),
    ]
    for place in PLACES:
        found += _of_banner(place, is_first=place is PLACES[0])
    return found


def _of_banner(place: Place, *, is_first: bool) -> list[Login]:
    key, code = place.key, place.code
    people = [
        Login(f"jingban.{key}", "李晓燕", (Role.CASE_WORKER,), code, shown=is_first),
        Login(f"jingban2.{key}", "白音", (Role.CASE_WORKER,), code),
        Login(f"shenpi.{key}", "高敏", (Role.APPROVER,), code, shown=is_first),
    ]
    for number, (school, township, _) in enumerate(place.schools, start=1):
        login = f"xuexiao{number}.{key}"
        shown = is_first and number == 2  # who has a list to confirm
        people.append(Login(login, "秦老师", (Role.SCHOOL_OFFICER,), township, school, shown=shown))
    village = VILLAGES[place.schools[0][1]]
    people.append(
        Login(f"ertong.{key}", "包主任", (Role.VILLAGE_DIRECTOR,), village, shown=is_first)
    )
    if is_first:
        hand = (Role.UNIT_HAND,)
        people.append(Login(f"danwei.{key}", "赵勇", hand, code, UNIT, shown=True))
        people.append(Login("mama", "图雅", (Role.VOLUNTEER,), code, shown=True))
    return people
