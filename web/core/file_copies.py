"""A copy of a child's file in words, as its guardian reads and prints it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response

from services.gate import Card
from web.core.filters import full_day, in_yuan, operator_facts
from web.core.labels import label

Section = tuple[str, list[tuple[str, str]]]
_CHILD: Mapping[str, str] = {
    "name": "姓名",
    "sex": "性别",
    "id_number": "身份证号",
    "birth_on": "出生日期",
    "ethnicity": "民族",
    "languages": "说的话",
    "address": "住处",
    "stage": "学段",
    "class_label": "班级",
    "agreed_on": "孩子自己同意的日子",
}
_MONEY: Mapping[str, str] = {
    "cancelled_on": "取消",
    "written_off_on": "记为损失",
    "returned_on": "退回",
    "confirmed_on": "家里说收到",
    "handed_over_on": "转交",
    "sent_on": "拨付",
}


def sections(card: Card) -> list[Section]:
    """Put what the family may see of its own child into words, and nothing else."""
    child = [(words, _words(card[name])) for name, words in _CHILD.items() if card.has(name)]
    if card.has("school"):
        child.append(("学校", card["school"]["name"]))
    kin = [(one["name"], one["phone"] or "没有电话") for one in card["kin"] if one["name"]]
    consents = [(label(one["purpose"]), _consent(one)) for one in card["consents"]]
    return [
        ("孩子", child),
        ("监护人和照顾人", kin),
        ("同意书", consents),
        ("钱怎么来", _way(card["way"])),
        ("助学金", [(full_day(one["due_on"]), _money(one)) for one in card["instalments"]]),
    ]


def _words(value: Any) -> str:
    if value is None or value == "":
        return "没有登记"
    if hasattr(value, "isoformat"):
        return full_day(value)
    return label(value) if hasattr(value, "value") else str(value)


def _consent(one: Card) -> str:
    given = f"{full_day(one['given_on'])}同意"
    ended = one["withdrawn_on"]
    return f"{given}，{full_day(ended)}撤回" if ended else given


def _way(way: Card) -> list[tuple[str, str]]:
    """Say by whom the money comes, and of a card what its owner knows it by: never its number."""
    rows, card = [("怎么转交", label(way["route"]))], way["card"]
    if card is not None:
        rows.append(("登记的卡", f"{card['bank']}，尾号 {card['tail']}，户名 {card['holder']}"))
    return rows


def _money(one: Card) -> str:
    """Say a sum and the last thing that happened to it."""
    last = next(((one[name], words) for name, words in _MONEY.items() if one[name]), None)
    state = f"{full_day(last[0])}{last[1]}" if last else "还没有拨付"
    return f"{in_yuan(one['amount_fen'])}，{state}"


def paper(card: Card, *, printed_on: date) -> Response:
    """Return the copy as a PDF to keep and print."""
    from gateways import file_copies  # noqa: PLC0415 its PDF and font libraries take 0.4 s to load

    hotline = operator_facts()["hotline"]
    drawn = file_copies.draw(
        "孩子的档案，一份", sections(card), hotline=hotline, printed_on=printed_on
    )
    answer = Response(drawn, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = "attachment; filename=weiguang-file.pdf"
    return answer
