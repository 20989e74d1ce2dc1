"""A donor's year and certificate in the words that stand on paper."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from gateways import paper_sheets
from gateways.paper_sheets import Block, Row
from services.gate import Card
from services.handover.slips import amount_words
from services.papers.statements import OfChild, OfPledge, Statement
from vocabulary.enums import EarmarkKind, PledgeKind, Rhythm
from vocabulary.money import format_yuan, format_yuan_short
from web.core import addresses
from web.core.filters import full_day
from web.core.labels import label
from web.core.pledge_words import amount

HEADS = ("月份", "金额", "说好", "到账", "拨付", "转交", "家里签收")
_FACTS = ("promised_on", "received_on", "sent_on", "handed_over_on", "confirmed_on")
USED = (
    "“用掉”的，按应付日算在那一年；先到账的钱，到了应付日才算用掉。应付日后才到账的，按到账日算。"
)
_SPAN: Mapping[Rhythm, str] = {Rhythm.MONTH: "", Rhythm.TERM: "起一学期", Rhythm.YEAR: "起一年"}
# The child is named by its code name alone, and what a family disputes is not among these.
_NOTES = (
    ("cancelled_on", "这一笔取消了，没有动你的钱"),
    ("written_off_on", "没能交到，也追不回来了，{day}记为损失"),
    ("returned_on", "没能交到，{day}退回来，给孩子留着"),
)


def certificate(card: Card, *, operator: Any) -> paper_sheets.Certificate:
    """Return what stands on a certificate."""
    return paper_sheets.Certificate(
        number=card["number"],
        called=card["called"],
        year=card["year"],
        given_for=given_for(card),
        amount=format_yuan(card["amount_fen"]),
        amount_words=amount_words(card["amount_fen"]),
        came=[(full_day(day), format_yuan(fen)) for day, fen in card["came"]],
        issued_on=card["issued_on"],
        issuer=operator.name,
        hotline=operator.hotline,
        code=card["code"],
        verify_url=addresses.public("public.verify", code=card["code"]),
    )


_GIVEN_FOR: Mapping[EarmarkKind, str] = {
    EarmarkKind.GIRLS: "给女孩的助学款",
    EarmarkKind.SURGERY: "手术款",
    EarmarkKind.ONE_CHILD: "给一个孩子的助学款",
}


def given_for(card: Card) -> str:
    """Say what a certificate's money is for, as its donor restricted it."""
    if card.has("earmark"):
        return _GIVEN_FOR[card["earmark"]["kind"]]
    return "爱心备用金" if card["pledge"]["kind"] is PledgeKind.GAP_FUND else "助学金"


def statement(one: Statement, *, operator: Any) -> paper_sheets.Statement:
    """Return what stands on a year's account."""
    return paper_sheets.Statement(
        title=f"{one.year}年对账单",
        as_of=one.as_of,
        issuer=operator.name,
        hotline=operator.hotline,
        blocks=list(_blocks(one)),
        feet=(
            USED,
            f"只供核对，{paper_sheets.NO_VOUCHER}。孩子用代号，不写真名。",
        ),
        months_url=addresses.public("public.months") if one.codes else "",
    )


def _blocks(one: Statement) -> Iterator[Block]:
    yield Block("一年合计", totals(one))
    for part in one.pledges:
        yield Block(title(part), sums(part, one.as_of) + came(part))
        for child in part.children:
            yield Block(f"给“{child.code_name}”", heads=HEADS, rows=rows(child))
    if one.codes:
        yield Block("和每月公布的校验码核对", codes(one))


def totals(one: Statement) -> list[tuple[str, str]]:
    """Say a year's sums, over all pledges."""
    said = [
        ("年初余下", format_yuan(one.before)),
        ("到账", format_yuan(one.received)),
        *([("到账大写", amount_words(one.received))] if one.received else []),
        ("用掉", format_yuan(one.used)),
        (_left(one.year, one.as_of), format_yuan(one.after)),
    ]
    return said + ([("备用金先垫付的", f"{one.bridged} 笔")] if one.bridged else [])


def title(part: OfPledge) -> str:
    """爱心备用金, or 一份认捐, with its sum and reference.

    A member's part has neither: the sum of all would tell a member of two what the other gives, and by
    the reference one who sits at the collecting desk would know which child's days are whose (law 7).
    """
    name = "爱心备用金" if part.is_fund else "一份认捐"
    if part.of_group:
        return f"{part.of_group} · {name}"
    given = amount(part.pledge)
    if part.use and part.use.kind is EarmarkKind.ONE_CHILD:
        name = (
            f"只为“{part.use.code_name}”存的一笔" if part.use.code_name else "只为一个孩子存的一笔"
        )
        given = f"给一次，{format_yuan_short(part.pledge['instalment_fen'])}"
    elif part.use:
        name = f"{name}（{label(part.use.kind)}）"
    return f"{name} · {given} · {part.pledge['reference']}"


def sums(part: OfPledge, on: date) -> list[tuple[str, str]]:
    """Say what one pledge's money did in the year; every sum is the books'."""
    if part.went_at_once:
        return [("称呼", part.called), ("到账，都进了备用金", format_yuan(part.received))]
    year, other = part.year, part.year.used - part.paid
    said = [
        ("称呼", part.called),
        ("年初余下", format_yuan(year.before)),
        ("到账", format_yuan(year.received)),
        ("用掉", format_yuan(part.paid)),
    ]
    why = "照说好的用途用掉" if part.is_fund else "更正、转出或退回"
    rest = [(why, format_yuan(other))] if other else []
    return [*said, *rest, (_left(part.pledge["year"], on), format_yuan(year.after))]


def _left(year: int, on: date) -> str:
    return "现在余下" if year == on.year else "年底余下"


def came(part: OfPledge) -> list[tuple[str, str]]:
    """Say each payment of the year."""
    return [(f"{full_day(day)}到账", format_yuan(fen)) for day, fen in part.payments]


def rows(child: OfChild) -> list[Row]:
    """Return one child's lines."""
    return [Row(cells(line), note(line)) for line in child.lines]


def cells(line: Card) -> tuple[str, ...]:
    """Return month, sum and the days of the five facts."""
    return (month(line), format_yuan(line["amount_fen"]), *(_day(line[fact]) for fact in _FACTS))


def month(line: Card) -> str:
    """2026年9月, 2026年9月起一学期, or for a gift its occasion."""
    said = f"{line['due_on'].year}年{line['due_on'].month}月"
    return f"{said} 礼物" if line["is_gift"] else said + _SPAN[line["match"]["rhythm"]]


def note(line: Card) -> str:
    """Say what the days alone do not: the fund's months, what came back, what was lost."""
    said = [words.format(day=full_day(line[fact])) for fact, words in _NOTES if line[fact]][:1]
    if line["bridged_on"]:
        back = "你的钱到账后补回备用金" if not line["received_on"] else "你的钱到账，已补回备用金"
        said.insert(0, f"{full_day(line['bridged_on'])}备用金先垫付，{back}")
    if line["is_gift"]:
        said.insert(0, line["occasion"])
    return "；".join(said)


def codes(one: Statement) -> list[tuple[str, str]]:
    """Say each entry under the published months' heads: its code, month, sum and batch day."""
    return [
        (
            entry["code"],
            f"{entry['period'].year}年{entry['period'].month}月 · {format_yuan(entry['amount_fen'])}"
            f" · {full_day(entry['batch_on'])}{'拨付' if entry['amount_fen'] > 0 else '退回或更正'}",
        )
        for entry in one.codes
    ]


def _day(day: date | None) -> str:
    return f"{day.year}-{day.month:02d}-{day.day:02d}" if day else "—"
