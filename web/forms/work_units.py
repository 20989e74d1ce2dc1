"""Work units: a new one, and the code by which a donor takes part."""

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from web.forms.accounts import AccountForm


def _only(text: str | None) -> str:
    return (text or "").strip()


class JoinForm(FlaskForm):
    """The unit's code."""

    code = StringField("代收码", [InputRequired("请填代收码"), Length(max=12)], filters=[_only])


class UnitForm(FlaskForm):
    """A work unit's name and place."""

    name = StringField("单位全称", [InputRequired("请填单位全称"), Length(max=80)], filters=[_only])
    region = SelectField("在哪里", [InputRequired("请选旗县")])

    offer_places = AccountForm.offer_places
