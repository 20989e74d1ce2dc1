"""What stands in each exported list: columns named one by one, rows sorted by random refs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from models.base import in_regions
from models.children import Child
from models.exports import Export
from models.organisations import Organisation
from models.pledges import Match
from models.regions import Region
from models.stipends import Stipend
from privacy.permissions import as_case_staff
from privacy.viewers import Viewer
from services import gate
from services.accountancy import vouchers
from services.batches import batches
from services.gate import Card, Part
from vocabulary.classes import grade_label
from vocabulary.dates import add_months, first_of_month, today
from vocabulary.enums import ChildStatus, ExportKind, FactKind, Role
from vocabulary.refs import stipend_ref
from vocabulary.stipends import status_of


def _yuan(fen: int) -> str:
    """Write a sum so that a sheet reads it as a number: no sign, no comma."""
    return f"{fen // 100}.{fen % 100:02d}"


Columns = Mapping[str, Callable[[Card], object]]
_CHILD: Columns = {
    "编号": lambda c: c["ref"],
    "姓名": lambda c: c["name"],
    "性别": lambda c: c["sex"],
    "学校": lambda c: c["school"]["name"] if c.has("school") else "",
    "年级": lambda c: grade_label(c["grade"]),
    "班": lambda c: c["class_name"],
    "住在": lambda c: c["place"]["name"],
    "状态": lambda c: c["status"],
}
_STIPEND: Columns = {
    "编号": lambda c: c["ref"],
    "姓名": lambda c: c["child"]["name"],
    "学校": lambda c: c["school"]["name"] if c.has("school") else "",
    "年级": lambda c: grade_label(c["child"]["grade"]),
    "班": lambda c: c["child"]["class_name"],
    "所属月份": lambda c: f"{c['due_on']:%Y-%m}",
    "金额（元）": lambda c: _yuan(c["amount_fen"]),
    "拨付": lambda c: c["sent_on"],
    "转交": lambda c: c["handed_over_on"],
    "家庭签收": lambda c: c["confirmed_on"],
    "现在": lambda c: c["status"],
}
_BATCH: Columns = {
    "批次": lambda c: c["memo"],
    "收款方": lambda c: c["hand"]["name"] if c.has("hand") else c["place"]["name"],
    "户名": lambda c: c["hand"]["account_name"] if c.has("hand") else "",
    "开户行": lambda c: c["hand"]["account_bank"] if c.has("hand") else "",
    "人数": lambda c: str(c["count"]),
    "金额（元）": lambda c: _yuan(c["total_fen"]),
    "拨付": lambda c: c["sent_on"],
    "状态": lambda c: c["status"],
}
_VOUCHER: Columns = {
    "凭证号": lambda c: f"记-{c['number']:03d}",
    "日期": lambda c: c["on"],
    "摘要": lambda c: c["words"],
    "科目编码": lambda c: c["code"],
    "科目": lambda c: c["name"],
    "借方（元）": lambda c: _yuan(c["debit"]) if c["debit"] else "",
    "贷方（元）": lambda c: _yuan(c["credit"]) if c["credit"] else "",
}
Drawn = tuple[Columns, Sequence[Card]]
_SCHOOL = Part(Organisation, Organisation.id == Child.school_id, ("name",))


def _children(session: Session, by: Viewer, export: Export) -> Drawn:
    cards = gate.cards(
        session,
        as_case_staff(by),
        Child,
        fields=("ref", "name", "sex", "grade", "class_name", "status"),
        parts={"school": _SCHOOL, "place": Part(Region, Region.code == Child.region_code)},
        where=(_inside(by, export), Child.status != ChildStatus.ENDED),
        order_by=(Child.ref,),
    )
    return _CHILD, cards


def _stipends(session: Session, by: Viewer, export: Export) -> Drawn:
    month = export.month or first_of_month(today(export.made_at))
    dates = tuple(f"{kind.value}_on" for kind in FactKind if hasattr(Stipend, f"{kind.value}_on"))
    cards = gate.cards(
        session,
        as_case_staff(by),
        Stipend,
        fields=("due_on", "amount_fen", "is_funded", *dates),
        parts={
            "match": Part(Match, Match.id == Stipend.match_id, ("child_ref",)),
            "child": Part(
                Child, Child.id == Match.child_id, ("ref", "name", "grade", "class_name")
            ),
            "school": _SCHOOL,
        },
        where=(
            Stipend.due_on >= month,
            Stipend.due_on < add_months(month, 1),
            Stipend.cancelled_on.is_(None),
            _inside(by, export),
        ),
        order_by=(Match.child_ref, Stipend.due_on),
    )
    return _STIPEND, [_with_status(card) for card in cards]


def _with_status(card: Card) -> Card:
    facts = {kind: card.get(f"{kind.value}_on") for kind in FactKind}
    facts[FactKind.RECEIVED] = card["due_on"] if card["is_funded"] else None
    ref = stipend_ref(card["match"]["child_ref"], card["due_on"])
    return card.and_also(ref=ref, status=status_of(facts))


def _batches(session: Session, by: Viewer, export: Export) -> Drawn:
    desk = replace(by, roles=frozenset({Role.PAYING_DESK}))
    return _BATCH, batches.of_month(
        session, desk, export.month or first_of_month(today(export.made_at)), export.region_code
    )


def _vouchers(session: Session, by: Viewer, export: Export) -> Drawn:
    """The books are those of the whole house, whatever the region."""
    desk = replace(by, roles=frozenset({Role.AUDITOR}))
    return _VOUCHER, vouchers.of_month(
        session, desk, export.month or first_of_month(today(export.made_at))
    )


DRAWN: Mapping[ExportKind, Callable[[Session, Viewer, Export], Drawn]] = {
    ExportKind.CHILDREN: _children,
    ExportKind.STIPENDS: _stipends,
    ExportKind.BATCHES: _batches,
    ExportKind.VOUCHERS: _vouchers,
}


def _inside(by: Viewer, export: Export) -> ColumnElement[bool]:
    return in_regions(Child.region_code, replace(by, regions=(export.region_code,)))
