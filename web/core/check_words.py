"""What each check and each state is called on the auditor's page."""

CHECKS = {
    "integrity": "数据库文件完好",
    "foreign_keys": "每条记录指向的都在",
    "triggers": "防改写的锁都在",
    "unique_keys": "防重复的锁都在",
    "chain_ordinary": "工作记录的链没有断",
    "chain_custodian": "保密记录的链没有断",
    "due_against_done": "到期的都开出了，或写了原因",
    "postings_per_transaction": "每笔分录借贷相等",
    "postings_total": "全部分录合计为零",
    "empty_transactions": "没有空的分录",
    "posting_words": "科目和金额都认得",
    "one_stipend": "同一结对同一天只有一笔",
    "fact_dates": "日期和事实一致",
    "ledger_against_facts": "账和事实一致",
    "balances": "没有透支",
    "receipts_booked": "到账都入了账",
}
STATES = {
    "due_without_money": "等到账",
    "funded_not_sent": "等拨付",
    "sent_not_handed_over": "等学校回话",
    "late": "学校逾期",
    "in_dispute": "待核实",
    "held_up": "暂未转交",
    "held_children": "待补材料的孩子",
    "set_aside": "没有开出，已写原因",
    "unmatched_receipts": "待核对到账",
}
