"""How many instalments an auditor draws, and from where."""

from collections.abc import Iterable, Mapping

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from services.oversight.audit_samples import MOST
from web.forms.places import with_leagues


class DrawForm(FlaskForm):
    """A size, and a banner or everywhere."""

    size = IntegerField(
        "抽几笔",
        [InputRequired("请填抽几笔，例如：20"), NumberRange(1, MOST, f"请填 1 到 {MOST} 之间的数")],
    )
    region = SelectField("从哪里抽")

    def offer(self, banners: Iterable[Mapping[str, str]]) -> None:
        """Fill the list of leagues and banners; the first choice is everywhere the auditor works."""
        self.region.choices = [SelectChoice("", "我管的全部地方"), *with_leagues(banners)]
