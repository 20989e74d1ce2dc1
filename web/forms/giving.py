"""The forms of what a donor adds to a pledge or hands on."""

from collections.abc import Sequence
from datetime import date

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from services.giving.farewells import OVERLAPS
from services.giving.moving import HandOver
from vocabulary import amounts
from vocabulary.enums import GiftOccasion
from vocabulary.errors import BadInput
from vocabulary.money import Fen, format_yuan_short, parse_yuan
from web.core.filters import full_day
from web.core.labels import label


def _gift_chips() -> list[SelectChoice]:
    return [SelectChoice(str(fen), format_yuan_short(fen)) for fen in amounts.listed_gifts()]


class GiftForm(FlaskForm):
    """A listed sum, and what it is for."""

    amount = RadioField("给多少", choices=_gift_chips, validators=[InputRequired("请选一个数。")])
    occasion = RadioField(
        "因为什么",
        choices=[
            SelectChoice(one.value, label(one))
            for one in GiftOccasion
            if one not in (GiftOccasion.SURGERY, GiftOccasion.SHORTFALL)
        ],
        validators=[InputRequired("请选一个，没有特别的就选“就是想给”。")],
    )

    def fen(self) -> Fen:
        """Return the sum."""
        return Fen(int(self.amount.data))

    def said(self) -> GiftOccasion:
        """Return what it is for."""
        return GiftOccasion(self.occasion.data)


class KeepForm(FlaskForm):
    """A sum given once, for one child and for nobody else."""

    amount = StringField("给多少", [InputRequired("请填一个数，比如 500。"), Length(max=20)])

    def validate_amount(self, field: StringField) -> None:
        """Read the sum as people write it."""
        try:
            self.fen: Fen = parse_yuan(field.data or "")
        except BadInput as refusal:
            message = "请填一个数，比如 500、５００ 或 500元。"
            raise ValidationError(message) from refusal


class PayerForm(FlaskForm):
    """Whom to ask: reached by telephone or mail, so that the yes is his own."""

    contact = StringField(
        "对方的手机号或邮箱", [InputRequired("请填对方的手机号或邮箱。"), Length(max=120)]
    )
    from_on = RadioField("对方从哪一期接着付", default="")
    overlap = RadioField(
        "交接以后，你还写信多久",
        choices=[
            SelectChoice("0", "到那天为止"),
            *(SelectChoice(str(n), f"再 {n} 个月") for n in OVERLAPS if n),
        ],
        default="1",
    )

    def offer(self, days: Sequence[date]) -> None:
        """Offer the due days from which another may pay."""
        coming = [SelectChoice(day.isoformat(), full_day(day)) for day in days]
        self.from_on.choices = [SelectChoice("", "用完就接"), *coming]

    def how(self) -> HandOver:
        """Return what was chosen."""
        day = date.fromisoformat(self.from_on.data) if self.from_on.data else None
        return HandOver(day, int(self.overlap.data))


class TakeOverForm(FlaskForm):
    """The yes of who is asked."""

    not_relative = BooleanField(
        "孩子不是我的亲戚，我也不打算去找孩子",
        [InputRequired("请确认一下。想帮自己的亲戚，请直接找旗妇联。")],
    )
