"""How much a hand kept of an instalment, and how one knows."""

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from vocabulary.errors import BadInput
from vocabulary.money import Fen, parse_yuan


class KeptForm(FlaskForm):
    """The sum that did not reach the child, and what was found out."""

    amount = StringField("留下了多少", [InputRequired("请填金额，像 40。"), Length(max=20)])
    words = TextAreaField(
        "怎么知道的",
        [InputRequired("请写一句，至少 4 个字"), Length(max=300, message="最多 300 个字")],
    )

    def validate_amount(self, field: StringField) -> None:
        """Read the sum as people write it."""
        try:
            self.fen: Fen = parse_yuan(field.data or "")
        except BadInput as refusal:
            message = "金额没看懂。写成 40 或 40.50。"
            raise ValidationError(message) from refusal
