"""The town's letters: of each child one's own and another's, a guardian's link, two friendships."""

from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from cli.twins.pictures import picture
from gateways.uploads import LocalFiles
from models.children import Child
from models.imports import Upload
from models.letters import Letter, LetterFriend
from models.pledges import Match
from models.volunteers import Volunteer
from privacy import viewers
from privacy.viewers import Viewer
from services import uploads
from services.guardians import guardian_wishes
from services.guardians.guardian_wishes import Wish
from services.letters import letter_links
from vocabulary.enums import (
    FilePart,
    GuardianWish,
    LetterHand,
    LetterSide,
    LetterStatus,
    LetterVoice,
    Role,
)
from vocabulary.refs import new_ref


def letters(session: Session, matches: tuple[Match, Match], on: date) -> list[str]:
    """A letter that waits of each match's family; their refs."""
    made = [
        Letter(
            ref=new_ref("letter"),
            child_id=match.child_id,
            pledge_id=match.pledge_id,
            sender=LetterSide.FAMILY,
            voice=LetterVoice.CHILD,
            hand=LetterHand.ITSELF,
            status=LetterStatus.SCREENED,
            submitted_on=on,
            submitted_by="family:x",
            original="谢谢您。",
        )
        for match in matches
    ]
    session.add_all(made)
    session.flush()
    return [letter.ref for letter in made]


def _on_paper(session: Session, ref: str, photo: bytes, now: datetime) -> str:
    """Keep the photograph of a letter's paper; return its handle."""
    letter_id = session.query(Letter.id).filter_by(ref=ref).scalar()
    files = LocalFiles(current_app.config["SETTINGS"].uploads)
    family = Viewer(frozenset({Role.FAMILY}), actor="family:x")
    uploads.keep_letter_photo(session, family, letter_id, photo, files=files, now=now)
    return session.query(Upload.ref).filter_by(letter_id=letter_id).scalar()


def friendships(
    session: Session, account_id: int, pairs: tuple[tuple[Child, str], ...], on: date
) -> list[LetterFriend]:
    """A friendship of each child with a volunteer; the first one is the login's."""
    made = []
    for n, (child, volunteer_ref) in enumerate(pairs):
        volunteer = session.query(Volunteer).filter_by(ref=volunteer_ref).one()
        volunteer.account_id = None if n else account_id
        made.append(
            LetterFriend(
                ref=new_ref("friend"),
                friend_ref=new_ref("friend"),
                child_id=child.id,
                volunteer_id=volunteer.id,
                code_name="溪边的芍药",
                opened_on=on,
                opened_by="account:x",
                agreed_by="account:y",
                agreed_on=on,
            )
        )
    session.add_all(made)
    session.flush()
    return made


def guardians_link(session: Session, child: Child, now: datetime) -> str:
    """What the guardian's telephone holds."""
    subject = f"letters:{child.ref}"
    return letter_links.make(session, viewers.engine(), subject, now=now)


def give(session: Session, town, here, on: date, now: datetime) -> None:
    """Letters that wait, friendships, and a guardian behind her own link."""
    both, mine, far = "case_worker approver case_deputy", here.child, here.stranger
    waiting = letters(session, (here.of(mine), here.of(far)), on)
    town.give("letter", both, *waiting)
    paper = _on_paper(session, waiting[1], picture(f"{town.apart.slip} letter"), now)
    for who in both.split():
        town.others[who, "photograph"].append(paper)
    town.links["guardian"] = guardians_link(session, mine, now)
    own, other = here.of(mine).child_ref, here.of(here.classmate).child_ref
    town.give("partner", "guardian", own, other)
    entered = town.own["case_worker", "volunteer"], *town.others["case_worker", "volunteer"]
    account_id = town.sessions["volunteer"][0]
    pairs = (mine, entered[0]), (far, entered[1])
    friends = friendships(session, account_id, pairs, on)
    town.give("friends", both, *(one.ref for one in friends))
    town.give("friendship", "volunteer", *(one.friend_ref for one in friends))
    guardian_requests_of(session, town, both, (mine, far), now)


def guardian_requests_of(
    session: Session, town: Any, whose: str, children: tuple[Child, ...], now: datetime
) -> None:
    """Give the staff what each child's guardian wants put right, one's own first."""
    refs, copies = [], []
    for child in children:
        family = Viewer(frozenset({Role.FAMILY}), actor=f"family:{child.ref}", child_id=child.id)
        wish = Wish(GuardianWish.CORRECT, "搬家了", FilePart.ADDRESS)
        refs.append(guardian_wishes.ask(session, family, wish, now=now))
        copy = Wish(GuardianWish.COPY, "想留一份")
        copies.append(guardian_wishes.ask(session, family, copy, now=now))
    town.give("guardian_request", whose, *refs)
    town.give("copy_request", whose, *copies, refs[0])
