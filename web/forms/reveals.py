"""What each side lets the other see, and what the staff say of a check."""

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from services.reveals.reveals import Shares, Words
from vocabulary.enums import ChildWord, RevealBar
from web.core.labels import label


def _only(text: str | None) -> str:
    return (text or "").strip()


class WordsForm(FlaskForm):
    """How a donor wants to be called by one family."""

    name = StringField(
        "怎么称呼你", [InputRequired("请写一个称呼，真名、小名都行。")], filters=[_only]
    )
    city = StringField("你在哪个城市", filters=[_only])

    def own(self) -> Words:
        """Return what was written."""
        return Words(self.name.data or "", self.city.data or "")


class SharesForm(FlaskForm):
    """What a family lets be seen of the child; never a telephone, an address or a school."""

    shares = SelectMultipleField(
        "让对方看到什么",
        [InputRequired("请至少选一样。")],
        choices=[SelectChoice("name", "孩子的姓名"), SelectChoice("place", "在哪个旗县")],
    )

    def own(self) -> Shares:
        """Return what was ticked."""
        ticked = self.shares.data or []
        return Shares(name="name" in ticked, place="place" in ticked)


class CheckForm(FlaskForm):
    """What the child said, asked by the first of two people."""

    word = RadioField(
        "孩子本人怎么说",
        [InputRequired("请选孩子怎么说")],
        choices=[SelectChoice(word.value, label(word)) for word in ChildWord],
    )


class SecondForm(FlaskForm):
    """Nothing but the press itself."""


class BarForm(FlaskForm):
    """Why nothing is to be shown."""

    bar = RadioField(
        "为什么",
        [InputRequired("请选一个原因")],
        choices=[SelectChoice(bar.value, label(bar)) for bar in RevealBar],
    )
