"""The outbox as scheduled work: this installation's ways out, put to the one way of delivering."""

from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from jobs import notices
from jobs.outside import gateways_of, house_of
from jobs.run import Run
from privacy.viewers import Viewer
from services.notices import delivery, settling


def deliver(run: Run) -> None:
    """Deliver what waits."""
    settings = current_app.config["SETTINGS"]
    notices.deliver(run, gateways=gateways_of(settings), house=house_of(settings))


def is_idle(session: Session, by: Viewer, now: datetime) -> bool:
    """Say whether nothing waits to leave, and nobody is to be asked what became of it."""
    asks = bool(current_app.config["SETTINGS"].sms_ask_command)
    is_unknown = asks and bool(settling.to_ask(session, by, now=now))
    return not is_unknown and delivery.is_idle(session, by, now=now)
