"""What a donor can have on paper: each year's account, and for each pledge what came in the year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from privacy.viewers import Viewer
from services.donors import donors
from services.earmarks import redirecting
from services.earmarks.redirecting import Use
from services.gate import Card
from services.papers import asking, certificates, statements, wishes
from vocabulary.enums import ReceiptWay, VoidReason
from vocabulary.money import Fen


@dataclass(frozen=True, slots=True)
class Came:
    """What came under one pledge in a year, and its certificates, the one that stands first.

    `is_behind`: money came since the certificate was made. `way`: what he said of the fiscal receipt.
    """

    pledge: Card
    amount_fen: Fen
    count: int
    standing: Card | None
    void: Sequence[Card]
    receipts: Sequence[Card]
    way: ReceiptWay | None = None
    use: Use | None = None

    @property
    def is_behind(self) -> bool:
        """Say whether a certificate made now would say another sum."""
        return self.standing is not None and self.standing["amount_fen"] != self.amount_fen


@dataclass(frozen=True, slots=True)
class Year:
    """One year of a donor's."""

    year: int
    came: Sequence[Came]


def of_donor(session: Session, viewer: Viewer, *, now: datetime) -> list[Year]:
    """Return the years of a donor, the newest first."""
    pledges = donors.home(session, viewer, now=now).pledges
    made, kept = certificates.of_donor(session, viewer), asking.of_donor(session, viewer)
    ways = wishes.said(session, [card["donor_ref"] for card in pledges])
    has_uses = any(card["is_restricted"] for card in pledges)
    uses = redirecting.own(session, viewer) if has_uses else {}
    came = {
        year: [_came(card, made, kept, year) for card in pledges]
        for year in statements.years(session, viewer, now=now)
    }
    return [
        Year(
            year,
            [
                replace(one, way=ways.get((ref, year)), use=uses.get(ref))
                for one in found
                if one is not None and (ref := one.pledge["donor_ref"])
            ],
        )
        for year, found in came.items()
    ]


def _came(
    pledge: Card,
    made: Sequence[Card],
    kept: Mapping[tuple[str, int], Sequence[Card]],
    year: int,
) -> Came | None:
    payments = [fen for day, fen in pledge["payments"] if day.year == year]
    own = [
        one
        for one in made
        if one["year"] == year and one["pledge"]["donor_ref"] == pledge["donor_ref"]
    ]
    receipts = kept.get((pledge["donor_ref"], year), ())
    if not (payments or own or receipts):
        return None
    return Came(
        pledge=pledge,
        amount_fen=Fen(sum(payments)),
        count=len(payments),
        standing=next((one for one in own if not one["void_on"]), None),
        # What was merely made anew says nothing that the new one does not.
        void=[one for one in own if one["void_because"] is VoidReason.CORRECTED],
        receipts=receipts,
    )
