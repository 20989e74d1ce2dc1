"""Writing a letter, and deciding about one."""

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from services.letters.letters import Draft
from vocabulary.enums import LetterReturn, LetterSide, LetterVoice
from vocabulary.letters import sentences
from web.core.labels import label

ERRORS = {
    "missing": "请写几句话，或者勾一句现成的。",
    "too_long": "太长了，最多两千字，请分成两封。",
    "enough": "已经有三封在旗妇联那里了，寄出以后再写吧。",
    "no_pictures": "这里只收文字，不收图片：字迹和照片会让人认出你。",
    "handed_on": "你已经请别人接着付，写信的日子到了。以前的信都在。",
    "gone": "收信的人以后收不到信了，这封信寄不出去。",
    "marked": "还有几处像是能认出人，请再看一眼。",
    "not_typed": "先照着照片把信打出来。",
}


def _only(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


class LetterForm(FlaskForm):
    """Words of one's own, ready ones, or both."""

    text = TextAreaField("信", filters=[_only])
    ready = SelectMultipleField("现成的话")

    def offer(self, side: LetterSide) -> None:
        """Offer the ready sentences of a side; ticked by number, so that none goes stale."""
        self.ready.choices = [
            SelectChoice(str(n), sentence) for n, sentence in enumerate(sentences(side))
        ]

    def draft(self, side: LetterSide) -> Draft:
        """Return what was written, the ticked sentences at its end; a photograph as it came."""
        offered = sentences(side)
        chosen = [offered[int(n)] for n in self.ready.data or []]
        text = "\n".join([*([self.text.data] if self.text.data else []), *chosen])
        voice = LetterVoice(self.voice.data) if "voice" in self else None
        is_last = "is_goodbye" in self and bool(self["is_goodbye"].data)
        return Draft(text, voice, self.photo_sent(), is_goodbye=is_last)

    def photo_sent(self) -> bytes:
        """Return the photograph that came with this very request, as it came."""
        sent = request.files.get("photo")
        if sent is None:
            return b""
        sent.seek(0)
        content: bytes = sent.read()
        return content

    def put(self, draft: Draft) -> None:
        """Show what would be sent, the ticked sentences now among the words."""
        self.text.data, self.ready.data = draft.text, []


class LastLetterForm(LetterForm):
    """A donor's whom another follows: this may be the goodbye."""

    is_goodbye = BooleanField("这是告别信")


class FamilyLetterForm(LetterForm):
    """A family's: whose words they are, and the photograph of the paper if there is one."""

    voice = RadioField(
        "谁写的",
        [InputRequired("请选一下是谁写的")],
        choices=[SelectChoice(one.value, label(one)) for one in LetterVoice],
    )
    photo = FileField("信纸的照片")


class HelpedLetterForm(FamilyLetterForm):
    """A family's, handed in by a teacher."""

    asked = BooleanField(
        "是孩子自己请我帮忙的", [InputRequired("孩子没有请你帮忙的，请让孩子或家里自己写。")]
    )


class ReleaseForm(FlaskForm):
    """The text that goes to the other side; `seen` is what was looked at once more."""

    text = TextAreaField("要寄出的信", filters=[_only])
    seen = HiddenField(filters=[_only])


class TypeForm(FlaskForm):
    """The words of a letter that came as a photograph alone."""

    text = TextAreaField("照着照片打出来，一字不改", filters=[_only])


class FriendForm(FlaskForm):
    """Which volunteer writes with a child."""

    volunteer = SelectField("哪一位爱心妈妈", [InputRequired("请选一位")], validate_choice=False)


class ReturnForm(FlaskForm):
    """Why a letter goes back."""

    reason = RadioField(
        "为什么退回",
        [InputRequired("请选一个原因")],
        choices=[SelectChoice(one.value, label(one)) for one in LetterReturn],
    )
