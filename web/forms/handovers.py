"""What a hand fills in: exceptions, the photograph of a slip, a class, a slip's code."""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Regexp, StopValidation

from services.handovers import LONGEST_RELATION, Said
from vocabulary.enums import Evidence, Snag
from vocabulary.errors import BadInput
from vocabulary.money import parse_yuan
from web.core.labels import label

HANDED_OVER = ""
SNAGS = [(snag.value, label(snag)) for snag in Snag]
PHOTO_FAULTS = {
    "empty": "照片没有传上来，请再选一次。",
    "too_large": "照片超过 20 MB，请拍小一点再传。",
    "not_a_photo": "这不是照片。请传 JPG、PNG 或 WebP 格式的照片。",
    "two_things": "这个文件里除了照片还有别的东西，不能收。请重新拍一张。",
    "too_many_pixels": "照片太大，打不开。请用手机重新拍一张。",
    "broken": "照片坏了，打不开。请重新拍一张。",
}


def _check_relation(form: Form, field: StringField) -> None:
    if form.snag.data == Snag.SOMEONE_ELSE and not (field.data or "").strip():
        raise StopValidation("请写代领人和孩子的关系，例如：姑姑")


def _check_handed(form: Form, field: StringField) -> None:
    if form.snag.data != Snag.PARTLY:
        return
    try:
        parse_yuan(field.data or "")
    except BadInput:
        raise StopValidation("请写已经交了多少元，例如：40") from None


class _Said(Form):  # type: ignore[misc]  # wtforms is untyped
    snag = SelectField("怎么回事", choices=[(HANDED_OVER, "交到了"), *SNAGS])
    relation = StringField(
        "代领人是孩子的谁", [Length(max=LONGEST_RELATION, message="最多 20 个字"), _check_relation]
    )
    handed = StringField("已经交了多少元", [_check_handed])

    def said(self) -> Said | None:
        """Return the exception, None when the line went as listed."""
        if not self.snag.data:
            return None
        snag = Snag(self.snag.data)
        handed = parse_yuan(self.handed.data or "") if snag is Snag.PARTLY else None
        relation = (self.relation.data or "").strip() if snag is Snag.SOMEONE_ELSE else ""
        return Said(snag, relation=relation, handed=handed)


class LineForm(_Said):
    ref = HiddenField()


class ConfirmForm(FlaskForm):  # type: ignore[misc]  # as above
    lines = FieldList(FormField(LineForm))
    evidence = RadioField(
        "签收单",
        choices=[
            (Evidence.SLIP_PAPER.value, "签好了，纸单留着"),
            (Evidence.WORD.value, "还没有签，钱已经交到"),
        ],
        default=Evidence.SLIP_PAPER.value,
    )

    def exceptions(self) -> dict[str, Said]:
        """Return the lines that did not go as listed."""
        said = {entry.form.ref.data: entry.form.said() for entry in self.lines}
        return {ref: one for ref, one in said.items() if one is not None}


class SnagForm(FlaskForm, _Said):  # type: ignore[misc]  # as above
    snag = RadioField("怎么回事", [InputRequired("请选一项")], choices=SNAGS)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check as any form; written out because two parents bring one."""
        return bool(FlaskForm.validate(self, extra_validators))


class PhotoForm(FlaskForm):  # type: ignore[misc]  # as above
    photo = FileField("签收单的照片")


class CodeForm(FlaskForm):  # type: ignore[misc]  # as above
    code = StringField("签收单上的编号", [InputRequired("请填编号"), Length(max=40)])


class ClassForm(FlaskForm):  # type: ignore[misc]  # as above
    class_label = RadioField("哪个班", [InputRequired("请选一个班")])


class DeviceForm(FlaskForm):  # type: ignore[misc]  # as above
    code = StringField(
        "六位数", [InputRequired("请填六位数"), Regexp(r"^\s*\d{6}\s*$", message="是六个数字")]
    )
