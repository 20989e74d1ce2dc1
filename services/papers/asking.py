"""A donor asks for a fiscal receipt over a year, or does without; and has his own."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.papers import FiscalReceipt
from models.pledges import Pledge
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card
from services.papers import wishes
from services.vault import purses
from vocabulary.dates import today
from vocabulary.enums import Chain, Naming, ReceiptWay
from vocabulary.errors import BadInput, NotFound

NAME_LENGTH = 60


def page(session: Session, viewer: Viewer, ref: str, year: int, *, now: datetime) -> Card:
    """Return how a pledge stands with its receipt for a year. Raises NotFound for another's."""
    require(viewer, Act.GET_PAPERS)
    pledge = gate.row(session, viewer, Pledge, Pledge.donor_ref == ref)
    if not pledge.offered_on.year <= year <= today(now).year:
        raise NotFound()
    return Card(
        ref=ref,
        year=year,
        way=wishes.of_pledge(session, pledge.id, year),
        is_named=pledge.naming is Naming.NAMED,
        kept=_kept(session, viewer, pledge, year),
    )


def ask(
    session: Session,
    viewer: Viewer,
    ref: str,
    year: int,
    way: ReceiptWay | None,
    *,
    now: datetime,
    name: str = "",
) -> None:
    """Keep how a donor wants the receipt of a year; None: as his pledge says. Raises BadInput.

    What is made out already stays (way, made_out): another one takes the fiscal system first.
    """
    card = page(session, viewer, ref, year, now=now)
    if any(not one["void_on"] for one in card["kept"]):
        raise BadInput(field="way", reason="made_out")
    said = name.strip()
    if way is ReceiptWay.SEALED and not 1 < len(said) <= NAME_LENGTH:
        raise BadInput(field="name", reason="missing")
    pledge = gate.row(session, viewer, Pledge, Pledge.donor_ref == ref)
    if way is None:
        wishes.drop(session, pledge.id, year)
    else:
        wishes.keep(session, pledge.id, year, way, said, now=now)
    subject = f"pledge:{ref}"
    trace.record(session, viewer, "receipt_wish.keep", subject, now=now, chain=Chain.CUSTODIAN)


def of_donor(session: Session, viewer: Viewer) -> dict[tuple[str, int], list[Card]]:
    """Return a donor's receipts by pledge and year, as his own list shows them."""
    require(viewer, Act.GET_PAPERS)
    cards = gate.cards(
        session, viewer, FiscalReceipt, order_by=(FiscalReceipt.issued_on, FiscalReceipt.id)
    )
    refs = [one["donor_ref"] for one in gate.cards(session, viewer, Pledge, fields=("donor_ref",))]
    own = {purse.reference: ref for ref, purse in purses.of_pledges(session, refs).items()}
    found: dict[tuple[str, int], list[Card]] = {}
    for one in cards:
        found.setdefault((own[one["payment_reference"]], one["year"]), []).append(one)
    return found


def _kept(session: Session, viewer: Viewer, pledge: Pledge, year: int) -> list[Card]:
    return of_donor(session, viewer).get((pledge.donor_ref, year), [])
