"""How a donor is called towards the family: chosen pledge by pledge, and what is really shown.

A choice holds for instalments that fall due from its day on. Hiding again empties every page at
once; whoever has read a name has read it. What shows to whom is privacy/naming.py's one table.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.naming import PledgeNaming
from models.pledges import Pledge
from privacy.naming import (
    ALIAS_LENGTH,
    NAME_LENGTH,
    SHOWN,
    Eyes,
    Shown,
    is_fit,
    lesser,
    reveals_more,
)
from privacy.permissions import Act, require
from privacy.viewers import Viewer
from services import gate, trace
from services.gate import Card
from services.pledges.changes import effective_on
from services.vault import gone, vault
from vocabulary import waivers
from vocabulary.dates import today
from vocabulary.enums import Chain, Naming, PledgeStatus
from vocabulary.errors import AlreadyDecided, BadInput

WAIVERS_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Called:
    """A choice: `alias` or `name` as the way asks for."""

    naming: Naming = Naming.SEALED
    alias: str | None = None
    name: str | None = None


def fault_of(called: Called) -> str | None:
    """Return the field that cannot be taken, or None."""
    if called.naming is Naming.ALIAS and not is_fit(called.alias, ALIAS_LENGTH):
        return "alias"
    if called.naming is Naming.NAMED and not is_fit(called.name, NAME_LENGTH):
        return "name"
    return None


def begin(session: Session, pledge: Pledge, called: Called, *, now: datetime) -> None:
    """Keep the choice of a new pledge: it holds from its first instalment on."""
    _keep(session, pledge, called, from_on=today(now), now=now)


def choose(session: Session, viewer: Viewer, ref: str, called: Called, *, now: datetime) -> None:
    """Change how the donor is called from the next due day on; hiding takes effect at once as well.

    Raises BadInput for a word that cannot be taken or no change, AlreadyDecided for an ended pledge.
    """
    pledge = gate.row(session, viewer, Pledge, Pledge.donor_ref == ref)
    if pledge.status is PledgeStatus.ENDED and reveals_more(called.naming, pledge.naming):
        raise AlreadyDecided()
    fault = fault_of(called)
    if fault:
        raise BadInput(field=fault, reason="out_of_range")
    if _is_same(session, pledge, called):
        raise BadInput(field="naming", reason="unchanged")
    if not reveals_more(called.naming, pledge.naming):
        _hide(session, pledge, called.naming)
    _keep(session, pledge, called, from_on=effective_from(pledge, now=now), now=now)
    subject = f"pledge:{ref}"
    trace.record(session, viewer, "pledge.naming", subject, now=now, chain=Chain.CUSTODIAN)


def effective_from(pledge: Pledge | Card, *, now: datetime) -> date:
    """Return the due day from which a choice made now holds."""
    rhythm = pledge["rhythm"] if isinstance(pledge, Card) else pledge.rhythm
    return effective_on(rhythm, rhythm, now=now)


def _is_same(session: Session, pledge: Pledge, called: Called) -> bool:
    if called.naming is not pledge.naming:
        return False
    if called.naming is Naming.ALIAS:
        return (called.alias or "").strip() == pledge.alias
    kept = vault.name_of(session, pledge.id)
    return called.naming is Naming.SEALED or (called.name or "").strip() == kept


def _hide(session: Session, pledge: Pledge, to: Naming) -> None:
    """Forget what may no longer be read anywhere."""
    if to is not Naming.NAMED:
        vault.drop_name(session, pledge.id)
    if to is Naming.SEALED:
        forget_aliases(session, [pledge.id])


def hide(session: Session, pledge: Pledge, *, now: datetime) -> None:
    """Let a pledge be 爱心人士's from this moment: another is behind it, who may choose anew."""
    if pledge.naming is Naming.SEALED:
        return
    _hide(session, pledge, Naming.SEALED)
    _keep(session, pledge, Called(), from_on=today(now), now=now)


def forget_aliases(session: Session, pledge_ids: list[int]) -> None:
    """Take the aliases of pledges out of every choice; that a receipt was waived stays kept."""
    session.flush()
    for table, key in ((PledgeNaming, PledgeNaming.pledge_id), (Pledge, Pledge.id)):
        session.execute(
            update(table)
            .where(key.in_(pledge_ids))
            .values(alias=None)
            .execution_options(synchronize_session=False)
        )
    session.expire_all()


def _keep(
    session: Session, pledge: Pledge, called: Called, *, from_on: date, now: datetime
) -> None:
    is_alias, is_named = called.naming is Naming.ALIAS, called.naming is Naming.NAMED
    alias = (called.alias or "").strip() if is_alias else None
    pledge.naming, pledge.alias = called.naming, alias
    session.add(
        PledgeNaming(
            pledge_id=pledge.id,
            naming=called.naming,
            alias=alias,
            from_on=from_on,
            chosen_on=today(now),
            waiver=None if is_named else waivers.CURRENT,
        )
    )
    if is_named:
        vault.keep_name(session, pledge.id, (called.name or "").strip())
    session.flush()


def called(session: Session, pledge_id: int, *, on: date) -> str | None:
    """Return what a guardian reads of who gives, behind his own link; None is 爱心人士.

    The lesser of what held on a day and what holds now.
    """
    pledge = session.get_one(Pledge, pledge_id)
    held = session.scalar(
        select(PledgeNaming)
        .where(PledgeNaming.pledge_id == pledge.id, PledgeNaming.from_on <= on)
        .order_by(PledgeNaming.id.desc())
        .limit(1)
    )
    naming = lesser(held.naming, pledge.naming) if held else Naming.SEALED
    shown = SHOWN[naming][Eyes.FAMILY]
    # Who died is called like who was forgotten or hid his name: the change tells none of the three.
    if gone.since(session, pledge.id) is not None:
        return None
    if shown is Shown.NAME:
        return vault.name_of(session, pledge.id)
    alias = held.alias if held else None
    return (alias or pledge.alias) if shown is Shown.ALIAS else None


def page(session: Session, viewer: Viewer, ref: str, *, now: datetime) -> Card:
    """Return a pledge's choice with its name and record, for its donor. Raises NotFound.

    `shown_now` is what the family reads today, `holds_from` when a choice for later begins.
    """
    card = gate.card(session, viewer, Pledge, Pledge.donor_ref == ref)
    pledge_id = gate.row(session, viewer, Pledge, Pledge.donor_ref == ref).id
    records = gate.cards(
        session,
        viewer,
        PledgeNaming,
        where=(PledgeNaming.pledge_id == pledge_id,),
        order_by=(PledgeNaming.id.desc(),),
    )
    newest = max((one["from_on"] for one in records[:1]), default=today(now))
    return card.and_also(
        shown_now=called(session, pledge_id, on=today(now)),
        holds_from=newest if newest > today(now) else None,
        name=vault.name_of(session, pledge_id),
        records=[_with_words(one) for one in records],
        from_on=effective_from(card, now=now),
    )


def waived(session: Session, viewer: Viewer, *, ref: str | None = None) -> list[Card]:
    """List the receipts waived, newest first, for the custodian; by the ref a donor reads out."""
    require(viewer, Act.SEE_CUSTODY)
    wanted = (PledgeNaming.ref == ref,) if ref else ()
    found = gate.cards(
        session,
        viewer,
        PledgeNaming,
        where=(PledgeNaming.waiver.is_not(None), *wanted),
        order_by=(PledgeNaming.id.desc(),),
        limit=WAIVERS_A_PAGE,
    )
    return [_with_words(one) for one in found]


def _with_words(card: Card) -> Card:
    return card.and_also(words=waivers.WORDINGS.get(card["waiver"] or "", ""))
