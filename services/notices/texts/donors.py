"""What donors are told."""

from collections.abc import Mapping

from services.notices.texts.text import SEE_PAGE, SIGN, Text
from vocabulary.enums import NoticeKind

TO_DONORS: Mapping[NoticeKind, Text] = {
    NoticeKind.PRIVATE_LINK: Text(
        "你的专用链接", None, f"{SIGN}你的专用链接：{{link}} 请存好，别转发给别人。"
    ),
    NoticeKind.PLEDGE_CONFIRMED: Text(
        "认捐生效",
        "第一笔钱到账了，认捐生效。接下来给孩子结对，结好了告诉你。",
        f"{SIGN}钱到账了，认捐生效。{SEE_PAGE}",
        needs=("pledge",),
    ),
    NoticeKind.MATCHED: Text(
        "结对好了",
        "和“{code_name}”结对了。每一笔到了哪一步，这里都看得到。",
        f"{SIGN}结对好了。{SEE_PAGE}",
        needs=("consented",),
    ),
    NoticeKind.HANDED_OVER: Text(
        "学校已转交", "{month}的一笔，{hand}{handed}已转交，等家里确认。", None, bars=("confirmed",)
    ),
    NoticeKind.CONFIRMED: Text(
        "家里已签收",
        "{month}的一笔，{confirmed}家里说收到了。",
        f"{SIGN}{{month}}的一笔，家里已签收。{SEE_PAGE}",
        needs=("confirmed",),
    ),
    NoticeKind.CHANGE_TAKES_EFFECT: Text(
        "改动生效",
        "你改的认捐从{effective}起生效。",
        f"{SIGN}你改的认捐从{{effective}}起生效。{SEE_PAGE}",
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
        f"{SIGN}你支持的孩子快毕业了。{SEE_PAGE}",
        needs=("consented", "ends"),
    ),
    NoticeKind.IDENTITY_SHOWN: Text(
        "有人看了你的身份",
        "{shown}，捐赠信息保密员依规定看了你留下的身份资料，事由：{why}。"
        "这件事由两个人同意，留有记录。孩子和学校仍然不知道你是谁。",
        f"{SIGN}有人依规定看了你留下的身份资料。{SEE_PAGE}",
        needs=("shown", "why"),
    ),
    NoticeKind.DEATH_TAKEN_BACK: Text(
        "我们弄错了，对不起",
        "{noted}，我们登记错了一件事，停过你的链接和消息。现在改回来了，你的认捐照旧。"
        "原来的链接不能再用，请在首页换一条新的。",
        f"{SIGN}之前停过你的链接，是我们弄错了，认捐照旧。请在首页换一条新链接。",
        needs=("noted",),
    ),
    NoticeKind.PAYMENT_DUE: Text(
        "有一笔还没到账",
        "这一期的钱还没到账。怎么付、付多少，写在“怎么付”里；已经付了的，不用管。",
        f"{SIGN}这一期的钱还没到账。怎么付：打开你的专用链接。已经付了的，不用管。",
        needs=("pledge",),
    ),
    NoticeKind.MONEY_WAS_ANOTHERS: Text(
        "有一笔到账改了",
        "核对时发现，记在你名下的一笔到账其实是别人付的，已经改过来。那几期孩子没有少收，"
        "先由爱心备用金垫着。方便时补上就好；手头紧也没关系，可以暂停、改少一点。",
        f"{SIGN}记在你名下的一笔到账其实是别人付的，已经改过来，孩子没有少收。{SEE_PAGE}",
        needs=("pledge",),
    ),
    NoticeKind.PAYMENT_LATE: Text(
        "有一期还没到账",
        "{late}那一期还没到账。{meanwhile}已经付了的，不用管；手头紧也没关系，可以暂停、改少一点。",
        f"{SIGN}有一期的钱还没到账，已经付了的不用管。手头紧可以暂停或改少：打开你的专用链接。",
        needs=("late",),
    ),
    NoticeKind.CHANGE_NOT_MADE: Text(
        "有一个改动没有改成",
        "你要改的没有改成：{effective}的时候，孩子那边已经用不了这么多。一切照旧，不用你做什么。",
        f"{SIGN}你要改的没有改成，一切照旧。{SEE_PAGE}",
        needs=("effective",),
    ),
    NoticeKind.GIFT_NOT_GIVEN: Text(
        "另加的一份没有给出去",
        "你说要给“{code_name}”另加的一份没有给出去：{why}。没有动你的钱。",
        f"{SIGN}你说要另加的一份没有给出去，没有动你的钱。{SEE_PAGE}",
        needs=("why",),
    ),
    NoticeKind.CERTIFICATE_VOID: Text(
        "有一张捐赠证书作废了",
        "编号 {number} 的捐赠证书{voided}作废：{void_because}。"
        "手里那张扫码会显示已作废，新的在“对账单和证书”里。",
        f"{SIGN}有一张捐赠证书作废了。{SEE_PAGE}",
        needs=("number", "void_because"),
    ),
    NoticeKind.TAKE_OVER_ASKED: Text(
        "有人请你接着付一份认捐",
        "有人请你接着付一份给孩子的认捐，愿意、不愿意都好。怎么付、付多少，写在“我的认捐”里。",
        f"{SIGN}有人请你接着付一份给孩子的认捐，愿不愿意都好：{{link}} 不想接，不用理。",
        needs=("asked",),
    ),
    NoticeKind.CONTACT_ASKED: Text(
        "有人请你做一份认捐的联系人",
        "单位或集体的一份认捐，想请你做联系人，愿意、不愿意都好。写在“我的认捐”里。",
        f"{SIGN}单位或集体的一份认捐，想请你做联系人，愿不愿意都好：{{link}} 不想接，不用理。",
        needs=("asked",),
    ),
    NoticeKind.EARMARK_ASKED: Text(
        "有一件事想问你",
        "你捐的一笔钱说好了只用于一个用途，现在用不上。能不能用来帮别的孩子，写在“钱的用途”里，"
        "{asked}前答都可以。不答，就照原来的用途。",
        f"{SIGN}有一件关于你捐款用途的事想问你：{{link}} 不答就照原来的用途。",
        needs=("asked",),
    ),
    NoticeKind.REST_ASKED: Text(
        "余下的钱，你来定",
        "你停了的一份还余 {rest}。给下一个孩子、转入爱心备用金，还是退回，写在那一份下面。"
        "不急，没有答复就一直留着。",
        f"{SIGN}你停了的一份还有余下的钱，怎么用你来定：{{link}} 不急，没有答复就一直留着。",
        needs=("rest",),
    ),
    NoticeKind.TAKE_OVER_ANSWERED: Text(
        "接着付的事有答复了",
        "你请人接着付的那一份：{answered}",
        f"{SIGN}你请人接着付的那一份有答复了。{SEE_PAGE}",
        needs=("answered",),
    ),
    NoticeKind.TAKE_OVER_DONE: Text(
        "有人接着付了",
        "从{handed_on}那一期起，由你请的人接着付，你这一份就到这里。谢谢你。",
        f"{SIGN}你请的人接着付了，你这一份就到这里。{SEE_PAGE}",
        needs=("handed_on",),
    ),
    NoticeKind.TAKE_OVER_OFF: Text(
        "接着付的事没有接成",
        "你答应接着付的那一份，这回没有接成。{off}",
        f"{SIGN}你答应接着付的那一份，这回没有接成。{SEE_PAGE}",
        needs=("off",),
    ),
    NoticeKind.REVEAL_ASKED: Text(
        "有人想认识你",
        "“{code_name}”家里想认识你。愿意、不愿意都好，不用说理由；不回也可以。",
        f"{SIGN}有一句话转给你。{SEE_PAGE}",
        needs=("asked",),
    ),
    NoticeKind.REVEAL_SHOWN: Text(
        "你们可以互相认识了",
        "两边都愿意，旗妇联也核对过了。“{code_name}”家里愿意给你看的，写在那一页上。",
        f"{SIGN}有一句话转给你。{SEE_PAGE}",
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
        f"{SIGN}你写的信要改一改再寄。{SEE_PAGE}",
        needs=("back",),
    ),
}
