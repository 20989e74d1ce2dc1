"""A teacher's name in a letter is seen; teachers as such are what every letter is full of."""

import pytest

from privacy.screening import marks
from privacy.teachers import named_in

NAMED = {
    "我们的秦老师对我很好。": ("秦老师",),
    "班主任王芳老师给我带了书。": ("王芳老师",),
    "乌云老师教我们唱歌。": ("乌云老师",),
    "李校长来看我们。": ("李校长",),
    "谢谢其其格老师！": ("其其格老师",),
    "教我数学的赵敏老师说我进步了。": ("赵敏老师",),
    "我的老师叫王小红。": ("王小红",),
    "秦老师和李校长都来了，秦老师还哭了。": ("秦老师", "李校长"),
}
NOBODY = (
    "语文老师夸我了，体育老师也夸我了。",
    "老师说我进步了，我很高兴。",
    "我长大想当老师。",
    "感谢各位老师，我们班老师都很好。",
    "妈妈和老师都说我好。",
    "班主任说下周考试。",
    "张建国主任来家里了。",
    "",
)


@pytest.mark.parametrize("text", NAMED)
def test_a_named_teacher_is_seen(text):
    assert named_in(text, marks(text)) == NAMED[text]


@pytest.mark.parametrize("text", NOBODY)
def test_teachers_without_a_name_raise_nothing(text):
    assert named_in(text, marks(text)) == ()


def test_the_schools_own_people_are_known_by_name_alone():
    assert named_in("那天宝音来我家了。", (), ("宝音", "周")) == ("宝音",)


def test_a_surname_half_the_country_has_is_warned_of_though_it_is_not_hidden() -> None:
    text = "昨天王老师说我进步大。"

    assert marks(text) == ()
    assert named_in(text, ()) == ("王老师",)
