"""A child that moves to another banner: handed over, accepted, or not."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from services.children.transfers import WAYS
from web.forms.children import GRADES, labels, only, schools_or
from web.forms.places import NOTHING, by_league, townships


class TransferForm(FlaskForm):
    """To which banner a child is handed over, and what it has to know."""

    to = SelectField("转到哪个旗县", [InputRequired("请选旗县")])
    words = TextAreaField(
        "给那边的话",
        [InputRequired("请写几句"), Length(max=400, message="最多 400 个字")],
        filters=[only],
    )

    def offer(self, banners: Sequence[Any]) -> None:
        """Fill the list of the other banners."""
        self.to.choices = [NOTHING, *by_league(banners)]


class ArrivalForm(FlaskForm):
    """Where a child that was handed over lives and learns now, and by whom its money comes."""

    township = SelectField("苏木乡镇", [InputRequired("请选苏木乡镇")])
    address = StringField("嘎查村（社区）和住址", [Length(max=120)], filters=[only])
    school = SelectField("学校", default="")
    grade = SelectField("年级", [InputRequired("请选年级")], choices=GRADES)
    class_name = StringField("班", [Length(max=20)], filters=[only])
    route = RadioField("钱由谁转交", [InputRequired("请选一个")], choices=labels(list(WAYS)))

    def offer(self, places: Sequence[tuple[str, Sequence[Any]]], schools: Sequence[Any]) -> None:
        """Fill the townships and schools of the new banner."""
        self.township.choices = townships(places)
        self.school.choices = schools_or("不在校", schools)


class AnswerTransferForm(FlaskForm):
    """Why a child is not taken over."""

    answer = StringField("为什么不接", [Length(max=200, message="最多 200 个字")], filters=[only])
