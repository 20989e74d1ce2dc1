"""The world of every story here."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from tests.services.reveals.worlds import World, a_world


@pytest.fixture
def world(session: Session, now: datetime) -> World:
    return a_world(session, now)
