"""One donor and one child whose guardian agreed to letters: the world of the letters' tests."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from io import BytesIO

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.children import Child, Consent
from models.letters import Letter
from models.notices import Notice
from models.pledges import Match, Pledge
from models.stipends import Stipend
from models.vault import VaultPledge
from models.volunteers import Volunteer
from privacy import viewers
from privacy.viewers import Viewer
from services.books import receipts
from services.books.receipts import BankLine
from services.children.consents import consent_row
from services.letters import letter_desk, letter_links, letter_post, letters
from services.letters.letters import Draft
from services.vault import vault
from tests.factories import (
    START,
    TOWNSHIP,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
    an_account,
    viewer,
)
from vocabulary.dates import at, today
from vocabulary.enums import LetterVoice, NoticeKind, Purpose, RecipientKind, Role, VolunteerStatus
from vocabulary.money import Fen

WEDNESDAY = at(date(2026, 11, 18))
CHILD, THANKS = LetterVoice.CHILD, "谢谢您，我这次数学考了 92 分，家里都好。"
DESK = viewer(Role.CASE_WORKER, actor="account:DESK")
DIRECTOR = viewer(Role.VILLAGE_DIRECTOR, actor="account:DIRECTOR", regions=(TOWNSHIP,))


@dataclass
class World:
    """One donor and one child of ten, whose guardian agreed to letters; and a clock to move."""

    session: Session
    now: datetime
    match: Match
    child: Child
    donor: Viewer
    slip: Viewer
    line: str

    @property
    def guardian(self) -> Viewer:
        """The family behind its guardian's own link."""
        by, subject = viewers.engine(), f"letters:{self.child.ref}"
        token = letter_links.make(self.session, by, subject, now=self.now)
        return letter_links.open_letters(self.session, token, now=self.now)

    @property
    def letter(self) -> Letter:
        """The newest letter."""
        self.session.flush()
        return self.session.scalars(select(Letter).order_by(Letter.id.desc())).first()

    def family_writes(
        self, text: str = THANKS, *, by: Viewer | None = None, voice: LetterVoice = CHILD
    ) -> Letter:
        draft = Draft(text, voice)
        letters.write(self.session, by or self.slip, draft, now=self.now)
        return self.letter

    def donor_writes(self, text: str) -> Letter:
        ref = self.match.donor_ref
        letters.write(self.session, self.donor, Draft(text), now=self.now, ref=ref)
        return self.letter

    def release(self, text: str | None = None) -> None:
        card = self.desk()
        words = card["proposed"] if text is None else text
        letter_desk.release(self.session, DESK, card["ref"], words, now=self.now, seen=words)

    def desk(self) -> dict:
        return letter_desk.detail(self.session, DESK, self.letter.ref, now=self.now)

    def batch(self) -> dict[str, int]:
        """Let the next Monday's batch leave."""
        self.now += timedelta(days=7 - today(self.now).weekday())
        by = viewers.engine("letters")
        return letter_post.deliver(self.session, by, period=today(self.now), now=self.now)

    def of_donor(self) -> list:
        ref = self.match.donor_ref
        return letters.page(self.session, self.donor, now=self.now, ref=ref)["letters"]

    def of_guardian(self) -> list:
        return letters.page(self.session, self.guardian, now=self.now)["letters"]

    def of_slip(self) -> list:
        return letters.page(self.session, self.slip, now=self.now)["letters"]

    def told(self, kind: NoticeKind, to: RecipientKind) -> int:
        where = (Notice.kind == kind, Notice.recipient_kind == to)
        return len(self.session.scalars(select(Notice.id).where(*where)).all())


def a_world(session: Session, now: datetime, contact: str = "13812345678") -> World:
    school = a_school(session, f"吉文镇中心小学{contact[-2:]}")
    pupil = a_child(session, school)
    session.add(Consent(**consent_row(pupil.id, Purpose.LETTERS, START, DESK)))
    pledge, _ = a_pledge(session, contact)
    match = a_match(session, pledge, pupil)
    a_sent_batch(session, school, match)
    donor_id = session.scalars(
        select(VaultPledge.donor_id).where(VaultPledge.pledge_id == pledge.id)
    ).one()
    stipend_id = match_line(session, match)
    slip = viewer(Role.FAMILY, actor=f"family:{pupil.ref}", child_id=pupil.id, regions=())
    return World(
        session,
        now,
        match,
        pupil,
        donor=viewer(Role.DONOR, actor="donor:HIM", donor_id=donor_id, regions=()),
        slip=replace(slip, stipend_id=stipend_id),
        line=f"{match.child_ref}-{START:%Y%m}",
    )


def match_line(session: Session, match: Match) -> int:
    return session.scalars(select(Stipend.id).where(Stipend.match_id == match.id)).one()


def donor_pledge(world: World) -> str:
    return world.session.get_one(Pledge, world.match.pledge_id).donor_ref


def a_payment(world: World, payer: str) -> None:
    """Money of the donor's came in, with what his bank says of him."""
    reference = vault.reference_of(world.session, world.match.pledge_id)
    line = BankLine(reference, Fen(10_000), START, payer_name=payer)
    desk = viewer(Role.COLLECTING_DESK, actor="account:COLLECTOR")
    receipts.record(world.session, desk, line, now=world.now)


def a_picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (300, 200), "#a8324f").save(made, "JPEG")
    return made.getvalue()


def a_volunteer(world: World) -> Volunteer:
    account = an_account(world.session, Role.VOLUNTEER, login="mother")
    day = today(world.now)
    one = Volunteer(
        account_id=account.id,
        name="乌兰",
        phone="13900001111",
        region_code=TOWNSHIP,
        status=VolunteerStatus.CLEARED,
        checked_on=day - timedelta(days=30),
        trained_on=day - timedelta(days=30),
        insured_until=day + timedelta(days=100),
        entered_by="console",
        entered_on=day,
    )
    world.session.add(one)
    world.session.flush()
    return one
