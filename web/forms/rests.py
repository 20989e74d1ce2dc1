"""What becomes of the rest of a stopped pledge, and paying it back."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from services.books.pay_backs import Account
from vocabulary.enums import RestWay
from web.core.labels import label


class RestForm(FlaskForm):
    """One of the ways that are offered, and the sum that was read."""

    way = RadioField("怎么用", [InputRequired("请选一个；还没想好，先不用管。")])
    seen = HiddenField()

    def offer(self, ways: Sequence[RestWay]) -> None:
        """Offer these."""
        self.way.choices = [SelectChoice(one.value, label(one)) for one in ways]


class AccountForm(FlaskForm):
    """To whom it goes back, from the bank's own paper of the payment."""

    holder = StringField(
        "户名", [InputRequired("请填户名，照银行回单"), Length(max=80, message="最多 80 个字")]
    )
    bank = StringField(
        "开户行", [InputRequired("请填开户行"), Length(max=80, message="最多 80 个字")]
    )
    account = StringField(
        "账号", [InputRequired("请填账号，照银行回单"), Length(max=40, message="最多 40 位")]
    )

    def said(self) -> Account:
        """Return what was filled in."""
        return Account(self.holder.data or "", self.bank.data or "", self.account.data or "")


class EndForm(FlaskForm):
    """What becomes of a rest that has nobody left to ask."""

    way = RadioField("给哪里", [InputRequired("请选一个")])

    def offer(self, ways: Sequence[RestWay]) -> None:
        """Offer these."""
        self.way.choices = [SelectChoice(one.value, label(one)) for one in ways]
