"""The forms of a unit or group that gives under one pledge."""

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from services.giving.members import NAME_LENGTH
from vocabulary.enums import GiverKind
from vocabulary.errors import BadInput
from vocabulary.money import Fen, parse_yuan
from web.core.labels import label
from web.forms.receipts import DayField

_DAYS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]
_LONGEST = 10_000


class NameForm(FlaskForm):
    """In whose name a pledge is given."""

    UNFIT = f"名称写 2 到 {NAME_LENGTH} 个字。"

    kind = RadioField(
        "是单位，还是几个人一起",
        choices=[SelectChoice(one.value, label(one)) for one in GiverKind],
        validators=[InputRequired("请选一个。")],
    )
    name = StringField("名称", [InputRequired(UNFIT), Length(max=NAME_LENGTH, message=UNFIT)])

    def said(self) -> GiverKind:
        """Return which."""
        return GiverKind(self.kind.data)


class JoinForm(FlaskForm):
    """A list of members, typed or pasted."""

    members = TextAreaField(
        "名单",
        [InputRequired("请填名单，一人一行。"), Length(max=_LONGEST, message="名单太长了。")],
    )
    from_on = DayField("从哪一天起", [InputRequired("请填日子，像 2026-11-03")], format=_DAYS)


class ReachForm(FlaskForm):
    """Where one member's own link goes; empty takes it from him."""

    contact = StringField("手机号或邮箱", [Length(max=120, message="最多 120 个字")])


class ContactForm(FlaskForm):
    """Who is to be the group's contact from now on."""

    contact = StringField(
        "对方的手机号或邮箱", [InputRequired("请填对方的手机号或邮箱"), Length(max=120)]
    )


class ChangeForm(FlaskForm):
    """What one member gives from a day on."""

    fen = StringField("每次多少元", [InputRequired("请填一个数；退出填 0。"), Length(max=20)])
    from_on = DayField("从哪一天起", [InputRequired("请填日子，像 2026-11-03")], format=_DAYS)

    def validate_fen(self, field: StringField) -> None:
        """Read the sum as people write it; 0 is to leave."""
        try:
            self._fen = Fen(0) if (field.data or "").strip() == "0" else parse_yuan(field.data)
        except BadInput as refusal:
            message = "请填一个数，比如 50；退出填 0。"
            raise ValidationError(message) from refusal

    def said(self) -> Fen:
        """Return the sum."""
        return self._fen
