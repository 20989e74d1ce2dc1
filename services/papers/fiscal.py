"""公益事业捐赠统一票据: made out in the fiscal system; here its number, day and file are kept.

The collecting desk keeps those made out to the payer, the custodian the sealed ones. A list says
for each year what is owed and not yet kept.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateways.uploads import Files
from models.papers import FiscalReceipt
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.custody import legal_papers
from services.gate import Card
from services.papers import wishes
from services.papers.wishes import Came
from vocabulary.dates import today
from vocabulary.enums import Chain, ReceiptWay, Role
from vocabulary.errors import AlreadyDecided, BadInput, NotFound
from vocabulary.money import Fen

_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{3,29}", re.ASCII)
_ACT: Mapping[ReceiptWay, Act] = {
    ReceiptWay.PAYER: Act.RECORD_RECEIPTS,
    ReceiptWay.SEALED: Act.RECORD_SEALED_RECEIPTS,
}


@dataclass(frozen=True, slots=True)
class Owed:
    """One payment reference's year at the desk that makes out its receipt."""

    reference: str
    amount_fen: Fen
    kept_fen: Fen

    @property
    def left_fen(self) -> Fen:
        """Return what no receipt is kept for; below zero where one says too much."""
        return Fen(self.amount_fen - self.kept_fen)


@dataclass(frozen=True, slots=True)
class Year:
    """A desk's year; `others` counts what is waived or another desk's, told of no single one."""

    year: int
    owed: list[Owed]
    done: list[Card]
    others: int
    others_fen: Fen
    waived: list[tuple[str, date, str]]


@dataclass(frozen=True, slots=True)
class Told:
    """What stands on a receipt of the fiscal system, and the file of it."""

    number: str
    amount: Fen
    issued_on: date
    content: bytes


def way_of(viewer: Viewer) -> ReceiptWay:
    """Return which receipts a desk keeps. Raises NotPermitted for who keeps none."""
    way = ReceiptWay.SEALED if viewer.has(Role.CUSTODIAN) else ReceiptWay.PAYER
    require(viewer, _ACT[way])
    return way


def of_year(session: Session, viewer: Viewer, year: int) -> Year:
    """Return what a desk owes receipts for in a year, and those it has kept."""
    way = way_of(viewer)
    came = wishes.of_year(session, year)
    mine = [one for one in came if one.way is way]
    others = [one for one in came if one.way is not way and one.amount_fen]
    kept = _kept(session, year)
    newest = (FiscalReceipt.issued_on.desc(), FiscalReceipt.id.desc())
    done = gate.cards(
        session, viewer, FiscalReceipt, where=(FiscalReceipt.year == year,), order_by=newest
    )
    owed = [_owed(one, kept) for one in mine]
    return Year(
        year,
        [one for one in owed if one.left_fen],
        done,
        len(others),
        Fen(sum(one.amount_fen for one in others)),
        # That somebody did without is the custodian's to see, as he was told.
        wishes.waived(session, year) if way is ReceiptWay.SEALED else [],
    )


def one(session: Session, viewer: Viewer, reference: str, year: int) -> Card:
    """Return one payment reference's year with the name for its receipt. Raises NotFound.

    The desk reads the payers of the bank's lines; the custodian, the name that was sealed for her.
    """
    way = way_of(viewer)
    found = _find(session, way, reference, year)
    is_sealed = way is ReceiptWay.SEALED
    names = (
        [wishes.name_for(session, reference, year)]
        if is_sealed
        else wishes.payers(session, reference, year)
    )
    owed = _owed(found, _kept(session, year))
    return Card(reference=reference, year=year, names=names, owed=owed)


def record(
    session: Session, by: Viewer, card: Card, told: Told, *, files: Files, now: datetime
) -> str:
    """Keep the receipt of `one` with its file; return its ref. Raises BadInput(field, reason)."""
    way, reference, year = way_of(by), card["reference"], card["year"]
    owed = _owed(_find(session, way, reference, year), _kept(session, year))
    _check(session, told, owed, year, on=today(now))
    kept = FiscalReceipt(
        payment_reference=reference,
        year=year,
        number=told.number,
        amount_fen=told.amount,
        issued_on=told.issued_on,
        is_sealed=way is ReceiptWay.SEALED,
        upload_id=legal_papers.store(session, by, told.content, files=files, now=now),
        recorded_by=by.actor,
        recorded_at=now,
    )
    session.add(kept)
    session.flush()
    _trace(session, by, "fiscal_receipt.record", kept.ref, now=now)
    return kept.ref


def void(session: Session, by: Viewer, ref: str, *, now: datetime) -> None:
    """Say that a receipt was cancelled in the fiscal system: it is owed again. AlreadyDecided."""
    way_of(by)
    kept = gate.row(session, by, FiscalReceipt, FiscalReceipt.ref == ref)
    if kept.void_on is not None:
        raise AlreadyDecided()
    kept.void_on = today(now)
    session.flush()
    _trace(session, by, "fiscal_receipt.void", ref, now=now)


def file_of(session: Session, viewer: Viewer, ref: str, *, files: Files) -> tuple[str, bytes]:
    """Return a receipt's file: its desk's, its donor's. Raises NotFound."""
    kept = gate.row(session, viewer, FiscalReceipt, FiscalReceipt.ref == ref)
    if kept.upload_id is None:
        raise NotFound()
    return legal_papers.opened(session, viewer, kept.upload_id, files=files)


def _find(session: Session, way: ReceiptWay, reference: str, year: int) -> Came:
    for came in wishes.of_year(session, year):
        if (came.reference, came.way) == (reference, way):
            return came
    raise NotFound()


def _owed(came: Came, kept: Mapping[str, int]) -> Owed:
    return Owed(came.reference, came.amount_fen, Fen(kept.get(came.reference, 0)))


def _kept(session: Session, year: int) -> dict[str, int]:
    rows = session.execute(
        select(FiscalReceipt.payment_reference, func.sum(FiscalReceipt.amount_fen))
        .where(FiscalReceipt.year == year, FiscalReceipt.void_on.is_(None))
        .group_by(FiscalReceipt.payment_reference)
    )
    return {reference: int(fen) for reference, fen in rows}


def _check(session: Session, told: Told, owed: Owed, year: int, *, on: date) -> None:
    if not _NUMBER.fullmatch(told.number):
        raise BadInput(field="number", reason="not_a_number")
    same = FiscalReceipt.number == told.number, FiscalReceipt.void_on.is_(None)
    if session.scalar(select(FiscalReceipt.id).where(*same)) is not None:
        raise BadInput(field="number", reason="already_known")
    if not date(year, 1, 1) <= told.issued_on <= on:
        raise BadInput(field="issued_on", reason="not_between")
    if not 0 < told.amount <= owed.left_fen:
        raise BadInput(field="amount", reason="more_than_came")


def _trace(session: Session, by: Viewer, act: str, ref: str, *, now: datetime) -> None:
    trace.record(session, by, act, f"fiscal_receipt:{ref}", now=now, chain=Chain.CUSTODIAN)
