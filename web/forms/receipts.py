"""Money that came in."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from vocabulary.errors import BadInput
from vocabulary.money import Fen, parse_yuan

WRONG = ("付款编号记错了", "金额记错了", "日期或户名记错了", "同一笔记了两次", "银行退回了这笔钱")
_NOT_A_FEE = "手续费没看懂。写成 0.60 这样。"
_NOT_A_DAY = "日期没看懂。写成 2026-11-03 这样。"
_DAY_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]


def _only(text: str | None) -> str:
    return (text or "").strip()


class DayField(DateField):
    """A day as people write it; what cannot be read stays in the field, with a sentence."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed, or keep it with the sentence."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_NOT_A_DAY) from error


class ReceiptForm(FlaskForm):
    """One credit of the bank's statement."""

    reference = StringField(
        "付款编号",
        [InputRequired("请填付款编号，像 AX123456"), Length(max=40, message="最多 40 个字")],
        filters=[_only],
    )  # fmt: skip
    amount = StringField("金额", [InputRequired("请填金额，像 100 或 1200.50")], filters=[_only])
    received_on = DayField(
        "到账日期", [InputRequired("请填到账日期，像 2026-11-03")], format=_DAY_FORMATS
    )
    payer = StringField("付款户名", [Length(max=60, message="最多 60 个字")], filters=[_only])
    line = StringField(
        "银行流水号", [Optional(), Length(max=60, message="最多 60 个字")], filters=[_only]
    )
    as_written = BooleanField("银行流水上就是这样写的，先放进待核对")
    key = HiddenField()

    def validate_amount(self, field: StringField) -> None:
        """Read the sum as people write it."""
        try:
            self.fen = parse_yuan(field.data or "")
        except BadInput as refusal:
            words = {"out_of_range": "金额要大于 0，不超过 100 万元。分几笔记也可以。"}
            raise ValidationError(
                words.get(str(refusal.params.get("reason")), "金额没看懂。写成 100 或 1200.50。")
            ) from refusal


class BillForm(FlaskForm):
    """A payment provider's bill as it was downloaded."""

    file = FileField("平台下载的账单", [FileRequired("请选一份账单")])


class FeeForm(FlaskForm):
    """What a provider kept of a payout, as its bill says; nothing is a fee too."""

    fee = StringField(
        "这次结算扣的手续费", [InputRequired("请填手续费，没有扣就填 0")], filters=[_only]
    )

    def validate_fee(self, field: StringField) -> None:
        """Read the sum; none at all is one."""
        text = field.data or ""
        try:
            self.fen = Fen(0) if text.strip("0.０") == "" else parse_yuan(text)
        except BadInput as refusal:
            raise ValidationError(_NOT_A_FEE) from refusal


class AssignForm(FlaskForm):
    """The reference that unmatched money should have named."""

    reference = StringField(
        "付款编号",
        [InputRequired("请填付款编号，像 AX123456"), Length(max=500, message="最多 500 个字")],
        filters=[_only],
    )  # fmt: skip


class TakeBackForm(FlaskForm):
    """Why a booking is wrong."""

    reason = RadioField(
        "哪里记错了",
        [InputRequired("请选哪里记错了")],
        choices=[SelectChoice(one, one) for one in WRONG],
    )
