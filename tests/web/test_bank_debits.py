"""The paying desk says on its page what a debit was; the auditor reads that it waits."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.payment_orders import Payout
from tests.factories import PASSWORD, an_account
from tests.services.statements.bank import a_csv, book
from vocabulary.enums import DebitWas, LineState, Role


def page_of(client: FlaskClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def signed_in(app: Flask, session: Session) -> dict[str, FlaskClient]:
    roles = {"bofu": Role.PAYING_DESK, "shenji": Role.AUDITOR}
    for login, role in roles.items():
        an_account(session, role, login=login, region_code="150000000000")
    session.commit()
    desks = {login: app.test_client() for login in roles}
    for login, client in desks.items():
        client.post("/login", data={"login": login, "password": PASSWORD})
    return desks


def test_a_debit_is_explained_on_its_page_and_the_auditor_sees_it_wait(
    app: Flask, session: Session, now
) -> None:
    book(session, a_csv("20261110,50.00,,450.00,张某某,往来款,D1"), now)
    desks = signed_in(app, session)
    ref = session.scalars(select(Payout.ref)).one()
    address = f"/staff/batches/debits/{ref}"

    listed, asked = page_of(desks["bofu"], "/staff/batches/"), page_of(desks["bofu"], address)
    told = page_of(desks["shenji"], "/staff/books/check")
    refused = desks["bofu"].post(address, data={"was": "fee", "words": "嗯"})
    done = desks["bofu"].post(address, data={"was": "fee", "words": "问了柜台，是回单费"})

    assert address in listed
    assert "张某某" not in listed + asked
    assert "待核对支出" in told
    assert "¥450.00" in told
    assert "至少 4 个字" in refused.get_data(as_text=True)
    assert done.status_code == 303
    session.expire_all()
    line = session.scalars(select(Payout)).one()
    assert (line.state, line.was) == (LineState.SETTLED, DebitWas.FEE)
    assert [client.get(address).status_code for client in desks.values()] == [404, 404]
