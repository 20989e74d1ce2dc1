"""What stands on the pages for words of imports, exports and what runs by itself."""

from collections.abc import Mapping
from enum import StrEnum

from services.notices.notice_words import TROUBLES
from vocabulary.enums import running as e

LABELS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    e.AccountStatus: {
        e.AccountStatus.INVITED: "还没设密码",
        e.AccountStatus.ACTIVE: "使用中",
        e.AccountStatus.LOCKED: "已锁",
        e.AccountStatus.ENDED: "已停用",
    },
    e.GrantStatus: {
        e.GrantStatus.ASKED: "等第二个人同意",
        e.GrantStatus.GRANTED: "已授予",
        e.GrantStatus.ENDED: "已结束",
    },
    e.Activity: {
        e.Activity.SIGNED_IN: "登录",
        e.Activity.FAILED_TRY: "登录时密码没输对",
        e.Activity.WRONG_CODE: "验证码没输对",
        e.Activity.PASSWORD_CHANGED: "改了密码",
        e.Activity.FACTOR_ADDED: "装好了手机验证码",
        e.Activity.FACTOR_RESET: "两位管理员取消了手机验证码",
        e.Activity.CODES_RENEWED: "换了一批备用码",
        e.Activity.RECOVERY_USED: "用了一个备用码",
        e.Activity.ROLE_GRANTED: "得到角色",
        e.Activity.ROLE_ENDED: "角色结束",
        e.Activity.SESSIONS_ENDED: "让别的设备退出",
    },
    e.Device: {
        e.Device.PHONE: "手机",
        e.Device.TABLET: "平板",
        e.Device.COMPUTER: "电脑",
        e.Device.OTHER: "其他",
    },
    e.RunStatus: {
        e.RunStatus.ASKED: "等着开始",
        e.RunStatus.RUNNING: "正在配",
        e.RunStatus.DRAFT: "等人看过再放行",
        e.RunStatus.RELEASED: "已放行",
        e.RunStatus.DISCARDED: "不用",
        e.RunStatus.REPLACED: "有了更新的一次",
        e.RunStatus.STOPPED: "停下了",
        e.RunStatus.EMPTY: "没有新的",
        e.RunStatus.DAMAGED: "证明坏了，放在一边",
    },
    e.TrialStatus: {
        e.TrialStatus.ASKED: "等着开始",
        e.TrialStatus.RUNNING: "正在算",
        e.TrialStatus.DONE: "算好了",
        e.TrialStatus.STOPPED: "停下了",
    },
    e.ExportKind: {
        e.ExportKind.CHILDREN: "孩子名单",
        e.ExportKind.STIPENDS: "一个月的助学金台账",
        e.ExportKind.BATCHES: "发放批次",
        e.ExportKind.VOUCHERS: "一个月的会计凭证",
    },
    e.Trouble: TROUBLES,
    e.ImportKind: {
        e.ImportKind.CHILDREN: "孩子名册",
        e.ImportKind.VOLUNTEERS: "爱心妈妈名单",
        e.ImportKind.SCHOOLS: "学校名单",
    },
    e.ImportStatus: {
        e.ImportStatus.READING: "正在读表",
        e.ImportStatus.PREVIEWED: "等确认",
        e.ImportStatus.TAKING: "正在导入",
        e.ImportStatus.TAKEN: "已导入",
        e.ImportStatus.DISCARDED: "已放弃",
    },
}
