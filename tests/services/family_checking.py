"""What tests of the random question share: a school with pupils, their batches month by month."""

from datetime import date

from sqlalchemy import select

from models.family_checks import FamilyAsk, FamilyDraw
from models.jobs import JobRun
from models.pledges import Match
from models.stipends import Batch, Stipend
from privacy import viewers
from services.batches import batches, filling
from services.family_checks import asking, draws
from services.stipends import facts
from services.stipends.facts import Basis
from tests.factories import LEAGUE, a_child, a_match, a_pledge, a_school, viewer
from vocabulary.dates import at
from vocabulary.enums import Evidence, FactKind, Role
from vocabulary.refs import stipend_ref

VILLAGE = "150723101201"
ENGINE = viewers.engine("family-checks")
RUN = viewers.engine("stipends")
PAYER = viewer(Role.PAYING_DESK, regions=(LEAGUE,), actor="account:payer")
OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (10, 11, 12))


class Pupils:
    """A school and its pupils in one village, each with a donor of its own."""

    def __init__(self, session, count: int, **child) -> None:
        self.session = session
        self.school = child.pop("school", None) or a_school(session)
        self.children = [
            a_child(session, self.school, **{"name": f"娃{n}", "region_code": VILLAGE} | child)
            for n in range(count)
        ]
        self.matches = [
            a_match(session, a_pledge(session, f"137{child.id:08d}")[0], child)
            for child in self.children
        ]

    def lines(self, month: date) -> list[Stipend]:
        """A funded instalment of each, in no batch yet, with its facts."""
        run = JobRun(name="test", period=month, started_at=at(month))
        self.session.add(run)
        self.session.flush()
        made = [
            Stipend(
                match_id=match.id, due_on=month, amount_fen=match.instalment_fen, run_id=run.id,
                is_funded=True,
            )
            for match in self.matches
        ]  # fmt: skip
        self.session.add_all(made)
        self.session.flush()
        for kind in (FactKind.PROMISED, FactKind.RECEIVED):
            facts.record(
                self.session, kind, made, on=month, by=RUN, now=at(month),
                basis=Basis(Evidence.LEDGER),
            )  # fmt: skip
        return made

    def paid(self, month: date) -> list[Batch]:
        """Fill the month's batches and let them leave."""
        lines = self.lines(month)
        keys = sorted(line.id for line in lines)
        filling.build(self.session, RUN, keys, on=month, now=at(month))
        refs = [one["ref"] for one in batches.to_send(self.session, PAYER)]
        batches.send_all(self.session, PAYER, refs, now=at(month.replace(day=3)))
        self.session.expire_all()
        found = select(Batch).where(Batch.month == month).order_by(Batch.id)
        return list(self.session.scalars(found))


def drawn(session, *, on: date) -> list[FamilyDraw]:
    """Draw from all that left, as the morning's job does."""
    for key in draws.to_draw(session, ENGINE, on=on):
        draws.draw(session, ENGINE, key, now=at(on, 7))
    session.expire_all()
    return list(session.scalars(select(FamilyDraw).order_by(FamilyDraw.id)))


def asked(session, *, on: date) -> int:
    """Ask whose turn it is, as the morning's job does."""
    return asking.ask(session, ENGINE, asking.to_ask(session, ENGINE, on=on), now=at(on, 7))


def refs_asked(session) -> set[str]:
    rows = session.execute(
        select(Match.child_ref, Stipend.due_on)
        .join(Stipend, Stipend.match_id == Match.id)
        .join(FamilyAsk, FamilyAsk.stipend_id == Stipend.id)
    )
    return {stipend_ref(ref, due_on) for ref, due_on in rows}
