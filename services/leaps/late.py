"""补发: what an instalment is called that was opened days after it fell due."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.jobs import JobRun
from models.pledges import Match
from models.stipends import Batch, Stipend

_ON_TIME = timedelta(days=1)


def counts(session: Session, refs: Sequence[str]) -> Mapping[str, int]:
    """Count in each batch what was opened late although its match had been approved by its day."""
    rows = session.execute(
        select(Batch.ref, JobRun.period, Stipend.due_on)
        .join(Stipend, Stipend.batch_id == Batch.id)
        .join(JobRun, JobRun.id == Stipend.run_id)
        .join(Match, Match.id == Stipend.match_id)
        .where(
            Batch.ref.in_(refs),
            Stipend.cancelled_on.is_(None),
            JobRun.period > Stipend.due_on,
            Match.decided_on <= Stipend.due_on,
        )
    )
    return Counter(ref for ref, opened_on, due_on in rows if opened_on - due_on > _ON_TIME)
