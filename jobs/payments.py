"""Payments of which nobody said what became of them: the provider is asked, order by order."""

from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from gateways.payments.configured import Ways
from jobs.run import Run
from privacy.viewers import Viewer
from services.online_payments import asking
from vocabulary import clock


def ask(run: Run) -> None:
    """Ask about every order that waits; nothing is held while a provider thinks."""
    ways: Ways = current_app.extensions["payments"]
    for question in asking.to_ask(run.session, run.by, now=clock.now()):
        run.session.rollback()
        run.add(due=1)
        way = ways.get(question.provider)
        if way is None:
            run.add(failed=1)
            continue
        answer = way.provider.ask(question.number, now=clock.now())
        with run.slice() as now:
            settled = asking.answered(run.session, run.by, question, answer, now=now)
        run.add(**{"done" if settled else "skipped": 1})


def is_idle(session: Session, by: Viewer, now: datetime) -> bool:
    """Say whether nothing waits for an answer."""
    return not asking.to_ask(session, by, now=now)
