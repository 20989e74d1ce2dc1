"""The forms of the register of incidents."""

from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from vocabulary.enums import FoundBy, Harmed, Told
from web.core.labels import label

NOBODY = ""


class IncidentForm(FlaskForm):
    """What happened, when, how it was found, and what kinds of data it touched."""

    what = TextAreaField("出了什么事", [InputRequired("请写出了什么事"), Length(max=1000)])
    happened_on = DateField("哪天发生的", [InputRequired("请填日期，不清楚就填最早可能的一天")])
    found_on = DateField("哪天发现的", [InputRequired("请填日期")])
    found_by = RadioField(
        "怎么发现的",
        [InputRequired("请选一个")],
        choices=[SelectChoice(one.value, label(one)) for one in FoundBy],
    )
    harmed = SelectMultipleField(
        "碰到了哪些资料",
        [InputRequired("请至少选一样；说不准就选“还不清楚”")],
        choices=[SelectChoice(one.value, label(one)) for one in Harmed],
    )


class StepForm(FlaskForm):
    """What was done today, and who was told."""

    told = SelectField(
        "告诉了谁",
        choices=[
            SelectChoice(NOBODY, "没有告诉谁，只是做了一件事"),
            *(SelectChoice(one.value, label(one)) for one in Told),
        ],
    )
    done = TextAreaField("做了什么", [InputRequired("请写做了什么"), Length(max=1000)])


class AffectedForm(FlaskForm):
    """Whose reading is looked for: a login's, or of a record."""

    login = StringField("登录名", [Length(max=40)])
    code = StringField("记录的编号", [Length(max=20)])
    first = DateField("从哪天起", [InputRequired("请填日期")])
    last = DateField("到哪天止", [InputRequired("请填日期")])
