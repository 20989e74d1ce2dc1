"""A guardian's link is of the one to whose telephone it went, and dies with that telephone."""

import pytest
from sqlalchemy import select

from models.children import Kin
from models.notices import Notice
from privacy import viewers
from services.children.newcomers import phone_index
from services.kin import changes
from services.letters import letter_links
from services.notices import addressing, notices
from services.notices.notices import Recipient
from tests.factories import a_child, a_school, viewer
from vocabulary.enums import KinEnd, KinRole, NoticeKind, RecipientKind, Role
from vocabulary.errors import LinkExpired

CASE = viewer(Role.CASE_WORKER, actor="account:case")
MOBILE = "13811112222"


@pytest.fixture
def child(session):
    """A child whose first guardian has a telephone at home, which no link goes to."""
    found = a_child(session, a_school(session))
    first = session.scalars(select(Kin).where(Kin.child_id == found.id)).one()
    first.phone, first.phone_index = "0470-5678901", phone_index("0470-5678901")
    first.kin_role = KinRole.GUARDIAN
    session.flush()
    return found


def a_guardian(session, child, phone=MOBILE) -> Kin:
    words = {"relation": "父亲", "name": "某某", "phone": phone, "phone_index": phone_index(phone)}
    kin = Kin(child_id=child.id, kin_role=KinRole.GUARDIAN, **words)
    session.add(kin)
    session.flush()
    return kin


def sent(session, child, now) -> str:
    """The token of a link as it leaves, to the telephone that it leaves for."""
    to, subject = Recipient(RecipientKind.FAMILY, child.id), f"guardian_file:{child.ref}"
    notices.queue(session, to, NoticeKind.GUARDIAN_FILE, subject, now=now)
    last = select(Notice).order_by(Notice.id.desc()).limit(1)
    notice = session.scalars(last).one()
    person = addressing.find(session, notice, now=now, staff_by=frozenset())
    assert person.address is not None
    assert person.address.to == MOBILE
    engine = viewers.engine("notices")
    live, _ = addressing.with_token(
        session, engine, notice, "{link}", now=now, public_url="https://x"
    )
    return live.rsplit("/", 1)[1]


def is_dead(session, token, now) -> bool:
    try:
        letter_links.open_letters(session, token, now=now)
    except LinkExpired:
        return True
    return False


def test_the_link_is_of_the_guardian_it_goes_to(session, child, now) -> None:
    father = a_guardian(session, child)
    token = sent(session, child, now)
    assert not is_dead(session, token, now)

    changes.relieve(session, CASE, child.ref, father.ref, why=next(iter(KinEnd)), now=now)

    assert is_dead(session, token, now)


def test_a_telephone_that_two_share_keeps_no_link_of_either(session, child, now) -> None:
    mother, father = a_guardian(session, child), a_guardian(session, child, "138 1111 2222")
    token = sent(session, child, now)  # it is the mother's, and the father reads it

    changes.relieve(session, CASE, child.ref, father.ref, why=next(iter(KinEnd)), now=now)

    assert is_dead(session, token, now)
    assert mother.until_on is None
    assert not is_dead(session, sent(session, child, now), now)


def test_a_lost_telephone_opens_a_brothers_page_no_more(session, child, now) -> None:
    brother = a_child(session, a_school(session, "二小"), name="巴特")
    (first,) = session.scalars(select(Kin).where(Kin.child_id == brother.id)).all()
    first.phone = first.phone_index = None
    own, his = a_guardian(session, child), a_guardian(session, brother)
    tokens = [sent(session, one, now) for one in (child, brother)]

    changes.lose_phone(session, CASE, child.ref, own.ref, now=now)

    assert [is_dead(session, token, now) for token in tokens] == [True, True]
    assert his.phone == MOBILE


def test_a_relieved_guardian_of_one_keeps_the_page_of_the_other(session, child, now) -> None:
    brother = a_child(session, a_school(session, "二小"), name="巴特")
    (first,) = session.scalars(select(Kin).where(Kin.child_id == brother.id)).all()
    first.phone = first.phone_index = None
    own, _ = a_guardian(session, child), a_guardian(session, brother)
    tokens = [sent(session, one, now) for one in (child, brother)]

    changes.relieve(session, CASE, child.ref, own.ref, why=next(iter(KinEnd)), now=now)

    assert [is_dead(session, token, now) for token in tokens] == [True, False]
