"""谁能看到什么: every field of a donor, and who reads it.

Read off the columns' own audiences, which are what the gate obeys; how a donor is called comes from
privacy/naming.py. Nothing is said here that the house does not do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from models.ledger import Receipt
from models.payment_orders import PaymentOrderLine
from models.pledges import Match, Pledge
from models.stipends import Stipend
from models.trace import CustodianEntry
from models.vault import VaultContact
from models.work_units import Colleague
from privacy.disclosure import Audience, audiences_of
from privacy.naming import SHOWN, Eyes, Shown
from vocabulary.enums import Naming


class Reader(StrEnum):
    """Who may read something of a donor."""

    FAMILY = "family"
    SCHOOL = "school"
    VILLAGE = "village"
    UNIT = "unit"
    CASE = "case"
    COLLECTING = "collecting"
    CLERK = "clerk"
    PAYING = "paying"
    AUDIT = "audit"
    CUSTODIAN = "custodian"
    PUBLIC = "public"


class Field(StrEnum):
    """What there is to read of a donor."""

    CALLED = "called"
    CONTACT = "contact"
    PAYER = "payer"
    PAID_ON = "paid_on"
    REFERENCE = "reference"
    CODE = "code"
    AMOUNT = "amount"
    WISHES = "wishes"
    UNTIL = "until"
    OFFERED_ON = "offered_on"
    STOP_REASON = "stop_reason"
    READING = "reading"


_AUDIENCES: Mapping[Reader, Audience] = {
    Reader.FAMILY: Audience.OWN_FAMILY,
    Reader.SCHOOL: Audience.OWN_SCHOOL,
    Reader.VILLAGE: Audience.OWN_VILLAGE,
    Reader.UNIT: Audience.HANDING_UNIT,
    Reader.CASE: Audience.CASE_STAFF,
    Reader.COLLECTING: Audience.COLLECTING,
    Reader.CLERK: Audience.OWN_UNIT,
    Reader.PAYING: Audience.PAYING,
    Reader.AUDIT: Audience.AUDIT,
    Reader.CUSTODIAN: Audience.CHAIN_READER,
    Reader.PUBLIC: Audience.EVERYONE,
}
_COLUMNS: Mapping[Field, tuple[Any, ...]] = {
    Field.CONTACT: (VaultContact.value,),
    Field.PAYER: (Receipt.payer_name,),
    Field.PAID_ON: (Receipt.received_on,),
    Field.REFERENCE: (Receipt.payment_reference, Colleague.payment_reference),
    Field.CODE: (Pledge.code,),
    # A batch of one child is one donor's sum to the paying desk; a collecting unit's list writes a
    # sum beside each colleague's reference.
    Field.AMOUNT: (
        Pledge.instalment_fen,
        Match.instalment_fen,
        Stipend.amount_fen,
        PaymentOrderLine.fen,
        Colleague.payment_reference,
    ),
    Field.WISHES: (Pledge.wish_sex, Pledge.wish_stage, Pledge.wish_league),
    Field.UNTIL: (Pledge.until, Pledge.until_count),
    Field.OFFERED_ON: (Pledge.offered_on,),
    Field.STOP_REASON: (Pledge.stop_reason,),
    Field.READING: (CustodianEntry.at,),
}
_EYES: Mapping[Eyes, tuple[Reader, ...]] = {
    Eyes.FAMILY: (Reader.FAMILY,),
    Eyes.SCHOOL: (Reader.SCHOOL, Reader.VILLAGE),
    Eyes.STAFF: (
        Reader.CASE,
        Reader.COLLECTING,
        Reader.PAYING,
        Reader.AUDIT,
        Reader.CUSTODIAN,
    ),
    Eyes.PUBLIC: (Reader.PUBLIC,),
}


@dataclass(frozen=True, slots=True)
class Sight:
    """One field and its readers, in the order of Reader."""

    field: Field
    readers: tuple[Reader, ...]


def of_fields() -> list[Sight]:
    """Return every field of a donor's with those who read it, beside himself."""
    return [Sight(field, _readers(field)) for field in _COLUMNS]


def of_naming(naming: Naming) -> Sight:
    """Return who reads the alias or name of a way of being called."""
    readable = {
        reader
        for eyes, shown in SHOWN[naming].items()
        if shown in (Shown.ALIAS, Shown.NAME)
        for reader in _EYES[eyes]
    }
    return Sight(Field.CALLED, tuple(one for one in Reader if one in readable))


def _readers(field: Field) -> tuple[Reader, ...]:
    named = {one for column in _COLUMNS[field] for one in audiences_of(column.info) or ()}
    return tuple(reader for reader, audience in _AUDIENCES.items() if audience in named)
