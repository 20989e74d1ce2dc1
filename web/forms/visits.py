"""A visit: the day, how they met, how the child was in a few taps, a sentence, a worry."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from services.care.visits import BACK_DAYS, LONGEST, NewVisit
from vocabulary.enums import ChildMood, VisitKind, VisitSign
from vocabulary.errors import BadInput
from web.core.labels import label

ERRORS = {
    ("met_on", "not_a_choice"): f"选结对以后、今天以前的日子，最多补记 {BACK_DAYS} 天",
    ("met_on", "stands_already"): "这一天已经记过了，不用再记",
    ("mood", "missing"): "点一下孩子今天怎样",
    ("words", "too_long"): f"最多 {LONGEST} 个字",
}


class VisitForm(FlaskForm):
    """记一次."""

    met_on = DateField("哪一天", [InputRequired("请选一天")])
    kind = RadioField(
        "怎么见的",
        [InputRequired("请选一个")],
        choices=[SelectChoice(one.value, label(one)) for one in VisitKind],
    )
    mood = RadioField(
        "孩子这次怎样",
        [Optional()],
        choices=[SelectChoice(one.value, label(one)) for one in ChildMood],
    )
    signs = SelectMultipleField(
        "看到什么",
        choices=[SelectChoice(one.value, label(one)) for one in VisitSign],
    )
    words = TextAreaField("还想说的", [Length(max=LONGEST, message=f"最多 {LONGEST} 个字")])
    is_worry = BooleanField("我有点担心")

    def visit(self) -> NewVisit:
        """Return what was filled in."""
        assert self.met_on.data is not None  # noqa: S101 its validator saw to it
        return NewVisit(
            met_on=self.met_on.data,
            kind=VisitKind(self.kind.data),
            mood=ChildMood(self.mood.data) if self.mood.data else None,
            signs=tuple(VisitSign(one) for one in self.signs.data or ()),
            words=(self.words.data or "").strip(),
            is_worry=bool(self.is_worry.data),
        )

    def say(self, refusal: BadInput) -> None:
        """Put a refusal beside its field."""
        place = str(refusal.params["field"])
        self[place].errors = [ERRORS[place, str(refusal.params["reason"])]]
