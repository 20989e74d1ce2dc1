"""Fiscal receipts: what a donor asks, what a desk keeps."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from services.papers.asking import NAME_LENGTH
from vocabulary.enums import ReceiptWay
from vocabulary.errors import BadInput
from vocabulary.money import Fen, parse_yuan
from web.core.labels import label
from web.forms.receipts import DayField

NONE = "none"
_NOT_A_SUM = "金额没看懂。写成 1200 或 1200.50。"
_DAY_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]


def _only(text: str | None) -> str:
    return (text or "").strip()


class WishForm(FlaskForm):
    """Whether a donor wants a receipt of a year, and who makes it out."""

    way = RadioField("这一年的捐赠票据", [InputRequired("请选一样")])
    name = StringField(
        "票据上的姓名或单位，和证件号",
        [Length(max=NAME_LENGTH, message=f"最多 {NAME_LENGTH} 个字")],
        filters=[_only],
    )

    def offer(self, *, is_named: bool) -> "WishForm":
        """Who left his name may do without; who left none has it so until he asks."""
        ways = [ReceiptWay.PAYER, ReceiptWay.SEALED]
        choices = [SelectChoice(way.value, label(way)) for way in ways]
        none = ReceiptWay.WAIVED.value if is_named else NONE
        self.way.choices = [*choices, SelectChoice(none, "不要票据")]
        return self

    def asked(self) -> ReceiptWay | None:
        """Return the way; None is to do without, as the pledge says."""
        return None if self.way.data == NONE else ReceiptWay(self.way.data)


class KeptForm(FlaskForm):
    """What stands on a receipt of the fiscal system."""

    number = StringField(
        "票据号码",
        [InputRequired("请填票据号码"), Length(max=30, message="最多 30 个字")],
        filters=[_only],
    )
    amount = StringField("票据金额", [InputRequired("请填金额，像 1200.50")], filters=[_only])
    issued_on = DayField(
        "开票日期", [InputRequired("请填开票日期，像 2026-11-03")], format=_DAY_FORMATS
    )
    document = FileField("票据文件")

    def validate_amount(self, field: StringField) -> None:
        """Read the sum as people write it."""
        try:
            self.fen: Fen = parse_yuan(field.data or "")
        except BadInput as refusal:
            raise ValidationError(_NOT_A_SUM) from refusal
