"""A school by hand."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from web.forms.places import townships


def _only(text: str | None) -> str:
    return (text or "").strip()


class ContactForm(FlaskForm):
    """Whom to call at a school."""

    contact = StringField("资助专干", [Length(max=40)], filters=[_only])
    phone = StringField("联系电话", [Length(max=30)], filters=[_only])


class SchoolForm(ContactForm):
    """A school, or an institution where children live, that is not there yet."""

    is_home = BooleanField("这是福利机构，不是学校")
    name = StringField("全名", [InputRequired("请填全名"), Length(max=80)], filters=[_only])
    township = SelectField("苏木乡镇", [InputRequired("请选苏木乡镇")])

    def offer(self, banners: Sequence[tuple[str, Sequence[Any]]]) -> None:
        """Fill the list of townships, banner by banner."""
        self.township.choices = townships(banners)
