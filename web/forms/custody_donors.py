"""What the custodian enters of a donor who died."""

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from services.vault.deaths import HER_WORDS_LENGTH


class ContactForm(FlaskForm):
    """A group whose contact has died, and whom it names in his place."""

    reference = StringField(
        "付款编号", [InputRequired("请填付款编号，像 AX123456"), Length(max=40)]
    )
    contact = StringField(
        "新联系人的手机号或邮箱", [InputRequired("请填手机号或邮箱"), Length(max=120)]
    )


class DeathForm(FlaskForm):
    """By what his family knows of him, and who said so."""

    contact = StringField(
        "付款编号、手机号或邮箱",
        [InputRequired("请填付款编号、手机号或邮箱，填一样就行。"), Length(max=120)],
    )
    why = TextAreaField(
        "谁告诉的、怎么核实的",
        [
            InputRequired("请写谁告诉的、怎么核实的。"),
            Length(max=HER_WORDS_LENGTH, message=f"最多 {HER_WORDS_LENGTH} 个字。"),
        ],
    )
