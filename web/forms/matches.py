"""The form of a no: a coded reason and, for another one, a line in words."""

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from vocabulary.enums import DeclineReason
from web.core.labels import label

_SAY_IT = "选了“别的原因”，请写一句是什么"
OFFERED = tuple(reason for reason in DeclineReason if reason is not DeclineReason.NOT_DECIDED)


class DeclineForm(FlaskForm):
    """暂不同意."""

    reason = RadioField(
        "暂不同意，因为",
        [InputRequired("选一个原因，孩子那边才知道差什么")],
        choices=[SelectChoice(reason.value, label(reason)) for reason in OFFERED],
        validate_choice=True,
    )
    note = StringField("补一句", [Length(max=200, message="最多 200 个字")])
    after = HiddenField()

    def validate_note(self, field: Field) -> None:
        """Another reason is said in words."""
        if self.reason.data == DeclineReason.OTHER and not (field.data or "").strip():
            raise ValidationError(_SAY_IT)
