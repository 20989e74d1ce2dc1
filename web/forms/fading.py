"""What one of the staff did about a pair that fades."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from services.care.fading_desk import LONGEST
from vocabulary.enums import FadingStep
from vocabulary.errors import BadInput
from web.core.labels import label

_ERRORS = {
    ("step", "not_a_choice"): "请选一个",
    ("words", "missing"): "写一句记的是什么",
    ("words", "too_long"): f"最多 {LONGEST} 个字",
}


def _choices(steps: Sequence[FadingStep]) -> list[SelectChoice]:
    return [SelectChoice(one.value, label(one)) for one in steps]


_PLEDGE = (FadingStep.TALKED, FadingStep.NOTED)
_ALL = (*_PLEDGE, FadingStep.SUCCESSOR)


class NoteForm(FlaskForm):
    """A talk or a note."""

    step = RadioField(
        "做了什么",
        [InputRequired("请选一个")],
        choices=_choices(_PLEDGE),
    )
    words = TextAreaField("写一句", [Length(max=LONGEST, message=f"最多 {LONGEST} 个字")])

    def say(self, refusal: BadInput) -> None:
        """Put a refusal beside its field."""
        place = str(refusal.params["field"])
        self[place].errors = [_ERRORS[place, str(refusal.params["reason"])]]


class CareNoteForm(NoteForm):
    """The same, or somebody is to follow."""

    step = RadioField("做了什么", [InputRequired("请选一个")], choices=_choices(_ALL))
