"""What `check` calls the kinds it finds in the books: its findings are read by Chinese auditors."""

from collections.abc import Mapping

ACCOUNTS = {
    "bank": "银行存款",
    "prepaid": "捐赠人预付",
    "promised": "认捐应收",
    "owed": "应付助学金",
    "in_transit": "拨付在途",
    "unmatched": "待核对到账",
    "gap_fund": "爱心备用金",
    "earmarked": "限定用途的钱",
    "rest": "停了的认捐余下的钱",
    "kept": "转交的人留下、欠着的",
    "kept_borne": "留下的钱，备用金先承担",
    "bank_fees": "银行手续费",
    "at_wechat": "微信支付待结算",
    "at_alipay": "支付宝待结算",
}
BOOKINGS = {
    "opened": "开出",
    "received": "到账",
    "interest": "利息",
    "bank_fee": "手续费",
    "paid_out": "支付平台结算",
    "provider_fee": "支付平台手续费",
    "funded": "用预付支付",
    "bridged": "备用金垫付",
    "repaid": "补回备用金",
    "redirected": "捐赠人同意改用途",
    "lost": "损失由备用金承担",
    "unclaimed": "没有人认领的到账转入备用金",
    "reclaimed": "有人认领，从备用金放回待核对",
    "given_back": "没有人认领的到账退回付款账户",
    "rested": "认捐停了，余下的另放",
    "unrested": "余下的放回这份认捐",
    "rest_to_fund": "余下的转入爱心备用金",
    "rest_paid": "余下的退回付款账户",
    "kept": "转交的人留下了一部分",
    "kept_paid": "留下的钱还回来了",
    "sent": "拨付",
    "handed_over": "转交",
    "returned": "退汇",
    "written_off": "核销",
    "reversed": "冲回",
}
FACTS = {
    "promised": "认捐",
    "received": "到账",
    "bridged": "备用金垫付",
    "sent": "拨付",
    "handed_over": "转交",
    "confirmed": "家庭签收",
    "disputed": "家里说没收到或数不对",
    "not_handed_over": "暂未转交",
    "returned": "退汇",
    "cancelled": "取消",
    "written_off": "核销",
    "made_good": "补足",
}
SUBJECTS = {"stipend": "助学金", "gift": "一次性的钱"}


def in_words(column: str, words: Mapping[str, str]) -> str:
    """Write SQL for a code's Chinese word; a code that nobody knows is named as it stands."""
    cases = " ".join(f"WHEN '{code}' THEN '{word}'" for code, word in words.items())
    return f"(CASE {column} {cases} ELSE '“' || {column} || '”' END)"
