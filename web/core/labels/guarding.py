"""What stands on the pages for words of custody, access, harm and knowing each other."""

from collections.abc import Mapping
from enum import StrEnum

from services.notices.notice_words import (
    ACCESS_REASONS,
    ACCESS_STATES,
    CALLED,
    CUSTODY_REASONS,
    CUSTODY_STATES,
)
from vocabulary.enums import guarding as e

LABELS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    e.AmendmentKind: {
        e.AmendmentKind.CHILD_IDENTITY: "姓名和身份证号",
        e.AmendmentKind.SCHOOL_ACCOUNT: "收款账户",
        e.AmendmentKind.SCHOOL_CONTACT: "学校联系人",
        e.AmendmentKind.CHILD_CARD: "收款的卡",
        e.AmendmentKind.KIN_PHONE: "家里人的电话",
    },
    e.AmendmentStatus: {
        e.AmendmentStatus.ASKED: "等第二个人",
        e.AmendmentStatus.AGREED: "两个人都同意了，等三天",
        e.AmendmentStatus.DONE: "已改好",
        e.AmendmentStatus.TURNED_DOWN: "没有改",
    },
    e.TransferStatus: {
        e.TransferStatus.ASKED: "等那边接",
        e.TransferStatus.ACCEPTED: "那边接了",
        e.TransferStatus.TURNED_DOWN: "那边没有接",
        e.TransferStatus.TAKEN_BACK: "收回了",
    },
    e.CustodyStatus: CUSTODY_STATES,
    e.CustodyReason: CUSTODY_REASONS,
    e.AskedFor: {
        e.AskedFor.CUSTODIAN: "保密员自己办理",
        e.AskedFor.APPROVER: "审批人提出",
        e.AskedFor.AUTHORITY: "有权机关提出",
    },
    e.AccessStatus: ACCESS_STATES,
    e.AccessReason: ACCESS_REASONS,
    e.LookKind: {
        e.LookKind.FILE: "看了档案",
        e.LookKind.DETAILS: "申请看了个案明细",
        e.LookKind.AUDIT: "审计抽查",
        e.LookKind.EXPORT: "导出了名单，孩子在里面",
    },
    e.GuardianWish: {
        e.GuardianWish.CORRECT: "改一改",
        e.GuardianWish.DELETE: "删掉",
        e.GuardianWish.COPY: "要一份抄件",
    },
    e.FilePart: {
        e.FilePart.NAME: "孩子的姓名",
        e.FilePart.NUMBER: "身份证号、出生日期或性别",
        e.FilePart.ADDRESS: "住处",
        e.FilePart.PHONE: "家里的电话或监护人",
        e.FilePart.SCHOOL: "学校和班级",
        e.FilePart.OTHER: "别的",
    },
    e.GuardianWishStatus: {
        e.GuardianWishStatus.ASKED: "等旗妇联答复",
        e.GuardianWishStatus.AGREED: "同意，办好了",
        e.GuardianWishStatus.REFUSED: "没有同意",
    },
    e.Harmed: {
        e.Harmed.CHILD_IDENTITY: "孩子的姓名、证件",
        e.Harmed.CHILD_CASE: "孩子的家庭和健康情况",
        e.Harmed.FAMILY_CONTACT: "家里的电话、住址",
        e.Harmed.DONOR_IDENTITY: "捐赠人是谁",
        e.Harmed.BANK_ACCOUNT: "银行账户",
        e.Harmed.STAFF: "工作人员的资料",
        e.Harmed.NOT_KNOWN: "还不清楚",
    },
    e.FoundBy: {
        e.FoundBy.STAFF: "同事发现",
        e.FoundBy.FAMILY: "家里说的",
        e.FoundBy.DONOR: "捐赠人说的",
        e.FoundBy.HONEY: "警戒记录报的警",
        e.FoundBy.OUTSIDE: "外面的人说的",
    },
    e.Told: {
        e.Told.AUTHORITY: "网信部门",
        e.Told.POLICE: "公安",
        e.Told.SUPERIOR: "上级妇联",
        e.Told.GUARDIANS: "孩子和监护人",
        e.Told.DONORS: "捐赠人",
        e.Told.STAFF: "有关的同事",
    },
    e.Called: CALLED,
    e.Complained: {
        e.Complained.UNKNOWN: "不知道，或者是别的人",
        e.Complained.FAMILY: "家里的人",
        e.Complained.SCHOOL: "学校的人",
        e.Complained.VILLAGE: "嘎查村或苏木乡镇的人",
        e.Complained.VOLUNTEER: "爱心妈妈",
        e.Complained.OFFICE: "旗里的经办人或审批人",
    },
    e.HarmOutcome: {
        e.HarmOutcome.MISTAKE: "误报，孩子没有事",
        e.HarmOutcome.SAFE: "查清了，孩子现在安全",
        e.HarmOutcome.HANDED_ON: "已交公安、民政办理，孩子已安置好",
    },
    e.ChildWord: {
        e.ChildWord.WILLING: "愿意",
        e.ChildWord.UNWILLING: "不愿意",
        e.ChildWord.TOO_YOUNG: "不到 8 岁，没有问",
    },
    e.RevealBar: {
        e.RevealBar.CHILD_UNWILLING: "孩子不愿意",
        e.RevealBar.GUARDIAN_UNWILLING: "监护人不愿意",
        e.RevealBar.NOT_SUITABLE: "对孩子不合适",
    },
}
