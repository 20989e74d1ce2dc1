"""A new master key: wraps, sealed columns, uploads and blind indexes go over to it, slice by slice.

Nothing is remembered between slices: a row that opens under the new key is done, so a run that was
killed goes on by itself. A row that opens under neither key stops the run before it is touched.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from cryptography.exceptions import InvalidTag
from sqlalchemy import LargeBinary, Table, bindparam, literal, select, type_coerce, update
from sqlalchemy.orm import Session

from models import keys, triggers
from models.base import Base, Sealed, SealedDate
from models.children import Child, Kin
from models.keys import KeyRing, install, ring
from models.routes import BankCard
from models.vault import VaultContact, VaultKey
from models.volunteers import Volunteer
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import trace, workplaces
from services.children import newcomers
from services.pairing import volunteers
from services.routes import shared_cards
from services.vault import vault, vault_keys
from vocabulary.enums import Chain
from vocabulary.errors import OtherKeys

__all__ = ["Change", "Slice", "install", "note", "ring", "steps"]

SLICE = 500
_Plain = TypeVar("_Plain")
Index = Callable[[str], str]

# Every blind index with the sealed value it is made of; accounts' handles of failed sign-ins pass.
INDEXES: tuple[tuple[Any, Any, Index], ...] = (
    (Child.id_index, Child.id_number, newcomers.id_index),
    (Kin.phone_index, Kin.phone, newcomers.phone_index),
    (Kin.workplace_index, Kin.workplace, workplaces.index),
    (Volunteer.id_index, Volunteer.id_number, volunteers.id_index),
    (Volunteer.workplace_index, Volunteer.workplace, workplaces.index),
    (BankCard.number_index, BankCard.number, shared_cards.number_index),
)


@dataclass(frozen=True, slots=True)
class Change:
    """From which key ring to which."""

    old: KeyRing
    new: KeyRing


@dataclass(frozen=True, slots=True)
class Done:
    """How far a slice came: the last row looked at, how many were changed, whether more follow."""

    last: int
    changed: int
    is_over: bool


Slice = Callable[[Session, Viewer, Change, int], Done]


def steps(name: str) -> Mapping[str, Slice]:
    """Return the tables of a key, or its columns, with the work of one slice on each."""
    if name == "vault":
        return {"vault_keys": _rewrap}
    if name == "sealing":
        return {table.name: _sealer(table) for table in _sealed_tables()}
    indexes = {
        f"{column.class_.__tablename__}.{column.key}": _indexer(column, of, make)
        for column, of, make in INDEXES
    }
    return indexes | {"vault_contacts": _index_contacts}


def note(session: Session, by: Viewer, name: str, changed: int, *, now: datetime) -> None:
    """Keep that a key was changed, when all is done."""
    require(by, Act.ROTATE_KEYS)
    detail = {"changed": changed}
    trace.record(
        session, by, "keys.rotate", f"key:{name}", now=now, detail=detail, chain=Chain.CUSTODIAN
    )


def _rewrap(session: Session, by: Viewer, change: Change, after: int) -> Done:
    require(by, Act.ROTATE_KEYS)
    rows = session.execute(
        select(VaultKey.donor_id, VaultKey.wrapped)
        .where(VaultKey.donor_id > after)
        .order_by(VaultKey.donor_id)
        .limit(SLICE)
    ).all()
    new, values = change.new.vault_cipher, []
    for donor_id, wrapped in rows:
        if _opens(lambda w=wrapped: vault_keys.unwrap(new, w)):  # type: ignore[misc]
            continue
        own = _opened(lambda w=wrapped: vault_keys.unwrap(change.old.vault_cipher, w))  # type: ignore[misc]
        values.append({"key": donor_id, "wrapped": vault_keys.wrap(new, own)})
    if values:
        table: Any = VaultKey.__table__
        statement = update(table).where(table.c.donor_id == bindparam("key"))
        session.connection().execute(statement.values(wrapped=bindparam("wrapped")), values)
    return _done(rows, len(values), after)


def _sealed_tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if _sealed_columns(table)]


def _sealed_columns(table: Table) -> list[Any]:
    return [column for column in table.columns if isinstance(column.type, Sealed | SealedDate)]


def _sealer(table: Table) -> Slice:
    (key,) = table.primary_key.columns

    def slice_of(session: Session, by: Viewer, change: Change, after: int) -> Done:
        require(by, Act.ROTATE_KEYS)
        columns = _sealed_columns(table)
        raw = [type_coerce(column, LargeBinary).label(column.name) for column in columns]
        rows = session.execute(
            select(key, *raw).where(key > after).order_by(key).limit(SLICE)
        ).all()
        changed = 0
        with triggers.lifted(session.connection(), table.name):
            for row in rows:
                fresh = _fresh(change, columns, row[1:])
                if fresh:
                    session.connection().execute(update(table).where(key == row[0]).values(fresh))
                    changed += 1
        return _done(rows, changed, after)

    return slice_of


def _fresh(change: Change, columns: Sequence[Any], blobs: Sequence[bytes | None]) -> dict[str, Any]:
    """Return those of a row's values that stand under the old key still, under the new one."""
    fresh = {}
    for column, blob in zip(columns, blobs, strict=True):
        sealed = _resealed(change, blob, column.type.place) if blob is not None else None
        if sealed is not None:
            fresh[column.name] = type_coerce(literal(sealed, LargeBinary), LargeBinary)
    return fresh


def _resealed(change: Change, blob: bytes, place: str) -> bytes | None:
    """Return the value under the new key, None when it stands there already."""
    if _opens(lambda: keys.unseal(change.new.cipher, blob, place=place)):
        return None
    plain = _opened(lambda: keys.unseal(change.old.cipher, blob, place=place))
    return keys.seal(change.new.cipher, plain, place=place)


def _indexer(column: Any, of: Any, make: Index) -> Slice:
    table = column.class_

    def slice_of(session: Session, by: Viewer, _change: Change, after: int) -> Done:
        require(by, Act.ROTATE_KEYS)
        rows = session.execute(
            select(table.id, column, of).where(table.id > after).order_by(table.id).limit(SLICE)
        ).all()
        found = [(key, kept, make(value)) for key, kept, value in rows if kept and value]
        return _done(rows, _put_indexes(session, column, found), after)

    return slice_of


def _index_contacts(session: Session, by: Viewer, _change: Change, after: int) -> Done:
    """Open every contact under its donor's own key, to index it anew."""
    require(by, Act.ROTATE_KEYS)
    rows = session.execute(
        select(VaultContact.id, VaultContact.contact_index, VaultContact.value, VaultKey.donor_id)
        .join(VaultKey, VaultKey.donor_id == VaultContact.donor_id)
        .where(VaultContact.id > after)
        .order_by(VaultContact.id)
        .limit(SLICE)
    ).all()
    found = []
    for key, kept, value, donor_id in rows:
        cipher, ref = vault_keys.cipher_of(session, donor_id)
        plain = keys.unseal(cipher, value, place=f"donor:{ref}")
        found.append((key, kept, keys.blind_index(vault.CONTACT_PLACE, plain)))
    return _done(rows, _put_indexes(session, VaultContact.contact_index, found), after)


def _put_indexes(session: Session, column: Any, found: list[tuple[int, str, str]]) -> int:
    table = column.class_.__table__
    values = [{"key": key, "fresh": fresh} for key, kept, fresh in found if fresh != kept]
    if values:
        statement = update(table).where(table.c.id == bindparam("key"))
        statement = statement.values({column.key: bindparam("fresh")})
        session.connection().execute(statement, values)
    return len(values)


def _done(rows: Sequence[Any], changed: int, after: int) -> Done:
    return Done(rows[-1][0] if rows else after, changed, len(rows) < SLICE)


def _opens(open_it: Callable[[], object]) -> bool:
    try:
        open_it()
    except InvalidTag:
        return False
    return True


def _opened(open_it: Callable[[], _Plain]) -> _Plain:
    """Raises OtherKeys for what opens under neither key."""
    try:
        return open_it()
    except InvalidTag as error:
        raise OtherKeys() from error
