"""What stands on the pages for words of pledges and matches."""

from collections.abc import Mapping
from enum import StrEnum

from vocabulary.enums import pledges as e

LABELS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    e.Rhythm: {e.Rhythm.MONTH: "每月", e.Rhythm.TERM: "每学期", e.Rhythm.YEAR: "每年"},
    e.Naming: {
        e.Naming.SEALED: "爱心人士",
        e.Naming.ALIAS: "用一个别名",
        e.Naming.NAMED: "留名字",
    },
    e.GiverKind: {e.GiverKind.UNIT: "单位", e.GiverKind.GROUP: "集体"},
    e.VoidReason: {
        e.VoidReason.RENEWED: "后来又到账，换了新的",
        e.VoidReason.CORRECTED: "到账更正过",
    },
    e.ReceiptWay: {
        e.ReceiptWay.PAYER: "按汇款人开",
        e.ReceiptWay.SEALED: "密封实名，由保密员开",
        e.ReceiptWay.WAIVED: "不要票据",
    },
    e.DeclineReason: {
        e.DeclineReason.CIRCUMSTANCES_CHANGED: "家里情况变了",
        e.DeclineReason.CHILD_UNWILLING: "孩子不愿意",
        e.DeclineReason.PAPERS_TO_CHECK: "资料要再核",
        e.DeclineReason.RELATED: "双方有亲属关系",
        e.DeclineReason.NOT_DECIDED: "到期没人决定",
        e.DeclineReason.OTHER: "别的原因",
    },
    e.PledgeEnd: {
        e.PledgeEnd.JUNIOR: "到初中毕业",
        e.PledgeEnd.SENIOR: "到高中（中职）毕业",
        e.PledgeEnd.UNIVERSITY: "到大学毕业",
        e.PledgeEnd.COUNT: "到说好的次数",
        e.PledgeEnd.UNTIL_STOPPED: "到捐赠人说停",
    },
    e.MatchStatus: {
        e.MatchStatus.PROPOSED: "拟结对",
        e.MatchStatus.ACTIVE: "已结对",
        e.MatchStatus.DECLINED: "没同意",
        e.MatchStatus.LAPSED: "过期了",
        e.MatchStatus.ENDED: "已结束",
    },
    e.PledgeStatus: {
        e.PledgeStatus.OFFERED: "资助意向",
        e.PledgeStatus.CONFIRMED: "有效",
        e.PledgeStatus.PAUSED: "已暂停",
        e.PledgeStatus.ENDING: "快结束",
        e.PledgeStatus.ENDED: "已结束",
    },
    e.StopReason: {
        e.StopReason.GRADUATED: "孩子毕业了",
        e.StopReason.MONEY: "手头紧了",
        e.StopReason.LOST_CONTACT: "失联",
        e.StopReason.DIED: "去世",
        e.StopReason.UNIT_DISSOLVED: "单位撤并",
        e.StopReason.HELP_OTHERS: "想改帮别人",
        e.StopReason.HANDED_ON: "交给别人接着付",
        e.StopReason.NOT_SAID: "不说",
    },
    e.GiftOccasion: {
        e.GiftOccasion.UNIVERSITY: "考上大学",
        e.GiftOccasion.SENIOR: "升高中（中职）",
        e.GiftOccasion.JUNIOR: "升初中",
        e.GiftOccasion.TERM: "开学",
        e.GiftOccasion.NEW_YEAR: "过年",
        e.GiftOccasion.JUST: "就是想给",
        e.GiftOccasion.SURGERY: "手术",
        e.GiftOccasion.SHORTFALL: "补足的一笔",
    },
    e.GiftStatus: {
        e.GiftStatus.WAITING: "等到日子",
        e.GiftStatus.GIVEN: "给了",
        e.GiftStatus.UNDONE: "撤回了",
        e.GiftStatus.LAPSED: "没给成",
    },
    e.MoveStatus: {
        e.MoveStatus.ASKED: "等对方答复",
        e.MoveStatus.ACCEPTED: "等对方第一笔到账",
        e.MoveStatus.DONE: "交接好了",
        e.MoveStatus.DECLINED: "对方不接",
        e.MoveStatus.UNDONE: "撤回了",
        e.MoveStatus.LAPSED: "没接成",
    },
}
