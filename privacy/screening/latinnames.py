"""Names in Latin letters: first and family name, Mongolian ones by sound, one alone when told."""

# A pattern is read in one piece, its sizes are those of the name.
# ruff: noqa: E501, SIM905

import re
from collections.abc import Iterator
from functools import cache

from privacy.screening.folding import HAN
from privacy.screening.lists import any_of, words

# Whom a schoolbook tells of, by the last word of the name; and what begins like a name.
_KNOWN = frozenset(
    "Potter Jackson Einstein Keller Newton Jobs Sawyer Jordan Bryant Messi Edison Curie Shakespeare Swift Bean Crusoe Finn Pan Watson Holmes Claus Mouse Duck Lincoln Washington Bieber Musk Gates Twain Dickens Darwin Nobel Obama Trump Biden Columbus Gulliver Eyre Copperfield Wonka Poppins Stark Rogers Parker Wayne Disney Rowling Nightingale Chaplin Monroe Armstrong Wright Bell Franklin King Luther Mandela".split()
)
_PLAIN = frozenset(
    "The A An This That These Those He She It We You They I My Your His Her Our Their Is Are Was Were Am Be Do Does Did Can Could May Might Will Would Shall Should Must Have Has Had Go Come Let Day Days Fool Fools Year Night Morning Evening Afternoon Eve City River Street Road School University College Park Hotel Lake Mountain Island Bay House Club Book Books Time Times Song Story English Chinese Math Class Grade Unit Lesson And Or But Not No Yes Of In On At To From For With By About So Very Too And Please Thank Thanks Said Says Say Asked Likes Like Loves Went Goes Came Wants Want Said".split()
)
_NOT_FIRST = frozenset(
    "May Will Mark Jordan Christian Grace Rose Penny Crystal Daisy Amber Max Virginia Madison Austin Charlotte Victoria".split()
)
_PLACE = frozenset(
    "Falls Lake City River Street Park Island Secret Harbour Station Beach Day".split()
)
_WORD = r"[A-Z][a-z]{1,14}"
_TWO = re.compile(
    rf"(?<![A-Za-z'’@.])(?P<first>{_WORD})(?: [A-Z]\.)? (?P<last>(?:O['’]|Mc|Mac)?{_WORD})(?![A-Za-z'’@])(?!\.[A-Za-z])"
)
_FAMILY = r"(?:Wang|Zhang|Zhao|Zhou|Huang|Yang|Chen|Liu|Xu|Zhu|Lin|Guo|Luo|Liang|Song|Zheng|Xie|Tang|Feng|Deng|Cao|Zeng|Peng|Jiang|Cai|Pan|Wei|Xue|Ye|Yu|Su|Lu|Ma|Sun|Wu|Wong|Chan|Lee|Kim|Cheung|Lau|Ng|Tan|Lim)"
_ENDS_AS_FAMILY = re.compile(
    rf"{_FAMILY}$|[A-Z][a-z]+(?:ova?|eva?|enko|sky|ska|vich|son|sen|berg|man|stein)$"
)
_STEMS = "alima|borji?gin|altan|bat(?:u|aar|bayar)?|bayar|bolor|bold|borte|bulgan|burgud|chimeg|choijil|chuluun|dalai|davaa|delger|dorj|dulmaa|enkh|enke|erden[ei]|erke|gan|gantulga|gerel|gua|gowa|gaowa|jargal|jirgal|khulan|khongor|khuslen|lkhagva|manduul|maral|menghe|mongke|mongun|munkh|monkh|naran|nergui|nomin|nomun|odgerel|odon|odval|otgon|oyun|purev|qimuge|qiqige|saran|sarnai|saruul|sechen|siqin|solongo|sukh|suren|temu[ujl]+e?n|temur|tomor|tumur|tsetseg|chechek|tsend|tsogt|tugs|tuul|tuya|uchral|undral|ulaan|uyanga|wulan|wuyun|yesui|zaya|zul|sod|dulam|tsolmon|ider|tamir|urnaa?|oyuna|agula|buhe|chogtu|mandula|nabuqi|narisu|nasun|sarina|saruna|siriguleng|surina|sulide|tegus|tonglaga|wurina|wuri|zolboo|zorig|bilguun|chimgee|anu|ariun|amar|ankh|azjargal|baatar|bayan|bilig|bileg|od|nasan|tulga|tuvshin|tegshi|unur|ujin|jin|khan|maa|mandakh|soyol|sumiya|nandin|nara|sara|khishig|hishig|buyan|badam|togtokh|tserin|tseren|dagva|gombo|nyam|ochir|lham|ölzii|ulzii|khas|has|jaya"
_MONGOL = re.compile(
    rf"(?<![A-Za-z0-9_@.'’-])(?=[A-Z][a-z]{{4,}})(?i:(?:{_STEMS}){{1,3}}(?:aa?|ee?|ii?|uu|oo|maa|gua|jin|khan|suren)?)(?![A-Za-z0-9_@'’-])(?!\.[a-z])"
)
_SINGLE_PLAIN = re.compile(r"(?i:bold|gan|has|od|sara|khan|amar|bat|altan|dalai|ulaan|mongun)$")
_ROLES = r"(?:[Bb]rother|[Ss]ister|[Ff]riends?|[Tt]eacher|[Cc]lassmate|[Uu]ncle|[Aa]un(?:t|ty|tie)|[Cc]ousin|[Mm]other|[Ff]ather|[Gg]rand(?:ma|pa|mother|father)|[Ss]on|[Dd]aughter|[Nn]eighbou?r|Mrs?\.?|Miss|Ms\.?|Dr\.?|Sir|Teacher|Dear|Hi|Hello)"
_ALONE = (
    re.compile(rf"(?<![A-Za-z]){_ROLES},? (?P<name>{_WORD}(?: {_WORD})?)(?![A-Za-z])"),
    re.compile(rf"(?:[Ww]ishes|[Yy]ours(?: (?:sincerely|truly|faithfully))?|[Ss]incerely(?: yours)?|[Rr]egards|[Ll]ove|[Ff]rom|[Ff]riend),?[ \n]*\n *(?P<name>{_WORD}(?: {_WORD})?) *(?=$|\n)"),
    re.compile(rf"(?<![A-Za-z])(?P<name>{_WORD}) is (?:my|his|her|our) (?:\w+ ){{0,2}}(?:friend|sister|brother|cousin|classmate|teacher|deskmate|uncle|aunt|mother|father)"),
    re.compile(
        rf"(?:外教|交换生|留学生|教练|队员|老师|叔叔|阿姨|笔友|同学|朋友|志愿者|资助人|捐赠人|姐姐|哥哥|弟弟|妹妹|有个叫|[他她]叫|名叫|英文名(?:字)?(?:是|叫)?|签(?:名|字|的)?(?:写)?的?(?:是|:)|落款(?:是|写着)?|(?:写|印|签|绣|刻|念|喊)(?:着|的是|到|成|了|下)|只?有(?:一个)?名字[: ]?|(?:名字|署名|姓名|寄件人|收件人|捐款人|donor|name)[:=是]|(?:收件人|收信人|寄件人|收款人|联系人|署名|落款)|(?:名字|姓名)[^,。!?\n]{0,8}?(?:写[着成]?|拼|是|为))[ “\"'「]{{0,2}}(?P<name>{_WORD}(?: {_WORD}){{0,2}})(?![A-Za-z0-9@])"
    ),
)  # fmt: skip
_NOBODY = re.compile(
    r"(?:Happy|Merry|Good|Hello|Dear|Sir|Madam|Uncle|Aunt|Aunty|Auntie|Friends?|Teachers?|Mum|Mom|Dad|Mother|Father|Brother|Sister|Everyone|All|Love|Thank|Thanks|Welcome|Best|China|Chinese|English|Christmas|New|Made|Made In|Ok|Okay|Hi|Yes|No|The|My|Your|I|You|We|It|Bye|Goodbye|Santa|Mongolia|Inner|Beijing|Apple|Hope|Day|Sorry|Come|See|Nice|How|What|Who|Where|Unit|Lesson|Class|Grade|Big|Word|Windows|Office|Excel|Made|Sponsor|Parents?|Children|Boys?|Girls?|Students?|Grandma|Grandpa|Kind|Lovely|Sweet|Strange|Little|Young|Old|Diary|Editor|Doctor|Santa Claus|Classmates?)(?![a-z])"
)


@cache
def _first() -> frozenset[str]:
    return words("latin_given")


def find(text: str) -> Iterator[tuple[int, int]]:
    """Yield people by names in Latin letters."""
    yield from (one.span() for one in _TWO.finditer(text) if _is_whole(one["first"], one["last"]))
    for one in _MONGOL.finditer(text):
        if not _SINGLE_PLAIN.match(one[0]):
            yield one.start(), _with_family(text, one.end())
    yield from (one.span() for one in _mixed().finditer(text) if one["first"] in _first())
    yield from (one.span("name") for one in _half().finditer(text))
    for form in _ALONE:
        for one in form.finditer(text):
            if not _NOBODY.match(one["name"]) and one["name"].split()[-1] not in _KNOWN:
                yield one.span("name")


@cache
def _mixed() -> re.Pattern[str]:
    """Return Kevin 孙, 李Kevin: one half of it in Latin letters."""
    families = any_of(one for one in words("surnames") if len(one) == 1)
    return re.compile(rf"(?<![A-Za-z])(?P<first>{_WORD}) ?(?:{families})(?![{HAN}A-Za-z])")


@cache
def _half() -> re.Pattern[str]:
    """Return 何 xin 怡: its middle in the letters of pinyin."""
    families = any_of(one for one in words("surnames") if len(one) == 1)
    return re.compile(
        rf"(?:(?<![{HAN}])|(?<=[叫是名姓]))(?P<name>(?:{families}) ?[a-z]{{2,6}} ?[{HAN}])(?![{HAN}a-z])"
    )


_FAMILY_AFTER = re.compile(rf" (?P<word>{_WORD})(?![A-Za-z'’@])")


def _with_family(text: str, end: int) -> int:
    """Return where the name ends with the family name behind it: Temuulen Bao."""
    after = _FAMILY_AFTER.match(text, end)
    return after.end() if after and after["word"] not in _PLAIN else end


def _is_whole(first: str, last: str) -> bool:
    """Say whether two words are the first name and the family name of somebody unknown."""
    if (
        last in _KNOWN
        or last in _PLAIN
        or first in _PLAIN
        or last in _PLACE
        or _NOBODY.match(first)
    ):
        return False
    if (
        _ENDS_AS_FAMILY.match(last)
        and len(first) > len("ab")
        and (first in _first() or (len(last) > len("Ng") and not _NOBODY.match(last)))
    ):
        return first in _first() or not _is_school_word(first)
    return first in _first() and not (first in _NOT_FIRST and last in _first())


def _is_school_word(first: str) -> bool:
    """Say whether it is a pinyin syllable or a word that begins sentences: 一 Zhang, Tai Shan."""
    return len(first) < len("abcde") or first.endswith(("ing", "ly", "ed", "day"))
