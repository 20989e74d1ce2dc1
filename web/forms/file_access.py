"""What is asked of a child's case, how a second person answers, and whose case it is."""

from collections.abc import Iterable, Mapping

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from vocabulary.enums import AccessReason
from web.core.labels import label


def _only(text: str | None) -> str:
    return (text or "").strip()


class AskForm(FlaskForm):
    """Why the details of a case are needed."""

    reason = RadioField(
        "事由",
        [InputRequired("请选一个事由")],
        choices=[SelectChoice(kind.value, label(kind)) for kind in AccessReason],
    )
    words = TextAreaField(
        "说明",
        [InputRequired("请写一句为什么要看"), Length(max=300, message="最多 300 个字")],
        filters=[_only],
    )


class AssignForm(FlaskForm):
    """Who sees to a child, or to all of a township that nobody sees to."""

    to = SelectField("交给谁", [InputRequired("请选一位同事")])

    def offer(self, colleagues: Iterable[Mapping[str, str]]) -> None:
        """Fill the list of colleagues."""
        people = [SelectChoice(one["ref"], one["name"]) for one in colleagues]
        self.to.choices = [SelectChoice("", "请选择"), *people]
