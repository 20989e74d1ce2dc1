"""审计抽查: the auditor draws instalments at random and reads their packs for ten working days.

A pack shows the child's side of one instalment, from approval to the family's answer, and of the
giver a code of this sample. Nothing in it leads to a payer.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateways import photographs
from gateways.sealed_files import Damaged
from gateways.uploads import Files
from models.accounts import Account, Grant
from models.audit import AuditItem, AuditSample
from models.base import Condition, in_regions
from models.children import Child, Consent
from models.imports import Upload
from models.organisations import Organisation
from models.payment_orders import PaymentOrderLine, Payout
from models.pledges import Match
from models.stipends import Batch, Fact, Stipend
from privacy.permissions import Act, require
from privacy.viewers import Viewer, works_in
from services import gate, trace
from services.gate import Card, Part
from services.routes.calendar import is_school_day
from vocabulary.dates import today
from vocabulary.enums import FactKind, Purpose, Role
from vocabulary.errors import BadInput, NotFound
from vocabulary.refs import new_ref

OPEN_DAYS = 10
MOST = 200
_HANDED = (FactKind.HANDED_OVER, FactKind.NOT_HANDED_OVER)
_SAID = (FactKind.CONFIRMED, FactKind.DISPUTED)


def working_days_after(day: date, count: int) -> date:
    """Return the last of so many working days after a day; weekends and holidays are none."""
    while count:
        day += timedelta(days=1)
        count -= is_school_day(day)
    return day


def draw(session: Session, by: Viewer, *, size: int, region_code: str | None, now: datetime) -> str:
    """Draw so many of the instalments that were sent; return the sample's ref.

    Raises BadInput(size) outside 1 to 200, BadInput(region_code) where nothing was sent.
    """
    require(by, Act.DRAW_AUDIT)
    if not 1 <= size <= MOST:
        raise BadInput(field="size", reason="out_of_range")
    if region_code and not works_in(by, region_code):
        raise NotFound()
    keys = _population(session, by, region_code)
    if not keys:
        raise BadInput(field="region_code", reason="nothing_sent")
    seed = new_ref("audit_seed", 16)
    sample = AuditSample(
        drawn_by=by.actor,
        drawn_on=today(now),
        open_until=working_days_after(today(now), OPEN_DAYS),
        region_code=region_code,
        population=len(keys),
        size=min(size, len(keys)),
        seed=seed,
    )
    session.add(sample)
    session.flush()
    drawn = Random(seed).sample(keys, sample.size)  # noqa: S311 kept, so that it can be drawn again
    _keep(session, sample, drawn)
    detail = {"size": sample.size, "population": sample.population, "seed": seed}
    subject = f"audit_sample:{sample.ref}"
    trace.record(session, by, "audit.draw", subject, now=now, detail=detail)
    return sample.ref


def _population(session: Session, by: Viewer, region_code: str | None) -> list[tuple[int, int]]:
    """Return (stipend, pledge) keys in the order of the matches' random refs: it tells nothing."""
    where = Viewer(by.roles, by.actor, regions=(region_code,) if region_code else by.regions)
    rows = session.execute(
        select(Stipend.id, Match.pledge_id)
        .join(Match, Match.id == Stipend.match_id)
        .join(Child, Child.id == Match.child_id)
        .where(Stipend.sent_on.is_not(None), in_regions(Child.region_code, where))
        .order_by(Match.child_ref, Stipend.due_on)
    )
    return [(stipend_id, pledge_id) for stipend_id, pledge_id in rows]


def _keep(session: Session, sample: AuditSample, drawn: Sequence[tuple[int, int]]) -> None:
    givers: dict[int, str] = {}
    for stipend_id, pledge_id in drawn:
        giver = givers.setdefault(pledge_id, new_ref("audit_giver", 6))
        session.add(AuditItem(sample_id=sample.id, stipend_id=stipend_id, giver_code=giver))
    session.flush()


def samples(session: Session, viewer: Viewer, *, now: datetime) -> list[Card]:
    """List the viewer's samples, the newest first, with whether they are still open."""
    require(viewer, Act.DRAW_AUDIT)
    found = gate.cards(session, viewer, AuditSample, order_by=(AuditSample.id.desc(),))
    return [card.and_also(is_open=today(now) <= card["open_until"]) for card in found]


def sample(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return an open sample with its items, by their codes. Raises NotFound from day eleven on."""
    require(viewer, Act.DRAW_AUDIT)
    card = gate.card(session, viewer, AuditSample, *_open(ref, now=now))
    mine = AuditItem.sample_id.in_(select(AuditSample.id).where(AuditSample.ref == ref))
    parts = {"stipend": Part(Stipend, Stipend.id == AuditItem.stipend_id, ("due_on", "amount_fen"))}
    items = gate.cards(
        session, viewer, AuditItem, parts=parts, where=(mine,), order_by=(AuditItem.code,)
    )
    return card.and_also(items=items)


def _open(ref: str, *, now: datetime) -> tuple[Condition, ...]:
    return AuditSample.ref == ref, AuditSample.open_until >= today(now)


def pack(session: Session, viewer: Viewer, ref: str, code: str, *, now: datetime) -> Card:
    """Return the whole pack of one drawn instalment. Raises NotFound when it is closed or not his.

    approval (role, day), consent (version, day), payment (batch, memo, days), orders and slips
    (what the bank said of the batch, what its statement says), hand (evidence), answer (the
    family's), photos (whether the slip was photographed).
    """
    item, inside = _enter(session, viewer, ref, code, now=now)
    parts = {
        "match": Part(Match, Match.id == Stipend.match_id, ("decided_by", "decided_on")),
        "child": Part(Child, Child.id == Match.child_id, ("name", "class_label")),
        "batch": Part(Batch, Batch.id == Stipend.batch_id, ("month", "number", "memo", "sent_on")),
        "hand": Part(Organisation, Organisation.id == Batch.organisation_id, ("name",)),
    }
    this = Stipend.id == item.stipend_id
    card = gate.card(session, inside, Stipend, this, parts=parts)
    return card.and_also(
        code=item.code,
        giver_code=item.giver_code,
        approved_as=_role_of(session, card["match"]["decided_by"], card["match"]["decided_on"]),
        consents=_consents(session, inside, item, card["due_on"]),
        hand_facts=_facts(session, inside, item, _HANDED),
        answers=_facts(session, inside, item, _SAID),
        **_bank(session, inside, item),
        photos=len(_photos(session, item)),
    )


def _enter(
    session: Session, viewer: Viewer, ref: str, code: str, *, now: datetime
) -> tuple[AuditItem, Viewer]:
    """Return the item, and the viewer as he stands while its pack is open before him."""
    require(viewer, Act.DRAW_AUDIT)
    drawn = gate.row(session, viewer, AuditSample, *_open(ref, now=now))
    here = (AuditItem.code == code, AuditItem.sample_id == drawn.id)
    item = gate.row(session, viewer, AuditItem, *here)
    return item, replace(viewer, stipend_id=item.stipend_id)


def _role_of(session: Session, actor: str | None, on: date | None) -> Role | None:
    """Return in which role somebody decided that day; nobody's name."""
    ref = (actor or "").removeprefix("account:")
    held = select(Grant.role).join(Account, Account.id == Grant.account_id)
    rows = held.where(Account.ref == ref, Grant.from_on <= on).order_by(Grant.id)
    return session.scalar(rows.limit(1)) if on else None


def _consents(session: Session, inside: Viewer, item: AuditItem, due_on: date) -> list[Card]:
    """List the consents to be supported that were given by the day the instalment was due."""
    child = select(Match.child_id).join(Stipend, Stipend.match_id == Match.id)
    mine = Consent.child_id.in_(child.where(Stipend.id == item.stipend_id))
    where = (mine, Consent.purpose == Purpose.SPONSORSHIP, Consent.given_on <= due_on)
    order = (Consent.given_on.desc(), Consent.id.desc())
    return gate.cards(session, inside, Consent, where=where, order_by=order)


def _facts(
    session: Session, inside: Viewer, item: AuditItem, kinds: tuple[FactKind, ...]
) -> list[Card]:
    """List the statements of some kinds that stand: taken-back ones do not."""
    taken_back = select(Fact.cancels_id).where(Fact.cancels_id.is_not(None))
    where = (
        Fact.stipend_id == item.stipend_id,
        Fact.kind.in_(kinds),
        Fact.cancels_id.is_(None),
        Fact.id.not_in(taken_back),
    )
    return gate.cards(session, inside, Fact, where=where, order_by=(Fact.on, Fact.id))


def _bank(session: Session, inside: Viewer, item: AuditItem) -> dict[str, list[Card]]:
    """Return the bank's own word on the batch: its answer to our order, the lines of its statement."""
    batch = select(Stipend.batch_id).where(Stipend.id == item.stipend_id).scalar_subquery()
    line, slip = PaymentOrderLine, Payout
    orders = gate.cards(session, inside, line, where=(line.batch_id == batch,), order_by=(line.id,))
    where, order = (slip.batch_id == batch,), (slip.on, slip.id)
    return {
        "orders": orders,
        "slips": gate.cards(session, inside, slip, where=where, order_by=order),
    }


def _photos(session: Session, item: AuditItem) -> Sequence[str]:
    mine = Upload.stipend_id == item.stipend_id
    return session.scalars(select(Upload.ref).where(mine).order_by(Upload.id)).all()


def photo(
    session: Session,
    viewer: Viewer,
    ref: str,
    code: str,
    number: int,
    *,
    files: Files,
    mark: str,
    now: datetime,
) -> bytes:
    """Return a pack's photograph (counted from 1) with the mark drawn over it. Raises NotFound."""
    item, _ = _enter(session, viewer, ref, code, now=now)
    found = _photos(session, item)
    if not 1 <= number <= len(found):
        raise NotFound()
    try:
        return photographs.marked(files.read(f"{found[number - 1]}.jpg"), mark)
    except (FileNotFoundError, Damaged):
        raise NotFound() from None


def own_login(session: Session, viewer: Viewer) -> str:
    """Return the viewer's own login, for the watermark."""
    own = Account.id == viewer.account_id
    login: str = gate.card(session, viewer, Account, own, fields=("login",))["login"]
    return login
