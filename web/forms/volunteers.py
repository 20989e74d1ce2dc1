"""The papers of a 爱心妈妈."""

from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from vocabulary.enums import Clearance
from web.core.labels import label
from web.forms.children import only


class PaperForm(FlaskForm):
    """A paper that staff have seen: the day of a check or training, an insurance's last day."""

    paper = RadioField(
        "看到了哪样证明",
        [InputRequired("请选看到了哪样证明")],
        choices=[SelectChoice(one.value, label(one)) for one in Clearance],
    )
    on = DateField("日期", [InputRequired("请填日期")])


class TermsForm(FlaskForm):
    """With whom she may be paired."""

    capacity = IntegerField(
        "能陪几个孩子", [InputRequired("请填 1 到 5"), NumberRange(1, 5, "请填 1 到 5")]
    )
    wish_sex = RadioField(
        "愿意陪",
        choices=[SelectChoice("", "都可以"), SelectChoice("F", "女孩"), SelectChoice("M", "男孩")],
        default="",
    )
    age_from = IntegerField(
        "从几岁", [InputRequired("请填岁数"), NumberRange(0, 25, "请填 0 到 25")]
    )
    age_to = IntegerField("到几岁", [InputRequired("请填岁数"), NumberRange(0, 25, "请填 0 到 25")])
    reach_km = IntegerField(
        "最远去多少公里", [InputRequired("请填公里数"), NumberRange(1, 500, "请填 1 到 500")]
    )
    availability = StringField("什么时候有空", [Length(max=60)], filters=[only])
    organisation = SelectField("在哪里工作，或自己的孩子在哪里上学", choices=[], default="")
    workplace = StringField("名单里没有的工作单位", [Length(max=80)], filters=[only])


class LoginNoForm(FlaskForm):
    """Why a login that waits is to open nothing."""

    because = StringField(
        "为什么不同意",
        [InputRequired("请写为什么"), Length(max=200, message="最多 200 个字。")],
    )


class LoginForm(FlaskForm):
    """The login by which she sees her own record."""

    login = StringField("登录名", [InputRequired("请填登录名"), Length(max=40)])
