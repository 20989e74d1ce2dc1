"""Money whose payer nobody found in its time."""

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from services.books.unclaimed import Asked
from vocabulary.enums import UnclaimedWay
from web.core.labels import label
from web.forms.receipts import DayField

_OFFERED = (UnclaimedWay.GIVE_BACK, UnclaimedWay.TO_FUND)
_DAY_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]
_WORDS = [
    InputRequired("请写一句，至少 4 个字"),
    Length(max=300, message="最多 300 个字"),
]


class AskForm(FlaskForm):
    """Which way, what was tried, and the account that it came from."""

    way = RadioField(
        "怎么办",
        [InputRequired("请选一个")],
        choices=[SelectChoice(one.value, label(one)) for one in _OFFERED],
    )
    account = StringField("原来的付款账号", [Length(max=40, message="最多 40 位")])
    bank = StringField("开户行", [Length(max=60, message="最多 60 个字")])
    words = TextAreaField("怎么找过付款人", _WORDS)

    def asked(self) -> Asked:
        """Return what was filled in; an account counts for what goes back alone."""
        way = UnclaimedWay(self.way.data)
        account = self.account.data or "" if way is UnclaimedWay.GIVE_BACK else ""
        return Asked(way, self.words.data or "", account, self.bank.data or "")


class ClaimForm(FlaskForm):
    """Who came forward, and what shows that it is his."""

    words = TextAreaField("谁来认领，凭什么", _WORDS)


class AgreeForm(FlaskForm):
    """The second person types the account again, from the bank's own paper."""

    again = StringField("照银行回单再输一遍付款账号", [Length(max=40, message="最多 40 位")])


class PaidForm(FlaskForm):
    """On which day the bank sent it back."""

    on = DayField(
        "银行付出的日期",
        [InputRequired("请填日期，像 2026-11-03")],
        format=_DAY_FORMATS,
    )


class RefusedForm(FlaskForm):
    """Who at the bank said that it did not pay, and why."""

    note = StringField(
        "问了银行哪一位，怎么说的",
        [
            InputRequired("请写问了银行哪一位、怎么说的"),
            Length(max=200, message="最多 200 个字"),
        ],
    )


class PressForm(FlaskForm):
    """Carries nothing but the token that protects the press."""
