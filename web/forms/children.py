"""A child's record by hand, and every change of it."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from vocabulary.classes import grade_label
from vocabulary.enums import (
    CareTime,
    Category,
    EndReason,
    KinEnd,
    KinRole,
    NeedKind,
    Purpose,
    Route,
    Sex,
)
from vocabulary.errors import BadInput
from vocabulary.money import Fen, parse_yuan
from web.core.labels import label
from web.forms.places import NOTHING, townships

LAST_GRADE = 16
_NO_AMOUNT = "金额请写成 100 或 150.50 这样，单位是元"
_NOT_VISITED = "到家里看过以后再勾这一条"
GRADES = [NOTHING] + [SelectChoice(str(n), grade_label(n)) for n in range(LAST_GRADE + 1)]
URGENCIES = [
    SelectChoice("0", "可以等"),
    SelectChoice("1", "一般"),
    SelectChoice("2", "比较急"),
    SelectChoice("3", "很急"),
]


def only(text: str | None) -> str:
    """Drop the blanks around what was typed."""
    return (text or "").strip()


def labels(kinds: Sequence[Any]) -> list[SelectChoice]:
    """Offer the words of a list, each with its label."""
    return [SelectChoice(kind.value, label(kind)) for kind in kinds]


def schools_or(nothing: str, schools: Sequence[Any]) -> list[SelectChoice]:
    """Return the schools of one banner after the words for none of them."""
    return [SelectChoice("", nothing)] + [SelectChoice(s["ref"], s["name"]) for s in schools]


def check_yuan(_form: FlaskForm, field: StringField) -> None:
    """Refuse what is no amount, in words that say how to write one."""
    try:
        parse_yuan(field.data or "")
    except BadInput as refusal:
        raise ValidationError(_NO_AMOUNT) from refusal


class NeedFields(FlaskForm):
    """One kind of help or several; money needs its monthly sum."""

    monthly = StringField("助学金每月多少", [Length(max=20)], filters=[only])
    urgency = RadioField("急不急", choices=URGENCIES, default="1")
    times = SelectMultipleField("什么时候可以去陪", choices=labels(list(CareTime)))
    detail = StringField("还要说明的", [Length(max=200)], filters=[only])

    def is_money(self) -> bool:
        """Say whether the help asked for is money."""
        raise NotImplementedError

    def validate_monthly(self, field: StringField) -> None:
        """Ask for the sum where the need is money, and only there."""
        if self.is_money() or field.data:
            check_yuan(self, field)

    @property
    def monthly_fen(self) -> Fen | None:
        """The sum in fen, where money is needed."""
        return parse_yuan(self.monthly.data or "") if self.is_money() else None


class ChildForm(NeedFields):
    """What is known of a child when somebody enters it by hand."""

    name = StringField("孩子姓名", [InputRequired("请填孩子姓名"), Length(max=40)], filters=[only])
    id_number = StringField("身份证号", [Length(max=30)], filters=[only])
    sex = RadioField("性别", [Optional()], choices=labels(list(Sex)), default=None)
    birth_on = DateField("出生日期", [Optional()])
    ethnicity = StringField("民族", [Length(max=20)], filters=[only])
    languages = StringField("会说的语言", [Length(max=80)], filters=[only])
    township = SelectField("苏木乡镇", [InputRequired("请选苏木乡镇")])
    address = StringField("嘎查村（社区）和住址", [Length(max=120)], filters=[only])
    category = SelectField("困境类型", choices=labels(list(Category)), default="other")
    school = SelectField("就读学校", default="")
    grade = SelectField("年级", [InputRequired("请选年级")], choices=GRADES)
    class_name = StringField("班", [Length(max=20)], filters=[only])
    guardian = StringField(
        "监护人姓名", [InputRequired("请填监护人姓名"), Length(max=40)], filters=[only]
    )
    relation = StringField(
        "与孩子的关系", [InputRequired("请填与孩子的关系"), Length(max=20)], filters=[only]
    )
    phone = StringField("监护人电话", [Length(max=30)], filters=[only])
    workplace = StringField("监护人的工作单位", [Length(max=80)], filters=[only])
    consented_on = DateField("监护人同意书签署日期", [Optional()])
    needs = SelectMultipleField("需要什么帮助", choices=labels(list(NeedKind)))
    remark = TextAreaField("备注", [Length(max=500)], filters=[only])

    def offer(self, townships: Sequence[Any], schools: Sequence[Any]) -> None:
        """Fill the lists of places and schools of one banner."""
        self.township.choices = [("", "请选择"), *((t["code"], t["name"]) for t in townships)]
        self.school.choices = [
            ("", "不在校，或学校不在单子里"),
            *((s["ref"], s["name"]) for s in schools),
        ]

    def is_money(self) -> bool:
        """Say whether money is among the needs."""
        return NeedKind.FINANCIAL.value in (self.needs.data or [])


class VisitForm(FlaskForm):
    """What a second person found on the home visit, and the child's own word."""

    visited = BooleanField("我到过孩子家，情况和档案写的一样")
    word = RadioField(
        "问过孩子本人了吗",
        [Optional()],
        choices=[SelectChoice("yes", "问过，孩子愿意"), SelectChoice("no", "问过，孩子不愿意")],
    )

    def validate_visited(self, field: BooleanField) -> None:
        """Nobody confirms from the desk."""
        if not field.data:
            raise ValidationError(_NOT_VISITED)


class WordForm(FlaskForm):
    """The child's own word, asked again."""

    word = RadioField(
        "孩子怎么说",
        [InputRequired("请选孩子怎么说")],
        choices=[SelectChoice("yes", "愿意接受资助"), SelectChoice("no", "不愿意")],
    )


class ConsentForm(FlaskForm):
    """A signed paper of the guardian's."""

    purposes = SelectMultipleField(
        "同意书上写明的事",
        [InputRequired("请选同意书上写明的事")],
        # Nothing is ticked beforehand: a purpose that stands on no paper was never agreed to.
        choices=labels(list(Purpose)),
    )
    given_on = DateField("签署日期", [InputRequired("请填签署日期")])


class WithdrawForm(FlaskForm):
    """Nothing but the press itself."""


class SchoolForm(FlaskForm):
    """Another school, grade or class; or another way for the money."""

    school = SelectField("学校", default="")
    route = SelectField("怎么转交", choices=labels([Route.SCHOOL, Route.VILLAGE]))
    grade = SelectField("年级", [InputRequired("请选年级")], choices=GRADES)
    class_name = StringField("班", [Length(max=20)], filters=[only])

    def offer(self, schools: Sequence[Any]) -> None:
        """Fill the list of schools of one banner."""
        self.school.choices = schools_or("不在校", schools)

    def offer_way(self, route: Route) -> None:
        """Offer to leave the way of now as it is, where it is none of the two."""
        if route not in (Route.SCHOOL, Route.VILLAGE):
            self.route.choices = [*self.route.choices, *labels([route])]


class BasicsForm(FlaskForm):
    """What a roster left open."""

    sex = RadioField("性别", [InputRequired("请选性别")], choices=labels(list(Sex)))
    birth_on = DateField("出生日期", [Optional()])
    township = SelectField("苏木乡镇", [InputRequired("请选苏木乡镇")])
    address = StringField("嘎查村（社区）和住址", [Length(max=120)], filters=[only])

    def offer(self, banners: Sequence[tuple[str, Sequence[Any]]]) -> None:
        """Fill the list of townships, banner by banner."""
        self.township.choices = townships(banners)


class KinForm(FlaskForm):
    """A guardian or a carer."""

    kin_role = RadioField(
        "这个人是",
        [InputRequired("请选监护人还是照料人")],
        choices=labels(list(KinRole)),
    )
    name = StringField("姓名", [InputRequired("请填姓名"), Length(max=40)], filters=[only])
    relation = StringField(
        "与孩子的关系", [InputRequired("请填与孩子的关系"), Length(max=20)], filters=[only]
    )
    phone = StringField("电话", [Length(max=30)], filters=[only])
    workplace = StringField("监护人的工作单位", [Length(max=80)], filters=[only])


class KinChangeForm(FlaskForm):
    """Another telephone, none any more, another place of work, or an end."""

    change = RadioField(
        "什么变了",
        [InputRequired("请选什么变了")],
        choices=[
            SelectChoice("phone", "换了电话"),
            SelectChoice("lost", "电话丢了、停机了"),
            SelectChoice("work", "工作单位"),
            *labels(list(KinEnd)),
        ],
    )
    phone = StringField("新电话", [Length(max=30)], filters=[only])
    workplace = StringField("现在的工作单位", [Length(max=80)], filters=[only])
    reason = StringField("怎么知道的", [Length(max=200)], filters=[only])


class NeedForm(NeedFields):
    """One more kind of help."""

    kind = RadioField(
        "需要什么帮助", [InputRequired("请选一种帮助")], choices=labels(list(NeedKind))
    )

    def is_money(self) -> bool:
        """Say whether this need is money."""
        return bool(self.kind.data == NeedKind.FINANCIAL.value)


class TimesForm(FlaskForm):
    """When somebody may come for one need."""

    times = SelectMultipleField("什么时候可以去陪", choices=labels(list(CareTime)))


class EndForm(FlaskForm):
    """Why a child's record ends."""

    reason = RadioField("为什么", [InputRequired("请选原因")], choices=labels(list(EndReason)))
