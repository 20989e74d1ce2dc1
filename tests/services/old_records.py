"""One old record for each row of the retention table, and how many of it are left."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.accounts import EndedSignIn, SignIn, SignInFailure
from models.care import CareMatch
from models.children import Child, Kin
from models.exports import Export
from models.file_access import FileAccess
from models.guardian_requests import GuardianRequest
from models.imports import Import, ImportRow, Upload
from models.letters import Letter, VaultLetter
from models.matching_runs import MatchingRun, PolicyTrial
from models.notices import AccessLink, Notice
from models.reveals import Reveal, VaultWords
from models.security import AccountEvent, TryCount
from models.visits import Visit
from models.volunteers import Volunteer
from services.importing import imports
from services.vault import vault
from tests.factories import (
    BANNER,
    a_child,
    a_pledge,
    an_account,
    viewer,
)
from tests.services.rosters.lists import HEADER, a_row, xlsx
from vocabulary.dates import today
from vocabulary.enums import (
    AccessReason,
    AccessStatus,
    Activity,
    CareStatus,
    ChildStatus,
    Device,
    EndReason,
    ExportKind,
    GuardianWish,
    GuardianWishStatus,
    ImportKind,
    LetterHand,
    LetterSide,
    LetterStatus,
    Limited,
    LinkPurpose,
    NoticeKind,
    NoticeStatus,
    RecipientKind,
    RevealSide,
    RevealStatus,
    Role,
    RunStatus,
    VisitKind,
)
from vocabulary.refs import new_ref


def count(session: Session, column: Any, *where: Any) -> int:
    return session.scalar(select(func.count(column)).where(*where)) or 0


def some_import(session: Session, at: datetime) -> Callable[[], int]:
    worker = viewer(Role.CASE_WORKER, actor="account:wulan")
    rows = xlsx([HEADER, a_row(1)])
    ref = imports.preview(session, worker, ImportKind.CHILDREN, "名单.xlsx", rows, now=at)
    key = session.scalar(select(Import.id).where(Import.ref == ref))
    return lambda: count(session, ImportRow.id, ImportRow.import_id == key)


def a_notice(session: Session, at: datetime) -> Callable[[], int]:
    notice = Notice(
        recipient_kind=RecipientKind.ACCOUNT, recipient_id=1, kind=NoticeKind.BATCH_SENT,
        subject=f"batch:{at:%Y%m%d%H%M%S}", status=NoticeStatus.DELIVERED, created_at=at,
        not_before=at, delivered_at=at, text="陈雨桐的助学金", sent_text="【微光】请看消息",
    )  # fmt: skip
    session.add(notice)
    session.flush()
    key = notice.id
    held = Notice.text.is_not(None) | Notice.sent_text.is_not(None)
    return lambda: count(session, Notice.id, Notice.id == key, held)


def kept(session: Session, row: Any, column: Any) -> Callable[[], int]:
    """Add a row; whether it is still there."""
    session.add(row)
    session.flush()
    key = getattr(row, column.key)
    return lambda: count(session, column, column == key)


def a_link(session: Session, at: datetime) -> Callable[[], int]:
    link = AccessLink(
        token_hash=f"{at}", purpose=LinkPurpose.SLIP, made_by="x", created_at=at, expires_at=at
    )
    return kept(session, link, AccessLink.id)


def a_failure(session: Session, at: datetime) -> Callable[[], int]:
    return kept(session, SignInFailure(handle=f"{at}", tries=1, last_at=at), SignInFailure.handle)


def a_sign_in(session: Session, at: datetime) -> Callable[[], int]:
    return kept(session, EndedSignIn(handle=f"{at}", ended_at=at), EndedSignIn.handle)


def one_that_counts(session: Session, at: datetime) -> Callable[[], int]:
    account = an_account(session, login=f"at-{at}")
    one = SignIn(
        account_id=account.id, ref=new_ref("x"), handle=f"{at}", stamp="x", device=Device.PHONE
    )
    one.on, one.began_at = at.date(), at
    return kept(session, one, SignIn.id)


def a_try(session: Session, at: datetime) -> Callable[[], int]:
    tried = TryCount(purpose=next(iter(Limited)), handle=f"{at}", minutes=15, tries=1, since=at)
    return kept(session, tried, TryCount.handle)


def a_matching_run(session: Session, at: datetime) -> Callable[[], int]:
    run = MatchingRun(
        ref=f"{at:%Y%m%d%H%M}", ran_on=today(at), status=RunStatus.RELEASED,
        asked_by="engine", made=0, total=0, bound=0, proof="flow", digest="0" * 64, certificate=b"x",
    )  # fmt: skip
    return kept(session, run, MatchingRun.id)


def a_trial(session: Session, at: datetime) -> Callable[[], int]:
    trial = PolicyTrial(
        kind="pledges", run_ref="RUN", numbers={}, against="", asked_by="x", asked_on=today(at)
    )
    return kept(session, trial, PolicyTrial.id)


def a_visit(session: Session, at: datetime, **more: Any) -> Visit:
    """One that stands, of a pair of its own."""
    mother = Volunteer(name="乌兰", region_code=BANNER, entered_by="x", entered_on=today(at))
    session.add(mother)
    session.flush()
    pair = CareMatch(
        volunteer_id=mother.id, child_id=a_child(session).id, proposed_on=today(at),
        proposed_by="engine", answer_by=at, **more,
    )  # fmt: skip
    session.add(pair)
    session.flush()
    visit = Visit(
        care_id=pair.id, child_id=pair.child_id, met_on=today(at), kind=VisitKind.CALL,
        words="说了说话。", entered_by="x", entered_on=today(at),
    )  # fmt: skip
    session.add(visit)
    session.flush()
    return visit


def a_visits_words(session: Session, at: datetime) -> Callable[[], int]:
    key = a_visit(session, at).id
    return lambda: count(session, Visit.id, Visit.id == key, Visit.words.is_not(None))


def a_visit_of_an_ended_pair(session: Session, at: datetime) -> Callable[[], int]:
    ended = {"status": CareStatus.ENDED, "ended_on": today(at)}
    key = a_visit(session, at, **ended).id
    return lambda: count(session, Visit.id, Visit.id == key)


def an_event(session: Session, at: datetime) -> Callable[[], int]:
    account = an_account(session, Role.CASE_WORKER, login=f"w{at:%Y%m%d}")
    event = AccountEvent(
        account_id=account.id, on=today(at), kind=next(iter(Activity)), device=next(iter(Device))
    )
    return kept(session, event, AccountEvent.id)


def an_export(session: Session, at: datetime) -> Callable[[], int]:
    account = an_account(session, Role.CASE_WORKER, login=f"x{at:%Y%m%d}")
    export = Export(
        account_id=account.id, made_by="x", kind=ExportKind.CHILDREN, region_code=BANNER,
        reason="核对名单", made_at=at, expires_at=at,
    )  # fmt: skip
    return kept(session, export, Export.id)


def a_letter(session: Session, at: datetime, child: Child | None = None, **more: Any) -> Letter:
    whole = {
        "sender": LetterSide.FAMILY, "status": LetterStatus.DELIVERED, "delivered_on": today(at),
        "original": "谢谢，我叫陈雨桐", "released": "谢谢，我叫【…】",
    } | more  # fmt: skip
    letter = Letter(
        ref=f"L{at:%Y%m%d}", child_id=(child or a_child(session)).id,
        pledge_id=a_pledge(session)[0].id, hand=LetterHand.ITSELF, submitted_on=today(at),
        submitted_by="x", **whole,
    )  # fmt: skip
    session.add(letter)
    session.flush()
    return letter


def an_original(session: Session, at: datetime) -> Callable[[], int]:
    letter = a_letter(session, at)
    return lambda: int(letter.original != letter.released)


def a_returned_letter(session: Session, at: datetime) -> Callable[[], int]:
    never = {"delivered_on": None, "released": None}
    key = a_letter(session, at, status=LetterStatus.RETURNED, **never).id
    return lambda: count(session, Letter.id, Letter.id == key)


def an_ended_childs_letter(session: Session, at: datetime) -> Callable[[], int]:
    """A donor's letter with his own words in the vault and a photograph, to a child long gone."""
    child = a_child(
        session, status=ChildStatus.ENDED, ended_on=today(at), end_reason=EndReason.GRADUATED
    )
    letter = a_letter(session, at, child, sender=LetterSide.DONOR)
    donor_id = vault.donor_of_pledge(session, letter.pledge_id or 0)
    session.add(VaultLetter(letter_id=letter.id, donor_id=donor_id, text=b"x"))
    photo = {"sha256": "0", "media_type": "image/jpeg", "size_bytes": 1, "by": "x", "at": at}
    session.add(Upload(letter_id=letter.id, **photo))
    session.flush()
    key = letter.id
    return lambda: (
        count(session, Letter.id, Letter.id == key)
        + count(session, VaultLetter.letter_id, VaultLetter.letter_id == key)
        + count(session, Upload.id, Upload.letter_id == key)
    )


def a_letters_photograph(session: Session, at: datetime) -> Callable[[], int]:
    letter = a_letter(session, at)
    photo = Upload(
        letter_id=letter.id, sha256="0", media_type="image/jpeg", size_bytes=1, by="x", at=at
    )
    return kept(session, photo, Upload.id)


def a_reveal(
    session: Session, at: datetime, status: RevealStatus = RevealStatus.PUT
) -> Callable[[], int]:
    pledge = a_pledge(session)[0]
    reveal = Reveal(
        ref=f"R{at:%Y%m%d}{status[:3]}", pledge_id=pledge.id, child_id=a_child(session).id,
        asker=RevealSide.DONOR, status=status, asks_from=today(at),
    )  # fmt: skip
    session.add(reveal)
    session.flush()
    donor_id = vault.donor_of_pledge(session, pledge.id)
    session.add(VaultWords(reveal_id=reveal.id, donor_id=donor_id, name=b"x"))
    return kept(session, reveal, Reveal.id)


def an_access(session: Session, at: datetime) -> Callable[[], int]:
    access = FileAccess(
        child_id=a_child(session).id, reason=AccessReason.OTHER, words="代班",
        status=AccessStatus.GRANTED, asked_by="x", asked_on=today(at), until_at=at,
    )  # fmt: skip
    session.add(access)
    session.flush()
    key = access.id
    return lambda: count(
        session, FileAccess.id, FileAccess.id == key, FileAccess.words.is_not(None)
    )


def a_wish(session: Session, at: datetime) -> Callable[[], int]:
    wish = GuardianRequest(
        child_id=a_child(session).id, wish=GuardianWish.DELETE, words="请删掉", answer="法律要求留",
        status=GuardianWishStatus.REFUSED, asked_on=today(at), answer_by=today(at),
        answered_on=today(at),
    )  # fmt: skip
    session.add(wish)
    session.flush()
    key, words = wish.id, GuardianRequest.words.is_not(None) | GuardianRequest.answer.is_not(None)
    return lambda: count(session, GuardianRequest.id, GuardianRequest.id == key, words)


def an_ended_child(session: Session, at: datetime) -> Callable[[], int]:
    child = a_child(
        session, status=ChildStatus.ENDED, ended_on=today(at), end_reason=EndReason.MOVED_AWAY,
        address="东街 3 号", remark="母亲住院",
    )  # fmt: skip
    key = child.id
    details = Child.address.is_not(None) | Child.remark.is_not(None) | Child.birth_on.is_not(None)
    has_phone = (Kin.child_id == key, Kin.phone.is_not(None))
    return lambda: (
        count(session, Child.id, Child.id == key, details) + count(session, Kin.id, *has_phone)
    )


PLANTED: dict[str, Callable[[Session, datetime], Callable[[], int]]] = {
    "import_rows": some_import,
    "notice_texts": a_notice,
    "links": a_link,
    "sign_in_failures": a_failure,
    "ended_sign_ins": a_sign_in,
    "sign_ins": one_that_counts,
    "try_counts": a_try,
    "account_events": an_event,
    "exports": an_export,
    "matching_runs": a_matching_run,
    "policy_trials": a_trial,
    "visit_words": a_visits_words,
    "visits": a_visit_of_an_ended_pair,
    "letter_photographs": a_letters_photograph,
    "letter_originals": an_original,
    "returned_letters": a_returned_letter,
    "letters": an_ended_childs_letter,
    "reveals": a_reveal,
    "file_access_words": an_access,
    "guardian_words": a_wish,
    "ended_children": an_ended_child,
}
