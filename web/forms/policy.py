"""The weights of one kind of matching, as whole numbers, and why they are kept."""

from collections.abc import Mapping

from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

_WHOLE = "填一个整数，0 到 1000"
NAMES: Mapping[str, str] = {
    "urgency": "急不急",
    "waiting": "等了多久",
    "wish": "合捐赠人的心愿",
    "amount": "数额正好",
    "rhythm": "付的时间赶得上",
    "skill": "会孩子要的",
    "language": "说孩子平时的话",
    "distance": "住得近",
    "times": "时间对得上",
    "waiting_full_days": "等满多少天算满分",
    "far_km": "多少公里算远",
}


def weights_form(numbers: Mapping[str, int]) -> type[FlaskForm]:
    """Return a form with one field for each weight of the kind."""
    fields = {
        name: IntegerField(
            NAMES[name],
            [InputRequired(_WHOLE), NumberRange(0, 1000, message=_WHOLE)],
            default=points,
        )
        for name, points in numbers.items()
    }
    return type("WeightsForm", (FlaskForm,), fields)


class KeepForm(FlaskForm):
    """为什么改."""

    why = StringField(
        "为什么改",
        [InputRequired("请写一句为什么，以后的人要看"), Length(max=200, message="最多 200 个字")],
    )
