"""What every notice says: the one table, by kind and by who receives it.

`inbox` is read behind a login or a private link. `outside` is read on a lock screen by whoever
holds the phone: to donors it names no child, school or sum, to families and staff nobody.
A placeholder that the recipient may not see, or that `needs` names and is not there, drops the
notice; so does anything in `bars` that is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from vocabulary.enums import Called, NoticeKind, RecipientKind, Stage, Trouble

SIGN = "【微光】"
_SEE_PAGE = "看明细：打开你的专用链接。"
_SEE_INBOX = "登录后看消息。"


@dataclass(frozen=True, slots=True)
class Text:
    """One notice in words. None means: it does not go that way."""

    title: str
    inbox: str | None
    outside: str | None
    needs: tuple[str, ...] = ()
    bars: tuple[str, ...] = ()


_TO_DONORS: Mapping[NoticeKind, Text] = {
    NoticeKind.PRIVATE_LINK: Text(
        "你的专用链接", None, f"{SIGN}你的专用链接：{{link}} 请存好，别转发给别人。"
    ),
    NoticeKind.PLEDGE_CONFIRMED: Text(
        "认捐生效",
        "第一笔钱到账了，认捐生效。接下来给孩子结对，结好了告诉你。",
        f"{SIGN}钱到账了，认捐生效。{_SEE_PAGE}",
        needs=("pledge",),
    ),
    NoticeKind.MATCHED: Text(
        "结对好了",
        "和“{code_name}”结对了，{stage}。每一笔到了哪一步，这里都看得到。",
        f"{SIGN}结对好了。{_SEE_PAGE}",
        needs=("consented",),
    ),
    NoticeKind.HANDED_OVER: Text(
        "学校已转交", "{month}的一笔，{hand}{handed}已转交，等家里确认。", None, bars=("confirmed",)
    ),
    NoticeKind.CONFIRMED: Text(
        "家里已签收",
        "{month}的一笔，{confirmed}家里说收到了。",
        f"{SIGN}{{month}}的一笔，家里已签收。{_SEE_PAGE}",
        needs=("confirmed",),
    ),
    NoticeKind.CHANGE_TAKES_EFFECT: Text(
        "改动生效",
        "你改的认捐从{effective}起生效。",
        f"{SIGN}你改的认捐从{{effective}}起生效。{_SEE_PAGE}",
    ),
    NoticeKind.MONEY_RUNS_OUT: Text(
        "该付下一笔了",
        "{pay_by}前再付一次，孩子就接得上。付多少、怎么付，写在“怎么付”里。",
        f"{SIGN}该付下一笔了，{{pay_by}}前付就接得上。怎么付：打开你的专用链接。",
        needs=("pay_by",),
    ),
    NoticeKind.GRADUATION_NEAR: Text(
        "快毕业了",
        "“{code_name}”快毕业了。说好给到毕业，{ends}起自动结束，不用你做什么。"
        "想接着帮，可以再认捐一份。",
        f"{SIGN}你支持的孩子快毕业了。{_SEE_PAGE}",
        needs=("consented", "ends"),
    ),
    NoticeKind.PAYMENT_DUE: Text(
        "有一笔还没到账",
        "这一期的钱还没到账。怎么付、付多少，写在“怎么付”里；已经付了的，不用管。",
        f"{SIGN}这一期的钱还没到账。怎么付：打开你的专用链接。已经付了的，不用管。",
        needs=("pledge",),
    ),
}

_TO_FAMILIES: Mapping[NoticeKind, Text] = {
    NoticeKind.HANDED_OVER: Text(
        "助学金已转交",
        None,
        f"{SIGN}{{month}}的助学金，{{hand}}说已转交。没收到请打 {{hotline}}，或扫签收单上的码。",
        needs=("handed",),
        bars=("confirmed", "disputed"),
    ),
}

_TO_ACCOUNTS: Mapping[NoticeKind, Text] = {
    NoticeKind.PROPOSALS_WAIT: Text(
        "有拟结对等审批",
        "有 {proposals} 对拟结对等你看，最早的从{oldest}等到现在。",
        f"{SIGN}有拟结对等你审批。{_SEE_INBOX}",
    ),
    NoticeKind.BATCH_SENT: Text(
        "助学金已拨付",
        "{batch_month}的助学金已拨付，备注 {memo}，共 {listed} 位。请在{hand_over_by}前转交。",
        f"{SIGN}{{batch_month}}的助学金已拨付，请在{{hand_over_by}}前转交。{_SEE_INBOX}",
    ),
    NoticeKind.SCHOOL_REMINDER: Text(
        "还有没转交的",
        "{batch_month}这一批还有 {left} 位没有回话。交到了点一下就好，有特别情况先点特别情况。",
        f"{SIGN}{{batch_month}}的助学金还没有都回话。{_SEE_INBOX}",
    ),
    NoticeKind.SCHOOL_SILENT: Text(
        "学校还没回话",
        "{hand_name}：{batch_month}这一批到今天还有 {left} 位没回话。"
        "请打电话问一问，必要时下一批换一条路。",
        f"{SIGN}有一批助学金还没有回话。{_SEE_INBOX}",
    ),
    NoticeKind.FAMILY_DISPUTE: Text(
        "有一笔要核实",
        "{child}：{month}的助学金，家里说没收到或数不对。"
        "三天内给家里回电话；核对时不要说是谁讲的。",
        f"{SIGN}有一笔助学金要核实。{_SEE_INBOX}",
        needs=("disputed",),
    ),
    NoticeKind.HARM_SUSPECTED: Text(
        "有人担心孩子受伤害",
        "{child}：有人担心孩子受到伤害，{called}。请马上到“担心孩子”接手，先确认孩子现在安全。",
        f"{SIGN}有一件关系孩子安全的急事，请马上登录看消息。",
        needs=("child",),
    ),
    NoticeKind.JOB_ALARM: Text(
        "定时任务要看一下", "{job}：{trouble}。请看“运行状况”。", f"{SIGN}{{job}}：{{trouble}}。"
    ),
    NoticeKind.LATE_RELEASE: Text(
        "晚了的通知等放行",
        "有 {held} 条通知晚了 36 小时以上，先停着没发。"
        "由拨付岗在消息页核对后一次放行，或者不发了。",
        f"{SIGN}有晚了的通知等放行。{_SEE_INBOX}",
    ),
}

TEXTS: Mapping[RecipientKind, Mapping[NoticeKind, Text]] = {
    RecipientKind.DONOR: _TO_DONORS,
    RecipientKind.FAMILY: _TO_FAMILIES,
    RecipientKind.ACCOUNT: _TO_ACCOUNTS,
}

JOB_NAMES: Mapping[str, str] = {
    "stipends": "每天的助学金",
    "matching": "拟结对",
    "pledges": "认捐改动",
    "reminders": "催办提醒",
    "notices": "发通知",
    "watchdog": "看门狗",
    "backup": "备份",
    "uploads": "清理照片",
    "forgetting": "清理旧名单",
    "outbox": "通知",
}
TROUBLES: Mapping[StrEnum, str] = {
    Trouble.SILENT: "到点没有跑",
    Trouble.FAILED: "跑到一半停了",
    Trouble.SHORT: "该办的没有都办",
    Trouble.UNDELIVERED: "有几条没送出去",
}
STAGES: Mapping[Stage, str] = {
    Stage.PRESCHOOL: "学前",
    Stage.PRIMARY: "小学",
    Stage.JUNIOR: "初中",
    Stage.SENIOR: "高中（中职）",
    Stage.UNIVERSITY: "大学",
}

CALLED: Mapping[StrEnum, str] = {
    Called.POLICE: "打了 110",
    Called.HOTLINE: "打了 12338 妇女儿童维权热线",
    Called.CIVIL_AFFAIRS: "报了当地民政、儿童督导员",
    Called.NOT_YET: "还没有打电话",
}

# A donor waits for the link he asked for, a child may be in danger: these leave at night too, and
# however late, since their sense does not pass. A link's life begins when it leaves.
AT_ONCE = frozenset({NoticeKind.PRIVATE_LINK, NoticeKind.HARM_SUSPECTED})
# What tells of lateness itself is never held for being late.
NEVER_HELD = AT_ONCE | {NoticeKind.LATE_RELEASE, NoticeKind.JOB_ALARM}
# What stands in the kept copy instead of a live token.
HIDDEN = "…"


def title_of(to: RecipientKind, kind: NoticeKind) -> str:
    """Return a notice's headline."""
    return TEXTS[to][kind].title
