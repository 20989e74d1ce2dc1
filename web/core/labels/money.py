"""What stands on the pages for words of stipends, batches and the ledger."""

from collections.abc import Mapping
from enum import StrEnum

from vocabulary.enums import money as e

LABELS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
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
    e.LineKind: {
        e.LineKind.DONATION: "捐款",
        e.LineKind.OUTGOING: "支出",
        e.LineKind.INTEREST: "利息",
        e.LineKind.FEE: "手续费",
        e.LineKind.RETURNED: "退汇",
    },
    e.LineState: {
        e.LineState.MATCHED: "对上了",
        e.LineState.SPLIT: "对上了，分开记",
        e.LineState.SUGGESTED: "有线索",
        e.LineState.UNMATCHED: "待核对",
        e.LineState.KNOWN: "记过了",
        e.LineState.ASIDE: "不是捐款",
    },
    e.LineReason: {
        e.LineReason.NO_REFERENCE: "没有付款编号",
        e.LineReason.UNKNOWN_REFERENCE: "没有发出过这个付款编号",
        e.LineReason.TYPING_ERROR: "只差一位，多半是",
        e.LineReason.ANNOUNCED: "这几天说过付了这个数的是",
        e.LineReason.SOME_UNKNOWN: "有的付款编号没有发出过",
        e.LineReason.DOES_NOT_SPLIT: "写了几个付款编号，金额分不开",
    },
    e.BatchStatus: {
        e.BatchStatus.OPEN: "还没拨付",
        e.BatchStatus.SENT: "已拨付",
        e.BatchStatus.CLOSED: "都办完了",
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
        e.Snag.UNDELIVERABLE: "没法交到",
    },
    e.WriteOffReason: {
        e.WriteOffReason.LOST: "路上丢了，查不到下落",
        e.WriteOffReason.STOLEN: "被偷、被抢或被骗，已报警",
        e.WriteOffReason.HAND_GONE: "经手的单位撤了，追不回来",
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
    e.Route: {
        e.Route.SCHOOL: "学校转交",
        e.Route.CARD: "打卡发放",
        e.Route.VILLAGE: "儿童主任转交",
        e.Route.INSTITUTION: "福利机构转交",
        e.Route.WORK_UNIT: "单位转交",
    },
    e.AccountKind: {
        e.AccountKind.BANK: "银行存款",
        e.AccountKind.PREPAID: "捐赠人预付",
        e.AccountKind.PROMISED: "认捐应收",
        e.AccountKind.OWED: "应付助学金",
        e.AccountKind.IN_TRANSIT: "拨付在途",
        e.AccountKind.UNMATCHED: "待核对到账",
        e.AccountKind.GAP_FUND: "爱心备用金",
        e.AccountKind.INTEREST: "利息",
        e.AccountKind.BANK_FEES: "银行手续费",
    },
    e.TransactionKind: {
        e.TransactionKind.OPENED: "开出",
        e.TransactionKind.RECEIVED: "到账",
        e.TransactionKind.INTEREST: "利息",
        e.TransactionKind.BANK_FEE: "手续费",
        e.TransactionKind.FUNDED: "用预付支付",
        e.TransactionKind.SENT: "拨付",
        e.TransactionKind.HANDED_OVER: "转交",
        e.TransactionKind.RETURNED: "退汇",
        e.TransactionKind.WRITTEN_OFF: "核销",
        e.TransactionKind.REVERSED: "冲回",
    },
    e.SetAsideReason: {
        e.SetAsideReason.PAUSED: "捐赠人暂停",
        e.SetAsideReason.NO_CONSENT: "没有同意书",
        e.SetAsideReason.BAD_RECORD: "记录有误，要核对",
    },
}
