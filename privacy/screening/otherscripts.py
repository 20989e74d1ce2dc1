"""Names that are not written in Han characters, and those joined by a dot."""

# A pattern is read in one piece, its look-alikes are meant, its sizes are those of the number.
# ruff: noqa: E501, RUF001, SIM905

import re
from collections.abc import Iterator

from privacy.screening.folding import HAN, Page
from privacy.screening.kinds import Found, Kind
from privacy.screening.lists import any_of, words

_WHY = "像姓名"
_SURNAMES = "ouyang|sima|zhuge|shangguan|wang|li|zhang|liu|chen|yang|zhao|huang|zhou|wu|xu|sun|hu|zhu|gao|lin|guo|luo|liang|song|zheng|xie|han|tang|feng|dong|xiao|cheng|cao|yuan|deng|fu|shen|zeng|peng|lv|lu|su|jiang|cai|jia|ding|wei|xue|ye|yan|yu|pan|du|dai|xia|zhong|tian|ren|fan|fang|shi|yao|tan|liao|zou|xiong|jin|hao|kong|bai|cui|kang|mao|qiu|qin|gu|hou|shao|meng|wan|duan|lei|qian|yin|qiao|lai|gong|wen|bao|guan|tu|mo|ao|na|e|he|ma|an|bi|wu lan|ge|jia"
_INITIAL = r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])"
_FINAL = r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|ui|uo|ue|ve|er|a|o|e|i|u|v)"
_SYLLABLE = rf"(?:{_INITIAL}?{_FINAL})"
_ENGLISH = frozenset(
    "The This That They She He It You We I Yes No Hi Hello Dear Happy New Year Merry Christmas Good Morning Thank Thanks Love Dad Mum Mom China Chinese English Math Sports Music Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September October November December Spring Summer Autumn Winter Mongolia Mongolian Inner Beijing Shanghai Shenyang Hohhot Ok Okay Unit Lesson Class Grade Oh Wow Let Please Sorry Welcome Long Bye Son Fan Fun Men Man Can Ten Pen Hen Den Pan Ran Gao Kao Yuan Hong Kong Tai Shan Bao Bei A An Do Go So To Me My Be Bei Ai Ni Wo Men Ha Hei Hehe Haha Lei Feng Feng Li Bai Du Fu Yao Ming Tom Jerry Mickey Mouse Peppa Pig Superman Spider Iron Harry Potter".split()
)
_SAYS = re.compile(
    r"(?:[Mm]y (?:\w+['’]s |English |Chinese |full )?name(?: is|[’']s|:)|[Nn]ame ?[:is]{1,2}|[Cc]all me|[Ii](?: a|['’])m called|I am|I['’]m|我的?(?:英文名字?|英语名字?|外文名)(?:是|叫|:)|我叫|名字叫|名字是|名叫|叫我|姓名:|[Yy]ours,?|[Ss]incerely,?|[Ff]rom|署名:?|我是|拼音是|名字的拼音是?|拼音:)"
    r"[ :,\n“\"]{0,3}(?P<name>[A-Za-z][a-z]+(?:[ ·.'’-]{1,2}[A-Z][a-z]+|(?<=[a-z])[A-Z][a-z]+){0,3}|(?-i:[A-Z]{2,12}(?: [A-Z]{2,12}){0,2}))"
)
_NO_NAME = re.compile(
    r"(?i:yi|er|san|si|wu|liu|qi|ba|jiu|shi|a|an|the|in|from|so|very|not|happy|glad|sorry|fine|ok|sad|good|tired|ten|nine|eight|eleven|twelve|thirteen|fourteen|fifteen|chinese|mongolian|student|your|you|at|here|now|to|proud|afraid|sure|just|going|also|really|always|still|me|us|them|him|her|vip|up|nba|it|student|girl|boy|teacher|and|my|school|china|for|no|all|too|cool|cute|who|he|she|well|ready|back|happy|hungry|ill|sick|friend|friends|class|grade|mother|father|from)$"
)
_TWO = re.compile(
    r"(?<![A-Za-z'’])(?P<family>[A-Z][a-z]{1,7}) (?P<given>[A-Z][a-z]{1,11}(?:[ -]?[A-Z]?[a-z]{1,5})?)(?![A-Za-z])"
)
_SHOUTED = re.compile(r"(?<![A-Za-z])(?P<family>[A-Z]{2,8}) (?P<given>[A-Z]{2,12})(?![A-Za-z])")
_GLUED = re.compile(
    rf"(?<![A-Za-z0-9_@.])(?P<family>{_SURNAMES})(?P<given>{_SYLLABLE}{{2}})(?![A-Za-z0-9_@.])"
)
_SPLIT = re.compile(
    rf"(?<![A-Za-z0-9_@.'’])(?P<family>{_SURNAMES})(?:[ -])(?P<given>{_SYLLABLE}[ -]?{_SYLLABLE}|{_SYLLABLE})(?![A-Za-z0-9'’]| [a-z])"
)
_HYPHEN = re.compile(r"(?<![A-Za-z])[A-Z][a-z]{2,12}-[A-Z]?[a-z]{3,12}(?![A-Za-z])")
_FAMILY = re.compile(rf"(?:{_SURNAMES})", re.IGNORECASE)
_GIVEN = re.compile(rf"{_SYLLABLE}[ -]?{_SYLLABLE}?", re.IGNORECASE)
_DOTTED = re.compile(
    rf"(?<![{HAN}])?[{HAN}]{{1,6}}[·•・‧∙⋅][{HAN}]{{1,7}}(?:[·•・‧∙⋅][{HAN}]{{1,6}})?"
)
_FOREIGN = frozenset(
    "海伦 凯勒 哈利 波特 托尔斯泰 列夫 爱因斯坦 马克 吐温 芬奇 达尔 居里 牛顿 爱迪生 贝多芬 莫扎特 安徒生 格林 法布尔 高尔基 奥斯特洛夫斯基 保尔 柯察金 柯南 福尔摩斯 夏洛克 莎士比亚 威廉 乔丹 布莱恩特 科比 詹姆斯 梅西 罗纳尔多 诺贝尔 雨果 维克多 凡尔纳 儒勒 斯威夫特 笛福 林肯 亚伯拉罕 华盛顿 乔治 丘吉尔 霍金 图灵 乔布斯 比尔 盖茨 马斯克 埃隆 艾伦 泰戈尔 纪伯伦 海明威 圣埃克苏佩里 罗琳 怀特 米切尔 迈克尔 杰克逊 泰勒 南丁格尔 诺尔曼 毕加索 梵高 文森特 米开朗基罗 伽利略 哥白尼 达尔文 门捷列夫 巴甫洛夫 列宁 斯大林 马克思 恩格斯 白求恩 阿姆斯特朗 加加林 麦哲伦 哥伦布 拿破仑 亚历山大 成吉思汗 孛儿只斤 铁木真 语文 数学 英语 蒙语 春 夏 秋 冬 上 下 中 新年 生日 儿童 母亲 父亲".split()
)
_MONGOLIAN = re.compile(
    r"[\u1820-\u18aa][\u180b-\u180f\u1820-\u18aa\u202f]*(?: [\u1820-\u18aa][\u180b-\u180f\u1820-\u18aa\u202f]*)*"
)
_MONGOL_NAMES = re.compile(
    "|".join(
        "ᠪᠠᠭᠠᠲᠤᠷ ᠪᠠᠲᠤ ᠴᠡᠴᠡᠭ ᠴᠢᠴᠢᠭ ᠰᠠᠷᠠᠨ ᠰᠠᠷᠠᠭᠤᠯ ᠨᠠᠷᠠᠨ ᠲᠤᠶᠠᠭ᠎ᠠ ᠲᠣᠶᠠᠭ᠎ᠠ ᠰᠡᠴᠡᠨ ᠡᠷᠳᠡᠨᠢ ᠪᠠᠶᠠᠷ ᠭᠠᠯᠠ ᠥᠨᠦᠷ ᠣᠶᠤᠨ ᠤᠯᠠᠭᠠᠨ ᠮᠥᠩᠬᠡ ᠲᠡᠮᠦᠷ ᠵᠢᠷᠭᠠᠯ ᠬᠠᠰ ᠴᠢᠯᠠᠭᠤ ᠰᠦᠬᠡ ᠪᠣᠯᠣᠳ".split()
    )
)
_MONGOL_GREETING = re.compile(
    "ᠰᠠᠶᠢᠨ|ᠪᠠᠶᠢᠨ|ᠪᠠᠶᠠᠷᠯᠠ|ᠠᠮᠤᠷ|ᠰᠢᠨ᠎ᠡ|ᠶᠡᠬᠡ|ᠮᠡᠨᠳᠦ|ᠳᠠᠯᠠᠢ|ᠡᠵᠢ|ᠠᠪᠤ|ᠪᠠᠭᠰᠢ|ᠮᠣᠩᠭᠣᠯ|ᠲᠠᠯ᠎ᠠ"
)
_MONGOL_SAYS = re.compile(
    r"(?:ᠨᠡᠷ᠎ᠡ|ᠨᠡᠷᠡ|ᠨᠡᠷ᠎ᠡ ᠪᠣᠯ|ᠨᠠᠮᠠᠶᠢ) (?P<name>[\u1820-\u18aa][\u180b-\u180f\u1820-\u18aa]*)"
)
_CYRILLIC = re.compile(r"[А-ЯЁӨҮа-яёөү]+(?:[ -][А-ЯЁӨҮа-яёөү]+)*")
_CYRILLIC_SAYS = re.compile(
    r"(?:[Нн]амайг|[Нн]эр(?:ийг)?|[Мм]еня зовут)[ :]+(?P<name>[А-ЯЁӨҮа-яёөү]+)"
)
_CYRILLIC_GREETING = re.compile(
    r"(?:[Сс]айн|[Бб]айна|[Бб]аярла|[Мм]энд|[Пп]ривет|[Сс]пасибо|[Хх]айр|[Бб]агш|[Ээ]эж|[Аа]ав|[Мм]онгол)"
)
_FEW = 2


def find(page: Page) -> Iterator[Found]:
    """Yield names in Latin, Mongolian and Cyrillic letters, and Han names with a dot inside."""
    text = page.text
    for span in (*_latin(text), *_dotted(text), *_mongolian(text), *_cyrillic(text)):
        yield Found(*span, Kind.NAME, _WHY)


def _latin(text: str) -> Iterator[tuple[int, int]]:
    for one in _SAYS.finditer(text):
        first = one["name"].partition(" ")[0]
        if not _NO_NAME.match(first) and not (first.islower() and first.endswith("ing")):
            yield one.span("name")
    yield from _pinyin(text)
    yield from (one.span() for one in _HYPHEN.finditer(text))


def _pinyin(text: str) -> Iterator[tuple[int, int]]:
    for form in (_TWO, _SHOUTED):
        for one in form.finditer(text):
            if _is_pinyin(one["family"].capitalize(), one["given"].capitalize()):
                yield one.span()
    for form in (_GLUED, _SPLIT):
        yield from (one.span() for one in form.finditer(text) if one["given"] not in _PLAIN_WORDS)


_PLAIN_WORDS = frozenset(
    "le me you he she age ping pong sang song done dong tong bang ma hui ai bu de ge yi er san".split()
)


def _is_pinyin(family: str, given: str) -> bool:
    if family in _ENGLISH and given.partition(" ")[0] in _ENGLISH:
        return False
    return bool(_FAMILY.fullmatch(family) and _GIVEN.fullmatch(given) and given not in _ENGLISH)


def _dotted(text: str) -> Iterator[tuple[int, int]]:
    for one in _DOTTED.finditer(text):
        parts = re.split(r" ?[·•・‧∙⋅] ?", one[0])
        if any(
            part in _FOREIGN or any(part.endswith(known) for known in _FOREIGN if len(known) > 1)
            for part in parts
        ):
            continue
        if words("famous") & set(parts) or _in_title(text, one.start()):
            continue
        begin = _LEAD.match(one[0])
        yield one.start() + (begin.end() if begin and begin.end() < len(parts[0]) else 0), one.end()


_LEADS = (
    "我叫",
    "我是",
    "名叫",
    "叫",
    "是",
    "和",
    "跟",
    "给",
    "的",
    "同桌",
    "妈妈",
    "爸爸",
    "老师",
    "叔叔",
    "找",
    "我",
    "朋友",
    "同学",
    "谢谢",
    "爷爷",
    "奶奶",
    "阿姨",
    "姐姐",
    "哥哥",
    "弟弟",
    "妹妹",
    "班主任",
    "名字",
    "在",
    "与",
)

_LEAD = re.compile(rf"^(?:{any_of(_LEADS)})+")


def _in_title(text: str, at: int) -> bool:
    return text.rfind("《", 0, at) > text.rfind("》", 0, at)


def _mongolian(text: str) -> Iterator[tuple[int, int]]:
    yield from (one.span("name") for one in _MONGOL_SAYS.finditer(text))
    for one in _MONGOLIAN.finditer(text):
        if one[0].count(" ") < _FEW and not _MONGOL_GREETING.search(one[0]):
            yield one.span()
        else:
            yield from (
                (one.start() + a, one.start() + b)
                for a, b in (w.span() for w in re.finditer(r"[^ ]+", one[0]))
                if _MONGOL_NAMES.match(one[0], a)
            )


def _cyrillic(text: str) -> Iterator[tuple[int, int]]:
    yield from (one.span("name") for one in _CYRILLIC_SAYS.finditer(text))
    for one in _CYRILLIC.finditer(text):
        few = one[0].count(" ") < _FEW and len(one[0]) > _FEW
        if few and one[0][0].isupper() and not _CYRILLIC_GREETING.match(one[0]):
            yield one.span()
