"""Papers of two donors: money that came, certificates of it, receipts wanted and kept."""

import io
from datetime import date, datetime

from flask import current_app
from PIL import Image
from sqlalchemy.orm import Session

from gateways.uploads import LocalFiles
from models.pledges import Pledge
from privacy.viewers import Viewer
from services.books import receipts
from services.books.receipts import BankLine
from services.papers import asking, certificates, fiscal
from services.papers.fiscal import Told
from services.vault import vault
from tests.factories import viewer
from tests.house.places import Town
from vocabulary.enums import ReceiptWay, Role
from vocabulary.money import Fen

YEAR, CAME = 2026, date(2026, 11, 4)
_DESK = {
    ReceiptWay.PAYER: viewer(Role.COLLECTING_DESK),
    ReceiptWay.SEALED: viewer(Role.CUSTODIAN),
}
_WHO = {ReceiptWay.PAYER: "collecting_desk", ReceiptWay.SEALED: "custodian"}


def papers(session: Session, town: Town, donors: list[tuple[Viewer, str]], now: datetime) -> None:
    """The first donor's own and the second's; one wants hers from the payers' desk, one sealed."""
    made = []
    apart = town.apart
    who = (apart.name, apart.paid_on, apart.receipt), ("王小明", CAME, "white")
    for (donor, ref), way, (name, on, _) in zip(donors, _DESK, who, strict=True):
        _pay(session, ref, name, on, now)
        made.append(certificates.issue(session, donor, ref, YEAR, now=now))
        asking.ask(session, donor, ref, YEAR, way, name=f"{name} 身份证号", now=now)
    kept = [
        _keep(session, ref, way, paper, now)
        for (_, ref), way, (*_, paper) in zip(donors, _DESK, who, strict=True)
    ]
    years = [f"{ref} {YEAR}" for _, ref in donors]
    town.give("donors_pledge_year", "donor", years[0], years[1], f"{donors[0][1]} 1999")
    town.give("donors_year", "donor", str(YEAR), "1999")
    town.give("donors_certificate", "donor", *made)
    town.give("donors_receipt", "donor", kept[0], kept[1])
    for at, way in enumerate(_DESK):
        other = 1 - at
        owed = [f"{YEAR} {_reference(session, ref)}" for _, ref in donors]
        town.give("owed_receipt", _WHO[way], owed[at], owed[other])
        town.give("kept_receipt", _WHO[way], kept[at], kept[other])


def _reference(session: Session, ref: str) -> str:
    return vault.reference_of(session, _key(session, ref))


def _key(session: Session, ref: str) -> int:
    return session.query(Pledge.id).filter_by(donor_ref=ref).scalar()


def _pay(session: Session, ref: str, name: str, on: date, now: datetime) -> None:
    line = BankLine(_reference(session, ref), Fen(30_000), on, payer_name=name)
    receipts.record(session, _DESK[ReceiptWay.PAYER], line, now=now)


def _keep(session: Session, ref: str, way: ReceiptWay, paper: str, now: datetime) -> str:
    desk = _DESK[way]
    card = fiscal.one(session, desk, _reference(session, ref), YEAR)
    picture = io.BytesIO()
    Image.new("RGB", (400, 600), paper).save(picture, "JPEG")
    told = Told(f"1500{ref[:6]}", Fen(10_000), CAME, picture.getvalue())
    files = LocalFiles(current_app.config["SETTINGS"].uploads)
    return fiscal.record(session, desk, card, told, files=files, now=now)
