"""The forms of the approval desk: a no with its coded reason, and a pair by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from vocabulary.enums import DeclineReason
from web.core import pledge_words
from web.core.labels import label

_SAY_IT = "选了“别的原因”，请写一句是什么"
OFFERED = tuple(reason for reason in DeclineReason if reason is not DeclineReason.NOT_DECIDED)


def _only(text: str | None) -> str:
    return (text or "").strip()


class DeclineForm(FlaskForm):
    """暂不同意."""

    reason = RadioField(
        "暂不同意，因为",
        [InputRequired("选一个原因，孩子那边才知道差什么")],
        choices=[SelectChoice(reason.value, label(reason)) for reason in OFFERED],
        validate_choice=True,
    )
    note = StringField("补一句", [Length(max=200, message="最多 200 个字")])
    after = HiddenField()

    def validate_note(self, field: Field) -> None:
        """Another reason is said in words."""
        if self.reason.data == DeclineReason.OTHER and not (field.data or "").strip():
            raise ValidationError(_SAY_IT)


class SwapForm(FlaskForm):
    """换成另一份: why."""

    note = StringField(
        "为什么换",
        [InputRequired("请写一句为什么，审批人要看"), Length(max=200, message="最多 200 个字")],
        filters=[_only],
    )


class PairForm(FlaskForm):
    """手工提出结对: one of the pledges that fit, and why."""

    pair = RadioField("用哪一份认捐", [InputRequired("请选一份认捐")])
    note = StringField(
        "为什么提这一对",
        [InputRequired("请写一句为什么，审批人要看"), Length(max=200, message="最多 200 个字")],
        filters=[_only],
    )

    def offer(self, needs: Sequence[Mapping[str, Any]]) -> None:
        """Fill the list with the fitting pledges of every need."""
        self.pair.choices = [
            SelectChoice(
                f"{need['ref']}.{one['code']}", f"认捐 {one['code']} · {pledge_words.amount(one)}"
            )
            for need in needs
            for one in need["pledges"]
        ]
