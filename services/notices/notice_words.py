"""What a notice calls the codes it names: jobs, troubles, reasons and states."""

from collections.abc import Mapping
from enum import StrEnum

from vocabulary.enums import (
    AccessReason,
    AccessStatus,
    Called,
    CustodyReason,
    CustodyStatus,
    LetterConcern,
    Trouble,
)

JOB_NAMES: Mapping[str, str] = {
    "stipends": "每天的助学金",
    "books": "每晚的账目核对",
    "matching": "拟结对",
    "matching-asked": "请人现在配对",
    "care-holds": "爱心妈妈结对到期",
    "pledges": "认捐改动",
    "reminders": "催办提醒",
    "notices": "发通知",
    "watchdog": "看门狗",
    "backup": "备份",
    "uploads": "清理照片",
    "forgetting": "到期的资料",
    "outbox": "通知",
    "payments": "问支付平台付了没有",
    "reveals": "互相认识的传话",
    "letters": "寄信",
    "harm": "担心孩子的报告",
    "clock": "时钟",
    "listings": "每周的孩子名单",
    "figures": "公开数字",
    "family-checks": "抽问家庭",
    "month-pages": "每月校验码",
}
TROUBLES: Mapping[StrEnum, str] = {
    Trouble.SILENT: "到点没有跑",
    Trouble.FAILED: "跑到一半停了",
    Trouble.SHORT: "该办的没有都办",
    Trouble.UNDELIVERED: "有几条没送出去",
    Trouble.TWICE: "一天跑了两次",
    Trouble.DAMAGED: "有一次配对的证明读不出来，放在一边了。整个区会重新配一次，放行以后就好",
    Trouble.LEAPT: "隔了 36 小时以上才又走。拨付和通知先停着，等拨付岗在消息页核对日期",
    Trouble.UNHEARD: "没有人能接手，请马上给上级妇联的人开通经办人",
}
CUSTODY_REASONS: Mapping[StrEnum, str] = {
    CustodyReason.WRONG_PAYMENT: "钱打错了，要退回",
    CustodyReason.RECEIPT_BY_LAW: "依法开具捐赠票据",
    CustodyReason.DONOR_ASKED: "捐赠人自己要求",
    CustodyReason.SAFETY: "关系到人身安全",
    CustodyReason.COURT_OR_POLICE: "司法或监察机关依法调取",
    CustodyReason.OTHER: "别的原因",
}
CUSTODY_STATES: Mapping[StrEnum, str] = {
    CustodyStatus.ASKED: "等第二个人",
    CustodyStatus.AGREED: "已同意，可以看一次",
    CustodyStatus.DECLINED: "没有同意",
    CustodyStatus.LAPSED: "过期了",
    CustodyStatus.SHOWN: "已看过",
}
ACCESS_REASONS: Mapping[StrEnum, str] = {
    AccessReason.COVERING: "替同事代办",
    AccessReason.HOME_VISIT: "要入户走访",
    AccessReason.COMPLAINT: "处理反映的问题",
    AccessReason.CHILD_IN_DANGER: "孩子可能有危险",
    AccessReason.OTHER: "别的原因",
}
ACCESS_STATES: Mapping[StrEnum, str] = {
    AccessStatus.ASKED: "等第二个人",
    AccessStatus.OPENED: "紧急打开，等人复核",
    AccessStatus.GRANTED: "已同意",
    AccessStatus.DECLINED: "没有同意",
    AccessStatus.LAPSED: "过期了",
}

LETTER_CONCERNS: Mapping[StrEnum, str] = {
    LetterConcern.HARM: "像是有人受到伤害",
    LetterConcern.SELF_HARM: "像是不想活、想伤害自己",
    LetterConcern.MONEY: "要钱或私下给钱",
    LetterConcern.MEETING: "约见面或私下联系",
    LetterConcern.SECRECY: "要对方保密",
    LetterConcern.SEXUAL: "有关身体、性的话",
    LetterConcern.KNOWS_CHILD: "写信的人像是知道孩子是谁",
    LetterConcern.RAISED: "同事看了觉得要先处理",
}

CALLED: Mapping[StrEnum, str] = {
    Called.POLICE: "打了 110",
    Called.HOTLINE: "打了 12338 妇女儿童维权热线",
    Called.CIVIL_AFFAIRS: "报了当地民政、儿童督导员",
    Called.NOT_YET: "还没有打电话",
}

# A donor waits for the link he asked for, a teacher for six digits, a child may be in danger:
# these leave at night too, and however late, since their sense does not pass. A link's life begins
# when it leaves.
