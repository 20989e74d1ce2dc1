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
# What begins a sentence or says only what kind it is.
_NOBODYS = re.compile(
    r"(?:The|This|That|Our|Your|His|Her|My|New|Old|Small|Big|Beautiful|Chinese|Mongolian|Inner|English|In|At|From|For|After|Before|And|But|Local|Public|Private|Every|Each|Any|Good|First|Second|Third|Hope|Home|Dear|Happy|Green|Global|Water|Christmas|Ghost|Disney|Toy)(?: |$)"
)


def find(page: Page) -> Iterator[Found]:
    """Yield schools and places by name, in English and in pinyin."""
    text = latin(page.text)
    for form, kind, why in (
        (_SCHOOL, Kind.SCHOOL, "像学校名"),
        (_PLACE, Kind.PLACE, "像地名"),
    ):
        for one in form.finditer(text):
            if not _NOBODYS.match(one["name"]):
                yield Found(*one.span(), kind, why)
    for one in _PINYIN.finditer(text):
        lead = _LEADS.match(one[0])
        start = one.start() + (lead.end() if lead else 0)
        if start < one.end("name"):
            yield Found(start, one.end(), Kind.SCHOOL, "像学校名")
    yield from (
        Found(*one.span("name"), Kind.PLACE, "像地名") for one in _PINYIN_PLACE.finditer(text)
    )
