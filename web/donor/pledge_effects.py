"""What a donor's wish would do to one pledge, in words: read before the yes."""

from datetime import date
from typing import Any

from services.donors.donor_cards import Support
from services.gate import Card
from services.giving.gifts import ForeseenGift
from services.giving.moving import HandOver
from services.giving.room import Terms
from services.pledges.changes import Foreseen
from vocabulary.enums import GiftOccasion, PledgeKind
from vocabulary.money import format_yuan_short
from web.core.filters import full_day
from web.core.labels import label
from web.donor.asking import of_terms as _terms
from web.donor.asking import that_day

_REPLACES = "上一个还没生效的改动，会被这一个换掉。"


def of_pause(card: Card, seen: Foreseen) -> dict[str, Any]:
    """Say from which instalment a pause holds and with which it goes on."""
    until = seen.until_on or seen.from_on
    carried = "由爱心备用金接着，够的话一个月也不断；不用你补。" if _is_child(card) else "不付。"
    return {
        "title": "这样停，对吗？",
        "lead": f"从{that_day(seen.from_on)}起停，{that_day(until)}自己接着给。",
        "lines": [
            ("在那以前", "照常"),
            ("停的日子", carried),
            ("接着给", _terms(seen.before)),
            *_money(card),
        ],
        "action": "对，暂停",
        "note": _note(card),
    }


def of_resume(card: Card, from_on: date) -> dict[str, Any]:
    """Say from which instalment it goes on."""
    return {
        "title": "提前接着给，对吗？",
        "lead": f"从{that_day(from_on)}起接着给。",
        "lines": [
            ("在那以前", "还停着"),
            ("从那期起", _terms(Terms(card["instalment_fen"], card["rhythm"]))),
            *_money(card),
        ],
        "action": "对，接着给",
        "note": _note(card),
    }


def of_terms(card: Card, seen: Foreseen) -> dict[str, Any]:
    """Say from which instalment new terms hold, and what holds until then."""
    return {
        "title": "这样改，对吗？",
        "lead": said_of_terms(seen, with_undo=False),
        "lines": [
            ("在那以前", f"照旧：{_terms(seen.before)}"),
            ("从那期起", _terms(seen.after)),
            *_money(card),
        ],
        "action": "对，就这样改",
        "note": _note(card, is_cut=_is_cut(card, seen)),
    }


def of_gift(child: Support, seen: ForeseenGift, occasion: GiftOccasion) -> dict[str, Any]:
    """Say on which day a gift is given, and what has to be paid until then."""
    lines = [
        ("给谁", f"“{child.code_name}”"),
        ("因为", label(occasion)),
        ("哪一天", f"{full_day(seen.due_on)}那一批，和那个月的助学金一起发"),
        ("账上现有", format_yuan_short(seen.prepaid)),
    ]
    if seen.to_pay and seen.pay_by:
        to_pay = f"{full_day(seen.pay_by)}前 {format_yuan_short(seen.to_pay)}（连同到期的助学金）"
        lines.append(("还要付", to_pay))
    else:
        lines.append(("还要付", "不用，从账上的钱里出"))
    return {
        "title": "这样加，对吗？",
        "lead": f"{full_day(seen.due_on)}另给一次 {format_yuan_short(seen.amount)}。",
        "lines": lines,
        "action": "对，加这一份",
        "note": "每月的照旧。钱要是没到，顺延到下个月，最多三次。学校和家里只看到多了一笔，不知道是谁。",
    }


def of_payer(card: Card, contact: str, how: HandOver) -> dict[str, Any]:
    """Say what asking another payer means, for him and for oneself."""
    return {
        "title": "请这个人接着付，对吗？",
        "lead": _from_then(card, how),
        "lines": [
            ("请谁", contact),
            ("接着付", _terms(Terms(card["instalment_fen"], card["rhythm"]))),
            ("对方看到", "多少钱、多久一次、几个孩子。看不到你是谁、你的信和你付过的钱"),
            ("不会带过去", "你的称呼、付款编号、信件"),
            ("你和孩子写信", _still_writes(how)),
            ("孩子那边", "什么都不变，一个月也不多不少"),
            *_money(card),
        ],
        "action": "对，问问对方",
        "note": "对方可以不接，不用说理由；14 天没有答复，就算不接。账上的钱先用完，再由对方接。",
    }


def _from_then(card: Card, how: HandOver) -> str:
    if how.from_on is None:
        return "对方点了愿意、第一笔到账以后，从下一期起由对方付。那以前照旧由你付。"
    first = max(how.from_on, card["runway"].next_on or how.from_on)  # his own money goes first
    return f"对方点了愿意、第一笔到账以后，从{that_day(first)}起由对方付。那以前照旧由你付。"


def _still_writes(how: HandOver) -> str:
    until = f"交接以后再 {how.overlap_months} 个月" if how.overlap_months else "到交接那天"
    return f"{until}。最后一封可以写明是告别信；以前的信都留着，随时看"


def said_of_gift(seen: ForeseenGift) -> str:
    """Say it in one line."""
    day, fen = full_day(seen.due_on), format_yuan_short(seen.amount)
    return f"记下了。{day}另给一次 {fen}，到日子之前可以撤回。"


def said_of_terms(seen: Foreseen, *, with_undo: bool = True) -> str:
    """Say it in one line: 从2027年3月1日那一期起，每月 ¥150."""
    line = f"从{that_day(seen.from_on)}起，{_terms(seen.after)}。"
    return f"记下了。{line}到日子之前可以撤回。" if with_undo else line


def _is_cut(card: Card, seen: Foreseen) -> bool:
    before, after = seen.before, seen.after
    return _is_child(card) and after.monthly < before.monthly


def _is_child(card: Card) -> bool:
    return card["kind"] is PledgeKind.CHILD


def _money(card: Card) -> list[tuple[str, str]]:
    """Say what is paid ahead: it stays, whatever changes."""
    if not card["prepaid_fen"]:
        return []
    return [
        ("账上还有", f"{format_yuan_short(card['prepaid_fen'])}，已经付了还没用的，留着到日子用")
    ]


def _note(card: Card, *, is_cut: bool = False) -> str:
    said = ["已经到日子的那几期不变。"]
    if is_cut:
        said.append("少下来的部分，旗妇联会知道，系统每晚替孩子另找一位；你不用做什么。")
    if card["change"]:
        said.append(_REPLACES)
    return "".join(said)
