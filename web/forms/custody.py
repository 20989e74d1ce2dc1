"""What a custodian asks, and how a second one answers."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from vocabulary.enums import AskedFor, CustodyReason
from web.core.labels import label


def _only(text: str | None) -> str:
    return (text or "").strip()


class RequestForm(FlaskForm):
    """One pledge, for whom, and why."""

    handle = StringField(
        "认捐编号或付款编号",
        [InputRequired("请填认捐编号或付款编号"), Length(max=40)],
        filters=[_only],
    )
    asked_for = RadioField(
        "谁要看",
        [InputRequired("请选是谁要看")],
        choices=[SelectChoice(kind.value, label(kind)) for kind in AskedFor],
    )
    reason = RadioField(
        "事由",
        [InputRequired("请选一个事由")],
        choices=[SelectChoice(kind.value, label(kind)) for kind in CustodyReason],
    )
    words = TextAreaField("说明", [Length(max=500, message="最多 500 个字")], filters=[_only])
    document = FileField("法律文书")


class BecauseForm(FlaskForm):
    """Why a second person says no."""

    because = StringField(
        "为什么不同意",
        [InputRequired("请写一句为什么不同意"), Length(max=200, message="最多 200 个字")],
        filters=[_only],
    )
