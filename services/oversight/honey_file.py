"""What a honey child's file holds: as much as its neighbours', and nothing of anybody who lives.

Place, school, class, days and colleagues are those of a record of the same banner; who it is, is
drawn. Its resident's number has the order number 000 and its guardian's telephone begins with 154:
neither is ever given to a person. Nobody else's record of the year is changed or counted.
"""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from stdnum.cn import ric

from models.children import Child, Consent, Kin, Need
from models.incidents import Honey
from services.children.consents import VERSION
from services.children.newcomers import id_index, phone_index
from vocabulary.enums import (
    ChildStatus,
    EndReason,
    KinRole,
    NeedKind,
    NeedStatus,
    Purpose,
    Sex,
    Stage,
)
from vocabulary.money import Fen
from vocabulary.refs import choose

# Plain names of the region, drawn at random: no real child is meant.
_FAMILY = ("王", "李", "张", "刘", "陈", "白", "包", "何")
_GIVEN = ("思雨", "雨欣", "佳怡", "晨曦", "梓涵", "诗琪", "欣怡", "雅婷")
_ELDERS = ("桂兰", "秀英", "玉珍", "淑芬", "凤琴", "玉兰")
_SAME = ("region_code", "school_id", "stage", "grade", "class_name", "route", "hand_id", "category",
         "languages", "ethnicity", "entered_by", "entered_on", "verified_by", "verified_on",
         "agreed_on", "opened_on")  # fmt: skip
_NEEDED = Fen(10_000)
_DIGITS = tuple("0123456789")


def make(session: Session, banner_code: str, *, by: str, on: date) -> Child:
    """Write the child and what hangs on it; where the banner has no other record, little is known."""
    like = _neighbour(session, banner_code)
    child = Child(
        name=choose("honey", _FAMILY) + choose("honey", _GIVEN),
        banner_code=banner_code,
        league_code=f"{banner_code[:4]}00000000",
        status=ChildStatus.ENDED,
        end_reason=EndReason.WITHDREW,
        **(_as_of(session, like, on) if like else _alone(banner_code, by=by, on=on)),
    )
    session.add(child)
    session.flush()
    if like is not None:
        _attach(session, child)
    return child


def _neighbour(session: Session, banner_code: str) -> Child | None:
    """Return a verified record of the banner, drawn so that a second planting looks like another."""
    honey = select(Honey.child_id).where(Honey.child_id.is_not(None))
    fits = (
        Child.banner_code == banner_code,
        Child.verified_on.is_not(None),
        Child.id.not_in(honey),
        func.length(Child.entered_by) > 0,
    )
    keys = session.scalars(select(Child.id).where(*fits).order_by(Child.id)).all()
    return session.get(Child, int(choose("honey", tuple(map(str, keys))))) if keys else None


def _alone(banner_code: str, *, by: str, on: date) -> dict[str, object]:
    return {
        "region_code": banner_code,
        "stage": Stage.PRIMARY,
        "entered_by": by,
        "entered_on": on,
        "ended_on": on,
    }


def _as_of(session: Session, like: Child, on: date) -> dict[str, object]:
    """Return what the neighbour's record has too, and an end between its visit and today."""
    since = like.verified_on or on
    born, number = _identity(session, like)
    house = int(choose("honey", _DAYS))
    return {
        **{name: getattr(like, name) for name in _SAME},
        "sex": Sex.FEMALE,
        "birth_on": born,
        "id_number": number,
        "id_index": id_index(number),
        "address": _beside(like.address, house) if like.address else None,
        "remark": "和奶奶一起生活。",
        "ended_on": since + (on - since) // 2,
    }


_DAYS = tuple(str(day) for day in range(1, 29))


def _identity(session: Session, like: Child) -> tuple[date, str]:
    """Draw a birthday whose number no record has yet: honey children of a year share their order number."""
    year, place = _birth_year(like), like.banner_code[:6]
    days = [date(year, month, day) for month in range(1, 13) for day in range(1, 29)]
    numbers = {day: _numbered(f"{place}{day:%Y%m%d}000") for day in days}
    indexes = {id_index(number): day for day, number in numbers.items()}
    taken = session.scalars(select(Child.id_index).where(Child.id_index.in_(indexes)))
    free = set(days) - {indexes[index or ""] for index in taken}
    born = date.fromisoformat(choose("honey", tuple(f"{day}" for day in sorted(free))))
    return born, numbers[born]


def _numbered(number: str) -> str:
    check: str = ric.calc_check_digit(f"{number}0")  # the library counts all but the last sign
    return number + check


def _birth_year(like: Child) -> int:
    if like.birth_on is not None:
        return like.birth_on.year
    return like.entered_on.year - 7 - (like.grade or 1)


def _beside(address: str, house: int) -> str:
    """Return the neighbour's place without its house."""
    return f"{address.rstrip('0123456789-号室 ')}{house}号"


def _attach(session: Session, child: Child) -> None:
    """Give it a guardian, her consents, and a need that is closed: it counts nowhere."""
    phone = "154" + "".join(choose("honey", _DIGITS) for _ in range(8))
    guardian = Kin(
        child_id=child.id,
        kin_role=KinRole.GUARDIAN,
        relation="奶奶",
        name=choose("honey", _FAMILY) + choose("honey", _ELDERS),
        phone=phone,
        phone_index=phone_index(phone),
    )
    session.add(guardian)
    session.flush()
    for purpose in (Purpose.CASE_FILE, Purpose.SPONSORSHIP):
        session.add(
            Consent(
                child_id=child.id,
                kin_id=guardian.id,
                purpose=purpose,
                version=VERSION,
                given_on=child.entered_on,
                recorded_by=child.entered_by,
            )
        )
    session.add(
        Need(
            child_id=child.id,
            kind=NeedKind.FINANCIAL,
            monthly_fen=_NEEDED,
            status=NeedStatus.CLOSED,
            since_on=child.entered_on,
        )
    )
    session.flush()
