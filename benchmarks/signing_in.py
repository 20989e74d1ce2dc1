"""C3: signing in, from the form to the redirect, against one bare argon2 verify.

Each sign-in comes from a device and an address of its own, with all that guards it: the count of
tries, the second step's question, the entries in the chain and in the person's own list.
"""

from statistics import median
from time import process_time

from argon2 import PasswordHasher, extract_parameters
from flask import Flask

from services.accounts import accounts
from tests.factories import PASSWORD

LEAST_MEMORY = 19 * 1024
"""In KiB: what OWASP asks of argon2id; a cheaper hash would flatter no ratio but fail here."""


def line(app: Flask, login: str, *, tries: int) -> str:
    """Return the line of C3."""
    hasher = accounts.HASHER
    kept = hasher.hash(PASSWORD)
    assert extract_parameters(kept).memory_cost >= LEAST_MEMORY
    ours: list[float] = []
    bare: list[float] = []
    for number in range(tries):
        if number % 2:
            bare.append(_verify(hasher, kept))
        ours.append(_sign_in(app, login, number))
        if not number % 2:
            bare.append(_verify(hasher, kept))
    return (
        f"C3 signing in: {median(ours) / median(bare):.2f}x one bare argon2 verify (promise <= 1.3)"
    )


def _verify(hasher: PasswordHasher, kept: str) -> float:
    began = process_time()
    assert hasher.verify(kept, PASSWORD)
    return process_time() - began


def _sign_in(app: Flask, login: str, number: int) -> float:
    client = app.test_client()
    address = f"10.1.{number // 250}.{number % 250 + 1}"
    began = process_time()
    answer = client.post(
        "/login",
        data={"login": login, "password": PASSWORD},
        environ_base={"REMOTE_ADDR": address},
    )
    took = process_time() - began
    assert answer.status_code == 303, answer.status_code
    return took
