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
        e.StopReason.NOT_SAID: "不说",
    },
}
