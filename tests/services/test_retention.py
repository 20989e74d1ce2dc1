"""The retention table: for every row an old record goes, a young one stays, and the books stay true."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
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
from models.retention import RetentionAct
from models.reveals import Reveal, VaultWords
from models.security import AccountEvent, TryCount
from models.stipends import Gift, Stipend
from models.trace import OrdinaryEntry
from models.visits import Visit
from models.volunteers import Volunteer
from privacy import viewers
from services.checking import checks
from services.children import children
from services.importing import imports
from services.retention import retention
from services.vault import vault
from tests.factories import (
    BANNER,
    a_child,
    a_match,
    a_pledge,
    a_school,
    a_sent_batch,
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
from vocabulary.errors import NotPermitted
from vocabulary.refs import new_ref

ENGINE = viewers.engine("forgetting")
DELETED = [row.name for row in retention.rows() if row.then == retention.DELETE]


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


def found(session: Session, now: datetime) -> dict[str, int]:
    """What `flask check` finds, by check."""
    report = checks.report(session, viewers.console(), now=now)
    return {one["name"]: one["count"] for one in report["checks"]}


def days_of(name: str) -> int:
    return next(row.days for row in retention.rows() if row.name == name)


@pytest.mark.slow
@pytest.mark.parametrize("name", DELETED)
def test_what_is_older_than_its_period_goes_and_the_younger_stays(session, now, name) -> None:
    before, after = timedelta(days=days_of(name) + 1), timedelta(days=days_of(name) - 1)
    old, young = PLANTED[name](session, now - before), PLANTED[name](session, now - after)
    assert old() > 0
    was_young, before_it = young(), found(session, now)

    done = retention.carry_out(session, ENGINE, name, now=now)

    assert (done, old(), young()) == (1, 0, was_young)
    assert was_young > 0
    assert retention.carry_out(session, ENGINE, name, now=now) == 0
    assert found(session, now) == before_it


def test_every_row_is_planted_and_names_its_law() -> None:
    assert set(DELETED) == set(PLANTED)
    assert {row.then for row in retention.rows()} == {retention.DELETE, retention.STORE_ONLY}
    assert all(row.law and row.days > 0 and row.since for row in retention.rows())


@pytest.mark.parametrize("status", [s for s in RevealStatus if s is not RevealStatus.SHOWN])
def test_no_yes_and_silence_to_an_asking_go_on_the_same_day(session, now, status) -> None:
    asked = a_reveal(session, now - timedelta(days=366), status)

    retention.carry_out(session, ENGINE, "reveals", now=now)

    assert asked() == 0
    assert count(session, VaultWords.reveal_id) == 0


def test_who_knows_each_other_goes_on_knowing(session, now) -> None:
    known = a_reveal(session, now - timedelta(days=3000), RevealStatus.SHOWN)

    assert retention.carry_out(session, ENGINE, "reveals", now=now) == 0
    assert known() == 1


def test_a_child_whose_money_is_still_on_its_way_keeps_its_details(session, now) -> None:
    school = a_school(session)
    child = a_child(session, school, address="东街 3 号")
    a_sent_batch(session, school, a_match(session, a_pledge(session)[0], child))
    child.status, child.ended_on = ChildStatus.ENDED, date(2020, 1, 1)
    session.flush()

    assert retention.carry_out(session, ENGINE, "ended_children", now=now) == 0
    session.execute(text("UPDATE stipends SET handed_over_on = '2020-01-02'"))
    assert retention.carry_out(session, ENGINE, "ended_children", now=now) == 1
    assert (child.name, child.address, count(session, Stipend.id)) == ("陈雨桐", None, 1)


def test_a_letter_stays_while_the_childs_record_stands(session, now) -> None:
    letter = a_letter(session, now - timedelta(days=4000))
    retention.carry_out(session, ENGINE, "letter_originals", now=now)

    assert retention.carry_out(session, ENGINE, "letters", now=now) == 0
    assert (letter.original, letter.released) == ("谢谢，我叫【…】", "谢谢，我叫【…】")


def test_a_gift_still_on_its_way_keeps_the_details_too(session, now) -> None:
    child = a_child(session, address="东街 3 号")
    match = a_match(session, a_pledge(session)[0], child)
    gift = Gift(match_id=match.id, due_on=date(2020, 1, 1), amount_fen=100, occasion="生日")
    session.add(gift)
    child.status, child.ended_on = ChildStatus.ENDED, date(2020, 1, 1)
    session.flush()

    assert retention.carry_out(session, ENGINE, "ended_children", now=now) == 0
    gift.confirmed_on = date(2020, 2, 1)
    session.flush()
    assert retention.carry_out(session, ENGINE, "ended_children", now=now) == 1


def test_erasing_a_child_that_was_paid_leaves_every_check_clean(session, now) -> None:
    child = a_child(session, address="东街 3 号", remark="母亲住院")
    worker = viewer(Role.CASE_WORKER, actor="account:verifier")
    children.end(session, worker, child.ref, reason=EndReason.MOVED_AWAY, now=now)
    later = now + timedelta(days=1830)

    assert retention.carry_out(session, ENGINE, "ended_children", now=later) == 1
    assert not any(found(session, now).values())


def test_each_act_is_traced_and_counted_and_the_report_names_nobody(session, now) -> None:
    for days in (1, 2, 40):
        an_ended_child(session, now - timedelta(days=1826 + days))
    retention.carry_out(session, ENGINE, "ended_children", now=now)

    (entry,) = session.scalars(
        select(OrdinaryEntry).where(OrdinaryEntry.act == "retention.carry")
    ).all()
    report = retention.report(session, viewer(Role.AUDITOR), now=now)
    (line,) = [one for one in report if one["name"] == "ended_children"]
    assert (entry.subject, entry.detail) == ("retention:ended_children", {"done": 3})
    assert (line["recent"], line["last_on"]) == (3, today(now))
    assert "陈雨桐" not in str(report)
    assert session.scalar(select(RetentionAct.done)) == 3


def test_only_the_clock_carries_it_out_and_two_roles_read_of_it(session, now) -> None:
    for role in (Role.CASE_WORKER, Role.ADMINISTRATOR, Role.DONOR):
        with pytest.raises(NotPermitted):
            retention.carry_out(session, viewer(role), "links", now=now)
    for role in (Role.CASE_WORKER, Role.DONOR, Role.SCHOOL_OFFICER):
        with pytest.raises(NotPermitted):
            retention.report(session, viewer(role), now=now)


def test_the_words_of_a_worry_that_nobody_took_up_stay(session, now) -> None:
    key = a_visit(session, now - timedelta(days=400)).id
    table = Visit.__table__.update().where(Visit.id == key)
    session.execute(table.values(is_worry=True))
    session.expunge_all()

    assert retention.carry_out(session, ENGINE, "visit_words", now=now) == 0
    session.execute(table.values(taken_up_by="account:x", taken_up_at=now))
    assert retention.carry_out(session, ENGINE, "visit_words", now=now) == 1
