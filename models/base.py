"""What every table shares: naming of constraints, column types, and the shape of standings."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, NoReturn

from cryptography.exceptions import InvalidTag
from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Enum,
    LargeBinary,
    MetaData,
    String,
    false,
    or_,
)
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.operators import OperatorType, is_, is_not
from sqlalchemy.types import TypeDecorator

from models import keys
from models.somebody import Span, banner_spans, spans
from privacy.disclosure import Audience
from privacy.viewers import Viewer
from vocabulary.enums import Role
from vocabulary.money import Fen

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Condition = ColumnElement[bool]
Standings = Mapping[Audience, Condition]


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC; a naive one is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


class Sealed(TypeDecorator[str]):
    """Text encrypted with the column's place bound in. Comparing, LIKE and ORDER BY raise."""

    impl = LargeBinary
    cache_ok = True

    class Comparator(TypeDecorator.Comparator[str]):
        """Lets only IS NULL and IS NOT NULL through."""

        def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> ColumnElement[Any]:
            if op in (is_, is_not) and other and other[0] is None:
                return super().operate(op, *other, **kwargs)
            self._refuse()

        def reverse_operate(self, op: OperatorType, other: Any, **kwargs: Any) -> NoReturn:
            self._refuse()

        @staticmethod
        def _refuse() -> NoReturn:
            raise TypeError("a sealed column cannot be compared or sorted: use its blind index")

    comparator_factory = Comparator

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        return keys.seal(keys.ring().cipher, value, place=self.place)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return keys.unseal(keys.ring().cipher, value, place=self.place)


class SealedPayee(Sealed):
    """Of what a bank is told: one that is damaged is said to be, beside all others that are whole."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        if isinstance(value, keys.Unreadable):
            return value.blob
        return super().process_bind_param(value, dialect)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        try:
            return super().process_result_value(value, dialect)
        except (InvalidTag, UnicodeDecodeError):
            return keys.Unreadable(value or b"")


class SealedDate(TypeDecorator[date]):
    """A sealed day, such as a birthday."""

    impl = LargeBinary
    cache_ok = True
    comparator_factory = Sealed.Comparator

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: date | None, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        return keys.seal(keys.ring().cipher, value.isoformat(), place=self.place)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> date | None:
        if value is None:
            return None
        return date.fromisoformat(keys.unseal(keys.ring().cipher, value, place=self.place))


class Base(DeclarativeBase):
    """All tables. Each has `standings(viewer)`; each column has `info=seen_by(...)`."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: Instant,
        Fen: BigInteger,
        str: String,
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            length=24,
            validate_strings=True,
            values_callable=lambda kinds: [kind.value for kind in kinds],
        ),
    }

    @classmethod
    def standings(cls, viewer: Viewer) -> Standings:
        """Nobody stands anywhere until the table says so."""
        return {}


def in_regions(column: InstrumentedAttribute[Any], viewer: Viewer) -> Condition:
    """Say in SQL that a 12-digit division code lies in the viewer's part of the tree."""
    return _inside(column, spans(viewer))


def in_banners(column: InstrumentedAttribute[Any], viewer: Viewer) -> Condition:
    """Say the same of the banners around the viewer's part of the tree."""
    return _inside(column, banner_spans(viewer))


def _inside(column: InstrumentedAttribute[Any], where: Sequence[Span]) -> Condition:
    return or_(false(), *(column.between(first, last) for first, last in where))


def is_own(column: InstrumentedAttribute[Any], value: object) -> Condition:
    """Say in SQL that a column holds the viewer's own key; a viewer without one owns nothing."""
    return false() if value is None else column == value


def held(
    viewer: Viewer, *lines: tuple[Audience, tuple[Role, ...], Condition]
) -> dict[Audience, Condition]:
    """Keep the lines whose roles the viewer holds: (audience, roles, condition on the row)."""
    return {audience: condition for audience, roles, condition in lines if viewer.has(*roles)}


def own_roles(viewer: Viewer) -> tuple[Role, ...]:
    """Return the roles of a viewer who is somebody; the public is nobody."""
    return tuple(viewer.roles - {Role.PUBLIC})


CASE = (Role.CASE_WORKER, Role.APPROVER)
