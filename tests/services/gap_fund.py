"""A world with a gap fund in it: money for it, a child whose sponsor pays, a run on a day."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jobs.run import Run
from jobs.stipends import open_and_fund
from models.children import Need
from models.pledges import Match
from models.stipends import Stipend
from privacy import viewers
from services.books import receipts
from services.books.receipts import BankLine
from services.checking import checks
from services.fund import bridging
from tests.factories import a_child, a_match, a_pledge, viewer
from vocabulary import clock
from vocabulary.dates import at
from vocabulary.enums import PledgeKind, Role
from vocabulary.money import Fen

SEPTEMBER, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (9, 10, 11))
DECEMBER = date(2026, 12, 1)
HUNDRED = Fen(10_000)
_DESK = viewer(Role.COLLECTING_DESK)


def pay(session: Session, reference: str, fen: int, on: date) -> None:
    """Money comes in and is booked by its reference."""
    receipts.record(session, _DESK, BankLine(reference, Fen(fen), on), now=at(on))


def feed(session: Session, fen: int, on: date = SEPTEMBER) -> None:
    """Somebody gives an odd sum: the gap fund's."""
    _, reference = a_pledge(
        session, "13899999999", kind=PledgeKind.GAP_FUND, instalment_fen=Fen(88_800)
    )
    pay(session, reference, fen, on)


def sponsored(session: Session, contact: str = "13800000001", **more) -> tuple[Match, str]:
    """A child of a hundred a month and its sponsor, who has paid nothing; with his reference."""
    terms = {key: more.pop(key) for key in ("instalment_fen", "rhythm") if key in more}
    pledge, reference = a_pledge(session, contact, **terms)
    child = a_child(session, None, **more)
    need_id = session.scalar(select(Need.id).where(Need.child_id == child.id))
    return a_match(session, pledge, child, need_id=need_id), reference


def run(session: Session, on: date) -> Run:
    """The stipend run of a day, on that day."""
    session.commit()
    with clock.moved_to(at(on, 6)):
        work = Run(session, "stipends", period=on)
        work.execute(open_and_fund)
    return work


def instalments(session: Session, match: Match | None = None) -> list[tuple[date, str]]:
    """Which instalments stand, and whether money came from the fund, the donor, both or nobody."""
    query = select(Stipend).order_by(Stipend.due_on, Stipend.id)
    found = session.scalars(query if match is None else query.where(Stipend.match_id == match.id))
    return [(one.due_on, _from(one)) for one in found]


def _from(one: Stipend) -> str:
    return {
        (False, False): "nobody",
        (True, False): "fund",
        (False, True): "donor",
        (True, True): "repaid",
    }[one.bridged_on is not None, one.received_on is not None]


def left(session: Session) -> int:
    """What the fund has."""
    return bridging.balance(session)


def broken(session: Session, on: date) -> dict[str, list[str]]:
    """What `check` finds."""
    session.flush()
    report = checks.report(session, viewers.console(), now=at(on, 13))
    return {one["name"]: one["findings"] for one in report["checks"] if one["count"]}


def own_matches(session: Session) -> list[Match]:
    """The fund's own matches."""
    own = select(Match).where(Match.stands_in_for_id.is_not(None))
    return list(session.scalars(own.order_by(Match.starts_on, Match.id)))


def count(session: Session, table: type) -> int:
    """How many rows a table has."""
    return session.scalar(select(func.count()).select_from(table)) or 0
