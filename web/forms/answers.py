"""What a family says, a helper enters for it, and staff found out."""

from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, StopValidation

from services.handover.answers import LONGEST_REASON, Reply
from vocabulary.enums import Answer, Language, Outcome
from vocabulary.errors import BadInput
from vocabulary.money import Fen, parse_yuan
from web.core.labels import label

NO_NUMBER = "请写数字，例如：60"
SENTENCES = {
    "not_a_wrong_sum": "和应收的数一样。数对的话，请选“收到了”",
    "not_a_wrong_day": "和经手人说的是同一天，或是还没到的日子。日子对的话，请选“收到了”",
    "no_day_stated": "还没有人说哪天转交，没有日子可以对。收到了，请选“收到了”",
}


def _check_sum(_form: FlaskForm, field: StringField) -> None:
    try:
        parse_yuan(field.data or "")
    except BadInput:
        raise StopValidation(NO_NUMBER) from None


class WrongSumForm(FlaskForm):
    """What came, when the sum was wrong."""

    amount = StringField("收到了多少元", [Optional(), _check_sum])

    def amount_fen(self) -> Fen | None:
        """Return the sum that came, None when it was not said."""
        return parse_yuan(self.amount.data) if self.amount.data else None


class WrongDayForm(FlaskForm):
    """On which day it came, when it was another than the hand stated."""

    came_on = DateField("哪天收到的", [Optional()])


class AssistedForm(WrongSumForm, WrongDayForm):
    """An answer entered for a family, with the language it was given in."""

    answer = RadioField(
        "家里怎么说",
        [InputRequired("请选一项")],
        choices=[SelectChoice(answer.value, label(answer)) for answer in Answer],
    )
    language = RadioField(
        "说的是哪种话",
        [InputRequired("请选一项")],
        choices=[SelectChoice(language.value, label(language)) for language in Language],
    )

    def reply(self) -> Reply:
        """Return the answer; a sum or a day counts only where it was wrong."""
        said = Answer(self.answer.data)
        amount = self.amount_fen() if said is Answer.WRONG_SUM else None
        day = self.came_on.data if said is Answer.WRONG_DAY else None
        return Reply(said, amount=amount, came_on=day, language=Language(self.language.data))

    def say(self, refusal: BadInput) -> None:
        """Put what is wrong with a sum or a day onto its field."""
        name = str(refusal.params["field"])
        getattr(self, name).errors = [SENTENCES[str(refusal.params["reason"])]]


class CallForm(AssistedForm):
    """An answer given by telephone, found by the slip's code."""

    code = StringField("签收单编号", [InputRequired("请填编号"), Length(max=40)])


class SettleForm(FlaskForm):
    """What was found out."""

    outcome = RadioField(
        "核实的结果",
        [InputRequired("请选一项")],
        choices=[SelectChoice(outcome.value, label(outcome)) for outcome in Outcome],
    )
    reason = TextAreaField(
        "怎么核实的", [InputRequired("请写一句怎么核实的"), Length(max=LONGEST_REASON)]
    )
