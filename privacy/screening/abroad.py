"""Places and schools told in Latin letters: Jiwen zhen, Dayangshu No.3 Middle School."""

# A pattern is read in one piece.
# ruff: noqa: E501

import re
from collections.abc import Iterator

from privacy.screening.folding import Page, latin
from privacy.screening.kinds import Found, Kind

_NAME = r"[A-Z][a-z]{2,14}"
_PLACE = re.compile(
    rf"(?<![A-Za-z])(?!(?i:the|this|that|our|your|his|her|my|new|old|small|big|beautiful|hello|dear) )(?P<name>{_NAME}(?: ?{_NAME})?) ?(?:(?i:zhen|xiang|cun|sumu|gacha|banner)|[Tt]own(?:ship)?|[Vv]illage|[Cc]ounty)(?![a-z])"
)
_SCHOOL = re.compile(
    rf"(?<![A-Za-z])(?P<name>{_NAME}(?: {_NAME}){{0,2}}) (?:(?:No\.? ?\d+|Number \d+|Mongolian|Experimental|Central|Ethnic|Nationality|First|Second|Third) ){{0,2}}(?:Primary|Middle|High|Elementary|Junior|Senior|Secondary|Central|Mongolian|Experimental|Boarding) (?:High |Middle )?[Ss]chool(?![a-z])"
)
# bayanhua zhongxin xiaoxue, lindong di yi zhongxue: the same in the letters of pinyin.
_PINYIN = re.compile(
    r"(?<![a-z])(?P<name>(?!(?i:women|wo|zai|de|shi|shang|ge|zhege|nage|xiao|da|nian)\b)[a-z]{2,14}(?: [a-z]{1,8}){0,11}?) (?:(?:di ?(?:yi|er|san|si|wu|liu|qi|ba|jiu|shi)|zhong ?xin|shi ?yan|min ?zu|meng ?gu ?zu|xi ?wang|ji ?su ?zhi) ){0,2}(?:xiao ?xue|zhong ?xue|xue ?xiao|gao ?zhong|chu ?zhong|you ?er ?yuan|yi zhong|er zhong|san zhong)(?![a-z])",
    re.IGNORECASE,
)
# Who learns, and where the name begins; shi, qu and he are as often part of a town's name.
_LEADS = re.compile(
    r"(?:.*\b(?:wo|women|zai|nian|ta|ni|xuexiao|jiu) )?(?:(?:xue xiao|shi|shang|du|nian|qu|dao|jiao|de|le|men|he|gen|zai) )*",
    re.IGNORECASE,
)
_PINYIN_PLACE = re.compile(
    r"(?<![a-z])(?:jia|zhu|zai|zhuzai|jiazai|laizi) (?:zai )?(?P<name>[a-z]{3,16}(?: ?[a-z]{2,8}){0,2}? ?(?:qi|xian|zhen|xiang|cun|sumu|gacha|gaqa|tun|jie|lu)(?: [a-z]{2,10} ?(?:zhen|xiang|cun|sumu|gacha|tun|jie|lu|xiaoqu)){0,3}(?: ?\d+ ?(?:hao|dong|shi))*)(?![a-z])",
    re.IGNORECASE,
)
# wo ba zai Xinfa Meikuang kai che: where one works, in the letters of pinyin.
_PINYIN_WORK = re.compile(
    r"(?<![a-z])(?:zai|qu|jin|dao|gei|shi|cong) (?:le )?(?P<name>(?!(?:yi|zhe|na|jia|xiao|da|yi jia|yi ge) )[a-z]{2,14}(?: [a-z]{1,8}){0,4}? ?(?:mei ?kuang|tie ?kuang|jin ?kuang|kuang ?ye|kuang|gong ?si|gong ?chang|[a-z]+ ?chang|chang|dian ?chang|yi ?yuan|fan ?dian|fan ?guan|chao ?shi|ji ?tuan|shang ?dian|bin ?guan|jiu ?dian|he ?zuo ?she|wu ?liu|jia ?zheng|shi ?tang))(?![a-z])",
    re.IGNORECASE,
)
_PLAIN_PINYIN = re.compile(
    r"(?:(?:gong|zhuan|yin|mei|tie|jin|shui ?ni|fu ?zhuang|da|xiao|lao|xin|cheng ?li|xian ?cheng|zhen ?shang|wai ?di|yi|jia|ge|de|mei) ?)*(?:mei ?kuang|tie ?kuang|gong ?si|gong ?chang|chang|kuang|yi ?yuan|fan ?dian|fan ?guan|chao ?shi|shang ?dian|shi ?tang|bin ?guan)|(?:.* )?(?:cao|guang|shi|ju|ti ?yu|yun ?dong|sai|xian) ?chang|.*(?:chang chang|fei chang|jing chang|ping chang|tong chang|ri chang)|fei ?chang|jing ?chang|ping ?chang",
    re.IGNORECASE,
)
_PINYIN_DOOR = re.compile(
    r"(?<![a-z])(?P<name>(?:men ?pai(?: hao)?|(?:[a-z]{2,10} ?){1,3}?(?:lu|jie|xiang|hu ?tong|xiao ?qu|cun|tun)) ?(?:shi )?[0-9]{1,4} ?hao(?: ?lou)?(?:[ -]?[0-9]{1,4} ?(?:hao|dan ?yuan|shi|lou|hu))*)(?![a-z])",
    re.IGNORECASE,
)
# XINCHENG NO.3 SCHOOL, on the back of a school's coat.
_SHOUTED = re.compile(
    r"(?<![A-Za-z])(?P<name>[A-Z][A-Za-z]{2,14}(?: [A-Z][A-Za-z]{2,14}){0,2}) (?:(?i:no)\.? ?[0-9]{1,2} |(?i:number) [0-9]{1,2} )?(?:(?i:primary|middle|high|experimental|mongolian|central|nationality|ethnic|elementary|junior|senior) ){0,3}(?i:school)(?![A-Za-z])"
)
# What begins a sentence or says only what kind it is.
_NOBODYS = re.compile(
    r"(?i:The|This|That|Our|Your|His|Her|My|New|Old|Small|Big|Beautiful|Chinese|Mongolian|Inner|English|In|At|From|For|After|Before|And|But|Local|Public|Private|Every|Each|Any|Good|First|Second|Third|Hope|Home|Dear|Happy|Green|Global|Water|Primary|Middle|High|Elementary|Junior|Senior|Boarding|Like|Love|Go|To|Christmas|Ghost|Disney|Toy)(?: |$)"
)


_WORK = "像工作单位"
_SCHOOLS, _PLACES = "像学校名", "像地名"


def find(page: Page) -> Iterator[Found]:
    """Yield schools, employers and places by name, in English and in pinyin."""
    text = latin(page.text)
    for form, kind, why in (
        (_SCHOOL, Kind.SCHOOL, _SCHOOLS),
        (_SHOUTED, Kind.SCHOOL, _SCHOOLS),
        (_PLACE, Kind.PLACE, _PLACES),
    ):
        for one in form.finditer(text):
            if not _NOBODYS.match(one["name"]):
                yield Found(*one.span(), kind, why)
    yield from _in_pinyin(text)


def _in_pinyin(text: str) -> Iterator[Found]:
    for one in _PINYIN.finditer(text):
        lead = _LEADS.match(one[0])
        start = one.start() + (lead.end() if lead else 0)
        if start < one.end("name"):
            yield Found(start, one.end(), Kind.SCHOOL, _SCHOOLS)
    for one in _PINYIN_WORK.finditer(text):
        if not _PLAIN_PINYIN.fullmatch(one["name"]):
            yield Found(*one.span("name"), Kind.EMPLOYER, _WORK)
    for form in (_PINYIN_DOOR, _PINYIN_PLACE):
        yield from (Found(*one.span("name"), Kind.PLACE, _PLACES) for one in form.finditer(text))
