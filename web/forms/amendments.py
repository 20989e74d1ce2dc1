"""What two people change: a child's name and number, a school's account."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length


def _only(text: str | None) -> str:
    return (text or "").strip()


def _field(words: str, needed: str = "", most: int = 80) -> Any:
    checks = [Length(max=most, message=f"最多 {most} 个字")]
    return StringField(
        words, [InputRequired(needed), *checks] if needed else checks, filters=[_only]
    )


class IdentityForm(FlaskForm):
    """How a child is called, and its number."""

    name = _field("姓名", "请填姓名", 40)
    number = _field("身份证号", most=30)
    reason = _field("为什么改", "请写一句为什么改，另一位同事要看", 200)


class AccountForm(FlaskForm):
    """Where a school's stipends are paid from now on."""

    name = _field("收款户名", "请填收款户名")
    bank = _field("开户行", "请填开户行")
    number = _field("账号", "请填账号", 40)
    reason = _field("为什么改", "请写一句为什么改，另一位同事要看", 200)


class AgreeForm(FlaskForm):
    """The number once more, from the paper."""

    again = _field("照原件再输一遍号码", most=40)
