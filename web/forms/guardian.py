"""What a guardian wants done with the child's file, and the answer in writing."""

from collections.abc import Sequence
from dataclasses import replace

from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from services.guardians.guardian_wishes import Wish
from vocabulary.enums import FilePart, GuardianWish, Language, Purpose
from vocabulary.errors import BadInput
from web.core.labels import label

LONGEST = 500
BARS = {
    "amend_first": "姓名、身份证号要两个人改：先提修改，另一位同事对过户口本改好，再来答复。",
    "end_first": "档案还没有结束，助学金还在走。先和家里说清楚，结束档案以后才能删。",
    "still_due": "还有钱在路上没有交到家里，交到以后才能删。",
}
_GONE = "这一项已经收回了，请选一项还在的"
ASKED = {
    "missing": "这里还没有填",
    "waits": "这一处已经提过，在等答复，不用再提",
}


def _only(text: str | None) -> str:
    return (text or "").strip()


class WishForm(FlaskForm):
    """Which part is wrong and what is right, or that the file is to be deleted.

    A guardian behind her own link takes a copy herself.
    """

    wish = RadioField(
        "要做什么",
        [InputRequired("请选一项")],
        choices=[
            SelectChoice(wish.value, label(wish))
            for wish in GuardianWish
            if wish is not GuardianWish.COPY
        ],
    )
    part = RadioField(
        "哪里不对",
        [Optional()],
        choices=[SelectChoice(part.value, label(part)) for part in FilePart],
    )
    words = TextAreaField(
        "请写清楚",
        [
            InputRequired("请写一句，旗妇联好照着办"),
            Length(max=LONGEST, message=f"最多 {LONGEST} 个字"),
        ],
        filters=[_only],
    )

    def wished(self) -> Wish:
        """Return what was written; a part counts only for a correction."""
        wish = GuardianWish(self.wish.data)
        part = self.part.data if wish is GuardianWish.CORRECT else None
        return Wish(wish, self.words.data or "", FilePart(part) if part else None)

    def say(self, refusal: BadInput) -> None:
        """Put a refusal beside the field that it is about."""
        self[str(refusal.params["field"])].errors = [ASKED[str(refusal.params["reason"])]]


class TakeBackForm(FlaskForm):
    """Which consent is taken back; pressed twice, the second time under what follows from it."""

    purpose = RadioField("收回哪一项", [InputRequired("请选一项")], validate_choice=False)

    def validate_purpose(self, field: RadioField) -> None:
        """Refuse what does not stand, such as what an older page still offers."""
        if field.data not in {choice.value for choice in field.choices or []}:
            raise ValidationError(_GONE)

    def offer(self, stands: Sequence[Purpose]) -> None:
        """Offer what was agreed to and stands; last the file's, with which all others end."""
        last = sorted(stands, key=lambda one: one is Purpose.CASE_FILE)
        self.purpose.choices = [SelectChoice(one.value, label(one)) for one in last]


class HelpedWishForm(WishForm):
    """What a guardian told her village director, in which language; a copy is brought on paper."""

    wish = RadioField(
        "监护人要做什么",
        [InputRequired("请选一项")],
        choices=[SelectChoice(wish.value, label(wish)) for wish in GuardianWish],
    )
    language = RadioField(
        "说的是哪种话",
        [InputRequired("请选一项")],
        choices=[SelectChoice(language.value, label(language)) for language in Language],
    )

    def wished(self) -> Wish:
        """Return what was written, with the language."""
        return replace(super().wished(), language=Language(self.language.data))


class AnswerForm(FlaskForm):
    """The answer, with its reason."""

    agrees = RadioField(
        "怎么答复",
        [InputRequired("请选一项")],
        choices=[SelectChoice("yes", "同意，已经办好"), SelectChoice("no", "不同意")],
    )
    words = TextAreaField(
        "书面答复",
        [
            InputRequired("请写答复，不同意要写明理由"),
            Length(max=LONGEST, message=f"最多 {LONGEST} 个字"),
        ],
        filters=[_only],
    )
