"""What one of the staff did about a pair that fades."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from services.care.fading_desk import LONGEST
from vocabulary.enums import FadingStep
from web.core.labels import label

ERRORS = {
    "not_a_choice": "请选一个",
    "missing": "写一句记的是什么",
    "too_long": f"最多 {LONGEST} 个字",
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

    def read(self) -> tuple[FadingStep, str]:
        """Return what was done, and the words for it."""
        return FadingStep(self.step.data), self.words.data or ""


class CareNoteForm(NoteForm):
    """The same, or somebody is to follow."""

    step = RadioField("做了什么", [InputRequired("请选一个")], choices=_choices(_ALL))
