"""What people with an account are told."""

from collections.abc import Mapping

from services.notices.texts.text import SEE_INBOX, SIGN, Text
from vocabulary.enums import NoticeKind

TO_ACCOUNTS: Mapping[NoticeKind, Text] = {
    NoticeKind.PROPOSALS_WAIT: Text(
        "有拟结对等审批",
        "有 {proposals} 对拟结对等你看，最早的从{oldest}等到现在。",
        f"{SIGN}有拟结对等你审批。{SEE_INBOX}",
    ),
    NoticeKind.RUN_WAITS: Text(
        "有一次配对等人看过",
        "{ran_on}配了 {made} 对，还没有提给各旗县。请看看有没有哪一组落下，再放行或不用。",
        f"{SIGN}有一次配对等你看过再放行。{SEE_INBOX}",
    ),
    NoticeKind.BATCH_SENT: Text(
        "助学金已拨付",
        "{batch_month}的助学金已拨付，备注 {memo}，共 {listed} 位。请在{hand_over_by}前转交。",
        f"{SIGN}{{batch_month}}的助学金已拨付，请在{{hand_over_by}}前转交。{SEE_INBOX}",
    ),
    NoticeKind.SCHOOL_REMINDER: Text(
        "还有没转交的",
        "{batch_month}这一批还有 {left} 位没有回话。交到了点一下就好，有特别情况先点特别情况。",
        f"{SIGN}{{batch_month}}的助学金还没有都回话。{SEE_INBOX}",
    ),
    NoticeKind.SCHOOL_SILENT: Text(
        "学校还没回话",
        "{hand_name}：{batch_month}这一批到今天还有 {left} 位没回话。"
        "请打电话问一问，必要时下一批换一条路。",
        f"{SIGN}有一批助学金还没有回话。{SEE_INBOX}",
    ),
    NoticeKind.MONEY_BACK: Text(
        "有钱退回来了",
        "{hand_name}：{batch_month}这一批有 {back} 笔没能交到孩子家，钱退回了我们的账户。"
        "请打电话问清，再让它随下一批重新发，或先替孩子留着。",
        f"{SIGN}有助学金退回来了，请重新安排。{SEE_INBOX}",
    ),
    NoticeKind.MOVED_MONEY_BACK: Text(
        "转来的孩子，有钱退回来了",
        "{child}：从{from_banner}转来以前拨付的一笔没能交到，退回了我们的账户。"
        "请打电话问清家里，再让它随下一批重新发，或先替孩子留着。",
        f"{SIGN}转来的孩子有助学金退回来了，请重新安排。{SEE_INBOX}",
        needs=("child", "from_banner"),
    ),
    NoticeKind.BATCH_BOUNCED: Text(
        "汇款被银行退回",
        "{hand_name}：{batch_month}这一批的汇款{bounced}被银行退回，钱在我们的账户上，会重新拨付。"
        "请先核对学校的户名、开户行和账号。",
        f"{SIGN}有一批助学金被银行退回，请核对收款账户。{SEE_INBOX}",
        needs=("bounced",),
    ),
    NoticeKind.ACCOUNT_CHANGES: Text(
        "学校的收款账户要改",
        "{school}收助学金的账户，{holds}起改用“{account_name}”。两位同事对过学校盖章的原件。"
        "不是学校提出的，马上打 {hotline}，还来得及停下。",
        f"{SIGN}学校的收款账户{{holds}}起要改。不是学校提出的，马上打 {{hotline}}。",
        needs=("holds",),
    ),
    NoticeKind.PHONE_CHANGES: Text(
        "有一家的联系电话要改",
        "{child}家里登记的电话，{holds}起改成别的号码，两位同事说问过家里。"
        "你知道不是这样，到“等第二个人的修改”里停下；拿不准，先问家里。",
        None,
        needs=("child", "holds"),
    ),
    NoticeKind.RETURN_LATE: Text(
        "没交到的钱还没退回",
        "{hand_name}：{batch_month}这一批没能交到的钱，十个上学日过了还没有退回账户。"
        "今天退回，汇款备注写 {memo}；还写着先存着的，改成“没法交到”再退；已经交到家的，改一下名单。",
        f"{SIGN}没交到的助学金还没有退回。{SEE_INBOX}",
    ),
    NoticeKind.ROUTE_ENDS: Text(
        "个人账户转交到期了",
        "{child}：助学金还走个人账户转交，说好的学期已经结束。请登记家里的卡，或换一条路。",
        f"{SIGN}有一个孩子还走个人账户转交。{SEE_INBOX}",
        needs=("child",),
    ),
    NoticeKind.CARD_UNSEEN: Text(
        "打卡的一笔，银行还没有下文",
        "{batch_month}有一笔打卡{sent}标了已拨付，银行流水里一直没有，备注 {memo}。{who_asks}",
        f"{SIGN}有一笔打卡的助学金，银行还没有下文。{SEE_INBOX}",
        needs=("unseen",),
    ),
    NoticeKind.LOSS_ENDED: Text(
        "核销过的一笔，银行有下文了",
        "{batch_month}打卡核销过的一笔（备注 {memo}），银行有了下文，账已经照着改好。"
        "请到“核销”里看是哪一笔，要不要给家里打个电话。",
        f"{SIGN}核销过的一笔助学金，银行有下文了。{SEE_INBOX}",
    ),
    NoticeKind.PAY_BACK_WAITS: Text(
        "有一笔余款要退回",
        "有一份停了的认捐，余下的钱要退回：{pay_back}。写在“余款退回”里。",
        None,
        needs=("pay_back",),
    ),
    NoticeKind.UNCLAIMED_DUE: Text(
        "待核对的到账满期了",
        "有 {unclaimed} 笔待核对的到账，等满了公布的期限，还没有人来认。请两位同事在“待核对满期”里决定："
        "退回原来的账户；查不到账户的，转入爱心备用金。",
        f"{SIGN}有待核对的到账满期了。{SEE_INBOX}",
    ),
    NoticeKind.UNIT_STEPS_ASIDE: Text(
        "单位转交要回避",
        "{hand_name}：{batch_month}这一批里，有监护人在那里上班。那一份不经他们的手，会退回账户；"
        "往后改由旗妇联转交。请到“拨付与转交”里再安排。",
        f"{SIGN}有一个单位转交要回避。{SEE_INBOX}",
    ),
    NoticeKind.CHILD_COMES: Text(
        "有孩子要转到你们旗",
        "{from_banner}把{child}交给你们，等你们接。接了以前，钱照旧由那边给。请到“转入转出”里看。",
        f"{SIGN}有孩子要转到你们旗，等你们接。{SEE_INBOX}",
        needs=("child", "waits"),
    ),
    NoticeKind.CHILD_WENT: Text(
        "转出的孩子有答复了",
        "{child}转到{to_banner}：{decided}。",
        f"{SIGN}转出的孩子有答复了。{SEE_INBOX}",
        needs=("child", "decided"),
    ),
    NoticeKind.FUND_RUNS_OUT: Text(
        "备用金快不够了",
        "从{runs_out}起，爱心备用金不够接着给你这里的 {carried} 个孩子。"
        "请到“备用金”看是谁，抓紧找下一位捐赠人。",
        f"{SIGN}爱心备用金快不够了。{SEE_INBOX}",
        needs=("runs_out",),
    ),
    NoticeKind.PLEDGE_DRY: Text(
        "有一份认捐 20 天没到账",
        "认捐 {pledge_code} 到期 20 天没有到账，提醒过捐赠人三次。{child}这边由爱心备用金接着，够的话"
        "一个月也不断；系统每晚另找下一位。不用去问是谁，请到“备用金”看。",
        f"{SIGN}有一份认捐 20 天没到账。{SEE_INBOX}",
        needs=("child", "pledge_code", "dry"),
    ),
    NoticeKind.COVER_REDUCED: Text(
        "有一个孩子的资助改少了",
        "{child}：认捐 {pledge_code} 从{since}起改少了，每月还差 {gap}。系统每晚替孩子另找一位，"
        "着急的可以手工结对。",
        f"{SIGN}有一个孩子的资助改少了。{SEE_INBOX}",
        needs=("child", "pledge_code", "gap"),
    ),
    NoticeKind.FAMILY_DISPUTE: Text(
        "有一笔要核实",
        "{child}：{month}的助学金，家里说没收到或数不对。"
        "三天内给家里回电话；核对时不要说是谁讲的。",
        f"{SIGN}有一笔助学金要核实。{SEE_INBOX}",
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
    NoticeKind.LETTER_STOPPED: Text(
        "有一封信寄不到了",
        "{child}家里写的信，收信的人以后收不到信了，已经退回，没有寄出。家里看到的是“想先和你说说话”，"
        "请这几天打个电话：谢谢他们写了信，收信的人是谁、为什么，不猜也不说。",
        f"{SIGN}有一封信寄不到了，请给家里打个电话。{SEE_INBOX}",
        needs=("child",),
    ),
    NoticeKind.LETTERS_WAIT: Text(
        "有信等你看",
        "有 {letters} 封信等着看，周一寄出。请在周日前看完，别让孩子和资助人多等一周。",
        f"{SIGN}有信等你看，周一寄出。{SEE_INBOX}",
        needs=("letters",),
    ),
    NoticeKind.LETTER_CAME: Text(
        "有一封信给你",
        "“{code_name}”家里给你写了信，写在“写信”那一页。",
        f"{SIGN}有一封信给你。{SEE_INBOX}",
        needs=("letters", "code_name"),
    ),
    NoticeKind.LETTER_BACK: Text(
        "有一封信要改一改",
        "你写给“{code_name}”的信还没有寄，为什么写在“写信”那一页。",
        f"{SIGN}你写的信要改一改再寄。{SEE_INBOX}",
        needs=("back", "code_name"),
    ),
    NoticeKind.REVEAL_CHECK: Text(
        "有一对等核对",
        "{child}：有一件“互相认识”要两个人核对，先问过孩子和监护人。",
        f"{SIGN}有一件事等你核对。{SEE_INBOX}",
        needs=("child",),
    ),
    NoticeKind.JOB_ALARM: Text(
        "定时任务要看一下", "{job}：{trouble}。请看“运行状况”。", f"{SIGN}{{job}}：{{trouble}}。"
    ),
    NoticeKind.BOOKS_ALARM: Text(
        "账目有对不上的地方",
        "核对账目，有 {found} 处对不上。{waits}",
        f"{SIGN}账目核对有对不上的地方。{{waits_short}}{SEE_INBOX}",
        needs=("found",),
    ),
    NoticeKind.CUSTODY_WAITS: Text(
        "有身份申请等你看",
        "另一位保密员申请看一位捐赠人的身份，事由：{why}。请到“身份申请”里同意或不同意。",
        f"{SIGN}有一件申请等你看。{SEE_INBOX}",
        needs=("for_me",),
    ),
    NoticeKind.DEATH_WAITS: Text(
        "有一条去世登记等你看",
        "另一位保密员登记了一位捐赠人去世。请到“去世登记”里同意，或撤回。",
        f"{SIGN}有一条登记等你看。{SEE_INBOX}",
        needs=("for_me",),
    ),
    NoticeKind.SUCCESSOR_WAITS: Text(
        "有一位集体的新联系人等你核对",
        "另一位保密员写下了一份集体认捐的新联系人。请到“去世登记”里照纸上的再写一遍，一样才会问对方。",
        f"{SIGN}有一项核对等你。{SEE_INBOX}",
        needs=("for_me",),
    ),
    NoticeKind.CUSTODY_DECIDED: Text(
        "身份申请有答复了",
        "你提的身份申请：{decided}。请到“身份申请”里看。",
        f"{SIGN}你的申请有答复了。{SEE_INBOX}",
        needs=("mine", "decided"),
    ),
    NoticeKind.GUARDIAN_ASKS: Text(
        "监护人要改或删档案",
        "{child}的监护人要求{wish}，{answer_by}前书面答复。请到“档案请求”里办。",
        f"{SIGN}有一件档案请求等你答复。{SEE_INBOX}",
        needs=("child", "waits"),
    ),
    NoticeKind.CONSENT_TAKEN_BACK: Text(
        "监护人收回了一项同意",
        "{child}的监护人自己收回了一项同意：{purpose}。已经生效，不用办手续，也不要去劝。改主意的，再签一张同意书。",
        f"{SIGN}有一位监护人收回了同意。{SEE_INBOX}",
        needs=("child", "purpose"),
    ),
    NoticeKind.GUARDIAN_ANSWERED: Text(
        "你代写的有答复了",
        "{child}的监护人提的事（{wish}），旗妇联书面答复了，写在“替监护人提要求”那一页。请念给家里听。",
        f"{SIGN}你代家里写的一件事有答复了，请念给家里听。{SEE_INBOX}",
        needs=("child", "answered"),
    ),
    NoticeKind.FILE_ASKED: Text(
        "有查阅申请等你看",
        "{asker}申请看{child}的个案明细，事由：{why}。请到“查阅与分工”里同意或不同意。",
        f"{SIGN}有一件查阅申请等你看。{SEE_INBOX}",
        needs=("for_me", "child"),
    ),
    NoticeKind.FRIEND_ASKED: Text(
        "等第二个人同意写信",
        "{asker}请{volunteer}和{child}写信，要第二个人同意才开始。请到“信件”里看。",
        f"{SIGN}有一件介绍写信的事等你看。{SEE_INBOX}",
        needs=("for_me", "child"),
    ),
    NoticeKind.CARE_ASKED: Text(
        "有个孩子想请你陪伴",
        "有个孩子想请你陪伴，请在{until}前答复行不行。",
        f"{SIGN}旗妇联有一件事想问你，请在 48 小时里答复。{SEE_INBOX}",
        needs=("until",),
    ),
    NoticeKind.CARE_BEGINS: Text(
        "结对好了",
        "旗妇联两位工作人员都同意了，你可以看到孩子的情况。先磨合 60 天。",
        f"{SIGN}你的结对好了。{SEE_INBOX}",
        needs=("paired",),
    ),
    NoticeKind.CARE_MOVED: Text(
        "孩子一家搬走了",
        "你陪伴的孩子一家搬到别的旗县去了，这一段陪伴到这里，不是你哪里做得不好。"
        "孩子那边由当地妇联接着照看；离得近的话，系统会再问你。谢谢你这些日子。",
        f"{SIGN}你陪伴的孩子一家搬走了，这一段陪伴到这里。谢谢你。{SEE_INBOX}",
        needs=("ended",),
    ),
    NoticeKind.CARE_WAITS: Text(
        "有一位爱心妈妈等你决定",
        "一位爱心妈妈愿意陪伴{child}，要两个人同意才开始。请到“爱心妈妈结对”里看。",
        f"{SIGN}有一对爱心妈妈结对等你看。{SEE_INBOX}",
        needs=("for_me", "child"),
    ),
    NoticeKind.CARE_LEAVES: Text(
        "有一位爱心妈妈要停下来",
        "陪伴{child}的爱心妈妈要停下来了。系统已经在找接着陪的人，请约好交接和告别的日子。",
        f"{SIGN}有一位爱心妈妈要停下来，请安排交接。{SEE_INBOX}",
        needs=("leaves", "child"),
    ),
    NoticeKind.CARE_REMINDED: Text(
        "孩子在等你",
        "{since}没有记过见面或电话了。忙的话打个电话也好；见过了没记，补记一下。"
        "来不了了也没关系，跟旗妇联说一声，我们一起想办法。",
        f"{SIGN}你陪伴的孩子有些日子没有见到你了，有空看一看。{SEE_INBOX}",
        needs=("paired", "since"),
    ),
    NoticeKind.VISIT_WORRIES: Text(
        "爱心妈妈有点担心一个孩子",
        "陪伴{child}的爱心妈妈说有点担心。请今天给她打电话，谈过以后在“陪伴记录”里点“我来跟进”。",
        f"{SIGN}有一位爱心妈妈担心孩子，请今天给她打电话。{SEE_INBOX}",
        needs=("worry", "child"),
    ),
    NoticeKind.TRIAL_OVER: Text(
        "磨合期满了",
        "{child}和爱心妈妈的 60 天磨合期满了，请问过两边，决定接着陪还是结束。",
        f"{SIGN}有一对爱心妈妈的磨合期满了。{SEE_INBOX}",
        needs=("trial_over", "child"),
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
        f"{SIGN}你的申请有答复了。{SEE_INBOX}",
        needs=("mine", "child", "decided"),
    ),
    NoticeKind.FACTOR_RESET: Text(
        "手机验证码取消了",
        "两位管理员在{reset}取消了你的手机验证码，所有设备都已退出。"
        "不是你要求的，马上打电话给管理员。登录后请重新装一个。",
        f"{SIGN}两位管理员取消了你的手机验证码。不是你要求的，马上打电话给管理员。",
        needs=("reset",),
    ),
    NoticeKind.LOGIN_REPLACED: Text(
        "你的登录名不再连着爱心妈妈的资料",
        "旗妇联两个人把你的资料和孩子换到了另一个登录名下。不是你要求的，马上打电话给旗妇联。",
        f"{SIGN}你的登录名不再连着爱心妈妈的资料。不是你要求的，马上打电话给旗妇联。",
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
        f"{SIGN}有晚了的通知等放行。{SEE_INBOX}",
    ),
}
