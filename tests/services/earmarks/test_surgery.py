"""Money for surgeries pays promised surgeries, whole and once, and the months never."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.stipends import Gift
from services.stipends import gifts
from tests.factories import viewer
from tests.services.earmarks.world import held, restricted
from tests.services.gap_fund import OCTOBER, SEPTEMBER, broken, feed, left, run, sponsored
from vocabulary.dates import at
from vocabulary.enums import EarmarkKind, GiftPurpose, Role
from vocabulary.money import Fen

STAFF = viewer(Role.CASE_WORKER)


def promised(session: Session, fen: int, purpose: GiftPurpose = GiftPurpose.SURGERY) -> Gift:
    match, _ = sponsored(session)
    ref = gifts.promise(
        session, STAFF, match.child_ref, Fen(fen), "手术", now=at(SEPTEMBER), purpose=purpose
    )
    return session.scalars(select(Gift).where(Gift.ref == ref)).one()


def test_a_promised_surgery_is_paid_once_there_is_enough_for_all_of_it(session: Session) -> None:
    gift = promised(session, 40_000)
    pledge, _ = restricted(session, EarmarkKind.SURGERY, 30_000)
    feed(session, 99_900)
    run(session, SEPTEMBER)
    assert gift.bridged_on is None

    other, _ = restricted(session, EarmarkKind.SURGERY, 60_000, contact="13700000002")
    run(session, OCTOBER)
    run(session, OCTOBER)

    assert gift.bridged_on == OCTOBER
    assert (held(session, pledge), held(session, other)) == (30_000, 20_000)
    assert left(session) == 99_900 - 20_000
    assert broken(session, OCTOBER) == {}


def test_another_gift_waits_for_its_own_donor(session: Session) -> None:
    gift = promised(session, 40_000, GiftPurpose.ANY)
    restricted(session, EarmarkKind.SURGERY, 90_000)

    run(session, SEPTEMBER)

    assert gift.bridged_on is None
