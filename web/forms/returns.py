"""Money that came back, and money given up for lost."""

from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from services.batches.returns import Sum
from vocabulary.enums import WriteOffReason
from vocabulary.money import Fen
from web.core.labels import label


class ReturnForm(FlaskForm):
    """On which day the bank has it; what the desk read travels along and is never typed."""

    on = DateField("银行流水上的日期", [InputRequired("请填日期")])
    count = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    fen = IntegerField(widget=HiddenInput(), validators=[InputRequired()])

    def read(self) -> Sum:
        """Return what stood on the page that was answered."""
        return Sum(self.count.data or 0, Fen(self.fen.data or 0))


class AgainForm(FlaskForm):
    """Carries nothing but the token that protects the press."""


class WriteOffForm(FlaskForm):
    """Why the money is given up."""

    reason = RadioField(
        "为什么",
        [InputRequired("请选一个原因")],
        choices=[SelectChoice(one.value, label(one)) for one in WriteOffReason],
    )
