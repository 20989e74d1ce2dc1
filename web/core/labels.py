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
}


def label(value: StrEnum | None) -> str:
    """Return the Chinese word for a value; empty for none. Raises KeyError for an unlabelled one."""
    return "" if value is None else LABELS[type(value)][value]
