"""What one guess at a password costs somebody who holds the file."""

from argon2 import extract_parameters
from argon2.low_level import Type

from tests.plugins.installation import DEAR


def test_a_guess_costs_what_owasp_asks_of_argon2id() -> None:
    found = extract_parameters(DEAR.hash("a-long-password"))

    assert found.type is Type.ID
    assert found.memory_cost >= 19 * 1024
    assert found.time_cost >= 2
