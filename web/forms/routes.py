"""By whom a child's money comes, its card, a silent hand's children, and a school holiday."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from services.routes.deciding import Way
from services.routes.silence import OTHER_WAYS
from vocabulary.enums import HolidayKind, Route, RouteReason
from vocabulary.school_year import Closed
from web.forms.children import labels, only
from web.forms.places import by_league

_NOT_CHOSEN = (RouteReason.ENTERED, RouteReason.HAND_SILENT)


class RouteForm(FlaskForm):
    """By whom the money comes from which day on, and why."""

    route = RadioField("怎么转交", [InputRequired("请选怎么转交")], choices=labels(list(Route)))
    hand = SelectField("哪一家", [Optional()], default="")
    is_recused = BooleanField("单位转交：问过家里，没有监护人在这个单位工作")
    from_on = DateField("从哪天起", [InputRequired("请填从哪天起")])
    reason = RadioField(
        "为什么改",
        [InputRequired("请选为什么改")],
        choices=labels([one for one in RouteReason if one not in _NOT_CHOSEN]),
    )
    note = StringField("还要说明的", [Length(max=200)], filters=[only])

    def offer(self, hands: Sequence[Any]) -> None:
        """Fill the list of institutions and work units."""
        named = [(one["ref"], one["name"]) for one in hands]
        self.hand.choices = [("", "不是机构或单位转交"), *named]

    def way(self) -> Way:
        """Return what was decided."""
        return Way(
            Route(self.route.data),
            RouteReason(self.reason.data),
            self.from_on.data,
            self.hand.data or None,
            self.note.data or "",
            self.is_recused.data,
        )


class CardForm(FlaskForm):
    """What stands on a card, and whose it is; the child's own when no guardian is chosen."""

    holder = SelectField("卡是谁的", default="")
    name = StringField(
        "卡上的户名", [InputRequired("请照卡填户名"), Length(max=40)], filters=[only]
    )
    bank = StringField("开户行", [InputRequired("请填开户行"), Length(max=80)], filters=[only])
    number = StringField("卡号", [InputRequired("请照卡填卡号"), Length(max=40)], filters=[only])
    reason = StringField(
        "为什么登记",
        [InputRequired("请写一句，另一位同事要看"), Length(max=200)],
        filters=[only],
    )

    def offer(self, child_name: str, guardians: Sequence[Any]) -> None:
        """Fill the list of holders: the child, then its guardians."""
        people = [(one["ref"], f"{one['name']}（{one['relation']}，监护人）") for one in guardians]
        self.holder.choices = [("", f"{child_name}（孩子本人）"), *people]


class MoveForm(FlaskForm):
    """Another way for all children of a silent hand."""

    batch = StringField("批次", [InputRequired()])
    route = RadioField("改由谁转交", [InputRequired("请选改由谁转交")], choices=labels(OTHER_WAYS))
    note = StringField("为什么", [InputRequired("请写一句为什么"), Length(max=200)], filters=[only])


class HolidayForm(FlaskForm):
    """Days on which a banner's schools are closed."""

    banner = SelectField("旗县", [InputRequired("请选旗县")])
    kind = RadioField("什么假", [InputRequired("请选什么假")], choices=labels(list(HolidayKind)))
    from_on = DateField("放假第一天", [InputRequired("请填放假第一天")])
    until_on = DateField("放假最后一天", [InputRequired("请填放假最后一天")])

    def offer(self, banners: Sequence[Any]) -> None:
        """Fill the list of banners."""
        self.banner.choices = by_league(banners)

    def closed(self) -> Closed:
        """Return the days."""
        return Closed(self.from_on.data, self.until_on.data)


class WithdrawHolidayForm(FlaskForm):
    """Which holiday is taken back."""

    ref = StringField("假期", [InputRequired(), Length(max=16)])
