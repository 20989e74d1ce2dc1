"""What the random question and the month page leave in the town: drawn lines, and donors' entries."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.family_checks import FamilyAsk, FamilyDraw
from privacy import viewers
from services.month_page import publishing, reading
from services.vault import vault
from tests.factories import viewer
from tests.house.places import SENT, Places, Town
from vocabulary.enums import CheckWay, Role


def give(session: Session, town: Town, here: Places, now: datetime) -> None:
    """A family to be asked in the banner, one in the next; an entry of each of two donors."""
    for batch, child in ((here.village_batch, here.small), (here.far_batch, here.stranger)):
        made = FamilyDraw(
            batch_id=batch.id, drawn_on=SENT, population=6, listed=1, size=1, margin_points=10,
            seed=f"SEED{batch.id}", among=here.line(child),
        )  # fmt: skip
        session.add(made)
        session.flush()
        asked = {"way": CheckWay.CALL, "asked_on": SENT}
        session.add(FamilyAsk(draw_id=made.id, stipend_id=here.stipend_id(child), **asked))
    session.flush()
    lines = [here.line(one) for one in (here.small, here.stranger, here.classmate)]
    town.give("drawn_line", "case_worker approver case_deputy", *lines)
    publishing.publish(session, viewers.engine("month-pages"), SENT.replace(day=1), now=now)
    codes = []
    for child in (here.child, here.classmate):
        donor_id = vault.donor_of_pledge(session, here.of(child).pledge_id)
        donor = viewer(Role.DONOR, donor_id=donor_id, regions=())
        codes.append(reading.entries(session, donor)[0]["code"])
    town.give("donors_entry", "donor", *codes)
