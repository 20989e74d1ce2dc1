"""The papers of a 爱心妈妈."""

from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from vocabulary.enums import Clearance
from web.core.labels import label


class PaperForm(FlaskForm):
    """A paper that staff have seen: the day of a check or training, an insurance's last day."""

    paper = RadioField(
        "看到了哪样证明",
        [InputRequired("请选看到了哪样证明")],
        choices=[SelectChoice(one.value, label(one)) for one in Clearance],
    )
    on = DateField("日期", [InputRequired("请填日期")])


class LoginForm(FlaskForm):
    """The login by which she sees her own record."""

    login = StringField("登录名", [InputRequired("请填登录名"), Length(max=40)])
