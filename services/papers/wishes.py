"""Who wants a fiscal receipt for a year, who does without, and what came: part of services/vault/vault.py.

What is owed is counted by payment reference; to which pledge that belongs stays in here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models import keys
from models.ledger import Posting, Receipt, Transaction
from models.pledges import Pledge
from models.vault import ReceiptWish, VaultPledge, VaultReceipt
from services.papers import came
from services.vault import vault, vault_keys
from vocabulary import waivers
from vocabulary.dates import today
from vocabulary.enums import AccountKind, Naming, ReceiptWay, TransactionKind
from vocabulary.errors import NotFound
from vocabulary.money import Fen


@dataclass(frozen=True, slots=True)
class Came:
    """What came under one payment reference in a year, and who makes out its receipt.

    `way` is None where the donor left no name and asked for nothing: waived by those words.
    """

    reference: str
    amount_fen: Fen
    way: ReceiptWay | None


def keep(
    session: Session, pledge_id: int, year: int, way: ReceiptWay, name: str, *, now: datetime
) -> None:
    """Keep a donor's wish for a year, in the place of the one before."""
    donor_id = vault.donor_of_pledge(session, pledge_id)
    reference = vault.reference_of(session, pledge_id)
    drop(session, pledge_id, year)
    sealed = None
    if way is ReceiptWay.SEALED:
        cipher, ref = vault_keys.cipher_of(session, donor_id)
        sealed = keys.seal(cipher, name, place=f"receipt:{ref}")
    session.add(
        ReceiptWish(
            payment_reference=reference,
            donor_id=donor_id,
            year=year,
            way=way,
            name=sealed,
            waiver=waivers.OF_A_YEAR if way is ReceiptWay.WAIVED else None,
            asked_on=today(now),
        )
    )
    session.flush()


def drop(session: Session, pledge_id: int, year: int) -> None:
    """Forget the wish for a year."""
    reference = vault.reference_of(session, pledge_id)
    session.execute(
        delete(ReceiptWish).where(
            ReceiptWish.payment_reference == reference, ReceiptWish.year == year
        )
    )


def name_for(session: Session, reference: str, year: int) -> str:
    """Open the name for a sealed receipt, for the custodian. Raises NotFound, once forgotten too."""
    row = session.scalar(
        select(ReceiptWish).where(
            ReceiptWish.payment_reference == reference, ReceiptWish.year == year
        )
    )
    if row is None or row.name is None:
        raise NotFound()
    cipher, ref = vault_keys.cipher_of(session, row.donor_id)
    return keys.unseal(cipher, row.name, place=f"receipt:{ref}")


def of_year(session: Session, year: int) -> list[Came]:
    """Return what came in a year by payment reference, in the order of the references.

    What went back to its payer is receipted to nobody.
    """
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    asked, stayed = _asked(session, year), _stayed(session, year)
    rows = session.execute(
        select(
            VaultPledge.payment_reference,
            Pledge.naming,
            Pledge.donor_ref,
            func.sum(Receipt.amount_fen),
        )
        .join(VaultReceipt, VaultReceipt.pledge_id == VaultPledge.pledge_id)
        .join(Receipt, Receipt.id == VaultReceipt.receipt_id)
        .join(Pledge, Pledge.id == VaultPledge.pledge_id)
        .where(Receipt.received_on >= first, Receipt.received_on < after)
        .group_by(VaultPledge.payment_reference, Pledge.naming, Pledge.donor_ref)
        .order_by(VaultPledge.payment_reference)
    )
    return [
        Came(reference, Fen(stayed.get(ref, int(fen))), asked.get(reference) or _by(naming))
        for reference, naming, ref, fen in rows
    ]


def _stayed(session: Session, year: int) -> Mapping[str, int]:
    """Return what of a year's money stayed, for the pledges whose money went back in part."""
    refs = session.scalars(
        select(Pledge.donor_ref)
        .join(Posting, Posting.pledge_id == Pledge.id)
        .join(Transaction, Transaction.id == Posting.transaction_id)
        .where(Posting.account == AccountKind.REST, Transaction.kind == TransactionKind.REST_PAID)
        .distinct()
    )
    return {
        ref: sum(fen for day, fen in came.of_pledge(session, ref) if day.year == year)
        for ref in refs
    }


def waived(session: Session, year: int) -> list[tuple[str, date, str]]:
    """Return who left his name and did without: reference, day, and the words he agreed to."""
    rows = session.execute(
        select(ReceiptWish.payment_reference, ReceiptWish.asked_on, ReceiptWish.waiver)
        .where(ReceiptWish.year == year, ReceiptWish.waiver.is_not(None))
        .order_by(ReceiptWish.payment_reference)
    )
    return [(reference, day, waivers.WORDINGS.get(said or "", "")) for reference, day, said in rows]


def of_pledge(session: Session, pledge_id: int, year: int) -> ReceiptWay | None:
    """Return who makes out a pledge's receipt for a year, as the donor has it."""
    reference = vault.reference_of(session, pledge_id)
    asked = _asked(session, year).get(reference)
    return asked or _by(session.get_one(Pledge, pledge_id).naming)


def said(session: Session, refs: Collection[str]) -> Mapping[tuple[str, int], ReceiptWay]:
    """Return what a donor asked for each pledge (by his ref) and year, where he did."""
    rows = session.execute(
        select(Pledge.donor_ref, ReceiptWish.year, ReceiptWish.way)
        .join(VaultPledge, VaultPledge.pledge_id == Pledge.id)
        .join(ReceiptWish, ReceiptWish.payment_reference == VaultPledge.payment_reference)
        .where(Pledge.donor_ref.in_(refs))
    )
    return {(ref, year): way for ref, year, way in rows}


def payers(session: Session, reference: str, year: int) -> list[str]:
    """Return the payers' names on the bank lines of a reference in a year, each once."""
    names = session.scalars(
        select(Receipt.payer_name)
        .join(VaultReceipt, VaultReceipt.receipt_id == Receipt.id)
        .join(VaultPledge, VaultPledge.pledge_id == VaultReceipt.pledge_id)
        .where(
            VaultPledge.payment_reference == reference,
            Receipt.received_on >= date(year, 1, 1),
            Receipt.received_on < date(year + 1, 1, 1),
            Receipt.corrects_id.is_(None),
            Receipt.is_taken_back.is_(False),
        )
        .order_by(Receipt.received_on, Receipt.id)
    )
    return list(dict.fromkeys(name for name in names if name))


def _asked(session: Session, year: int) -> Mapping[str, ReceiptWay]:
    rows = session.execute(
        select(ReceiptWish.payment_reference, ReceiptWish.way).where(ReceiptWish.year == year)
    )
    return {reference: way for reference, way in rows}


def _by(naming: Naming) -> ReceiptWay | None:
    """Who leaves his name has waived nothing: his receipt is owed to whoever paid."""
    return ReceiptWay.PAYER if naming is Naming.NAMED else None
