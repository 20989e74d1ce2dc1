"""Words of what is left under a stopped pledge, and of lines that two desks explain."""

from collections.abc import Mapping
from enum import StrEnum

from vocabulary.enums import rests as e

LABELS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    e.RestStatus: {
        e.RestStatus.WAITING: "等你定",
        e.RestStatus.PAYING: "正在退回",
        e.RestStatus.DONE: "办好了",
        e.RestStatus.WITHDRAWN: "放回认捐了",
    },
    e.RestWay: {
        e.RestWay.NEXT_CHILD: "给下一个孩子",
        e.RestWay.TO_FUND: "转入爱心备用金",
        e.RestWay.PAY_BACK: "退回原来的账户",
    },
    e.PayBackDesk: {
        e.PayBackDesk.COLLECTING: "收款岗",
        e.PayBackDesk.CUSTODY: "捐赠信息保密员",
    },
    e.PayBackStatus: {
        e.PayBackStatus.WAITS: "等填账户",
        e.PayBackStatus.MADE: "等另一位核对",
        e.PayBackStatus.AGREED: "等拨付岗放行",
        e.PayBackStatus.RELEASED: "可以去银行退了",
        e.PayBackStatus.PAID: "退回去了",
        e.PayBackStatus.BOUNCED: "银行退不到，又回来了",
        e.PayBackStatus.REFUSED: "银行没办成，另开了一笔",
    },
    e.TieKind: {
        e.TieKind.BOUNCED: "我们付出去的，被退回来了",
        e.TieKind.BANKS_ERROR: "银行记错了一笔，又改了回来",
        e.TieKind.KEPT: "转交的人把留下的钱还回来了",
    },
}
