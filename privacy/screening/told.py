"""Short or broken numbers that the sentence itself calls a telephone, a card, a plate."""

# A pattern is read in one piece, its look-alikes are meant, its sizes are those of the number.
# ruff: noqa: E501, PLR2004

import re
from collections.abc import Iterator

from privacy.screening.counting import counted
from privacy.screening.folding import Page
from privacy.screening.kinds import Found, Kind

_GAP = r"[ .·•,、_*~/|()—–…:\"'#-]"
_DIGITS = rf"[0-9](?:{_GAP}{{0,2}}[0-9])"
# What a word before it makes a code of one's own: at least a digit in it.
_CODE = re.compile(
    r"(?:密码|口令|提取码|验证码|取[件货]码|取件|快递码|取件号|邀请码|兑换码|激活码|会议号?码?|会议id|房间号|频道号?|群(?:聊)?号码?|单号|流水号|凭证号|学号|学籍号?|考号|准考证号?|工号|警号|会员号|医保[号卡]?|社保[号卡]?|残疾证|低保证|户号|电表号|档案号|证号|证件号?|护照|身份证|卡号|账号|帐号|账户|存折|zoom|wifi)"
    r"[^0-9a-z\n。!?]{0,8}(?P<code>(?=[a-z-]{0,12}[0-9])[a-z0-9](?:[ -]?[a-z0-9]){3,29})(?![年月元块])"
)
# Near the word, every piece of the number tells: 身份证后四位0043，前面是150723.
_NEAR_CARD = re.compile(r"(?:身份证|证件号|银行卡|卡号|户口本)[^。!?\n]{0,40}")
_PIECE = re.compile(r"(?<![0-9.])[0-9]{4,10}(?![0-9.]|[年元块人斤岁个])")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][^\w\n\ue000]{0,2}[a-z](?:[点杠斜])?(?:(?:[^\w\n,。;!?\ue000]{0,3}[a-z0-9]){5,6}(?![a-z0-9])[挂学警]?|(?:[ ·•.-]{0,2}[a-z0-9]){4,5}[ ·-]?[挂学警港澳领])"
    # mengG 58T32
    r"|(?<![a-z])(?:meng|jing|liao|hei|ji|lu|jin|shan|gan|ning|yu|xin|su|zhe|wan|gui|yue|chuan|gui|yun|qing)[ ·-]?[a-z](?:[ ·•.-]{0,2}[a-z0-9]){5,6}(?![a-z0-9])"
)
_TOLD = (
    (re.compile(
        r"(?:电话|手机|手机号|号码|联系方式|联系我|打给我|打我|打家里|打到家|打我家|打过来|拨打|call(?: me)?|tel|phone|短信|座机|我的号|☎|📞|📱)"
        rf"[^0-9\n。;!?]{{0,10}}({_DIGITS}{{6,19}})"), Kind.PHONE, "信里说是电话"),
    (re.compile(rf"({_DIGITS}{{6,19}})[ ,]?(?:\(|这|就)?是?(?:我|我家|我妈|我爸|妈妈|爸爸|家里|我们家)的?(?:电话|手机|号码|联系|号)"),
     Kind.PHONE, "信里说是电话"),
    (re.compile(rf"(?:身份证|证件号|户口本|学籍号|学号|准考证|残疾证|低保证)[^0-9\n。]{{0,10}}(g?{_DIGITS}{{3,24}}x?)"),
     Kind.IDENTITY, "信里说是证件号"),
    (re.compile(rf"(?:银行卡|卡号|账号|帐号|账户|存折|工行|农行|建行|邮储|信用社|一卡通|社保卡|汇到|打到|转到)[^0-9\n。]{{0,12}}({_DIGITS}{{7,24}})"),
     Kind.CARD, "信里说是账号"),
    (re.compile(r"(?:尾号|[后末][0-9]位(?:数字?)?|最后[0-9](?:位|个数字?)|开头[0-9]位)[^0-9\n。]{0,4}([0-9](?:[ .-]?[0-9]){2,7})"),
     Kind.NUMBER, "号码的一段"),
    (re.compile(r"(?:邮编|邮政编码)[^0-9\n。]{0,4}([0-9](?:[ .-]?[0-9]){5})"), Kind.PLACE, "邮编"),
    (re.compile(r"(?:车牌号?|牌照|车号)[^0-9a-z\n。]{0,6}([a-z]?[ ·.-]?[a-z0-9](?:[ ·.-]?[a-z0-9]){3,6})"),
     Kind.PLATE, "信里说是车牌"),
    # 车号内蒙的简称后面接L-M8205: its first character is only told.
    (re.compile(r"(?:车牌号?|牌照|车号|简称)[^0-9a-z\n。]{0,14}([a-m][ ·.-]?(?=[a-z]{0,4}[0-9][a-z]{0,3}[0-9])[a-z0-9]{5})(?![a-z0-9])"),
     Kind.PLATE, "信里说是车牌"),
)  # fmt: skip
_DATE = re.compile(r"(?:19|20)\d\d(?:[-./ ,]|[01]\d[0-3]\d(?!\d))")
_MOBILE = re.compile(r"1[3-9]\d{9}")


def find(page: Page) -> Iterator[Found]:
    """Yield what only the words around it make a number of one's own."""
    text = page.text
    for form, kind, why in _TOLD:
        for one in form.finditer(text):
            if kind is Kind.NUMBER and len(set(one[1])) == 1:
                continue  # 尾号8888的特别贵: told of for its beauty
            if kind not in {Kind.PHONE, Kind.CARD} or not _DATE.match(one[1]):
                yield Found(*one.span(1), kind, why)
    yield from _codes(text)
    yield from (
        Found(*one.span(), Kind.PLATE, "像车牌")
        for one in _PLATE.finditer(text)
        if _has_digits(one[0])
    )
    yield from (Found(*one.span(), Kind.PHONE, "插了字的号码") for one in _LACED.finditer(text))


def _codes(text: str) -> Iterator[Found]:
    for one in _CODE.finditer(text):
        if not (_DATE.match(one["code"]) or counted(text, one.end())):
            yield Found(*one.span("code"), Kind.NUMBER, "信里说是号码")
    for near in _NEAR_CARD.finditer(text):
        for one in _PIECE.finditer(text, *near.span()):
            yield Found(*one.span(), Kind.NUMBER, "号码的一段")


_LACED = re.compile(r"1(?P<lace>[^\d\s]{1,2})[3-9](?:(?P=lace)\d){9}")


def _has_digits(plate: str) -> bool:
    return sum(one.isdigit() for one in plate) >= 2
