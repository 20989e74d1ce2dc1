"""What stands on the pages for words of volunteers' matches."""

from collections.abc import Mapping
from enum import StrEnum

from vocabulary.enums import care as e

LABELS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    e.CareStatus: {
        e.CareStatus.PROPOSED: "等她答复",
        e.CareStatus.ACCEPTED: "等两个人决定",
        e.CareStatus.TRIAL: "磨合期",
        e.CareStatus.ACTIVE: "陪伴着",
        e.CareStatus.DECLINED: "没成",
        e.CareStatus.LAPSED: "过期了",
        e.CareStatus.ENDED: "已结束",
    },
    e.VisitKind: {
        e.VisitKind.VISIT: "见面",
        e.VisitKind.CALL: "打电话",
        e.VisitKind.OUTING: "一起出门",
    },
    e.ChildMood: {
        e.ChildMood.VERY_LOW: "很低落",
        e.ChildMood.LOW: "不太好",
        e.ChildMood.FAIR: "一般",
        e.ChildMood.GOOD: "不错",
        e.ChildMood.BRIGHT: "很开心",
    },
    e.VisitSign: {
        e.VisitSign.UNWELL: "身体不舒服",
        e.VisitSign.SLEEPS_EATS_BADLY: "吃不好、睡不好",
        e.VisitSign.SCHOOL_TROUBLE: "上学有难处",
        e.VisitSign.HOME_TROUBLE: "家里有难处",
        e.VisitSign.WANTS_THINGS: "缺东西",
    },
    e.VisitRhythm: {
        e.VisitRhythm.WEEK: "每周一次",
        e.VisitRhythm.FORTNIGHT: "两周一次",
        e.VisitRhythm.MONTH: "每月一次",
    },
    e.FadingStep: {
        e.FadingStep.NOTED: "记一笔",
        e.FadingStep.TALKED: "谈过了",
        e.FadingStep.SUCCESSOR: "请人接着陪",
    },
    e.CareRefusal: {
        e.CareRefusal.TOO_FAR: "太远了",
        e.CareRefusal.NO_TIME: "最近没有时间",
        e.CareRefusal.NOT_ABLE: "这件事我做不来",
        e.CareRefusal.KNOWS_FAMILY: "可能认识这家人",
        e.CareRefusal.CIRCUMSTANCES_CHANGED: "家里情况变了",
        e.CareRefusal.CHILD_UNWILLING: "孩子不愿意",
        e.CareRefusal.PAPERS_TO_CHECK: "资料要再核",
        e.CareRefusal.RELATED: "双方有亲属关系",
        e.CareRefusal.OTHER: "别的原因",
        e.CareRefusal.NOT_ANSWERED: "她 48 小时没有答复",
        e.CareRefusal.NOT_DECIDED: "到期没人决定",
        e.CareRefusal.SHE_LEAVES: "她说要离开",
    },
    e.CareTime: {
        e.CareTime.WEEKDAY: "平日白天",
        e.CareTime.EVENING: "平日放学后",
        e.CareTime.WEEKEND: "周末",
        e.CareTime.HOLIDAY: "寒暑假",
    },
    e.CareEnd: {
        e.CareEnd.NOT_SUITED: "磨合不合适",
        e.CareEnd.NEED_MET: "孩子不需要了",
        e.CareEnd.SHE_LEFT: "她不能再来了",
        e.CareEnd.CHILD_LEFT: "孩子离开了",
        e.CareEnd.CONSENT_WITHDRAWN: "监护人撤回了同意",
        e.CareEnd.HANDED_ON: "交给了另一位",
        e.CareEnd.OTHER: "别的原因",
    },
}
