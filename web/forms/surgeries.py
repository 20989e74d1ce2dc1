"""The form by which a sum for a surgery is asked for."""

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from services.earmarks.surgeries import NOTE_LENGTH
from vocabulary.errors import BadInput
from vocabulary.money import Fen, parse_yuan


class SurgeryForm(FlaskForm):
    """How much, and what the hospital wrote."""

    amount = StringField("要多少", [InputRequired("请填金额，像 8000。"), Length(max=20)])
    note = TextAreaField(
        "医院怎么说",
        [
            InputRequired("请写医院怎么说。"),
            Length(max=NOTE_LENGTH, message=f"最多 {NOTE_LENGTH} 字。"),
        ],
    )

    def validate_amount(self, field: StringField) -> None:
        """Read the sum as people write it."""
        try:
            self.fen: Fen = parse_yuan(field.data or "")
        except BadInput as refusal:
            message = "金额没看懂。写成 8000 或 8000.50。"
            raise ValidationError(message) from refusal
