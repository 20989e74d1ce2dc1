"""The Chinese sentence of every refusal: what happened and what to do next."""

from gateways.spreadsheets import SpreadsheetRefused
from vocabulary import errors
from vocabulary.errors import Refused

SENTENCES: dict[type[Refused], str] = {
    Refused: "这一步现在做不了，请刷新后再看。",
    errors.NotFound: "没有找到，可能已经处理过了。请刷新后查看。",
    errors.NotPermitted: "没有找到，可能已经处理过了。请刷新后查看。",
    errors.AlreadyDecided: "别人刚刚已经处理了这一件，请刷新后查看。",
    errors.ActedBefore: "前一步是你做的，这一步要由另一个人来做。",
    errors.TurnedOthersDown: "同一个孩子或同一份认捐，60 天里你不同意过两个了，这一个请另一位同事来看。",
    errors.SteppedAside: "你申报过回避，这个孩子的结对由另一位同事来决定。",
    errors.Superseded: "这项任务已由另一次运行接手，这一次到此为止。",
    errors.WrongState: "它现在的状态不能做这一步，请刷新后查看。",
    errors.NoConsent: "还缺监护人的同意书，补齐后再办。",
    errors.NoLongerFits: "这一对现在不合条件了，请点“暂不同意”，今晚会重新配。",
    errors.NothingLeftToPay: ("到说好的毕业为止，每个月都已经付过了，没有要付的。请点“暂不同意”。"),
    errors.NeedCovered: "这个孩子要的数已经有人帮上了，这份不能再同意。",
    errors.NoPlaceLeft: "这份认捐暂停、改过或名额满了，这份不能再同意。",
    errors.BadInput: "填的内容有一处用不了，请改一下再交。",
    errors.LinkExpired: "这条链接打不开了。留下联系方式，我们发一条新的。",
    errors.TooLate: "只有当天零点以前能收回。要改的话，请打电话告诉旗妇联。",
    errors.Lapsed: "期限过了，这件申请已经失效。还需要的话，请重新提一次。",
    errors.ShownBefore: "这份身份已经看过一次，不再显示。还需要的话，请重新提一次。",
    errors.WrongCode: "六位数不对，或过了 10 分钟。请再看一遍，或再要一次。",
    errors.RolesExclude: "这个人已有的角色不能和它兼任，请换一个人。",
    errors.NeedsSecondPerson: "已记下，等另一个人同意后生效。",
    errors.NeedsApprover: "两个人里要有一位审批人，这一步请审批人来同意。",
    errors.TooEarly: "磨合期还没有满，不合适可以随时结束，合适请等满了再定。",
    errors.WrongPassword: "登录名或密码不对，请再试一次。",
    errors.TooManyTries: "试得太多了，请过 15 分钟再试。",
    errors.FiguresDamaged: "公布过的数字和留底对不上，正在核对，先不显示。",
    errors.RunDamaged: "这一次配对的证明和存下来的时候不一样了，不能再作数。请马上告诉管理员。",
    errors.BooksDisagree: (
        "账目核对有对不上的地方，钱先不往外付。审计查清、再核对一遍都对得上，就能接着付。"
    ),
    errors.OrderDamaged: "这张拨付单和做的时候不一样了，不能下载，也不要交给银行。请马上告诉管理员。",
    errors.ClockLeapt: (
        "系统停过好几天，或者机器的时钟走错了：先到“消息”里核对今天的日期，放行以后再办。"
    ),
    errors.NotCleared: "先答一句：名单上有没有哪家的监护人在你们单位上班。答完再交。",
    errors.OrderOver: (
        "这张拨付单里有的已经付了，或已经放回去了，不能再下载。下载过的纸和表格也不要再交给银行。"
    ),
    errors.OrderStale: (
        "这张拨付单里，有的账户正在改，或有的钱该换一处转交，不能再交给银行。先把整张放回去，再做一张。"
    ),
    errors.DayToCome: "这一天还没有到，没有做。到期的当天会自己开出；要补做，请写今天或以前的日子。",
    errors.BackupDamaged: (
        "这个文件不完整，或是用另一把密钥做的备份。请换一个文件，并核对 backup.key。"
    ),
    errors.BackupTooNew: "这个备份是新版程序做的，请先把程序更新到同一版本再恢复。",
    errors.OtherKeys: "备份里的资料是用另一套密钥封的，请把当时的密钥放回 KEYS_DIR 再恢复。",
    errors.NoDatabasePrograms: (
        "这台机器上没有 pg_dump、pg_restore、psql。请装 postgresql-client（版本不低于数据库的），再试一次。"
    ),
    errors.DumpFailed: (
        "PostgreSQL 的程序没有做成，什么也没有改。请看数据库在不在、帐号和版本对不对，再试一次。"
    ),
    errors.OtherDatabase: "这个备份是另一种数据库的（SQLite 或 PostgreSQL），恢复要用同一种。",
    errors.WouldReplace: (
        "这里已经有数据。确定要换掉，就加 --force；换掉以前会先把现在的数据另做一份备份。"
    ),
    errors.NotEmpty: "数据库里已经有内容，演示数据只能放进空的数据库。",
    errors.NoDemoHere: "这是正式运行（MODE=production），不装演示数据。",
}


def sentence(error: Refused) -> str:
    """Return what to tell the person; the nearest parent's sentence when a kind has none."""
    if isinstance(error, SpreadsheetRefused):
        return error.message
    return next(SENTENCES[kind] for kind in type(error).__mro__ if kind in SENTENCES)
