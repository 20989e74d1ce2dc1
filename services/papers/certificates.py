"""捐赠证书: made at a donor's wish, over money that came; void as soon as it says too much.

Who holds the paper is told its number, sum and day, and no name: `verify` looks at the hash of
what the QR holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.earmarks import Earmark
from models.papers import Certificate
from models.pledges import Pledge
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card, Part
from services.notices import notices
from services.notices.notices import Recipient
from services.papers import came
from services.papers.called import called
from services.vault import purses, vault
from vocabulary.dates import today
from vocabulary.enums import Chain, NoticeKind, RecipientKind, VoidReason
from vocabulary.errors import BadInput, NotFound
from vocabulary.money import Fen
from vocabulary.refs import new_token, token_hash

Line = tuple[date, Fen]
_PLEDGE = {
    "pledge": Part(Pledge, Pledge.id == Certificate.pledge_id, ("donor_ref", "kind", "offered_on")),
    "earmark": Part(Earmark, Earmark.pledge_id == Certificate.pledge_id, ("kind",)),
}


@dataclass(frozen=True, slots=True)
class Verified:
    """What a stranger with the paper in his hand is told."""

    number: str
    amount_fen: Fen
    issued_on: date
    void_on: date | None


def issue(session: Session, viewer: Viewer, ref: str, year: int, *, now: datetime) -> str:
    """Make the certificate of a pledge and year, and return its ref; asked again, the same one.

    What came since takes the place of the one before. Raises BadInput(year) where nothing came.
    """
    require(viewer, Act.GET_PAPERS)
    pledge = gate.row(session, viewer, Pledge, Pledge.donor_ref == ref)
    lines = _came(session, ref, year)
    if not lines:
        raise BadInput(field="year", reason="nothing_received")
    before = _standing(session, pledge.id, year)
    if before is not None and _lines(before) == lines:
        return before.ref
    if before is not None:
        _void(session, viewer, before, VoidReason.RENEWED, now=now)
    return _make(session, viewer, pledge.id, lines, now=now).ref


def correct(session: Session, by: Viewer, pledge_id: int, line: Line, *, now: datetime) -> None:
    """Void the certificate that counts money taken back, and put what is left in its place."""
    before = _standing(session, pledge_id, line[0].year)
    if before is None or line not in (left := _lines(before)):
        return
    left.remove(line)
    _void(session, by, before, VoidReason.CORRECTED, now=now)
    if left:
        _make(session, by, pledge_id, left, now=now)


def recount(session: Session, by: Viewer, pledge_id: int, *, now: datetime) -> None:
    """Void what counts money that went back to its payer, and put what is left in its place."""
    ref = session.scalars(select(Pledge.donor_ref).where(Pledge.id == pledge_id)).one()
    standing = select(Certificate).where(
        Certificate.pledge_id == pledge_id, Certificate.void_on.is_(None)
    )
    for before in session.scalars(standing).all():
        now_is, counted = _came(session, ref, before.year), _lines(before)
        # What came since it was made is none of this: it counts no more than it did.
        left = [line for line in now_is if line[0] <= before.issued_on]
        if sum(fen for _, fen in left) < sum(fen for _, fen in counted):
            _void(session, by, before, VoidReason.CORRECTED, now=now)
            if left:
                _make(session, by, pledge_id, left, now=now)


def verify(session: Session, code: str) -> Verified:
    """Return what the paper behind a code may say to anybody. Raises NotFound."""
    found = session.scalar(select(Certificate).where(Certificate.code_hash == token_hash(code)))
    if found is None:
        raise NotFound()
    return Verified(found.number, found.amount_fen, found.issued_on, found.void_on)


def paper(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one certificate with the name that stands on it, for its donor. Raises NotFound."""
    require(viewer, Act.GET_PAPERS)
    card = gate.card(session, viewer, Certificate, Certificate.ref == ref, parts=_PLEDGE)
    own: str = card["pledge"]["donor_ref"]
    is_group = purses.of_pledges(session, [own])[own].is_group
    return _with_days(card, called(session, viewer, own)).and_also(is_group=is_group)


def of_donor(session: Session, viewer: Viewer) -> list[Card]:
    """List a donor's certificates, the newest first."""
    require(viewer, Act.GET_PAPERS)
    newest = (Certificate.year.desc(), Certificate.id.desc())
    found = gate.cards(session, viewer, Certificate, parts=_PLEDGE, order_by=newest)
    return [_with_days(card, "") for card in found]


def _with_days(card: Card, name: str) -> Card:
    lines = [(date.fromisoformat(day), Fen(fen)) for day, fen in card["lines"]]
    return card.and_also(came=lines, called=name)


def _came(session: Session, ref: str, year: int) -> list[Line]:
    return [line for line in came.of_pledge(session, ref) if line[0].year == year]


def _standing(session: Session, pledge_id: int, year: int) -> Certificate | None:
    return session.scalar(
        select(Certificate).where(
            Certificate.pledge_id == pledge_id,
            Certificate.year == year,
            Certificate.void_on.is_(None),
        )
    )


def _lines(certificate: Certificate) -> list[Line]:
    return [(date.fromisoformat(day), Fen(fen)) for day, fen in certificate.lines]


def _void(
    session: Session, by: Viewer, certificate: Certificate, why: VoidReason, *, now: datetime
) -> None:
    certificate.void_on, certificate.void_because = today(now), why
    session.flush()
    _trace(session, by, "certificate.void", certificate, now=now)
    donor = Recipient(RecipientKind.DONOR, vault.donor_of_pledge(session, certificate.pledge_id))
    kind, subject = NoticeKind.CERTIFICATE_VOID, f"certificate:{certificate.ref}"
    notices.queue(session, donor, kind, subject, now=now)


def notice_facts(session: Session, viewer: Viewer, ref: str, _now: datetime) -> dict[str, str]:
    """Say which paper of a donor's holds no more, and why. Raises NotFound for one that stands."""
    card = gate.card(session, viewer, Certificate, Certificate.ref == ref)
    if card["void_because"] is None:
        raise NotFound()
    day: date = card["void_on"]
    facts = {"number": str(card["number"]), "voided": f"{day.month}月{day.day}日"}
    return facts | {"void_because": _WHY[card["void_because"]]}


_WHY = {
    VoidReason.RENEWED: "后来又到了账，你换了一张新的",
    VoidReason.CORRECTED: "有一笔到账更正过，上面的数变了；还有到账的，已经换好一张新的",
}


def _make(
    session: Session, by: Viewer, pledge_id: int, lines: Sequence[Line], *, now: datetime
) -> Certificate:
    code = new_token("certificate_code")
    made = Certificate(
        pledge_id=pledge_id,
        year=lines[0][0].year,
        lines=[[day.isoformat(), fen] for day, fen in lines],
        amount_fen=Fen(sum(fen for _, fen in lines)),
        issued_on=today(now),
        code=code,
        code_hash=token_hash(code),
    )
    session.add(made)
    session.flush()
    _trace(session, by, "certificate.issue", made, now=now)
    return made


def _trace(session: Session, by: Viewer, act: str, one: Certificate, *, now: datetime) -> None:
    trace.record(session, by, act, f"certificate:{one.ref}", now=now, chain=Chain.CUSTODIAN)
