"""The pledge form as a browser has it: what it sends, and what came of it."""

from sqlalchemy import select

from models.pledges import Pledge

FORM = {
    "monthly": "10000",
    "other": "",
    "rhythm": "month",
    "until": "until_stopped",
    "until_count": "",
    "sex": "",
    "stage": "",
    "league": "",
    "naming": "sealed",
    "alias": "",
    "contact": "13900004172",
    "not_relative": "y",
}


def post(client, do="send", **more):
    """Press a button of the form; follow it to the next step, not out of the form."""
    answer = client.post("/pledge", data={**FORM, **more, "do": do})
    inside = (answer.location or "").startswith("/pledge?")
    return client.get(answer.location) if inside else answer


def pledges(session):
    session.expire_all()
    return session.scalars(select(Pledge)).all()
