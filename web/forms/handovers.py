"""What a hand fills in: exceptions, the photograph of a slip, a class, a slip's code."""

from collections.abc import Mapping, Sequence
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
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp, StopValidation

from services.handover.handovers import LONGEST_RELATION, Said
from vocabulary.enums import Evidence, Snag
from vocabulary.errors import BadInput
from vocabulary.money import parse_yuan
from web.core.labels import label

HANDED_OVER = ""
NO_RELATION = "请写代领人和孩子的关系，例如：姑姑"
NO_PART = "请写已经交了多少元，例如：40"
# Whose guardian works in the unit is asked of the whole list, before anything is handed over.
SNAGS = [SelectChoice(snag.value, label(snag)) for snag in Snag if snag is not Snag.OWN_STAFF]
PHOTO_FAULTS = {
    "empty": "照片没有传上来，请再选一次。",
    "too_large": "照片超过 20 MB，请拍小一点再传。",
    "not_a_photo": "这不是照片。请传 JPG、PNG 或 WebP 格式的照片。",
    "two_things": "这个文件里除了照片还有别的东西，不能收。请重新拍一张。",
    "too_many_pixels": "照片太大，打不开。请用手机重新拍一张。",
    "broken": "照片坏了，打不开。请重新拍一张。",
}


def _check_relation(form: "_Said", field: StringField) -> None:
    if form.snag.data == Snag.SOMEONE_ELSE and not (field.data or "").strip():
        raise StopValidation(NO_RELATION)


def _check_handed(form: "_Said", field: StringField) -> None:
    if form.snag.data != Snag.PARTLY:
        return
    try:
        parse_yuan(field.data or "")
    except BadInput:
        raise StopValidation(NO_PART) from None


class _Said(Form):
    snag = SelectField("怎么回事", choices=[SelectChoice(HANDED_OVER, "交到了"), *SNAGS])
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
    """One line of the whole list."""

    ref = HiddenField()


class ConfirmForm(FlaskForm):
    """The whole list: exceptions first."""

    lines = FieldList(FormField(LineForm), "名单里有一处没填好，点这里看")
    evidence = RadioField(
        "签收单",
        choices=[
            SelectChoice(Evidence.SLIP_PAPER.value, "签好了，纸单留着"),
            SelectChoice(Evidence.WORD.value, "还没有签，钱已经交到"),
        ],
        default=Evidence.SLIP_PAPER.value,
    )

    def shown(self) -> frozenset[str]:
        """Return the lines that stood on the page."""
        return frozenset(str(entry.form.ref.data) for entry in self.lines)

    def exceptions(self) -> dict[str, Said]:
        """Return the lines that did not go as listed."""
        said = {str(entry.form.ref.data): entry.form.said() for entry in self.lines}
        return {ref: one for ref, one in said.items() if one is not None}


class SnagForm(FlaskForm, _Said):
    """Why one line did not go as listed."""

    snag = RadioField("怎么回事", [InputRequired("请选一项")], choices=SNAGS)

    def exception(self) -> Said:
        """Return what happened; a checked form always names it."""
        said = self.said()
        return said if said is not None else Said(Snag(self.snag.data))

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Check as any form; written out because two parents bring one."""
        return bool(FlaskForm.validate(self, extra_validators))


class PhotoForm(FlaskForm):
    """The photograph of a signed slip."""

    photo = FileField("签收单的照片")


class CodeForm(FlaskForm):
    """A slip's printed code."""

    code = StringField("签收单上的编号", [InputRequired("请填编号"), Length(max=40)])


class ClassForm(FlaskForm):
    """Which class to pass, and where its six digits go."""

    class_label = RadioField("哪个班", [InputRequired("请选一个班")])
    phone = StringField("班主任的手机号", [Length(max=30, message="手机号是 11 位数字")])

    def offer(self, labels: Sequence[str], known: Mapping[str, str]) -> None:
        """Fill the classes, with the last digits of the telephone where one is known."""
        self.class_label.choices = [
            SelectChoice(one, f"{one}（尾号 {known[one]}）" if one in known else one)
            for one in labels
        ]


class DeviceForm(FlaskForm):
    """The six digits that bind the first device."""

    code = StringField(
        "六位数", [InputRequired("请填六位数"), Regexp(r"^\s*\d{6}\s*$", message="是六个数字")]
    )
