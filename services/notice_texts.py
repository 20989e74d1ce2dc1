"""What every notice says: the one table, by kind and by who receives it.

`inbox` is read behind a login or a private link. `outside` is read on a lock screen by whoever
holds the phone: to donors it names no child, school or sum, to families and staff nobody.
A placeholder that the recipient may not see, or that `needs` names and is not there, drops the
notice; so does anything in `bars` that is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from vocabulary.enums import NoticeKind, RecipientKind

SIGN = "【微光】"
_SEE_PAGE = "看明细：打开你的专用链接。"
_SEE_INBOX = "登录后看消息。"


@dataclass(frozen=True, slots=True)
class Text:
    """One notice in words. None means: it does not go that way."""

    title: str
    inbox: str | None
    outside: str | None
    needs: tuple[str, ...] = ()
    bars: tuple[str, ...] = ()


_TO_DONORS: Mapping[NoticeKind, Text] = {
    NoticeKind.PRIVATE_LINK: Text(
        "你的专用链接", None, f"{SIGN}你的专用链接：{{link}} 请存好，别转发给别人。"
    ),
    NoticeKind.PLEDGE_CONFIRMED: Text(
        "认捐生效",
        "第一笔钱到账了，认捐生效。接下来给孩子结对，结好了告诉你。",
        f"{SIGN}钱到账了，认捐生效。{_SEE_PAGE}",
        needs=("pledge",),
    ),
    NoticeKind.MATCHED: Text(
        "结对好了",
        "和“{code_name}”结对了。每一笔到了哪一步，这里都看得到。",
        f"{SIGN}结对好了。{_SEE_PAGE}",
        needs=("consented",),
    ),
    NoticeKind.HANDED_OVER: Text(
        "学校已转交", "{month}的一笔，{hand}{handed}已转交，等家里确认。", None, bars=("confirmed",)
    ),
    NoticeKind.CONFIRMED: Text(
        "家里已签收",
        "{month}的一笔，{confirmed}家里说收到了。",
        f"{SIGN}{{month}}的一笔，家里已签收。{_SEE_PAGE}",
        needs=("confirmed",),
    ),
    NoticeKind.CHANGE_TAKES_EFFECT: Text(
        "改动生效",
        "你改的认捐从{effective}起生效。",
        f"{SIGN}你改的认捐从{{effective}}起生效。{_SEE_PAGE}",
    ),
    NoticeKind.MONEY_RUNS_OUT: Text(
        "该付下一笔了",
        "{pay_by}前再付一次，孩子就接得上。付多少、怎么付，写在“怎么付”里。",
        f"{SIGN}该付下一笔了，{{pay_by}}前付就接得上。怎么付：打开你的专用链接。",
        needs=("pay_by",),
    ),
    NoticeKind.GRADUATION_NEAR: Text(
        "快毕业了",
        "“{code_name}”快毕业了。说好给到毕业，{ends}起自动结束，不用你做什么。"
        "想接着帮，可以再认捐一份。",
        f"{SIGN}你支持的孩子快毕业了。{_SEE_PAGE}",
        needs=("consented", "ends"),
    ),
    NoticeKind.IDENTITY_SHOWN: Text(
        "有人看了你的身份",
        "{shown}，捐赠信息保密员依规定看了你留下的身份资料，事由：{why}。"
        "这件事由两个人同意，留有记录。孩子和学校仍然不知道你是谁。",
        f"{SIGN}有人依规定看了你留下的身份资料。{_SEE_PAGE}",
        needs=("shown", "why"),
    ),
    NoticeKind.PAYMENT_DUE: Text(
        "有一笔还没到账",
        "这一期的钱还没到账。怎么付、付多少，写在“怎么付”里；已经付了的，不用管。",
        f"{SIGN}这一期的钱还没到账。怎么付：打开你的专用链接。已经付了的，不用管。",
        needs=("pledge",),
    ),
    NoticeKind.REVEAL_ASKED: Text(
        "有人想认识你",
        "“{code_name}”家里想认识你。愿意、不愿意都好，不用说理由；不回也可以。",
        f"{SIGN}有一句话转给你。{_SEE_PAGE}",
        needs=("asked",),
    ),
    NoticeKind.REVEAL_SHOWN: Text(
        "你们可以互相认识了",
        "两边都愿意，旗妇联也核对过了。“{code_name}”家里愿意给你看的，写在那一页上。",
        f"{SIGN}有一句话转给你。{_SEE_PAGE}",
        needs=("known",),
    ),
    NoticeKind.LETTER_CAME: Text(
        "有一封信给你",
        "“{code_name}”家里给你写了信，旗妇联看过了，写在“写信”那一页。",
        f"{SIGN}有一封信给你。看信：打开你的专用链接。",
        needs=("letters",),
    ),
    NoticeKind.LETTER_BACK: Text(
        "有一封信要改一改",
        "你写给“{code_name}”的信还没有寄，为什么写在“写信”那一页，改好了可以再寄。",
        f"{SIGN}你写的信要改一改再寄。{_SEE_PAGE}",
        needs=("back",),
    ),
}

_TO_FAMILIES: Mapping[NoticeKind, Text] = {
    NoticeKind.GUARDIAN_FILE: Text(
        "孩子的档案",
        None,
        f"{SIGN}您要的链接，看孩子的档案用。只您自己看：{{link}} 不是您要的，请打 {{hotline}}。",
    ),
    NoticeKind.GUARDIAN_ANSWERED: Text(
        "您提的有答复了",
        None,
        f"{SIGN}您提的事有书面答复了。只您自己看：{{link}} 有疑问打 {{hotline}}。",
    ),
    NoticeKind.LETTER_CAME: Text(
        "有一封信给孩子",
        None,
        f"{SIGN}有一封信转给您家，旗妇联看过了。只您自己看：{{link}} 有疑问打 {{hotline}}。",
        needs=("letters",),
    ),
    NoticeKind.LETTER_BACK: Text(
        "有一封信要改一改",
        None,
        f"{SIGN}有一封信要改一改再寄。只您自己看：{{link}} 有疑问打 {{hotline}}。",
        needs=("back",),
    ),
    NoticeKind.HANDED_OVER: Text(
        "助学金已转交",
        None,
        f"{SIGN}{{month}}的助学金，{{hand}}说已转交。没收到请打 {{hotline}}，或扫签收单上的码。",
        needs=("handed",),
        bars=("confirmed", "disputed"),
    ),
    NoticeKind.REVEAL_ASKED: Text(
        "有一句话转给您",
        None,
        f"{SIGN}有一句话转给您，愿不愿意都好，不用说理由。只您自己看：{{link}} 有疑问打 {{hotline}}。",
        needs=("asked",),
    ),
    NoticeKind.REVEAL_SHOWN: Text(
        "有一句话转给您",
        None,
        f"{SIGN}有一句话转给您。只您自己看：{{link}} 有疑问打 {{hotline}}。",
        needs=("known",),
    ),
}

_TO_TEACHERS: Mapping[NoticeKind, Text] = {
    NoticeKind.CLASS_CODE: Text(
        "打开名单的六位数",
        None,
        f"{SIGN}打开本班名单的六位数：{{code}}。只您自己看，别告诉别人。链接由学校资助专干发给您。",
        needs=("live",),
    ),
}

_TO_CONTACTS: Mapping[NoticeKind, Text] = {
    NoticeKind.ACCOUNT_CHANGES: Text(
        "学校的收款账户要改",
        None,
        f"{SIGN}{{school}}收助学金的账户，{{holds}}起改用另一个。不是学校提出的，马上打 {{hotline}}。",
        needs=("holds",),
    ),
}

_TO_ACCOUNTS: Mapping[NoticeKind, Text] = {
    NoticeKind.PROPOSALS_WAIT: Text(
        "有拟结对等审批",
        "有 {proposals} 对拟结对等你看，最早的从{oldest}等到现在。",
        f"{SIGN}有拟结对等你审批。{_SEE_INBOX}",
    ),
    NoticeKind.BATCH_SENT: Text(
        "助学金已拨付",
        "{batch_month}的助学金已拨付，备注 {memo}，共 {listed} 位。请在{hand_over_by}前转交。",
        f"{SIGN}{{batch_month}}的助学金已拨付，请在{{hand_over_by}}前转交。{_SEE_INBOX}",
    ),
    NoticeKind.SCHOOL_REMINDER: Text(
        "还有没转交的",
        "{batch_month}这一批还有 {left} 位没有回话。交到了点一下就好，有特别情况先点特别情况。",
        f"{SIGN}{{batch_month}}的助学金还没有都回话。{_SEE_INBOX}",
    ),
    NoticeKind.SCHOOL_SILENT: Text(
        "学校还没回话",
        "{hand_name}：{batch_month}这一批到今天还有 {left} 位没回话。"
        "请打电话问一问，必要时下一批换一条路。",
        f"{SIGN}有一批助学金还没有回话。{_SEE_INBOX}",
    ),
    NoticeKind.MONEY_BACK: Text(
        "有钱退回来了",
        "{hand_name}：{batch_month}这一批有 {back} 笔没能交到孩子家，钱退回了我们的账户。"
        "请打电话问清，再让它随下一批重新发，或先替孩子留着。",
        f"{SIGN}有助学金退回来了，请重新安排。{_SEE_INBOX}",
    ),
    NoticeKind.BATCH_BOUNCED: Text(
        "汇款被银行退回",
        "{hand_name}：{batch_month}这一批的汇款{bounced}被银行退回，钱在我们的账户上，会重新拨付。"
        "请先核对学校的户名、开户行和账号。",
        f"{SIGN}有一批助学金被银行退回，请核对收款账户。{_SEE_INBOX}",
        needs=("bounced",),
    ),
    NoticeKind.ACCOUNT_CHANGES: Text(
        "学校的收款账户要改",
        "{school}收助学金的账户，{holds}起改用“{account_name}”。两位同事对过学校盖章的原件。"
        "不是学校提出的，马上打 {hotline}，还来得及停下。",
        f"{SIGN}学校的收款账户{{holds}}起要改。不是学校提出的，马上打 {{hotline}}。",
        needs=("holds",),
    ),
    NoticeKind.FUND_RUNS_OUT: Text(
        "备用金快不够了",
        "从{runs_out}起，爱心备用金不够接着给你这里的 {carried} 个孩子。"
        "请到“备用金”看是谁，抓紧找下一位捐赠人。",
        f"{SIGN}爱心备用金快不够了。{_SEE_INBOX}",
        needs=("runs_out",),
    ),
    NoticeKind.FAMILY_DISPUTE: Text(
        "有一笔要核实",
        "{child}：{month}的助学金，家里说没收到或数不对。"
        "三天内给家里回电话；核对时不要说是谁讲的。",
        f"{SIGN}有一笔助学金要核实。{_SEE_INBOX}",
        needs=("disputed",),
    ),
    NoticeKind.HARM_SUSPECTED: Text(
        "有人担心孩子受伤害",
        "{child}：有人担心孩子受到伤害，{called}。请马上到“担心孩子”接手，先确认孩子现在安全。",
        f"{SIGN}有一件关系孩子安全的急事，请马上登录看消息。",
        needs=("child",),
    ),
    NoticeKind.LETTER_WORRIES: Text(
        "有一封信要先看",
        "{child}：有一封信里有让人担心的话，{concern}。请马上到“信件”里看，处理以前什么都不会寄出。",
        f"{SIGN}有一封信要马上看，请登录看消息。",
        needs=("child", "concern"),
    ),
    NoticeKind.LETTERS_WAIT: Text(
        "有信等你看",
        "有 {letters} 封信等着看，周一寄出。请在周日前看完，别让孩子和资助人多等一周。",
        f"{SIGN}有信等你看，周一寄出。{_SEE_INBOX}",
        needs=("letters",),
    ),
    NoticeKind.LETTER_CAME: Text(
        "有一封信给你",
        "“{code_name}”家里给你写了信，写在“写信”那一页。",
        f"{SIGN}有一封信给你。{_SEE_INBOX}",
        needs=("letters", "code_name"),
    ),
    NoticeKind.LETTER_BACK: Text(
        "有一封信要改一改",
        "你写给“{code_name}”的信还没有寄，为什么写在“写信”那一页。",
        f"{SIGN}你写的信要改一改再寄。{_SEE_INBOX}",
        needs=("back", "code_name"),
    ),
    NoticeKind.REVEAL_CHECK: Text(
        "有一对等核对",
        "{child}：有一件“互相认识”要两个人核对，先问过孩子和监护人。",
        f"{SIGN}有一件事等你核对。{_SEE_INBOX}",
        needs=("child",),
    ),
    NoticeKind.JOB_ALARM: Text(
        "定时任务要看一下", "{job}：{trouble}。请看“运行状况”。", f"{SIGN}{{job}}：{{trouble}}。"
    ),
    NoticeKind.CUSTODY_WAITS: Text(
        "有身份申请等你看",
        "另一位保密员申请看一位捐赠人的身份，事由：{why}。请到“身份申请”里同意或不同意。",
        f"{SIGN}有一件申请等你看。{_SEE_INBOX}",
        needs=("for_me",),
    ),
    NoticeKind.CUSTODY_DECIDED: Text(
        "身份申请有答复了",
        "你提的身份申请：{decided}。请到“身份申请”里看。",
        f"{SIGN}你的申请有答复了。{_SEE_INBOX}",
        needs=("mine", "decided"),
    ),
    NoticeKind.GUARDIAN_ASKS: Text(
        "监护人要改或删档案",
        "{child}的监护人要求{wish}，{answer_by}前书面答复。请到“档案请求”里办。",
        f"{SIGN}有一件档案请求等你答复。{_SEE_INBOX}",
        needs=("child", "waits"),
    ),
    NoticeKind.GUARDIAN_ANSWERED: Text(
        "你代写的有答复了",
        "{child}的监护人提的事（{wish}），旗妇联书面答复了，写在“替监护人提要求”那一页。请念给家里听。",
        f"{SIGN}你代家里写的一件事有答复了，请念给家里听。{_SEE_INBOX}",
        needs=("child", "answered"),
    ),
    NoticeKind.FILE_ASKED: Text(
        "有查阅申请等你看",
        "{asker}申请看{child}的个案明细，事由：{why}。请到“查阅与分工”里同意或不同意。",
        f"{SIGN}有一件查阅申请等你看。{_SEE_INBOX}",
        needs=("for_me", "child"),
    ),
    NoticeKind.FILE_OPENED: Text(
        "有人紧急打开了个案明细",
        "{asker}没有等人同意，先打开了{child}的个案明细，事由：{why}。请马上到“查阅与分工”里复核。",
        f"{SIGN}有一份个案明细被紧急打开，请登录复核。",
        needs=("for_me", "child"),
    ),
    NoticeKind.FILE_DECIDED: Text(
        "查阅申请有答复了",
        "你申请看{child}的个案明细：{decided}。",
        f"{SIGN}你的申请有答复了。{_SEE_INBOX}",
        needs=("mine", "child", "decided"),
    ),
    NoticeKind.FACTOR_RESET: Text(
        "手机验证码取消了",
        "两位管理员在{reset}取消了你的手机验证码，所有设备都已退出。"
        "不是你要求的，马上打电话给管理员。登录后请重新装一个。",
        f"{SIGN}两位管理员取消了你的手机验证码。不是你要求的，马上打电话给管理员。",
        needs=("reset",),
    ),
    NoticeKind.HONEY_OPENED: Text(
        "有人打开了警戒记录",
        "{opened}，一个帐号打开了一份谁都没有理由看的记录。请马上到“安全事件”看是谁，打电话问清楚。",
        f"{SIGN}警戒记录被打开了，请马上登录看消息。",
        needs=("opened",),
    ),
    NoticeKind.LATE_RELEASE: Text(
        "晚了的通知等放行",
        "有 {held} 条通知晚了 36 小时以上，先停着没发。"
        "由拨付岗在消息页核对后一次放行，或者不发了。",
        f"{SIGN}有晚了的通知等放行。{_SEE_INBOX}",
    ),
}

TEXTS: Mapping[RecipientKind, Mapping[NoticeKind, Text]] = {
    RecipientKind.DONOR: _TO_DONORS,
    RecipientKind.FAMILY: _TO_FAMILIES,
    RecipientKind.ACCOUNT: _TO_ACCOUNTS,
    RecipientKind.CLASS_TEACHER: _TO_TEACHERS,
    RecipientKind.SCHOOL_CONTACT: _TO_CONTACTS,
}

AT_ONCE = frozenset(
    {
        NoticeKind.PRIVATE_LINK,
        NoticeKind.CLASS_CODE,
        NoticeKind.GUARDIAN_FILE,
        NoticeKind.HARM_SUSPECTED,
        NoticeKind.LETTER_WORRIES,
        NoticeKind.FILE_OPENED,
        NoticeKind.FACTOR_RESET,
        NoticeKind.HONEY_OPENED,
        NoticeKind.ACCOUNT_CHANGES,
    }
)
# What tells of lateness itself is never held for being late.
NEVER_HELD = AT_ONCE | {NoticeKind.LATE_RELEASE, NoticeKind.JOB_ALARM}
# Only who may decide for a child hears of these; a carer or a school never does.
TO_GUARDIANS = frozenset(
    {
        NoticeKind.REVEAL_ASKED,
        NoticeKind.REVEAL_SHOWN,
        NoticeKind.LETTER_CAME,
        NoticeKind.LETTER_BACK,
        NoticeKind.GUARDIAN_FILE,
        NoticeKind.GUARDIAN_ANSWERED,
    }
)
# What stands in the kept copy instead of a live token.
HIDDEN = "…"


def title_of(to: RecipientKind, kind: NoticeKind) -> str:
    """Return a notice's headline."""
    return TEXTS[to][kind].title
