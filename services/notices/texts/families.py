"""What families, guardians, class teachers and whoever is called at a school are told."""

from collections.abc import Mapping

from services.notices.texts.text import SIGN, Text
from vocabulary.enums import NoticeKind

TO_FAMILIES: Mapping[NoticeKind, Text] = {
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
    NoticeKind.FAMILY_ASKED: Text(
        "问您一声",
        None,
        f"{SIGN}{{month}}的助学金，收到没有、数和日子对不对，请点开说一声：{{link}} "
        "家家都会抽到，怎么说都不影响以后的钱。点不开，打 {hotline}。",
        bars=("confirmed", "disputed", "feared"),
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

TO_GUARDIANS: Mapping[NoticeKind, Text] = {
    NoticeKind.CARD_CHANGES: Text(
        "收助学金的卡要改",
        None,
        f"{SIGN}您家收助学金的卡，{{holds}}起用新登记的。不是您办的，马上打 {{hotline}}。",
        needs=("holds",),
    ),
    NoticeKind.PHONE_CHANGES: Text(
        "您家的联系电话要改",
        None,
        f"{SIGN}您家登记的电话，{{holds}}起改成别的号码。不是您办的，马上打 {{hotline}}。",
        needs=("holds",),
    ),
}

TO_TEACHERS: Mapping[NoticeKind, Text] = {
    NoticeKind.CLASS_CODE: Text(
        "打开名单的六位数",
        None,
        f"{SIGN}打开本班名单的六位数：{{code}}。10 分钟里有效，只您自己看，别告诉别人。"
        "链接由学校资助专干发给您。",
        needs=("live",),
    ),
}

TO_CONTACTS: Mapping[NoticeKind, Text] = {
    NoticeKind.ACCOUNT_CHANGES: Text(
        "学校的收款账户要改",
        None,
        f"{SIGN}{{school}}收助学金的账户，{{holds}}起改用另一个。不是学校提出的，马上打 {{hotline}}。",
        needs=("holds",),
    ),
}
