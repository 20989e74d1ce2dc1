"""The red button's form, and what its handler says of a case: choices only, no word of what was seen."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from services.danger.protection import About
from services.gate import Card
from vocabulary.enums import Called, Complained, HarmOutcome
from web.core.labels import label

_ONE = "account:"


class AboutForm(FlaskForm):
    """Whom the fear is about; staff may name one colleague."""

    about = SelectField(
        "担心的是谁",
        choices=[SelectChoice(one.value, label(one)) for one in Complained],
        default=Complained.UNKNOWN.value,
    )

    def offer(self, colleagues: Iterable[Card]) -> None:
        """Offer the colleagues one by one below the kinds."""
        more = [SelectChoice(_ONE + one["ref"], one["name"]) for one in colleagues]
        self.about.choices = [*self.about.choices, *more]

    def read(self) -> About:
        """Return what was chosen."""
        chosen = self.about.data or Complained.UNKNOWN
        if chosen.startswith(_ONE):
            return About(Complained.OFFICE, chosen.removeprefix(_ONE))
        return About(Complained(chosen))


class HarmForm(AboutForm):
    """Who was called."""

    called = RadioField(
        "打给谁了",
        [InputRequired("请选打给谁了")],
        choices=[
            SelectChoice(one.value, "还没有打，先记下" if one is Called.NOT_YET else label(one))
            for one in Called
        ],
    )


class CloseForm(FlaskForm):
    """How it ended."""

    outcome = RadioField(
        "怎么样了",
        [InputRequired("请选怎么样了")],
        choices=[SelectChoice(one.value, label(one)) for one in HarmOutcome],
    )
