"""The forms of care: her no with its reason, the staff's no, and the end of a pair."""

from collections.abc import Iterable
from enum import StrEnum

from flask_wtf import FlaskForm
from wtforms import DateField, Field, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from vocabulary.enums import HER_REASONS, STAFF_ENDS, STAFF_REASONS, CareRefusal
from web.core.labels import label

_SAY_IT = "选了“别的原因”，请写一句是什么"


def _choices(of: Iterable[StrEnum]) -> list[SelectChoice]:
    return [SelectChoice(one.value, label(one)) for one in of]


class _Reasoned(FlaskForm):
    note = StringField("补一句", [Length(max=200, message="最多 200 个字")])

    def validate_note(self, field: Field) -> None:
        """Another reason is said in words."""
        chosen = self["reason"].data
        if chosen == CareRefusal.OTHER and not (field.data or "").strip():
            raise ValidationError(_SAY_IT)


class HerNoForm(_Reasoned):
    """这次不行."""

    reason = RadioField(
        "这次不行，因为", [InputRequired("请选一个原因")], choices=_choices(HER_REASONS)
    )


class StaffNoForm(_Reasoned):
    """暂不同意."""

    reason = RadioField(
        "暂不同意，因为", [InputRequired("请选一个原因")], choices=_choices(STAFF_REASONS)
    )


class EndForm(FlaskForm):
    """结束."""

    reason = RadioField("为什么结束", [InputRequired("请选一个原因")], choices=_choices(STAFF_ENDS))


class DayForm(FlaskForm):
    """哪一天: the last day, or the goodbye."""

    on = DateField("哪一天", [InputRequired("请选一天")])
