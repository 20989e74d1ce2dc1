"""A copy of the session cookie dies with the sign-in it was taken from."""

import hashlib
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from extensions import db
from models.accounts import EndedSignIn
from privacy import viewers
from services.accounts import accounts
from services.retention import retention
from tests.factories import PASSWORD, an_account
from vocabulary import refs
from vocabulary.enums import Role

TYPED = {"login": "wulan", "password": PASSWORD}


@pytest.fixture
def owner(app: Flask, session: Session, now) -> FlaskClient:
    an_account(session, Role.ADMINISTRATOR, login="wulan")
    session.commit()
    client = app.test_client()
    client.post("/login", data=TYPED)
    return client


def copied(app: Flask, owner: FlaskClient) -> FlaskClient:
    """A thief's browser with the owner's cookie in it, byte for byte."""
    cookie = owner.get_cookie("weiguang")
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie("weiguang", cookie.value)
    return thief


def opens(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_a_copied_cookie_opens_nothing_after_its_owner_signed_out(app: Flask, owner) -> None:
    thief = copied(app, owner)
    assert opens(thief)

    owner.post("/logout")

    assert not opens(thief)
    assert not opens(owner)


def test_signing_out_here_leaves_the_same_persons_other_device(app: Flask, owner) -> None:
    telephone = app.test_client()
    telephone.post("/login", data=TYPED)

    owner.post("/logout")

    assert opens(telephone)


@pytest.mark.parametrize(
    ("address", "typed"),
    [("/login", TYPED), ("/account/prove", {"password_again": PASSWORD})],
)
def test_signing_in_or_proving_anew_ends_the_copies_from_before(
    app: Flask, owner, address, typed
) -> None:
    thief = copied(app, owner)

    owner.post(address, data=typed)

    assert opens(owner)
    assert not opens(thief)


def test_a_wrong_password_at_the_sign_in_ends_nothing(app: Flask, owner) -> None:
    owner.post("/login", data={"login": "wulan", "password": "wrong"})

    assert opens(owner)


def test_the_cookie_is_signed_with_sha_256(app: Flask) -> None:
    signer = app.session_interface.get_signing_serializer(app)

    assert signer.make_signer(signer.salt).digest_method is hashlib.sha256
    assert signer.make_signer(signer.salt).sign(b"x").rpartition(b".")[2].__len__() == 43


def test_what_has_ended_is_kept_as_a_hash_and_forgotten_when_it_would_be_over_anyway(
    session: Session, owner, now
) -> None:
    with owner.session_transaction() as cookie:
        code = cookie["sign_in"]
    owner.post("/logout")

    assert session.scalars(select(EndedSignIn.handle)).all() == [refs.token_hash(code)]
    late, later = now + timedelta(days=1), now + timedelta(days=1, seconds=1)
    assert late - now >= accounts.LONGEST
    assert retention.carry_out(session, viewers.engine(), "ended_sign_ins", now=late) == 0
    assert retention.carry_out(session, viewers.engine(), "ended_sign_ins", now=later) == 1


def test_asking_whether_it_has_ended_costs_no_statement_of_its_own(owner, session) -> None:
    said: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    owner.get("/account")
    event.remove(db.engine, "before_cursor_execute", note)

    assert [one for one in said if "ended_sign_ins" in one and "FROM accounts" not in one] == []


def test_a_seeded_server_that_starts_again_lets_people_in_again(session: Session, now) -> None:
    codes = []
    for _start in range(2):
        with refs.seeded("one"):
            codes.append(accounts.new_sign_in(session))
        accounts.end_sign_in(session, codes[-1], now=now)

    assert len(set(codes)) == 2
