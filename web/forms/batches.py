"""The paying desk's presses: the bank took it, an order is made, and what the bank says of one."""

from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from services.batches.bank_answers import Told
from services.batches.bank_debits import Said
from services.batches.batches import Read
from vocabulary.enums import BankAnswer, DebitWas
from vocabulary.money import Fen
from web.core.labels import label

NOTHING_READ = Read(0, Fen(0))


class SendForm(FlaskForm):
    """What the desk read on its page travels along, and is never typed."""

    count = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    fen = IntegerField(widget=HiddenInput(), validators=[InputRequired()])

    def read(self) -> Read:
        """Return what stood in the line that was pressed."""
        return Read(self.count.data or 0, Fen(self.fen.data or 0))


class OrderForm(FlaskForm):
    """Carries nothing but the token that protects the press; the ticks stand in the table."""


class PaidForm(FlaskForm):
    """On which day the bank paid a whole order."""

    on = DateField("银行付款的日期", [InputRequired("请填银行付款的日期")])


class BackForm(FlaskForm):
    """An order that the bank was never given; who was asked there, where it had been handed out."""

    note = StringField("问了银行哪一位，怎么说的", [Length(max=100, message="最多 100 个字")])


class DebitForm(FlaskForm):
    """What a debit without our memo was, and how one knows."""

    was = RadioField(
        "是什么钱",
        [InputRequired("请选一个")],
        choices=[SelectChoice(one.value, label(one)) for one in DebitWas],
    )
    words = StringField("问了谁，怎么说的", [Length(max=200, message="最多 200 个字")])

    def said(self) -> Said:
        """Return what was filled in."""
        return Said(DebitWas(self.was.data), self.words.data or "")


class AnswerForm(FlaskForm):
    """What the bank says of one batch of an order."""

    answer = RadioField("银行怎么说", [InputRequired("请选一个")])
    on = DateField("银行付款的日期", [Optional()])
    note = StringField("问了谁，怎么说的", [Length(max=100, message="最多 100 个字")])

    def offer(self, answers: list[BankAnswer]) -> None:
        """Say which answers can be given now."""
        self.answer.choices = [SelectChoice(one.value, label(one)) for one in answers]

    def told(self) -> Told:
        """Return what was filled in."""
        return Told(BankAnswer(self.answer.data), self.on.data, self.note.data or "")
