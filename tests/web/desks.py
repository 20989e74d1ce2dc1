"""What a browser at a desk does."""

from flask import Flask
from flask.testing import FlaskClient

from extensions import db
from tests.factories import PASSWORD


def sign_in(client: FlaskClient, login: str) -> None:
    db.session.rollback()
    assert client.post("/login", data={"login": login, "password": PASSWORD}).status_code == 303


def colleague(app: Flask, login: str) -> FlaskClient:
    other = app.test_client()
    sign_in(other, login)
    return other


def body(client: FlaskClient, path: str, status: int = 200) -> str:
    db.session.rollback()
    answer = client.get(path)
    assert answer.status_code == status, answer.status_code
    return answer.get_data(as_text=True)


def post(client: FlaskClient, path: str, **data: object):
    db.session.rollback()
    return client.post(path, data=data)
