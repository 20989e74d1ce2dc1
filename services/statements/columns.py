"""What banks call the columns of a statement. Patterns match a whole folded label."""

from services.rosters.columns import IGNORED, SERIAL, Columns

_OUT = r"借方|支出|支取|付款|付出|转出|取出|支付"
_IN = r"贷方|收入|存入|收款|收到|转入|汇入"
_SUM = r"(?:发生额|金额|交易金额|发生金额|合计|元|rmb|人民币)*"

STATEMENT = Columns(
    patterns=(
        (
            IGNORED,
            (
                r".*(?:起息日|记账日期|入账日期|对方行名|对方开户行|开户行|开户机构|网点|柜员|凭证|"
                r"渠道|操作员|本方|我方|己方|分行|地点|回单).*",
            ),
        ),
        (
            "number",
            (
                r".*(?:交易流水|流水)(?:号|编号)?",
                r".*(?:交易序号|交易编号|交易号|业务编号|业务参考号|日志号|参考号|主机流水).*",
            ),
        ),
        (SERIAL, (r"序|序号|编号|号|no|行号|笔数",)),
        (
            "day",
            (r"(?:交易|发生|记账|入账)?(?:日期|日)", r"(?:交易|发生|记账)日期.*", r"date"),
        ),
        ("time", (r"(?:交易|发生|记账)?时间|(?:交易)?时刻|time",)),
        (
            "direction",
            (
                r".*(?:借贷|收支|收付|往来|进出)(?:标志|标识|方向|类型)?.*|方向",
                r"(?:交易)?类型|d/?c",
            ),
        ),
        ("debit", (rf"(?:{_OUT}){_SUM}", rf".*(?:{_OUT}).*(?:额|元)?", r"debit\w*|withdrawal\w*")),
        (
            "credit",
            (rf"(?:{_IN}){_SUM}", rf"(?!.*(?:人|户|账|帐)).*(?:{_IN}).*", r"credit\w*|deposit\w*"),
        ),
        ("balance", (r".*余额.*", r"balance")),
        ("currency", (r"币种|货币|币别|currency",)),
        ("amount", (r"(?:交易|发生|变动)?(?:金额|发生额|额)", r"(?:交易)?金额.*", r"amount")),
        (
            "payer_account",
            (r".*(?:对方|对手|付款人|交易对手|付款方|往来).*(?:账号|帐号|账户|帐户|卡号)(?!名).*",),
        ),
        (
            "payer",
            (
                r".*(?:对方|对手|付款人|付款方|交易对手|往来单位|往来户).*(?:户名|名称|姓名|单位)?",
                r"户名|付款人|名称|姓名",
            ),
        ),
        ("postscript", (r".*(?:附言|留言).*",)),
        ("purpose", (r".*用途.*",)),
        ("remark", (r"备注.*|说明|注释|remark\w*",)),
        ("summary", (r".*摘要.*|交易说明|业务类型|description",)),
    ),
    essential=(
        ("交易日期", ("day", "time")),
        ("贷方发生额（收入）", ("credit", "amount")),
    ),
    telling=("day", "credit", "debit", "amount"),
    examples=("交易日期", "贷方发生额", "摘要"),
)

REMARKS = ("summary", "postscript", "purpose", "remark")
