"""One donor, one child and a clock: what the stories of 双方愿意时互相认识 happen in."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child, Consent
from models.notices import Notice
from models.pledges import Match
from models.reveals import Reveal
from models.vault import VaultPledge
from privacy import viewers
from privacy.viewers import Viewer
from services.children.consents import consent_row
from services.reveals import reveal_checks, reveal_links, reveal_release, reveals
from services.reveals.reveals import Shares, Words
from tests.factories import (
    START,
    TOWNSHIP,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    viewer,
)
from vocabulary.enums import ChildWord, NoticeKind, Purpose, RecipientKind, Role

WEEK = timedelta(days=7)
LIN, BOTH = Words("林向北", "漳州"), Shares(name=True, place=True)
FIRST = viewer(Role.CASE_WORKER, actor="account:FIRST")
SECOND = viewer(Role.APPROVER, actor="account:SECOND")
DIRECTOR = viewer(Role.VILLAGE_DIRECTOR, actor="account:DIRECTOR", regions=(TOWNSHIP,))


@dataclass
class World:
    """One donor, one child of 15, one instalment on its way; and a clock to move."""

    session: Session
    now: datetime
    match: Match
    child: Child
    donor: Viewer
    slip: Viewer
    line: str
    lettered: list[Viewer] = field(default_factory=list)

    @property
    def ref(self) -> str:
        """The asking's ref."""
        own = Reveal.child_id == self.child.id
        return self.session.scalars(select(Reveal.ref).where(own).order_by(Reveal.id)).first()

    @property
    def guardian(self) -> Viewer:
        """The family behind the link that its guardian got."""
        if not self.lettered:
            ref = self.ref
            token = reveal_links.make(self.session, viewers.engine(), f"reveal:{ref}", now=self.now)
            self.lettered.append(reveal_links.open_reveal(self.session, token, now=self.now))
        return self.lettered[0]

    def later(self, **by: int) -> None:
        self.now += timedelta(**by)

    def release(self) -> dict[str, int]:
        return reveal_release.release(self.session, viewers.engine("reveals"), now=self.now)

    def donor_asks(self) -> None:
        reveals.ask(self.session, self.donor, LIN, ref=self.match.donor_ref, now=self.now)

    def family_asks(self) -> None:
        reveals.ask(self.session, self.slip, BOTH, now=self.now)

    def of_donor(self) -> dict:
        return dict(reveals.page(self.session, self.donor, ref=self.match.donor_ref))

    def of_guardian(self) -> dict:
        return dict(reveals.page(self.session, self.guardian))

    def put(self) -> None:
        self.donor_asks()
        self.later(days=7)
        self.release()

    def agree(self, shares: Shares = BOTH) -> None:
        reveals.answer(self.session, self.guardian, shares, now=self.now)
        self.later(days=7)
        self.release()

    def consent(self) -> None:
        row = consent_row(self.child.id, Purpose.REVEAL, self.now.date(), FIRST)
        self.session.add(Consent(**row))
        self.session.flush()

    def check(self) -> None:
        ref = self.ref
        word = ChildWord.WILLING
        reveal_checks.confirm(self.session, FIRST, ref, word=word, now=self.now)
        assert reveal_checks.confirm(self.session, SECOND, ref, word=None, now=self.now)

    def know_each_other(self, shares: Shares = BOTH) -> None:
        self.put()
        self.agree(shares)
        self.consent()
        self.check()

    def notices(self, kind: NoticeKind, to: RecipientKind) -> int:
        where = (Notice.kind == kind, Notice.recipient_kind == to)
        return len(self.session.scalars(select(Notice.id).where(*where)).all())


def a_world(
    session: Session, now: datetime, *, contact: str = "13800000001", **child: object
) -> World:
    school = a_school(session, f"吉文中学{contact[-2:]}")
    pupil = a_child(session, school, **{"birth_on": date(2011, 5, 4)} | child)
    pledge, _ = a_pledge(session, contact)
    match = a_match(session, pledge, pupil)
    batch = a_sent_batch(session, school, match)
    donor_id = session.scalars(
        select(VaultPledge.donor_id).where(VaultPledge.pledge_id == pledge.id)
    ).one()
    slip = viewer(Role.FAMILY, actor=f"family:{pupil.ref}", child_id=pupil.id, regions=())
    return World(
        session,
        now,
        match,
        pupil,
        donor=viewer(Role.DONOR, actor="donor:HIM", donor_id=donor_id, regions=()),
        slip=replace(slip, stipend_id=batch_line(session, batch.id)),
        line=f"{match.child_ref}-{START:%Y%m}",
    )


def batch_line(session: Session, batch_id: int) -> int:
    from models.stipends import Stipend

    return session.scalars(select(Stipend.id).where(Stipend.batch_id == batch_id)).one()
