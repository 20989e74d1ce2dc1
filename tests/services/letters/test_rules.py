"""Who may write, what is refused, and what becomes of a letter that comes back."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from gateways.uploads import LocalFiles
from models.organisations import Organisation
from models.pledges import Pledge
from privacy.screening import MARK
from services import uploads
from services.children import consents
from services.donors import naming
from services.donors.naming import Called
from services.letters import letter_desk, letters
from services.letters.letters import Bar, Draft
from tests.services.letters.worlds import CHILD, DESK, THANKS, WEDNESDAY, World, a_picture, a_world
from vocabulary.enums import (
    ChildStatus,
    EndReason,
    LetterReturn,
    LetterStage,
    LetterStatus,
    LetterVoice,
    Naming,
    NoticeKind,
    Purpose,
    RecipientKind,
)
from vocabulary.errors import BadInput, NoConsent, NotFound
from vocabulary.letters import LONGEST


@pytest.fixture
def world(session: Session) -> World:
    return a_world(session, WEDNESDAY)


def test_without_the_guardians_consent_nobody_writes(world: World) -> None:
    consents.withdraw(world.session, DESK, world.child.ref, purpose=Purpose.LETTERS, now=world.now)

    for by, ref in ((world.slip, None), (world.donor, world.match.donor_ref)):
        with pytest.raises(NoConsent):
            letters.write(world.session, by, Draft(THANKS, CHILD), now=world.now, ref=ref)
        assert letters.page(world.session, by, now=world.now, ref=ref)["bar"] is Bar.CONSENT


def test_a_consent_withdrawn_takes_letters_out_of_the_donors_page_at_once(world: World) -> None:
    world.family_writes()
    world.release()
    world.batch()
    assert len(world.of_donor()) == 1

    consents.withdraw(world.session, DESK, world.child.ref, purpose=Purpose.LETTERS, now=world.now)

    assert world.of_donor() == []


def test_a_consent_withdrawn_keeps_a_released_letter_here(world: World) -> None:
    world.family_writes()
    world.release()
    consents.withdraw(world.session, DESK, world.child.ref, purpose=Purpose.LETTERS, now=world.now)

    assert world.batch() == {"due": 1, "delivered": 0}
    assert world.letter.status is LetterStatus.RELEASED


def test_who_is_of_age_writes_without_a_guardian_and_after_school(world: World) -> None:
    consents.withdraw(world.session, DESK, world.child.ref, purpose=Purpose.LETTERS, now=world.now)
    world.child.birth_on = date(2005, 1, 1)
    world.child.end_reason = EndReason.GRADUATED
    world.session.flush()

    world.family_writes()
    world.release()
    world.batch()

    assert len(world.of_donor()) == 1


def test_nobody_writes_to_a_child_that_was_adopted(world: World) -> None:
    world.child.status, world.child.end_reason = ChildStatus.ENDED, EndReason.ADOPTED
    world.session.flush()

    with pytest.raises(NotFound):
        world.donor_writes("你好。")


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (Draft("  ", CHILD), "missing"),
        (Draft("长" * (LONGEST + 1), CHILD), "too_long"),
    ],
)
def test_no_words_and_too_many_are_refused(world: World, draft: Draft, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        letters.write(world.session, world.slip, draft, now=world.now)


def test_a_fourth_letter_waits_until_one_of_three_has_left(world: World) -> None:
    for _ in range(letters.MOST_WAITING):
        world.family_writes()

    with pytest.raises(BadInput, match="enough"):
        world.family_writes()
    world.release()
    world.batch()
    world.family_writes()


def test_a_donors_picture_is_refused_however_he_is_called(world: World) -> None:
    pledge = world.session.get_one(Pledge, world.match.pledge_id)
    for called in (Called(), Called(Naming.NAMED, name="林向北")):
        if called.naming is Naming.NAMED:
            naming.choose(world.session, world.donor, pledge.donor_ref, called, now=world.now)
        draft = Draft("请看我的字。", photo=a_picture())
        with pytest.raises(BadInput, match="no_pictures"):
            letters.write(
                world.session, world.donor, draft, now=world.now, ref=world.match.donor_ref
            )


def test_a_photograph_of_the_paper_is_seen_by_the_moderator_alone_and_typed_up(
    world: World, tmp_path: Path
) -> None:
    files = LocalFiles(tmp_path)
    draft = Draft("", CHILD, a_picture())
    letters.write(world.session, world.slip, draft, now=world.now, files=files)
    ref = world.letter.ref
    (photo,) = world.desk()["photos"]

    assert uploads.photo_of(world.session, DESK, photo["ref"], files=files)
    for other in (world.donor, world.guardian, world.slip):
        with pytest.raises(NotFound):
            uploads.photo_of(world.session, other, photo["ref"], files=files)
    with pytest.raises(BadInput, match="not_typed"):
        letter_desk.clear(world.session, DESK, ref, now=world.now)

    letter_desk.type_up(world.session, DESK, ref, "我叫陈雨桐，谢谢您。", now=world.now)
    world.release()
    world.batch()
    assert [card["released"] for card in world.of_donor()] == [f"我叫{MARK}，谢谢您。"]


def test_what_worries_in_a_typed_up_letter_is_found_as_well(world: World, tmp_path: Path) -> None:
    draft = Draft("", CHILD, a_picture())
    letters.write(world.session, world.slip, draft, now=world.now, files=LocalFiles(tmp_path))
    letter_desk.type_up(world.session, DESK, world.letter.ref, "我不想活了。", now=world.now)

    assert (world.letter.status, world.letter.concerns) == (LetterStatus.SUBMITTED, ["self_harm"])


def test_a_letter_returned_is_read_with_its_reason_and_can_be_written_anew(world: World) -> None:
    world.family_writes("您能不能再给我打 500 元？", voice=LetterVoice.GUARDIAN)
    reason = LetterReturn.ASKS_MONEY
    letter_desk.send_back(world.session, DESK, world.letter.ref, reason=reason, now=world.now)

    page = letters.page(world.session, world.guardian, now=world.now)
    (card,) = page["letters"]
    assert (card["stage"], card["return_reason"]) == (LetterStage.RETURNED, reason)
    assert page["again"] == "您能不能再给我打 500 元？"
    assert letters.page(world.session, world.slip, now=world.now)["again"] == ""
    assert world.told(NoticeKind.LETTER_BACK, RecipientKind.FAMILY) == 1
    assert world.told(NoticeKind.LETTER_BACK, RecipientKind.DONOR) == 0
    assert world.of_donor() == []


def test_the_desk_is_told_which_teacher_a_letter_names(world: World) -> None:
    world.family_writes("秦老师每天给我补课，语文老师也夸我。")
    assert world.desk()["teachers"] == ("秦老师",)

    world.family_writes("老师每天给我补课。")
    assert world.desk()["teachers"] == ()


def test_the_schools_own_contact_is_a_teacher_by_name_alone(world: World) -> None:
    school = world.session.get_one(Organisation, world.child.school_id)
    school.contact_name = "宝音"
    world.family_writes("那天宝音来我家了。")

    assert world.desk()["teachers"] == ("宝音",)
