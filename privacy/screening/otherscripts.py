"""Names that are not written in Han characters, and those joined by a dot."""

# A pattern is read in one piece, its look-alikes are meant, its sizes are those of the number.
# ruff: noqa: E501, RUF001, SIM905

import re
from collections.abc import Iterator

from privacy.screening import dotted, latinnames, textbook
from privacy.screening.folding import Page
from privacy.screening.kinds import Found, Kind

_WHY = "像姓名"
_SURNAMES = "ouyang|sima|zhuge|shangguan|wang|li|zhang|liu|chen|yang|zhao|huang|zhou|wu|xu|sun|hu|zhu|gao|lin|guo|luo|liang|song|zheng|xie|han|tang|feng|dong|xiao|cheng|cao|yuan|deng|fu|shen|zeng|peng|lv|lu|su|jiang|cai|jia|ding|wei|xue|ye|yan|yu|pan|du|dai|xia|zhong|tian|ren|fan|fang|shi|yao|tan|liao|zou|xiong|jin|hao|kong|bai|cui|kang|mao|qiu|qin|gu|hou|shao|meng|wan|duan|lei|qian|yin|qiao|lai|gong|wen|bao|guan|tu|mo|ao|na|e|he|ma|an|bi|wu lan|ge|jia"
_INITIAL = r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])"
_FINAL = r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|ui|uo|ue|ve|er|a|o|e|i|u|v)"
_SYLLABLE = rf"(?:{_INITIAL}?{_FINAL})"
_ENGLISH = frozenset(
    "The This That They She He It You We I Yes No Hi Hello Dear Happy New Year Merry Christmas Good Morning Thank Thanks Love Dad Mum Mom China Chinese English Math Sports Music Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September October November December Spring Summer Autumn Winter Mongolia Mongolian Inner Beijing Shanghai Shenyang Hohhot Ok Okay Unit Lesson Class Grade Oh Wow Let Please Sorry Welcome Long Bye Son Fan Fun Men Man Can Ten Pen Hen Den Pan Ran Gao Kao Yuan Hong Kong Tai Shan Bao Bei A An Do Go So To Me My Be Bei Ai Ni Wo Men Ha Hei Hehe Haha Lei Feng Feng Li Bai Du Fu Yao Ming Tom Jerry Mickey Mouse Peppa Pig Superman Spider Iron Harry Potter".split()
)
_SYLLABLES = frozenset("Ming Lei Feng Yuan Hong Yao Bao Li Gao Bai".split())
_SAYS = re.compile(
    r"(?:[Mm]y (?:\w+['’]s |English |Chinese |full )?name(?: is|[’']s|:)|[Nn]ame ?[:is]{1,2}|[Cc]all me|[Ii](?: a|['’])m called|I am|I['’]m|我的?(?:英文名字?|英语名字?|外文名)(?:是|叫|:)|我叫|名字叫|名字是|名叫|叫我|姓名:|[Yy]ours,?|[Ss]incerely,?|[Ff]rom|署名:?|我是|(?<![a-z]的)拼音是|名字的拼音是?|拼音:)"
    r"[ :,\n“\"]{0,3}(?P<name>[A-Za-z][a-z]+(?:[ ·.'’-]{1,2}[A-Z][a-z]+|(?<=[a-z])[A-Z][a-z]+){0,3}|(?-i:[A-Z]{2,12}(?: [A-Z]{2,12}){0,2}))"
)
_NO_NAME = re.compile(
    r"(?i:yi|er|san|si|wu|liu|qi|ba|jiu|shi|a|an|the|in|from|so|very|not|happy|glad|sorry|fine|ok|sad|good|tired|ten|nine|eight|eleven|twelve|thirteen|fourteen|fifteen|chinese|mongolian|student|your|you|at|here|now|to|proud|afraid|sure|just|going|also|really|always|still|me|us|them|him|her|vip|up|nba|it|student|girl|boy|teacher|and|my|school|china|for|no|all|too|cool|cute|who|he|she|well|ready|back|happy|hungry|ill|sick|friend|friends|class|grade|mother|father|from|truly|sincerely|faithfully|written|called|on|a|of|one|only|easy|long|short|hard|here|there|known|given)$"
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
# 名字: tuo ya ge ri le
_SPELLED = re.compile(
    rf"(?:名字|姓名|我叫|叫我|署名|落款)[^A-Za-z。!?\n]{{0,6}}(?P<name>{_SYLLABLE}(?:[ -]{_SYLLABLE}){{2,6}})(?![A-Za-z])"
)
_HYPHEN = re.compile(r"(?<![A-Za-z])[A-Z][a-z]{2,12}-[A-Z]?[a-z]{3,12}(?![A-Za-z])")
_FAMILY = re.compile(rf"(?:{_SURNAMES})", re.IGNORECASE)
_GIVEN = re.compile(rf"{_SYLLABLE}[ -]?{_SYLLABLE}?", re.IGNORECASE)
_MONGOLIAN = re.compile(
    r"[\u1820-\u18aa][\u180b-\u180f\u1820-\u18aa\u202f]*(?: [\u1820-\u18aa][\u180b-\u180f\u1820-\u18aa\u202f]*)*"
)
# nige, hoyor, gurav: counting in Mongolian; words of it in a row.
_COUNTING = re.compile(
    r"(?i:neg[e]?|nige|hoyor|qoyar|khoyor|gurav|gurban|gurba|d[oö]r[oö]v|dorbe|tav|tabu|zurgaa|jirgu|doloo|dologa|naim|naima|yes|yisu|arav|arba)(?:[、,， ]+(?i:nige|hoyor|qoyar|khoyor|gurav|gurban|gurba|d[oö]r[oö]v|dorbe|tav|tabu|zurgaa|jirgu|doloo|dologa|naim|naima|yes|yisu|arav|arba))+"
)
_MONGOL_NAMES = re.compile(
    "|".join(
        "ᠪᠠᠭᠠᠲᠤᠷ ᠪᠠᠲᠤ ᠴᠡᠴᠡᠭ ᠴᠢᠴᠢᠭ ᠰᠠᠷᠠᠨ ᠰᠠᠷᠠᠭᠤᠯ ᠨᠠᠷᠠᠨ ᠲᠤᠶᠠᠭ᠎ᠠ ᠲᠣᠶᠠᠭ᠎ᠠ ᠰᠡᠴᠡᠨ ᠡᠷᠳᠡᠨᠢ ᠪᠠᠶᠠᠷ ᠭᠠᠯᠠ ᠥᠨᠦᠷ ᠣᠶᠤᠨ ᠤᠯᠠᠭᠠᠨ ᠮᠥᠩᠬᠡ ᠲᠡᠮᠦᠷ ᠵᠢᠷᠭᠠᠯ ᠬᠠᠰ ᠴᠢᠯᠠᠭᠤ ᠰᠦᠬᠡ ᠪᠣᠯᠣᠳ".split()
    )
)
_MONGOL_GREETING = re.compile(
    "ᠰᠠᠶ?ᠢᠨ|ᠪᠠᠶ?ᠢᠨ|ᠪᠠᠶᠠᠷᠯᠠ|ᠠᠮᠤᠷ|ᠰᠢᠨ᠎ᠡ|ᠶᠡᠬᠡ|ᠮᠡᠨᠳᠦ|ᠳᠠᠯᠠᠢ|ᠡᠵᠢ|ᠠᠪᠤ|ᠪᠠᠭᠰᠢ|ᠮᠣᠩᠭᠣᠯ|ᠲᠠᠯ᠎ᠠ"
)
_MONGOL_SAYS = re.compile(
    r"(?:ᠨᠡᠷ᠎ᠡ|ᠨᠡᠷᠡ|ᠨᠠᠮᠠᠶᠢ)(?: (?:ᠪᠣᠯ|ᠨᠢ))? (?!ᠪᠣᠯ |ᠨᠢ )(?P<name>[\u1820-\u18aa][\u180b-\u180f\u1820-\u18aa]*)"
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
    figures = frozenset(textbook.find(text))
    latin = (span for span in _latin(text) if span not in figures)
    counted = [one.span() for one in _COUNTING.finditer(text)]
    latin = (span for span in latin if not any(a <= span[0] < b for a, b in counted))
    for span in (*latin, *dotted.find(text), *_mongolian(text), *_cyrillic(text)):
        yield Found(*span, Kind.NAME, _WHY)


def _latin(text: str) -> Iterator[tuple[int, int]]:
    for one in _SAYS.finditer(text):
        first = one["name"].partition(" ")[0]
        if not _NO_NAME.match(first) and not (first.islower() and first.endswith("ing")):
            yield one.span("name")
    yield from latinnames.find(text)
    yield from _pinyin(text)
    yield from (one.span("name") for one in _SPELLED.finditer(text))
    yield from (one.span() for one in _HYPHEN.finditer(text))


def _pinyin(text: str) -> Iterator[tuple[int, int]]:
    for form in (_TWO, _SHOUTED):
        for one in form.finditer(text):
            if _is_pinyin(one["family"].capitalize(), one["given"].capitalize()):
                yield one.span()
    for form in (_GLUED, _SPLIT):
        yield from (one.span() for one in form.finditer(text) if not _is_english(text, one))


_PLAIN_WORDS = frozenset(
    "le me you he she age ping pong sang song done dong tong bang ma hui ai bu de ge yi er san".split()
)


# English words that are two syllables of pinyin as well.
_ENGLISH_TOO = frozenset(
    "live lived lives living movie move moves moving heading eve evening even ever eaten eating manure marine madame machine native nature naive leisure lieu fugue future moose geese genie guide guided guise mobile mouse anime eager ease erase emoji manage manager module license linkage header equip suite geography".split()
)
# What a first lesson in pinyin spells: school, to learn, teacher, glad.
_PINYIN_WORDS = frozenset(
    (
        "xue xiao",
        "xiao xue",
        "xue xi",
        "xue sheng",
        "gao xing",
        "bai se",
        "huang se",
        "yu wen",
        "shu xue",
    )
)
_ENGLISH_BEFORE = re.compile(r"(?P<word>[A-Za-z'’]+)[ ,]+$")
_SAID_IN_PINYIN = frozenset("jiao shi ming zi xing wo name is me am called".split())


def _is_english(text: str, one: re.Match[str]) -> bool:
    """Say whether it is no pinyin: an English word, or small letters in an English sentence."""
    if one["given"] in _PLAIN_WORDS or one[0] in _ENGLISH_TOO | _PINYIN_WORDS:
        return True
    before = _ENGLISH_BEFORE.search(text, max(0, one.start() - 16), one.start())
    if not before or not one[0].islower():
        return False
    return before["word"].lower() not in _SAID_IN_PINYIN


def _is_pinyin(family: str, given: str) -> bool:
    if family in _ENGLISH and given.partition(" ")[0] in _ENGLISH:
        return False
    if given in _ENGLISH and (given not in _SYLLABLES or family in _ENGLISH):
        return False
    return bool(_FAMILY.fullmatch(family) and _GIVEN.fullmatch(given))


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
