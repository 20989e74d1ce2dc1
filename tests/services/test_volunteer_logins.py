"""A 爱心妈妈's children go to no other login by one person's word."""

import pytest
from sqlalchemy import select, text

from models.harm import HarmAccused
from models.notices import Notice
from services.care import hers
from services.notices import drawing
from services.pairing import volunteer_logins
from tests.factories import BANNER, OTHER_BANNER, PASSWORD, an_account, viewer
from tests.services.care.worlds import World, a_pair, a_volunteer, a_world
from tests.services.endangered import press
from vocabulary.enums import Complained, NoticeKind, RecipientKind, Role
from vocabulary.errors import ActedBefore, AlreadyDecided, BadInput, NotFound, NotPermitted


@pytest.fixture
def world(session, now) -> World:
    return a_world(session, now)


def give(world, login, now, by="worker") -> bool:
    who = world.who(by, now)
    return volunteer_logins.give(world.session, who, world.mother.ref, login, now=now)


def agree(world, now, by="worker2", login="stranger") -> None:
    who, ref = world.who(by, now), world.mother.ref
    volunteer_logins.agree(world.session, who, ref, login=login, now=now)


def children_of(world, login, now) -> list:
    return hers.children(world.session, world.who(login, now), now=now)


@pytest.fixture
def paired(world, session, now) -> World:
    a_pair(session, world.child, world.mother, now)
    an_account(session, Role.VOLUNTEER, login="stranger", region_code=BANNER)
    return world


def test_one_person_gives_a_pair_to_nobody(paired, session, now) -> None:
    assert give(paired, "stranger", now) is False

    assert children_of(paired, "stranger", now) == []
    assert len(children_of(paired, "mama", now)) == 1
    with pytest.raises(ActedBefore):
        agree(paired, now, by="worker")
    assert children_of(paired, "stranger", now) == []


def test_a_second_gives_it_and_the_login_before_is_told_and_stays_known(
    paired, session, now
) -> None:
    before = paired.who("mama", now)
    give(paired, "stranger", now)

    agree(paired, now)

    assert [len(children_of(paired, one, now)) for one in ("stranger", "mama")] == [1, 0]
    notice = session.scalars(select(Notice).where(Notice.kind == NoticeKind.LOGIN_REPLACED)).one()
    assert (notice.recipient_kind, notice.recipient_id) == (
        RecipientKind.ACCOUNT,
        before.account_id,
    )
    drawn = drawing.draw(session, paired.who("mama", now), notice, now=now, hotline="12338")
    assert drawn is not None
    assert "换到了另一个登录名" in (drawn.inbox or "")


def test_who_was_with_the_child_by_a_login_before_is_meant_still(paired, session, now) -> None:
    own = paired.who("mama", now).actor
    give(paired, "stranger", now)
    assert meant(paired, session, now) == {own}
    agree(paired, now)

    assert meant(paired, session, now) == {own, paired.who("stranger", now).actor}


def meant(paired, session, now) -> set[str]:
    """Whom a report about the child's volunteer names, by login."""
    press(session, paired.child, now, Complained.VOLUNTEER)
    return set(session.scalars(select(HarmAccused.actor)))


def test_a_first_login_for_a_record_with_a_child_waits_as_well(world, session, now) -> None:
    tuya = a_volunteer(session, now, name="图雅")
    a_pair(session, world.child, tuya, now)
    an_account(session, Role.VOLUNTEER, login="tuya", region_code=BANNER)
    worker, second = world.who("worker", now), world.who("worker2", now)

    assert not volunteer_logins.give(session, worker, tuya.ref, "tuya", now=now)
    assert children_of(world, "tuya", now) == []
    volunteer_logins.agree(session, second, tuya.ref, login="tuya", now=now)

    assert len(children_of(world, "tuya", now)) == 1


def test_the_first_login_waits_too_before_any_pair_exists(world, session, now) -> None:
    tuya = a_volunteer(session, now, name="图雅")
    an_account(session, Role.VOLUNTEER, login="tuya", region_code=BANNER)
    worker, second = world.who("worker", now), world.who("worker2", now)

    assert not volunteer_logins.give(session, worker, tuya.ref, "tuya", now=now)
    assert tuya.account_id is None
    with pytest.raises(ActedBefore):
        volunteer_logins.agree(session, worker, tuya.ref, login="tuya", now=now)
    volunteer_logins.agree(session, second, tuya.ref, login="tuya", now=now)

    assert tuya.account_id == world.who("tuya", now).account_id


def test_nobody_gives_a_record_to_his_own_login(world, session, now) -> None:
    tuya = a_volunteer(session, now, name="图雅")
    an_account(session, Role.CASE_WORKER, Role.VOLUNTEER, login="both", region_code=BANNER)
    both = world.who("both", now)

    with pytest.raises(ActedBefore):
        volunteer_logins.give(session, both, tuya.ref, "both", now=now)
    volunteer_logins.give(session, world.who("worker", now), tuya.ref, "both", now=now)
    with pytest.raises(ActedBefore):
        volunteer_logins.agree(session, both, tuya.ref, login="both", now=now)

    assert tuya.account_id is None


@pytest.mark.parametrize("by", ["worker", "worker2"])
def test_a_login_that_waits_is_turned_down_with_a_reason(paired, session, now, by) -> None:
    give(paired, "stranger", now)
    who = paired.who(by, now)
    with pytest.raises(BadInput):
        volunteer_logins.turn_down(session, who, paired.mother.ref, "  ", now=now)

    volunteer_logins.turn_down(session, who, paired.mother.ref, "她说没有换过", now=now)

    assert volunteer_logins.standing(session, who, paired.mother.ref) is None
    told = volunteer_logins.refused(session, who, paired.mother.ref)
    assert told is not None
    assert (told["login"], told["because"]) == ("stranger", "她说没有换过")
    with pytest.raises(NotFound):
        agree(paired, now)
    assert children_of(paired, "stranger", now) == []
    give(paired, "stranger", now)
    assert volunteer_logins.refused(session, who, paired.mother.ref) is None


def test_a_login_that_was_turned_down_is_not_taken_for_hers(paired, session, now) -> None:
    own = paired.who("mama", now).actor
    give(paired, "stranger", now)
    who = paired.who("worker2", now)
    volunteer_logins.turn_down(session, who, paired.mother.ref, "她说没有换过", now=now)

    assert meant(paired, session, now) == {own}


def test_why_it_was_turned_down_is_sealed(paired, session, now) -> None:
    give(paired, "stranger", now)
    who = paired.who("worker2", now)
    volunteer_logins.turn_down(session, who, paired.mother.ref, "她说没有换过", now=now)
    session.flush()

    kept = session.execute(text("SELECT because FROM volunteer_logins WHERE because IS NOT NULL"))
    assert "她说没有换过".encode() not in kept.scalar_one()


def test_a_later_wish_takes_the_place_of_one_that_waits(paired, session, now) -> None:
    give(paired, "stranger", now)
    an_account(session, Role.VOLUNTEER, login="third", region_code=BANNER)
    give(paired, "third", now, by="worker2")
    with pytest.raises(ActedBefore):
        agree(paired, now, login="third")
    agree(paired, now, by="worker", login="third")
    assert [len(children_of(paired, one, now)) for one in ("stranger", "third")] == [0, 1]

    give(paired, "stranger", now)
    assert give(paired, "third", now) is True  # the one that stands: nothing waits any more
    with pytest.raises(NotFound):
        agree(paired, now)


def test_a_login_that_became_anothers_meanwhile_is_not_agreed_to(paired, session, now) -> None:
    give(paired, "stranger", now)
    other = a_volunteer(session, now, name="图雅")
    other.account_id = paired.who("stranger", now).account_id
    session.flush()

    with pytest.raises(BadInput):
        agree(paired, now)

    assert len(children_of(paired, "mama", now)) == 1


def test_a_login_put_in_the_place_of_the_one_he_looked_at_is_agreed_to_by_nobody(
    paired, session, now
) -> None:
    an_account(session, Role.VOLUNTEER, login="friend", region_code=BANNER)
    give(paired, "stranger", now)
    give(paired, "friend", now)

    with pytest.raises(AlreadyDecided):
        agree(paired, now, login="stranger")

    assert children_of(paired, "friend", now) == children_of(paired, "stranger", now) == []
    agree(paired, now, login="friend")
    assert len(children_of(paired, "friend", now)) == 1


def test_only_who_clears_a_volunteer_here_agrees(paired, session, now) -> None:
    give(paired, "stranger", now)
    far = viewer(Role.CASE_WORKER, actor="account:far", regions=(OTHER_BANNER,))
    for by, refused in ((viewer(Role.ADMINISTRATOR), NotPermitted), (far, NotFound)):
        ref, said = paired.mother.ref, {"login": "stranger", "now": now}
        with pytest.raises(refused):
            volunteer_logins.agree(session, by, ref, **said)


def test_the_page_shows_what_waits_and_a_second_agrees_there(app, paired, session, now) -> None:
    address = f"/staff/volunteers/{paired.mother.ref}"
    session.commit()
    first, second = app.test_client(), app.test_client()
    for client, login in ((first, "worker"), (second, "worker2")):
        client.post("/login", data={"login": login, "password": PASSWORD})

    asked = first.post(f"{address}/login", data={"login": "stranger"}, follow_redirects=True).text
    said = {"data": {"login": "stranger"}, "follow_redirects": True}
    own = first.post(f"{address}/login/agree", **said).text
    seen = second.get(address).text
    blind = second.post(f"{address}/login/agree", follow_redirects=True).text
    done = second.post(f"{address}/login/agree", **said).text

    assert ("要另一位同意才算数" in asked, "请另一位同事打开这一页" in asked) == (True, True)
    assert "绑好了" not in own
    assert ("核对过，同意" in seen, 'name="login" value="stranger"' in seen) == (True, True)
    assert "绑好了" not in blind
    assert ("绑好了" in done, "核对过，同意" in done) == (True, False)


def test_on_the_page_a_second_says_no_and_the_reason_stays(app, paired, session, now) -> None:
    give(paired, "stranger", now)
    address = f"/staff/volunteers/{paired.mother.ref}"
    session.commit()
    client = app.test_client()
    client.post("/login", data={"login": "worker2", "password": PASSWORD})

    empty = client.post(f"{address}/login/turn-down", data={"because": ""}).text
    done = client.post(
        f"{address}/login/turn-down", data={"because": "她说没有换过"}, follow_redirects=True
    ).text

    assert "请写为什么" in empty
    assert "没有绑" in done
    assert "她说没有换过" in done
