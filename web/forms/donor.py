"""The small forms of the donor's own page."""

from collections.abc import Collection

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from privacy.naming import ALIAS_LENGTH, NAME_LENGTH, is_fit, reveals_more
from services.donors.naming import Called
from vocabulary.enums import Naming, PaymentProvider, Rhythm, StopReason
from vocabulary.errors import BadInput
from vocabulary.money import Fen, parse_yuan
from vocabulary.schedule import STEP_MONTHS
from vocabulary.todo import REMIND_DAYS
from web.core.labels import label
from web.forms.pledge import SENTENCES, monthly_chips

_YUAN = "请填一个数，比如 100、１００ 或 100元。"
_NO_SUM = "请填大于 0、不超过 1,000,000 元的数。更多的，请先打电话商量。"
_NO_WAY = "请选怎么付。"
_UNREAD = "请先看上面的话，再勾这里。"
_PAUSES = {
    Rhythm.MONTH: ((1, "1 个月"), (2, "2 个月"), (3, "3 个月"), (6, "6 个月"), (12, "12 个月")),
    Rhythm.TERM: ((6, "一个学期"), (12, "两个学期")),
    Rhythm.YEAR: ((12, "一年"),),
}


def _check_sum(text: str) -> None:
    try:
        parse_yuan(text)
    except BadInput as refusal:
        is_number = refusal.params["reason"] == "out_of_range"
        raise ValidationError(_NO_SUM if is_number else _YUAN) from refusal


class PaidForm(FlaskForm):
    """A donor's word that he has paid."""

    amount = StringField("付了多少元", [InputRequired(_YUAN), Length(max=20)])

    def validate_amount(self, field: StringField) -> None:
        """Say what a sum looks like."""
        _check_sum(field.data or "")

    def fen(self) -> Fen:
        """Return the sum."""
        return parse_yuan(self.amount.data or "")


class OnlineForm(FlaskForm):
    """Through whom to pay, and for how many months: the service knows which sums there are."""

    months = IntegerField("付几个月", [InputRequired("请选付几个月。")])
    provider = StringField("怎么付", [InputRequired(_NO_WAY)])

    def offer(self, kinds: Collection[PaymentProvider]) -> "OnlineForm":
        """Take the providers that this installation has."""
        self.kinds = {kind.value for kind in kinds}
        return self

    def validate_provider(self, field: StringField) -> None:
        """Refuse a provider that was not offered."""
        if field.data not in self.kinds:
            raise ValidationError(_NO_WAY)


class PauseForm(FlaskForm):
    """How long to pause, in whole steps of the rhythm."""

    months = RadioField("停多久", coerce=int, validators=[InputRequired("请选停多久。")])

    def offer(self, rhythm: Rhythm) -> "PauseForm":
        """Set the choices for a rhythm."""
        self.months.choices = [SelectChoice(n, words) for n, words in _PAUSES[rhythm]]
        if len(_PAUSES[rhythm]) == 1 and self.months.data is None:
            self.months.data = _PAUSES[rhythm][0][0]
        return self


class RemindForm(FlaskForm):
    """How many days before a due day."""

    days = RadioField(
        "提前几天",
        choices=[SelectChoice(str(n), f"{n} 天") for n in REMIND_DAYS],
        validators=[InputRequired("请选提前几天。")],
    )


class TermsForm(FlaskForm):
    """Another sum or rhythm for a child: listed sums only."""

    monthly = RadioField("每个月多少", choices=lambda: monthly_chips()[:-1])
    rhythm = RadioField("多久付一次", choices=[SelectChoice(r.value, label(r)) for r in Rhythm])

    def asked(self) -> tuple[Fen, Rhythm]:
        """Return the new instalment and rhythm."""
        rhythm = Rhythm(self.rhythm.data)
        return Fen(int(self.monthly.data) * STEP_MONTHS[rhythm]), rhythm


class FreeTermsForm(FlaskForm):
    """Another sum or rhythm for the gap fund: any sum."""

    amount = StringField("每次多少元", [InputRequired(_YUAN), Length(max=20)])
    rhythm = RadioField("多久付一次", choices=[SelectChoice(r.value, label(r)) for r in Rhythm])

    def validate_amount(self, field: StringField) -> None:
        """Say what a sum looks like."""
        _check_sum(field.data or "")

    def asked(self) -> tuple[Fen, Rhythm]:
        """Return the new instalment and rhythm."""
        return parse_yuan(self.amount.data or ""), Rhythm(self.rhythm.data)


class StopForm(FlaskForm):
    """Why: may be left unsaid."""

    reason = RadioField(
        "原因",
        choices=[
            SelectChoice(r.value, label(r))
            for r in (
                StopReason.NOT_SAID,
                StopReason.MONEY,
                StopReason.HELP_OTHERS,
                StopReason.UNIT_DISSOLVED,
                StopReason.GRADUATED,
            )
        ],
        default=StopReason.NOT_SAID.value,
    )

    def said(self) -> StopReason:
        """Return the coded reason."""
        return StopReason(self.reason.data)


class NamingForm(FlaskForm):
    """How the family reads of the donor; letting it know more has to be meant."""

    now = Naming.SEALED
    naming = RadioField("怎么称呼", choices=[SelectChoice(one.value, label(one)) for one in Naming])
    alias = StringField("别名", [Length(max=40)])
    name = StringField("名字", [Length(max=40)])
    understood = BooleanField("我知道说出去的收不回来")

    def validate_alias(self, field: StringField) -> None:
        """Ask for the alias only when it was chosen."""
        if self.naming.data == Naming.ALIAS.value and not is_fit(field.data, ALIAS_LENGTH):
            raise ValidationError(SENTENCES["alias"])

    def validate_name(self, field: StringField) -> None:
        """Ask for the name only when it was chosen."""
        if self.naming.data == Naming.NAMED.value and not is_fit(field.data, NAME_LENGTH):
            raise ValidationError(SENTENCES["name"])

    def validate_understood(self, field: BooleanField) -> None:
        """Ask for a yes: what is said cannot be unsaid."""
        is_more = self.naming.data in set(Naming) and reveals_more(
            Naming(self.naming.data), self.now
        )
        if is_more and not field.data:
            raise ValidationError(_UNREAD)

    def called(self) -> Called:
        """Return what the service takes."""
        return Called(Naming(self.naming.data), self.alias.data, self.name.data)


class ForgetForm(FlaskForm):
    """It cannot be undone."""

    sure = BooleanField("我想好了，把我删掉", [InputRequired("想好了，请勾这里。")])
