"""Who may look, what is kept of a donor, what notices say, what the desk's list costs."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from models.children import Kin
from models.letters import VaultLetter
from models.notices import Notice
from models.pledges import Recusal
from models.trace import CustodianEntry, OrdinaryEntry
from models.vault import VaultKey
from privacy import viewers
from privacy.screening import marks, worries
from services.letters import letter_desk, letter_links, letter_post, letters
from services.notices import drawing
from services.vault import vault
from tests.factories import a_child, a_match, a_pledge, an_account, viewer
from tests.services.letters.worlds import DESK, WEDNESDAY, World, a_world
from vocabulary.dates import today
from vocabulary.enums import LetterSide, NoticeKind, RecipientKind, Role
from vocabulary.errors import ActedBefore, LinkExpired, NotFound, NotPermitted, SteppedAside
from vocabulary.letters import sentences


@pytest.fixture
def world(session: Session) -> World:
    return a_world(session, WEDNESDAY)


def test_who_stepped_aside_decides_nothing_and_who_handed_in_neither(world: World) -> None:
    world.family_writes()
    world.session.add(Recusal(child_id=world.child.id, actor=DESK.actor, since_on=today(world.now)))
    world.session.flush()

    with pytest.raises(SteppedAside):
        world.release()
    (card,) = letter_desk.waiting(world.session, DESK, now=world.now)
    assert not card["may_act"]
    world.letter.submitted_by = "account:OTHER"
    other = replace(DESK, actor="account:OTHER")
    with pytest.raises(ActedBefore):
        letter_desk.clear(world.session, other, world.letter.ref, now=world.now)


def test_the_staff_of_another_banner_see_no_letter(world: World) -> None:
    world.family_writes()
    far = viewer(Role.CASE_WORKER, actor="account:FAR", regions=("150785000000",))

    assert letter_desk.waiting(world.session, far, now=world.now) == []
    with pytest.raises(NotFound):
        letter_desk.detail(world.session, far, world.letter.ref, now=world.now)


@pytest.mark.parametrize("role", [Role.SCHOOL_OFFICER, Role.DONOR, Role.CUSTODIAN, Role.FAMILY])
def test_nobody_but_case_staff_moderates(world: World, role: Role) -> None:
    world.family_writes()

    with pytest.raises(NotPermitted):
        letter_desk.detail(world.session, viewer(role), world.letter.ref, now=world.now)


def test_a_donor_reads_no_others_letters_nor_from_the_link_of_one_pledge(world: World) -> None:
    world.family_writes()
    world.release()
    world.batch()
    pledge, _ = a_pledge(world.session, "13800000009")
    other_child = a_child(world.session)
    a_match(world.session, pledge, other_child)
    stranger = replace(world.donor, donor_id=vault.donor_of_pledge(world.session, pledge.id))
    half = replace(world.donor, pledge_id=world.match.pledge_id)

    for one in (stranger, half):
        with pytest.raises(NotFound):
            letters.page(world.session, one, now=world.now, ref=world.match.donor_ref)


def test_the_chains_name_a_donors_letter_by_nothing_but_himself(world: World) -> None:
    world.donor_writes("你好，好好吃饭。")
    world.release()
    his = world.session.scalars(
        select(CustodianEntry.subject).where(CustodianEntry.act == "letter.write")
    ).all()
    ordinary = world.session.scalars(select(OrdinaryEntry.actor)).all()

    assert his == [world.donor.actor]
    assert world.donor.actor not in ordinary
    assert world.letter.submitted_by == "donor"


def test_a_forgotten_donors_words_cannot_be_opened_any_more(world: World) -> None:
    world.donor_writes("我叫林向北，你好。")
    world.session.execute(VaultKey.__table__.delete())
    world.session.flush()

    kept = world.session.scalars(select(VaultLetter.text)).one()
    assert "林向北".encode() not in kept
    assert "林" not in (world.letter.original or "")


def test_the_guardians_link_dies_with_her_charge_of_the_child(world: World) -> None:
    by, subject = viewers.engine(), f"letters:{world.child.ref}"
    token = letter_links.make(world.session, by, subject, now=world.now)
    kin = world.session.scalars(select(Kin).where(Kin.child_id == world.child.id)).one()
    kin.until_on = today(world.now)
    world.session.flush()

    with pytest.raises(LinkExpired):
        letter_links.open_letters(world.session, token, now=world.now)


def drawn(world: World, kind: NoticeKind, to: RecipientKind) -> dict[str, str]:
    """The facts of the newest notice of a kind, with its recipient's eyes."""
    where = (Notice.kind == kind, Notice.recipient_kind == to)
    notice = world.session.scalars(select(Notice).where(*where).order_by(Notice.id.desc())).first()
    eyes = {RecipientKind.DONOR: world.donor, RecipientKind.FAMILY: world.guardian}[to]
    return drawing.facts_of(world.session, eyes, notice.subject, now=world.now)


def test_notices_say_that_a_letter_lies_there_and_nothing_of_it(world: World) -> None:
    world.family_writes()
    world.release()
    world.donor_writes("收到你的信，我很高兴。")
    world.release()
    world.batch()

    donors = drawn(world, NoticeKind.LETTER_CAME, RecipientKind.DONOR)
    assert donors == {"letters": "1", "code_name": "河边的白桦"}
    assert drawn(world, NoticeKind.LETTER_CAME, RecipientKind.FAMILY) == {"letters": "1"}


def test_a_friday_tells_the_desks_where_letters_wait(world: World) -> None:
    an_account(world.session, Role.CASE_WORKER, login="worker")
    world.family_writes()
    engine, friday = viewers.engine("letters"), date(2026, 11, 20)

    for day in (friday - timedelta(days=1), friday, friday):
        letter_post.remind_desks(world.session, engine, on=day, now=world.now)

    assert world.told(NoticeKind.LETTERS_WAIT, RecipientKind.ACCOUNT) == 1


@pytest.mark.parametrize("side", list(LetterSide))
def test_ready_sentences_raise_neither_mark_nor_worry(side: LetterSide) -> None:
    text = "\n".join(sentences(side))

    assert (marks(text), worries(text)) == ((), ())
    assert all(not marks(one) and not worries(one) for one in sentences(side))


def test_the_desks_list_costs_the_same_however_many_letters_wait(world: World) -> None:
    seen: list[str] = []
    world.family_writes()
    engine = world.session.get_bind().engine
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    counts = []
    for waiting in (1, 2):
        assert len(letter_desk.waiting(world.session, DESK, now=world.now)) == waiting
        counts.append(len(seen))
        world.family_writes()
        seen.clear()

    assert counts == [4, 4]
