"""A case worker at her desk, and a stranger with the pledge form before him."""

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from extensions import db
from tests.factories import LEAGUE, OTHER_BANNER, an_account
from tests.web.desks import sign_in
from vocabulary.enums import Role


@pytest.fixture
def desk(client: FlaskClient, session: Session, now: datetime) -> FlaskClient:
    """A case worker at her desk; a colleague, one of another banner and one of the league exist."""
    an_account(session, Role.CASE_WORKER, login="wulan", name="乌兰")
    an_account(session, Role.APPROVER, login="gaomin", name="高敏")
    an_account(session, Role.CASE_WORKER, login="far", region_code=OTHER_BANNER)
    an_account(session, Role.CASE_WORKER, login="league", region_code=LEAGUE)
    session.commit()
    sign_in(client, "wulan")
    return client


@pytest.fixture
def form(app: Flask, now: datetime) -> FlaskClient:
    """A stranger with the pledge form before him; what a test has read does not hold him up."""
    app.before_request_funcs.setdefault(None, []).insert(0, db.session.rollback)
    client = app.test_client()
    client.get("/pledge")
    return client
