"""Reads a text as a person would: look-alikes made plain, tricks undone, every position kept."""

# A pattern is read in one piece, its look-alikes are meant, its sizes are those of the number.
# ruff: noqa: PLR2004, RUF001

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

MARK = "【…】"
WALL = "\ue000"  # stands for a mark on a folded page: no pattern reaches across it

HAN = "\u3400-\u9fff\U00020000-\U0003ffff〇"
# One of them in a pattern, by what it is not: a range so long takes longer to compile than to match.
ONE = r"[^\W_a-zA-Z0-9]"
_LOOKALIKE = str.maketrans(
    "АВЕКМНОРСТХУаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧαοντρκ",
    "ABEKMHOPCTXYaeopcyxijsABEZHIKMNOPTYXaovtpk",
)
# Traditional characters that names, places and numbers are dressed up in.
_TRADITIONAL = (
    "電話號碼機聯繫絡學務醫廠礦銀區縣鎮鄉莊國華員師長萬億兩貳陸參貝爾蘇烏蘭圖爺媽們親愛劉張陳楊趙黃吳孫許鄧馮蕭葉閻鐘譚鄒龍錢"
    "湯龐顏齊費龔賴賈盧蔣韓馬羅鄭謝單戶屆證帳賬轉匯寶門廣東雲達納諾騰訊樓層園場隊辦處來嗎給誰說個這裡麗偉強軍濤傑艷鳳職舊邊對後過橋業團線車運動實驗館體衛環濱灣嶺溝營鐵興榮書"
)
_SIMPLE = (
    "电话号码机联系络学务医厂矿银区县镇乡庄国华员师长万亿两贰陆参贝尔苏乌兰图爷妈们亲爱刘张陈杨赵黄吴孙许邓冯萧叶阎钟谭邹龙钱"
    "汤庞颜齐费龚赖贾卢蒋韩马罗郑谢单户届证帐账转汇宝门广东云达纳诺腾讯楼层园场队办处来吗给谁说个这里丽伟强军涛杰艳凤职旧边对后过桥业团线车运动实验馆体卫环滨湾岭沟营铁兴荣书"
)
_TIDY = str.maketrans("\u3000\t，：！？（）；丶" + _TRADITIONAL, "  ,:!?();·" + _SIMPLE)
_NUMERALS = str.maketrans(
    "〇零洞一壹幺弌二贰两三叁参四肆五伍六陆七柒拐八捌九玖勾бЗз", "000111122233344556677788999633"
)
_PLAIN = re.compile(
    r"[\x00-\x7f\u3000-\u3002\u300a-\u300f\u4e00-\u9fff\u2014\u2018-\u201d\u2026，。！？；：（）]*"
)
_BLOCKS = ((0x1F130, 26), (0x1F150, 26), (0x1F170, 26), (0x1F1E6, 26))
_SYMBOLS = {
    "➕": "+",
    "🐧": "q",
    "❌": "x",
    "⭕": "0",
    "🅾": "0",
    "💯": "100",
    "＠": "@",
    "🎱": "8",
    "☝": "1",
    "✌": "2",
}
_SYMBOLS |= {chr(0x1F550 + at): str(at + 1) for at in range(9)}  # clock faces
_SYMBOLS |= {chr(0x2680 + at): str(at + 1) for at in range(6)}  # dice
_SYMBOLS |= {
    chr(first + at): str(at + 1) for first in (0x1F007, 0x1F010, 0x1F019) for at in range(9)
}  # mahjong tiles


@dataclass(frozen=True, slots=True)
class Page:
    """A folded text; character i was written at starts[i]:ends[i]."""

    text: str
    starts: list[int] | range
    ends: list[int] | range

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return where a piece of this page was written."""
        return self.starts[start], self.ends[end - 1]

    def numerals(self) -> "Page":
        """Return the page with Chinese numerals as digits, letters small; positions stay."""
        return Page(_as_numerals(self.text), self.starts, self.ends)


@lru_cache(maxsize=64)
def _as_numerals(text: str) -> str:
    return latin(text.translate(_NUMERALS)).lower()


_LONG = 40
_REPEATED = re.compile(rf"(.)\1{{{_LONG},}}", re.DOTALL)


def fold(text: str) -> Page:
    """Return the page of a text; of a long row of one character the last stands for the rest."""
    page = _folded(text)
    if not _REPEATED.search(page.text):
        return page
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for row in (*_REPEATED.finditer(page.text), None):
        stop = row.start() + _LONG if row else len(page.text)
        chars.append(page.text[at:stop])
        starts += page.starts[at:stop]
        ends += page.ends[at:stop]
        if row:
            ends[-1] = page.ends[row.end() - 1]
            at = row.end()
    return Page("".join(chars), starts, ends)


def _folded(text: str) -> Page:
    if _PLAIN.fullmatch(text) and MARK not in text:
        size = len(text)
        return Page(text.translate(_TIDY), range(size), range(1, size + 1))
    return _slowly(text)


def _slowly(text: str) -> Page:
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    while at < len(text):
        wide = len(MARK) if text.startswith(MARK, at) else 1
        for one in WALL if wide > 1 else _plain(text[at]):
            out.append(one)
            starts.append(at)
            ends.append(at + wide)
        at += wide
    return Page("".join(out).translate(_TIDY), starts, ends)


@lru_cache(maxsize=8192)
def _plain(one: str) -> str:
    """Return what one character stands for: nothing, itself, or its plain spelling."""
    if one in _SYMBOLS:
        return _SYMBOLS[one]
    category = unicodedata.category(one)
    if category in {"Cf", "Mn", "Me", "Co"} and not "\u1800" <= one <= "\u18af":
        return ""
    number = unicodedata.numeric(one, None)
    if number is not None and not "\u3400" <= one <= "\u9fff" and number == int(number) < 1000:
        return str(int(number))
    code = ord(one)
    for first, count in _BLOCKS:
        if first <= code < first + count:
            return chr(ord("a") + code - first)
    return _spelled(one)


def _spelled(one: str) -> str:
    if one == "…":
        return one
    bare = unicodedata.normalize("NFKD", one)
    if len(bare) > 1 and bare[0].isascii():
        bare = "".join(part for part in bare if unicodedata.category(part) != "Mn")
    else:
        bare = unicodedata.normalize("NFKC", one)
    return bare


@lru_cache(maxsize=64)
def latin(text: str) -> str:
    """Return the text with Cyrillic and Greek look-alikes as Latin; positions stay."""
    return text.translate(_LOOKALIKE)


_SPLIT = rf"(?:_|[^\w\n,.。!?;:、“”\"'《》（）(){WALL}])"
_CHAIN = re.compile(
    rf"{ONE}(?:(?:{_SPLIT}|\.){{1,3}}{ONE}(?!{ONE})){{2,}}(?:(?:{_SPLIT}|\.){{1,3}}{ONE})?"
    rf"|{ONE}(?:{_SPLIT}|\.){{1,3}}{ONE}(?!{ONE})(?:{_SPLIT}|\.){{1,3}}{ONE}|{ONE}\({ONE}\)(?={ONE})"
    r"|(?<![a-zA-Z0-9])[a-zA-Z0-9](?:[ ._*~-][a-zA-Z0-9](?![a-zA-Z0-9])){3,}"
)
_GAP = re.compile(r"[\W_]+")


def joined(page: Page) -> Page:
    """Return the page with characters that were spaced out one by one put together again."""
    drop: set[int] = set()
    for chain in _CHAIN.finditer(page.text):
        for gap in _GAP.finditer(page.text, chain.start(), chain.end()):
            drop.update(range(gap.start(), gap.end()))
    if not drop:
        return page
    keep = [at for at in range(len(page.text)) if at not in drop]
    return Page(
        "".join(page.text[at] for at in keep),
        [page.starts[at] for at in keep],
        [page.ends[at] for at in keep],
    )
