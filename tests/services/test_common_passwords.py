"""What leaked lists hold, what is common here, and both with something tacked on is refused."""

import pytest

from services.accounts import breached_passwords, common_passwords, passwords
from vocabulary.errors import BadInput


@pytest.mark.parametrize(
    "password",
    [
        "qwertyuiop", "Password123", "ILOVEYOU123", "woaini1314", "5201314520",  # whole
        "sunshine99", "!!Michael2024", "dragon-2026", "PASSWORD2026!!",  # tacked on
        "weiguang@2026", "Fulian-Weiguang1", "内蒙古妇联123456", "１２３４５６７８９０",  # ours
    ],
)  # fmt: skip
def test_a_common_password_is_refused(password: str) -> None:
    with pytest.raises(BadInput) as refused:
        passwords.check_new(password)

    assert refused.value.params["reason"] == "too_common"


@pytest.mark.parametrize(
    "password",
    [
        "草原上的十匹马 2026", "a-long-password", "坐绿皮火车过大兴安岭",
        "correct horse battery", "love is 94 km away",
    ],
)  # fmt: skip
def test_a_sentence_of_ones_own_is_taken(password: str) -> None:
    passwords.check_new(password)


def test_more_than_three_thousand_that_the_rules_would_otherwise_let_through() -> None:
    """The whole ones, and the commonest short ones as people lengthen them."""
    whole = {one for one in common_passwords.known() if len(one) >= passwords.SHORTEST}
    stems = sorted(one for one in common_passwords.known() if len(one) in {7, 8, 9})
    lengthened = {f"{stem}{tail}" for stem in stems[:1000] for tail in ("123", "2026", "!!!")}

    assert len(whole) > 2000
    assert len(whole | lengthened) > 3000
    assert all(common_passwords.is_common(one) for one in whole | lengthened)


@pytest.mark.parametrize(
    "password", ["basketball", "1q2w3e4r5t6y", "Liverpool1892", "1234QWERasdf"]
)
def test_what_stood_in_a_leak_is_refused(password: str) -> None:
    assert breached_passwords.is_breached(password.casefold())
    with pytest.raises(BadInput) as refused:
        passwords.check_new(password)
    assert refused.value.params["reason"] == "too_common"


def test_the_list_of_leaks_is_sorted_and_holds_no_password() -> None:
    marks, width = breached_passwords.known(), breached_passwords.WIDTH
    every = [marks[at : at + width] for at in range(0, len(marks), width)]

    assert every == sorted(set(every))
    assert len(every) > 100_000
    assert not any(breached_passwords.is_breached(f"草原上的{n}匹马跑过河") for n in range(2_000))
    assert b"password" not in marks
