"""The one table of what stands on the pages for every closed list of words (GLOSSARY)."""

from collections.abc import Mapping
from enum import StrEnum

from vocabulary import enums as e

LABELS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    e.Role: {
        e.Role.PUBLIC: "公众",
        e.Role.DONOR: "捐赠人",
        e.Role.FAMILY: "家庭",
        e.Role.CLASS_TEACHER: "班主任",
        e.Role.CASE_WORKER: "经办人",
        e.Role.APPROVER: "审批人",
        e.Role.COLLECTING_DESK: "收款岗",
        e.Role.PAYING_DESK: "拨付岗",
        e.Role.CUSTODIAN: "捐赠信息保密员",
        e.Role.AUDITOR: "审计员",
        e.Role.STATISTICS: "统计员",
        e.Role.ADMINISTRATOR: "系统管理员",
        e.Role.SCHOOL_OFFICER: "资助专干",
        e.Role.VILLAGE_DIRECTOR: "儿童主任",
        e.Role.VOLUNTEER: "爱心妈妈",
        e.Role.CONSOLE: "控制台",
        e.Role.ENGINE: "系统",
    },
    e.Rhythm: {e.Rhythm.MONTH: "每月", e.Rhythm.TERM: "每学期", e.Rhythm.YEAR: "每年"},
    e.Sex: {e.Sex.FEMALE: "女", e.Sex.MALE: "男"},
    e.Stage: {
        e.Stage.PRESCHOOL: "学前",
        e.Stage.PRIMARY: "小学",
        e.Stage.JUNIOR: "初中",
        e.Stage.SENIOR: "高中（中职）",
        e.Stage.UNIVERSITY: "大学",
    },
    e.StipendStatus: {
        e.StipendStatus.DUE: "等到账",
        e.StipendStatus.FUNDED: "已到账",
        e.StipendStatus.SENT: "已拨付",
        e.StipendStatus.HANDED_OVER: "学校已转交",
        e.StipendStatus.CONFIRMED: "家庭已签收",
        e.StipendStatus.IN_DISPUTE: "待核实",
        e.StipendStatus.HELD_UP: "暂未转交",
        e.StipendStatus.RETURNED: "已退回",
        e.StipendStatus.CANCELLED: "已取消",
        e.StipendStatus.WRITTEN_OFF: "已核销",
    },
    e.Snag: {
        e.Snag.ON_LEAVE: "请假，先存着",
        e.Snag.SUSPENDED: "休学",
        e.Snag.TRANSFERRED: "转学",
        e.Snag.LEFT_SCHOOL: "退学",
        e.Snag.BOARDING: "住校，还没回家",
        e.Snag.SOMEONE_ELSE: "代领",
        e.Snag.REFUSED: "拒收",
        e.Snag.PARTLY: "只交了一部分",
        e.Snag.WRONG_DETAILS: "姓名或金额不符",
    },
    e.Answer: {
        e.Answer.RECEIVED: "收到了",
        e.Answer.NOT_RECEIVED: "没有收到",
        e.Answer.WRONG_SUM: "收到了，但是数不对",
    },
    e.Outcome: {
        e.Outcome.CAME_LATER: "后来收到了",
        e.Outcome.MADE_GOOD: "已经补上，家里说收到了",
        e.Outcome.MISUNDERSTOOD: "当时弄错了，其实收到了",
        e.Outcome.NOT_RECEIVED: "确实没有收到，转入核销或补发",
    },
    e.Language: {
        e.Language.CHINESE: "汉语",
        e.Language.MONGOLIAN: "蒙古语",
        e.Language.DAUR: "达斡尔语",
        e.Language.EVENKI: "鄂温克语",
        e.Language.OROQEN: "鄂伦春语",
        e.Language.OTHER: "其他",
    },
}


def label(value: StrEnum | None) -> str:
    """Return the Chinese word for a value; empty for none. Raises KeyError for an unlabelled one."""
    return "" if value is None else LABELS[type(value)][value]
