"""The forms of accounts and roles."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from services.accounts.grants import GRANTABLE
from vocabulary.enums import RegionLevel, Role
from web.core.labels import label

END_REASONS = ("离职", "换岗", "代理期满", "长期不用", "信息填错，重新建")


def _only(text: str | None) -> str:
    return (text or "").strip()


class AccountForm(FlaskForm):
    """Who gets an account, and where that person works."""

    name = StringField("姓名", [InputRequired("请填姓名"), Length(max=40)], filters=[_only])
    login = StringField("登录名", [InputRequired("请填登录名"), Length(max=40)], filters=[_only])
    region = SelectField("管哪里", [InputRequired("请选盟市或旗县")])
    place = StringField("苏木乡镇、嘎查村或社区", [Length(max=60)], filters=[_only])
    organisation = StringField("学校或单位", [Length(max=80)], filters=[_only])
    phone = StringField("手机号", [Length(max=30)], filters=[_only])
    mail = StringField("邮箱", [Length(max=120)], filters=[_only])

    def offer_places(self, places: Sequence[Mapping[str, Any]]) -> None:
        """Fill the list of places: the region, then each league with its banners."""
        self.region.choices = [SelectChoice("", "请选择")]
        group = ""
        for place in places:
            is_whole = place["level"] is not RegionLevel.BANNER
            group = place["name"] if is_whole else group
            words = f"{place['name']}（全部）" if is_whole else place["name"]
            self.region.choices.append(SelectChoice(place["code"], words, optgroup=group))


class RoleForm(FlaskForm):
    """A role for an account; a deputy's has a first and a last day."""

    role = SelectField("角色", [InputRequired("请选一个角色")])
    from_on = DateField("从哪天起", [Optional()])
    until_on = DateField("到哪天止", [Optional()])

    def offer_roles(self, held: frozenset[Role]) -> None:
        """Leave out what the account holds already."""
        free = [SelectChoice(role.value, label(role)) for role in GRANTABLE if role not in held]
        self.role.choices = [SelectChoice("", "请选择"), *free]


class EndForm(FlaskForm):
    """Why a role or an account ends."""

    reason = RadioField(
        "为什么",
        [InputRequired("请选一个原因")],
        choices=[SelectChoice(one) for one in END_REASONS],
    )


RESET_REASONS = ("手机丢了", "换了手机，旧的没了", "手机坏了", "备用码也找不到了")


class ResetForm(FlaskForm):
    """Why a person's second step is to be taken off."""

    reason = RadioField(
        "为什么",
        [InputRequired("请选一个原因")],
        choices=[SelectChoice(one) for one in RESET_REASONS],
    )
