"""The pledge form. It checks shape only; services/pledges/pledges.py checks truth."""

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from matching.kinds.pledges import STAGES, is_past
from matching.wishes import Wishes
from privacy.naming import ALIAS_LENGTH, NAME_LENGTH, is_fit
from services.giving import members
from services.pledges.pledges import (
    MOST_CHILDREN,
    MOST_TIMES,
    PledgeTerms,
    plain_contact,
)
from vocabulary import amounts
from vocabulary.enums import EarmarkKind, GiverKind, Naming, PledgeEnd, Rhythm, Sex, Stage
from vocabulary.errors import BadInput
from vocabulary.money import Fen, format_yuan_short, parse_yuan
from vocabulary.schedule import STEP_MONTHS
from web.core.labels import label

OTHER = "other"
ANY = ""
SENTENCES = {
    "amount": "金额要在 10 元到 100,000 元之间。更多的，请先打电话商量。",
    "children_wanted": "几个孩子加起来，一次最多 100,000 元。更多的，请先打电话商量。",
    "until": "想帮的学段在毕业以后，没有孩子合得上。请改“到什么时候”，或者学段选“都可以”。",
    "until_count": "给满几次要填 1 到 600 的整数。",
    "earmark": (
        "给一个孩子的认捐，心愿选了“女孩”，才能限定只用于女孩。"
        "只用于手术的，金额请点“别的数”，进爱心备用金。"
    ),
    "league": "请重新选一下盟市。",
    "giver_name": f"单位或集体的名称写 2 到 {members.NAME_LENGTH} 个字。",
    "alias": f"别名最多 {ALIAS_LENGTH} 个字，只用汉字或蒙古文，别写真名、单位和联系方式。",
    "name": f"名字最多 {NAME_LENGTH} 个字，只用汉字或蒙古文，别写联系方式。",
    "not_relative": "请确认一下。想帮自己的亲戚，请直接找旗妇联。",
    "contact": "这不像手机号，也不像邮箱。手机号是 11 位，比如 13900004172。",
}
_EARLY_ENDS = (PledgeEnd.JUNIOR, PledgeEnd.SENIOR)
_YUAN = "请填一个数，比如 100、１００ 或 100元。"


def monthly_chips() -> list[SelectChoice]:
    """Return the listed monthly sums as chips, and the way to any other sum."""
    sums = [
        SelectChoice(str(fen), format_yuan_short(fen))
        for fen in amounts.listed_instalments(Rhythm.MONTH)
    ]
    return [*sums, SelectChoice(OTHER, "别的数")]


class PledgeForm(FlaskForm):
    """One short form; `monthly` times the rhythm's months is the instalment."""

    monthly = RadioField("每个月多少", choices=monthly_chips, default="10000")
    other = StringField("别的数：每次一共付多少元", [Length(max=20)])
    earmark = SelectField(
        "这笔钱只用于",
        choices=[
            SelectChoice(ANY, "不限，哪个孩子需要就给哪个"),
            SelectChoice(EarmarkKind.GIRLS.value, "女孩"),
            SelectChoice(EarmarkKind.SURGERY.value, "孩子的手术"),
        ],
        default=ANY,
    )
    rhythm = RadioField(
        "多久付一次",
        choices=[SelectChoice(r.value, label(r)) for r in Rhythm],
        default=Rhythm.MONTH.value,
    )
    children_wanted = SelectField(
        "帮几个孩子",
        choices=[SelectChoice(str(n), f"{n} 个孩子") for n in range(1, MOST_CHILDREN + 1)],
        default="1",
    )
    until = RadioField(
        "到什么时候",
        choices=[
            SelectChoice(PledgeEnd.UNTIL_STOPPED.value, "一直给，到我说停"),
            SelectChoice(PledgeEnd.JUNIOR.value, "到孩子初中毕业"),
            SelectChoice(PledgeEnd.SENIOR.value, "到孩子高中（中职）毕业"),
            SelectChoice(PledgeEnd.UNIVERSITY.value, "到孩子大学毕业"),
            SelectChoice(PledgeEnd.COUNT.value, "给满若干次"),
        ],
        default=PledgeEnd.UNTIL_STOPPED.value,
    )
    until_count = IntegerField("给满几次", [Optional()])
    sex = RadioField(
        "女孩还是男孩",
        choices=[
            SelectChoice(ANY, "都可以"),
            SelectChoice(Sex.FEMALE.value, "女孩"),
            SelectChoice(Sex.MALE.value, "男孩"),
        ],
        default=ANY,
    )
    league = SelectField("盟市", default=ANY)
    stage = SelectField(
        "学段",
        choices=[SelectChoice(ANY, "都可以"), *(SelectChoice(s.value, label(s)) for s in Stage)],
        default=ANY,
    )
    giver = RadioField(
        "以谁的名义",
        choices=[
            SelectChoice(ANY, "我自己"),
            SelectChoice(GiverKind.UNIT.value, "单位"),
            SelectChoice(GiverKind.GROUP.value, "集体"),
        ],
        default=ANY,
    )
    giver_name = StringField("单位或集体的名称", [Length(max=60)])
    naming = RadioField(
        "别人怎么称呼你",
        choices=[
            SelectChoice(Naming.SEALED.value, "爱心人士"),
            SelectChoice(Naming.ALIAS.value, "用一个别名"),
            SelectChoice(Naming.NAMED.value, "留名字"),
        ],
        default=Naming.SEALED.value,
    )
    alias = StringField("别名", [Length(max=40)])
    name = StringField("名字", [Length(max=40)])
    contact = StringField(
        "手机号或邮箱", [InputRequired("请填手机号或邮箱，专用链接发到这里。"), Length(max=120)]
    )
    not_relative = BooleanField("这个孩子不是我的亲属")
    invitation = HiddenField("邀请码")

    def validate_monthly(self, field: RadioField) -> None:
        """Ask when a sum was typed beside a chosen one; never guess."""
        if field.data != OTHER and (self.other.data or "").strip():
            chosen = format_yuan_short(int(field.data))
            message = f"选了 {chosen}，又填了别的数。要别的数，请点“别的数”；不要，就把它清空。"
            raise ValidationError(message)

    def validate_other(self, field: StringField) -> None:
        """Say what a sum looks like; an empty one is missing only when it was asked for."""
        if self.monthly.data == OTHER and not (field.data or "").strip():
            raise ValidationError(_YUAN)
        if self.monthly.data == OTHER:
            try:
                parse_yuan(field.data or "")
            except BadInput as refusal:
                reason = refusal.params["reason"]
                sentence = SENTENCES["amount"] if reason == "out_of_range" else _YUAN
                raise ValidationError(sentence) from refusal

    def validate_until(self, field: RadioField) -> None:
        """Say at once that nobody in the wished stage can still come to that graduation."""
        until = self.wishes().until
        if (
            self.stage.data in STAGES
            and self.monthly.data != OTHER
            and is_past(self.stage.data, until)
        ):
            raise ValidationError(SENTENCES["until"])

    def validate_until_count(self, field: IntegerField) -> None:
        """Ask for the number only when it was chosen."""
        if self.until.data != PledgeEnd.COUNT.value:
            return
        if field.data is None or not 1 <= field.data <= MOST_TIMES:
            raise ValidationError(SENTENCES["until_count"])

    def validate_alias(self, field: StringField) -> None:
        """Ask for the alias only when it was chosen."""
        if self.naming.data == Naming.ALIAS.value and not is_fit(field.data, ALIAS_LENGTH):
            raise ValidationError(SENTENCES["alias"])

    def validate_name(self, field: StringField) -> None:
        """Ask for the name only when it was chosen."""
        if self.naming.data == Naming.NAMED.value and not is_fit(field.data, NAME_LENGTH):
            raise ValidationError(SENTENCES["name"])

    def validate_giver_name(self, field: StringField) -> None:
        """Ask for the name only of a unit or group; one typed beside 我自己 is a question."""
        is_group = bool(self.giver.data)
        if not is_group and (field.data or "").strip():
            message = "填了名称，请点“单位”或“集体”；是你自己捐，就把它清空。"
            raise ValidationError(message)
        if is_group and not members.is_fit(field.data or "", members.NAME_LENGTH):
            raise ValidationError(SENTENCES["giver_name"])

    def validate_contact(self, field: StringField) -> None:
        """Tell at once, beside all else, what is neither a phone nor a mail address."""
        try:
            plain_contact(field.data or "")
        except BadInput as refusal:
            raise ValidationError(SENTENCES["contact"]) from refusal

    def validate_not_relative(self, field: BooleanField) -> None:
        """Law 8: relatives are declared and refused."""
        if not field.data:
            raise ValidationError(SENTENCES["not_relative"])

    def instalment(self) -> Fen:
        """Return what is given at each due day. Raises BadInput."""
        if self.monthly.data == OTHER:
            return parse_yuan(self.other.data or "")
        return Fen(int(self.monthly.data) * STEP_MONTHS[Rhythm(self.rhythm.data)])

    def wishes(self) -> Wishes:
        """Return the wishes, None for each that was left open."""
        return Wishes(
            sex=self.sex.data or None,
            stage=self.stage.data or None,
            league=self.league.data or None,
            until=self.until.data if self.until.data in _EARLY_ENDS else None,
        )

    def terms(self) -> PledgeTerms:
        """Return what the service takes."""
        return PledgeTerms(
            instalment_fen=self.instalment(),
            rhythm=Rhythm(self.rhythm.data),
            until=PledgeEnd(self.until.data),
            until_count=self.until_count.data,
            wishes=self.wishes(),
            naming=Naming(self.naming.data),
            alias=self.alias.data,
            name=self.name.data,
            children_wanted=int(self.children_wanted.data),
            not_relative=bool(self.not_relative.data),
            earmark=EarmarkKind(self.earmark.data) if self.earmark.data else None,
            giver_kind=GiverKind(self.giver.data) if self.giver.data else None,
            giver_name=self.giver_name.data,
        )


class RelinkForm(FlaskForm):
    """A lost private link."""

    contact = StringField(
        "手机号或邮箱", [InputRequired("请填认捐时留的手机号或邮箱。"), Length(max=120)]
    )
