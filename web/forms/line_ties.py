"""What a booked or waiting line really is: said by one, agreed by another."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from vocabulary.enums import TieKind
from web.core.labels import label

_WORDS = [InputRequired("请写一句，至少 4 个字"), Length(max=300, message="最多 300 个字")]


class TieForm(FlaskForm):
    """What a credit in 待核对 is instead of a gift, and how one knows."""

    kind = RadioField(
        "这笔钱是什么",
        [InputRequired("请选一个")],
        choices=[SelectChoice(one.value, label(one)) for one in TieKind],
    )
    words = TextAreaField("怎么知道的", _WORDS)


class TargetForm(FlaskForm):
    """Of which of our payments, or which debit, it is."""

    target = RadioField("是哪一笔", [InputRequired("请选是哪一笔；都不是，就点“都不是”。")])

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer these: refs with their words."""
        self.target.choices = [SelectChoice(ref, words) for ref, words in choices]


class MoveForm(FlaskForm):
    """To which reference a booking goes, and how one knows."""

    reference = StringField("对的付款编号", [Length(max=120, message="最多 120 个字")])
    words = TextAreaField("怎么知道的", _WORDS)


class MoveAgreeForm(FlaskForm):
    """The second person types it again."""

    again = StringField("再输一遍对的付款编号", [Length(max=120, message="最多 120 个字")])
