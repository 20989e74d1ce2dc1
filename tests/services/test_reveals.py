"""双方愿意时互相认识: the asker learns nothing but a yes, and a yes shows exactly what was agreed."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from models.children import Child, Consent, Kin
from models.notices import Notice
from models.pledges import Match, Recusal
from models.reveals import Reveal
from models.trace import CustodianEntry, OrdinaryEntry
from models.vault import VaultKey, VaultPledge
from privacy import viewers
from privacy.viewers import Viewer
from services import children as child_records
from services import gate, reveal_checks, reveal_links, reveal_pairs, reveal_release, reveals
from services.consents import consent_row
from services.consents import withdraw as withdraw_consent
from services.reveals import Shares, Words
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
from vocabulary.enums import (
    ChildWord,
    EndReason,
    NoticeKind,
    Purpose,
    RecipientKind,
    RevealBar,
    Role,
)
from vocabulary.errors import ActedBefore, BadInput, LinkExpired, NoConsent, NotFound, SteppedAside

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


@pytest.fixture
def world(session: Session, now: datetime) -> World:
    return a_world(session, now)


# What the asker can tell


def _declined(world: World) -> None:
    world.put()
    reveals.answer(world.session, world.guardian, None, now=world.now)


def _never_ask(world: World) -> None:
    reveals.set_never(world.session, world.slip, wish=True, now=world.now)
    world.put()


def _never_reached(world: World) -> None:
    for kin in world.session.scalars(select(Kin).where(Kin.child_id == world.child.id)):
        kin.phone = None
    world.put()


def _child_ended(world: World) -> None:
    world.donor_asks()
    child_records.end(
        world.session, FIRST, world.child.ref, reason=EndReason.MOVED_AWAY, now=world.now
    )
    world.later(days=7)
    world.release()


def _agreed_and_waits(world: World) -> None:
    world.put()
    world.agree()


def _turned_down(world: World) -> None:
    _agreed_and_waits(world)
    ref = world.ref
    bar = RevealBar.NOT_SUITABLE
    reveal_checks.turn_down(world.session, SECOND, ref, bar=bar, now=world.now)


def _shown_and_taken_back(world: World) -> None:
    world.know_each_other()
    reveals.take_back(world.session, world.guardian, now=world.now)


ENDS = [
    World.donor_asks,
    World.put,
    _declined,
    _never_ask,
    _never_reached,
    _child_ended,
    _agreed_and_waits,
    _turned_down,
    _shown_and_taken_back,
]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__.strip("_"))
def test_the_asker_learns_the_same_whatever_became_of_it(world: World, end) -> None:
    end(world)
    asked = {"asked": True, "never": False, "question": None, "known": None, "is_private": True}

    assert world.of_donor() == asked
    assert len(statements_of(world)) == STATEMENTS


KINDS = (NoticeKind.REVEAL_ASKED, NoticeKind.REVEAL_SHOWN)
STATEMENTS = 5


def statements_of(world: World) -> list[str]:
    """Return the statements of the asker's page, without those that find his own match."""
    seen: list[str] = []
    engine = world.session.get_bind()

    def note(_c, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    world.session.flush()
    event.listen(engine, "before_cursor_execute", note)
    try:
        world.of_donor()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return seen


@pytest.mark.parametrize("end", ENDS[1:-1], ids=lambda end: end.__name__.strip("_"))
def test_no_message_reaches_the_asker_before_a_yes_is_shown(world: World, end) -> None:
    end(world)

    to_him = (Notice.recipient_kind == RecipientKind.DONOR, Notice.kind.in_(KINDS))
    assert world.session.scalars(select(Notice).where(*to_him)).all() == []


def test_the_family_that_asks_learns_as_little_from_a_no(world: World) -> None:
    world.family_asks()
    asked = dict(reveals.page(world.session, world.slip))
    world.later(days=7)
    world.release()

    reveals.answer(world.session, world.donor, None, ref=world.match.donor_ref, now=world.now)

    assert dict(reveals.page(world.session, world.slip)) == asked
    assert world.of_guardian() == asked | {"is_private": True}


# Cooling off, and asking once


def test_nothing_is_sent_within_seven_days(world: World) -> None:
    world.donor_asks()
    world.later(days=6)

    assert world.release() == {"asked": 0, "to_check": 0}
    assert world.notices(NoticeKind.REVEAL_ASKED, RecipientKind.FAMILY) == 0


def test_one_who_takes_back_within_seven_days_was_never_heard(world: World) -> None:
    world.donor_asks()
    reveals.take_back(world.session, world.donor, ref=world.match.donor_ref, now=world.now)
    world.later(days=30)

    assert world.release() == {"asked": 0, "to_check": 0}
    assert world.of_donor()["asked"] is False


def test_asking_again_after_taking_back_cools_off_anew(world: World) -> None:
    world.donor_asks()
    reveals.take_back(world.session, world.donor, ref=world.match.donor_ref, now=world.now)
    world.later(days=6)
    world.donor_asks()
    world.later(days=6)

    assert world.release()["asked"] == 0
    world.later(days=1)
    assert world.release()["asked"] == 1


def test_a_second_asking_sends_no_second_message(world: World) -> None:
    _declined(world)
    for _ in range(2):
        world.donor_asks()
        reveals.take_back(world.session, world.donor, ref=world.match.donor_ref, now=world.now)
        world.donor_asks()
        world.later(days=14)
        world.release()

    assert world.notices(NoticeKind.REVEAL_ASKED, RecipientKind.FAMILY) == 1
    assert world.of_guardian()["question"] == "no"


def test_a_question_taken_back_and_asked_again_is_put_without_a_second_message(
    world: World,
) -> None:
    world.put()
    reveals.take_back(world.session, world.donor, ref=world.match.donor_ref, now=world.now)
    assert world.of_guardian()["question"] is None

    world.put()

    assert world.of_guardian()["question"] == "open"
    assert world.notices(NoticeKind.REVEAL_ASKED, RecipientKind.FAMILY) == 1


def test_the_other_side_is_asked_once_however_often_the_job_runs(world: World) -> None:
    world.put()

    assert world.release() == {"asked": 0, "to_check": 0}


def test_never_ask_me_holds_a_question_back_until_it_is_lifted(world: World) -> None:
    _never_ask(world)
    assert world.notices(NoticeKind.REVEAL_ASKED, RecipientKind.FAMILY) == 0

    reveals.set_never(world.session, world.slip, wish=False, now=world.now)

    assert world.release()["asked"] == 1


def test_never_ask_me_of_a_donor_holds_for_all_his_children(world: World) -> None:
    ref = world.match.donor_ref
    reveals.set_never(world.session, world.donor, wish=True, ref=ref, now=world.now)
    world.family_asks()
    world.later(days=7)

    assert world.release()["asked"] == 0
    assert world.of_donor()["question"] is None


# Who may do what


def test_a_link_to_one_pledge_opens_nothing(world: World) -> None:
    half = replace(world.donor, pledge_id=world.match.pledge_id)

    with pytest.raises(NotFound):
        reveals.page(world.session, half, ref=world.match.donor_ref)


def test_another_donor_and_another_village_find_nothing(world: World) -> None:
    world.put()
    other, _ = a_pledge(world.session, "13800000009")
    donor_id = world.session.scalars(
        select(VaultPledge.donor_id).where(VaultPledge.pledge_id == other.id)
    ).one()
    stranger = viewer(Role.DONOR, donor_id=donor_id, regions=())
    afar = replace(DIRECTOR, regions=("150722000000",))

    for who, ref in ((stranger, world.match.donor_ref), (afar, world.line)):
        with pytest.raises(NotFound):
            reveals.page(world.session, who, ref=ref)
    assert reveal_pairs.questions_in_village(world.session, afar) == frozenset()


def test_what_a_school_may_hold_too_tells_nothing_of_the_donor(world: World) -> None:
    silent = dict(reveals.page(world.session, world.slip))
    world.put()
    asked = dict(reveals.page(world.session, world.slip))
    world.agree()
    world.consent()
    world.check()

    assert asked == silent
    assert dict(reveals.page(world.session, world.slip)) == silent


def test_a_slip_answers_nothing(world: World) -> None:
    world.put()

    with pytest.raises(NotFound):
        reveals.answer(world.session, world.slip, BOTH, now=world.now)


def test_a_director_enters_the_familys_answer_and_never_reads_the_donors_name(
    world: World,
) -> None:
    world.put()
    assert reveal_pairs.questions_in_village(world.session, DIRECTOR) == {world.match.child_ref}

    reveals.answer(world.session, DIRECTOR, BOTH, ref=world.line, now=world.now)
    world.later(days=7)
    world.release()
    world.consent()
    world.check()

    assert reveals.page(world.session, DIRECTOR, ref=world.line)["known"] is None
    assert world.of_guardian()["known"]["name"] == "林向北"


@pytest.mark.parametrize(
    "name", ["13800000001", "加我微信", "a@b.cn", "", "一三八零零一三八零零零"]
)
def test_a_donors_words_hold_no_way_to_reach_him(world: World, name: str) -> None:
    with pytest.raises(BadInput):
        reveals.ask(
            world.session, world.donor, Words(name), ref=world.match.donor_ref, now=world.now
        )


def test_a_family_shows_something_or_does_not_ask(world: World) -> None:
    with pytest.raises(BadInput):
        reveals.ask(world.session, world.slip, Shares(name=False, place=False), now=world.now)


# The check


def test_two_of_the_staff_who_did_not_approve_the_match_are_needed(world: World) -> None:
    world.put()
    world.agree()
    world.consent()
    ref = world.ref
    approver = viewer(Role.APPROVER, actor=world.match.decided_by)

    def confirm(by: Viewer) -> bool:
        word = ChildWord.WILLING
        return reveal_checks.confirm(world.session, by, ref, word=word, now=world.now)

    with pytest.raises(ActedBefore):
        confirm(approver)
    assert confirm(FIRST) is False
    with pytest.raises(ActedBefore):
        confirm(FIRST)
    world.session.add(
        Recusal(child_id=world.child.id, actor=SECOND.actor, since_on=world.now.date())
    )
    world.session.flush()
    with pytest.raises(SteppedAside):
        confirm(SECOND)
    assert world.of_donor()["known"] is None
    assert confirm(replace(SECOND, actor="account:THIRD")) is True


def test_nothing_is_shown_without_the_guardians_consent_to_this(world: World) -> None:
    world.put()
    world.agree()
    card = reveal_checks.waiting(world.session, FIRST, now=world.now)[0]

    assert card["lacks"] == ["consent"]
    with pytest.raises(NoConsent):
        reveal_checks.confirm(
            world.session, FIRST, card["ref"], word=ChildWord.WILLING, now=world.now
        )


@pytest.mark.parametrize(
    ("birth", "word", "passes"),
    [
        (date(2011, 5, 4), ChildWord.UNWILLING, False),
        (date(2011, 5, 4), ChildWord.TOO_YOUNG, False),
        (date(2017, 5, 4), ChildWord.TOO_YOUNG, False),
        (date(2017, 5, 4), ChildWord.WILLING, True),
        (date(2020, 5, 4), ChildWord.TOO_YOUNG, True),
        (None, ChildWord.TOO_YOUNG, False),
    ],
)
def test_the_childs_own_word_is_needed_from_eight(
    session: Session, now: datetime, birth: date | None, word: ChildWord, passes: bool
) -> None:
    world = a_world(session, now, birth_on=birth)
    world.put()
    world.agree()
    world.consent()
    ref = world.ref

    try:
        reveal_checks.confirm(session, FIRST, ref, word=word, now=world.now)
    except BadInput:
        assert not passes
    else:
        assert passes


def test_staff_see_the_pledges_code_and_the_child_and_nothing_of_who_asked(world: World) -> None:
    world.put()
    world.agree()

    card = reveal_checks.waiting(world.session, FIRST, now=world.now)[0]

    assert set(card) == {
        "ref", "checked_from", "child_word", "first_by", "second_by", "child", "pledge",
        "lacks", "first_by_name", "may_act", "asks_child", "needs_yes",
    }  # fmt: skip
    assert set(card["child"]) == {"ref", "name", "class_label"}
    assert set(card["pledge"]) == {"code"}


def test_staff_see_a_check_only_from_the_weekly_batch_on(world: World) -> None:
    world.put()
    reveals.answer(world.session, world.guardian, BOTH, now=world.now)
    assert reveal_checks.count_waiting(world.session, FIRST) == 0

    world.later(days=3)
    world.release()

    card = reveal_checks.waiting(world.session, FIRST, now=world.now)[0]
    assert card["checked_from"] == world.now.date()


def test_a_check_is_no_other_banners_business(world: World) -> None:
    world.put()
    world.agree()
    afar = replace(FIRST, regions=("150722000000",))

    assert reveal_checks.waiting(world.session, afar, now=world.now) == []


# Knowing each other


def test_a_yes_shows_each_exactly_what_the_other_chose(world: World) -> None:
    world.know_each_other()

    assert dict(world.of_donor()["known"]) == {"name": "陈雨桐", "place": "鄂伦春自治旗"}
    assert dict(world.of_guardian()["known"]) == {"name": "林向北", "place": "漳州"}
    for to in (RecipientKind.DONOR, RecipientKind.FAMILY):
        assert world.notices(NoticeKind.REVEAL_SHOWN, to) == 1


@pytest.mark.parametrize(
    ("shares", "known"),
    [
        (Shares(name=True, place=False), {"name": "陈雨桐", "place": None}),
        (Shares(name=False, place=True), {"name": None, "place": "鄂伦春自治旗"}),
    ],
)
def test_what_the_family_did_not_choose_is_not_shown(
    world: World, shares: Shares, known: dict
) -> None:
    world.know_each_other(shares)

    assert dict(world.of_donor()["known"]) == known


def test_nobody_else_comes_to_know_either(world: World) -> None:
    other, _ = a_pledge(world.session, "13800000009")
    a_match(world.session, other, world.child, code_name="山坡的落叶松")
    donor_id = world.session.scalars(
        select(VaultPledge.donor_id).where(VaultPledge.pledge_id == other.id)
    ).one()
    second = viewer(Role.DONOR, donor_id=donor_id, regions=())
    before = gate.cards(world.session, second, Child)

    world.know_each_other()

    assert [dict(card) for card in gate.cards(world.session, second, Child)] == [
        dict(card) for card in before
    ]
    his = gate.cards(world.session, world.donor, Match)
    assert [card["donor_ref"] for card in his] == [world.match.donor_ref]


@pytest.mark.parametrize("who", ["donor", "guardian", "consent", "child", "key"])
def test_the_view_ends_the_same_moment(world: World, who: str) -> None:
    world.know_each_other()
    session, now = world.session, world.now

    if who == "donor":
        reveals.take_back(session, world.donor, ref=world.match.donor_ref, now=now)
    elif who == "guardian":
        reveals.take_back(session, world.guardian, now=now)
    elif who == "consent":
        withdraw_consent(session, FIRST, world.child.ref, purpose=Purpose.REVEAL, now=now)
    elif who == "child":
        child_records.end(session, FIRST, world.child.ref, reason=EndReason.DIED, now=now)
    else:
        session.delete(session.get_one(VaultKey, world.donor.donor_id))
    session.flush()

    assert world.of_guardian()["known"] is None
    if who != "key":
        assert world.of_donor()["known"] is None
        assert "name" not in gate.cards(session, world.donor, Child)[0]


def test_a_child_of_age_needs_no_guardian_but_its_own_yes(session: Session, now: datetime) -> None:
    world = a_world(session, now, birth_on=date(2005, 5, 4))
    world.put()
    world.agree()

    world.check()

    assert world.of_donor()["known"]["name"] == "陈雨桐"


def test_a_guardian_relieved_of_the_child_loses_the_link(world: World) -> None:
    world.put()
    ref = world.ref
    token = reveal_links.make(world.session, viewers.engine(), f"reveal:{ref}", now=world.now)
    for kin in world.session.scalars(select(Kin)):
        kin.until_on = world.now.date()

    with pytest.raises(LinkExpired):
        reveal_links.open_reveal(world.session, token, now=world.now)


# The chains


def test_what_a_donor_does_stands_in_the_custodians_chain_alone(world: World) -> None:
    before = world.session.scalars(select(OrdinaryEntry.seq)).all()
    world.put()
    reveals.take_back(world.session, world.donor, ref=world.match.donor_ref, now=world.now)
    reveals.set_never(
        world.session, world.donor, wish=True, ref=world.match.donor_ref, now=world.now
    )

    assert world.session.scalars(select(OrdinaryEntry.seq)).all() == before
    acts = world.session.scalars(select(CustodianEntry.act)).all()
    assert {act for act in acts if act.startswith("reveal.")} == {
        "reveal.ask", "reveal.release", "reveal.take_back", "reveal.setting",
    }  # fmt: skip


def test_the_ordinary_chain_names_the_child_and_no_donor(world: World) -> None:
    world.know_each_other()

    found = world.session.scalars(
        select(OrdinaryEntry).where(OrdinaryEntry.act.like("reveal.%"))
    ).all()

    assert {(one.act, one.subject, one.why) for one in found} == {
        (act, f"child:{world.child.ref}", "")
        for act in ("reveal.answer", "reveal.check", "reveal.agree")
    }
    assert all(not one.actor.startswith("donor") and one.detail == {} for one in found)
