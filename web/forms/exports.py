"""The form of an export: which list, of where and when, and why."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from vocabulary.dates import add_months, first_of_month
from vocabulary.enums import ExportKind
from web.core.filters import full_month
from web.core.labels import label
from web.forms.places import by_league

MONTHS = 14


class ExportForm(FlaskForm):
    """Everything but the reason is chosen."""

    kind = RadioField("要哪一份", [InputRequired("请选一份")])
    region = SelectField("哪里的", [InputRequired("请选一个地方")])
    month = SelectField("哪个月")
    reason = StringField("做什么用", [InputRequired("请写做什么用"), Length(max=100)])

    def offer(
        self, kinds: Sequence[ExportKind], places: Sequence[Mapping[str, Any]], *, today: date
    ) -> None:
        """Fill the lists; the latest month stands first."""
        self.kind.choices = [SelectChoice(kind.value, label(kind)) for kind in kinds]
        self.region.choices = by_league(places)
        months = [add_months(first_of_month(today), -back) for back in range(MONTHS)]
        self.month.choices = [SelectChoice(f"{one:%Y-%m}", full_month(one)) for one in months]
