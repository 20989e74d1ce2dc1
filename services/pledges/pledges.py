"""A pledge is offered: its terms kept, its contact in the vault, its payment explained."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.kinds.pledges import is_past
from matching.wishes import Wishes
from models.pledges import Pledge
from models.regions import Region
from privacy import viewers
from privacy.viewers import Viewer
from services import gate, links, trace
from services.donors import donor_links, naming
from services.donors.naming import Called
from services.earmarks import marking
from services.gate import Card
from services.giving import members
from services.links import Subject
from services.vault import purses, vault
from services.vault.givers import Giver
from vocabulary import amounts
from vocabulary.dates import today
from vocabulary.enums import (
    Chain,
    EarmarkKind,
    GiverKind,
    LinkPurpose,
    Naming,
    PledgeEnd,
    PledgeKind,
    PledgeStatus,
    RegionLevel,
    Rhythm,
    Role,
    Sex,
    Stage,
)
from vocabulary.errors import BadInput
from vocabulary.grades import GRADUATION
from vocabulary.money import Fen
from vocabulary.refs import token_hash
from vocabulary.schedule import STEP_MONTHS

MOST_TIMES = 600
MOST_CHILDREN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeTerms:
    """What a donor says in the form; `instalment_fen` is for one child and one due day."""

    instalment_fen: Fen
    rhythm: Rhythm
    until: PledgeEnd = PledgeEnd.UNTIL_STOPPED
    until_count: int | None = None
    wishes: Wishes = field(default_factory=Wishes)
    naming: Naming = Naming.SEALED
    alias: str | None = None
    name: str | None = None
    children_wanted: int = 1
    not_relative: bool = False
    earmark: EarmarkKind | None = None
    giver_kind: GiverKind | None = None
    giver_name: str | None = None

    @property
    def called(self) -> Called:
        """Return how the donor wants to be called."""
        return Called(self.naming, self.alias, self.name)

    @property
    def giver(self) -> Giver | None:
        """Return in whose name it is given; None for one person's own."""
        return Giver(self.giver_kind, self.giver_name or "") if self.giver_kind else None

    @property
    def kind(self) -> PledgeKind:
        """A listed sum goes to a child; any other sum would give its giver away."""
        is_listed = amounts.is_listed(self.instalment_fen, self.rhythm)
        return PledgeKind.CHILD if is_listed else PledgeKind.GAP_FUND

    @property
    def children(self) -> int:
        """Say how many instalments fall due at once; the gap fund's is one."""
        return self.children_wanted if self.kind is PledgeKind.CHILD else 1

    @property
    def whole_fen(self) -> Fen:
        """Return what is given at once for all children."""
        return Fen(self.instalment_fen * self.children)


@dataclass(frozen=True, slots=True)
class Offered:
    """What the next page needs: a link that opens this pledge alone, its ref, how to pay it."""

    token: str
    ref: str
    reference: str
    kind: PledgeKind
    is_repeat: bool


def check(session: Session, terms: PledgeTerms, contact: str) -> None:
    """Raise BadInput naming the first field that cannot be taken."""
    vault.read_contact(contact)
    least, most = amounts.bounds()
    is_count = terms.until is PledgeEnd.COUNT
    league = terms.wishes.league
    faults = {
        "amount": not least <= terms.instalment_fen <= most,
        "children_wanted": not 1 <= terms.children_wanted <= MOST_CHILDREN
        or terms.whole_fen > most,
        "until": _wishes_for_nobody(terms),
        "until_count": is_count and not 1 <= (terms.until_count or 0) <= MOST_TIMES,
        "earmark": terms.earmark not in _may_restrict(terms),
        "league": bool(league) and league not in {code for code, _ in leagues(session)},
        **_misnamed(terms),
        "giver_name": members.fault_of(terms.giver_kind, terms.giver_name),
        "not_relative": not terms.not_relative,
    }
    for name, is_wrong in faults.items():
        if is_wrong:
            raise BadInput(field=name, reason="out_of_range")


def _may_restrict(terms: PledgeTerms) -> tuple[EarmarkKind | None, ...]:
    """Return what a pledge's money may be kept for: with a child of its own only what it wishes."""
    if terms.kind is PledgeKind.GAP_FUND:
        return (None, EarmarkKind.GIRLS, EarmarkKind.SURGERY)
    return (None, EarmarkKind.GIRLS) if terms.wishes.sex == Sex.FEMALE else (None,)


def _misnamed(terms: PledgeTerms) -> dict[str, bool]:
    fault = naming.fault_of(terms.called)
    return {fault: True} if fault else {}


def plain_contact(contact: str) -> str:
    """Return a contact as it will be used. Raises BadInput."""
    return vault.read_contact(contact)[1]


def _wishes_for_nobody(terms: PledgeTerms) -> bool:
    """Say whether the wished stage lies after the graduation at which the pledge stops."""
    stage = terms.wishes.stage
    is_given = terms.until in GRADUATION and stage is not None
    return terms.kind is PledgeKind.CHILD and is_given and is_past(str(stage), terms.until.value)


def offer(
    session: Session,
    terms: PledgeTerms,
    contact: str,
    *,
    now: datetime,
    form_key: str | None = None,
) -> Offered:
    """Keep a pledge and its contact, queue the private link, and answer all contacts alike.

    The same `form_key` again (a double click, the back button) makes no second pledge.
    Raises BadInput for terms or a contact that cannot be used.
    """
    check(session, terms, contact)
    known = _find_by_form(session, form_key)
    if known is not None:
        return _answer(session, known, now=now, is_repeat=True)
    donor_id = vault.register(session, contact, now=now)
    pledge = _pledge_of(terms, form_key, now=now)
    session.add(pledge)
    session.flush()
    vault.file_pledge(session, donor_id, pledge)
    marking.mark(session, pledge, terms.earmark, now=now)
    naming.begin(session, pledge, terms.called, now=now)
    members.begin(session, pledge, terms.giver, now=now)
    donor = Viewer(
        frozenset({Role.DONOR}), f"donor:{vault.donor_ref_of(session, donor_id)}", donor_id=donor_id
    )
    donor_links.send(session, donor_id, now=now)
    subject = f"pledge:{pledge.donor_ref}"
    trace.record(session, donor, "pledge.offer", subject, now=now, chain=Chain.CUSTODIAN)
    return _answer(session, pledge, now=now, is_repeat=False)


def _find_by_form(session: Session, form_key: str | None) -> Pledge | None:
    if form_key is None:
        return None
    return session.scalar(select(Pledge).where(Pledge.form_hash == token_hash(form_key)))


def _pledge_of(terms: PledgeTerms, form_key: str | None, *, now: datetime) -> Pledge:
    is_child = terms.kind is PledgeKind.CHILD
    wishes = terms.wishes if is_child else Wishes()
    return Pledge(
        kind=terms.kind,
        instalment_fen=terms.instalment_fen,
        rhythm=terms.rhythm,
        children_wanted=terms.children,
        until=terms.until,
        until_count=terms.until_count if terms.until is PledgeEnd.COUNT else None,
        wish_sex=Sex(wishes.sex) if wishes.sex else None,
        wish_stage=Stage(wishes.stage) if wishes.stage else None,
        wish_league=wishes.league or None,
        status=PledgeStatus.OFFERED,
        offered_on=today(now),
        form_hash=token_hash(form_key) if form_key else None,
    )


def _answer(session: Session, pledge: Pledge, *, now: datetime, is_repeat: bool) -> Offered:
    """Make the link of the form's own phone.

    It opens this pledge only: a contact typed into a form is not yet known to be the typist's.
    """
    subject = Subject(pledge_id=pledge.id)
    token = links.make(session, viewers.public(), LinkPurpose.DONOR_HOME, subject, now=now)
    reference = vault.reference_of(session, pledge.id)
    return Offered(token, pledge.donor_ref, reference, pledge.kind, is_repeat)


def leagues(session: Session) -> list[tuple[str, str]]:
    """Return (code, name) of the twelve leagues, by code."""
    rows = session.execute(
        select(Region.code, Region.name)
        .where(Region.level == RegionLevel.LEAGUE)
        .order_by(Region.code)
    )
    return [(code, name) for code, name in rows]


def how_to_pay(session: Session, viewer: Viewer, ref: str) -> Card:
    """Return one pledge with its payment reference and what 1, 6 and 12 months come to.

    Sums: whole instalments, and never more of them than were promised. Raises NotFound for
    another's pledge.
    """
    card = gate.card(session, viewer, Pledge, Pledge.donor_ref == ref)
    step = STEP_MONTHS[card["rhythm"]]
    instalment = card["instalment_fen"] * card["children_wanted"]
    purse = purses.of_pledges(session, [ref])[ref]
    return card.and_also(
        reference=purse.reference,
        sums=[(months, Fen(instalment * months // step)) for months in _spans(card, step)],
        announced_on=purse.unmet_word_on,
    )


def _spans(card: Card, step: int) -> list[int]:
    """Return the months one may pay at once; a counted pledge ends with its last time."""
    spans = [months for months in (1, 6, 12) if months % step == 0]
    if card["until"] is not PledgeEnd.COUNT:
        return spans
    whole: int = card["until_count"] * step
    return sorted({min(months, whole) for months in spans})


def said_paid(session: Session, viewer: Viewer, ref: str, amount: Fen, *, now: datetime) -> None:
    """Keep the donor's word that he has paid: it helps the collecting desk and proves nothing."""
    pledge = gate.row(session, viewer, Pledge, Pledge.donor_ref == ref)
    vault.note_paid(session, pledge.id, amount, now=now)
    subject = f"pledge:{ref}"
    trace.record(session, viewer, "pledge.said_paid", subject, now=now, chain=Chain.CUSTODIAN)
