"""Schools as their town calls them: 二中, 东旗二小, 蒙小, 实小, 五小门口.

Two characters that may as well belong to other words: the town before them, or what only a school
has, does or is done at, tells.
"""

# A pattern is read in one piece, its look-alikes are meant, its sizes are those of the number.
# ruff: noqa: E501

import re
from collections.abc import Iterator
from functools import cache

from privacy.screening.folding import HAN, ONE, WALL
from privacy.screening.lists import any_of, banners, stems, words

_NUMBERED = (
    r"(?:第?[一二三四五六七八九十](?:中(?![间午学心旬年选国部等级药标奖途秋全外医式文华餐])"
    r"|小(?![时组队块片会部分撮段截口步把堆包袋瓶碗杯勺盒条只本群半节句点股串朵滴粒页张家户伙孩朋学道题车件间颗样姐妹弟哥羊狗猫马牛鸡心型])|幼(?![儿小]))"
    r"|第?十[一二三四五六七八九]中)"
)
_KINDS = r"(?:(?:[实蒙民铁矿师农朝职达鄂][小中]|[林油满鄂回]小)(?![心学间午标奖时组朋伙孩型]|了[一大个奖特])|[实蒙民铁矿林]幼(?!儿)|[蒙农林牧卫技艺体幼]校|幼师|附[小中](?![学心])|完小)"
_NAME = rf"(?:{_NUMBERED}|{_KINDS})"
_SIDE = r"(?:[东西南北中左右前后新]旗|(?<![全国红彩锦升降])[市县旗区镇])"
_OF_SCHOOL = r"(?:操场|食堂|宿舍|图书|教学|校[长门服车医园]|班主任|老师|教师|学生|孩子|同学|门卫|合唱|篮球|足球|马头琴|舞蹈|广播|录取|分数|招生|大门|教室|实验室|课|队|围墙|铃)"
_THEN = (
    rf"(?=(?:的|那边的|这边的)?(?:{ONE}{{0,4}}?)?{_OF_SCHOOL}|门口|门前|对面|旁边|后面|后门|附近|边上|高[一二三]|初[一二三]|[一二三四五六0-9]年级|[一二三四五六]?\(?[0-9一二三四五六]\)?班"
    r"|收(?:我|他|她|了)|考(?:上|了|出)|今年|去年|明年|住校|住宿|复读|借读|读|念|上学|毕业|教[书语数体音美]|当老师|[和跟与]我们|有(?:图书|操场|食堂|个|一|两|三|暖气|宿舍)|放学|开学|放假|离(?:我|家|这)|就在)"
)
_AFTER = r"(?=[,。!?;、~\n]|$|[了啦呀啊咯就往再翻的才也还都没有过回来走在跟和上])"
_BEFORE = r"(?:从|在|到|去了?|上|考不?上?了?|考不上|考[进入取]了?|[想要]?报考?了?|录取到?|分[到进]了?|毕业于|转[到去]了?|转学去了?|听说|进了?|念|读|回|来自|离|报|保送|被|升[到入进]?|分到|调到|送到|比|路过|经过|不如)"
_OPEN = rf"(?:^|[^{HAN}a-zA-Z0-9]|[说知的是和跟与给叫让连就]|今年|明年|去年|以前|现在|我们|他们)"
_FORMS = (
    re.compile(rf"{_OPEN}(?P<name>{_NAME}){_THEN}"),
    re.compile(rf"{_BEFORE}(?P<name>{_NAME})(?:{_THEN}|{_AFTER})"),
    # 我们学校就是街口那个二小
    re.compile(
        rf"(?:学校|[上读念]的)[^,。!?;\n]{{0,14}}[那这][个所]?(?P<name>{_NAME})(?:{_THEN}|{_AFTER})"
    ),
    # 我们学校简称宝中
    re.compile(
        rf"(?:学校|校名|母校)[^,。!?;\n]{{0,8}}(?:简称|俗称|外号|又叫|人称)[“\"]?(?P<name>{ONE}{{1,4}}[中小幼高])(?=[,。!?;”\"\n]|$)"
    ),
    re.compile(rf"(?P<name>{_SIDE}(?:{_NAME}|幼儿园|[一二三四]幼))"),
)


@cache
def _of_town() -> re.Pattern[str]:
    towns = any_of(stems() | banners() | words("cities"))
    return re.compile(
        rf"(?P<name>(?:{towns})[市县旗区镇]?(?:{_NAME}|第?[一二三四五六]高(?!中)|[土巴阿扎满莫敖]中))(?:{_THEN}|{_AFTER})"
    )


def find(text: str) -> Iterator[tuple[int, int]]:
    """Yield schools by the short name that only the town or the sentence makes one."""
    for form in (*_FORMS, _of_town()):
        for one in form.finditer(text):
            if WALL not in one[0]:
                yield one.span("name")
